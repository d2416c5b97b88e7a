//! What the environment backend makes of the value of a variable.

use super::python::text::is_space;
use super::runtime::Runtime;
use super::{Fault, Kept, Raised, json, uri};
use crate::model::Connection;
use crate::source::Text;

/// What the environment backend makes of the value of `AIRFLOW_CONN_…`.
pub fn from_environment<'a>(
    value: &Text<'a>,
    runtime: &Runtime,
    keep: Option<&Kept<'a>>,
) -> Result<Connection, Raised> {
    let runtime = &*runtime.of_environment();
    let b = &runtime.behaviour;
    if value.as_str().is_empty() {
        return Err(Raised::new(
            "LookupError",
            Fault::Blank,
            "an empty value: the connection is not defined",
        )
        .at(value.span()));
    }
    if !b.env_json {
        return uri::from_uri_keeping(value, runtime, keep);
    }
    let stripped = stripped(value);
    match stripped.as_str().chars().next() {
        None => {
            Err(Raised::new("IndexError", Fault::Blank, "a value of blanks only").at(value.span()))
        }
        Some('{') => json::from_json_keeping(&stripped, runtime, keep),
        Some(_) => uri::from_uri_keeping(&stripped, runtime, keep),
    }
}

/// `value.strip()`.
pub fn stripped<'a>(value: &Text<'a>) -> Text<'a> {
    let text = value.as_str();
    let start = text.len() - text.trim_start_matches(is_space).len();
    let end = start + text[start..].trim_end_matches(is_space).len();
    value.slice(start..end)
}
