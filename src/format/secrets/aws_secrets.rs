//! AWS Secrets Manager: the answers of its API, or the text of one secret. JSON goes through
//! SecretsManagerBackend's own names of fields.

use crate::airflow::Fault;
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::backend;
use crate::format::helpers::plain::{json_object, json_string};
use crate::format::helpers::shell_word::quoted;
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{AS_TEXT, Limits, NO_ID};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Entry, Evidence, Format, Grade, Holds, Item, Likeness, Remark, Sample,
    WriteError, WriteOptions,
};
use crate::model::{Dict, Node, Value};
use crate::source::{Span, Text};

const NAME: &str = "its id cannot be the name of a secret (letters, digits and `/_+=.@-`, 512 \
                    characters with the prefix)";

const SIZE: &str = "it is longer than the 64 KiB that a secret of AWS holds";

pub(super) static FORMAT: Format = Format {
    name: "aws-secrets",
    summary: "AWS Secrets Manager: answers of get-secret-value and batch-get-secret-value, the \
              text of one secret, input of put-secret-value (which is written, one a line)",
    reader: "SecretsManagerBackend of the Amazon provider",
    names: YAML_OR_JSON,
    evidence: Evidence::Secrets,
    sniff,
    read,
    write,
    holds: Holds::MappedText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, NAME, SIZE], loses: &["description"] },
    ..Format::DEFAULT
};

pub(super) static COMMANDS: Format = Format {
    name: "aws-secrets-commands",
    summary: "`aws secretsmanager create-secret` commands for a shell",
    direction: Direction::Out,
    names: &[],
    sniff: |_| None,
    read: Format::DEFAULT.read,
    write: write_commands,
    ..FORMAT
};

/// Fields and the keys that may hold them, in the order in which the backend looks (amazon 7.0.0 to
/// 9.39.0).
const WORDS: &[(&str, &[&str])] = &[
    ("login", &["login", "user", "username", "user_name"]),
    ("password", &["password", "pass", "key"]),
    ("host", &["host", "remote_host", "server"]),
    ("port", &["port"]),
    ("schema", &["database", "schema"]),
    ("conn_type", &["conn_type", "conn_id", "connection_type", "engine"]),
    ("extra", &["extra"]),
];

/// Keys that AWS puts into the secrets that it manages.
const OF_AWS: &[&str] =
    &["dbClusterIdentifier", "dbInstanceIdentifier", "masterarn", "namespaceName", "workgroupName"];

const PREFIX: &str = "airflow/connections/";

/// The longest name and the longest value that Secrets Manager takes, in bytes (CreateSecret of its
/// API).
const MAX_NAME: usize = 512;
const MAX_VALUE: usize = 65_536;

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let answer = sample.has_keys(&["SecretString"]) || sample.has_keys(&["SecretValues"]);
    let json = sample.text.trim_start().starts_with(['{', '[']);
    let managed = json
        && sample.has_keys(&["engine"])
        && (sample.has_keys(&["username"]) || sample.has_keys(&["host"]));
    (sample.may_be_yaml() && (answer || managed)).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut document = Document::default();
    let tree = Tree::new(text);
    let mut found = false;
    let among = backend::names_connections(text.as_str());
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let Some(secret) = tree::get(node, "SecretString").and_then(|node| tree.text(node))
            else {
                return;
            };
            found = true;
            // `SecretId` is what put-secret-value calls it.
            let name = ["Name", "SecretId"].iter().find_map(|key| tree.text(tree::get(node, key)?));
            let is_another =
                |name: &Text<'_>| backend::is_of_another(name.as_str(), secret.as_str(), among);
            if name.as_ref().is_some_and(is_another) {
                return;
            }
            read_secret(
                name.map(|name| backend::id_in(&name, '/')),
                secret,
                runtime,
                &mut document,
            );
        });
    }
    if !found {
        let bare = text.as_str().trim();
        let answers = ["SecretValues", "SecretString"]
            .iter()
            .any(|key| tree.documents.iter().any(|top| tree::get(top, key).is_some()));
        if !bare.is_empty() && !answers {
            read_secret(None, text.clone(), runtime, &mut document);
        } else {
            document.problems.extend(tree.problem);
        }
    }
    document
}

