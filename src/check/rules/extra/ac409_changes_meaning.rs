//! AC409: a connection means something else after an upgrade.

use std::sync::Arc;

use crate::check::{About, Finding, Level, Rule};
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC409",
    name: "changes-meaning",
    level: Level::Warning,
    page: include_str!("ac409_changes_meaning.md"),
    about: About::Parts,
    checks: &[],
};

/// A finding of `airconn upgrade`, which alone knows two environments.
pub(crate) fn changes_meaning(
    conn_id: Option<String>,
    pointer: String,
    span: Option<Span>,
    message: String,
) -> Finding {
    Finding {
        rule: RULE.id,
        detail: None,
        level: RULE.level,
        conn_id,
        runtimes: Arc::default(),
        pointer,
        span,
        message,
        help: Some("`airconn inspect` shows it whole for each of the two".to_string()),
        fix: None,
        consequences: Vec::new(),
    }
}
