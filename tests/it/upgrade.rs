//! `airconn upgrade`: what the recorded histories of Airflow, the providers and the drivers say
//! changes for a connection is found, with its release, and nothing is found where it says nothing.
#![cfg(feature = "cli")]

use serde_json::Value as Json;

use crate::common;
use common::{folder_with, run};

/// Who logs in with a password, and is concerned by no change.
const PLAIN: &str = "postgres://etl:pw@db.example.com:5432/dwh";

/// IAM on a cluster, through the AWS connection where the provider takes that.
const IAM: &str = "{\"conn_type\": \"redshift\", \"login\": \"etl\", \"schema\": \"dev\", \
    \"host\": \"examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com\", \"port\": 5439, \
    \"extra\": {\"iam\": true, \"cluster_identifier\": \"examplecluster\", \"db_user\": \"etl\", \
    \"region\": \"us-west-1\", \"profile\": \"airflow\"}}";

/// The same without a host.
const HOSTLESS: &str = "{\"conn_type\": \"redshift\", \"login\": \"etl\", \"schema\": \"dev\", \
    \"extra\": {\"iam\": true, \"cluster_identifier\": \"examplecluster\", \"db_user\": \"etl\", \
    \"region\": \"us-west-1\", \"profile\": \"airflow\"}}";

/// Serverless.
const SERVERLESS: &str = "{\"conn_type\": \"redshift\", \"schema\": \"dev\", \"extra\": \
    {\"iam\": true, \"is_serverless\": true, \"serverless_work_group\": \"etl\", \
    \"profile\": \"airflow\"}}";

/// An extra of AWS that is gone.
const SESSION: &str = "{\"conn_type\": \"aws\", \"extra\": {\"session_kwargs\": \
    {\"profile_name\": \"etl\"}, \"region_name\": \"eu-west-1\"}}";

/// An argument whose type the driver began to mind.
const STATEMENTS: &str = "{\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \
    \"login\": \"etl\", \"password\": \"pw\", \"schema\": \"dev\", \"port\": 5439, \
    \"extra\": {\"max_prepared_statements\": \"10\"}}";

/// What the hook of HTTP takes for a base URL.
const BASE_URL: &str = "http://https://api.example.com";

/// What `upgrade` finds for a connection: the rule, the pointer and what it comes with.
fn found(value: &str, from: &str, to: &str) -> Vec<(String, String, String)> {
    let line = format!("AIRFLOW_CONN_A='{value}'\n");
    let folder = folder_with([("a.env", &*line)]);
    let file = folder.path().join("a.env");
    let file = file.to_str().expect("a path in UTF-8");
    let ran = run(&["upgrade", "--from", from, "--to", to, "--format", "json", file], "");
    assert!(ran.code < 2, "{ran:?}");
    let text = |finding: &Json, key: &str| finding[key].as_str().unwrap_or_default().to_string();
    let since = |finding: &Json| {
        let message = text(finding, "message");
        message.rsplit_once("; since ").map(|(_, since)| since.to_string()).unwrap_or_default()
    };
    let findings = ran.findings();
    findings.iter().map(|f| (text(f, "id"), text(f, "pointer"), since(f))).collect()
}

#[test]
fn what_the_histories_say_is_found_with_its_release() {
    for (value, from, to, rule, since) in [
        // What Airflow itself reads otherwise (fixtures/airflow).
        (BASE_URL, "airflow=2.5.3", "airflow=2.6.3", "AC409", "Airflow 2.6.3"),
        ("ftp://h.example.com/in;type=a", "airflow=2.4", "airflow=2.11", "AC409", "Airflow 2.5.0"),
        (
            "postgres://u:p@h.example.com/d?connect_timeout=10",
            "airflow=2.11",
            "airflow=3.3",
            "AC206",
            "Airflow 3.1.6",
        ),
        // The history of the Amazon provider.
        (HOSTLESS, "amazon=8.2.0", "amazon=8.1.0", "AC501", "amazon 8.1.0"),
        (IAM, "amazon=7.4.1", "amazon=8.29.0", "AC505", "amazon 8.1.0"),
        (SERVERLESS, "amazon=8.1.0", "amazon=9.39.0", "AC606", "amazon 8.13.0"),
        (SESSION, "amazon=8.29.0", "amazon=9.39.0", "AC602", "amazon 9.0.0"),
        // And of the driver.
        (
            STATEMENTS,
            "redshift-connector=2.1.3",
            "redshift-connector=2.2.0",
            "AC408",
            "redshift-connector 2.1.7",
        ),
    ] {
        let all = found(value, from, to);
        let wanted = all.iter().any(|(id, _, with)| id == rule && with == since);
        assert!(wanted, "{value}\n{from} to {to}: {rule} {since} is not among {all:?}");
    }
}

