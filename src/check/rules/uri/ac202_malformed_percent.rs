//! AC202: a `%` that is no escape, or escapes whose bytes are not UTF-8.

use super::ac201_userinfo_not_encoded as ac201;
use crate::airflow::python::unquote::escape_at;
use crate::airflow::python::unquote::quote;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::source::{Edit, Text};

pub static RULE: Rule = Rule {
    id: "AC202",
    name: "malformed-percent",
    level: Level::Warning,
    page: include_str!("ac202_malformed_percent.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    // Most URIs have nothing that is escaped.
    let has_percent = || case.uri().is_some_and(|view| view.text.as_str().contains('%'));
    let fits = |_: &&_| has_percent() && !ac201::fires(case);
    let Some(parts) = case.anatomy().filter(fits) else { return };
    for part in super::ac203_double_encoded::escaped(parts) {
        let (pointer, text) = (part.pointer, &part.text);
        if let Some(at) = lone_percents(text.as_str()).next() {
            let message = "`%` is not followed by two hexadecimal digits: it stays as it is";
            // It is read the same afterwards. All of a part are mended at once: another one would
            // look like this one, and the repair as if it had not worked.
            let fix = mended(text)
                .and_then(|edit| case.fix(Safety::Safe, vec![Change::Text(vec![edit])]));
            findings
                .push(&RULE, pointer, text.span_of(at..at + 1), message)
                .help("write %25 for a percent sign")
                .fix(fix);
        } else if let Some(range) = no_utf8(text) {
            let message = "these escaped bytes are not UTF-8: Airflow reads U+FFFD in their place";
            let latin: String = (range.start..range.end)
                .step_by(3)
                .filter_map(|at| escape_at(text.as_str().as_bytes(), at))
                .map(char::from)
                .collect();
            let fix = text
                .edit(range.clone(), &quote(&latin))
                .and_then(|edit| case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])]));
            let help = "escape the bytes of the character in UTF-8: é is %C3%A9";
            findings.push(&RULE, pointer, text.span_of(range), message).help(help).fix(fix);
        }
    }
}

/// Every lone percent sign of a part written as an escape.
fn mended(text: &Text<'_>) -> Option<Edit> {
    let raw = text.as_str();
    let (mut new, mut copied) = (String::new(), lone_percents(raw).next()?);
    let first = copied;
    for at in lone_percents(raw) {
        new.push_str(&raw[copied..at]);
        new.push_str("%25");
        copied = at + 1;
    }
    text.edit(first..copied, &new)
}

fn lone_percents(text: &str) -> impl Iterator<Item = usize> + '_ {
    let all = text.match_indices('%').map(|(at, _)| at);
    all.filter(|at| escape_at(text.as_bytes(), *at).is_none())
}

/// The first run of escapes that is not UTF-8.
fn no_utf8(text: &Text<'_>) -> Option<std::ops::Range<usize>> {
    let bytes = text.as_str().as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut run = Vec::new();
        while let Some(byte) = escape_at(bytes, at) {
            run.push(byte);
            at += 3;
        }
        if std::str::from_utf8(&run).is_err() {
            return Some(start..at);
        }
        at += usize::from(at == start);
    }
    None
}
