//! AC801: a `$` that Compose takes for itself.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC801",
    name: "compose-dollar",
    level: Level::Error,
    page: include_str!("ac801_compose_dollar.md"),
    about: About::Text,
    checks: &[],
};
