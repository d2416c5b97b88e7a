//! AC606: a connection works only where something else is on the machine.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC606",
    name: "machine-dependent",
    level: Level::Warning,
    page: include_str!("ac606_machine_dependent.md"),
    about: About::Parts,
    checks: &[],
};

/// boto3 looks it up.
pub fn profile(who: &str) -> Diagnosis {
    RULE.warning(format!(
        "{who} needs this profile in the AWS configuration files of every machine that runs tasks"
    ))
}

/// AWS keeps it.
pub fn auth_profile() -> Diagnosis {
    RULE.warning("what this authentication profile holds decides whether it works")
}

/// A token, a key, a configuration.
pub fn file() -> Diagnosis {
    RULE.warning("this file must be there on every machine that runs tasks")
}

/// The hook imports it.
pub fn package(package: &str) -> Diagnosis {
    RULE.warning(format!("this needs the package {package}, which is not part of the provider"))
        .help("install it where tasks run")
}
