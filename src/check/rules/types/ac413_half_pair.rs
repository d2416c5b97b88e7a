//! AC413: one of two is given that are of use only together.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC413",
    name: "half-pair",
    level: Level::Warning,
    page: include_str!("ac413_half_pair.md"),
    about: About::Parts,
    checks: &[],
};
