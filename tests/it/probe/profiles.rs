//! Roles that a profile assumes, with the arguments of botocore and refusals that name code and
//! cause, and log-ins of Identity Center, which are taken as they are.

use serde_json::{Value, json};

use crate::probe::aws::{ROLE, Scene, Walked, ini};
use crate::probe::aws_stand_in::{Asked, Aws, Break, Fault};

const SECOND: &str = "arn:aws:iam::123456789012:role/second";

/// An AWS connection that names the profile `etl` of a config file.
fn profile(config: impl Into<String>) -> Scene {
    let extra = json!({"profile_name": "etl", "region_name": "eu-west-1"});
    Scene::hook()
        .with("aws_default", "login", Value::Null)
        .with("aws_default", "extra", extra)
        .file(".aws/config", config)
}

fn base() -> String {
    ini(
        "profile base",
        &[("aws_access_key_id", "AKIABASE000000000000"), ("aws_secret_access_key", "Canary7")],
    )
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
        ini(
            "profile etl",
            &[
                ("role_arn", SECOND),
                ("source_profile", "first"),
                ("external_id", "e-2"),
                ("duration_seconds", "900"),
            ],
        ),
        ini(
            "profile first",
            &[("role_arn", ROLE), ("source_profile", "base"), ("role_session_name", "first")],
        ),
        base(),
    ];
    let walked = walk(&profile(config.concat()), Vec::new());
    assert_eq!(
        walked.calls()[..3],
        [
            "AssumeRole AKIABASE000000000000",
            "AssumeRole ASIATEMPORARY0000000",
            "GetCallerIdentity ASIATEMPORARY0000000"
        ]
    );
    assert_eq!(
        given(&walked.asked[0]),
        [format!("RoleArn={ROLE}"), "RoleSessionName=first".to_string()]
    );
    let second = given(&walked.asked[1]);
    assert_eq!(
        second[..3],
        [
            "DurationSeconds=900".to_string(),
            "ExternalId=e-2".to_string(),
            format!("RoleArn={SECOND}")
        ]
    );
    // botocore makes a name up, and so does the probe.
    assert!(second[3].starts_with("RoleSessionName=botocore-session-"), "{second:?}");
    assert_eq!(walked.step("aws-credentials")["facts"]["role"], SECOND, "{}", walked.report);
}

