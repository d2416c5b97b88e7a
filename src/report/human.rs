//! The report for people.

use anstyle::{AnsiColor, Style};

use super::{Located, Report};
use crate::check::{Level, rules};

/// Findings by place, each with its connection, its runtimes and the way out; then a line that sums up.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for (file, located) in report.findings() {
        finding(&clean(&file.file), located, &mut out);
    }
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")];
    let found: Vec<_> = counts.iter().map(|(level, what)| (report.count(*level), what)).filter(|(n, _)| *n > 0).collect();
    let found: Vec<_> = found.into_iter().map(|(n, what)| plural(n, what)).collect();
    let found = if found.is_empty() { "no findings".to_string() } else { found.join(", ") };
    let connections = plural(report.connections(), "connection");
    let files = plural(report.files.len(), "file");
    out.push_str(&format!("{found} in {connections} ({files}), Airflow {}\n", report.runtimes.join(", ")));
    out
}

fn finding(file: &str, located: &Located, out: &mut String) {
    let finding = &located.finding;
    let place = located.place.map(|(start, _)| format!(":{}:{}", start.line, start.column)).unwrap_or_default();
    let color = match finding.level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Info => AnsiColor::Cyan,
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    let name = rules::by_name(finding.rule).map_or("", |r| r.name);
    let (level, rule) = (finding.level.name(), finding.rule);
    out.push_str(&format!("{file}{place}: {style}{level}[{rule}]{style:#} {name}: {}\n", clean(&finding.message)));
    let mut about = Vec::new();
    about.extend(finding.conn_id.as_ref().map(|id| format!("connection `{}`", clean(id))));
    about.extend(Some(&finding.pointer).filter(|p| !p.is_empty()).map(|p| clean(p)));
    if !finding.runtimes.is_empty() {
        about.push(format!("Airflow {}", finding.runtimes.join(", ")));
    }
    if !about.is_empty() {
        out.push_str(&format!("  in {}\n", about.join(", ")));
    }
    if let Some(help) = &finding.help {
        out.push_str(&format!("  help: {}\n", clean(help)));
    }
}

/// Without characters that a terminal obeys.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
