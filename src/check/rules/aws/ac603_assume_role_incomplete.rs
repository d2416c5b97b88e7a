//! AC603: a role cannot be assumed as it is written.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::parameter::refused;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::{ParameterFault, Place, number, syntax};

pub static RULE: Rule = Rule {
    id: "AC603",
    name: "assume-role-incomplete",
    level: Level::Error,
    page: include_str!("ac603_assume_role_incomplete.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

const SESSION_NAME: &str = "a role session name (2 to 64 characters)";
const EXTERNAL_ID: &str = "an external id (2 to 1224 characters)";
const DURATION: &str = "a duration (900 to 43200 seconds)";

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(kwargs) = subject.extras.get("assume_role_kwargs").as_dict() else { return };
    if !subject.is_aws() {
        return;
    }
    let value = |key: &str| kwargs.get(key).map(|n| &n.value);
    let breaks = |key: &str, good: fn(&str) -> bool| {
        value(key).and_then(|v| v.as_str()).is_some_and(|v| !v.is_empty() && !good(v))
    };
    let too_long =
        value("DurationSeconds").and_then(number).is_some_and(|n| !(900.0..=43200.0).contains(&n));
    for (key, what, is_wrong) in [
        ("RoleSessionName", SESSION_NAME, breaks("RoleSessionName", syntax::is_session_name)),
        ("ExternalId", EXTERNAL_ID, breaks("ExternalId", syntax::is_external_id)),
        ("DurationSeconds", DURATION, too_long),
    ] {
        if is_wrong {
            said.at(
                Place::extra("assume_role_kwargs").below(key),
                RULE.warning(format!("this is not {what}")).help("correct the marked value"),
            );
        }
    }
}

/// boto3 refuses to ask.
pub fn parameter(operation: &str, parameter: &str, fault: ParameterFault) -> Diagnosis {
    refused(&RULE, operation, parameter, fault)
}

/// Neither of three.
pub fn method() -> Diagnosis {
    RULE.error("`assume_role_method` is none that the hook knows")
        .help("use assume_role, assume_role_with_saml or assume_role_with_web_identity")
}

/// Who vouches for the worker.
pub fn web_identity() -> Diagnosis {
    RULE.error("`assume_role_with_web_identity_federation` is missing or unknown")
        .help("use file or google")
}

/// The block for SAML, or a key of it.
pub fn saml_key(key: &str) -> Diagnosis {
    match key {
        "assume_role_with_saml" => RULE.error("the block `assume_role_with_saml` is missing"),
        key => RULE.error(format!("`assume_role_with_saml` lacks `{key}`")),
    }
    .help("add it")
}

/// There is one.
pub fn saml_method() -> Diagnosis {
    RULE.error("`idp_auth_method` is none that the hook knows").help("use http_spegno_auth")
}
