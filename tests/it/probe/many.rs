//! Many connections at once: order, jobs, the deadline, Ctrl-C.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Ran, airconn, run};
use crate::probe::stand_in::{Ask, Do, Fault, Stage};
use crate::probe::walks::{Lab, redshift};

fn lines(connections: &[Value]) -> String {
    let lines = connections
        .iter()
        .enumerate()
        .map(|(i, c)| json!({ "conn_id": format!("c{i}"), "json": c.to_string() }).to_string());
    lines.collect::<Vec<_>>().join("\n")
}

fn report(ran: &Ran) -> Value {
    let report = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
    crate::probe::schema::check(&report);
    report
}

fn verdicts(report: &Value) -> Vec<&str> {
    report["connections"]
        .as_array()
        .expect("connections")
        .iter()
        .map(|c| c["verdict"].as_str().expect("a verdict"))
        .collect()
}

/// A server that accepts and says nothing.
fn silent(lab: &Lab) -> Value {
    redshift(
        lab.cluster(Ask::Md5, Some(Fault::At(Stage::Connected, Do::Silence))).start(),
        json!({}),
    )
}

#[test]
fn connections_wait_side_by_side_and_are_told_in_order() {
    let lab = Lab::new();
    let good = redshift(lab.cluster(Ask::Md5, None).start(), json!({}));
    let http = json!({"conn_type": "http", "host": "h"});
    let all = [silent(&lab), good.clone(), silent(&lab), silent(&lab), http, good, silent(&lab)];
    let ca = lab.ca.to_str().expect("UTF-8");
    let start = Instant::now();
    let ran = run(
        &[
            "probe",
            "--from",
            "jsonl",
            "--format",
            "json",
            "--ca",
            ca,
            "--timeout",
            "3",
            "--jobs",
            "8",
            "-",
        ],
        lines(&all),
    );
    assert!(
        start.elapsed() < Duration::from_secs(9),
        "four of three seconds each: {:?}",
        start.elapsed()
    );
    let report = report(&ran);
    let ids: Vec<&str> = report["connections"]
        .as_array()
        .expect("connections")
        .iter()
        .map(|c| c["conn_id"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(ids, ["c0", "c1", "c2", "c3", "c5", "c6"]);
    assert_eq!(verdicts(&report), ["failed", "passed", "failed", "failed", "passed", "failed"]);
    assert_eq!(
        (ran.code, &report["summary"]["others"], &report["summary"]["stopped"]),
        (1, &json!(1), &Value::Null)
    );
}

#[test]
fn the_deadline_ends_the_run_with_a_report() {
    let lab = Lab::new();
    let all = [silent(&lab), silent(&lab), silent(&lab)];
    let start = Instant::now();
    let ran = run(
        &["probe", "--from", "jsonl", "--format", "json", "--deadline", "1", "--jobs", "1", "-"],
        lines(&all),
    );
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    let report = report(&ran);
    assert_eq!(verdicts(&report), ["failed", "unproven", "unproven"]);
    assert_eq!(report["connections"][0]["failed"]["cause"], "timed-out");
    assert_eq!(report["connections"][1]["steps"][0]["cause"], "deadline");
    assert_eq!((ran.code, &report["summary"]["stopped"]), (1, &json!("deadline")));
}

#[test]
fn ctrl_c_leaves_a_report_of_what_was_done() {
    let machine = interrupted("json");
    let report = report(&machine);
    assert_eq!(verdicts(&report), ["passed", "unproven"]);
    assert_eq!((machine.code, &report["summary"]["stopped"]), (2, &json!("interrupted")));
    let people = interrupted("human");
    let lines: Vec<&str> = people
        .out
        .lines()
        .filter(|l| l.starts_with("  passed in ") || l.starts_with("  unproven: interrupted"))
        .collect();
    assert_eq!((people.code, lines.len()), (2, 2), "{people:?}");
    assert!(people.out.ends_with("\n1 passed, 0 failed, 1 unproven, interrupted\n"), "{people:?}");
}

/// A run that is interrupted as soon as its second connection is tried.
fn interrupted(format: &str) -> Ran {
    let lab = Lab::new();
    let good = redshift(lab.cluster(Ask::Md5, None).start(), json!({}));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    // Whoever comes to it has done with the first connection.
    let (come, waited) = mpsc::channel();
    std::thread::spawn(move || come.send(listener.accept()));
    let mut file = tempfile::NamedTempFile::with_suffix(".jsonl").expect("a file");
    file.write_all(lines(&[good, redshift(port, json!({}))]).as_bytes()).expect("room");
    let mut command = airconn();
    command
        .args(["probe", "--format", format, "--jobs", "1", "--ca"])
        .arg(&lab.ca)
        .arg(file.path());
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let visitor = waited
        .recv_timeout(Duration::from_secs(60))
        .expect("the second connection is tried")
        .expect("a visitor");
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .is_ok_and(|s| s.success())
    );
    let output = child.wait_with_output().expect("it ends");
    drop(visitor);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
