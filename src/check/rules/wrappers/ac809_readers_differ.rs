//! AC809: a line that a shell and Compose, or others who read such a file, read differently.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC809",
    name: "readers-differ",
    level: Level::Warning,
    page: include_str!("ac809_readers_differ.md"),
    about: About::Text,
    checks: &[],
};
