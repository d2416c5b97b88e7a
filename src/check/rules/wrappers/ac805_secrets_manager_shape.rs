//! AC805: keys of a secret that SecretsManagerBackend does not read, or reads as something else.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC805",
    name: "secrets-manager-shape",
    level: Level::Warning,
    page: include_str!("ac805_secrets_manager_shape.md"),
    about: About::Text,
    checks: &[],
};
