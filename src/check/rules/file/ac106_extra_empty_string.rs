//! AC106: a stored connection whose extra is an empty text.

use crate::airflow::Raw;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC106",
    name: "extra-empty-string",
    level: Level::Warning,
    page: include_str!("ac106_extra_empty_string.md"),
    about: About::Text,
    checks: &[Check::Reader(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    // `from_json` makes null of it; what is stored as it stands keeps the empty text.
    if !matches!(case.entry.raw, Raw::File { .. } | Raw::Stored(_)) {
        return;
    }
    let is_empty = case.connection().is_some_and(|c| c.extra.expose().as_str() == Some(""));
    if !is_empty {
        return;
    }
    let breaks = case.reader().behaviour.empty_extra_breaks_api;
    let (level, message) = match breaks {
        true => (
            RULE.level,
            "extra is an empty text: once it is stored, the API of this Airflow answers 500 for \
             every list of connections",
        ),
        false => (
            Level::Info,
            "extra is an empty text, which is not JSON: this Airflow stores it as it is, others \
             fail at it",
        ),
    };
    let fix = case.fix(Safety::Safe, vec![Change::Set("/extra".to_string(), Value::Null)]);
    findings
        .push(&RULE, "/extra", case.span("/extra"), message)
        .level(level)
        .help("write null, or leave extra out")
        .fix(fix);
}
