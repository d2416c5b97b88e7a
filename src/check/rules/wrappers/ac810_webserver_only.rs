//! AC810: a connection that does not reach the services that run tasks.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC810",
    name: "webserver-only",
    level: Level::Info,
    page: include_str!("ac810_webserver_only.md"),
    about: About::Text,
    checks: &[],
};
