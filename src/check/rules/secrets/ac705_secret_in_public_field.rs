//! AC705: a key or token in a field that Airflow shows to everybody.

use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::model::Value;
use crate::privacy::Doubt;
use crate::privacy::shapes::shape;

pub static RULE: Rule = Rule {
    id: "AC705",
    name: "secret-in-public-field",
    level: Level::Warning,
    page: include_str!("ac705_secret_in_public_field.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

const FIELDS: &[&str] = &["description", "host", "schema"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    // What is not a URI ends up in the schema, whatever it is: AC104.
    let Some(connection) = case.connection().filter(|_| case.doubt() != Some(Doubt::NoScheme))
    else {
        return;
    };
    let help = "put it into password, or into an extra with `token`, `secret` or `api_key` in its \
                name; who has seen it knows it: change it";
    let message = |field: &str, what: &str| {
        format!("{field} has {what} in it: Airflow masks it nowhere, in no page, answer or log")
    };
    for field in FIELDS {
        if let Some(what) = connection.field(field).and_then(Value::as_str).and_then(shape) {
            let at = format!("/{field}");
            findings.push(&RULE, at.clone(), case.span(&at), message(field, what)).help(help);
        }
    }
    if let Some(what) = case.entry.conn_id.as_deref().and_then(shape) {
        findings
            .push(
                &RULE,
                "/conn_id",
                case.entry.id_span.or_else(|| case.whole()),
                message("conn_id", what),
            )
            .help(help);
    }
}
