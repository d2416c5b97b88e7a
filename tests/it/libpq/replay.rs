//! The table: each row is played by the probe on the same server, and the outcome and what went
//! over the wire are those of libpq.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};

use serde_json::{Value, json};

use crate::common::{Ran, airconn, feed, fixture_text};
use crate::libpq::faults::{FAULTS, wrong};
use crate::libpq::files::{Files, PASSWORD};
use crate::libpq::messages::means;
use crate::libpq::stand_in::{Heard, SetUp, start};

/// Rows that the probe does not decide, and what its report must name.
static UNPROVEN: &[(&str, &str)] = &[
    // libpq makes a second attempt without TLS, or with it.
    ("client certificate required, TLS 1.2, sslmode prefer", "`sslmode` prefer"),
    ("key is not there, sslmode prefer", "`sslmode` prefer"),
    ("sslmode prefer, no entry with TLS", "`sslmode` prefer"),
    ("sslmode prefer, roots are a stranger's", "`sslmode` prefer"),
    ("sslmode prefer, a stranger's roots at the usual place", "`sslmode` prefer"),
    ("sslmode allow, no entry without TLS", "`sslmode` allow"),
    // What the worker's machine has.
    ("no login", "without a login"),
    ("an empty login", "without a login"),
    ("several hosts", "`host`"),
    ("PGSERVICE is 'x'", "`service`"),
    ("gssencmode require", "`gssencmode`"),
    ("PGGSSENCMODE is 'require'", "`gssencmode`"),
    ("server asks by method 7", "GSSAPI"),
    ("server asks by method 9", "GSSAPI"),
    // What only OpenSSL reads.
    ("encrypted key and a wrong sslpassword", "`sslpassword`"),
    ("sslcrldir", "`sslcrldir`"),
    // Another kind of session.
    ("replication database", "`replication`"),
    ("replication true", "`replication`"),
    // What only C takes for a number, and what libpq finds wrong and answers in spite of that.
    ("SCRAM with i=+4096", "SCRAM"),
    ("SCRAM with i= 4096", "SCRAM"),
    ("SCRAM with i=4294967296", "SCRAM"),
    ("SCRAM, garbage", "SCRAM"),
];

/// What psycopg does by itself, ahead of libpq: it looks hosts up, where a port may have no space
/// around it.
const OF_PSYCOPG_ITSELF: &[(&str, &str)] = &[("psycopg", "port is ' {port} '")];

/// What is heard when something of the password goes out, by itself or in a form that can be
/// guessed at.
const SECRET: &[&str] = &["password/", "md5/", "proof/", "proof-plus/", "answer/"];

fn rows() -> Vec<Value> {
    let text = fixture_text("probe/libpq_options.jsonl");
    let rows: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    rows.into_iter()
        .filter(|row| row["set_up"].get("postgresql").is_none() && row.get("name").is_some())
        .collect()
}

/// The connection of a row.
fn connection(row: &Value, port: u16, folder: &str) -> Value {
    let mut connection = json!({"conn_type": "postgres", "host": "localhost", "port": port, "login": "etl", "password": PASSWORD, "schema": "dev"});
    for (field, value) in row["fields"].as_object().into_iter().flatten() {
        connection[field] = value.clone();
    }
    connection["extra"] = row["options"].clone();
    filled(&connection, port, folder)
}

/// With what differs from run to run.
fn filled(value: &Value, port: u16, folder: &str) -> Value {
    let text = value
        .to_string()
        .replace("{folder}", folder)
        .replace("{port}", &port.to_string())
        .replace("{password}", PASSWORD);
    serde_json::from_str(&text).expect("JSON")
}

/// What of the password was heard, whatever the order.
fn secrets(heard: &Value) -> BTreeSet<String> {
    let said =
        heard.as_array().into_iter().flatten().flat_map(|one| one.as_array().into_iter().flatten());
    let texts = said.filter_map(Value::as_str);
    texts
        .filter(|text| SECRET.iter().any(|secret| text.starts_with(secret)))
        .map(str::to_string)
        .collect()
}

