//! AC002: a comment that was meant to suppress something and is not understood.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC002",
    name: "malformed-suppression",
    level: Level::Warning,
    page: include_str!("ac002_malformed_suppression.md"),
    about: About::Text,
    checks: &[],
};
