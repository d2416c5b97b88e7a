//! AC412: of what is given only one may be.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC412",
    name: "exclusive-pieces",
    level: Level::Error,
    page: include_str!("ac412_exclusive_pieces.md"),
    about: About::Parts,
    checks: &[],
};
