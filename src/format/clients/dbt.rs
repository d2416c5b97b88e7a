//! `profiles.yml` of dbt, a profile for each connection.

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Refusal};
use crate::format::helpers::arguments::Arguments;
use crate::format::helpers::taken::{Taken, left_out};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text;
use crate::format::limits::{FAILS, Limits, NO_ID, NO_PLACE, OTHER_TYPE, TEMPORARY};
use crate::format::{Document, Format, Holds, Item, WriteError, WriteOptions, id_of};
use crate::model::{Dict, Node, Value};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "dbt",
    summary: "profiles.yml of dbt for redshift and postgres connections; of snowflake it is read",
    reader: "dbt-redshift and dbt-postgres",
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits {
        refuses: &[NO_ID, OTHER_TYPE, FAILS, TEMPORARY, NO_PLACE],
        loses: &["description", "extra"],
    },
    ..Format::DEFAULT
};

/// Arguments of redshift_connector with another name in a profile.
const REDSHIFT: &[(&str, &str)] = &[
    ("host", "host"),
    ("database", "dbname"),
    ("cluster_identifier", "cluster_id"),
    ("region", "region"),
    ("profile", "iam_profile"),
    ("sslmode", "sslmode"),
];

/// Arguments of libpq that a profile has.
const POSTGRES: &[(&str, &str)] = &[
    ("host", "host"),
    ("user", "user"),
    ("password", "password"),
    ("dbname", "dbname"),
    ("sslmode", "sslmode"),
    ("sslcert", "sslcert"),
    ("sslkey", "sslkey"),
    ("sslrootcert", "sslrootcert"),
];

/// What is dbt's own and says nothing about the connection.
const OWN: &[&str] = &[
    "access_method",
    "autocommit",
    "connect_retries",
    "client_session_keep_alive",
    "method",
    "query_tag",
    "ra3_node",
    "retries",
    "retry_all",
    "retry_on_database_errors",
    "role",
    "schema",
    "search_path",
    "sslmode",
    "threads",
    "type",
    "datasharing",
];

/// Keys of snowflake profiles, and the extras of Airflow's hook.
const SNOWFLAKE: &[(&str, &str)] = &[
    ("account", "account"),
    ("database", "database"),
    ("warehouse", "warehouse"),
    ("role", "role"),
    ("authenticator", "authenticator"),
    ("private_key_path", "private_key_file"),
    ("private_key", "private_key_content"),
];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        let Value::Dict(profiles) = &top.value else { continue };
        for (profile, member) in profiles.named().filter(|(name, _)| *name != "config") {
            let outputs = tree::dict(tree::get(&member.node, "outputs"));
            let Some(outputs) = outputs else { continue };
            let alone = outputs.members.len() == 1;
            for (output, target) in outputs.named() {
                let id = if alone { profile.to_string() } else { format!("{profile}_{output}") };
                let place = if alone { member.key_span } else { target.key_span };
                let id = (id, tree.base.span_of(place.range()));
                profile_of(&tree, id, &target.node, &mut document);
            }
        }
    }
    document.problems.extend(tree.problem);
    document
}

/// A target of a profile.
fn profile_of<'a>(
    tree: &Tree<'a>,
    id: (String, Option<crate::source::Span>),
    node: &Node<'static>,
    document: &mut Document<'a>,
) {
    let Value::Dict(given) = &node.value else { return };
    let place = tree.base.span_of(node.span.range());
    let adapter = tree::get_str(node, "type").unwrap_or_default();
    let mut left = Vec::new();
    let taken = match adapter {
        "redshift" => of_redshift(given, node, &mut left),
        "postgres" => of_postgres(given, node, &mut left),
        "snowflake" => of_snowflake(given, node, &mut left),
        _ => {
            let message = "airconn reads no profile of this adapter of dbt".to_string();
            return left_out(document, Some(id.0), place, message);
        }
    };
    let conn_id = Some(id.0.clone());
    let mut entry = taken.entry(Some(id), &tree.base);
    let rendered = given.named().find(|(_, member)| {
        let text = member.node.value.as_str();
        text.is_some_and(|text| text.contains("{{") && literal(text).is_none())
    });
    if let Some((_, member)) = rendered {
        let message = "a template that dbt renders; what the driver gets is known only then";
        let span = tree.base.span_of(member.node.span.range());
        entry.refused = Some(Raised::new(Refusal::Unexpanded, Fault::Template, message).at(span));
        document.remarks.push(crate::format::Remark {
            fault: Fault::Template,
            grade: crate::format::Grade::Info,
            conn_id: conn_id.clone(),
            span,
            message: message.to_string(),
            help: "put the value in its place, or write the connection with a secrets backend",
            repair: None,
        });
    }
    document.entries.push(entry);
    if !left.is_empty() {
        let message = format!(
            "{} of the keys of this profile have no counterpart in a connection: they do not come \
             along",
            left.len()
        );
        let at = left[0].and_then(|span| tree.base.span_of(span.range()));
        left_out(document, conn_id, at, message);
    }
}

type Left = Vec<Option<crate::source::Span>>;

/// The value of a key: what a literal of Jinja renders to.
fn value_of(node: &Node<'static>) -> Value<'static> {
    match node.value.as_str().and_then(literal) {
        Some(text) => Value::text(text),
        None => node.value.clone(),
    }
}

/// The text that `{{ "…" }}` renders to.
fn literal(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let inner = inner.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => {
                let digits = match chars.next()? {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    'n' => {
                        out.push('\n');
                        continue;
                    }
                    't' => {
                        out.push('\t');
                        continue;
                    }
                    c @ ('"' | '\\' | '\'') => {
                        out.push(c);
                        continue;
                    }
                    _ => return None,
                };
                let hex: String = chars.by_ref().take(digits).collect();
                out.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
            }
            c => out.push(c),
        }
    }
    Some(out)
}

