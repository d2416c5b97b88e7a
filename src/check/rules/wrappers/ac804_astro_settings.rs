//! AC804: what the Astro CLI does to a connection of airflow_settings.yaml.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC804",
    name: "astro-settings",
    level: Level::Warning,
    page: include_str!("ac804_astro_settings.md"),
    about: About::Text,
    checks: &[],
};
