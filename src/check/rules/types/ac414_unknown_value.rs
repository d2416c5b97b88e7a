//! AC414: a word that is not one of those that the hook knows.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC414",
    name: "unknown-value",
    level: Level::Error,
    page: include_str!("ac414_unknown_value.md"),
    about: About::Parts,
    checks: &[],
};