#[test]
fn nothing_is_found_for_what_no_change_concerns() {
    for (value, from, to) in [
        (PLAIN, "airflow=2.4", "airflow=3.3"),
        (PLAIN, "amazon=7.4.1,postgres=5.4.0", "amazon=9.39.0,postgres=7.1.1"),
        (BASE_URL, "airflow=2.7.3", "airflow=2.11"),
        (IAM, "amazon=9.30.0", "amazon=9.39.0"),
        (SESSION, "amazon=9.0.0", "amazon=9.39.0"),
        (IAM, "amazon=9.39.0", "amazon=9.39.0"),
    ] {
        assert_eq!(found(value, from, to), [], "{value}\n{from} to {to}");
    }
}

#[test]
fn versions_come_from_files_and_images_too() {
    let folder = folder_with([
        ("old.txt", "apache-airflow==2.4.3\napache-airflow-providers-amazon==8.1.0\n"),
        ("requirements.txt", "apache-airflow==3.3.2\napache-airflow-providers-amazon==9.39.0\n"),
        ("a.env", "AIRFLOW_CONN_A='ftp://h.example.com/in;type=a'\n"),
    ]);
    let upgraded = |from: &str, to: &str| {
        let mut command = common::airconn();
        command.current_dir(folder.path());
        command.args(["upgrade", "-v", "--from", from, "--to", to, "a.env", "--format", "concise"]);
        let output = command.output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, err) = upgraded("old.txt", "requirements.txt");
    assert!(
        err.contains("from Airflow 2.4.3, amazon 8.1.0 to Airflow 3.3.2, amazon 9.39.0"),
        "{err}"
    );
    assert!(out.contains("AC409") && code == Some(0), "{out}");
    let image =
        upgraded("apache/airflow:2.4.3-python3.9", "quay.io/astronomer/astro-runtime:12.1.0");
    assert!(image.2.contains("from Airflow 2.4.3 to Airflow 2."), "{}", image.2);
    for (from, says) in [
        ("amazn=8.1", "did you mean `amazon`"),
        ("amazon=new", "is not a version"),
        ("airflow=two", "is not an Airflow version"),
        ("nothing.txt", "not a file that can be read"),
        ("a.env", "pins neither"),
    ] {
        let (code, _, err) = upgraded(from, "airflow=3.3");
        assert!(code == Some(2) && err.contains(says), "{from}: {err}");
    }
}

#[test]
fn what_fails_is_an_error_and_what_is_gone_is_told() {
    let folder = folder_with([("a.env", &*format!("AIRFLOW_CONN_A='{STATEMENTS}'\n"))]);
    let file = folder.path().join("a.env");
    let file = file.to_str().expect("a path in UTF-8");
    let (old, new) = ("redshift-connector=2.1.3", "redshift-connector=2.2.0");
    let worse = run(&["upgrade", "--from", old, "--to", new, file], "");
    assert!(worse.code == 1 && worse.out.contains("error[AC408]"), "{worse:?}");
    let better = run(&["upgrade", "--from", new, "--to", old, file], "");
    assert!(better.err.contains("redshift-connector 2.2.0 will be gone"), "{better:?}");
    assert!(better.code == 0 && !better.out.contains("AC408"), "{better:?}");
}
