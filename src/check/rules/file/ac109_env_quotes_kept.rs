//! AC109: quotes or `export` as for a shell, where no shell reads.

use crate::airflow::Raw;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::model::Style;
use crate::source::{Edit, Span, Text};

pub static RULE: Rule = Rule {
    id: "AC109",
    name: "env-quotes-kept",
    level: Level::Error,
    page: include_str!("ac109_env_quotes_kept.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

const EXPORT: &str = "export ";

/// The text that Airflow takes for a URI stands in quotes, which nobody takes off.
pub fn is_quoted(case: &Case<'_>) -> bool {
    quoted(case).is_some()
}

/// The id begins with `export `, in a file that no shell reads.
pub fn is_exported(case: &Case<'_>) -> bool {
    matches!(&case.entry.raw, Raw::File { node, .. } if node.style == Style::Line)
        && case.entry.conn_id.as_deref().is_some_and(|id| id.starts_with(EXPORT))
}

fn quoted<'c>(case: &Case<'c>) -> Option<Text<'c>> {
    let text = case.uri_text()?;
    let raw = text.as_str();
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    (raw.len() > 1 && raw.ends_with(quote)).then_some(text)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(text) = quoted(case) {
        let end = text.as_str().len();
        let inside = &text.as_str()[1..end - 1];
        // What a shell would make of these is another text.
        let plain = !inside.contains(['"', '\'', '\\'])
            || inside.starts_with('{') && !inside.contains(['\'', '\\']);
        let edit = text.edit(0..end, inside).filter(|_| plain);
        let fix = edit
            .and_then(|edit| case.fix_as_it_stands(Safety::Safe, vec![Change::Text(vec![edit])]));
        let message = "the quotes belong to the value, nothing takes them off: conn_type stays \
                       empty, and the rest goes into schema, \
                       which is not masked in logs";
        findings
            .push(&RULE, "", text.span(), message)
            .help("write the value without quotes")
            .fix(fix);
    }
    if let Some(id) = case.entry.id_span.filter(|_| is_exported(case)) {
        let rest =
            case.entry.conn_id.as_deref().unwrap_or_default()[EXPORT.len()..].trim_start().len();
        let span =
            Span { start: id.start, end: id.end.saturating_sub(u32::try_from(rest).unwrap_or(0)) };
        let fix =
            case.fix_as_it_stands(Safety::Safe, vec![Change::Text(vec![Edit::new(span, "")])]);
        let message = "no shell reads this file: `export` and the blank belong to the id, which \
                       `connections import` refuses";
        findings.push(&RULE, "/conn_id", Some(span), message).help("write `id=URI`").fix(fix);
    }
}
