//! Commands of scripts: `airflow connections add` held against what real Airflows did with 68
//! command lines (fixtures/airflow/connections_add.jsonl; tools/recorders/record_connections_add.py),
//! and what airconn writes as commands, which it reads back.

use crate::common;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::check;
use airconn::format::{FORMATS, Item, ValueForm, WriteOptions, by_name};
use airconn::model::{Connection, Value};
use airconn::source::{Source, Text};
use common::fixture_text;
use serde_json::Value as Json;

/// A word as Python's `shlex.quote` writes it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}

fn runtime(version: &str) -> Runtime {
    let parts: Vec<u16> = version.split('.').map(|part| part.parse().expect("a number")).collect();
    Runtime::new(Version(parts[0], parts[1], parts[2]), Side::Server)
}

/// Types that differ because a provider was not installed where the command was recorded.
const NOT_INSTALLED: &[&str] = &["http", "postgres", "aws", "redshift", "email"];

#[test]
fn connections_are_added_as_real_airflow_does() {
    let (mut stored, mut refused) = (0, 0);
    for line in fixture_text("airflow/connections_add.jsonl").lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let words: Vec<_> = case["arguments"].as_array().expect("a list").iter().collect();
        let words = words.iter().map(|word| quoted(word.as_str().expect("text")));
        let script = format!("airflow connections add {}\n", words.collect::<Vec<_>>().join(" "));
        for (version, answer) in case["answers"].as_object().expect("answers") {
            let runtime = runtime(version);
            let format = by_name("airflow-commands").expect("a format");
            let source = Source::new("run.sh", &script);
            let found = check(&source, 0, format, std::slice::from_ref(&runtime)).findings;
            let errors: Vec<_> = found
                .iter()
                .filter(|f| f.level == airconn::check::Level::Error)
                .map(|f| f.rule)
                .collect();
            let text = Text::untraced(&script);
            let document = (format.read)(&text, &runtime);
            let made = document.entries.first().map(|entry| entry.parse(&runtime));
            if let Some(cause) = answer["!"].as_str() {
                refused += 1;
                assert!(!errors.is_empty(), "{version} {cause}: {script}{found:?}");
                continue;
            }
            stored += 1;
            let made = made.expect("a connection").unwrap_or_else(|raised| {
                panic!("{version} stores {answer}: {script}{}", raised.message)
            });
            assert!(
                !errors.iter().any(|rule| ["AC101", "AC102", "AC103", "AC105"].contains(rule)),
                "{version} stores it: {script}{errors:?}"
            );
            assert_stored(&made, answer, &format!("{version}: {script}"));
        }
    }
    assert!(stored >= 120 && refused >= 80, "{stored} stored, {refused} refused");
}

fn assert_stored(made: &Connection, answer: &Json, what: &str) {
    for name in ["conn_type", "description", "host", "login", "password", "schema", "extra"] {
        let got = made.field(name).expect("a field");
        let got = if got.is_null() { "" } else { got.as_str().unwrap_or("?") };
        let want = answer[name].as_str().unwrap_or("");
        let installed = name == "conn_type" && want == "generic" && NOT_INSTALLED.contains(&got);
        assert!(got == want || installed, "{name} is {got:?}, not {want:?}: {what}");
    }
    let port = match &made.port {
        Value::Null => None,
        Value::Int(port) => Some(*port),
        other => panic!("a port of {other:?}: {what}"),
    };
    assert_eq!(port, answer["port"].as_i64(), "{what}");
}

#[test]
fn what_is_written_as_commands_is_read_back() {
    let mut read = 0;
    for runtime in [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)] {
        let jsonl = by_name("jsonl").expect("a format");
        let lines = fixture_text("valid/connections.jsonl");
        let text = Text::untraced(&lines);
        let items: Vec<_> = (jsonl.read)(&text, &runtime)
            .entries
            .into_iter()
            .map(|entry| Item {
                conn_id: entry.conn_id.clone(),
                connection: entry.parse(&runtime).expect("sound"),
                value: None,
            })
            .collect();
        for format in FORMATS.iter().filter(|format| format.name.ends_with("-commands")) {
            for value in [ValueForm::Uri, ValueForm::Json] {
                let options = WriteOptions::new(&runtime, value);
                for item in &items {
                    let one = std::slice::from_ref(item);
                    let Ok(written) = (format.write)(one, &options) else { continue };
                    // What the store's own format gives back is what was put into it.
                    let reader = by_name("airflow-commands").expect("a format");
                    let text = Text::untraced(&written);
                    let document = (reader.read)(&text, &runtime);
                    let [entry] = &document.entries[..] else {
                        panic!("{} entries: {written}", document.entries.len())
                    };
                    assert!(document.problems.is_empty(), "{written}");
                    let id = item.conn_id.as_deref().expect("an id");
                    let id = if format.name.starts_with("azure") {
                        id.replace('_', "-")
                    } else {
                        id.to_string()
                    };
                    assert_eq!(entry.conn_id.as_deref(), Some(&id[..]), "{written}");
                    let judge = format.judge().filter(|judge| judge.name != format.name);
                    let want = judge.and_then(|judge| {
                        let stored = (judge.write)(one, &options).ok()?;
                        let stored = Text::untraced(&stored);
                        (judge.read)(&stored, &runtime).entries.first()?.parse(&runtime).ok()
                    });
                    let got = entry
                        .parse(&runtime)
                        .unwrap_or_else(|r| panic!("{}: {written}", r.message));
                    let want = want.as_ref().unwrap_or(&item.connection);
                    for name in ["conn_type", "host", "login", "password", "schema", "port"] {
                        let (got, want) = (got.field(name), want.field(name));
                        let empty = |value: Option<&Value<'_>>| {
                            value.is_none_or(|v| v.is_null() || v.as_str() == Some(""))
                        };
                        assert!(got == want || empty(got) && empty(want), "{name}: {written}");
                    }
                    read += 1;
                }
            }
        }
    }
    assert!(read >= 200, "{read}");
}
