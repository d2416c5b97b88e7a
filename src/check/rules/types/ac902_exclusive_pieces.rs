//! AC902: of what is given only one may be.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC902",
    name: "exclusive-pieces",
    level: Level::Error,
    page: include_str!("ac902_exclusive_pieces.md"),
    about: About::Parts,
    checks: &[],
};
