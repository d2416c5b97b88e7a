//! How rules are named: by id, by name, or by the beginning of an id.

use crate::check::rules::{RULES, by_name};

/// Whether a text stands for at least one rule: by id, name, or the beginning of an id.
pub(super) fn is_selector(name: &str) -> bool {
    RULES.iter().any(|rule| selects(name, rule.id))
}

/// Whether a text stands for a rule, among others perhaps.
pub(super) fn selects(name: &str, id: &str) -> bool {
    by_name(id).is_some_and(|rule| rule.name == name)
        || name.len() >= 2 && id.starts_with(&name.to_ascii_uppercase())
}

/// How exactly a selector names a rule: a name or a whole id most, then the longest beginning of an
/// id.
pub(super) fn specificity(name: &str) -> usize {
    if RULES.iter().any(|rule| rule.name == name || rule.id.eq_ignore_ascii_case(name)) {
        usize::MAX
    } else {
        name.len()
    }
}
