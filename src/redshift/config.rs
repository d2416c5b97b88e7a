//! `botocore.config.Config(**config_kwargs)`, and what clients make of the options.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::names::Names;
use super::outcome::{Failure, Place, Reason};
use super::python::{is_str, number, text};
use crate::airflow::runtime::Version;
use crate::model::{Dict, Value};

/// The generated catalogue of options.
fn options() -> &'static Names {
    static OPTIONS: OnceLock<Names> = OnceLock::new();
    OPTIONS.get_or_init(|| Names::of(include_str!("../catalog/botocore_config.json")))
}

/// What signs requests where awscrt is not installed; the S3 Express ones came with S3 Express.
static SIGNATURES: &[&str] = &[
    "bearer",
    "s3",
    "s3-presign-post",
    "s3-query",
    "s3v4",
    "s3v4-presign-post",
    "s3v4-query",
    "v2",
    "v3",
    "v3https",
    "v4",
    "v4-query",
    "v4-s3express",
    "v4-s3express-presign-post",
    "v4-s3express-query",
];

/// `Config(**kwargs)` and the clients that are made with it, up to their first call.
pub(super) fn config(value: &Value<'static>, botocore: Version, place: &Place) -> Result<(), Failure> {
    let Some(given) = value.as_dict() else {
        return Err(Failure::new("AttributeError", Reason::NotAnObject("config_kwargs"), place.clone()));
    };
    let known: BTreeSet<&str> = options().at(botocore);
    if let Some((name, _)) = given.named().find(|(name, _)| !known.contains(name)) {
        let reason = if options().newest().contains(name) { Reason::NewConfigOption } else { Reason::ConfigOption };
        return Err(Failure::new("TypeError", reason(name.to_string()), place.below(name)));
    }
    for (name, member) in given.named().filter(|(_, member)| !member.node.value.is_null()) {
        option(name, &member.node.value, &place.below(name))?;
    }
    Ok(())
}

/// The check of the value of an option.
fn option(name: &str, value: &Value<'static>, place: &Place) -> Result<(), Failure> {
    let one_of = |known: &[&str]| text(value).is_some_and(|given| known.contains(&given.to_lowercase().as_str()));
    let (name, exception) = match name {
        "retries" => return retries(value, place),
        "s3" => match value.as_dict().map(|s3| s3.get("addressing_style").map(|style| &style.value)) {
            None => ("s3", Some("AttributeError")),
            Some(None | Some(Value::Null)) => ("s3", None),
            Some(Some(style)) if matches!(text(style), Some("auto" | "virtual" | "path")) => ("s3", None),
            Some(Some(_)) => ("s3", Some("InvalidS3AddressingStyleError")),
        },
        // The clients refuse these, before any call.
        "defaults_mode" if !is_str(value) => ("defaults_mode", value.truthy().then_some("AttributeError")),
        "defaults_mode" => {
            let known = !value.truthy() || one_of(&["legacy", "auto", "standard", "in-region", "cross-region", "mobile"]);
            ("defaults_mode", (!known).then_some("InvalidDefaultsMode"))
        }
        "user_agent" => ("user_agent", (value.truthy() && !is_str(value)).then_some("TypeError")),
        "user_agent_extra" => ("user_agent_extra", (value.truthy() && !is_str(value)).then_some("TypeError")),
        "user_agent_appid" => ("user_agent_appid", (value.truthy() && !is_str(value)).then_some("TypeError")),
        "connect_timeout" => ("connect_timeout", (!is_timeout(value)).then_some("ValueError")),
        "read_timeout" => ("read_timeout", (!is_timeout(value)).then_some("ValueError")),
        "request_min_compression_size_bytes" => {
            let size = text(value).and_then(|t| t.trim().parse().ok()).or_else(|| number(value).map(f64::trunc));
            let fits = size.is_some_and(|size| (1.0..=1_048_576.0).contains(&size));
            ("request_min_compression_size_bytes", (!fits).then_some("InvalidConfigError"))
        }
        "request_checksum_calculation" => {
            let known = one_of(&["when_supported", "when_required"]);
            ("request_checksum_calculation", (!known).then_some("InvalidChecksumConfigError"))
        }
        "response_checksum_validation" => {
            let known = one_of(&["when_supported", "when_required"]);
            ("response_checksum_validation", (!known).then_some("InvalidChecksumConfigError"))
        }
        "account_id_endpoint_mode" => {
            let known = one_of(&["preferred", "disabled", "required"]);
            ("account_id_endpoint_mode", (!known).then_some("InvalidConfigError"))
        }
        "auth_scheme_preference" => ("auth_scheme_preference", (value.truthy() && !is_str(value)).then_some("InvalidConfigError")),
        _ => return Ok(()),
    };
    exception.map_or(Ok(()), |exception| Err(Failure::new(exception, Reason::ConfigValue(name), place.clone())))
}

