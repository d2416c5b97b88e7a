//! AC004: more findings in a file than a report holds.

use std::sync::Arc;

use crate::bounds::FINDINGS;
use crate::check::{About, Finding, LeftOut, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC004",
    name: "too-many-findings",
    level: Level::Info,
    page: include_str!("ac004_too_many_findings.md"),
    about: About::Text,
    checks: &[],
};

/// A finding in the place of those that a report has no room for; `None` if there are none. It has
/// their worst level, so that the exit code is that of all.
pub fn too_many(left_out: &LeftOut) -> Option<Finding> {
    let worst = left_out.worst()?;
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let counted = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")]
        .into_iter()
        .map(|(level, what)| (left_out.of(level), what))
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| plural(n, what))
        .collect::<Vec<_>>()
        .join(", ");
    Some(Finding {
        rule: RULE.id,
        detail: None,
        level: worst,
        conn_id: None,
        runtimes: Arc::default(),
        pointer: String::new(),
        span: None,
        message: format!("the report leaves out the rest of this file: {counted}"),
        help: Some(format!(
            "a report holds the first {} of a file: repair some with --fix, or choose with \
             --select",
            FINDINGS.words()
        )),
        fix: None,
        consequences: Vec::new(),
    })
}
