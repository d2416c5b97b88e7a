//! When values are equal for Python, and what that means for the keys of a dict.

use std::hash::{Hash, Hasher};

use super::{Key, Str, Value};

/// Python's `==` for what JSON can hold (a dict compares by members, whatever their order).
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.value == y.value)
            }
            (Value::Dict(a), Value::Dict(b)) => {
                a.members.len() == b.members.len()
                    && a.members.iter().all(|(k, m)| {
                        b.members.get(k).is_some_and(|n| m.node.value == n.node.value)
                    })
            }
            _ => match (Number::of(self), Number::of(other)) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

/// Numbers as Python compares them.
#[derive(PartialEq)]
enum Number<'n> {
    Int(i64),
    Big(&'n str),
    Float(f64),
}

impl<'n> Number<'n> {
    fn of(value: &'n Value<'_>) -> Option<Number<'n>> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "checked by converting back"
        )]
        let whole = |f: f64| Some(f as i64).filter(|n| *n as f64 == f && f.abs() < 9e15);
        match value {
            Value::Bool(b) => Some(Number::Int(i64::from(*b))),
            Value::Int(n) => Some(Number::Int(*n)),
            Value::BigInt(n) => Some(Number::Big(n)),
            Value::Float(f) => Some(whole(*f).map_or(Number::Float(*f), Number::Int)),
            _ => None,
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Str(s) => match s {
                Str::Utf8(text) => text.as_bytes().hash(state),
                Str::Lone(bytes) => bytes.as_slice().hash(state),
            },
            other => match Number::of(other) {
                Some(Number::Int(n)) => n.hash(state),
                Some(Number::Big(n)) => n.hash(state),
                Some(Number::Float(f)) => f.to_bits().hash(state),
                None => 0u8.hash(state),
            },
        }
    }
}

/// A plain string key, for look-ups without a copy.
pub(super) struct Named<'n>(pub(super) &'n str);

impl Hash for Named<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl indexmap::Equivalent<Key<'_>> for Named<'_> {
    fn equivalent(&self, key: &Key<'_>) -> bool {
        key.0.as_str() == Some(self.0)
    }
}

/// A key of another lifetime, for look-ups without a copy.
pub(super) struct Same<'k, 'v>(pub(super) &'k Key<'v>);

impl Hash for Same<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl indexmap::Equivalent<Key<'_>> for Same<'_, '_> {
    fn equivalent(&self, key: &Key<'_>) -> bool {
        self.0 == key
    }
}
