//! Dialects against their real readers, as `tools/recorders/record_dialects.py` recorded them; and
//! what other clients are given, there and back.

use crate::common::fixture_text;

use std::collections::BTreeMap;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::airflow::{Fault, Raw};
use airconn::format::{Document, Format, Grade, Item, ValueForm, WriteOptions, by_name};
use airconn::model::{Connection, Value};
use airconn::source::Text;
use serde_json::Value as Json;

/// Rows of a recording.
fn rows(name: &str) -> Vec<Json> {
    let text = fixture_text(&format!("dialects/{name}"));
    text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

fn newest() -> Runtime {
    Runtime::newest(Side::Server)
}

fn format(name: &str) -> &'static Format {
    by_name(name).unwrap_or_else(|| panic!("no format {name}"))
}

/// The values of the two variables that the recordings are about.
fn values(document: &Document<'_>) -> BTreeMap<String, String> {
    let value = |raw: &Raw<'_>| match raw {
        Raw::Value(text) => text.as_str().to_string(),
        _ => panic!("no value"),
    };
    let named = |id: &str| matches!(id, "a" | "b").then(|| id.to_string());
    let entries = document.entries.iter();
    entries.filter_map(|e| Some((named(e.conn_id.as_deref()?)?, value(&e.raw)))).collect()
}

/// The same of what a real reader set: pairs of names and values, the last of a name counts.
fn recorded(set: &Json) -> BTreeMap<String, String> {
    let pairs = set.as_array().expect("pairs").iter().filter_map(|pair| {
        let id = pair[0].as_str()?.strip_prefix("AIRFLOW_CONN_")?.to_lowercase();
        Some((id, pair[1].as_str()?.to_string()))
    });
    pairs.filter(|(id, _)| matches!(id.as_str(), "a" | "b")).collect()
}

