//! How fast the engine is: `cargo bench`, or `cargo bench -- check` for a part.
//!
//! A number says nothing without another of the same run: compare with a build of the commit before.

use airconn::{Airflow, Checker, Connections, Format, Safety, parse_uri};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Connections as variables of an environment; `bad` ones have findings and repairs.
fn environment(count: usize, bad: bool) -> String {
    let (host, query) = ("dwh.example.com:5439/dev", if bad { "?iam=false&ssl=true" } else { "" });
    let line = |i: usize| match i % 3 {
        0 => format!("AIRFLOW_CONN_DWH_{i}='redshift://etl:made-up@{host}{query}'\n"),
        1 => format!("AIRFLOW_CONN_APP_{i}='postgres://app:made-up@db.example.com:5432/app'\n"),
        _ => format!("AIRFLOW_CONN_API_{i}='{{\"conn_type\": \"http\", \"host\": \"a{i}\"}}'\n"),
    };
    (0..count).map(line).collect()
}

fn env() -> Format {
    "env".parse().expect("a format")
}

#[divan::bench]
fn parse_one_uri(bencher: Bencher<'_, '_>) {
    let airflow = Airflow::newest();
    bencher
        .bench(|| parse_uri(black_box("postgres://u:p%40ss@h.example.com:5432/d?a=1"), &airflow));
}

#[divan::bench(args = [false, true])]
fn check(bencher: Bencher<'_, '_>, bad: bool) {
    let (text, checker) = (environment(1_000, bad), Checker::new().format(env()));
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher
        .bench(|| checker.check_str("x.env", black_box(&text)).map(|report| report.connections()));
}

#[divan::bench]
fn repair(bencher: Bencher<'_, '_>) {
    let (text, checker) = (environment(100, true), Checker::new().format(env()));
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher
        .bench(|| checker.fix_str("x.env", black_box(&text), Safety::Unsafe).map(|r| r.repairs()));
}

#[divan::bench(args = ["jsonl", "export-json", "export-yaml", "kubernetes"])]
fn convert(bencher: Bencher<'_, '_>, to: &str) {
    let (text, airflow) = (environment(1_000, false), Airflow::newest());
    let to: Format = to.parse().expect("a format");
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher.bench(|| Connections::read(black_box(&text), env(), &airflow)?.write(to));
}
