//! AC004: more findings in a file than a report holds.

use crate::bounds::FINDINGS;
use crate::check::{About, Finding, Level, Rule};

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
pub fn left_out<'f>(findings: impl Iterator<Item = &'f Finding>) -> Option<Finding> {
    let levels: Vec<Level> = findings.map(|finding| finding.level).collect();
    let worst = *levels.iter().max()?;
    let count = |level: Level| levels.iter().filter(|l| **l == level).count();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let counted = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")]
        .into_iter()
        .map(|(level, what)| (count(level), what))
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| plural(n, what))
        .collect::<Vec<_>>()
        .join(", ");
    Some(Finding {
        rule: RULE.id,
        level: worst,
        conn_id: None,
        runtimes: Vec::new(),
        pointer: String::new(),
        span: None,
        message: format!("the report leaves out the rest of this file: {counted}"),
        help: Some(format!(
            "a report holds the first {} of a file: repair some with --fix, or choose with \
             --select",
            FINDINGS.words()
        )),
        fix: None,
    })
}
