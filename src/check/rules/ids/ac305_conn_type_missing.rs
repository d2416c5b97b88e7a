//! AC305: no conn_type is given.

use crate::airflow::Raw;
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC305",
    name: "conn-type-missing",
    level: Level::Error,
    page: include_str!("ac305_conn_type_missing.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

const HELP: &str = "name the type: \"conn_type\": \"postgres\", or postgres:// in a URI";

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(raised) = case.raised(RULE.id) {
        findings.push(&RULE, "/conn_type", raised.span, &raised.message).help(HELP);
        return;
    }
    let Some(connection) =
        case.connection().filter(|c| !c.conn_type.truthy() && !case.is_json_in_file())
    else {
        return;
    };
    if let Some(view) = case.uri() {
        // Other URIs without a scheme are AC104.
        let text = view.text.as_str();
        if !(text.starts_with("//") || text.starts_with("://")) {
            return;
        }
    }
    let in_file =
        matches!(case.entry.raw, Raw::File { .. }) && matches!(connection.conn_type, Value::Null);
    let (level, effect) = if in_file {
        (Level::Error, "`connections import` aborts at it")
    } else {
        (Level::Warning, "Airflow reads it, but cannot choose a hook for it")
    };
    findings
        .push(&RULE, "/conn_type", case.span("/conn_type"), format!("no conn_type: {effect}"))
        .level(level)
        .help(HELP);
}
