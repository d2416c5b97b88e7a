//! `botocore.config.Config(**config_kwargs)`, and what clients make of the options.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::airflow::runtime::Version;
use crate::hooks::names::Names;
use crate::hooks::outcome::{Failure, Place, Reason};
use crate::hooks::packages::Packages;
use crate::hooks::python::{is_str, number, text};
use crate::model::{Dict, Value};

/// The generated catalogue of options.
fn options() -> &'static Names {
    static OPTIONS: OnceLock<Names> = OnceLock::new();
    OPTIONS.get_or_init(|| Names::of(include_str!("../../catalog/botocore_config.json")))
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
pub(crate) fn config(
    value: &Value<'static>,
    packages: &Packages,
    place: &Place,
) -> Result<(), Failure> {
    let Some(given) = value.as_dict() else {
        return Err(Failure::new(
            "AttributeError",
            Reason::NotAnObject("config_kwargs"),
            place.clone(),
        ));
    };
    let known: BTreeSet<&'static str> = options().at(packages.botocore());
    if let Some((name, _)) = given.named().find(|(name, _)| !known.contains(name)) {
        let newer = options().newest().contains(name);
        let reason = match packages.botocore {
            Some(_) if newer => Reason::NewConfigOption { named: true },
            None if newer => Reason::NewConfigOption { named: false },
            _ => Reason::ConfigOption(name.to_string()),
        };
        return Err(Failure::new("TypeError", reason, place.below(name)));
    }
    for (name, member) in given.named().filter(|(_, member)| !member.node.value.is_null()) {
        // The name of the catalogue lasts as long as a reason.
        let Some(name) = known.get(name).copied() else { continue };
        let (value, here) = (&member.node.value, place.below(name));
        if name == "retries" {
            retries(value, &here)?;
        } else if let Some(exception) = refusal(name, value) {
            return Err(Failure::new(exception, Reason::ConfigValue(name), here));
        }
    }
    Ok(())
}

/// What the value of an option raises.
fn refusal(name: &str, value: &Value<'static>) -> Option<&'static str> {
    let one_of = |known: &[&str]| {
        text(value).is_some_and(|given| known.contains(&given.to_lowercase().as_str()))
    };
    let unless = |fits: bool, exception| (!fits).then_some(exception);
    let text_or_nothing = is_str(value) || !value.truthy();
    match name {
        "s3" => {
            match value.as_dict().map(|s3| s3.get("addressing_style").map(|style| &style.value)) {
                None => Some("AttributeError"),
                Some(None | Some(Value::Null)) => None,
                Some(Some(style)) => unless(
                    matches!(text(style), Some("auto" | "virtual" | "path")),
                    "InvalidS3AddressingStyleError",
                ),
            }
        }
        // The clients refuse these, before any call.
        "defaults_mode" if !text_or_nothing => Some("AttributeError"),
        "defaults_mode" => {
            let known = !value.truthy()
                || one_of(&["legacy", "auto", "standard", "in-region", "cross-region", "mobile"]);
            unless(known, "InvalidDefaultsMode")
        }
        "user_agent" | "user_agent_extra" | "user_agent_appid" => {
            unless(text_or_nothing, "TypeError")
        }
        "connect_timeout" | "read_timeout" => unless(is_timeout(value), "ValueError"),
        "request_min_compression_size_bytes" => {
            let size = text(value)
                .and_then(|t| t.trim().parse().ok())
                .or_else(|| number(value).map(f64::trunc));
            unless(
                size.is_some_and(|size| (1.0..=1_048_576.0).contains(&size)),
                "InvalidConfigError",
            )
        }
        "request_checksum_calculation" | "response_checksum_validation" => {
            unless(one_of(&["when_supported", "when_required"]), "InvalidChecksumConfigError")
        }
        "account_id_endpoint_mode" => {
            unless(one_of(&["preferred", "disabled", "required"]), "InvalidConfigError")
        }
        "auth_scheme_preference" => unless(text_or_nothing, "InvalidConfigError"),
        _ => None,
    }
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
        let wrong = |exception| {
            Err(Failure::new(exception, Reason::ConfigValue("retries"), place.below(name)))
        };
        let value = &member.node.value;
        match name {
            "max_attempts" | "total_max_attempts" => match number(value) {
                None => return wrong("TypeError"),
                Some(n) if n < if name == "max_attempts" { 0.0 } else { 1.0 } => {
                    return wrong("InvalidMaxRetryAttemptsError");
                }
                Some(_) => {}
            },
            "mode" if !matches!(text(value), Some("legacy" | "standard" | "adaptive")) => {
                return wrong("InvalidRetryModeError");
            }
            "mode" => {}
            _ => return wrong("InvalidRetryConfigurationError"),
        }
    }
    Ok(())
}

/// What a call with this `signature_version` raises when it is signed.
pub(crate) fn signature(value: &Value<'_>, botocore: Version) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Str(_) => match text(value) {
            // A token comes from Identity Center alone, and neither Redshift nor STS takes one.
            Some("bearer") => Some("NoAuthTokenError"),
            Some(name) if name.starts_with("v4-s3express") && botocore < Version(1, 33, 2) => {
                Some("UnknownSignatureVersionError")
            }
            Some(name) if SIGNATURES.contains(&name) => None,
            _ => Some("UnknownSignatureVersionError"),
        },
        _ => Some("AttributeError"),
    }
}

/// The option that must be a boolean and is none: every call looks for its endpoint with it.
pub(crate) fn endpoint_option(options: &Dict<'_>) -> Option<&'static str> {
    let wrong = |name: &&str| {
        options.get(name).is_some_and(|n| n.value.truthy() && !matches!(n.value, Value::Bool(_)))
    };
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
            let mut packages = Packages::default();
            packages.botocore = Some(botocore);
            let got = config(&value, &packages, &Place::extra("config_kwargs")).err();
            assert_eq!(got.as_ref().map(|failure| failure.exception), exception, "{options}");
            let late = matches!(
                got.map(|failure| failure.reason),
                Some(Reason::NewConfigOption { named: true })
            );
            assert_eq!(
                late,
                exception == Some("TypeError") && !options.contains("bogus"),
                "{options}"
            );
        }
    }
}
