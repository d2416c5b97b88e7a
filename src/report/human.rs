//! The report for people: each finding with its line, laid out as rustc does, then a line that sums
//! up.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Located, Report};
use crate::check::Level as Severity;
use crate::source::clean;

/// Findings by place, each with its line, its connection, its runtimes and the way out.
pub(super) fn render(report: &Report) -> String {
    let renderer = Renderer::styled().term_width(report.width);
    let mut out = String::new();
    for (file, located) in report.findings() {
        let text = renderer.render(&[finding(report, &clean(&file.file), located)]);
        // Told where a snippet stands, the renderer still marks it as one of another file.
        for line in text.lines().filter(|line| unstyled(line).trim() != ":::") {
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }
    out + &report.summary()
}

fn finding<'r>(report: &'r Report, file: &str, located: &'r Located) -> Group<'r> {
    let finding = &located.finding;
    let level = match finding.level {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut title = level
        .primary_title(format!("{}{}: {}", located.mark(), located.name(), clean(&finding.message)))
        .id(finding.rule);
    if let Some(page) = report.page(finding.rule, located.name()).filter(|_| report.links) {
        title = title.id_url(page);
    }
    let mut origin = Origin::path(file.to_string());
    if let Some((start, _)) = located.place {
        origin = origin.line(start.line as usize).char_column(start.column as usize);
    }
    let mut group = title.element(origin);
    if let Some(excerpt) = &located.excerpt {
        let mark = AnnotationKind::Primary.span(excerpt.mark.clone());
        group = group.element(
            Snippet::source(excerpt.text.as_str())
                .line_start(excerpt.line as usize)
                .annotation(mark),
        );
    }
    let about = located.about();
    if !about.is_empty() {
        group = group.element(Level::NOTE.with_name("in").message(about));
    }
    for consequence in located.told_consequences() {
        group = group.element(Level::NOTE.with_name("because of this").message(consequence));
    }
    if let Some(help) = &finding.help {
        group = group
            .element(Level::HELP.message(help.lines().map(clean).collect::<Vec<_>>().join("\n")));
    }
    group
}

/// A line without its colours.
fn unstyled(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| piece.split_once('m').map_or("", |(_, text)| text));
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::check::check;
    use crate::format::by_name;
    use crate::report::{FileReport, Report};
    use crate::source::Source;

    fn rendered(links: bool) -> String {
        let source = Source::new("a\u{1b}.env", "# é\na=generic://u:100%@h?é=1\n");
        let format = by_name("airflow-env").expect("a format");
        let runtimes =
            [crate::airflow::runtime::Runtime::newest(crate::airflow::runtime::Side::Worker)];
        let checked = check(&source, 0, format, &runtimes);
        let file = FileReport::new(&source, "a.env".to_string(), format.name, checked);
        let mut report = Report::new(vec![file], vec!["3.3.2/worker".to_string()]);
        report.pages = Some("https://example.com/{id}/{name}/{file}".to_string());
        report.links = links;
        render(&report)
    }

    #[test]
    fn a_finding_stands_under_its_line() {
        let plain: String =
            rendered(false).lines().map(|line| super::unstyled(line) + "\n").collect();
        let want = "\
warning[AC202]: [*] malformed-percent: `%` is not followed by two hexadecimal digits: it stays as it is
 --> a\u{fffd}.env:2:18
  |
2 | a=generic://u:****@h?*=*
  |                  ^
  |
  = in: connection `a`, /password
  = help: write %25 for a percent sign

";
        assert!(plain.starts_with(want), "{plain}");
        let end = "\
2 warnings in 1 connection (1 file), Airflow 3.3.2/worker
[*] 1 fixable with `--fix`, [!] 1 more with `--fix=unsafe`; add `--diff` to see the changes first
`airconn explain AC202` says more
";
        assert!(plain.ends_with(end), "{plain}");
    }

    #[test]
    fn ids_are_links_where_somebody_sees_links() {
        let link =
            "\u{1b}]8;;https://example.com/AC202/malformed-percent/ac202_malformed_percent\u{1b}\\";
        assert!(rendered(true).contains(link), "{:?}", rendered(true));
        assert!(!rendered(false).contains("\u{1b}]8"));
    }
}