fn of_redshift(given: &Dict<'static>, node: &Node<'static>, left: &mut Left) -> Taken {
    let mut taken = Taken::new("redshift", node.span);
    let method = tree::get_str(node, "method").unwrap_or("database");
    let iam = method.starts_with("iam");
    if iam {
        taken.extra("iam", Value::Bool(true));
    }
    for (name, member) in given.named() {
        let value = value_of(&member.node);
        match name {
            "user" if iam => taken.argument("db_user", value),
            "user" => taken.argument("user", value),
            "pass" | "password" => taken.argument("password", value),
            "port" => taken.argument("port", value),
            "autocreate" => taken.argument("auto_create", value),
            "db_groups" => taken.argument("db_groups", value),
            "connect_timeout" => taken.argument("timeout", value),
            "sslmode" if value.as_str() == Some("disable") => {
                taken.extra("ssl", Value::Bool(false));
            }
            name => match REDSHIFT.iter().find(|(_, key)| *key == name) {
                Some((argument, _)) => taken.argument(argument, value),
                None if OWN.contains(&name) => {}
                None => left.push(Some(member.key_span)),
            },
        }
    }
    taken
}

fn of_postgres(given: &Dict<'static>, node: &Node<'static>, left: &mut Left) -> Taken {
    let mut taken = Taken::new("postgres", node.span);
    for (name, member) in given.named() {
        let value = value_of(&member.node);
        match name {
            "pass" => taken.argument("password", value),
            "database" => taken.argument("dbname", value),
            "port" | "connect_timeout" | "keepalives_idle" | "application_name" => {
                taken.argument(name, value);
            }
            name => match POSTGRES.iter().find(|(_, key)| *key == name) {
                Some((argument, _)) => taken.argument(argument, value),
                None if OWN.contains(&name) => {}
                None => left.push(Some(member.key_span)),
            },
        }
    }
    taken
}

fn of_snowflake(given: &Dict<'static>, node: &Node<'static>, left: &mut Left) -> Taken {
    let mut taken = Taken::new("snowflake", node.span);
    for (name, member) in given.named() {
        let value = value_of(&member.node);
        match name {
            "user" => taken.argument("user", value),
            "password" | "private_key_passphrase" => taken.argument("password", value),
            "schema" => taken.argument("dbname", value),
            name => match SNOWFLAKE.iter().find(|(key, _)| *key == name) {
                Some((_, extra)) => taken.extra(extra, value),
                None if OWN.contains(&name) => {}
                None => left.push(Some(member.key_span)),
            },
        }
    }
    taken
}

/// A string that is the same again once dbt has rendered the profile with Jinja, which also changes
/// line ends.
fn scalar(text: &str) -> String {
    if !["{{", "{%", "{#", "\r"].iter().any(|special| text.contains(special))
        && !text.ends_with('\n')
    {
        return yaml_text::scalar(text);
    }
    let mut literal = String::new();
    for c in text.chars() {
        match c {
            '{' | '}' | '%' | '#' | '"' | '\'' | '\\' => {
                literal.push_str(&format!("\\x{:02x}", c as u32))
            }
            ' '..='~' => literal.push(c),
            c => literal.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    yaml_text::scalar(&format!("{{{{ \"{literal}\" }}}}"))
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let id = id_of(item, index)?;
        let mut arguments = Arguments::of(items, index, options)?;
        let mut lines = Vec::new();
        let redshift = arguments.redshift;
        lines.push(format!("type: {}", if redshift { "redshift" } else { "postgres" }));
        let mut renamed = POSTGRES;
        if redshift {
            renamed = REDSHIFT;
            let iam = arguments.take(&["iam"]).is_some_and(|iam| iam == Value::Bool(true));
            lines.push(format!("method: {}", if iam { "iam" } else { "database" }));
            if arguments.take(&["ssl"]).is_some_and(|ssl| !ssl.truthy()) {
                lines.push("sslmode: disable".to_string());
            }
            // With IAM the user of a profile is the one of the database.
            let user = if iam {
                arguments.text(&["db_user"]).or_else(|| arguments.text(&["user"]))
            } else {
                arguments.text(&["user"])
            };
            lines.extend(user.map(|user| format!("user: {}", scalar(&user))));
            if !iam {
                lines.extend(
                    arguments
                        .text(&["password"])
                        .map(|password| format!("password: {}", scalar(&password))),
                );
            }
            if let Some(create) = arguments.take(&["auto_create"]) {
                lines.push(format!("autocreate: {}", create.truthy()));
            }
            if let Some(groups) = arguments.take(&["db_groups"]) {
                let Value::List(groups) = groups else { return Err(arguments.cannot("db_groups")) };
                let groups: Vec<_> =
                    groups.iter().filter_map(|group| group.value.as_str()).map(scalar).collect();
                lines.push(format!("db_groups: [{}]", groups.join(", ")));
            }
        }
        lines.extend(arguments.text(&["port"]).map(|port| format!("port: {port}")));
        for (argument, key) in renamed {
            lines.extend(
                arguments.text(&[argument]).map(|value| format!("{key}: {}", scalar(&value))),
            );
        }
        arguments.nothing_else()?;
        lines.push(
            "schema: public  # where dbt builds; a connection of Airflow does not say".to_string(),
        );
        out.push_str(&format!(
            "{}:\n  target: airflow\n  outputs:\n    airflow:\n",
            yaml_text::scalar(id)
        ));
        lines.iter().for_each(|line| out.push_str(&format!("      {line}\n")));
    }
    Ok(out)
}
