//! The report for people, a line for each finding.

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
    let place = located
        .place
        .map(|(start, _)| format!(":{}:{}", start.line, start.column))
        .unwrap_or_default();
    let color = match finding.level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Info => AnsiColor::Cyan,
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    let (level, rule, name) = (finding.level.name(), finding.rule, located.name());
    let about = Some(located.about())
        .filter(|a| !a.is_empty())
        .map(|a| format!(" ({a})"))
        .unwrap_or_default();
    out.push_str(&format!(
        "{file}{place}: {style}{level}[{rule}]{style:#} {}{name}: {}{about}{}\n",
        located.mark(),
        clean(&finding.message),
        also(located)
    ));
}

/// The rules of what is there because of it.
fn also(located: &Located) -> String {
    let mut rules: Vec<&str> = located.consequences.iter().map(|it| it.finding.rule).collect();
    rules.dedup();
    if rules.is_empty() { String::new() } else { format!("; because of this {}", rules.join(", ")) }
}
