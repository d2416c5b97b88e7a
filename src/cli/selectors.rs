//! How rules are named: by id, by name, by the beginning of an id, or as a rule of a connection
//! type, such as `snowflake/two-keys`.

use crate::check::rules::{RULES, by_name, type_rule};

/// Whether a text stands for at least one rule: by id, name, or the beginning of an id.
pub(super) fn is_selector(name: &str) -> bool {
    RULES.iter().any(|rule| selects(name, rule.id, None)) || type_rule(name).is_some()
}

/// Whether a text stands for a rule, among others perhaps, or for the rule of a type behind it.
pub(super) fn selects(name: &str, id: &str, detail: Option<&str>) -> bool {
    by_name(id).is_some_and(|rule| rule.name == name)
        || name.len() >= 2 && id.starts_with(&name.to_ascii_uppercase())
        || detail == Some(name)
}

/// How exactly a selector names a rule: that of a type most, then a name or a whole id, then the
/// longest beginning of an id.
pub(super) fn specificity(name: &str) -> usize {
    if name.contains('/') {
        usize::MAX
    } else if RULES.iter().any(|rule| rule.name == name || rule.id.eq_ignore_ascii_case(name)) {
        usize::MAX - 1
    } else {
        name.len()
    }
}
