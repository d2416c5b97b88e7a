//! `Connection.from_json` and `as_json`.

use super::connection::{self, Passed, Prepared};
use super::python::json_dumps::dumps;
use super::python::json_loads::loads;
use super::python::text;
use super::runtime::Runtime;
use super::{Fault, FieldsFault, Kept, Raised, extra, uri};
use crate::model::{Connection, Dict, Field, Node, Value};
use crate::source::{Span, Text};
use std::sync::Arc;

/// `Connection.from_json(text)`.
pub fn from_json(source: &Text<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    from_json_keeping(source, runtime, None)
}

/// The same. What the text decodes to is kept for others, and taken from there.
pub(super) fn from_json_keeping(
    source: &Text<'_>,
    runtime: &Runtime,
    keep: Option<&Kept<'_>>,
) -> Result<Connection, Raised> {
    let raise = |exception, message: &str| {
        Raised::new(exception, Fault::Fields(FieldsFault::Shape), message)
    };
    if !runtime.behaviour.from_json {
        return Err(raise(
            "NotImplementedError",
            "this Airflow reads no JSON connections (from_json came with 2.3.0)",
        ));
    }
    let read =
        || loads(source.as_str()).map_err(|e| e.raised(Fault::Fields(FieldsFault::Syntax), source));
    let own;
    let node = match keep.map(|keep| &keep.object) {
        Some(kept) => match kept.get() {
            Some(node) => &**node,
            None => {
                let node = read()?;
                &**kept.get_or_init(|| Arc::new(node.into_owned()))
            }
        },
        None => {
            own = read()?;
            &own
        }
    };
    let dict = match &node.value {
        Value::Dict(dict) => dict,
        Value::List(_) => {
            return Err(
                raise("TypeError", "a JSON list; a connection is one object").at(source.span())
            );
        }
        _ => return Err(raise("AttributeError", "JSON, but no object").at(source.span())),
    };
    // Places of this text; the constructor's own places count in it too.
    from_object(dict, runtime).map_err(|mut e| {
        e.span = e.span.filter(|s| *s != Span::default()).and_then(|s| source.span_of(s.range()));
        e.at(source.span())
    })
}

/// `Connection.from_json(json.dumps(object))`, places counting in the text in which the object
/// stands.
pub fn from_node(node: &Node<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    if !runtime.behaviour.from_json {
        return Err(Raised::new(
            "NotImplementedError",
            Fault::Fields(FieldsFault::Unread),
            "this Airflow reads no JSON connections (from_json came with 2.3.0)",
        ));
    }
    match &node.value {
        Value::Dict(dict) => from_object(dict, runtime).map_err(|mut e| {
            e.span = e.span.filter(|s| *s != Span::default());
            e.at(Some(node.span))
        }),
        _ => Err(Raised::new(
            "TypeError",
            Fault::Fields(FieldsFault::Shape),
            "a connection is one JSON object",
        )
        .at(Some(node.span))),
    }
}

fn from_object(dict: &Dict<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    let place = |name: &str| dict.member(name).map(|m| m.key_span.cover(m.node.span));
    let passed = |value: Option<Value<'static>>| value.map_or(Passed::Dropped, Passed::Value);
    let mut prepared = Prepared::default();
    if let Some(node) = dict.get("extra") {
        prepared.extra = match &node.value {
            value if !value.truthy() => Passed::Dropped,
            Value::Str(_) => Passed::AsWritten,
            value => Passed::Value(Value::text(
                extra::dump_extra(value).map_err(|e| e.at(place("extra")))?,
            )),
        };
    }
    if let Some(node) = dict.get("conn_type") {
        prepared.conn_type =
            passed(normalized_type(&node.value).map_err(|e| e.at(place("conn_type")))?);
    }
    if let Some(node) = dict.get("port") {
        prepared.port = passed(port(&node.value).map_err(|e| e.at(place("port")))?);
    }
    if dict.get("conn_id").is_some() {
        let message = "`conn_id` inside a JSON connection: the id is given by the name of the \
                       variable or key, and Airflow refuses it twice";
        return Err(Raised::new("TypeError", Fault::Fields(FieldsFault::Conflict), message)
            .at(place("conn_id")));
    }
    connection::from_keywords(dict, prepared, runtime)
}

