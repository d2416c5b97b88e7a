//! AC419: TLS, port and scheme do not fit each other.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC419",
    name: "transport-mismatch",
    level: Level::Warning,
    page: include_str!("ac419_transport_mismatch.md"),
    about: About::Parts,
    checks: &[],
};
