//! AC411: something is missing without which the hook cannot log in.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC411",
    name: "missing-piece",
    level: Level::Error,
    page: include_str!("ac411_missing_piece.md"),
    about: About::Parts,
    checks: &[],
};
