//! AC114: a display of Airflow that does not tell everything.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC114",
    name: "lossy-display-format",
    level: Level::Warning,
    page: include_str!("ac114_lossy_display_format.md"),
    about: About::Text,
    checks: &[],
};
