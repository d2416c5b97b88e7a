//! AC604: an option or a value that botocore's Config does not take.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::{About, Level, Names, Rule};

pub static RULE: Rule = Rule {
    id: "AC604",
    name: "unknown-config-option",
    level: Level::Error,
    page: include_str!("ac604_unknown_config_option.md"),
    about: About::Parts,
    checks: &[],
};

/// It never had it.
pub fn no_option(option: &str, names: Names) -> Diagnosis {
    RULE.error(format!("botocore's Config has no {}", names.after("option", option)))
        .help("see botocore.config.Config for the options")
        .of_name()
}

/// A newer one has it. Which botocore there is follows from no provider.
pub fn newer_option(named: bool) -> Diagnosis {
    if named {
        return RULE
            .error("this botocore has no such option yet")
            .help("leave the option out, or install a newer botocore")
            .of_name();
    }
    RULE.warning("the botocore that came with this provider has no such option yet")
        .help(
            "leave the option out, or install a newer botocore; `--driver botocore=VERSION` names \
             the one that is installed",
        )
        .of_name()
}

/// It has it, and takes other values.
pub fn value(option: &str) -> Diagnosis {
    RULE.error(format!("botocore's Config refuses the value of `{option}`"))
        .help("correct the value")
}
