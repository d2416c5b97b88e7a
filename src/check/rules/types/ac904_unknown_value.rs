//! AC904: a word that is not one of those that the hook knows.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC904",
    name: "unknown-value",
    level: Level::Error,
    page: include_str!("ac904_unknown_value.md"),
    about: About::Parts,
    checks: &[],
};