fn probe(
    lines: &[String],
    driver: &str,
    environment: &BTreeMap<String, String>,
    home: &str,
) -> Vec<Value> {
    let mut command = airconn();
    command.args([
        "probe",
        "--from",
        "jsonl",
        "--format",
        "json",
        "--timeout",
        "20",
        "--allow-cleartext",
        "--jobs",
        "16",
        "-",
    ]);
    command.env("HOME", home).envs(environment);
    if driver == "psycopg2" {
        // The last provider that takes it.
        command.args(["--provider", "postgres=6.5.1"]);
    }
    let ran: Ran = feed(command, lines.join("\n").as_bytes());
    assert!(!ran.out.contains("Canary7") && !ran.err.contains("Canary7"), "a secret is shown");
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    report["connections"].as_array().expect("connections").clone()
}

/// What is wrong with the answer of the probe to a row.
fn difference(row: &Value, driver: &str, walked: &Value, heard: &Value) -> Option<String> {
    let libpq = &row[driver];
    // libpq may make a second attempt, and the probe makes one.
    let (ours, all, theirs) =
        (secrets(heard), secrets(&libpq["heard"]), secrets(&json!([libpq["heard"][0]])));
    let name = row["name"].as_str().expect("a name");
    let unproven = UNPROVEN.iter().find(|(row, _)| *row == name);
    match (walked["verdict"].as_str(), libpq["says"].as_str(), unproven) {
        (Some("unproven"), _, Some((_, option))) => {
            let named = walked.to_string().contains(option);
            (!named || !ours.is_empty())
                .then(|| format!("unproven, and it names {option}: {named}; it sent {ours:?}"))
        }
        (_, _, Some(_)) => Some("it is not unproven any more: take it off the list".to_string()),
        (Some("passed"), None, None) => {
            (ours != all).then(|| format!("passed; libpq sent {all:?}, the probe {ours:?}"))
        }
        (Some("failed"), Some(says), None) => {
            let end = (
                walked["failed"]["name"].as_str().unwrap_or_default(),
                walked["failed"]["cause"].as_str().unwrap_or_default(),
            );
            (!means(says, end.0, end.1) || ours != theirs).then(|| {
                format!(
                    "libpq says {says:?} and sent {theirs:?}; the probe {end:?}, and sent {ours:?}"
                )
            })
        }
        (verdict, says, None) => {
            Some(format!("libpq says {says:?}, the probe {verdict:?}, and sent {ours:?}"))
        }
    }
}

