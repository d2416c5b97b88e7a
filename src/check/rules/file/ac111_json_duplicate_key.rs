//! AC111: a key stands twice in one object of a connection.

use crate::airflow::uri::Anatomy;
use crate::check::{About, Case, Check, Findings, Level, Names, Rule, pointer};
use crate::model::{Dict, FIELDS, Node, Value};
use crate::source::{Span, Text};

pub static RULE: Rule = Rule {
    id: "AC111",
    name: "json-duplicate-key",
    level: Level::Warning,
    page: include_str!("ac111_json_duplicate_key.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let names = case.names();
    if let Some((dict, base)) = case.object() {
        let whole = case.entry.raw.node().map_or(0..base.as_str().len(), |node| node.span.range());
        walk("", dict, &whole, base, names, findings);
    }
    // In a URI, only this key can hold an object.
    let has_no_object =
        |parts: &Anatomy<'_>| parts.pairs().iter().all(|pair| pair.key.as_str() != "__extra__");
    if case.object().is_none() && case.anatomy().is_some_and(has_no_object) {
        return;
    }
    if let Some(text) = case.places().extra_text()
        && let Some(Node { value: Value::Dict(extra), span, .. }) = case.places().extra_node()
    {
        walk("/extra", extra, &span.range(), text, names, findings);
    }
}

fn walk(
    at: &str,
    dict: &Dict<'_>,
    whole: &std::ops::Range<usize>,
    base: &Text<'_>,
    names: Names,
    findings: &mut Findings,
) {
    for lost in &dict.overwritten {
        // What a YAML merge brings in from elsewhere is there to be overridden.
        let inside = lost.range().start >= whole.start && lost.range().end <= whole.end;
        let Some((key, written)) = winner(dict, lost, base).filter(|_| inside) else { continue };
        if base.as_str().get(lost.range()) == Some(written) {
            continue;
        }
        let known = names.shown(key).or(FIELDS.iter().copied().find(|field| *field == key));
        let name = known.map_or_else(|| "this key".to_string(), |key| format!("`{key}`"));
        let message = format!(
            "{name} stands again in the same object: only the last value counts, without a word"
        );
        findings
            .push(&RULE, pointer(at, key), base.span_of(lost.range()), message)
            .help("keep one of them");
    }
    for (key, member) in dict.named() {
        inner(&pointer(at, key), &member.node, base, names, findings);
    }
}

fn inner(at: &str, node: &Node<'_>, base: &Text<'_>, names: Names, findings: &mut Findings) {
    match &node.value {
        Value::Dict(dict) => walk(at, dict, &node.span.range(), base, names, findings),
        Value::List(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, item)| inner(&format!("{at}/{i}"), item, base, names, findings)),
        _ => {}
    }
}

/// The member that stands behind one that was lost and has the same key, with its text.
fn winner<'d>(dict: &'d Dict<'_>, lost: &Span, base: &'d Text<'_>) -> Option<(&'d str, &'d str)> {
    let text = base.as_str();
    let before = text.get(lost.range())?;
    dict.named().find_map(|(key, member)| {
        let written = text.get(member.key_span.range()).filter(|written| !written.is_empty())?;
        let rest = before.strip_prefix(written)?.trim_start();
        let same = member.key_span.start > lost.start && rest.starts_with(':');
        same.then_some((key, text.get(member.key_span.cover(member.node.span).range())?))
    })
}
