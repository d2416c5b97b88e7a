//! The report for machines, version 1.

use serde::Serialize;

use super::{FileReport, Located, ReadFor, Report, json_text};
use crate::check::{Level, Safety};

#[derive(Serialize)]
struct Root<'r> {
    version: u32,
    findings: Vec<Item<'r>>,
    summary: Summary,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    read_for: Vec<Reading<'r>>,
}

/// Which Airflow a file was read for.
#[derive(Serialize)]
struct Reading<'r> {
    file: &'r str,
    runtime: String,
    pins: &'r [String],
}

#[derive(Serialize)]
struct Item<'r> {
    id: &'static str,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    level: &'static str,
    conn_id: Option<&'r str>,
    runtime: String,
    pointer: &'r str,
    file: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    message: &'r str,
    help: Option<&'r str>,
    fixable: bool,
    fix: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consequences: Vec<Item<'r>>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    connections: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// `{"version":1,"findings":[…],"summary":{…}}` and a newline.
pub(super) fn render(report: &Report) -> String {
    let findings = report.findings().map(|(file, located)| item(&file.file, located)).collect();
    let summary = Summary {
        files: report.files.len(),
        connections: report.connections(),
        errors: report.count(Level::Error),
        warnings: report.count(Level::Warning),
        infos: report.count(Level::Info),
    };
    let read_for = report.files.iter().filter_map(reading).collect();
    let root = Root { version: 1, findings, summary, read_for };
    json_text(&root) + "\n"
}

fn reading(file: &FileReport) -> Option<Reading<'_>> {
    let ReadFor { runtimes, pins } = file.read_for.as_ref().filter(|it| !it.pins.is_empty())?;
    Some(Reading { file: &file.file, runtime: runtimes.join(", "), pins })
}

fn item<'r>(file: &'r str, located: &'r Located) -> Item<'r> {
    let finding = &located.finding;
    let (start, end) = located.place.unzip();
    Item {
        id: finding.rule,
        name: located.name(),
        detail: finding.detail,
        level: finding.level.name(),
        conn_id: finding.conn_id.as_deref(),
        runtime: finding.runtimes.join(", "),
        pointer: &finding.pointer,
        file,
        line: start.map(|p| p.line),
        column: start.map(|p| p.column),
        end_line: end.map(|p| p.line),
        end_column: end.map(|p| p.column),
        message: &finding.message,
        help: finding.help.as_deref(),
        fixable: finding.fix.is_some(),
        fix: finding.fix.as_ref().map(|fix| match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        }),
        consequences: located.consequences.iter().map(|located| item(file, located)).collect(),
    }
}