#[test]
fn the_probe_says_what_libpq_says_and_sends_what_it_sends() {
    let files = Files::new();
    let folder = files.folder().to_str().expect("UTF-8").to_string();
    let rows = rows();
    let passes = |row: &Value, driver: &str| row[driver]["says"].is_null();
    // psycopg is asked where it ends otherwise than psycopg2.
    let other = |row: &&Value| {
        row.get("psycopg").is_some() && passes(row, "psycopg") != passes(row, "psycopg2")
    };
    let plays: Vec<(&str, &Value)> = rows
        .iter()
        .map(|row| ("psycopg2", row))
        .chain(rows.iter().filter(other).map(|row| ("psycopg", row)))
        .filter(|(driver, row)| {
            !OF_PSYCOPG_ITSELF.contains(&(driver, row["name"].as_str().expect("a name")))
        })
        .collect();
    type Group<'a> = (&'a str, BTreeMap<String, String>, String);
    let mut groups: BTreeMap<Group<'_>, Vec<(usize, String)>> = BTreeMap::new();
    let mut servers: Vec<Heard> = Vec::new();
    for (index, (driver, row)) in plays.iter().enumerate() {
        let (port, heard) = start(SetUp(row["set_up"].clone()), &files);
        servers.push(heard);
        let line = json!({ "conn_id": format!("w{index}"), "json": connection(row, port, &folder).to_string() }).to_string();
        let environment = filled(row.get("environment").unwrap_or(&json!({})), port, &folder);
        let environment: BTreeMap<String, String> =
            serde_json::from_value(environment).expect("texts");
        let home =
            files.path(row["home"].as_str().unwrap_or("home")).to_str().expect("UTF-8").to_string();
        groups.entry((driver, environment, home)).or_default().push((index, line));
    }
    let answers = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for ((driver, environment, home), lines) in &groups {
            let answers = &answers;
            scope.spawn(move || {
                let texts: Vec<String> = lines.iter().map(|(_, line)| line.clone()).collect();
                let walked = probe(&texts, driver, environment, home);
                assert_eq!(walked.len(), lines.len());
                answers
                    .lock()
                    .expect("nobody panicked")
                    .extend(lines.iter().map(|(index, _)| *index).zip(walked));
            });
        }
    });
    let answers = answers.into_inner().expect("nobody panicked");
    let mut differences = Vec::new();
    for (index, (driver, row)) in plays.iter().enumerate() {
        let heard = json!(*servers[index].lock().expect("nobody panicked"));
        let name = row["name"].as_str().expect("a name");
        if let Some(what) = difference(row, driver, &answers[&index], &heard)
            .or_else(|| wrong(name, &answers[&index]))
        {
            differences
                .push(format!("{name} ({driver}): {what}\n    {}", answers[&index]["steps"]));
        }
    }
    let missing = FAULTS.iter().find(|(name, _, _)| !rows.iter().any(|row| row["name"] == *name));
    assert_eq!(missing, None, "the table has no such row");
    let named: Vec<_> =
        UNPROVEN.iter().filter(|(name, _)| !rows.iter().any(|row| row["name"] == *name)).collect();
    assert!(named.is_empty(), "the table has no such rows: {named:?}");
    assert!(
        differences.is_empty(),
        "{} of {} plays differ:\n{}",
        differences.len(),
        plays.len(),
        differences.join("\n")
    );
}

/// The other driver has no client certificate at all.
#[test]
fn a_client_certificate_is_demanded_of_redshift_connector_too() {
    let files = Files::new();
    let ca = files.path("ca.crt");
    for tls in ["1.2", "1.3"] {
        let (port, heard) = start(SetUp(json!({ "client": "required", "tls": tls })), &files);
        let connection = json!({"conn_type": "redshift", "host": "localhost", "port": port, "login": "etl", "password": PASSWORD, "schema": "dev"});
        let mut command = airconn();
        command
            .args(["probe", "--from", "jsonl", "--format", "json", "--timeout", "20", "--ca"])
            .arg(&ca)
            .arg("-");
        let ran = feed(
            command,
            json!({ "conn_id": "w", "json": connection.to_string() }).to_string().as_bytes(),
        );
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let failed = &report["connections"][0]["failed"];
        assert_eq!(
            (&failed["name"], &failed["cause"]),
            (&json!("tls"), &json!("client-certificate-needed")),
            "{tls}: {report}"
        );
        assert_eq!(
            *heard.lock().expect("nobody panicked"),
            [["ssl-request", "tls-broken"]],
            "{tls}"
        );
    }
}

/// Serves for `tools/recorders/record_libpq.py`: a line of JSON with a set-up starts a server, one with a
/// number asks what that one heard.
#[test]
#[ignore = "tools/recorders/record_libpq.py runs it"]
fn serve() {
    let files = Files::new();
    let mut out = std::io::stdout();
    // The test runner talks in between, of tests that take long.
    let mut say = |value: Value| {
        out.write_all(format!("\n> {value}\n").as_bytes())
            .and_then(|()| out.flush())
            .expect("somebody reads")
    };
    say(json!({ "folder": files.folder(), "password": PASSWORD }));
    let mut servers = Vec::new();
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line.expect("a line")).expect("JSON") {
            Value::Number(number) => {
                let heard: &Heard =
                    &servers[usize::try_from(number.as_u64().expect("a number")).expect("small")];
                let all = heard.lock().expect("nobody panicked").clone();
                say(json!(all));
            }
            set_up => {
                let (port, heard) = start(SetUp(set_up), &files);
                servers.push(heard);
                say(json!(port));
            }
        }
    }
}
