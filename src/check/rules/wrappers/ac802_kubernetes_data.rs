//! AC802: a value that is not encoded as its field of a Secret says.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC802",
    name: "kubernetes-data",
    level: Level::Error,
    page: include_str!("ac802_kubernetes_data.md"),
    about: About::Text,
    checks: &[],
};
