//! AC301: an id that Airflow does not keep.

use crate::airflow::ids::{MAX_LEN, sanitize_conn_id};
use crate::check::rules::file::ac109_env_quotes_kept as ac109;
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::format::Ids;

pub static RULE: Rule = Rule {
    id: "AC301",
    name: "conn-id-rejected",
    level: Level::Error,
    page: include_str!("ac301_conn_id_rejected.md"),
    about: About::Text,
    checks: &[Check::Reader(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(raised) = case.raised(RULE.id) {
        findings.push(&RULE, "/conn_id", raised.span, &raised.message);
        return;
    }
    let Some(id) = case.entry.conn_id.as_deref().filter(|_| !ac109::is_exported(case)) else {
        return;
    };
    // What a variable is called is the shell's business.
    if case.format.ids == Ids::Shell
        || sanitize_conn_id(id, &case.entry.reader(case.runtime)).is_some()
    {
        return;
    }
    let why = if id.is_empty() {
        "it is empty"
    } else if id.chars().count() > MAX_LEN {
        "it is longer than 250 characters"
    } else if id.trim() != id {
        "a blank stands at its start or end"
    } else {
        "only letters, digits and _ # ! ( ) - . : / \\ are kept (ASCII before Airflow 3)"
    };
    let message =
        format!("invalid conn_id: Airflow drops it and stores the connection without an id: {why}");
    findings.push(&RULE, "/conn_id", case.entry.id_span.or_else(|| case.whole()), message);
}
