//! HashiCorp Vault KV: `conn_uri`, or the fields of a connection, as `vault kv get -format=json`
//! shows them or as the secret itself.

use std::sync::Arc;

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::helpers::backend;
use crate::format::helpers::plain::{Plain, json_object, json_string};
use crate::format::helpers::shell_word::quoted;
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{ARGUMENT_NUL, AS_TEXT, FIELD_TYPE, Limits, NO_ID};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Entry, Evidence, Format, Holds, Item, Likeness, Sample, ValueForm,
    WriteError, WriteOptions, id_of, value_of,
};
use crate::model::{Node, Value};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "vault",
    summary: "HashiCorp Vault KV: conn_uri or fields, bare or as `vault kv get -format=json` \
              prints them",
    reader: "VaultBackend of the HashiCorp provider",
    names: YAML_OR_JSON,
    evidence: Evidence::Secrets,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT], loses: &[] },
    ..Format::DEFAULT
};

pub(super) static COMMANDS: Format = Format {
    name: "vault-commands",
    summary: "`vault kv put` commands for a shell",
    direction: Direction::Out,
    names: &[],
    sniff: |_| None,
    read: Format::DEFAULT.read,
    write: write_commands,
    limits: Limits { refuses: &[FIELD_TYPE, NO_ID, AS_TEXT, ARGUMENT_NUL], loses: &[] },
    ..FORMAT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let answer = sample.has_keys(&["request_id", "data"]);
    let ours = sample.has_keys(&["path", "data"]) && sample.text.contains("\"data\": {\"data\": ");
    (sample.may_be_yaml() && (answer || ours || sample.has_keys(&["conn_uri"])))
        .then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        let list = matches!(top.value, Value::List(_));
        let answers = if list { tree::items(Some(top)) } else { std::slice::from_ref(top) };
        for answer in answers {
            // Version 2 of the engine has the secret one level deeper, beside its metadata.
            let first =
                tree::get(answer, "data").filter(|data| matches!(data.value, Value::Dict(_)));
            let second = first
                .and_then(|data| tree::get(data, "data"))
                .filter(|data| matches!(data.value, Value::Dict(_)));
            let id = tree::get(answer, "path")
                .and_then(|path| tree.text(path))
                .map(|path| backend::id_in(&path, '/'));
            secret(&tree, second.or(first).unwrap_or(answer), id, &mut document);
        }
    }
    document.problems.extend(tree.problem);
    document
}

/// The JSON of one secret.
pub(in crate::format) fn of_json<'a>(
    id: Option<(String, Option<crate::source::Span>)>,
    text: &Text<'a>,
    document: &mut Document<'a>,
) {
    let tree = Tree::new(text);
    if let Some(top) = tree.documents.first() {
        secret(&tree, top, id, document);
    }
    document.problems.extend(tree.problem);
}

/// What the backend makes of one secret.
pub(in crate::format) fn secret<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    id: Option<(String, Option<crate::source::Span>)>,
    document: &mut Document<'a>,
) {
    if !matches!(node.value, Value::Dict(_)) {
        let message = "a secret is an object of keys and values";
        document.problems.push(
            Raised::new(Refusal::Unparsable, Fault::Shape, message)
                .at(tree.base.span_of(node.span.range())),
        );
        return;
    }
    let uri = tree::get(node, "conn_uri").filter(|uri| uri.value.truthy());
    document.entries.push(match uri {
        Some(uri) => match tree.text(uri) {
            Some(uri) => backend::entry(id, uri),
            None => Entry::of_node(id, Raw::Object(uri.clone()), &tree.base),
        },
        // All keys are handed on as JSON: a key that is not a field is refused.
        None => Entry::of_node(id, Raw::Object(node.clone()), &Arc::clone(&tree.base)),
    });
}

/// The secret of an item.
fn data(item: &Item, index: usize, options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let value = value_of(item, index, options)?;
    match options.value {
        ValueForm::Uri => Ok(json_object(&[("conn_uri", Some(json_string(&value)))])),
        ValueForm::Json => Ok(value.into_owned()),
    }
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut secrets = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let path = json_string(&format!("secret/data/connections/{}", id_of(item, i)?));
        secrets.push(format!(
            "  {{\"path\": {path}, \"data\": {{\"data\": {}}}}}",
            data(item, i, options)?
        ));
    }
    Ok(format!("[\n{}\n]\n", secrets.join(",\n")))
}

fn write_commands(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        Plain::of(item, i)?;
        let path = format!("connections/{}", id_of(item, i)?);
        if path.contains('\0') {
            return Err(WriteError::at(i, ARGUMENT_NUL.replacen('…', "its id", 1)));
        }
        let (path, data) = (quoted(&path), quoted(&data(item, i, options)?));
        // On standard input, where no list of processes shows it.
        out.push_str(&format!("printf '%s' {data} | vault kv put -mount=secret {path} -\n"));
    }
    Ok(out)
}
