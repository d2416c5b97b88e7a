//! AC704: a key that is valid until somebody deletes it, where a role would do.

use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::model::Value;
use crate::privacy::secret::{is_access_key_id, is_secret};

pub static RULE: Rule = Rule {
    id: "AC704",
    name: "long-lived-key",
    level: Level::Info,
    page: include_str!("ac704_long_lived_key.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Extras with the id of an access key of AWS, and the one that a temporary key has besides.
const PAIRS: &[(&str, &str)] =
    &[("aws_access_key_id", "aws_session_token"), ("access_key_id", "session_token")];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let text =
        |key: &str| case.extra_value(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut report = |at: &str, message: &str, help: &str| {
        findings.push(&RULE, at, case.span(at), message).help(help);
    };
    let aws = "an access key of an IAM user: it is valid until somebody deletes it";
    let role = "where Airflow runs in AWS, leave the keys out and give its machine or pod a role; \
                elsewhere, a key that may only assume one";
    if connection.login.as_str().is_some_and(is_access_key_id)
        && connection.password.expose().truthy()
        && text("aws_session_token").is_none()
    {
        report("/login", aws, role);
    }
    for (key, token) in PAIRS {
        if text(key).is_some_and(is_access_key_id) && text(token).is_none() {
            report(&format!("/extra/{key}"), aws, role);
        }
    }
    let google = "a key of a service account: it is valid until somebody deletes it";
    let identity = "where Airflow runs in Google Cloud, leave it out and give its machine or pod \
                    the account; elsewhere, see workload identity";
    if has_private_key(case) {
        report("/extra/keyfile_dict", google, identity);
    }
}

/// A service account's key as Google writes it, as object or as text.
fn has_private_key(case: &Case<'_>) -> bool {
    match case.extra_value("keyfile_dict") {
        Some(Value::Dict(dict)) => {
            dict.get("private_key").and_then(|node| node.value.as_str()).is_some_and(is_secret)
        }
        Some(Value::Str(text)) => {
            text.as_str().is_some_and(|text| text.contains("PRIVATE KEY-----") && is_secret(text))
        }
        _ => false,
    }
}
