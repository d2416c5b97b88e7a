//! The report for people, a line for each finding.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Located, Report};
use crate::check::Level;
use crate::source::{clean, clean_line};

/// `file:line:column: level[id] [*] name: message (connection)`; then lines that sum up.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for (file, located) in report.findings() {
        line(&clean_line(&file.file), located, &mut out);
    }
    out + &report.summary()
}

fn line(file: &str, located: &Located, out: &mut String) {
    let finding = &located.finding;
    let color = match finding.level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Info => AnsiColor::Cyan,
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    let (level, rule, name) = (finding.level.name(), finding.rule, located.name());
    out.push_str(file);
    // Writing to a String cannot fail.
    if let Some((start, _)) = located.place {
        _ = write!(out, ":{}:{}", start.line, start.column);
    }
    let (mark, message) = (located.mark(), clean(&finding.message));
    _ = write!(out, ": {style}{level}[{rule}]{style:#} {mark}{name}: {message}");
    let about = located.about();
    if !about.is_empty() {
        out.extend([" (", &about, ")"]);
    }
    out.push_str(&also(located));
    out.push('\n');
}

/// The rules of what is there because of it.
fn also(located: &Located) -> String {
    let mut rules: Vec<&str> = located.consequences.iter().map(|it| it.finding.rule).collect();
    rules.dedup();
    if rules.is_empty() { String::new() } else { format!("; because of this {}", rules.join(", ")) }
}
