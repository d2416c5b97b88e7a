//! AC001: a comment that suppresses nothing.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC001",
    name: "unused-suppression",
    level: Level::Warning,
    page: include_str!("ac001_unused_suppression.md"),
    about: About::Text,
    checks: &[],
};
