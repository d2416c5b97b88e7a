//! A mistake of airconn's own costs one connection or one file: the others are reported, nothing of
//! the input is shown, and the run ends with 2. Texts of `src/guard.rs` bring it about, which only
//! builds with debug assertions listen to.
#![cfg(debug_assertions)]

use crate::common;

use common::{Ran, airconn, feed, folder_with};

const SECRET: &str = "Zq7canary9XwLk2";

/// A file of variables: one with a finding, one at which airconn fails at this point, one with a
/// finding.
fn file(point: &str) -> String {
    format!(
        "AIRFLOW_CONN_A='postgres://u:p%@h/d'\n\
         AIRFLOW_CONN_B='postgres://u:{SECRET}@airconn-panic-at-{point}/d?token={SECRET}'\n\
         AIRFLOW_CONN_C='redshift://u:p%@h/d?iam=false'\n"
    )
}

fn run(folder: &tempfile::TempDir, arguments: &[&str]) -> Ran {
    let mut command = airconn();
    command.args(arguments).arg("--isolated").current_dir(folder.path());
    // Whoever asks for traces gets none: they would not hold anything else, but nobody has looked.
    command.env("RUST_BACKTRACE", "full");
    let ran = feed(command, b"");
    assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{arguments:?}: {ran:?}");
    let told: Vec<&str> =
        ran.err.lines().filter(|line| line.contains("internal error at")).collect();
    assert_eq!(told.len(), 1, "{arguments:?}: {ran:?}");
    assert!(told[0].starts_with("airconn: internal error at src/guard.rs:"), "{told:?}");
    assert!(!ran.err.contains("stack backtrace"), "{ran:?}");
    assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    ran
}

fn found(ran: &Ran) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_string();
    let findings = ran.findings().into_iter();
    findings.map(|f| (text(&f["id"]), text(&f["file"]), text(&f["conn_id"]))).collect()
}

fn has(found: &[(String, String, String)], rule: &str, id: &str) -> bool {
    found.iter().any(|(r, _, i)| r == rule && i == id)
}

#[test]
fn a_connection_at_which_check_fails_is_a_finding() {
    let folder = folder_with([("a.env", file("rules").as_str())]);
    for arguments in [
        &["check", "a.env", "--format", "json"][..],
        &["check", "--format", "json"],
        &["check", "a.env", "--format", "json", "--exit-zero"],
        &["check", "a.env", "--format", "json", "--ignore", "AC003"],
        &["check", "a.env", "--format", "json", "--select", "AC003,AC2"],
    ] {
        let ran = run(&folder, arguments);
        let found = found(&ran);
        assert!(
            has(&found, "AC003", "b") && has(&found, "AC202", "a") && has(&found, "AC202", "c"),
            "{found:?}"
        );
        assert_eq!(found.iter().filter(|(rule, ..)| rule == "AC003").count(), 1, "{found:?}");
    }
    // No comment and no baseline takes it away.
    let text = format!("# airconn: ignore-file[AC003, AC202]\n{}", file("rules"));
    let folder = folder_with([("a.env", text.as_str())]);
    run(&folder, &["check", "a.env", "--write-baseline", "known.json"]);
    let ran = run(&folder, &["check", "a.env", "--baseline", "known.json", "--format", "json"]);
    assert!(has(&found(&ran), "AC003", "b"), "{ran:?}");
    for form in ["human", "concise", "sarif", "junit", "github", "gitlab"] {
        let ran = run(&folder, &["check", "a.env", "--format", form]);
        assert!(ran.out.contains("AC003"), "{form}: {ran:?}");
    }
}

