//! AC406: a field that the form of the type hides, and that its hook never reads.

use crate::catalog::HIDDEN_FIELDS;
use crate::check::rules::diagnosis::Diagnosis;
use crate::check::rules::uri::ac210_not_a_database_url as ac210;
use crate::check::{About, Case, Check, Findings, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC406",
    name: "hidden-field-filled",
    level: Level::Warning,
    page: include_str!("ac406_hidden_field_filled.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

/// Read by hand, where the script cannot tell. A hidden field alone proves nothing: the form for
/// AWS hides Schema, which S3Hook takes for a bucket; and snowflake's hook makes its own URI.
static NEVER_READ: &[(&str, &[&str])] = &[("aws", &["port"]), ("snowflake", &["host", "port"])];

/// The fields of a type that are hidden and read by nothing.
fn never_read(conn_type: &str) -> impl Iterator<Item = &str> {
    let by_hand = NEVER_READ
        .iter()
        .filter(move |(of, _)| *of == conn_type)
        .flat_map(|(_, fields)| fields.iter().copied());
    by_hand.chain(
        HIDDEN_FIELDS
            .iter()
            .filter(move |of| of.conn_type == conn_type)
            .flat_map(|of| of.fields.iter().map(String::as_str)),
    )
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection().filter(|_| !ac210::is_snowflake_url(case)) else {
        return;
    };
    for field in never_read(connection.type_str())
        .filter(|field| connection.field(field).is_some_and(|value| value.truthy()))
    {
        let at = format!("/{field}");
        let message = format!(
            "nothing reads the {field} of a connection of this type, and its form hides it"
        );
        findings.push(&RULE, at.clone(), case.span(&at), message).help(HELP);
    }
}

const HELP: &str = "leave it empty; the extra has what the hook reads";

/// A field that nothing reads, as the data of its type says.
pub fn unread(field: &str) -> Diagnosis {
    RULE.warning(format!("nothing reads the {field} of a connection of this type")).help(HELP)
}
