//! GitLab's code quality report: a list of issues.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use serde::Serialize;

use super::{Located, Report, json_text};
use crate::check::Level;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: &'r str,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// A JSON list and a newline.
pub(super) fn render(report: &Report) -> String {
    let issues: Vec<_> =
        report.findings().map(|(file, located)| issue(&file.path, located)).collect();
    json_text(&issues) + "\n"
}

fn issue<'r>(path: &'r str, located: &'r Located) -> Issue<'r> {
    let finding = &located.finding;
    let severity = match finding.level {
        Level::Error => "major",
        Level::Warning => "minor",
        Level::Info => "info",
    };
    let about = Some(located.about())
        .filter(|a| !a.is_empty())
        .map(|a| format!(" ({a})"))
        .unwrap_or_default();
    let location = Location { path, lines: Lines { begin: located.line() } };
    let because = located.because().replace('\n', "; ");
    let description = format!("{}: {}{about}{because}", located.name(), finding.message);
    Issue {
        description,
        check_name: finding.rule,
        fingerprint: &located.fingerprint,
        severity,
        location,
    }
}