/// What the backend makes of one secret.
pub(in crate::format) fn read_secret<'a>(
    id: Option<(String, Option<Span>)>,
    secret: Text<'a>,
    runtime: &Runtime,
    document: &mut Document<'a>,
) {
    // Older backends leave JSON to Airflow, which has one word for each field.
    let Some((node, base)) = backend::object(&secret).filter(|_| runtime.behaviour.secret_words)
    else {
        document.entries.push(backend::entry(id, secret));
        return;
    };
    let Value::Dict(dict) = &node.value else { return };
    let (fields, used) = standardized(dict);
    let conn_id = id.as_ref().map(|(id, _)| id.clone());
    let mut remark = |grade, span: Span, message: &str, help| {
        let span = base.span_of(span.range());
        document.remarks.push(Remark {
            fault: Fault::SecretWords,
            grade,
            conn_id: conn_id.clone(),
            span,
            message: message.to_string(),
            help,
            repair: None,
        });
    };
    let has_schema = fields.get("schema").is_some_and(|schema| schema.value.truthy());
    for (name, member) in dict.named().filter(|(name, _)| !used.contains(name)) {
        match name {
            "dbname" | "db_name" | "db" if !has_schema => {
                let help = "call the key `database`, or give the backend extra_conn_words \
                            {\"schema\": [\"dbname\"]}";
                remark(
                    Grade::Error,
                    member.key_span,
                    "SecretsManagerBackend does not read this key: the database is lost",
                    help,
                );
            }
            name if OF_AWS.contains(&name) => {}
            _ => {
                let help = "use a key that the backend reads; all else goes into `extra`";
                remark(
                    Grade::Warning,
                    member.key_span,
                    "SecretsManagerBackend does not read this key",
                    help,
                );
            }
        }
    }
    if let Some(member) = dict.member("conn_id").filter(|_| used.contains(&"conn_id")) {
        let help = "remove it: the id is the name of the secret";
        remark(
            Grade::Error,
            member.key_span,
            "SecretsManagerBackend takes `conn_id` for the type of the connection",
            help,
        );
    }
    let node = Node { value: Value::dict(fields), span: node.span, style: node.style };
    document.entries.push(Entry::of_node(id, Raw::Object(node), &base));
}

/// The fields that the backend finds, and the keys that it took them from: the first key of the
/// secret that is one of a field's words.
fn standardized<'d>(dict: &'d Dict<'static>) -> (Dict<'static>, Vec<&'d str>) {
    let mut fields = Dict::default();
    let mut used = Vec::new();
    for (field, words) in WORDS {
        if let Some((name, member)) = dict.named().find(|(name, _)| words.contains(name)) {
            fields.insert(Value::text(*field), member.key_span, member.node.clone());
            used.push(name);
        }
    }
    (fields, used)
}

/// Name and value of the secret of an item, as strings of JSON.
fn secret(
    item: &Item,
    index: usize,
    options: &WriteOptions<'_>,
) -> Result<[Option<String>; 2], WriteError> {
    let name = backend::name(PREFIX, item, index)?;
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '=' | '.' | '@' | '-');
    if name.len() > MAX_NAME || !name.chars().all(fits) {
        return Err(WriteError::at(index, NAME));
    }
    let value = backend::value(item, index, options, MAX_VALUE, SIZE)?;
    Ok([Some(json_string(&name)), Some(json_string(&value))])
}

/// The input of put-secret-value for each connection, one a line.
fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let [name, value] = secret(item, i, options)?;
        out.push_str(&json_object(&[("SecretId", name), ("SecretString", value)]));
        out.push('\n');
    }
    Ok(out)
}

fn write_commands(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        // As JSON, because the AWS CLI takes some values (file://, https://) for the names of
        // files.
        let [name, value] = secret(item, i, options)?;
        let input = json_object(&[("Name", name), ("SecretString", value)]);
        out.push_str(&format!(
            "aws secretsmanager create-secret --cli-input-json {}\n",
            quoted(&input)
        ));
    }
    Ok(out)
}
