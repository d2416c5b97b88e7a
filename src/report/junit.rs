//! JUnit XML: a suite for each file, a failed case for each finding, one passed case for a file
//! without any.

use std::fmt::Write;

use super::{FileReport, Located, Report};
use crate::source::is_obeyed;

/// The whole document.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failures = report.findings().count();
    let tests: usize = report.files.iter().map(|f| f.findings.len().max(1)).sum();
    let _ =
        writeln!(out, "<testsuites name=\"airconn\" tests=\"{tests}\" failures=\"{failures}\">");
    for file in &report.files {
        suite(file, &mut out);
    }
    out + "</testsuites>\n"
}

fn suite(file: &FileReport, out: &mut String) {
    let (path, failures) = (escaped(&file.path), file.findings.len());
    let _ = writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\">",
        failures.max(1)
    );
    if file.findings.is_empty() {
        let _ =
            writeln!(out, "    <testcase name=\"{path}\" classname=\"airconn\" file=\"{path}\"/>");
    }
    for located in &file.findings {
        case(file, located, out);
    }
    out.push_str("  </testsuite>\n");
}

fn case(file: &FileReport, located: &Located, out: &mut String) {
    let (finding, path) = (&located.finding, escaped(&file.path));
    let (rule, name, line, level) =
        (finding.rule, located.name(), located.line(), finding.level.name());
    let column = located.place.map_or(1, |(start, _)| start.column);
    let help = finding.help.as_ref().map(|h| format!("\nhelp: {}", escaped(h))).unwrap_or_default();
    let about = Some(located.about()).filter(|a| !a.is_empty());
    let about = about.map(|a| format!("\nin {}", escaped(&a))).unwrap_or_default();
    let text = format!("{path}:{line}:{column}: {}{about}{help}", escaped(&finding.message));
    let _ = writeln!(
        out,
        "    <testcase name=\"{rule} {name} {line}:{column}\" classname=\"airconn\" file=\"{path}\" line=\"{line}\">"
    );
    let _ = writeln!(
        out,
        "      <failure type=\"{level}\" message=\"{}\">{text}</failure>",
        escaped(&finding.message)
    );
    out.push_str("    </testcase>\n");
}

/// Text for elements and attributes. What XML 1.0 cannot hold is replaced; line ends, which an
/// attribute would not keep, and what a terminal obeys are references to their characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' | '\u{7f}'.. if is_obeyed(c) => {
                _ = write!(out, "&#{};", u32::from(c))
            }
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            // Two number signs are how commands to some runners begin: see `clean`.
            '#' if out.ends_with('#') => out.push_str("&#35;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("<a b=\"c\">&\u{0}\u{1b}]]>"),
            "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}\u{fffd}]]&gt;"
        );
        assert_eq!(
            escaped("a\r\n\t\u{9b}\u{202e}##\u{ffff}"),
            "a&#13;&#10;&#9;&#155;&#8238;#&#35;\u{fffd}"
        );
    }
}
