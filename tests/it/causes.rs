//! One cause is one finding: what is gone once another finding is repaired is kept inside of that.
#![cfg(feature = "cli")]

use serde_json::Value as Json;

use crate::common;
use common::{folder_with, run};

/// A connection with one mistake, its cause, and what follows from it.
const CASES: &[(&str, &str, &[&str])] = &[
    ("postgres://app:tide#4-low@db.example.com/app", "AC201", &["AC102"]),
    (
        r#"{"conn_type": "azure_cosmos", "login": "https://x.documents.azure.com:443/", "extra":
            {"resource_group_name": "rg", "subscription_idd": "x", "database_name": "d"}}"#,
        "AC403",
        &["AC411"],
    ),
    (
        r#"{"conn_type": "redshift", "login": "etl", "schema": "dev", "port": 5439,
            "host": "examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com", "extra":
            {"iam": true, "cluster_identifer": "examplecluster", "db_user": "etl",
            "region": "us-west-1", "profile": "airflow"}}"#,
        "AC503",
        &["AC505"],
    ),
    (
        r#"{"conn_type": "adls", "extra": {"account_url": "https://x.dfs.core.windows.net",
            "tenant_id": "11111111-2222-3333-4444-555555555555"}}"#,
        "AC411",
        &["AC411"],
    ),
];

fn checked(value: &str, more: &[&str]) -> (i32, Json) {
    let line = format!("AIRFLOW_CONN_A='{}'\n", value.replace('\n', " "));
    let folder = folder_with([("a.env", &*line)]);
    let file = folder.path().join("a.env");
    let file = file.to_str().expect("a path in UTF-8");
    let arguments = ["check", "--causes", "--format", "json", "--ignore", "AC701", file];
    let ran = run(&[&arguments[..], more].concat(), "");
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}")))
}

fn rules(findings: &Json) -> Vec<&str> {
    let findings = findings.as_array().map(Vec::as_slice).unwrap_or_default();
    findings.iter().filter_map(|finding| finding["id"].as_str()).collect()
}

#[test]
fn what_a_repair_ends_is_inside_of_its_finding() {
    for (value, cause, consequences) in CASES {
        let (_, report) = checked(value, &[]);
        let findings = report["findings"].as_array().expect("findings");
        let found = findings.iter().find(|f| f["id"] == *cause && !f["consequences"].is_null());
        let found = found.unwrap_or_else(|| panic!("{value}: {report}"));
        assert_eq!(rules(&found["consequences"]), *consequences, "{value}");
        let place = |finding: &Json| (finding["id"].clone(), finding["pointer"].clone());
        let outside: Vec<_> = findings.iter().map(place).collect();
        let mut inside = found["consequences"].as_array().into_iter().flatten().map(place);
        assert!(inside.all(|inside| !outside.contains(&inside)), "{value}: {outside:?}");
        // It is as bad as the worst of what follows from it.
        let levels = ["info", "warning", "error"];
        let level = |f: &Json| levels.iter().position(|level| f["level"] == *level);
        let inside = found["consequences"].as_array().expect("consequences");
        assert!(inside.iter().all(|inside| level(inside) <= level(found)), "{value}");
    }
}

#[test]
fn without_the_cause_its_consequences_stand_by_themselves() {
    for (value, cause, consequences) in CASES.iter().filter(|(_, cause, of)| !of.contains(cause)) {
        let (code, report) = checked(value, &["--ignore", cause]);
        let outside = rules(&report["findings"]);
        assert!(consequences.iter().all(|rule| outside.contains(rule)), "{value}: {outside:?}");
        let findings = report["findings"].as_array().expect("findings");
        let fails = findings.iter().any(|finding| finding["level"] == "error");
        assert_eq!(code, i32::from(fails), "{value}");
    }
}

/// The worst of a connection comes first, and what was found of another stays where it was.
#[test]
fn the_worst_comes_first_within_a_connection() {
    let text = "AIRFLOW_CONN_A='postgres://u:p@h/d?sslmod=require&connect_timeout=ten'\n\
                AIRFLOW_CONN_B='postgres://u:p@h/d?sslmod=require'\n";
    let ran = run(&["check", "--causes", "-", "--from", "env", "--format", "json"], text);
    let report: Json = serde_json::from_str(&ran.out).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let of = |id: &str| {
        let levels = findings.iter().filter(|f| f["conn_id"] == id).map(|f| f["level"].clone());
        levels.collect::<Vec<_>>()
    };
    assert!(of("a").len() > 1 && of("a")[0] == "error", "{report}");
    assert!(of("a").is_sorted_by_key(|level| level != "error"), "{report}");
    let ids: Vec<_> = findings.iter().map(|finding| finding["conn_id"].clone()).collect();
    assert!(ids.is_sorted_by_key(|id| id == "b"), "{ids:?}");
}

/// A baseline knows a cause with what follows from it; what it does not know stands by itself.
#[test]
fn a_baseline_holds_consequences_inside() {
    let (value, cause, _) = CASES[0];
    let line = format!("AIRFLOW_CONN_A='{value}'\n");
    let folder = folder_with([("a.env", &*line)]);
    let check = |more: &[&str]| {
        let mut command = common::airconn();
        command
            .current_dir(folder.path())
            .args(["check", "--causes", "--ignore", "AC701", "a.env"]);
        let output = command.args(more).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(check(&["--write-baseline", "known.json"]).0, Some(0));
    let path = folder.path().join("known.json");
    let known = std::fs::read_to_string(&path).expect("a baseline");
    assert!(known.contains("\"consequences\"") && known.contains("AC102"), "{known}");
    assert_eq!(check(&["--baseline", "known.json"]).0, Some(0));
    let mut partly: Json = serde_json::from_str(&known).expect("JSON");
    partly["findings"][0]["consequences"] = Json::Array(Vec::new());
    std::fs::write(&path, partly.to_string()).expect("a file");
    let (code, out) = check(&["--baseline", "known.json", "--format", "concise"]);
    assert!(code == Some(1) && out.contains("AC102") && !out.contains(cause), "{out}");
}

#[test]
fn every_report_tells_what_follows() {
    let line = format!("AIRFLOW_CONN_A='{}'\n", CASES[0].0);
    for (format, says) in [
        ("human", "because of this: AC102 uri-rejected"),
        ("concise", "because of this AC102"),
        ("github", "because of this: AC102 uri-rejected"),
        ("gitlab", "because of this: AC102 uri-rejected"),
        ("junit", "because of this: AC102 uri-rejected"),
        ("sarif", "because of this: AC102 uri-rejected"),
        ("json", "\"consequences\":[{\"id\":\"AC102\""),
    ] {
        let ran = run(&["check", "--causes", "-", "--from", "env", "--format", format], &line);
        assert!(ran.out.contains(says), "{format}: {}", ran.out);
    }
}
