//! AC503: an extra is not an argument of redshift_connector.

use super::meant::repair;
use crate::check::rules::diagnosis::{Diagnosis, Said, named};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Client;
use crate::hooks::meant;

pub static RULE: Rule = Rule {
    id: "AC503",
    name: "unknown-driver-argument",
    level: Level::Error,
    page: include_str!("ac503_unknown_driver_argument.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_for(Client::RedshiftConnector) {
        return;
    }
    let driver = &subject.scene.packages.driver;
    for (key, _) in subject.extras.iter().filter(|(key, _)| !driver.takes(key)) {
        let meant = meant(driver, key);
        let message = format!("{} is not an argument of the driver", named(key));
        let unknown = RULE.warning(message).repair(move |subject, at| repair(subject, at, meant));
        said.extra(
            key,
            match meant {
                Some(meant) => unknown.help(is_the_name(meant)),
                None => unknown,
            },
        );
    }
}

fn is_the_name(meant: &str) -> String {
    format!("`{meant}` is the name of the argument")
}

/// The driver raises for it.
pub fn refused(argument: &str, meant: Option<&'static str>) -> Diagnosis {
    let help = meant.map_or_else(
        || "remove it, or move it to the AWS connection if it is meant for boto3".to_string(),
        is_the_name,
    );
    RULE.error(format!("redshift_connector.connect has no argument {}", named(argument)))
        .help(help)
        .repair(|subject, at| repair(subject, at, None))
}
