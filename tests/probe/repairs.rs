//! The repaired connection belongs to the verdict: what the offline check would change, shown without a secret and not made.

use serde_json::{Value, json};

use crate::common::{airconn, feed, run};

const CANARY: &str = "Canary7-Spring#rain";

fn input(connections: &[(&str, Value)]) -> String {
    connections.iter().map(|(id, c)| json!({ "conn_id": id, "json": c.to_string() }).to_string() + "\n").collect()
}

fn redshift(extra: Value) -> Value {
    json!({"conn_type": "redshift", "host": "127.0.0.1", "login": "etl", "password": CANARY, "schema": "dev", "port": 1, "extra": extra})
}

/// The report, and what people see, with and without `--dry-run`; no secret stands in any.
fn probe(text: &str, arguments: &[&str]) -> (Value, String) {
    let before = [&["probe", "--timeout", "10"], arguments].concat();
    let machine = run(&[&before[..], &["--format", "json", "-"]].concat(), text);
    let people = run(&[&before[..], &["-"]].concat(), text);
    for ran in [&machine, &people] {
        assert!(!ran.out.contains("Canary7") && !ran.err.contains("Canary7"), "{ran:?}");
    }
    let report: Value = serde_json::from_str(&machine.out).unwrap_or_else(|e| panic!("{e}: {machine:?}"));
    crate::schema::check(&report);
    (report["connections"][0]["repair"].clone(), people.out)
}

/// The name, the connections, the rule, the safety, and what the extra holds afterwards.
type Case = (&'static str, Vec<(&'static str, Value)>, &'static str, &'static str, &'static str);

#[test]
fn what_the_text_decides_comes_with_its_repair() {
    let cases: Vec<Case> = vec![
        ("an argument of libpq", vec![("w", redshift(json!({"application-name": "a"})))], "AC503", "safe", "application_name"),
        (
            "TLS is off by a word",
            vec![(
                "w",
                redshift(
                    json!({"iam": true, "cluster_identifier": "a", "db_user": "b", "region": "eu-west-1", "profile": "p", "ssl": false}),
                ),
            )],
            "AC507",
            "unsafe",
            "",
        ),
    ];
    for (name, connections, rule, safety, now) in cases {
        for arguments in [&["--dry-run", "--from", "jsonl"][..], &["--from", "jsonl"]] {
            let (repair, people) = probe(&input(&connections), arguments);
            assert_eq!(repair["safety"], safety, "{name}: {repair}");
            let rules: Vec<&str> = repair["findings"].as_array().expect("findings").iter().filter_map(|f| f["id"].as_str()).collect();
            assert!(rules.contains(&rule), "{name}: {repair}");
            assert!(repair["connection"]["extra"].as_str().is_some_and(|e| e.contains(now)), "{name}: {repair}");
            assert!(people.contains("the offline check knows a repair:") && people.contains(rule), "{name}: {people}");
            let lines = |sign: char| people.lines().filter(|l| l.trim_start().starts_with(sign) && l.contains("etl")).count();
            assert_eq!((lines('-'), lines('+')), (1, 1), "{name}: {people}");
        }
    }
}

#[test]
fn a_failure_on_the_way_comes_with_what_may_stand_behind_it() {
    // Nothing listens there, and the password was encoded twice.
    let text = "AIRFLOW_CONN_W='redshift://etl:Canary7%2523rain@127.0.0.1:1/dev'\n";
    let (repair, people) = probe(text, &["--from", "env"]);
    assert_eq!(repair["findings"][0]["id"], "AC203", "{repair}");
    assert_eq!(repair["safety"], "unsafe", "{repair}");
    assert!(people.contains("--fix=unsafe"), "{people}");
}

#[test]
fn what_passes_or_has_no_repair_gets_none_and_no_file_changes() {
    let (repair, people) = probe(&input(&[("w", redshift(json!({})))]), &["--from", "jsonl"]);
    assert!(repair.is_null() && !people.contains("repair"), "{repair} {people}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("connections.jsonl");
    let text = input(&[("w", redshift(json!({"application-name": "a"})))]);
    std::fs::write(&path, &text).expect("a file");
    let mut command = airconn();
    command.args(["probe", "--from", "jsonl"]).arg(&path);
    let ran = feed(command, b"");
    assert!(ran.out.contains("check --fix"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
}
