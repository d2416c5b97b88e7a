//! AC601: half of an AWS key pair.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Place;

pub static RULE: Rule = Rule {
    id: "AC601",
    name: "half-key-pair",
    level: Level::Error,
    page: include_str!("ac601_half_key_pair.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_aws() {
        return;
    }
    let (connection, extras) = (subject.connection, subject.extras);
    let (login, password) = (connection.login.truthy(), connection.password.expose().truthy());
    if login != password {
        said.at(Place::here(if login { "/password" } else { "/login" }), half());
    }
    let (key, secret) =
        (extras.truthy("aws_access_key_id"), extras.truthy("aws_secret_access_key"));
    if key != secret && !(login && password) {
        said.extra(if key { "aws_secret_access_key" } else { "aws_access_key_id" }, half());
    }
}

/// boto3 does not use it.
pub fn half() -> Diagnosis {
    RULE.warning("half of an AWS key pair").help("give key id and secret, both or neither")
}

/// boto3 raises.
pub fn unusable() -> Diagnosis {
    RULE.error("the AWS keys cannot be used as they stand")
        .help("give key id and secret as strings, both or neither")
}
