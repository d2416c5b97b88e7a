//! The repaired connection belongs to the verdict: what the offline check would change, shown
//! without a secret and not made.

use serde_json::{Value, json};

use crate::common::{airconn, feed, run};

const CANARY: &str = "Canary7-Spring#rain";

fn input(connections: &[(&str, Value)]) -> String {
    connections
        .iter()
        .map(|(id, c)| json!({ "conn_id": id, "json": c.to_string() }).to_string() + "\n")
        .collect()
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
    let report: Value =
        serde_json::from_str(&machine.out).unwrap_or_else(|e| panic!("{e}: {machine:?}"));
    crate::probe::schema::check(&report);
    (report["connections"][0]["repair"].clone(), people.out)
}

/// The name, the connections, the rule, the safety, and what the extra holds afterwards.
type Case = (&'static str, Vec<(&'static str, Value)>, &'static str, &'static str, &'static str);

#[test]
fn what_the_text_decides_comes_with_its_repair() {
    let cases: Vec<Case> = vec![
        (
            "an argument of libpq",
            vec![("w", redshift(json!({"application-name": "a"})))],
            "AC503",
            "safe",
            "application_name",
        ),
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
            let rules: Vec<&str> = repair["findings"]
                .as_array()
                .expect("findings")
                .iter()
                .filter_map(|f| f["id"].as_str())
                .collect();
            assert!(rules.contains(&rule), "{name}: {repair}");
            assert!(
                repair["connection"]["extra"].as_str().is_some_and(|e| e.contains(now)),
                "{name}: {repair}"
            );
            assert!(
                people.contains("the offline check knows a repair:") && people.contains(rule),
                "{name}: {people}"
            );
            let lines = |sign: char| {
                people
                    .lines()
                    .filter(|l| l.trim_start().starts_with(sign) && l.contains("etl"))
                    .count()
            };
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

/// All repairs of an input are made at once; each connection shows its own, also where others are
/// added between them and where all stand on one line.
#[test]
fn many_connections_each_have_their_own_repair() {
    let role = json!({"role_arn": "arn:aws:iam::123456789012:role/load", "iam": true, "cluster_identifier": "a", "db_user": "b"});
    let connections: Vec<(String, Value)> = (0..300)
        .map(|i| {
            (
                format!("c{i}"),
                redshift(if i % 3 == 0 {
                    role.clone()
                } else {
                    json!({"application-name": format!("a{i}")})
                }),
            )
        })
        .collect();
    let lines = connections.iter().map(|(id, c)| (id.as_str(), c.clone())).collect::<Vec<_>>();
    let whole: serde_json::Map<String, Value> = connections.iter().cloned().collect();
    let secrets: Vec<String> = connections
        .iter()
        .map(|(id, c)| format!("---\nkind: Secret\nmetadata: {{name: {id}}}\nstringData:\n  AIRFLOW_CONN_{}: '{c}'\n", id.to_uppercase()))
        .collect();
    for (format, text) in [
        ("jsonl", input(&lines)),
        ("export-json", Value::from(whole).to_string()),
        ("kubernetes", secrets.concat()),
    ] {
        let ran = run(&["probe", "--dry-run", "--format", "json", "--from", format, "-"], &text);
        assert!(!ran.out.contains("Canary7"), "{format}");
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
        crate::probe::schema::check(&report);
        assert_eq!(report["summary"]["repairs_left_out"], 0, "{format}");
        let all = report["connections"].as_array().expect("connections");
        assert_eq!(all.len(), connections.len(), "{format}");
        let mut repaired = 0;
        for (number, connection) in all.iter().enumerate().filter(|(_, c)| !c["repair"].is_null()) {
            let (id, repair) = (format!("c{number}"), &connection["repair"]);
            assert_eq!(
                (&connection["conn_id"], &repair["connection"]["conn_id"]),
                (&json!(id), &json!(id)),
                "{format}"
            );
            let diff: Vec<&str> = repair["diff"]
                .as_array()
                .expect("lines")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let own = diff.iter().filter(|line| {
                line.to_lowercase().contains(&format!("{id}\""))
                    || line.to_lowercase().contains(&format!("{id}:"))
            });
            assert!(own.count() >= 2 && diff.len() <= 4, "{format} {id}: {diff:?}");
            assert!(diff.iter().all(|line| line.len() < 5_000), "{format} {id}");
            repaired += 1;
        }
        assert!(repaired >= 200, "{format}: {repaired}");
    }
}

#[test]
fn repairs_that_are_left_out_are_told() {
    let large = format!(
        "{}#{}\n",
        "AIRFLOW_CONN_W='redshift://etl:p@127.0.0.1:1/dev?application-name=a'\n",
        "a".repeat(17 << 20)
    );
    let people = run(&["probe", "--dry-run", "--from", "env", "-"], &large);
    let told = "repairs of a connection are not shown, whose input has more than 16 MiB; `airconn check --fix` knows them";
    assert!(people.out.contains(told) && !people.out.contains("knows a repair"), "{people:?}");
    let machine = run(&["probe", "--dry-run", "--from", "env", "--format", "json", "-"], &large);
    let report: Value = serde_json::from_str(&machine.out).expect("a report");
    assert_eq!(
        (&report["summary"]["repairs_left_out"], &report["connections"][0]["repair"]),
        (&json!(1), &Value::Null)
    );
}
