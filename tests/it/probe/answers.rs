//! What AWS and programs answer with, beyond the keys that are wanted: codes that are none, ARNs
//! with a secret, keys that are over.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::probe::aws::Scene;
use crate::probe::aws_stand_in::{Aws, Break, Fault};

/// Secrets of the connections and their pieces begin so; the reports are searched for it, too
/// (`leaks::check`).
const SECRET: &str = "Canary7/SecretKeyXwLk2Vb8NcPm4Rt6Hd9";

#[test]
fn a_code_of_aws_is_shown_only_if_it_is_one() {
    let long: &'static str = Box::leak("X".repeat(5000).into_boxed_str());
    for (code, want) in [
        ("Canary7/SecretKeyXwLk2Vb8NcPm4Rt6Hd9", Value::Null),
        ("AccessDeniedCanary7/SecretKeyXwLk2Vb8NcPm4Rt6Hd9", Value::Null),
        ("AccessDenied.SecretKeyXwLk2", Value::Null),
        ("&#67;anary7/&#83;ecretKeyXwLk2", Value::Null),
        ("&#27;[31mRed", Value::Null),
        ("Reversed\u{202e}", Value::Null),
        ("Two words", Value::Null),
        (long, Value::Null),
        ("SomethingNew:1.2_3-4", json!("SomethingNew:1.2_3-4")),
        ("AccessDenied", json!("AccessDenied")),
    ] {
        let aws = Aws::start(
            vec![Fault {
                operation: "GetCallerIdentity",
                only: "",
                what: Break::Error(400, code, "m"),
            }],
            5439,
        );
        let keys = json!({"region_name": "eu-west-1", "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": SECRET});
        let walked = Scene::aws(keys).walk_in_all_forms(&aws, &[]);
        assert_eq!(walked.step("aws-identity")["code"], want, "{code}: {}", walked.report);
        let text = walked.report.to_string();
        assert!(
            !text.contains("XXXXXX")
                && !text.contains("KeyXwLk2")
                && !text.contains('\u{202e}')
                && !text.contains("\\u001b"),
            "{text}"
        );
    }
}

/// The policy that would permit a call names the resource that AWS named: not if that is a secret,
/// or not an ARN.
#[test]
fn an_arn_of_aws_is_shown_only_if_it_is_one() {
    for (message, shown) in [
        (
            "is not authorized on resource: arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl because",
            true,
        ),
        (
            "is not authorized on resource: arn:aws:redshift:eu-west-1:Canary7/SecretKeyXwLk2Vb8NcPm4Rt6Hd9:dbuser:sales/etl because",
            false,
        ),
        ("is not authorized on resource: arn:Canary7/SecretKeyXwLk2Vb8NcPm4Rt6Hd9", false),
        (
            "is not authorized on resource: arn:aws:redshift:eu-west-1:99:dbuser:sales/etl because",
            false,
        ),
    ] {
        let aws = Aws::start(
            vec![Fault {
                operation: "GetClusterCredentials",
                only: "",
                what: Break::Error(403, "AccessDenied", message),
            }],
            5439,
        );
        let walked = Scene::hook()
            .with("aws_default", "password", json!(SECRET))
            .walk_in_all_forms(&aws, &[]);
        let text = walked.report.to_string();
        assert_eq!(walked.failure().1, "denied", "{text}");
        assert!(text.contains("dbuser:sales/etl"), "there is a policy: {text}");
        assert!(!text.contains("SecretKey") && !text.contains("\\u001b"), "{text}");
        assert_eq!(
            text.contains("is not authorized on resource: arn:aws:redshift:eu-west-1:123456789012"),
            shown,
            "{text}"
        );
    }
}

/// A connection whose keys come from a program that prints these.
fn process(printed: &str) -> Scene {
    let script = format!("cat <<'EOF'\n{printed}\nEOF\n");
    let scene = Scene::aws(json!({"region_name": "eu-west-1", "profile_name": "etl"}));
    scene
        .file("keys.sh", script)
        .file(".aws/config", "[profile etl]\ncredential_process = sh {home}/keys.sh\n")
}

