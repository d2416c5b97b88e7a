//! Findings point at the right characters of the file, through every nesting of encodings.
//!
//! Each input shows its own expectation: the finding of the named rule begins at `«` and ends at
//! `»`, which are taken out before the text is checked. Lines and columns are counted from there by
//! a counter of this file; for some cases they were counted by hand as well.

use crate::common;

mod cases;
mod counted;

use std::collections::BTreeSet;

use cases::CASES;
use counted::COUNTED;

/// A text with marks, the format it is in, and the rule that must point there.
struct Case {
    what: &'static str,
    format: &'static str,
    rule: &'static str,
    marked: &'static str,
    /// Line, column, end line, end column, counted by hand.
    by_hand: Option<[u64; 4]>,
    /// What `--fix` makes of the text between the marks; the whole text, where more than that is
    /// written anew.
    fixed: Option<&'static str>,
}

const fn case(
    what: &'static str,
    format: &'static str,
    rule: &'static str,
    marked: &'static str,
) -> Case {
    Case { what, format, rule, marked, by_hand: None, fixed: None }
}

const fn counted(
    what: &'static str,
    format: &'static str,
    rule: &'static str,
    by_hand: [u64; 4],
    marked: &'static str,
) -> Case {
    Case { what, format, rule, marked, by_hand: Some(by_hand), fixed: None }
}

/// The text without its marks, and the byte offsets of them.
fn unmarked(marked: &str) -> (String, usize, usize) {
    let start = marked.find('«').expect("«");
    let end = marked.find('»').expect("»") - '«'.len_utf8();
    (marked.replace(['«', '»'], ""), start, end)
}

