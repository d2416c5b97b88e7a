//! AC901: something is missing without which the hook cannot log in.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC901",
    name: "missing-piece",
    level: Level::Error,
    page: include_str!("ac901_missing_piece.md"),
    about: About::Parts,
    checks: &[],
};
