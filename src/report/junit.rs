//! JUnit XML: a suite for each file, a case for each finding, which failed unless it is a note, and
//! one passed case for a file without any.

use std::collections::HashMap;
use std::fmt::Write;

use super::{FileReport, Located, Report};
use crate::check::{Finding, Level};
use crate::source::is_obeyed;

/// The whole document.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failures = report.findings().filter(|(_, located)| fails(located)).count();
    let tests: usize = report.files.iter().map(|f| f.findings.len().max(1)).sum();
    let _ =
        writeln!(out, "<testsuites name=\"airconn\" tests=\"{tests}\" failures=\"{failures}\">");
    for file in &report.files {
        suite(file, &mut out);
    }
    out + "</testsuites>\n"
}

fn fails(located: &Located) -> bool {
    located.finding.level > Level::Info
}

fn suite(file: &FileReport, out: &mut String) {
    let path = escaped(&file.path);
    let failures = file.findings.iter().filter(|located| fails(located)).count();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\">",
        file.findings.len().max(1)
    );
    if file.findings.is_empty() {
        let _ =
            writeln!(out, "    <testcase name=\"{path}\" classname=\"airconn\" file=\"{path}\"/>");
    }
    let mut times: HashMap<String, usize> = HashMap::new();
    for located in &file.findings {
        let name = name(located);
        let time = times.entry(name.clone()).and_modify(|time| *time += 1).or_insert(1);
        let name = if *time > 1 { format!("{name} ({time})") } else { name };
        case(file, located, &escaped(&name), out);
    }
    out.push_str("  </testsuite>\n");
}

/// What a case is known by from run to run: not the place, which moves.
fn name(located: &Located) -> String {
    let Finding { rule, conn_id, pointer, .. } = &located.finding;
    let about = [conn_id.as_deref().unwrap_or_default(), pointer.as_str()];
    let about = about.into_iter().filter(|part| !part.is_empty());
    [*rule, located.name()].into_iter().chain(about).collect::<Vec<_>>().join(" ")
}

fn case(file: &FileReport, located: &Located, name: &str, out: &mut String) {
    let (finding, path) = (&located.finding, escaped(&file.path));
    let (line, level) = (located.line(), finding.level.name());
    let column = located.place.map_or(1, |(start, _)| start.column);
    let help = finding.help.as_ref().map(|h| format!("\nhelp: {}", escaped(h))).unwrap_or_default();
    let about = Some(located.about()).filter(|a| !a.is_empty());
    let about = about.map(|a| format!("\nin {}", escaped(&a))).unwrap_or_default();
    let because = escaped(&located.because());
    let text =
        format!("{path}:{line}:{column}: {}{about}{because}{help}", escaped(&finding.message));
    let _ = writeln!(
        out,
        "    <testcase name=\"{name}\" classname=\"airconn\" file=\"{path}\" line=\"{line}\">"
    );
    let _ = match fails(located) {
        true => writeln!(
            out,
            "      <failure type=\"{level}\" message=\"{}\">{text}</failure>",
            escaped(&finding.message)
        ),
        false => writeln!(out, "      <system-out>{text}</system-out>"),
    };
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
