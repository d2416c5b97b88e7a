//! Workflow commands of GitHub Actions, which become annotations of the changed files.
//!
//! <https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions>

use super::{Located, Report};
use crate::check::Level;

/// `::error file=…,line=…::message`, a line for each finding.
pub(super) fn render(report: &Report) -> String {
    report.findings().map(|(file, located)| command(&file.path, located)).collect()
}

fn command(path: &str, located: &Located) -> String {
    let finding = &located.finding;
    let name = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let mut place = format!("file={},line={}", property(path), located.line());
    if let Some((start, end)) = located.place {
        place += &format!(",endLine={}", end.line);
        // Columns count only within one line.
        if start.line == end.line {
            place += &format!(",col={},endColumn={}", start.column, end.column);
        }
    }
    let title = property(&format!("{} {}", finding.rule, located.name()));
    let about = Some(located.about()).filter(|a| !a.is_empty()).map(|a| format!("\nin {a}")).unwrap_or_default();
    let help = finding.help.as_ref().map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    format!("::{name} {place},title={title}::{}\n", data(&format!("{}{about}{help}", finding.message)))
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value ahead of the message.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
