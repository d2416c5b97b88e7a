//! AC806: a variable that Airflow does not read as it is meant.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC806",
    name: "backend-kwargs",
    level: Level::Error,
    page: include_str!("ac806_backend_kwargs.md"),
    about: About::Text,
    checks: &[],
};