#[test]
fn keys_of_a_program_that_are_over_are_none() {
    let keys = |more: &str| {
        format!(
            r#"{{"Version": 1, "AccessKeyId": "ASIAPROCESS000000000", "SecretAccessKey": "Canary7.s", "SessionToken": "Canary7.t"{more}}}"#
        )
    };
    let ends = |end: &str| keys(&format!(r#", "Expiration": {end}"#));
    for (printed, cause, code) in [
        (ends(r#""2001-01-01T00:00:00Z""#), "expired-credentials", "RuntimeError"),
        (ends(r#""2001-01-01T00:00:00+05:00""#), "expired-credentials", "RuntimeError"),
        (ends(r#""tomorrow""#), "expiration-unreadable", "ParserError"),
        (ends(r#""""#), "expiration-unreadable", "ParserError"),
        (ends(r#""2099-01-01T00:00:00""#), "expiration-unreadable", "TypeError"),
        (ends("4070908800"), "expiration-unreadable", "TypeError"),
        ("[]".to_string(), "process-failed", "AttributeError"),
        (keys("").replace(r#""Version": 1, "#, ""), "process-failed", "CredentialRetrievalError"),
        (
            keys("").replace("SecretAccessKey", "Secret"),
            "process-failed",
            "CredentialRetrievalError",
        ),
        (ends(r#""2099-01-01T00:00:00Z""#), "none", "none"),
        (ends("null"), "none", "none"),
        (keys(""), "none", "none"),
    ] {
        let aws = Aws::start(Vec::new(), 5439);
        let walked = process(&printed).walk_with(&aws, &[]);
        assert_eq!(walked.failure().1, cause, "{printed}: {}", walked.report);
        assert_eq!(
            walked.step("aws-credentials")["code"].as_str().unwrap_or("none"),
            code,
            "{printed}: {}",
            walked.report
        );
        assert_eq!(
            walked.calls().is_empty(),
            cause != "none",
            "{printed}: nothing is sent with keys that are none"
        );
    }
    // A form that dateutil may read, and that is not read here.
    let aws = Aws::start(Vec::new(), 5439);
    let walked = process(&ends(r#""Thu, 01 Jan 2099 00:00:00 GMT""#)).walk_with(&aws, &[]);
    assert_eq!(walked.report["verdict"], "unproven", "{}", walked.report);
    assert_eq!(walked.step("aws-credentials")["cause"], "expiration-unclear", "{}", walked.report);
}

/// The credentials server of a container, which hands out these.
fn container(body: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.read(&mut [0; 4096]);
            let _ =
                write!(socket, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    port
}

#[test]
fn keys_of_a_container_that_are_over_are_none() {
    for (end, cause) in [
        (r#", "Expiration": "2001-01-01T00:00:00Z""#, "expired-credentials"),
        (r#", "Expiration": "tomorrow""#, "expiration-unreadable"),
        ("", "expiration-unreadable"),
        (r#", "Expiration": "2099-01-01T00:00:00Z""#, "none"),
    ] {
        let keys = format!(
            r#"{{"AccessKeyId": "ASIACONTAINER0000000", "SecretAccessKey": "Canary7.s", "Token": "Canary7.t"{end}}}"#
        );
        let url = format!("http://127.0.0.1:{}/keys", container(keys));
        let aws = Aws::start(Vec::new(), 5439);
        let scene = Scene::aws(json!({"region_name": "eu-west-1"}))
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
        let walked = scene.walk_with(&aws, &[]);
        assert_eq!(walked.failure().1, cause, "{end}: {}", walked.report);
        assert_eq!(walked.calls().is_empty(), cause != "none", "{end}: {:?}", walked.calls());
    }
}
