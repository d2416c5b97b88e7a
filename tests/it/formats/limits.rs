//! What formats cannot hold is what their page says.

use std::collections::BTreeSet;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::format::{FORMATS, Item, WriteOptions};
use airconn::source::Text;

use super::{FORMS, Tally, compare, connections, runtimes};

/// Connections that some format cannot hold, one to a line of JSON Lines, or several that stand in
/// one another's way.
const HARD: &[&str] = &[
    r#"{"conn_type": "x"}"#,
    r#"{"conn_id": "two words", "conn_type": "x"}"#,
    r#"{"conn_id": "é", "conn_type": "x"}"#,
    "{\"conn_id\": \"a\", \"conn_type\": \"x\"}\n{\"conn_id\": \"A\", \"conn_type\": \"x\"}",
    "{\"conn_id\": \"a_b\", \"conn_type\": \"x\"}\n{\"conn_id\": \"a-b\", \"conn_type\": \"x\"}",
    r#"{"conn_id": "UP", "conn_type": "my-type", "description": "d", "host": "Host"}"#,
    r#"{"conn_id": "UP", "conn_type": "postgres", "description": "d", "host": "h", "extra": "{\"connect_timeout\": 10}"}"#,
    r#"{"conn_id": "UP", "conn_type": "redshift", "host": "h", "login": "u", "password": "p", "schema": "d"}"#,
    r#"{"conn_id": "a", "host": "h"}"#,
    r#"{"conn_id": "a", "conn_type": "x\u0000"}"#,
    r#"{"conn_id": "a\u0000", "conn_type": "x"}"#,
    r#"{"conn_id": "a", "conn_type": "x\ny"}"#,
    r#"{"conn_id": "a", "conn_type": "x\u0001y"}"#,
    r#"{"conn_id": "a", "conn_type": "x", "extra": "no object"}"#,
    r#"{"conn_id": "a", "conn_type": "x", "login": "{{x}}"}"#,
    r#"{"conn_id": "a", "conn_type": "http", "login": 5}"#,
    r#"{"conn_id": "a", "conn_type": "redshift", "host": "h", "login": "u", "password": "a\nb", "schema": "d"}"#,
    r#"{"conn_id": "a", "conn_type": "redshift", "host": "h", "login": "u", "password": "p", "schema": "d?", "extra": {"timeout": 5}}"#,
    r#"{"conn_id": "a", "conn_type": "redshift", "host": "h", "login": "u", "password": "p", "schema": "d", "extra": {"tcp_keepalive": true}}"#,
    r#"{"conn_id": "a", "conn_type": "redshift", "extra": {"iam": true, "bogus": 1}}"#,
    r#"{"conn_id": "a", "conn_type": "postgres", "host": "h1,h2", "extra": {"keepalives": 1}}"#,
    r#"{"conn_id": "a", "conn_type": "postgres", "host": "c.abc.us-east-1.redshift.amazonaws.com", "login": "u", "schema": "d", "extra": {"iam": true, "redshift": true}}"#,
];

/// The page of formats lists what cannot be held: no refusal and no loss that it lacks, and nothing
/// on it that never happens.
#[test]
fn limits_are_what_is_refused_and_lost() {
    let mut tally = Tally { texts: true, ..Tally::default() };
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let yaml = FORMATS.iter().find(|f| f.name == "export-yaml").expect("a format");
    let old = [Version(1, 10, 15), Version(2, 2, 5), Version(2, 5, 3)]
        .map(|version| Runtime::new(version, Side::Server));
    let long =
        format!(r#"{{"conn_id": "a", "conn_type": "x", "password": "{}"}}"#, "p".repeat(9_000));
    let huge =
        format!(r#"{{"conn_id": "a", "conn_type": "x", "password": "{}"}}"#, "p".repeat(70_000));
    let nested = format!(
        r#"{{"conn_id": "a", "conn_type": "x", "extra": "{{\"a\": {}1{}}}"}}"#,
        "[".repeat(900),
        "]".repeat(900)
    );
    for runtime in runtimes().iter().chain(&old) {
        let newest = runtime.version > Version(3, 0, 0);
        if newest {
            connections(runtime).iter().for_each(|item| compare(item, runtime, &mut tally));
        }
        let dated = (yaml, "a: {conn_type: x, login: 2024-12-01}\n");
        for (from, text) in HARD.iter().map(|text| (jsonl, *text)).chain([
            (jsonl, long.as_str()),
            (jsonl, huge.as_str()),
            (jsonl, nested.as_str()),
            dated,
        ]) {
            let source = Text::untraced(text);
            let entries = (from.read)(&source, runtime).entries.into_iter();
            let parsed = entries.filter_map(|e| Some((e.conn_id.clone(), e.parse(runtime).ok()?)));
            let items: Vec<Item> = parsed
                .map(|(conn_id, connection)| Item { conn_id, connection, value: None })
                .collect();
            for format in FORMATS.iter().filter(|f| f.is_written()) {
                for value in FORMS {
                    if let Err(error) = (format.write)(&items, &WriteOptions::new(runtime, value)) {
                        tally.refused(format, &error);
                    }
                }
            }
            if let ([item], true) = (&items[..], newest && text.contains("\"UP\"")) {
                compare(item, runtime, &mut tally);
            }
        }
    }
    let listed: BTreeSet<_> =
        FORMATS
            .iter()
            .filter(|f| f.is_written())
            .flat_map(|f| {
                f.limits.refuses.iter().map(|reason| (f.name, *reason)).chain(
                    f.limits.loses.iter().filter(|_| f.is_read()).map(|field| (f.name, *field)),
                )
            })
            .collect();
    let idle: Vec<_> = listed.difference(&tally.limits).collect();
    assert!(
        tally.failures.is_empty() && idle.is_empty(),
        "{}\nnever seen: {idle:#?}",
        tally.failures[..tally.failures.len().min(12)].join("\n")
    );
}