#[test]
fn systemd_reads_values_so() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows("systemd.jsonl") {
        let text = row["text"].as_str().expect("a text");
        // Since 254 a comment ends with its line; 252 was asked.
        if row["status"] != 0 || text.starts_with(['#', ';']) && text.contains("\\\n") {
            continue;
        }
        let document = (format("systemd-env").read)(&Text::untraced(text), &newest());
        let mut want = recorded(&row["set"]);
        // systemd drops these when it starts the service.
        let control = |c: char| c.is_ascii_control() && c != '\t' && c != '\n';
        want.retain(|_, value| !value.contains(control));
        compared += 1;
        if values(&document) != want {
            wrong.push(format!("{text:?}\n  {:?}\n  {want:?}", values(&document)));
        }
    }
    assert!(compared >= 300, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn docker_reads_values_so() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows("docker.jsonl") {
        let text = match row["text"].as_str() {
            Some(text) => text.to_string(),
            None => {
                let of = |name: &str| row["text"][name].as_str().expect("text");
                let length = row["text"]["length"].as_u64().expect("a length") as usize;
                let (first, char) = (of("first"), of("char"));
                format!("{first}{}\n", char.repeat(length - first.len() - 1))
            }
        };
        let document = (format("docker-env").read)(&Text::untraced(&text), &newest());
        let refused = row.get("refused").is_some();
        let same = match row.get("set") {
            Some(set) if set.is_array() => values(&document) == recorded(set),
            _ => true,
        };
        compared += 1;
        if refused == document.problems.is_empty() || !same {
            wrong.push(format!("{:?} {row}", text.get(..60).unwrap_or(&text)));
        }
    }
    assert!(compared >= 300, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is refused only where a variable is not set: whether it is, is not known.
const INNER: &[&str] = &["${a:-${}}", "${a:-${b}", "${a:?${}}"];

#[test]
fn compose_fills_values_in_so() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows("compose.jsonl") {
        let text = row["text"].as_str().expect("a text");
        if INNER.contains(&text) {
            continue;
        }
        let yaml = format!(
            "services: {{a: {{environment: {{AIRFLOW_CONN_A: {}}}}}}}\n",
            serde_json::to_string(text).expect("JSON")
        );
        let document = (format("compose").read)(&Text::untraced(&yaml), &newest());
        let broken = document.remarks.iter().any(|remark| {
            remark.fault == Fault::Dollar
                && remark.grade == Grade::Error
                && remark.message.contains("that is no variable")
        });
        let want = row["refused"] == "invalid";
        let filled = document.entries.first().is_some_and(|entry| entry.refused.is_some());
        let same =
            filled || values(&document).get("a").map(String::as_str) == row["value"].as_str();
        compared += 1;
        if broken != want || !want && !same {
            wrong.push(format!("{row} {:?}", document.remarks));
        }
    }
    assert!(compared >= 150, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What libpq gets of a connection, by the names of its options.
fn options(connection: &Connection) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let fields = [
        ("host", &connection.host),
        ("user", &connection.login),
        ("password", connection.password.expose()),
        ("dbname", &connection.schema),
    ];
    for (name, value) in fields {
        all.extend(value.as_str().map(|value| (name.to_string(), value.to_string())));
    }
    if let Value::Int(port) = &connection.port {
        all.insert("port".to_string(), port.to_string());
    }
    if let Some(extra) = connection.extra.expose().as_str() {
        let extra: BTreeMap<String, String> = serde_json::from_str(extra).expect("texts");
        all.extend(extra);
    }
    // Several hosts without ports are as good as none.
    all.retain(|_, value| !value.trim_matches(',').is_empty());
    all
}

#[test]
fn libpq_takes_strings_apart_so() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows("clients.jsonl").into_iter().filter(|row| row["reader"] == "libpq") {
        let text = row["text"].as_str().expect("a text");
        // A string is a line here, and blanks around it are none of it.
        if text.trim() != text || text.is_empty() || text.contains('\n') {
            continue;
        }
        // libpq 18, which was asked, refuses blanks in a URI; older ones take them.
        if text.contains("://") && text.contains(' ') {
            continue;
        }
        let document = (format("libpq").read)(&Text::untraced(text), &newest());
        let got = document.entries.first().map(|entry| {
            options(&entry.parse(&newest()).unwrap_or_else(|e| panic!("{text}: {e:?}")))
        });
        let want = row.get("set").map(|set| {
            let mut set: BTreeMap<String, String> =
                serde_json::from_value(set.clone()).expect("options");
            set.retain(|_, value| !value.trim_matches(',').is_empty());
            set
        });
        compared += 1;
        if got != want {
            wrong.push(format!("{text:?}\n  {got:?}\n  {want:?}"));
        }
    }
    assert!(compared >= 70, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

const CLIENTS: &[&str] = &["sqlalchemy", "jdbc", "libpq", "redshift-connector", "dbt"];

/// What a client is given of a connection is the same of what was read from it.
#[test]
fn what_clients_are_given_comes_back() {
    const OWN: &str = r#"{"conn_id": "a", "conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "p@s/s 'w", "schema": "dev", "port": 5439}
{"conn_id": "b", "conn_type": "redshift", "login": "etl", "schema": "dev", "extra": {"iam": true, "cluster_identifier": "c-1", "db_user": "etl", "region": "us-east-1", "port": 5439, "profile": "etl", "db_groups": ["a", "b"]}}
{"conn_id": "c", "conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "x", "schema": "dev", "extra": {"ssl": false}}
{"conn_id": "d", "conn_type": "postgres", "host": "::1", "login": "u", "password": "", "schema": "d b", "extra": {"sslmode": "verify-full", "connect_timeout": 10}}
{"conn_id": "e", "conn_type": "postgres", "host": "h", "password": "a{{ b }}\\", "port": 5432, "extra": {"sslrootcert": "/a/b.pem"}}
{"conn_id": "f", "conn_type": "postgres", "host": "/var/run", "login": "u", "schema": "d", "extra": {"options": "-c search_path=a,b"}}
{"conn_id": "g", "conn_type": "postgres", "host": "h1,h2", "schema": "d%?x", "extra": {"application_name": "a & b"}}
"#;
    let lines = format!("{OWN}{}", fixture_text("valid/connections.jsonl"));
    let runtime = newest();
    let document = (format("jsonl").read)(&Text::untraced(&lines), &runtime);
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in &document.entries {
        let Ok(connection) = entry.parse(&runtime) else { continue };
        let item = Item { conn_id: entry.conn_id.clone(), connection, value: None };
        for name in CLIENTS {
            let options = WriteOptions::new(&runtime, ValueForm::Uri);
            let Ok(first) = (format(name).write)(std::slice::from_ref(&item), &options) else {
                continue;
            };
            // An argument of psycopg, which PgJDBC does not know.
            if *name == "jdbc" && first.contains("row_factory") {
                continue;
            }
            let read = (format(name).read)(&Text::untraced(&first), &runtime);
            let back: Vec<Item> = read
                .entries
                .iter()
                .filter_map(|e| {
                    let connection = e.parse(&runtime).ok()?;
                    Some(Item { conn_id: e.conn_id.clone(), connection, value: None })
                })
                .collect();
            // A string of libpq does not say that the server is Redshift, whose own name is another.
            let second = (format(name).write)(&back, &options);
            let sorted = |text: &str| {
                let mut words: Vec<String> = text.split(' ').map(|w| w.trim().into()).collect();
                words.sort();
                words
            };
            let same = match (&second, *name) {
                (Ok(second), "libpq") => sorted(second) == sorted(&first),
                (Ok(second), _) => *second == first,
                _ => false,
            };
            *counted.entry(name).or_default() += 1;
            if !same {
                wrong.push(format!("{name}\n  {first:?}\n  {second:?}"));
            }
        }
    }
    assert!(counted.len() == CLIENTS.len() && counted.values().all(|n| *n >= 2), "{counted:?}");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// No text of another client is taken for connections by a name or by what stands in it.
#[test]
fn nothing_is_taken_for_what_clients_are_given() {
    for name in CLIENTS {
        let of = format(name);
        assert!(of.names.is_empty(), "{name}");
        let sample = fixture_text("forms/read.txt");
        let sections = sample.split("\n### ");
        for section in sections.filter(|s| s.contains(&format!("format: {name}\n"))) {
            let text = section.split_once("\n----\n").expect("a text").1;
            for file in ["profiles.yml", "arguments.json", "pg_service.conf", "urls.txt", "-"] {
                let guessed = airconn::format::guess(file, text, file == "-");
                assert!(guessed.is_none_or(|guess| guess.format.name != *name), "{name} {file}");
            }
        }
    }
}
