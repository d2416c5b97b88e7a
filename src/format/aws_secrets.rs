//! AWS Secrets Manager: the answers of its API, or the text of one secret. JSON goes through SecretsManagerBackend's own names of fields.

use super::env::quoted;
use super::limits::{AS_TEXT, Limits, NO_ID};
use super::plain::{json_object, json_string};
use super::tree::{self, Tree};
use super::{
    Direction, Document, Entry, Format, Grade, Grows, Holds, Item, Likeness, Remark, Sample, WriteError, WriteOptions, airflow_commands,
    secrets, value_of,
};
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::model::{Dict, Node, Value};
use crate::source::{Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "aws-secrets",
    summary: "AWS Secrets Manager: answers of get-secret-value and batch-get-secret-value, or the text of one secret",
    reader: "SecretsManagerBackend of the Amazon provider",
    direction: Direction::Both,
    sniff,
    read,
    write,
    whole: false,
    holds: Holds::MappedText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT], loses: &["description"] },
    grows: Grows::No,
    split: None,
};

pub(super) static COMMANDS: Format = Format {
    name: "aws-secrets-commands",
    summary: "`aws secretsmanager create-secret` commands for a shell",
    direction: Direction::Out,
    sniff: |_| None,
    read: airflow_commands::read,
    write: write_commands,
    ..FORMAT
};

/// Fields and the keys that may hold them, in the order in which the backend looks (amazon 7.0.0 to 9.39.0).
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
const OF_AWS: &[&str] = &["dbClusterIdentifier", "dbInstanceIdentifier", "masterarn", "namespaceName", "workgroupName"];

const PREFIX: &str = "airflow/connections/";

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    if !sample.may_be_yaml() || !sample.text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let answer = sample.has_keys(&["SecretString"]) || sample.has_keys(&["SecretValues"]);
    let managed = sample.has_keys(&["engine"]) && (sample.has_keys(&["username"]) || sample.has_keys(&["host"]));
    (answer || managed).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut document = Document::default();
    let tree = Tree::new(text);
    let mut found = false;
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let Some(secret) = tree::get(node, "SecretString").and_then(|node| tree.text(node)) else { return };
            found = true;
            let name = tree::get(node, "Name").and_then(|name| tree.text(name));
            read_secret(name.map(|name| secrets::id_in(&name, '/')), secret, runtime, &mut document);
        });
    }
    if !found {
        let bare = text.as_str().trim();
        let answers = ["SecretValues", "SecretString"].iter().any(|key| tree.documents.iter().any(|top| tree::get(top, key).is_some()));
        if !bare.is_empty() && !answers {
            read_secret(None, text.clone(), runtime, &mut document);
        } else {
            document.problems.extend(tree.problem);
        }
    }
    document
}

fn read_secret<'a>(id: Option<(String, Option<Span>)>, secret: Text<'a>, runtime: &Runtime, document: &mut Document<'a>) {
    // Older backends leave JSON to Airflow, which has one word for each field.
    let Some((node, base)) = secrets::object(&secret).filter(|_| runtime.behaviour.secret_words) else {
        document.entries.push(secrets::entry(id, secret));
        return;
    };
    let Value::Dict(dict) = &node.value else { return };
    let (fields, used) = standardized(dict);
    let conn_id = id.as_ref().map(|(id, _)| id.clone());
    let mut remark = |grade, span: Span, message: &str, help| {
        let span = base.span_of(span.range());
        document.remarks.push(Remark {
            rule: "AC805",
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
                let help = "call the key `database`, or give the backend extra_conn_words {\"schema\": [\"dbname\"]}";
                remark(Grade::Error, member.key_span, "SecretsManagerBackend does not read this key: the database is lost", help);
            }
            name if OF_AWS.contains(&name) => {}
            _ => {
                let help = "use a key that the backend reads; all else goes into `extra`";
                remark(Grade::Warning, member.key_span, "SecretsManagerBackend does not read this key", help);
            }
        }
    }
    if let Some(member) = dict.member("conn_id").filter(|_| used.contains(&"conn_id")) {
        let help = "remove it: the id is the name of the secret";
        remark(Grade::Error, member.key_span, "SecretsManagerBackend takes `conn_id` for the type of the connection", help);
    }
    let node = Node { value: Value::dict(fields), span: node.span, style: node.style };
    document.entries.push(Entry::of_node(id, Raw::Object(node), &base));
}

/// The fields that the backend finds, and the keys that it took them from: the first key of the secret that is one of a field's words.
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

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut secrets = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let (name, value) = (secrets::name(PREFIX, item, i)?, value_of(item, i, options)?);
        secrets.push(format!("  {}", json_object(&[("Name", Some(json_string(&name))), ("SecretString", Some(json_string(&value)))])));
    }
    Ok(format!("{{\"SecretValues\": [\n{}\n]}}\n", secrets.join(",\n")))
}

fn write_commands(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        // As JSON, because the AWS CLI takes some values (file://, https://) for the names of files.
        let (name, value) = (secrets::name(PREFIX, item, i)?, value_of(item, i, options)?);
        let input = json_object(&[("Name", Some(json_string(&name))), ("SecretString", Some(json_string(&value)))]);
        out.push_str(&format!("aws secretsmanager create-secret --cli-input-json {}\n", quoted(&input)));
    }
    Ok(out)
}
