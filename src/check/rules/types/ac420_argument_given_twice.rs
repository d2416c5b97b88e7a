//! AC420: an extra is an argument that the hook gives its driver itself.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC420",
    name: "argument-given-twice",
    level: Level::Error,
    page: include_str!("ac420_argument_given_twice.md"),
    about: About::Parts,
    checks: &[],
};
