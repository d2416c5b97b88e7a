//! AC417: something is given, and the hook uses something else.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC417",
    name: "overruled-piece",
    level: Level::Warning,
    page: include_str!("ac417_overruled_piece.md"),
    about: About::Parts,
    checks: &[],
};
