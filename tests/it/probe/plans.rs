//! `airconn probe --dry-run`: the steps of each log-in mode, in order, and whose credentials they
//! take.

use serde_json::{Value, json};

use crate::common::run;

/// The plan of the first connection; the others are around it.
fn plan(connections: &[(&str, Value)]) -> Value {
    told(connections, &[])
}

/// The same, with arguments.
fn told(connections: &[(&str, Value)], more: &[&str]) -> Value {
    let lines: Vec<String> = connections
        .iter()
        .map(|(id, c)| json!({ "conn_id": id, "json": c.to_string() }).to_string())
        .collect();
    let arguments = [
        "probe",
        "--dry-run",
        "--format",
        "json",
        "--from",
        "jsonl",
        "--conn-id",
        connections[0].0,
        "-",
    ];
    let ran = run(&[&arguments[..], more].concat(), lines.join("\n"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    crate::probe::schema::check(&report);
    report["connections"][0].clone()
}

/// Names of steps, with a mark for what logs in and for what is not needed.
fn steps(plan: &Value) -> Vec<String> {
    let step = |s: &Value| {
        let what = s["what"].as_str().expect("words");
        let operation = what
            .split_once(':')
            .and_then(|(_, rest)| rest.split_once('('))
            .map(|(operation, _)| format!(" {operation}"));
        let mark = match s["necessity"].as_str() {
            Some("informative") => "?",
            Some("if-refused") => "|",
            _ => "",
        };
        let logs_in = if s["logs_in"] == json!(true) { " !" } else { "" };
        format!(
            "{}{}{mark}{logs_in}",
            s["name"].as_str().expect("a name"),
            operation.unwrap_or_default()
        )
    };
    plan["steps"].as_array().expect("steps").iter().map(step).collect()
}

const WIRE: [&str; 7] = ["dns", "tcp", "ssl-request", "tls", "authentication", "database", "query"];

/// The mode, the connections, the AWS steps, the wire steps.
type Case = (&'static str, Vec<(&'static str, Value)>, Vec<&'static str>, Vec<&'static str>);

#[test]
fn each_mode_has_its_steps() {
    let host = "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com";
    let aws = (
        "aws_default",
        json!({"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "k", "extra": {"region_name": "us-east-1"}}),
    );
    let role = (
        "aws_default",
        json!({"conn_type": "aws", "extra": {"region_name": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/etl"}}),
    );
    let redshift = |extra: Value| {
        (
            "w",
            json!({"conn_type": "redshift", "host": host, "login": "etl", "password": "p", "schema": "dev", "extra": extra}),
        )
    };
    let find = ["aws-credentials", "aws-identity GetCallerIdentity?"];
    let look = "cluster DescribeClusters?";
    let ask = "temporary-credentials GetClusterCredentials";
    let cases: Vec<Case> = vec![
        ("db-credentials", vec![redshift(json!({}))], vec![], WIRE.to_vec()),
        (
            "db-credentials",
            vec![redshift(json!({"ssl": false}))],
            vec![],
            [&WIRE[..2], &WIRE[4..]].concat(),
        ),
        (
            "iam-hook-only",
            vec![redshift(json!({"iam": "true"})), aws.clone()],
            [&find[..], &[look, "temporary-credentials GetClusterCredentials !"]].concat(),
            WIRE.to_vec(),
        ),
        // Both ask, and it is the second whose user logs in.
        (
            "iam-credentials",
            vec![
                redshift(json!({"iam": true, "cluster_identifier": "analytics", "db_user": "etl"})),
                aws.clone(),
            ],
            [
                &find[..],
                &[look, ask],
                &find,
                &[look, "temporary-credentials GetClusterCredentials !"],
            ]
            .concat(),
            WIRE.to_vec(),
        ),
        (
            "iam-role",
            vec![redshift(json!({"iam": "true"})), role.clone()],
            [
                &find[..],
                &["aws-role AssumeRole", look, "temporary-credentials GetClusterCredentials !"],
            ]
            .concat(),
            WIRE.to_vec(),
        ),
        ("keys", vec![aws], vec!["aws-credentials", "aws-identity GetCallerIdentity"], vec![]),
        (
            "assume-role",
            vec![role],
            vec!["aws-credentials", "aws-identity GetCallerIdentity", "aws-role AssumeRole"],
            vec![],
        ),
        (
            "password",
            vec![("p", json!({"conn_type": "postgres", "host": "db.example.com", "login": "etl"}))],
            vec![],
            WIRE.to_vec(),
        ),
        (
            "identity-center",
            vec![redshift(
                json!({"credentials_provider": "IdpTokenAuthPlugin", "token": "t", "token_type": "ACCESS_TOKEN"}),
            )],
            vec![],
            WIRE.to_vec(),
        ),
    ];
    for (mode, connections, aws_steps, wire) in cases {
        let plan = plan(&connections);
        assert_eq!(plan["mode"], mode);
        let want: Vec<&str> = ["offline"].into_iter().chain(aws_steps).chain(wire).collect();
        assert_eq!(steps(&plan), want, "{mode}");
    }
}

#[test]
fn both_calls_of_iam_true_name_their_identity() {
    let connection = json!({
        "conn_type": "redshift", "host": "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com", "login": "etl", "schema": "dev",
        "extra": {"iam": true, "cluster_identifier": "analytics", "db_user": "etl", "profile": "reports"}
    });
    let aws = json!({"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "k", "extra": {"region_name": "us-east-1"}});
    let plan = plan(&[("w", connection), ("aws_default", aws)]);
    let asked: Vec<(&str, bool)> = plan["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter(|s| s["name"] == "temporary-credentials")
        .map(|s| (s["identity"].as_str().unwrap_or_default(), s["logs_in"] == json!(true)))
        .collect();
    assert_eq!(
        asked,
        [("the hook with keys that are given", false), ("the driver with a profile", true)]
    );
    assert_eq!(
        plan["notes"],
        json!(["hook and driver both ask for credentials; the driver's are the ones that log in"])
    );
}

#[test]
fn what_the_text_decides_ends_the_plan() {
    let broken = json!({"conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "p", "extra": {"region_name": "us-east-1"}});
    let plan = plan(&[("w", broken)]);
    assert_eq!(steps(&plan), ["offline"]);
    assert_eq!(
        (&plan["fails"]["rule"], &plan["fails"]["exception"]),
        (&json!("AC503"), &json!("TypeError"))
    );
    let socket = self::plan(&[("p", json!({"conn_type": "postgres", "login": "etl"}))]);
    assert_eq!(steps(&socket), ["offline"]);
    assert!(
        socket["fails"]["rule"].is_null()
            && socket["fails"]["message"].as_str().is_some_and(|m| m.contains("socket")),
        "{socket}"
    );
}

#[test]
fn without_an_aws_connection_nothing_of_it_counts() {
    let connection = json!({"conn_type": "redshift", "host": "sales.abc123xyz789.us-east-1.redshift.amazonaws.com", "login": "etl",
        "schema": "dev", "extra": {"iam": "true"}});
    let aws = json!({"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "k", "extra": {"region_name": "us-east-1"}});
    let other = json!({"conn_type": "aws", "extra": {"profile_name": "etl"}});
    for (argument, who) in [
        ("--aws-conn-id=aws_default", "the hook with keys that are given"),
        ("--aws-conn-id=other", "the hook with a profile"),
        (
            "--aws-conn-id=",
            "the hook with whatever boto3 finds (environment, profile, role of the machine)",
        ),
    ] {
        let connections =
            [("w", connection.clone()), ("aws_default", aws.clone()), ("other", other.clone())];
        let plan = self::told(&connections, &[argument]);
        let asked = plan["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .find(|s| s["name"] == "temporary-credentials")
            .expect("a call");
        assert_eq!(asked["identity"], who, "{argument}");
    }
}

#[test]
fn no_repair_is_shown_that_check_would_not_make() {
    let broken = json!({"conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "p", "extra": {"regoin": "x"}});
    for (argument, shown) in [("--aws-conn-id=aws_default", true), ("--aws-conn-id=", false)] {
        let plan = self::told(
            &[("w", broken.clone()), ("aws_default", json!({"conn_type": "aws"}))],
            &[argument],
        );
        assert_eq!(plan["repair"].is_object(), shown, "{argument}: {plan}");
    }
}

#[test]
fn an_id_that_is_not_there_is_trouble() {
    for (input, arguments, what) in [
        ("http://h", &["probe", "--dry-run", "--from", "uri", "-"][..], "nothing to probe"),
        (
            "redshift://u:p@h/d",
            &["probe", "--dry-run", "--from", "uri", "--conn-id", "w", "-"],
            "there is no connection `w` in the input",
        ),
        (
            "redshift://u:p@h/d",
            &["probe", "--dry-run", "--from", "uri", "--aws-conn-id", "other", "-"],
            "with the id of --aws-conn-id",
        ),
        (
            "redshift://u:p@h/d",
            &["probe", "--dry-run", "--from", "uri", "--airflow", "2.11,3.3", "-"],
            "name one version",
        ),
    ] {
        let ran = run(arguments, input);
        assert!(ran.code == 2 && ran.err.contains(what) && ran.out.is_empty(), "{ran:?}");
    }
}

#[test]
fn every_step_is_explained() {
    for step in airconn::probe::PROBE_STEPS {
        let [by_id, by_name] = [step.id, step.name].map(|name| run(&["explain", name], ""));
        assert_eq!(
            (by_id.code, by_id.out.lines().next()),
            (0, Some(format!("# {} {}", step.id, step.name).as_str())),
            "{by_id:?}"
        );
        assert_eq!(by_id.out, by_name.out, "{} is the name of something else, too", step.name);
        assert!(by_id.out.contains(step.tells));
    }
}

#[test]
fn each_service_has_an_aws_connection_of_its_own() {
    let service = |name: &str, aws: &str| {
        let r =
            "redshift://etl@analytics.abc123xyz789.us-east-1.redshift.amazonaws.com/dev?iam=true";
        format!(
            "  {name}:\n    environment:\n      AIRFLOW_CONN_R: {r}\n      AIRFLOW_CONN_AWS_DEFAULT: {aws}\n"
        )
    };
    let (first, second) =
        ("aws:///?region_name=us-east-1&profile_name=first", "aws:///?region_name=eu-west-1");
    let text = format!("services:\n{}{}", service("a", first), service("b", second));
    let ran = run(
        &["probe", "--dry-run", "--format", "json", "--from", "compose", "--conn-id", "r", "-"],
        &text,
    );
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let asked = report["connections"].as_array().expect("connections").iter().map(|connection| {
        let step = connection["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .find(|s| s["name"] == "temporary-credentials")
            .expect("a call");
        (
            step["identity"].clone(),
            step["what"]
                .as_str()
                .expect("words")
                .rsplit_once(" in ")
                .expect("a region")
                .1
                .to_string(),
        )
    });
    let [who, anybody] = [
        "the hook with a profile",
        "the hook with whatever boto3 finds (environment, profile, role of the machine)",
    ];
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [(json!(who), "us-east-1".to_string()), (json!(anybody), "eu-west-1".to_string())]
    );
}
