//! Workflow commands of GitHub Actions, which become annotations of the changed files.
//!
//! <https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions>

use super::{Located, Report};
use crate::check::Level;
use crate::source::is_obeyed;

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
    let about = Some(located.about())
        .filter(|a| !a.is_empty())
        .map(|a| format!("\nin {a}"))
        .unwrap_or_default();
    let help = finding.help.as_ref().map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    format!(
        "::{name} {place},title={title}::{}\n",
        data(&format!("{}{about}{}{help}", finding.message, located.because()))
    )
}

/// The message of a command. The runner knows only these escapes; other characters that a terminal
/// obeys are replaced.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if is_obeyed(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
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
        assert_eq!(property("a\u{1b}[2J\u{7}\u{202e}b"), "a\u{fffd}[2J\u{fffd}\u{fffd}b");
    }
}
