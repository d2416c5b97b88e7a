//! AC416: a text that is not written as its reader takes it.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC416",
    name: "malformed-value",
    level: Level::Error,
    page: include_str!("ac416_malformed_value.md"),
    about: About::Parts,
    checks: &[],
};
