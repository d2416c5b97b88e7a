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
    let token = extras.truthy("aws_session_token") || extras.truthy("session_kwargs");
    let id = if login && password {
        connection.login.as_str()
    } else {
        extras.text("aws_access_key_id")
    };
    let place =
        if login && password { Place::here("/login") } else { Place::extra("aws_access_key_id") };
    if !token && id.is_some_and(|id| id.starts_with("ASIA")) && (password || secret) {
        said.at(
            place,
            RULE.warning(TEMPORARY).help("add `aws_session_token`, or use the key of a user"),
        );
    }
    if key != secret && !(login && password) {
        said.extra(if key { "aws_secret_access_key" } else { "aws_access_key_id" }, half());
    }
}

const TEMPORARY: &str = "a key that begins with ASIA is temporary: AWS refuses it without the \
                         session token that came with it";

/// boto3 does not use it.
pub fn half() -> Diagnosis {
    RULE.warning("half of an AWS key pair").help("give key id and secret, both or neither")
}

/// boto3 raises.
pub fn unusable() -> Diagnosis {
    RULE.error("the AWS keys cannot be used as they stand").help(
        "give key id and secret as strings, both or neither; a session token is of use only \
         beside them",
    )
}
