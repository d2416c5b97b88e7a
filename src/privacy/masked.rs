//! The fields of a connection as they may be shown.

use super::MASK;
use super::doubt::has_known_protocol;
use super::names::Names;
use super::public::{is_type, public_host, public_login_of, public_name};
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::model::{Connection, Dict, Node, Value};
use crate::source::Span;

/// A field with everything hidden that may be a secret: passwords, values of extras unless they are
/// known to be none, and text that does not have the looks of what it should be, since a broken URI
/// leaves pieces of the password anywhere.
pub fn masked_field(
    field: &str,
    value: &Value<'static>,
    connection: &Connection,
    doubtful: bool,
) -> Value<'static> {
    let hidden = || if value.truthy() { Value::text(MASK) } else { value.clone() };
    match (field, value) {
        (_, Value::Null | Value::Bool(_)) | ("port", Value::Int(_)) => value.clone(),
        _ if doubtful => hidden(),
        ("extra", _) => masked_extra(value),
        ("conn_type", Value::Str(text)) if text.as_str().is_some_and(is_type) => value.clone(),
        ("host" | "login" | "schema", Value::Str(text)) => {
            let plain = text.as_str().is_some_and(|text| match field {
                "host" => public_host(text.split_once("://").map_or(text, |(_, host)| host)),
                "login" => public_login_of(text, connection),
                _ => public_name(text),
            });
            let sound = is_type(connection.type_str())
                && connection.host.as_str().is_none_or(has_known_protocol);
            if plain && sound { value.clone() } else { hidden() }
        }
        _ => hidden(),
    }
}

fn masked_extra(value: &Value<'_>) -> Value<'static> {
    let read = match value {
        Value::Str(text) => text.as_str().and_then(|t| loads(t).ok()).map(|n| n.value.into_owned()),
        other => Some(other.clone().into_owned()),
    };
    let Some(Value::Dict(dict)) = read else {
        return if value.truthy() { Value::text(MASK) } else { value.clone().into_owned() };
    };
    let mut out = Dict::default();
    let mut hidden = 0;
    for (key, member) in dict.named() {
        let Some(key) = Names::PLAIN.shown(key) else {
            hidden += 1;
            continue;
        };
        let shown = match &member.node.value {
            plain @ (Value::Null | Value::Bool(_)) => plain.clone(),
            Value::Str(_) => Value::text(MASK),
            Value::Dict(_) => Value::text("<object>"),
            Value::List(_) => Value::text("<list>"),
            _ => Value::text("<number>"),
        };
        out.insert(Value::text(key), Span::default(), Node::bare(shown));
    }
    if hidden > 0 {
        out.insert(Value::text(MASK), Span::default(), Node::bare(Value::text(MASK)));
    }
    Value::text(dumps(&Value::dict(out)).unwrap_or_default())
}
