//! AC406: a field that the form of the type hides, and that its hook never reads.

use super::ac210_not_a_database_url as ac210;
use crate::check::{Case, Check, Findings, Level, Rule};

pub(super) static RULE: Rule = Rule {
    id: "AC406",
    name: "hidden-field-filled",
    level: Level::Warning,
    page: include_str!("ac406_hidden_field_filled.md"),
    check: Check::Connection(check),
};

/// Types with a field that their form hides and their hook was seen not to read. A hidden field alone proves nothing: the form for AWS
/// hides Schema, which S3Hook takes for a bucket.
static NEVER_READ: &[(&str, &[&str])] = &[("aws", &["port"]), ("snowflake", &["host", "port"]), ("ssh", &["schema"])];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection().filter(|_| !ac210::is_snowflake_url(case)) else { return };
    let Some((_, fields)) = NEVER_READ.iter().find(|(conn_type, _)| *conn_type == connection.type_str()) else { return };
    for field in fields.iter().filter(|field| connection.field(field).is_some_and(|value| value.truthy())) {
        let at = format!("/{field}");
        let message = format!("nothing reads the {field} of a connection of this type, and its form hides it");
        findings.push(&RULE, at.clone(), case.span(&at), message).help("leave it empty; the extra has what the hook reads");
    }
}
