//! AC503: an extra is not an argument of redshift_connector.

use super::meant::repair;
use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Names, Rule, pointer};
use crate::hooks::{Client, is_slip, meant};

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
    let names = subject.case.names();
    let failed = subject.refused();
    for (key, _) in subject.extras.iter().filter(|(key, _)| !driver.takes(key)) {
        let meant = meant(driver, key);
        let unknown =
            match failed.as_ref().filter(|(_, here)| here.contains(&*pointer("/extra", key))) {
                // The driver names the first, and would refuse this one next.
                Some((exception, _)) => {
                    let mut unknown = refused(key, meant, names);
                    unknown.message = format!("{} ({exception})", unknown.message);
                    unknown
                }
                None => {
                    let message = format!("{} is not an argument of the driver", names.extra(key));
                    let unknown = RULE
                        .warning(message)
                        .of_name()
                        .repair(move |subject, at| repair(subject, at, meant));
                    match meant {
                        Some(meant) => unknown.help(is_the_name(key, meant)),
                        None => unknown,
                    }
                }
            };
        said.extra(key, unknown);
    }
}

fn is_the_name(written: &str, meant: &str) -> String {
    if is_slip(written, meant) {
        format!("did you mean `{meant}`?")
    } else {
        format!("`{meant}` is the name of the argument")
    }
}

/// The driver raises for it.
pub fn refused(argument: &str, meant: Option<&'static str>, names: Names) -> Diagnosis {
    let help = meant.map_or_else(
        || "remove it, or move it to the AWS connection if it is meant for boto3".to_string(),
        |meant| is_the_name(argument, meant),
    );
    RULE.error(format!("redshift_connector.connect has no {}", names.after("argument", argument)))
        .help(help)
        .of_name()
        .repair(move |subject, at| repair(subject, at, meant))
}
