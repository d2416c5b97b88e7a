//! What a text costs: each connection is parsed once for each runtime, and its JSON decoded once.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::airflow::work::{self, Work};
use airconn::check::check;
use airconn::format::by_name;
use airconn::source::Source;

const HTTP: &str = concat!(
    r#"AIRFLOW_CONN_API='{"conn_type": "http", "host": "h", "login": "a", "password": "b", "#,
    r#""extra": {"x": 1}}'"#,
    "\n"
);
const REDSHIFT: &str = concat!(
    r#"AIRFLOW_CONN_DWH='{"conn_type": "redshift", "#,
    r#""host": "examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com", "login": "etl", "#,
    r#""password": "made-up", "schema": "dev", "extra": {"iam": "false", "ssl": "true", "#,
    r#""role_arn": "arn:aws:iam::123456789012:role/x", "sslmode": "require"}}'"#,
    "\n"
);
const AWS: &str = concat!(
    r#"AIRFLOW_CONN_AWS_DEFAULT='{"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "#,
    r#""password": "made-up", "extra": {"region_name": "us-east-1"}}'"#,
    "\n"
);
const POSTGRES: &str =
    "AIRFLOW_CONN_DB='postgres://app:made-up@db.example.com/app?connect_timeout=5'\n";

fn work(text: &str) -> Work {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let format = by_name("env").expect("a format");
    let source = Source::new("x.env", text);
    // What is compiled when it is first asked for reads its own JSON.
    check(&source, 0, format, &runtimes);
    work::of(|| check(&source, 0, format, &runtimes)).1
}

#[test]
fn a_connection_is_read_once() {
    let ten: String = (0..10).map(|i| REDSHIFT.replace("DWH", &format!("DWH{i}"))).collect();
    for (name, text, parses, readings) in [
        ("one http", HTTP.to_string(), 2, 4),
        ("one postgres URI", POSTGRES.to_string(), 2, 7),
        ("one redshift", REDSHIFT.to_string(), 2, 11),
        ("redshift, then its aws", format!("{REDSHIFT}{AWS}"), 4, 15),
        ("aws, then a redshift", format!("{AWS}{REDSHIFT}"), 4, 15),
        ("ten redshift and one aws", format!("{ten}{AWS}"), 22, 114),
        ("one aws and ten redshift", format!("{AWS}{ten}"), 22, 114),
    ] {
        let work = work(&text);
        assert_eq!(work.parses, parses, "{name}: {work:?}");
        assert!(work.readings <= readings, "{name}: {work:?}");
    }
}

/// Connections of several services that each have an AWS connection of their own.
#[test]
fn a_scope_costs_no_more_than_another() {
    let format = by_name("compose").expect("a format");
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let indented = |text: &str| {
        text.lines().fold(String::new(), |all, line| {
            let (name, value) = line.split_once('=').expect("a variable");
            format!("{all}      {name}: {value}\n")
        })
    };
    let service = |i: usize| {
        let environment = indented(&format!("{AWS}{REDSHIFT}"));
        format!("  s{i}:\n    image: x\n    environment:\n{environment}")
    };
    let parses = |n: usize| {
        let text = format!("services:\n{}", (0..n).map(service).collect::<String>());
        let source = Source::new("compose.yaml", text);
        work::of(|| check(&source, 0, format, &runtimes)).1.parses
    };
    assert_eq!([parses(1), parses(5), parses(20)], [4, 20, 80]);
}
