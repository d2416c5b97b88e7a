//! AC703: `credentials_provider` names a module outside redshift_connector.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC703",
    name: "code-from-extra",
    level: Level::Error,
    page: include_str!("ac703_code_from_extra.md"),
    about: About::Parts,
    checks: &[],
};

/// Logging in imports it.
pub fn imported() -> Diagnosis {
    RULE.warning(
        "`credentials_provider` names a module outside redshift_connector: it is imported, its \
         code runs",
    )
    .help("name a plugin of the driver")
}
