//! AC415: a URL where a name is meant, or the reverse; the text of a file where its path is meant.

use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC415",
    name: "misplaced-address",
    level: Level::Error,
    page: include_str!("ac415_misplaced_address.md"),
    about: About::Parts,
    checks: &[],
};