/// A number of seconds; `true` is none here, nor is text.
fn is_timeout(value: &Value<'_>) -> bool {
    !matches!(value, Value::Bool(_)) && number(value).is_some_and(|seconds| seconds > 0.0)
}

fn retries(value: &Value<'static>, place: &Place) -> Result<(), Failure> {
    let Some(retries) = value.as_dict() else {
        return Err(Failure::new("AttributeError", Reason::ConfigValue("retries"), place.clone()));
    };
    for (name, member) in retries.named() {
        let wrong = |exception| Err(Failure::new(exception, Reason::ConfigValue("retries"), place.below(name)));
        let value = &member.node.value;
        match name {
            "max_attempts" | "total_max_attempts" => match number(value) {
                None => return wrong("TypeError"),
                Some(n) if n < if name == "max_attempts" { 0.0 } else { 1.0 } => return wrong("InvalidMaxRetryAttemptsError"),
                Some(_) => {}
            },
            "mode" if !matches!(text(value), Some("legacy" | "standard" | "adaptive")) => return wrong("InvalidRetryModeError"),
            "mode" => {}
            _ => return wrong("InvalidRetryConfigurationError"),
        }
    }
    Ok(())
}

/// What a call with this `signature_version` raises when it is signed.
pub(super) fn signature(value: &Value<'_>, botocore: Version) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Str(_) => match text(value) {
            // A token comes from Identity Center alone, and neither Redshift nor STS takes one.
            Some("bearer") => Some("NoAuthTokenError"),
            Some(name) if name.starts_with("v4-s3express") && botocore < Version(1, 33, 2) => Some("UnknownSignatureVersionError"),
            Some(name) if SIGNATURES.contains(&name) => None,
            _ => Some("UnknownSignatureVersionError"),
        },
        _ => Some("AttributeError"),
    }
}

/// The option that must be a boolean and is none: every call looks for its endpoint with it.
pub(super) fn endpoint_option(options: &Dict<'_>) -> Option<&'static str> {
    let wrong = |name: &&str| options.get(name).is_some_and(|n| n.value.truthy() && !matches!(n.value, Value::Bool(_)));
    ["use_dualstack_endpoint", "use_fips_endpoint"].into_iter().find(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::python::json_loads::loads;

    #[test]
    fn options_have_a_version() {
        let (old, new) = (Version(1, 31, 1), Version(1, 44, 5));
        for (options, botocore, exception) in [
            (r#"{"defaults_mode": "x"}"#, new, Some("InvalidDefaultsMode")),
            (r#"{"defaults_mode": "Standard"}"#, old, None),
            (r#"{"request_checksum_calculation": "when_required"}"#, old, Some("TypeError")),
            (r#"{"request_checksum_calculation": "when_required"}"#, new, None),
            (r#"{"request_checksum_calculation": "x"}"#, new, Some("InvalidChecksumConfigError")),
            (r#"{"s3_disable_express_session_auth": true}"#, Version(1, 42, 29), Some("TypeError")),
            (r#"{"connect_timeout": "5"}"#, old, Some("ValueError")),
            (r#"{"bogus": null}"#, new, Some("TypeError")),
        ] {
            let value = loads(options).expect("JSON").value.into_owned();
            let got = config(&value, botocore, &Place::extra("config_kwargs")).err();
            assert_eq!(got.as_ref().map(|failure| failure.exception), exception, "{options}");
            let late = matches!(got.map(|failure| failure.reason), Some(Reason::NewConfigOption(_)));
            assert_eq!(late, exception == Some("TypeError") && !options.contains("bogus"), "{options}");
        }
    }
}
