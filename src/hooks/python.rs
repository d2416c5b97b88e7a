//! Python's view of values: what `is True`, iteration and comparison make of them.

use std::sync::Arc;

use crate::model::{Dict, Node, Str, Value};
use crate::source::Span;

/// `value is True`.
pub(crate) fn is_true(value: &Value<'_>) -> bool {
    matches!(value, Value::Bool(true))
}

/// `value is False`.
pub(crate) fn is_false(value: &Value<'_>) -> bool {
    matches!(value, Value::Bool(false))
}

/// `isinstance(value, str)`.
pub(crate) fn is_str(value: &Value<'_>) -> bool {
    matches!(value, Value::Str(_))
}

/// `isinstance(value, int)`: booleans are integers.
pub(crate) fn is_int(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_))
}

/// An integer of 64 bits, `True` being 1.
pub(crate) fn int(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        Value::Bool(b) => Some(i64::from(*b)),
        _ => None,
    }
}

/// A number as a float, for comparisons; `None` where Python raises TypeError.
#[expect(clippy::cast_precision_loss, reason = "only compared with small limits")]
pub(crate) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Float(f) => Some(*f),
        Value::BigInt(digits) => Some(if digits.starts_with('-') { f64::MIN } else { f64::MAX }),
        other => int(other).map(|n| n as f64),
    }
}

/// `hash(value)` works.
pub(crate) fn hashable(value: &Value<'_>) -> bool {
    !matches!(value, Value::List(_) | Value::Dict(_) | Value::Cycle)
}

/// Iterating over a value: characters, elements, keys. `None` where Python raises TypeError.
pub(crate) fn elements(value: &Value<'_>) -> Option<Vec<Value<'static>>> {
    match value {
        Value::Str(text) => {
            Some(text.as_str()?.chars().map(|c| Value::text(c.to_string())).collect())
        }
        Value::List(items) => Some(items.iter().map(|n| n.value.clone().into_owned()).collect()),
        Value::Dict(dict) => Some(dict.iter().map(|(k, _)| k.clone().into_owned()).collect()),
        _ => None,
    }
}

/// A list.
pub(crate) fn list(items: Vec<Value<'static>>) -> Value<'static> {
    Value::List(items.into_iter().map(Node::bare).collect())
}

/// Text of a string, without lone surrogates.
pub(crate) fn text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.as_str()
}

/// A string that holds a lone surrogate: `encode("utf8")` raises.
pub(crate) fn is_lone(value: &Value<'_>) -> bool {
    matches!(value, Value::Str(Str::Lone(_)))
}

/// What a value spells where only its truth is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spells {
    /// `true`, `1`, `yes`, `on`.
    True,
    /// `false`, `0`, `no`, `off`, `none`, `null`.
    False,
    /// Anything else.
    Other,
}

/// The one that a value spells.
pub fn spells(value: &Value<'_>) -> Spells {
    match text(value).map(|t| t.trim().to_ascii_lowercase()).as_deref() {
        Some(
            "false" | "f" | "0" | "no" | "n" | "off" | "none" | "null" | "disable" | "disabled",
        ) => Spells::False,
        Some("true" | "t" | "1" | "yes" | "y" | "on" | "enable" | "enabled") => Spells::True,
        None if matches!(value, Value::Int(1)) => Spells::True,
        _ => Spells::Other,
    }
}

/// The extras of a connection.
#[derive(Clone, Default)]
pub(crate) struct Extras(Option<Arc<Node<'static>>>);

impl Extras {
    /// Of what was decoded; empty without it.
    pub(crate) fn new(read: Option<Arc<Node<'static>>>) -> Extras {
        Extras(read)
    }

    fn dict(&self) -> Option<&Dict<'static>> {
        self.0.as_ref()?.value.as_dict()
    }

    /// There is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.dict().is_none_or(|dict| dict.members.is_empty())
    }

    /// `extra.get(key)`, null where it is missing.
    pub(crate) fn get(&self, key: &str) -> &Value<'static> {
        self.find(key).unwrap_or(&Value::Null)
    }

    /// `extra.get(key)`, if it is there.
    pub(crate) fn find(&self, key: &str) -> Option<&Value<'static>> {
        Some(&self.dict()?.get(key)?.value)
    }

    /// `key in extra`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// `bool(extra.get(key))`.
    pub(crate) fn truthy(&self, key: &str) -> bool {
        self.get(key).truthy()
    }

    /// Text under a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).as_str()
    }

    /// All with ordinary text as key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'static>)> {
        self.dict().into_iter().flat_map(|dict| dict.named().map(|(k, m)| (k, &m.node.value)))
    }
}

/// A node that stands nowhere, under a key.
pub(crate) fn put(dict: &mut Dict<'static>, key: &str, value: Value<'static>) {
    dict.insert(Value::text(key), Span::default(), Node::bare(value));
}
