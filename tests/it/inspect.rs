//! The key `hook` of `inspect --format jsonl --hook` against what the drivers were called with in
//! recorded runs, through the binary.
#![cfg(feature = "cli")]

use serde_json::{Value as Json, json};

use crate::common;
use crate::redshift::recorded_env;

use airconn::airflow::python::json_dumps::dumps;
use common::run;
use recorded_env::{at, connections, file, has, lines, text};

const OPTIONS: [&str; 8] = [
    "--airflow",
    "3.3.2",
    "--side",
    "worker",
    "--provider",
    "amazon=9.39.0,postgres=7.1.1",
    "--driver",
    "redshift-connector=2.2.0",
];

/// The first line of `inspect` for a set of connections.
fn inspected(set: &str, format: &str, reveal: bool) -> Json {
    let mut arguments = vec!["inspect", "-", "--from", format, "--format", "jsonl", "--hook"];
    arguments.extend(OPTIONS);
    arguments.extend(reveal.then_some("--reveal"));
    let ran = run(&arguments, set);
    ran.lines().swap_remove(0)
}

#[test]
fn the_arguments_are_those_that_the_driver_got() {
    let (mut compared, mut failures) = (0, Vec::new());
    for case in lines("runs") {
        let id = text(&case, "id");
        let key = if has(&case, "psycopg_kwargs") { "psycopg_kwargs" } else { "connect_kwargs" };
        // PostgresHook on a connection of type redshift; and where the driver was not reached.
        let Some(recorded) = at(&case, key).as_dict().filter(|_| id != "P6") else { continue };
        let (set, format) =
            file(&connections(&case), "value").expect("every set can be written so");
        let line = inspected(&set, format, true);
        let recorded: Vec<(&str, Json)> = recorded
            .named()
            .map(|(name, m)| {
                (name, serde_json::from_str(&dumps(&m.node.value).expect("JSON")).expect("JSON"))
            })
            .filter(|(name, _)| !name.ends_with("_factory"))
            .collect();
        let starts = |value: &Json, with: &str| value.as_str().is_some_and(|v| v.starts_with(with));
        let temporary = |value: &Json| {
            starts(value, "<temp") || value.as_str().is_some_and(|v| v.contains("Action=connect"))
        };
        let by_iam =
            recorded.iter().any(|(name, value)| *name == "password" && starts(value, "<temp"));
        let marked = |(name, value): &(&str, Json)| match *name {
            "password" if temporary(value) => json!({"name": name, "temporary": "password"}),
            "user" if by_iam && starts(value, "IAM:") => json!({"name": name, "temporary": "user"}),
            _ => json!({"name": name, "value": value}),
        };
        let wanted: Vec<Json> = recorded.iter().map(marked).collect();
        let given = line["hook"]["arguments"].as_array().cloned().unwrap_or_default();
        let given: Vec<Json> = given
            .into_iter()
            .filter(|a| !a["name"].as_str().is_some_and(|n| n.ends_with("_factory")))
            .collect();
        compared += 1;
        if wanted != given {
            failures.push(format!("{id}: recorded {wanted:?}\n   shown {given:?}"));
        }
    }
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
    assert!(compared > 150, "only {compared}");
}

