//! JUnit XML: a suite for each file, a failed case for each finding, one passed case for a file without any.

use std::fmt::Write;

use super::{FileReport, Located, Report};

/// The whole document.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failures = report.findings().count();
    let tests: usize = report.files.iter().map(|f| f.findings.len().max(1)).sum();
    let _ = writeln!(out, "<testsuites name=\"airconn\" tests=\"{tests}\" failures=\"{failures}\">");
    for file in &report.files {
        suite(file, &mut out);
    }
    out + "</testsuites>\n"
}

fn suite(file: &FileReport, out: &mut String) {
    let (path, failures) = (escaped(&file.path), file.findings.len());
    let _ = writeln!(out, "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\">", failures.max(1));
    if file.findings.is_empty() {
        let _ = writeln!(out, "    <testcase name=\"{path}\" classname=\"airconn\" file=\"{path}\"/>");
    }
    for located in &file.findings {
        case(file, located, out);
    }
    out.push_str("  </testsuite>\n");
}

fn case(file: &FileReport, located: &Located, out: &mut String) {
    let (finding, path) = (&located.finding, escaped(&file.path));
    let (rule, name, line, level) = (finding.rule, located.name(), located.line(), finding.level.name());
    let column = located.place.map_or(1, |(start, _)| start.column);
    let help = finding.help.as_ref().map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    let about = Some(located.about()).filter(|a| !a.is_empty()).map(|a| format!("\nin {a}")).unwrap_or_default();
    let text = escaped(&format!("{}:{line}:{column}: {}{about}{help}", file.path, finding.message));
    let _ = writeln!(out, "    <testcase name=\"{rule} {name} {line}:{column}\" classname=\"airconn\" file=\"{path}\" line=\"{line}\">");
    let _ = writeln!(out, "      <failure type=\"{level}\" message=\"{}\">{text}</failure>", escaped(&finding.message));
    out.push_str("    </testcase>\n");
}

/// Text for elements and attributes. What XML 1.0 cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
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
        assert_eq!(escaped("<a b=\"c\">&\u{0}\u{1b}\r\n]]>"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\n]]&gt;");
    }
}
