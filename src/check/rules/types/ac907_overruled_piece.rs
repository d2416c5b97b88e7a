//! AC907: something is given, and the hook uses something else.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC907",
    name: "overruled-piece",
    level: Level::Warning,
    page: include_str!("ac907_overruled_piece.md"),
    about: About::Parts,
    checks: &[],
};