/// The corpora that tools/oracles/redshift_oracle.py labelled, through the binary: a part of the large ones,
/// as `tests/it/redshift/mod.rs` has all of them without it.
#[test]
fn the_arguments_of_other_corpora_are_those_that_the_driver_got() {
    const LABEL: &str = "amazon 9.39.0";
    let (mut compared, mut failures) = (0, Vec::new());
    for (corpus, step) in [("options", 1), ("people", 4), ("generated", 4)] {
        let reached = lines(corpus).into_iter().filter_map(|case| {
            let all = at(&case, "connect_kwargs");
            let recorded = if corpus == "generated" { all } else { at(all, LABEL) }.clone();
            recorded.as_dict().is_some().then_some((recorded, case))
        });
        for (recorded, case) in reached.step_by(step) {
            let Some((set, format)) = file(&connections(&case), "value") else { continue };
            let hook = &inspected(&set, format, true)["hook"];
            // What only the socket refuses is found out behind the call that was recorded.
            if hook["outcome"]["stage"] == "network" {
                continue;
            }
            let named = recorded.as_dict().expect("an object").named();
            let recorded: Vec<(&str, Json)> = named
                .map(|(name, m)| {
                    (
                        name,
                        serde_json::from_str(&dumps(&m.node.value).expect("JSON")).expect("JSON"),
                    )
                })
                .filter(|(name, _)| !name.ends_with("_factory"))
                .collect();
            let given = hook["arguments"].as_array().cloned().unwrap_or_default();
            let given: Vec<Json> = given
                .into_iter()
                .filter(|a| !a["name"].as_str().is_some_and(|n| n.ends_with("_factory")))
                .collect();
            let word = |value: &Json| value.as_str().unwrap_or_default().to_string();
            let fits = |(given, (name, value)): (&Json, &(&str, Json))| {
                given["name"] == *name
                    && match given["temporary"].as_str() {
                        Some("user") => word(value).starts_with("IAM:"),
                        Some(_) => {
                            word(value) == "<temporary password>"
                                || word(value).contains("Action=connect")
                        }
                        None => given["value"] == *value,
                    }
            };
            compared += 1;
            if given.len() != recorded.len() || !given.iter().zip(&recorded).all(fits) {
                failures.push(format!(
                    "{corpus} {}: recorded {recorded:?}\n   shown {given:?}",
                    text(&case, "id")
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
    assert!(compared > 150, "only {compared}");
}

#[test]
fn a_line_says_who_calls_who_logs_in_and_what_becomes_of_it() {
    let set = concat!(
        r#"{"conn_id":"warehouse","conn_type":"redshift","host":"my-cluster.abc123.us-east-1.redshift.amazonaws.com","login":"etl","schema":"dev","extra":{"iam":"true"}}"#,
        "\n",
        r#"{"conn_id":"aws_default","conn_type":"aws","extra":{"region_name":"us-east-1","role_arn":"arn:aws:iam::123456789012:role/etl"}}"#,
        "\n",
    );
    let hook = &inspected(set, "jsonl", false)["hook"];
    assert_eq!(hook["mode"], "iam-role");
    for (package, version) in
        [("amazon", "9.39.0"), ("postgres", "7.1.1"), ("redshift-connector", "2.2.0")]
    {
        assert_eq!(hook["providers"][package], version, "{package}");
    }
    let role = json!({"conn_id": "aws_default", "pointer": "/extra/role_arn"});
    assert_eq!(hook["aws_calls"][0]["operation"], "AssumeRole");
    assert_eq!(hook["aws_calls"][0]["arguments"]["RoleArn"], "***");
    assert_eq!(
        hook["aws_calls"][0]["identity"],
        json!({"caller": "hook", "source": "ambient", "role": null})
    );
    assert_eq!(hook["aws_calls"][1]["operation"], "GetClusterCredentials");
    assert_eq!(hook["aws_calls"][1]["region"], "us-east-1");
    assert_eq!(hook["aws_calls"][1]["identity"]["role"], role);
    assert_eq!(hook["arguments"][0], json!({"name": "user", "temporary": "user"}));
    assert_eq!(hook["arguments"][1], json!({"name": "password", "temporary": "password"}));
    assert_eq!(
        hook["log_in"],
        json!({"as": "temporary-user", "identity": {"caller": "hook", "source": "ambient", "role": role}})
    );
    assert_eq!(
        hook["outcome"],
        json!({"result": "depends", "depends_on": [{"what": "credentials", "of": "hook"}]})
    );
}

#[test]
fn a_failure_has_its_exception_its_rule_and_its_places() {
    let set = r#"{"conn_id":"warehouse","conn_type":"redshift","host":"h.example.com","login":"etl","password":"canary-4711","schema":"dev","extra":{"region_name":"x","canary0815":"y"}}"#;
    let line = inspected(set, "jsonl", false);
    assert_eq!(line["hook"]["outcome"]["exception"], "TypeError");
    assert_eq!(line["hook"]["outcome"]["rule"], "AC503");
    assert_eq!(
        line["hook"]["outcome"]["pointers"],
        json!([{"pointer": "/extra/region_name"}, {"pointer": "/extra/***"}])
    );
    assert!(!line.to_string().contains("canary"), "{line}");
    assert!(inspected(set, "jsonl", true).to_string().contains("canary-4711"));
}

/// The machine interface has no key that nobody asked for.
#[test]
fn without_the_option_lines_are_as_they_were() {
    let ran = run(
        &["inspect", "-", "--from", "jsonl", "--format", "jsonl"],
        r#"{"conn_id":"a","conn_type":"redshift"}"#,
    );
    assert!(ran.lines()[0].get("hook").is_none());
}

#[test]
fn other_types_have_no_such_key() {
    let line = inspected(
        r#"{"conn_id":"a","conn_type":"their_own","host":"h.example.com"}"#,
        "jsonl",
        true,
    );
    assert!(line.get("hook").is_none() && line.get("json").is_some(), "{line}");
}

#[test]
fn each_service_has_connections_of_its_own() {
    let service = |name: &str, region: &str| {
        let r =
            "redshift://etl@analytics.abc123xyz789.us-east-1.redshift.amazonaws.com/dev?iam=true";
        format!(
            "  {name}:\n    environment:\n      AIRFLOW_CONN_R: {r}\n      AIRFLOW_CONN_AWS_DEFAULT: aws:///?region_name={region}\n"
        )
    };
    let text = format!("services:\n{}{}", service("a", "us-east-1"), service("b", "eu-west-1"));
    let ran = run(
        &[
            "inspect",
            "-",
            "--from",
            "compose",
            "--format",
            "jsonl",
            "--hook",
            "--side",
            "worker",
            "--conn-id",
            "r",
        ],
        &text,
    );
    let regions: Vec<Json> =
        ran.lines().iter().map(|line| line["hook"]["aws_calls"][0]["region"].clone()).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
}

/// Runtimes stand side by side where that fits, else one below the other; what is revealed is not
/// broken.
#[test]
fn a_table_is_as_wide_as_its_place() {
    let of = |host: &str, more: &[&str]| {
        let uri = format!("redshift://etl:pw@{host}:5439/dev?iam=false\n");
        let arguments = ["inspect", "-", "--from", "uri", "--airflow", "2.11,3.3"];
        run(&[&arguments[..], more].concat(), uri).out
    };
    let short = of("h", &[]);
    assert!(short.contains("\n  Airflow       2.11.2, 3.3.2/worker  3.3.2/server\n"), "{short}");
    let host = "a-name-that-is-long.abc123xyz789.us-east-1.redshift.amazonaws.com";
    let long = of(host, &[]);
    assert!(long.contains("\n  Airflow       2.11.2, 3.3.2/worker\n"), "{long}");
    let second =
        "\n\n  Airflow       3.3.2/server, as above but for\n  extra !       {\"iam\": false}\n";
    assert!(long.contains(second), "{long}");
    let wide = |text: &str| text.lines().filter(|line| line.chars().count() > 100).count();
    assert_eq!(wide(&long), 0, "{long}");
    assert!(wide(&of(host, &["--reveal"])) > 0);
}
