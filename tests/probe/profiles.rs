//! Roles that a profile assumes: by the provider of aws-config, with the arguments of botocore and refusals that name code and cause.

use serde_json::{Value, json};

use crate::aws::{ROLE, Scene, Walked, ini};
use crate::aws_stand_in::{Asked, Aws, Break, Fault};

const SECOND: &str = "arn:aws:iam::123456789012:role/second";

/// An AWS connection that names the profile `etl` of a config file.
fn profile(config: impl Into<String>) -> Scene {
    let extra = json!({"profile_name": "etl", "region_name": "eu-west-1"});
    Scene::hook().with("aws_default", "login", Value::Null).with("aws_default", "extra", extra).file(".aws/config", config)
}

fn base() -> String {
    ini("profile base", &[("aws_access_key_id", "AKIABASE000000000000"), ("aws_secret_access_key", "Canary7")])
}

/// A role on top of the profile `base`.
fn role(settings: &[(&str, &str)]) -> Scene {
    let settings = [&[("role_arn", ROLE), ("source_profile", "base")], settings].concat();
    profile(format!("{}{}", ini("profile etl", &settings), base()))
}

fn walk(scene: &Scene, faults: Vec<Fault>) -> Walked {
    scene.walk_in_all_forms(&Aws::start(faults, 5439), &["--timeout", "20"])
}

/// `name=value` of each argument.
fn given(asked: &Asked) -> Vec<String> {
    asked.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn roles_follow_one_another_with_their_own_arguments() {
    let config = [
        ini("profile etl", &[("role_arn", SECOND), ("source_profile", "first"), ("external_id", "e-2"), ("duration_seconds", "900")]),
        ini("profile first", &[("role_arn", ROLE), ("source_profile", "base"), ("role_session_name", "first")]),
        base(),
    ];
    let walked = walk(&profile(config.concat()), Vec::new());
    assert_eq!(
        walked.calls()[..3],
        ["AssumeRole AKIABASE000000000000", "AssumeRole ASIATEMPORARY0000000", "GetCallerIdentity ASIATEMPORARY0000000"]
    );
    assert_eq!(given(&walked.asked[0]), [format!("RoleArn={ROLE}"), "RoleSessionName=first".to_string()]);
    let second = given(&walked.asked[1]);
    assert_eq!(second[..3], ["DurationSeconds=900".to_string(), "ExternalId=e-2".to_string(), format!("RoleArn={SECOND}")]);
    // botocore makes a name up, and so does the probe.
    assert!(second[3].starts_with("RoleSessionName=botocore-session-"), "{second:?}");
    assert_eq!(walked.step("aws-credentials")["facts"]["role"], SECOND, "{}", walked.report);
}

#[test]
fn refusals_of_a_role_name_code_and_cause() {
    let error = |status, code| Some(Break::Error(status, code, "no"));
    let sts = |url: &str| role(&[]).env("AWS_ENDPOINT_URL_STS", url);
    let too_long = Break::Error(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    let cases: Vec<(&str, Scene, Option<Break>, &str, &str)> = vec![
        ("denied", role(&[]), error(403, "AccessDenied"), "denied", "AccessDenied"),
        ("key unknown", role(&[]), error(403, "InvalidClientTokenId"), "unknown-key", "InvalidClientTokenId"),
        ("secret wrong", role(&[]), error(403, "SignatureDoesNotMatch"), "wrong-secret-key", "SignatureDoesNotMatch"),
        ("keys over", role(&[]), error(403, "ExpiredToken"), "expired-credentials", "ExpiredToken"),
        // The provider has these two as errors of another kind.
        ("region disabled", role(&[]), error(403, "RegionDisabledException"), "region-disabled", "RegionDisabledException"),
        ("policy", role(&[]), error(400, "MalformedPolicyDocument"), "bad-policy", "MalformedPolicyDocument"),
        ("throttled", role(&[]), error(400, "Throttling"), "throttled", "Throttling"),
        ("too long", role(&[("duration_seconds", "43200")]), Some(too_long), "bad-duration", "ValidationError"),
        ("too short", role(&[("duration_seconds", "899")]), None, "bad-duration", "ParamValidationError"),
        ("AWS fails", role(&[]), error(500, "InternalFailure"), "aws-error", "InternalFailure"),
        ("AWS fails without a word", role(&[]), Some(Break::Page(502)), "aws-error", "none"),
        ("somebody else answers", role(&[]), Some(Break::Page(404)), "not-aws", "none"),
        ("a page of 200", role(&[]), Some(Break::Page(200)), "not-aws", "none"),
        ("closed", role(&[]), Some(Break::Close), "endpoint-closed", "none"),
        ("endpoint refuses", sts("http://127.0.0.1:1"), None, "endpoint-refused", "none"),
        ("endpoint does not resolve", sts("http://sts.invalid"), None, "endpoint-not-found", "none"),
        ("endpoint speaks no TLS", sts("https://127.0.0.1:{port}"), None, "endpoint-not-tls", "none"),
        ("proxy down", role(&[]).env("HTTP_PROXY", "http://127.0.0.1:1"), None, "proxy-unreachable", "none"),
    ];
    for (name, scene, what, cause, code) in cases {
        let walked = walk(&scene, what.into_iter().map(|what| Fault { operation: "AssumeRole", only: "", what }).collect());
        assert_eq!(walked.failure(), ("aws-credentials", cause), "{name}: {}", walked.report);
        assert_eq!(walked.step("aws-credentials")["code"].as_str().unwrap_or("none"), code, "{name}: {}", walked.report);
        assert!(walked.asked.len() <= 1, "{name}: {:?}", walked.calls());
    }
}
