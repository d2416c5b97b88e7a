//! AC003: a mistake of airconn's own.

use std::sync::Arc;

use crate::check::{About, Finding, Level, Rule};
use crate::guard::Mistake;
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC003",
    name: "internal-error",
    level: Level::Error,
    page: include_str!("ac003_internal_error.md"),
    about: About::Text,
    checks: &[],
};

/// A finding about what airconn could not do to the end.
pub fn internal_error(mistake: Mistake, span: Option<Span>) -> Finding {
    Finding {
        rule: RULE.id,
        detail: None,
        level: RULE.level,
        conn_id: None,
        runtimes: Arc::default(),
        pointer: String::new(),
        span,
        message: mistake.message(),
        help: Some("report it, with the place that standard error names".to_string()),
        fix: None,
        consequences: Vec::new(),
    }
}
