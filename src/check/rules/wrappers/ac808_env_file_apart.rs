//! AC808: a file of variables that a service takes besides its own.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC808",
    name: "env-file-apart",
    level: Level::Info,
    page: include_str!("ac808_env_file_apart.md"),
    about: About::Text,
    checks: &[],
};
