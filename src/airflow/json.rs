//! `Connection.from_json` and `as_json`.

use super::python::json_dumps::dumps;
use super::python::json_loads::loads;
use super::python::text;
use super::runtime::Runtime;
use super::{Raised, connection, uri};
use crate::model::{Connection, Dict, Field, Node, Value};
use crate::source::{Span, Text};

/// `Connection.from_json(text)`.
pub fn from_json(source: &Text<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    let raise = |exception, message: &str| Raised::new(exception, "AC103", message);
    if !runtime.behaviour.from_json {
        return Err(raise("NotImplementedError", "this Airflow reads no JSON connections (from_json came with 2.3.0)"));
    }
    let node = loads(source.as_str()).map_err(|e| e.raised("AC103", source))?;
    let dict = match node.value {
        Value::Dict(dict) => dict,
        Value::List(_) => return Err(raise("TypeError", "a JSON list; a connection is one object").at(source.span())),
        _ => return Err(raise("AttributeError", "JSON, but no object").at(source.span())),
    };
    // Places of this text; the constructor's own places count in it too.
    from_object(dict, runtime).map_err(|mut e| {
        e.span = e.span.filter(|s| *s != Span::default()).and_then(|s| source.span_of(s.range()));
        e.at(source.span())
    })
}

fn from_object(mut dict: Dict<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    let member_place = |dict: &Dict<'_>, name: &str| dict.member(name).map(|m| m.key_span.cover(m.node.span));
    let extra_place = member_place(&dict, "extra");
    let extra = match dict.get("extra").map(|n| &n.value) {
        Some(value) if !value.truthy() => Value::Null,
        Some(Value::Str(text)) => Value::Str(text.clone().into_owned()),
        Some(value) => Value::text(connection::dump_extra(value).map_err(|e| e.at(extra_place))?),
        None => Value::Null,
    };
    remove(&mut dict, "extra");
    if let Some(place) = member_place(&dict, "conn_type") {
        let given = dict.get("conn_type").map_or(Value::Null, |n| n.value.clone());
        match normalized_type(&given).map_err(|e| e.at(Some(place)))? {
            Some(conn_type) => replace(&mut dict, "conn_type", conn_type),
            None => remove(&mut dict, "conn_type"),
        }
    }
    if let Some(place) = member_place(&dict, "port") {
        let given = dict.get("port").map_or(Value::Null, |n| n.value.clone());
        match port(&given).map_err(|e| e.at(Some(place)))? {
            Some(port) => replace(&mut dict, "port", port),
            None => remove(&mut dict, "port"),
        }
    }
    if let Some(place) = member_place(&dict, "conn_id") {
        let message =
            "`conn_id` inside a JSON connection: the id is given by the name of the variable or key, and Airflow refuses it twice";
        return Err(Raised::new("TypeError", "AC103", message).at(Some(place)));
    }
    connection::from_keywords(&dict, Some(extra), runtime).map_err(|e| if e.rule == "AC105" { e.at(extra_place) } else { e })
}

fn replace<'a>(dict: &mut Dict<'a>, name: &'a str, value: Value<'static>) {
    let Some(old) = dict.member(name) else { return };
    let (key_span, span, style) = (old.key_span, old.node.span, old.node.style);
    let lost = std::mem::take(&mut dict.overwritten);
    dict.insert(Value::Str(name.into()), key_span, Node { value, span, style });
    dict.overwritten = lost;
}

fn remove(dict: &mut Dict<'_>, name: &str) {
    dict.members.retain(|key, _| key.0.as_str() != Some(name));
}

/// `conn_type` as `from_json` takes it: falsy is dropped; what is no text raises.
fn normalized_type(value: &Value<'_>) -> Result<Option<Value<'static>>, Raised> {
    let raise = |exception| Err(Raised::new(exception, "AC103", "`conn_type` is not a string"));
    match value {
        value if !value.truthy() => Ok(None),
        Value::Str(text) => match text.as_str() {
            Some(text) => Ok(Some(Value::text(uri::normalize_conn_type(text)))),
            None => Ok(Some(value.clone().into_owned())),
        },
        Value::List(items) if items.iter().any(|i| i.value.as_str() == Some("-")) => raise("AttributeError"),
        Value::Dict(dict) if dict.get("-").is_some() => raise("AttributeError"),
        Value::List(_) | Value::Dict(_) => Ok(Some(value.clone().into_owned())),
        _ => raise("TypeError"),
    }
}

/// `port` as `from_json` takes it: falsy is null, anything else goes through `int()`.
fn port(value: &Value<'_>) -> Result<Option<Field>, Raised> {
    let raise = |exception, message: &str| Err(Raised::new(exception, "AC103", message));
    let digits = match value {
        value if !value.truthy() => return Ok(None),
        Value::Bool(_) => "1".to_string(),
        Value::Int(n) => return Ok(Some(Value::Int(*n))),
        Value::BigInt(n) => n.clone(),
        Value::Float(f) if f.is_nan() => return raise("ValueError", "`port` is NaN"),
        Value::Float(f) if f.is_infinite() => return raise("OverflowError", "`port` is infinite"),
        Value::Float(f) => {
            let whole = format!("{:.0}", f.trunc());
            text::normalize_int(if whole.starts_with('-') { "-" } else { "" }, whole.trim_start_matches('-'))
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
    let extra = connection::extra_dejson(connection, &runtime.behaviour)?;
    if extra.truthy() {
        dict.insert(Value::Str("extra".into()), Span::default(), Node::bare(extra));
    }
    dumps(&Value::Dict(dict))
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
            Value::Dict(kept)
        }
        other => other.clone(),
    }
}
