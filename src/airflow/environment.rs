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

/// The team and the id in the id of a variable `AIRFLOW_CONN__TEAM___ID`: tasks of the team that
/// ask for the id get it, where Airflow knows teams. Names of teams have 3 to 50 letters, digits,
/// `_` and `-` (`airflow teams create`).
pub fn team_of(conn_id: &str) -> Option<(&str, &str)> {
    let (team, id) = conn_id.strip_prefix('_')?.split_once("___")?;
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let fits = (3..=50).contains(&team.len()) && team.chars().all(of_name) && !id.is_empty();
    fits.then_some((team, id))
}

/// `value.strip()`.
pub fn stripped<'a>(value: &Text<'a>) -> Text<'a> {
    let text = value.as_str();
    let start = text.len() - text.trim_start_matches(is_space).len();
    let end = start + text[start..].trim_end_matches(is_space).len();
    value.slice(start..end)
}
