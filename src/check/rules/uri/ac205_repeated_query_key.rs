//! AC205: a key of the query is given more than once.

use crate::check::rules::shared::last_of_each_key;
use crate::check::{About, Case, Check, Findings, Level, Rule, pointer};

pub static RULE: Rule = Rule {
    id: "AC205",
    name: "repeated-query-key",
    level: Level::Warning,
    page: include_str!("ac205_repeated_query_key.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(parts) = case.anatomy() else { return };
    let pairs = parts.pairs();
    let last = last_of_each_key(pairs);
    let whole = pairs.iter().any(|p| p.key.as_str() == "__extra__");
    for (i, pair) in pairs.iter().enumerate() {
        let key = pair.key.as_str();
        if whole && key != "__extra__" {
            continue;
        }
        let later = last.get(key).filter(|last| **last > i).map(|last| &pairs[*last]);
        if later.is_some_and(|later| later.value.as_str() != pair.value.as_str()) {
            let name = case
                .names()
                .shown(key)
                .map_or_else(|| "this key".to_string(), |key| format!("the key `{key}`"));
            let span = pair.raw_key.span().map(|k| pair.raw_value.span().map_or(k, |v| k.cover(v)));
            let message = format!("{name} is given again: only the last value counts");
            findings
                .push(&RULE, pointer("/extra", key), span, message)
                .help("keep one; a list is written as JSON in `__extra__`");
        }
    }
}
