//! AC418: something is read only where the configuration of Airflow allows it.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC418",
    name: "needs-configuration",
    level: Level::Warning,
    page: include_str!("ac418_needs_configuration.md"),
    about: About::Parts,
    checks: &[],
};
