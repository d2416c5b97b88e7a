//! The rules: one file each, with its page beside it; one line each in [`RULES`].

use super::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[];

/// A rule by its id (in any case) or name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name || rule.id.eq_ignore_ascii_case(name))
}
