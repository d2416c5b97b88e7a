//! AC807: a connection that is filled in later.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC807",
    name: "templated-value",
    level: Level::Info,
    page: include_str!("ac807_templated_value.md"),
    about: About::Text,
    checks: &[],
};
