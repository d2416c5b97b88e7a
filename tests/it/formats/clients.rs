//! What other clients than Airflow are told, and how commands are quoted.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::format::{FORMATS, Item, ValueForm, WriteOptions};
use airconn::model::{Connection, Secret, Value};

use super::read;

/// Connections of both types, and what other clients are told about them; or a part of the reason
/// why they cannot be.
#[test]
fn other_clients_are_told_what_the_driver_gets() {
    const PLAIN: &str = r#"{"conn_id": "dwh", "conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "p@s/s 'w", "schema": "dev", "port": 5439}"#;
    const IAM: &str = r#"{"conn_id": "dwh", "conn_type": "redshift", "login": "etl", "schema": "dev", "extra": {"iam": true, "cluster_identifier": "c-1", "db_user": "etl", "region": "us-east-1", "port": 5439, "profile": "etl", "db_groups": ["a", "b"]}}"#;
    const POSTGRES: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "::1", "login": "u", "password": "", "schema": "d b", "extra": {"sslmode": "verify-full", "connect_timeout": 10}}"#;
    const JINJA: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h", "password": "a{{ b }}", "port": 5432}"#;
    const LINES: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h", "password": "a\nb", "schema": "a?b"}"#;
    const SOCKET: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "/var/run", "login": "u", "schema": "d"}"#;
    const HOST: &str =
        r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h1,h2", "schema": "d"}"#;
    const OTHER: &str = r#"{"conn_id": "a", "conn_type": "http", "host": "h"}"#;
    let cases = [
        (
            "sqlalchemy",
            PLAIN,
            "redshift+redshift_connector://etl:p%40s%2Fs%20%27w@h.example.com:5439/dev\n",
        ),
        ("jdbc", PLAIN, "jdbc:redshift://h.example.com:5439/dev?UID=etl&PWD=p%40s%2Fs%20%27w\n"),
        (
            "libpq",
            PLAIN,
            "user=etl password='p@s/s \\'w' port=5439 host=h.example.com dbname=dev\n",
        ),
        (
            "redshift-connector",
            PLAIN,
            "{\n  \"dwh\": {\"user\": \"etl\", \"password\": \"p@s/s 'w\", \"port\": 5439, \"host\": \"h.example.com\", \"database\": \"dev\"}\n}\n",
        ),
        (
            "dbt",
            PLAIN,
            "'dwh':\n  target: airflow\n  outputs:\n    airflow:\n      type: redshift\n      method: database\n      user: 'etl'\n      password: 'p@s/s ''w'\n      port: 5439\n      host: 'h.example.com'\n      dbname: 'dev'\n      schema: public  # where dbt builds; a connection of Airflow does not say\n",
        ),
        ("dbt", JINJA, "      password: '{{ \"a\\x7b\\x7b b \\x7d\\x7d\" }}'\n"),
        ("libpq", LINES, "! `password` with a NUL or a line end"),
        ("sqlalchemy", LINES, "! the database, holds a `%`"),
        ("sqlalchemy", SOCKET, "postgresql+psycopg2://u@/d?host=%2Fvar%2Frun\n"),
        ("sqlalchemy", HOST, "! its host cannot stand"),
        (
            "jdbc",
            IAM,
            "jdbc:redshift:iam://c-1:us-east-1/dev?DbGroups=a%2Cb&DbUser=etl&Profile=etl\n",
        ),
        ("sqlalchemy", IAM, "! `iam`"),
        ("libpq", IAM, "! `iam`"),
        (
            "sqlalchemy",
            POSTGRES,
            "postgresql+psycopg2://u@[::1]/d b?sslmode=verify-full&connect_timeout=10\n",
        ),
        (
            "jdbc",
            POSTGRES,
            "jdbc:postgresql://[::1]/d%20b?user=u&sslmode=verify-full&connect_timeout=10\n",
        ),
        (
            "libpq",
            POSTGRES,
            "host=::1 user=u dbname='d b' sslmode=verify-full connect_timeout=10\n",
        ),
        ("redshift-connector", POSTGRES, "! of the type redshift"),
        ("dbt", POSTGRES, "! `connect_timeout`"),
        ("sqlalchemy", OTHER, "! of the types redshift and postgres"),
    ];
    let runtime = Runtime::newest(Side::Server);
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let mut failures = Vec::new();
    for (to, line, want) in cases {
        let items: Vec<Item> = read(line, jsonl, &runtime)
            .into_iter()
            .map(|(conn_id, connection)| Item {
                conn_id,
                connection: connection.expect("sound"),
                value: None,
            })
            .collect();
        let format = FORMATS.iter().find(|f| f.name == to).expect("a format");
        let got = (format.write)(&items, &WriteOptions::new(&runtime, ValueForm::Uri));
        let fits = match (want.strip_prefix("! "), &got) {
            (Some(part), Err(error)) => error.message.contains(part),
            // A part of a profile begins inside of it.
            (None, Ok(text)) => text == want || want.starts_with(' ') && text.contains(want),
            _ => false,
        };
        if !fits {
            failures.push(format!("{to} {line}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Commands are read by a shell: what it hands on is what was meant.
#[test]
fn commands_are_quoted_for_a_shell() {
    let text = "x://u:it%27s$HOME`id`\"\\@h";
    let connection = Connection {
        conn_type: Value::text("x"),
        password: Secret::new(Value::text(text)),
        ..Connection::default()
    };
    let items = [Item { conn_id: Some("a".to_string()), connection, value: None }];
    let runtime = Runtime::newest(Side::Server);
    for format in FORMATS.iter().filter(|f| f.name.ends_with("-commands")) {
        let script = (format.write)(&items, &WriteOptions::new(&runtime, ValueForm::Json))
            .expect("a script");
        let defined = "for c in airflow aws vault gcloud az; do eval \"$c() { printf '%s\\\\n' \\\"\\$@\\\"; cat; }\"; done\n";
        let ran = std::process::Command::new("sh")
            .args(["-c", &format!("{defined}{script}")])
            .stdin(std::process::Stdio::null())
            .output()
            .expect("sh");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let json = serde_json::to_string(text).expect("JSON");
        let twice = serde_json::to_string(&json).expect("JSON");
        let inner = twice.trim_matches('"');
        assert!(
            said.contains(&json) || said.contains(inner),
            "{}\n{script}{said}{}",
            format.name,
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}
