//! AC101: the container does not parse.

use crate::airflow::files::file_type;
use crate::check::rules::of_fault;
use crate::check::{About, Case, Check, Findings, Level, Reading, Rule};
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC101",
    name: "unreadable-file",
    level: Level::Error,
    page: include_str!("ac101_unreadable_file.md"),
    about: About::Text,
    checks: &[Check::Document(document), Check::Connection(line)],
};

fn document(view: &Reading<'_>, findings: &mut Findings) {
    let is_yml = view.format.whole && view.source.name().to_ascii_lowercase().ends_with(".yml");
    if let Some(Err(raised)) =
        is_yml.then(|| file_type(view.source.name(), &view.runtime.of_files()))
        && view.document.problems.is_empty()
    {
        let start = Some(Span::new(0..0));
        findings.push(&RULE, "", start, raised.message).help("call it .yaml");
    }
    for problem in view.document.problems.iter().filter(|p| of_fault(p.fault).id == RULE.id) {
        let whole = if view.format.whole { "; Airflow refuses the whole file" } else { "" };
        findings.push(&RULE, "", problem.span, format!("{}{whole}", problem.message));
    }
}

/// Lines of a file that have no connection: the same problem, one line of it.
fn line(case: &Case<'_>, findings: &mut Findings) {
    if let Some(raised) = case.raised(RULE.id) {
        findings.push(&RULE, "", raised.span, &raised.message);
    }
}
