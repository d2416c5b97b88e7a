//! `profiles.yml` of dbt, a profile for each connection.

use crate::format::helpers::arguments::Arguments;
use crate::format::helpers::yaml_text;
use crate::format::limits::{FAILS, Limits, NO_ID, NO_PLACE, OTHER_TYPE, TEMPORARY};
use crate::format::{Direction, Format, Item, WriteError, WriteOptions, id_of};
use crate::model::Value;

pub(super) static FORMAT: Format = Format {
    name: "dbt",
    summary: "profiles.yml of dbt for redshift and postgres connections",
    reader: "dbt-redshift and dbt-postgres",
    direction: Direction::Out,
    write,
    limits: Limits { refuses: &[NO_ID, OTHER_TYPE, FAILS, TEMPORARY, NO_PLACE], loses: &[] },
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
