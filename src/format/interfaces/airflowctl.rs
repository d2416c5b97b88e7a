//! The file of `airflowctl connections import`: connections under their ids like an export, but as
//! the REST API takes them.

use super::rest;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, FieldsFault, Language, Raised, Raw};
use crate::format::helpers::plain::{entry, json_object, json_string, validated_port};
use crate::format::names::JSON;
use crate::format::{Document, Entry, Format, Holds, Ids, Item, WriteError, WriteOptions, id_of};
use crate::model::{Dict, Node, Value};
use crate::source::Text;
use std::sync::Arc;

pub(super) static FORMAT: Format = Format {
    name: "airflowctl",
    summary: "the JSON of `airflowctl connections import`",
    reader: "airflowctl, then ConnectionBody of the API server",
    names: JSON,
    ids: Ids::Airflow,
    // An export looks the same, and is what nearly all such files are: its content never tells.
    read,
    write,
    whole: true,
    holds: Holds::Mapped,
    limits: rest::LIMITS,
    ..Format::DEFAULT
};

/// What airflowctl takes from a connection; it passes over everything else.
const KEYS: &[&str] =
    &["conn_type", "host", "login", "password", "port", "extra", "description", "schema"];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut document = Document::default();
    let base = Arc::new(text.clone());
    let top = match loads(text.as_str()) {
        Ok(node) => node.into_owned(),
        Err(error) => {
            document.problems.push(error.raised(Fault::Syntax(Language::Json), text));
            return document;
        }
    };
    let Value::Dict(connections) = &top.value else {
        document.problems.push(
            Raised::new(
                "AttributeError",
                Fault::Shape,
                "the file should hold an object: connections under their ids",
            )
            .at(text.span()),
        );
        return document;
    };
    document.overwritten =
        connections.overwritten.iter().filter_map(|span| base.span_of(span.range())).collect();
    for (id, member) in connections.named() {
        let id = Node {
            value: Value::text(id),
            span: member.key_span,
            style: crate::model::Style::Json,
        };
        document.entries.push(connection(&base, &id, &member.node));
    }
    document
}

fn connection<'a>(base: &Arc<Text<'a>>, id: &Node<'static>, node: &Node<'static>) -> Entry<'a> {
    let refuse = |exception, message: &str, at: &Node<'_>| {
        Some(
            Raised::new(exception, Fault::Fields(FieldsFault::Type), message)
                .at(base.span_of(at.span.range())),
        )
    };
    let Value::Dict(given) = &node.value else {
        let mut entry = entry(base, Some(id), Raw::Stored, node.clone());
        entry.refused = refuse("AttributeError", "airflowctl reads objects only, no URIs", node);
        return entry;
    };
    let mut fields = Dict::default();
    let mut refused = None;
    for (name, member) in given.named().filter(|(name, _)| KEYS.contains(name)) {
        fields.insert(Value::text(name), member.key_span, member.node.clone());
    }
    validated_port(&mut fields);
    for (name, member) in fields.named() {
        let fits = matches!(
            (name, &member.node.value),
            (_, Value::Null) | ("port", Value::Int(_) | Value::BigInt(_))
        ) || name != "port" && matches!(member.node.value, Value::Str(_));
        if !fits && name == "extra" {
            refused = refused.or(refuse(
                "ValidationError",
                "airflowctl takes extra as text with JSON in it, not as JSON",
                &member.node,
            ));
        } else if !fits {
            refused = refused.or(refuse(
                "ValidationError",
                "this field is not of the type that the API has for it",
                &member.node,
            ));
        }
    }
    if !fields.get("conn_type").is_some_and(|t| matches!(t.value, Value::Str(_))) {
        refused = refused.or(refuse(
            "ValidationError",
            "`conn_type` must be there and be text",
            fields.get("conn_type").unwrap_or(node),
        ));
    }
    let mut entry = entry(
        base,
        Some(id),
        Raw::Stored,
        Node { value: Value::dict(fields), span: node.span, style: node.style },
    );
    entry.refused = refused;
    entry
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let members: Vec<_> = rest::members(item, i)?
            .into_iter()
            .filter(|(name, _)| *name != "connection_id")
            .collect();
        all.push(format!("  {}: {}", json_string(id_of(item, i)?), json_object(&members)));
    }
    Ok(format!("{{\n{}\n}}\n", all.join(",\n")))
}