/// `conn_type` as `from_json` takes it: falsy is dropped; what is not text raises.
fn normalized_type(value: &Value<'_>) -> Result<Option<Value<'static>>, Raised> {
    let raise = |exception| {
        Err(Raised::new(exception, Fault::Fields(FieldsFault::Type), "`conn_type` is not a string"))
    };
    match value {
        value if !value.truthy() => Ok(None),
        Value::Str(text) => match text.as_str() {
            Some(text) => Ok(Some(Value::text(uri::normalize_conn_type(text)))),
            None => Ok(Some(value.clone().into_owned())),
        },
        Value::List(items) if items.iter().any(|i| i.value.as_str() == Some("-")) => {
            raise("AttributeError")
        }
        Value::Dict(dict) if dict.get("-").is_some() => raise("AttributeError"),
        Value::List(_) | Value::Dict(_) => Ok(Some(value.clone().into_owned())),
        _ => raise("TypeError"),
    }
}

/// `port` as `from_json` takes it: falsy is null, anything else goes through `int()`.
fn port(value: &Value<'_>) -> Result<Option<Field>, Raised> {
    let raise = |exception, message: &str| {
        Err(Raised::new(exception, Fault::Fields(FieldsFault::Type), message))
    };
    let digits = match value {
        value if !value.truthy() => return Ok(None),
        Value::Bool(_) => "1".to_string(),
        Value::Int(n) => return Ok(Some(Value::Int(*n))),
        Value::BigInt(n) => n.clone(),
        Value::Float(f) if f.is_nan() => return raise("ValueError", "`port` is NaN"),
        Value::Float(f) if f.is_infinite() => return raise("OverflowError", "`port` is infinite"),
        Value::Float(f) => {
            let whole = format!("{:.0}", f.trunc());
            text::normalize_int(
                if whole.starts_with('-') { "-" } else { "" },
                whole.trim_start_matches('-'),
            )
        }
        Value::Str(given) => match given.as_str().and_then(text::int) {
            Some(digits) => digits,
            None => return raise("ValueError", "`port` is not an integer"),
        },
        _ => return raise("TypeError", "`port` is a list or an object"),
    };
    Ok(Some(digits.parse().map_or(Value::BigInt(digits), Value::Int)))
}

/// `as_json()`, or the type of the exception; an Airflow without it raises `NotImplementedError`.
pub fn as_json(connection: &Connection, runtime: &Runtime) -> Result<String, &'static str> {
    if !runtime.behaviour.as_json {
        return Err("NotImplementedError");
    }
    let mut dict = Dict::default();
    for name in ["conn_type", "description", "host", "login", "password", "schema", "port"] {
        let value = connection.field(name).filter(|v| !v.is_null());
        if let Some(value) = value {
            dict.insert(Value::Str(name.into()), Span::default(), Node::bare(pruned(value)));
        }
    }
    let extra = extra::extra_dejson(connection, &runtime.behaviour)?;
    if extra.truthy() {
        dict.insert(Value::Str("extra".into()), Span::default(), Node::bare(extra.into_owned()));
    }
    dumps(&Value::dict(dict))
}

/// Without the nulls in nested containers.
fn pruned<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::List(items) => {
            let kept = items.iter().filter(|i| !i.value.is_null());
            Value::List(kept.map(|i| Node::bare(pruned(&i.value))).collect())
        }
        Value::Dict(dict) => {
            let mut kept = Dict::default();
            for (key, member) in dict.iter().filter(|(_, m)| !m.node.value.is_null()) {
                kept.insert(key.clone(), member.key_span, Node::bare(pruned(&member.node.value)));
            }
            Value::dict(kept)
        }
        other => other.clone(),
    }
}
