//! AC207: keys of the query beside `__extra__`, which Airflow drops.

use crate::check::{About, Case, Check, Findings, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC207",
    name: "extra-key-shadowed",
    level: Level::Warning,
    page: include_str!("ac207_extra_key_shadowed.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(parts) = case.anatomy() else { return };
    // Before 2.1.0 `__extra__` is a key like any other.
    let whole = case
        .extra()
        .and_then(|node| node.value.as_dict())
        .is_none_or(|extra| extra.get("__extra__").is_none());
    let pairs = parts.pairs();
    if !whole || !pairs.iter().any(|p| p.key.as_str() == "__extra__") {
        return;
    }
    for pair in pairs.iter().filter(|p| p.key.as_str() != "__extra__") {
        let name = case
            .names()
            .shown(pair.key.as_str())
            .map_or_else(|| "this key".to_string(), |key| format!("the key `{key}`"));
        let span = pair.raw_key.span().map(|k| pair.raw_value.span().map_or(k, |v| k.cover(v)));
        let message = format!(
            "{name} is dropped: where `__extra__` is given, nothing else of the query counts"
        );
        findings
            .push(&RULE, "/extra", span, message)
            .help("move it into the JSON of `__extra__`, or remove it");
    }
}
