//! Connections by their fields, for formats that name the fields in their own way.

use std::sync::Arc;

use super::pydantic;
use crate::airflow::Raw;
use crate::airflow::python::json_dumps::{dumps, write_str};
use crate::airflow::python::json_loads::loads;
use crate::airflow::python::unquote::parse_qsl;
use crate::format::{Entry, Item, WriteError, node_text};
use crate::model::{Connection, Dict, Node, Value};
use crate::source::{Span, Text};

/// The fields of a connection as plain text, for a writer.
#[derive(Default)]
pub(crate) struct Plain<'i> {
    pub(crate) conn_type: Option<&'i str>,
    pub(crate) description: Option<&'i str>,
    pub(crate) host: Option<&'i str>,
    pub(crate) login: Option<&'i str>,
    pub(crate) password: Option<&'i str>,
    pub(crate) schema: Option<&'i str>,
    pub(crate) port: Option<i64>,
    /// The text of extra.
    pub(crate) extra: Option<String>,
}

impl<'i> Plain<'i> {
    /// The fields of an item; a field of a type that no target has is refused.
    pub(crate) fn of(item: &'i Item, index: usize) -> Result<Plain<'i>, WriteError> {
        Plain::of_connection(&item.connection).map_err(|name| {
            let message = format!(
                "its {name} is of a type that this format cannot hold; write it \
                 as text (port: as a whole number)"
            );
            WriteError::at(index, message)
        })
    }

    /// The same; the error is the name of the field.
    pub(crate) fn of_connection(connection: &'i Connection) -> Result<Plain<'i>, &'static str> {
        let text = |name: &'static str| match connection.field(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(name),
        };
        let port = match &connection.port {
            Value::Null => None,
            Value::Int(port) => Some(*port),
            _ => return Err("port"),
        };
        let extra = match connection.extra.expose() {
            Value::Null => None,
            Value::Str(text) => Some(text.as_str().ok_or("extra")?.to_string()),
            value => Some(dumps(value).map_err(|_| "extra")?),
        };
        Ok(Plain {
            conn_type: text("conn_type")?,
            description: text("description")?,
            host: text("host")?,
            login: text("login")?,
            password: text("password")?,
            schema: text("schema")?,
            port,
            extra,
        })
    }

    /// The decoded extra, if it is an object.
    pub(crate) fn extra_object(&self) -> Option<Dict<'_>> {
        match loads(self.extra.as_deref()?).ok()?.value {
            Value::Dict(dict) => Some(*dict),
            _ => None,
        }
    }
}

/// A JSON string.
pub(crate) fn json_string(text: &str) -> String {
    let mut out = String::new();
    write_str(text, &mut out);
    out
}

/// A JSON object of these members on one line.
pub(crate) fn json_object(members: &[(&str, Option<String>)]) -> String {
    let members = members
        .iter()
        .filter_map(|(key, value)| Some(format!("{}: {}", json_string(key), value.as_deref()?)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

/// The members of a mapping under the names that Airflow has for them; what is not in `names` is
/// left out.
pub(crate) fn renamed(dict: &Dict<'static>, names: &[(&str, &str)]) -> Dict<'static> {
    let mut fields = Dict::default();
    for (name, member) in dict.named() {
        if let Some((_, field)) = names.iter().find(|(written, _)| *written == name) {
            fields.insert(Value::text(*field), member.key_span, member.node.clone());
        }
    }
    fields
}

/// Sets a field to a value that stands where another node does.
pub(crate) fn set(
    fields: &mut Dict<'static>,
    name: &str,
    value: Value<'static>,
    like: &Node<'static>,
) {
    let key_span = fields.member(name).map_or(Span::default(), |member| member.key_span);
    fields.insert(Value::text(name), key_span, Node { value, span: like.span, style: like.style });
}

/// A port that is written as text, as an integer: readers with a typed field (pydantic, Go) take it
/// so.
pub(crate) fn integer_port(fields: &mut Dict<'static>) {
    let Some(node) = fields.get("port").cloned() else { return };
    let port = match &node.value {
        Value::Str(text) => text.as_str().and_then(|text| text.trim().parse().ok()).map(Value::Int),
        Value::Float(port) if port.fract() == 0.0 && port.abs() < 1e9 => {
            Some(Value::Int(*port as i64))
        }
        _ => None,
    };
    if let Some(port) = port {
        set(fields, "port", port, &node);
    }
}

/// The port as pydantic reads it; what it refuses stays as it is.
pub(crate) fn validated_port(fields: &mut Dict<'static>) {
    let Some(node) = fields.get("port").cloned() else { return };
    if let Some(port) = pydantic::integer(&node.value) {
        set(fields, "port", port, &node);
    }
}

/// The text behind `__extra__` in a URI: it is written where an extra is not all text.
pub(crate) fn whole_extra(uri: &Node<'static>) -> Option<String> {
    let (_, query) = uri.value.as_str()?.split_once('?')?;
    let pairs = parse_qsl(&Text::untraced(query));
    pairs
        .into_iter()
        .rfind(|pair| pair.key.as_str() == "__extra__")
        .map(|pair| pair.value.into_string())
}

/// An entry whose id is the text of a node.
pub(crate) fn entry<'a>(
    base: &Arc<Text<'a>>,
    id: Option<&Node<'static>>,
    make: fn(Node<'a>) -> Raw<'a>,
    node: Node<'a>,
) -> Entry<'a> {
    let id = id.and_then(|node| {
        let text = match &node.value {
            Value::Str(text) => text.as_str()?.to_string(),
            Value::Int(number) => number.to_string(),
            _ => return None,
        };
        Some((
            text,
            node_text(base, node)
                .map_or_else(|| base.span_of(node.span.range()), |text| text.span()),
        ))
    });
    Entry::of_node(id, make(node), base)
}