#[test]
fn a_file_at_which_check_fails_leaves_the_others() {
    for point in ["reading", "files"] {
        let (name, text) = match point {
            "files" => (format!("airconn-panic-at-{point}.env"), file("nothing")),
            _ => ("b.env".to_string(), file(point)),
        };
        let folder = folder_with([("a.env", "AIRFLOW_CONN_A='x://u:p%@h'\n"), (&*name, &*text)]);
        for arguments in [
            &["check", "a.env", &name, "--from", "env", "--format", "json"][..],
            &["check", "--format", "json"],
        ] {
            let found = found(&run(&folder, arguments));
            assert!(
                found.iter().any(|(rule, file, _)| rule == "AC003" && *file == name),
                "{found:?}"
            );
            assert!(
                found.iter().any(|(rule, file, _)| rule == "AC202" && file == "a.env"),
                "{found:?}"
            );
        }
    }
}

#[test]
fn a_file_whose_repair_fails_is_left_and_the_others_are_repaired() {
    let text = file("fixing");
    let folder = folder_with([("a.env", "AIRFLOW_CONN_A='x://u:p%@h'\n"), ("b.env", &*text)]);
    let ran = run(&folder, &["check", "--fix", "a.env", "b.env", "--format", "json"]);
    let found = found(&ran);
    assert!(found.iter().any(|(rule, file, _)| rule == "AC003" && file == "b.env"), "{found:?}");
    // Its own findings are there, too.
    assert!(has(&found, "AC202", "c"), "{found:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!((read("a.env").as_str(), read("b.env")), ("AIRFLOW_CONN_A='x://u:p%25@h'\n", text));
}

#[test]
fn inspect_and_convert_name_the_connection_and_go_on() {
    let folder = folder_with([("a.env", file("parsing").as_str())]);
    let ran = run(&folder, &["inspect", "a.env", "--from", "env", "--format", "jsonl"]);
    assert_eq!(ran.lines().len(), 3, "{ran:?}");
    assert!(ran.out.contains("AC003"), "{ran:?}");
    let ran = run(&folder, &["inspect", "a.env", "--from", "env"]);
    assert!(ran.out.contains("AC003") || ran.out.contains("mistake of its own"), "{ran:?}");
    let text = file("parsing").replace("p%@h/d?iam", "p@h:port/d?iam");
    let folder = folder_with([("a.env", text.as_str())]);
    let ran = run(&folder, &["convert", "a.env", "--from", "env", "--to", "jsonl"]);
    // The one behind it is looked at, too.
    assert!(
        ran.err.contains("a.env: connection `b`: airconn made a mistake")
            && ran.err.contains("connection `c`"),
        "{ran:?}"
    );
    let folder = folder_with([("a.env", file("reading").as_str()), ("b.env", text.as_str())]);
    for command in [&["inspect"][..], &["convert", "--to", "jsonl"]] {
        let ran = run(&folder, &[command, &["a.env", "b.env", "--from", "env"]].concat());
        assert!(ran.out.contains("mistake") || ran.err.contains("mistake"), "{ran:?}");
        assert!(ran.out.contains("port") || ran.err.contains("connection `c`"), "{ran:?}");
    }
}

#[test]
fn a_probe_that_fails_proves_nothing_and_loses_no_report() {
    for point in ["planning", "walking", "parsing"] {
        // What it reads of the others ends at once: nothing listens there.
        let text = file(point).replace("@h/", "@127.0.0.1:9/");
        let folder = folder_with([("a.env", text.as_str())]);
        let ran = run(&folder, &["probe", "a.env", "--from", "env", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a report");
        let all = report["connections"].as_array().expect("connections");
        let verdicts: Vec<_> =
            all.iter().map(|c| (c["conn_id"].as_str(), c["verdict"].as_str())).collect();
        let want = [("a", "failed"), ("b", "unproven"), ("c", "failed")]
            .map(|(id, end)| (Some(id), Some(end)));
        if point == "parsing" {
            assert!(verdicts.contains(&want[0]) && verdicts.contains(&want[2]), "{verdicts:?}");
        } else {
            assert_eq!(verdicts, want, "{point}");
        }
        assert!(ran.out.contains("mistake of its own"), "{point}: {ran:?}");
    }
}
