//! In which fields two readings of one connection differ.

use super::python::json_loads::loads;
use super::python::repr::str_of;
use crate::model::{Connection, FIELDS, Value};

/// Fields that differ, null and empty text taken for the same, and texts of extra for the JSON in
/// them.
pub fn differences(a: &Connection, b: &Connection) -> Vec<&'static str> {
    let empty = |v: &Value<'_>| v.is_null() || v.as_str() == Some("");
    let differ = |name: &&&str| match (a.field(name), b.field(name)) {
        (Some(x), Some(y)) if empty(x) && empty(y) => false,
        (Some(x), Some(y)) if **name == "extra" => {
            let dict = |v: &Value<'_>| loads(&str_of(v)).map(|n| n.value.into_owned()).ok();
            x != y && dict(x) != dict(y)
        }
        (x, y) => x != y,
    };
    FIELDS.iter().filter(differ).copied().collect()
}
