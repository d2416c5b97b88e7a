//! A connection as its hook sees it, in the form that schemas describe: an object of the fields,
//! with `extra` decoded.

use crate::airflow::extra::extra_dejson;
use crate::airflow::runtime::Behaviour;
use crate::model::{Connection, FIELDS, Value};
use serde_json::{Map, Number, Value as Json};

/// The connection as an object: fields that are null are left out, `extra` is an object in any
/// case. `None` where `extra` is none, or holds what JSON cannot (NaN, an integer of more than 64
/// bits).
pub fn instance(connection: &Connection, behaviour: &Behaviour) -> Option<Json> {
    let mut object = Map::with_capacity(FIELDS.len());
    for name in FIELDS.into_iter().filter(|name| *name != "extra") {
        let value = connection.field(name).filter(|v| !v.is_null());
        if let Some(value) = value {
            object.insert(name.to_string(), json(value)?);
        }
    }
    let extra = extra_dejson(connection, behaviour).ok()?;
    extra.as_dict()?;
    object.insert("extra".to_string(), json(&extra)?);
    Some(Json::Object(object))
}

/// A Python value as JSON. Lone surrogates become U+FFFD: no schema of ours asks for one.
fn json(value: &Value<'_>) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(n) => Json::Number(Number::from(*n)),
        Value::Float(f) => Json::Number(Number::from_f64(*f)?),
        Value::Str(text) => Json::String(text.as_str().unwrap_or("\u{fffd}").to_string()),
        Value::List(items) => {
            Json::Array(items.iter().map(|item| json(&item.value)).collect::<Option<_>>()?)
        }
        Value::Dict(dict) => Json::Object(
            dict.named()
                .map(|(k, m)| Some((k.to_string(), json(&m.node.value)?)))
                .collect::<Option<_>>()?,
        ),
        Value::BigInt(_) | Value::Opaque(_) | Value::Cycle => return None,
    })
}
