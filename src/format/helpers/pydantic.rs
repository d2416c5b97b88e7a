//! Integers as pydantic reads them for a field that is one: what the API server and airflowctl take
//! for a port. Recorded in `fixtures/rest/bodies.jsonl`.

use crate::airflow::python::text::normalize_int;
use crate::model::Value;

/// The integer that pydantic makes of a value; `None` where it refuses it.
pub(crate) fn integer(value: &Value<'_>) -> Option<Value<'static>> {
    match value {
        Value::Int(_) | Value::BigInt(_) => Some(value.clone().into_owned()),
        Value::Bool(one) => Some(Value::Int(i64::from(*one))),
        Value::Float(port) if port.fract() == 0.0 && port.abs() < 1e15 => {
            Some(Value::Int(*port as i64))
        }
        Value::Str(text) => of_text(text.as_str()?),
        _ => None,
    }
}

/// A sign, digits that `_` may join one by one, and a fraction of nothing but zeros.
fn of_text(text: &str) -> Option<Value<'static>> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (sign, digits) = match whole.strip_prefix(['-', '+']) {
        Some(rest) => (if whole.starts_with('-') { "-" } else { "" }, rest),
        None => ("", whole),
    };
    let pieces = || digits.split('_');
    let is_number = |piece: &str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit());
    let zeros = !fraction.is_empty() && fraction.bytes().all(|b| b == b'0');
    if !zeros || !pieces().all(is_number) {
        return None;
    }
    let number = normalize_int(sign, &pieces().collect::<String>());
    Some(number.parse().map_or_else(|_| Value::BigInt(number), Value::Int))
}