#[test]
fn refusals_of_a_role_name_code_and_cause() {
    let error = |status, code| Some(Break::Error(status, code, "no"));
    let sts = |url: &str| role(&[]).env("AWS_ENDPOINT_URL_STS", url);
    let too_long = Break::Error(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    let cases: Vec<(&str, Scene, Option<Break>, &str, &str)> = vec![
        ("denied", role(&[]), error(403, "AccessDenied"), "denied", "AccessDenied"),
        (
            "key unknown",
            role(&[]),
            error(403, "InvalidClientTokenId"),
            "unknown-key",
            "InvalidClientTokenId",
        ),
        (
            "secret wrong",
            role(&[]),
            error(403, "SignatureDoesNotMatch"),
            "wrong-secret-key",
            "SignatureDoesNotMatch",
        ),
        ("keys over", role(&[]), error(403, "ExpiredToken"), "expired-credentials", "ExpiredToken"),
        // The provider has these two as errors of another kind.
        (
            "region disabled",
            role(&[]),
            error(403, "RegionDisabledException"),
            "region-disabled",
            "RegionDisabledException",
        ),
        (
            "policy",
            role(&[]),
            error(400, "MalformedPolicyDocument"),
            "bad-policy",
            "MalformedPolicyDocument",
        ),
        ("throttled", role(&[]), error(400, "Throttling"), "throttled", "Throttling"),
        (
            "too long",
            role(&[("duration_seconds", "43200")]),
            Some(too_long),
            "bad-duration",
            "ValidationError",
        ),
        (
            "too short",
            role(&[("duration_seconds", "899")]),
            None,
            "bad-duration",
            "ParamValidationError",
        ),
        ("AWS fails", role(&[]), error(500, "InternalFailure"), "aws-error", "InternalFailure"),
        ("AWS fails without a word", role(&[]), Some(Break::Page(502)), "aws-error", "none"),
        ("somebody else answers", role(&[]), Some(Break::Page(404)), "not-aws", "none"),
        ("a page of 200", role(&[]), Some(Break::Page(200)), "not-aws", "none"),
        ("closed", role(&[]), Some(Break::Close), "endpoint-closed", "none"),
        ("endpoint refuses", sts("http://127.0.0.1:1"), None, "endpoint-refused", "none"),
        (
            "endpoint does not resolve",
            sts("http://sts.invalid"),
            None,
            "endpoint-not-found",
            "none",
        ),
        (
            "endpoint speaks no TLS",
            sts("https://127.0.0.1:{port}"),
            None,
            "endpoint-not-tls",
            "none",
        ),
        (
            "proxy down",
            role(&[]).env("HTTP_PROXY", "http://127.0.0.1:1"),
            None,
            "proxy-unreachable",
            "none",
        ),
    ];
    for (name, scene, what, cause, code) in cases {
        let walked = walk(
            &scene,
            what.into_iter()
                .map(|what| Fault { operation: "AssumeRole", only: "", what })
                .collect(),
        );
        assert_eq!(walked.failure(), ("aws-credentials", cause), "{name}: {}", walked.report);
        assert_eq!(
            walked.step("aws-credentials")["code"].as_str().unwrap_or("none"),
            code,
            "{name}: {}",
            walked.report
        );
        assert!(walked.asked.len() <= 1, "{name}: {:?}", walked.calls());
    }
}

const LASTS: &str = "2099-01-01T00:00:00Z";
const OVER: &str = "2001-01-01T00:00:00Z";

/// A profile of Identity Center with a named log-in that ends then, and what its cache has besides.
fn log_in(ends: &str, more: Value) -> Scene {
    let mut token = json!({"startUrl": "https://example.awsapps.com/start", "region": "us-east-1", "accessToken": "Canary7/Spring#rain", "expiresAt": ends});
    more.as_object().into_iter().flatten().for_each(|(key, value)| token[key] = value.clone());
    let config = [
        ini(
            "profile etl",
            &[
                ("sso_session", "corp"),
                ("sso_account_id", "123456789012"),
                ("sso_role_name", "Etl and more"),
            ],
        ),
        ini(
            "sso-session corp",
            &[("sso_start_url", "https://example.awsapps.com/start"), ("sso_region", "us-east-1")],
        ),
    ];
    // `aws sso login` names the file by the SHA-1 of `corp`.
    profile(config.concat())
        .file(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", token.to_string())
}

/// What renews a log-in.
fn registration(ends: &str) -> Value {
    json!({"clientId": "made-up", "clientSecret": "Canary7/Spring#rain", "refreshToken": "Canary7/Spring#rain", "registrationExpiresAt": ends})
}

/// The seconds from now on.
fn from_now(seconds: u64) -> String {
    let at = std::time::SystemTime::now() + std::time::Duration::from_secs(seconds);
    let text =
        aws_smithy_types::DateTime::from(at).fmt(aws_smithy_types::date_time::Format::DateTime);
    text.expect("a time of this century")
}

#[test]
fn the_portal_is_asked_with_the_token_of_the_log_in() {
    // The second one would be renewed by boto3, which takes it as it is where that is refused.
    for scene in [
        log_in(LASTS, registration(LASTS)),
        log_in(&from_now(600), registration(LASTS)),
        log_in(LASTS, json!({})),
    ] {
        let walked = walk(&scene, Vec::new());
        assert_eq!(
            walked.calls()[..2],
            ["GetRoleCredentials", "GetCallerIdentity ASIATEMPORARY0000000"],
            "{}",
            walked.report
        );
        assert_eq!(
            given(&walked.asked[0]),
            ["account_id=123456789012", "role_name=Etl and more", "token=Canary7/Spring#rain"]
        );
        assert_eq!(walked.step("aws-credentials")["facts"]["source"], "sso", "{}", walked.report);
    }
}

#[test]
fn a_log_in_that_boto3_would_renew_is_unproven_and_stays_as_it_is() {
    let walked = walk(&log_in(OVER, registration(LASTS)), Vec::new());
    let step = walked.step("aws-credentials");
    assert_eq!(
        (&step["status"], &step["cause"]),
        (&json!("skipped"), &json!("sso-renewal")),
        "{step}"
    );
    assert_eq!(
        (&walked.report["verdict"], walked.asked.len()),
        (&json!("unproven"), 0),
        "{}",
        walked.report
    );
    // What boto3 cannot renew has failed.
    let mut incomplete = registration(LASTS);
    incomplete.as_object_mut().expect("an object").remove("clientSecret");
    for more in [json!({}), registration(OVER), incomplete] {
        let walked = walk(&log_in(OVER, more), Vec::new());
        assert_eq!(walked.failure(), ("aws-credentials", "sso-log-in"), "{}", walked.report);
        assert_eq!(
            (&walked.step("aws-credentials")["code"], walked.asked.len()),
            (&json!("TokenRetrievalError"), 0)
        );
    }
}

#[test]
fn refusals_of_the_portal_name_code_and_cause() {
    let error = |status, code| Some(Break::Error(status, code, "no"));
    let lasts = || log_in(LASTS, json!({}));
    let portal = |url: &str| lasts().env("AWS_ENDPOINT_URL_SSO", url);
    let cases: Vec<(&str, Scene, Option<Break>, &str, &str)> = vec![
        (
            "token unknown",
            lasts(),
            error(401, "UnauthorizedException"),
            "sso-log-in",
            "UnauthorizedSSOTokenError",
        ),
        ("denied", lasts(), error(403, "ForbiddenException"), "denied", "ForbiddenException"),
        (
            "no such account",
            lasts(),
            error(404, "ResourceNotFoundException"),
            "refused",
            "ResourceNotFoundException",
        ),
        (
            "invalid",
            lasts(),
            error(400, "InvalidRequestException"),
            "invalid-request",
            "InvalidRequestException",
        ),
        (
            "throttled",
            lasts(),
            error(429, "TooManyRequestsException"),
            "throttled",
            "TooManyRequestsException",
        ),
        ("the portal fails", lasts(), Some(Break::Page(500)), "aws-error", "none"),
        ("somebody else denies", lasts(), Some(Break::Page(403)), "not-aws", "none"),
        ("a page of 200", lasts(), Some(Break::Page(200)), "not-aws", "none"),
        ("closed", lasts(), Some(Break::Close), "endpoint-closed", "none"),
        ("endpoint refuses", portal("http://127.0.0.1:1"), None, "endpoint-refused", "none"),
        (
            "endpoint does not resolve",
            portal("http://portal.invalid"),
            None,
            "endpoint-not-found",
            "none",
        ),
        ("endpoint is not a URL", portal("portal"), None, "endpoint-invalid", "ValueError"),
        (
            "proxy down",
            lasts().env("HTTP_PROXY", "http://127.0.0.1:1"),
            None,
            "proxy-unreachable",
            "none",
        ),
    ];
    for (name, scene, what, cause, code) in cases {
        let walked = walk(
            &scene,
            what.into_iter()
                .map(|what| Fault { operation: "GetRoleCredentials", only: "", what })
                .collect(),
        );
        assert_eq!(walked.failure(), ("aws-credentials", cause), "{name}: {}", walked.report);
        assert_eq!(
            walked.step("aws-credentials")["code"].as_str().unwrap_or("none"),
            code,
            "{name}: {}",
            walked.report
        );
    }
}