/// Line and column of a byte offset, both from 1: lines end at LF, CRLF and CR, columns count
/// characters.
fn line_and_column(text: &str, offset: usize) -> (u64, u64) {
    let (mut line, mut column) = (1, 1);
    let mut characters = text[..offset].chars().peekable();
    while let Some(c) = characters.next() {
        let ends = match c {
            '\n' => true,
            // CRLF is one end, also if the place is between the two.
            '\r' => !text[offset - characters.clone().map(char::len_utf8).sum::<usize>()..]
                .starts_with('\n'),
            _ => false,
        };
        if ends {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

fn places(case: &Case, text: &str) -> (Vec<[u64; 4]>, String) {
    // Only versions that read differently can disagree.
    let airflow = if case.rule == "AC306" { "2.2.5,2.3.4" } else { "3.3.2" };
    let from = ["--from", case.format];
    // Log lines are looked for only where the format is guessed.
    let from = if case.rule == "AC113" { &[][..] } else { &from[..] };
    let ran = common::run(
        &[&["check", "-", "--format", "json", "--airflow", airflow, "--fail-on", "never"], from]
            .concat(),
        text,
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", case.what);
    let findings = ran.findings();
    let number = |f: &serde_json::Value, key: &str| f[key].as_u64().unwrap_or(0);
    let mine = findings.iter().filter(|f| f["id"] == case.rule);
    let places = mine
        .map(|f| ["line", "column", "end_line", "end_column"].map(|key| number(f, key)))
        .collect();
    (places, ran.out)
}

#[test]
fn findings_point_at_the_marked_characters() {
    let mut failures = Vec::new();
    for case in CASES.iter().chain(COUNTED) {
        let (text, start, end) = unmarked(case.marked);
        let ((line, column), (end_line, end_column)) =
            (line_and_column(&text, start), line_and_column(&text, end));
        let want = [line, column, end_line, end_column];
        if case.by_hand.is_some_and(|by_hand| by_hand != want) {
            failures.push(format!(
                "{} {}: counted by hand {:?}, by this test {want:?}",
                case.format, case.what, case.by_hand
            ));
        }
        let (found, out) = places(case, &text);
        // Runtimes that put it in different words have a finding each, at the same place.
        if found.is_empty() || found.iter().any(|place| *place != want) {
            failures.push(format!(
                "{} {} ({})\n  {:?}\n  want {want:?} found {found:?}\n  {out}",
                case.format, case.what, case.rule, case.marked
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases\n{}",
        failures.len(),
        CASES.len() + COUNTED.len(),
        failures.join("\n")
    );
}

/// Nestings in which more than the sign itself is written anew: the encoding has no way to change a
/// part, or stands in quotes afterwards.
static WHOLE: &[(&str, &str, &str)] = &[
    (
        "variables",
        "command",
        "script:\n  - 'sh -c \"airflow connections add a --conn-uri ''x://u:p%25@h''\"'\n",
    ),
    (
        "airflow-commands",
        "variable of a script",
        "docker run -e AIRFLOW_CONN_A=x://u:p%25@h airflow\n",
    ),
    ("env", "put together of pieces", "AIRFLOW_CONN_A='x://u'\"'\"'s:p%25@h'\n"),
    (
        "systemd-env",
        "bare, behind an escape and a joined line",
        "AIRFLOW_CONN_A=\"x://a\\\\b:p%25@h\"\n",
    ),
    (
        "dockerfile",
        "two pairs, joined lines, a comment",
        "FROM é\nENV A=é \\\n # é\n AIRFLOW_CONN_A='x://u:p%25@h'\n",
    ),
    ("dockerfile", "a value that goes on below", "ENV AIRFLOW_CONN_A x://u:p%25@h\n"),
    ("kubernetes", "base64 of a URI", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: eDovL3U6cCUyNUBo\n"),
    (
        "kubernetes",
        "folded base64",
        "kind: Secret\ndata:\n  AIRFLOW_CONN_A: |\n    eDovL3U6cCUyNUBo\n",
    ),
    (
        "kubernetes",
        "a file in a Secret",
        "kind: Secret\ndata:\n  connections.env: YT14Oi8vdTpwJTI1QGgK\n",
    ),
    (
        "helm",
        "data in a text of YAML",
        "extraSecrets: {a: {data: \"AIRFLOW_CONN_A: eDovL3U6cCUyNUBo\\n\"}}\n",
    ),
    ("gcp-secrets", "base64", "{\"name\": \"a\", \"payload\": {\"data\": \"eDovL3U6cCUyNUBo\"}}"),
    // The sign was an escape of JSON or YAML itself.
    ("export-json", "the escape itself", "{\"a\": \"x://u:p%25@h\"}"),
    ("export-yaml", "the escape itself", "a: \"x://u:p%25@h\""),
];

/// A lone `%` is repaired in every nesting, and what was counted by hand as its row says: each time
/// through all layers back into the bytes of the file.
#[test]
fn repairs_go_back_through_every_nesting() {
    let (mut ran, mut failures) = (0, Vec::new());
    let percents = CASES.iter().filter(|c| c.rule == "AC202" && !c.marked.contains("«%C3"));
    for case in percents.chain(COUNTED) {
        let (text, start, end) = unmarked(case.marked);
        let args = [
            "check",
            "-",
            "--from",
            case.format,
            "--fix=unsafe",
            "--select",
            case.rule,
            "--exit-zero",
        ];
        let ran_once = common::run(&args, &text);
        let exception = WHOLE
            .iter()
            .find(|(format, what, _)| (*format, *what) == (case.format, case.what))
            .map(|(.., whole)| *whole);
        let whole = exception.or(case.fixed.filter(|fixed| fixed.len() > end - start + 10));
        let want = whole.map_or_else(
            || format!("{}{}{}", &text[..start], case.fixed.unwrap_or("%25"), &text[end..]),
            String::from,
        );
        if ran_once.out != want {
            let said = ran_once.err.lines().next().unwrap_or_default();
            failures.push(format!(
                "(\"{}\", \"{}\", {:?}),  // {said}",
                case.format, case.what, ran_once.out
            ));
        }
        ran += 1;
    }
    assert!(failures.is_empty(), "{} of {ran}\n{}", failures.len(), failures.join("\n"));
    assert!(ran >= 80, "only {ran}");
}

#[test]
fn enough_is_counted() {
    let all = || CASES.iter().chain(COUNTED);
    assert!(COUNTED.len() >= 40 && all().filter(|c| c.by_hand.is_some()).count() >= 50);
    let formats: BTreeSet<_> = all().map(|c| c.format).collect();
    assert_eq!(
        formats,
        airconn::format::FORMATS
            .iter()
            // No connection is read from these.
            .filter(|f| f.is_read() && !matches!(f.name, "template" | "encrypted"))
            .map(|f| f.name)
            .collect()
    );
    // Every rule about the writing of connections; those about what a hook makes of them take the
    // same ways back.
    let rules: BTreeSet<_> = CASES.iter().map(|c| c.rule).collect();
    for rule in airconn::check::rules::RULES
        .iter()
        .filter(|r| ["AC1", "AC2", "AC30"].iter().any(|group| r.id.starts_with(group)))
    {
        assert!(rules.contains(rule.id), "no case of {}", rule.id);
    }
    let names: BTreeSet<_> = all().map(|c| (c.format, c.what)).collect();
    assert_eq!(names.len(), all().count(), "two cases of one name");
    assert_eq!(line_and_column("a\r\nb\rc\né😀x", 13), (4, 3));
    assert_eq!(line_and_column("a\r\nb", 2), (1, 3));
}

/// Columns do not change with the length of what stands before on the line.
#[test]
fn far_into_a_long_line() {
    for filling in ["a", "é", "😀", "%41"] {
        for length in [1, 1_000, 1_023, 1_024, 100_000] {
            let before = filling.repeat(length);
            let text = format!("\r\nx://{before}:p%@h\n");
            let case = case("long", "uri", "AC202", "");
            let column = "x://:p".len() as u64 + before.chars().count() as u64 + 1;
            assert_eq!(
                places(&case, &text).0,
                [[2, column, 2, column + 1]],
                "{length} of {filling}"
            );
        }
    }
}
