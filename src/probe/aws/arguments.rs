//! The arguments of a call, as the kinds that AWS takes.

use crate::model::Value;

/// The arguments of a call.
pub(super) struct Arguments<'a>(pub(super) &'a [(String, Value<'static>)]);

impl Arguments<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value).filter(|v| !v.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|v| v.as_str()).map(String::from)
    }

    pub(super) fn int(&self, name: &str) -> Option<i32> {
        match self.get(name) {
            Some(Value::Int(n)) => i32::try_from(*n).ok(),
            Some(Value::Bool(b)) => Some(i32::from(*b)),
            _ => None,
        }
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.get(name) {
            Some(Value::List(items)) => {
                Some(items.iter().filter_map(|i| i.value.as_str().map(String::from)).collect())
            }
            _ => None,
        }
    }

    /// Objects with texts, such as `Tags`.
    pub(super) fn objects<T>(
        &self,
        name: &str,
        make: impl Fn(&dyn Fn(&str) -> Option<String>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(Value::List(items)) = self.get(name) else { return None };
        let objects = items.iter().filter_map(|item| item.value.as_dict());
        Some(
            objects
                .filter_map(|dict| {
                    make(&|key| dict.get(key).and_then(|n| n.value.as_str()).map(String::from))
                })
                .collect(),
        )
    }
}
