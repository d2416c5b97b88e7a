//! One bad connection blocks no other: what is left out is named, and the exit code says so.
#![cfg(feature = "cli")]

use crate::common::{Ran, run};

const SOME: &str = "AIRFLOW_CONN_A=postgres://u:pw@h.example.com:5432/db\n\
                    AIRFLOW_CONN_B={\"conn_type\": \"postgres\", \"extra\": [1]}\n\
                    AIRFLOW_CONN_C=redshift://u:p@h:70000000/dev\n\
                    AIRFLOW_CONN_D=http://h.example.com\n";

fn convert(arguments: &[&str], input: &str) -> Ran {
    run(&[&["convert", "-", "--from", "env", "--to", "uri"], arguments].concat(), input)
}

#[test]
fn connections_that_can_be_read_are_written() {
    let ran = convert(&[], SOME);
    assert_eq!(ran.out, "postgres://u:pw@h.example.com:5432/db\nhttp://h.example.com\n");
    assert_eq!(ran.code, 1);
    for told in [
        "<stdin>: connection `b`: extra is JSON, but not an object (AC105, ValueError)",
        "<stdin>: connection `c`: the port is not in the range 0 to 65535 (AC102, ValueError)",
        "airconn: left out for the reasons above: 2; the rest was written",
    ] {
        assert!(ran.err.lines().any(|line| line == told), "{told}\n{}", ran.err);
    }
}

#[test]
fn a_file_is_replaced_by_what_can_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out.txt");
    let name = target.to_string_lossy().into_owned();
    assert_eq!(convert(&["-o", &name], SOME).code, 1);
    let written = std::fs::read_to_string(&target).expect("a file");
    assert_eq!(written.lines().count(), 2);
    // Where nothing is left, the file stays as it is.
    let ran = convert(&["-o", &name, "--conn-id", "b"], SOME);
    assert!(ran.code == 1 && ran.err.contains("nothing was written"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&target).expect("a file"), written);
}

#[test]
fn who_is_not_asked_for_is_in_nobodys_way() {
    let ran = convert(&["--conn-id", "d"], SOME);
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, "http://h.example.com\n", ""));
    let names = ["--conn-id", "x", "--conn-id", "y", "--conn-id", "z"];
    let ran = run(
        &[&["convert", "-", "--from", "uri", "--to", "env"], &names[..]].concat(),
        "http://h\nhttp://h:99999999\nhttp://i\n",
    );
    // One that is left out takes its name along.
    assert_eq!(ran.out, "AIRFLOW_CONN_X=http://h\nAIRFLOW_CONN_Z=http://i\n", "{}", ran.err);
    assert_eq!(ran.code, 1);
}

#[test]
fn what_a_format_refuses_blocks_no_other() {
    let input = r#"[{"conn_id": "a-b", "uri": "http://h"}, {"conn_id": "c", "uri": "http://i"}]"#;
    let lines = input.trim_matches(['[', ']']).replace("}, {", "}\n{");
    let ran = run(&["convert", "-", "--from", "jsonl", "--to", "env"], &lines);
    assert_eq!((ran.code, &*ran.out), (1, "AIRFLOW_CONN_C=http://i\n"), "{}", ran.err);
    assert!(ran.err.contains("airconn: connection `a-b`: "), "{}", ran.err);
    // Two that have one name: the first is written.
    let ran = run(
        &["convert", "-", "--from", "jsonl", "--to", "env"],
        "{\"conn_id\": \"a\", \"uri\": \"http://h\"}\n{\"conn_id\": \"A\", \"uri\": \"http://i\"}\n",
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
}

#[test]
fn an_id_of_nobody_is_told_with_the_one_that_is_meant() {
    let input = "AIRFLOW_CONN_SNOWFLAKE_DWH=http://h\n";
    for command in [
        &["convert", "-", "--from", "env", "--to", "uri"][..],
        &["inspect", "-", "--from", "env"],
        &["probe", "--dry-run", "-", "--from", "env"],
    ] {
        let ran = run(&[command, &["--conn-id", "snowflake_dhw"]].concat(), input);
        let told = "airconn: there is no connection `snowflake_dhw` in the input; did you mean \
                    `snowflake_dwh`?\n";
        assert_eq!((ran.code, &*ran.err), (2, told), "{command:?}");
    }
}

/// A pod with one connection in a Secret, and one that asks for it.
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: x\n    \
                   env:\n    - name: AIRFLOW_CONN_AWS_DEFAULT\n      valueFrom: {secretKeyRef: {name: s, \
                   key: aws}}\n    - name: AIRFLOW_CONN_DWH\n      value: '{\"conn_type\": \
                   \"redshift\", \"login\": \"etl\", \"schema\": \"dev\", \"port\": 5439, \"host\": \
                   \"dwh.abc123xyz789.us-east-1.redshift.amazonaws.com\", \"extra\": {\"iam\": \"true\", \
                   \"cluster_identifier\": \"dwh\", \"db_user\": \"etl\"}}'\n";

#[test]
fn a_connection_that_stands_elsewhere_is_told() {
    let told = "<stdin>: connection `aws_default`: the value of this connection stands in a Secret \
                or ConfigMap that is named here: it was not looked at";
    let arguments = ["convert", "-", "--from", "kubernetes", "--to", "uri"];
    let ran = run(&arguments, POD);
    assert!(ran.code == 1 && ran.err.lines().any(|line| line == told), "{ran:?}");
    assert!(ran.out.starts_with("redshift://") && ran.out.lines().count() == 1, "{ran:?}");
    let ran = run(&[&arguments[..], &["--conn-id", "dwh"]].concat(), POD);
    assert!(ran.code == 0 && !ran.err.contains("aws_default"), "{ran:?}");
    let ran = run(&["inspect", "-", "--from", "kubernetes"], POD);
    assert!(ran.code == 0 && ran.err.contains(&format!("airconn: note: {told}\n")), "{ran:?}");
}

/// What is known to be there, if not what it says, is not missing.
#[test]
fn an_aws_connection_that_stands_elsewhere_is_not_missing() {
    let check = |text: &str| {
        let ran = run(&["check", "-", "--from", "kubernetes", "--format", "concise"], text);
        ["AC605", "AC501", "AC510"].map(|rule| ran.out.contains(rule))
    };
    assert_eq!(check(POD), [false; 3]);
    let other = POD.replace("AIRFLOW_CONN_AWS_DEFAULT", "AIRFLOW_CONN_OTHER");
    assert!(check(&other).contains(&true), "{:?}", check(&other));
}

#[test]
fn why_a_whole_file_is_not_read_is_shown_for_each_of_its_connections() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("connections.json");
    std::fs::write(&file, r#"{"a": {"conn_type": "http"}, "b": {"conn_typo": "http"}}"#)
        .expect("a file");
    let name = file.to_string_lossy().into_owned();
    let ran = run(&["inspect", &name, "--conn-id", "a"], "");
    assert!(ran.code == 1 && ran.out.starts_with("b\n"), "{ran:?}");
}
