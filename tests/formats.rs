//! Every format gives back what was written into it; every sample is told by its name and content, and is sound.

mod common;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::{Level, Providers, check};
use airconn::format::{FORMATS, Format, Holds, Item, ValueForm, WriteError, WriteOptions, guess};
use airconn::model::{Connection, FIELDS, Secret, Value};
use airconn::redshift::Provider;
use airconn::source::{Source, Text};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

const FORMS: [ValueForm; 2] = [ValueForm::Uri, ValueForm::Json];

/// A sample, its format, and how many connections it holds.
static SAMPLES: &[(&str, &str, usize)] = &[
    ("connections.env", "airflow-env", 70),
    ("connections.json", "export-json", 70),
    ("connections.yaml", "export-yaml", 70),
    ("connections.json-values.env", "airflow-env", 70),
    ("connections.uris", "uri", 70),
    ("connections.jsonl", "jsonl", 70),
    ("environment.env", "env", 69),
    ("single.json", "json", 1),
    ("env.list", "docker-env", 3),
    ("etc/default/airflow", "systemd-env", 3),
    ("docker-compose.yaml", "compose", 4),
    ("kubernetes.yaml", "kubernetes", 7),
    ("kubernetes-list.json", "kubernetes", 2),
    ("values.yaml", "helm", 4),
    ("values-community.yaml", "helm", 3),
    (".github/workflows/dags.yml", "github-actions", 1),
    ("main.tf", "terraform", 3),
    ("connections-list.json", "connections-get", 4),
    ("connections-list.yaml", "connections-get", 4),
    ("airflow_settings.yaml", "astro-settings", 3),
    ("astro-environment.json", "astro-environment", 1),
    ("rest-list.json", "rest", 2),
    ("rest-bulk.json", "rest", 1),
    ("aws-secrets.json", "aws-secrets", 2),
    ("aws-managed-secret.json", "aws-secrets", 1),
    ("ssm.json", "ssm", 2),
    ("vault.json", "vault", 1),
    ("vault-secret.json", "vault", 1),
    ("gcp-secret.json", "gcp-secrets", 1),
    ("azure-secret.json", "azure-secrets", 1),
];

fn runtimes() -> [Runtime; 2] {
    [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)]
}

fn read(text: &str, format: &Format, runtime: &Runtime) -> Vec<(Option<String>, Result<Connection, String>)> {
    let source = Text::untraced(text);
    let document = (format.read)(&source, runtime);
    assert!(document.problems.is_empty(), "{}: {}", format.name, document.problems[0].message);
    let parsed = document.entries.iter().map(|e| (e.conn_id.clone(), e.parse(runtime).map_err(|raised| raised.message)));
    parsed.collect()
}

/// The connections of the fixture, as this runtime has them.
fn connections(runtime: &Runtime) -> Vec<Item> {
    let text = common::fixture_text("valid/connections.jsonl");
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let all = read(&text, jsonl, runtime).into_iter();
    all.map(|(conn_id, connection)| Item { conn_id, connection: connection.expect("sound"), value: None }).collect()
}

fn differing(a: &Connection, b: &Connection) -> Vec<&'static str> {
    let dict = |v: &Value<'_>| v.as_str().and_then(|t| airconn::airflow::python::json_loads::loads(t).ok().map(|n| n.value.into_owned()));
    let empty = |v: &Value<'_>| v.is_null() || v.as_str() == Some("");
    let differs = |name: &&&str| {
        let (x, y) = (a.field(name).expect("a field"), b.field(name).expect("a field"));
        x != y && !(empty(x) && empty(y)) && !(**name == "extra" && dict(x).is_some() && dict(x) == dict(y))
    };
    FIELDS.iter().filter(differs).copied().collect()
}

/// What a connection as one text gives back in the form, which no wrapper can better.
fn through_text(item: &Item, form: ValueForm, format: &Format, runtime: &Runtime) -> Option<Connection> {
    // Files of connections are read by the core's class, on a worker too.
    let runtime = &*if format.holds == Holds::UriOrFields { runtime.of_files() } else { Cow::Borrowed(runtime) };
    let name = if form == ValueForm::Uri { "uri" } else { "json" };
    let format = FORMATS.iter().find(|f| f.name == name).expect("a format");
    let one = [Item { conn_id: None, connection: item.connection.clone(), value: None }];
    let text = (format.write)(&one, &WriteOptions { runtime, value: form }).ok()?;
    read(text.trim_end_matches('\n'), format, runtime).pop()?.1.ok()
}

/// Formats in which `{{ … }}` is a template, though it may be meant as it stands: nothing is compared then.
const TEMPLATES: &[&str] = &["kubernetes", "helm"];

/// How a comparison went.
#[derive(Default)]
struct Tally {
    compared: usize,
    refused: BTreeMap<&'static str, usize>,
    failures: Vec<String>,
    /// A URI is compared with the connection, not with what Airflow makes of the URI: with hosts that hold anything nothing is sure.
    texts: bool,
    /// What was seen of what formats are said not to hold.
    limits: BTreeSet<(&'static str, &'static str)>,
}

impl Tally {
    /// A refusal: the page of formats must list its reason.
    fn refused(&mut self, format: &Format, error: &WriteError) {
        match format.limits.reason(&error.message) {
            Some(reason) => drop(self.limits.insert((format.name, reason))),
            None => self.failures.push(format!("{}: not among what it refuses: {}", format.name, error.message)),
        }
        *self.refused.entry(format.name).or_default() += 1;
    }

    /// A field that does not come back: the page must list it.
    fn lost(&mut self, format: &Format, field: &'static str, what: &dyn Fn() -> String) {
        match format.limits.loses.contains(&field) {
            true => drop(self.limits.insert((format.name, field))),
            false => self.failures.push(format!("{}: {field} does not come back\n{}", format.name, what())),
        }
    }
}

/// Writes a connection in every format that is read, too, and compares what comes back.
fn compare(item: &Item, runtime: &Runtime, tally: &mut Tally) {
    for format in FORMATS.iter().filter(|f| f.is_read() && f.is_written()) {
        for value in FORMS {
            let form = format.form(value);
            if form.is_none() && value == ValueForm::Json || form.is_some_and(|form| form != value) {
                continue;
            }
            let want = match form {
                Some(form) => match through_text(item, form, format, runtime) {
                    Some(want) => want,
                    None => continue,
                },
                None => item.connection.clone(),
            };
            let id = item.conn_id.clone();
            let one = [Item { conn_id: id.clone(), connection: item.connection.clone(), value: None }];
            let name = format!("{} {value:?} {} {id:?}", format.name, runtime.name());
            let text = match (format.write)(&one, &WriteOptions { runtime, value }) {
                Ok(text) => text,
                Err(error) => {
                    tally.refused(format, &error);
                    continue;
                }
            };
            if TEMPLATES.contains(&format.name) && text.contains("{{") && text.contains("}}") {
                continue;
            }
            match read(&text, format, runtime).pop() {
                Some((read_id, Ok(connection))) => {
                    // What a URI or JSON holds of a connection is seen at these formats alone.
                    let want = if matches!(format.holds, Holds::Text(_)) && tally.texts { &item.connection } else { &want };
                    // No JSON of Airflow tells an extra without members from none.
                    let no_extra =
                        item.connection.extra.expose().as_str() == Some("{}") && want.extra.expose() == item.connection.extra.expose();
                    for field in differing(want, &connection).into_iter().filter(|field| !(no_extra && *field == "extra")) {
                        tally.lost(format, field, &|| format!("{name}\n{text}"));
                    }
                    // Variables are in upper case; Key Vault has no `_`.
                    let dashed = format.name == "azure-secrets";
                    let lower = id.as_ref().map(|id| if dashed { id.replace('_', "-") } else { id.to_lowercase() });
                    if !(read_id.is_none() || read_id == id || read_id == lower) {
                        tally.failures.push(format!("{name}: the id comes back as {read_id:?}"));
                    }
                    if read_id != id {
                        tally.lost(format, "id", &|| format!("{name}\n{text}"));
                    }
                    tally.compared += 1;
                }
                other => tally.failures.push(format!("{name}: {:?}\n{text}", other.map(|o| o.1.map(|_| ())))),
            }
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    let mut tally = Tally { texts: true, ..Tally::default() };
    for runtime in runtimes() {
        connections(&runtime).iter().for_each(|item| compare(item, &runtime, &mut tally));
    }
    let Tally { compared, refused, failures, .. } = tally;
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(12)].join("\n"));
    assert!(compared > 1_500, "only {compared} comparisons");
    // Only one id of the fixture is no name of a variable, and only few hold what a format cannot.
    for (format, count) in refused {
        assert!(count <= 16, "{format} refuses {count}");
    }
}

/// What comes back from one connection in a format, if it takes it.
fn through(item: &Item, format: &Format, value: ValueForm, runtime: &Runtime) -> Option<Connection> {
    let one = [Item { conn_id: item.conn_id.clone(), connection: item.connection.clone(), value: None }];
    let text = (format.write)(&one, &WriteOptions { runtime, value }).ok()?;
    if TEMPLATES.contains(&format.name) && text.contains("{{") {
        return None;
    }
    read(&text, format, runtime).pop()?.1.ok()
}

/// From one format into another and back is what the other alone gives.
#[test]
fn every_pair_of_formats_gives_the_same() {
    let runtime = Runtime::newest(Side::Server);
    let ways: Vec<(&Format, ValueForm)> = FORMATS
        .iter()
        .filter(|f| f.is_read() && f.is_written())
        .flat_map(|f| FORMS.into_iter().filter(|v| f.form(*v).map_or(*v == ValueForm::Uri, |form| form == *v)).map(move |v| (*f, v)))
        .collect();
    let (mut compared, mut failures) = (0, Vec::new());
    for item in connections(&runtime) {
        let alone: Vec<_> = ways.iter().map(|(format, value)| through(&item, format, *value, &runtime)).collect();
        for ((first, value), held) in ways.iter().zip(&alone) {
            let Some(held) = held else { continue };
            // What the first does not hold cannot come out of the second.
            let lost = differing(&item.connection, held);
            let between = Item { conn_id: item.conn_id.clone(), connection: held.clone(), value: None };
            for ((second, form), want) in ways.iter().zip(&alone) {
                let (Some(want), Some(got)) = (want, through(&between, second, *form, &runtime)) else { continue };
                let wrong: Vec<_> = differing(want, &got).into_iter().filter(|field| !lost.contains(field)).collect();
                if !wrong.is_empty() {
                    failures.push(format!("{:?} {} {value:?} to {} {form:?}: {wrong:?}", item.conn_id, first.name, second.name));
                }
                compared += 1;
            }
        }
    }
    assert!(failures.is_empty(), "{} of {compared}\n{}", failures.len(), failures[..failures.len().min(12)].join("\n"));
    assert!(compared > 50_000, "only {compared}");
}

/// Text that a field may hold: every delimiter, quote, control character and script.
fn field() -> impl Strategy<Value = Option<String>> {
    let piece = prop_oneof![
        4 => "[ -~]{0,6}",
        1 => any::<char>().prop_map(String::from),
        2 => prop::sample::select(vec![
            "\n", "\r\n", "\t", "\0", "\u{1}", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}", "\u{a0}", "é", "😀", "$", "$$", "${X}", "{{ x }}", "'", "\"",
            "\\", "`", "%", "%41", "#", "@", ":", "/", "?", "&", "=", "://", "yes", "null", "012", " ", "$(X)", "*/", "%{x}", "<<EOF", "!x", "- ", "|",
        ]).prop_map(String::from),
    ];
    prop::option::weighted(0.8, prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()))
}

fn any_connection() -> impl Strategy<Value = (String, Connection)> {
    let types = prop::sample::select(vec!["postgres", "redshift", "http", "aws", "google_cloud_platform"]);
    let extra = prop::option::weighted(0.7, prop::collection::vec(("[a-z_]{1,8}", field()), 0..4));
    ("[a-z_][a-z0-9_]{0,8}", types, (field(), field(), field(), field(), field()), prop::option::of(1..65536i64), extra).prop_map(
        |(conn_id, conn_type, (description, host, login, password, schema), port, extra)| {
            let text = |value: Option<String>| value.map_or(Value::Null, Value::text);
            let extra = extra.map(|pairs| {
                let all = pairs.into_iter().map(|(key, value)| (key, value.map_or(serde_json::Value::Bool(true), Into::into)));
                serde_json::Value::Object(all.collect()).to_string()
            });
            let password = password.filter(|p| !p.is_empty());
            let connection = Connection {
                conn_type: Value::text(conn_type),
                description: text(description),
                host: text(host),
                login: text(login),
                password: Secret::new(text(password)),
                schema: text(schema),
                port: port.map_or(Value::Null, Value::Int),
                extra: Secret::new(text(extra)),
            };
            (conn_id, connection)
        },
    )
}

#[test]
fn any_connection_comes_back_or_is_refused() {
    let config = ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    let runtimes = runtimes();
    let total = std::cell::Cell::new(0);
    let ran = runner.run(&(any_connection(), 0..runtimes.len()), |((conn_id, connection), which)| {
        let item = Item { conn_id: Some(conn_id), connection, value: None };
        let mut tally = Tally::default();
        compare(&item, &runtimes[which], &mut tally);
        total.set(total.get() + tally.compared);
        prop_assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n"));
        Ok(())
    });
    ran.unwrap_or_else(|e| panic!("{e}"));
    assert!(total.get() > 10_000, "only {} comparisons", total.get());
}

/// Connections that some format cannot hold, one to a line of JSON Lines, or several that stand in one another's way.
const HARD: &[&str] = &[
    r#"{"conn_type": "x"}"#,
    r#"{"conn_id": "two words", "conn_type": "x"}"#,
    r#"{"conn_id": "é", "conn_type": "x"}"#,
    "{\"conn_id\": \"a\", \"conn_type\": \"x\"}\n{\"conn_id\": \"A\", \"conn_type\": \"x\"}",
    "{\"conn_id\": \"a_b\", \"conn_type\": \"x\"}\n{\"conn_id\": \"a-b\", \"conn_type\": \"x\"}",
    r#"{"conn_id": "UP", "conn_type": "my-type", "description": "d", "host": "Host"}"#,
    r#"{"conn_id": "a", "host": "h"}"#,
    r#"{"conn_id": "a", "conn_type": "x\u0000"}"#,
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

/// The page of formats lists what cannot be held: no refusal and no loss that it lacks, and nothing on it that never happens.
#[test]
fn limits_are_what_is_refused_and_lost() {
    let mut tally = Tally { texts: true, ..Tally::default() };
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let yaml = FORMATS.iter().find(|f| f.name == "export-yaml").expect("a format");
    let old = [Version(1, 10, 15), Version(2, 2, 5), Version(2, 5, 3)].map(|version| Runtime::new(version, Side::Server));
    let long = format!(r#"{{"conn_id": "a", "conn_type": "x", "password": "{}"}}"#, "p".repeat(9_000));
    let nested = format!(r#"{{"conn_id": "a", "conn_type": "x", "extra": "{{\"a\": {}1{}}}"}}"#, "[".repeat(900), "]".repeat(900));
    for runtime in runtimes().iter().chain(&old) {
        let newest = runtime.version > Version(3, 0, 0);
        if newest {
            connections(runtime).iter().for_each(|item| compare(item, runtime, &mut tally));
        }
        let dated = (yaml, "a: {conn_type: x, login: 2024-12-01}\n");
        for (from, text) in HARD.iter().map(|text| (jsonl, *text)).chain([(jsonl, long.as_str()), (jsonl, nested.as_str()), dated]) {
            let source = Text::untraced(text);
            let entries = (from.read)(&source, runtime).entries.into_iter();
            let parsed = entries.filter_map(|e| Some((e.conn_id.clone(), e.parse(runtime).ok()?)));
            let items: Vec<Item> = parsed.map(|(conn_id, connection)| Item { conn_id, connection, value: None }).collect();
            for format in FORMATS.iter().filter(|f| f.is_written()) {
                for value in FORMS {
                    if let Err(error) = (format.write)(&items, &WriteOptions { runtime, value }) {
                        tally.refused(format, &error);
                    }
                }
            }
            if let ([item], true) = (&items[..], newest && text.contains("\"UP\"")) {
                compare(item, runtime, &mut tally);
            }
        }
    }
    let listed: BTreeSet<_> = FORMATS
        .iter()
        .filter(|f| f.is_written())
        .flat_map(|f| {
            f.limits
                .refuses
                .iter()
                .map(|reason| (f.name, *reason))
                .chain(f.limits.loses.iter().filter(|_| f.is_read()).map(|field| (f.name, *field)))
        })
        .collect();
    let idle: Vec<_> = listed.difference(&tally.limits).collect();
    assert!(
        tally.failures.is_empty() && idle.is_empty(),
        "{}\nnever seen: {idle:#?}",
        tally.failures[..tally.failures.len().min(12)].join("\n")
    );
}

#[test]
fn samples_are_recognised_and_sound() {
    for (name, format, count) in SAMPLES {
        let text = common::fixture_text(&format!("valid/{name}"));
        for piped in [false, true] {
            let guessed = guess(&format!("fixtures/valid/{name}"), &text, piped).unwrap_or_else(|| panic!("{name} is not recognised"));
            assert_eq!((guessed.format.name, guessed.skip), (*format, 0), "{name}");
            let runtime = Runtime::newest(Side::Server);
            let read = read(&text, guessed.format, &runtime);
            assert_eq!(read.len(), *count, "{name}");
            // What `import` reads as URIs are JSON values: a trap, see AC110.
            for (id, connection) in read.into_iter().filter(|_| !name.contains("json-values")) {
                assert!(connection.is_ok(), "{name} {id:?}: {:?}", connection.err());
            }
            if *count < 20 {
                let found = check(&Source::new(*name, text.as_str()), 0, guessed.format, &runtimes()).findings;
                let errors: Vec<_> = found.iter().filter(|f| f.level == Level::Error).map(|f| (f.rule, &f.message)).collect();
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_format_that_is_read_has_a_sample() {
    // These look like another format of the table.
    const ONLY_NAMED: &[&str] = &["kubernetes-data", "airflowctl"];
    for format in FORMATS.iter().filter(|f| f.is_read() && !ONLY_NAMED.contains(&f.name)) {
        assert!(SAMPLES.iter().any(|(_, sample, _)| *sample == format.name), "no sample of {}", format.name);
    }
}

/// `scripts/record-backends` asked the real backends.
#[test]
fn secrets_are_read_as_the_real_backends_read_them() {
    let recorded = common::fixture_text("backends.jsonl");
    let newest = Runtime::newest(Side::Server);
    let mut compared = 0;
    for line in recorded.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let format = FORMATS.iter().find(|f| Some(f.name) == case["format"].as_str()).expect("a format");
        let secret = case["secret"].as_str().expect("a text");
        let answer = &case["answer"];
        let mut providers = Providers::default();
        if let Some(version) = case["amazon"].as_str() {
            let parts: Vec<u16> = version.split('.').map(|part| part.parse().expect("a number")).collect();
            providers.amazon = Provider::new(Version(parts[0], parts[1], parts[2]));
        }
        let runtime = providers.around(std::slice::from_ref(&newest)).pop().expect("a runtime");
        let source = Text::at(secret, 0);
        let document = (format.read)(&source, &runtime);
        let mut parsed = document.entries.iter().map(|e| e.parse(&runtime));
        let read = parsed.next();
        assert!(parsed.next().is_none() && document.problems.is_empty(), "{line}");
        match (answer.get("error"), read) {
            (Some(_), None | Some(Err(_))) => {}
            (None, Some(Ok(connection))) => {
                for field in FIELDS {
                    let ours = match connection.field(field).expect("a field") {
                        Value::Null => serde_json::Value::Null,
                        Value::Int(n) => (*n).into(),
                        other => other.as_str().map_or(serde_json::Value::Null, Into::into),
                    };
                    assert_eq!(ours, answer[field], "{field} of {line}");
                }
            }
            (_, other) => panic!("{line}: {:?}", other.map(|r| r.map_err(|e| e.message))),
        }
        compared += 1;
    }
    assert!(compared > 200);
}

/// Connections of both types, and what other clients are told about them; or a part of the reason why they cannot be.
#[test]
fn other_clients_are_told_what_the_driver_gets() {
    const PLAIN: &str = r#"{"conn_id": "dwh", "conn_type": "redshift", "host": "h.example.com", "login": "etl", "password": "p@s/s 'w", "schema": "dev", "port": 5439}"#;
    const IAM: &str = r#"{"conn_id": "dwh", "conn_type": "redshift", "login": "etl", "schema": "dev", "extra": {"iam": true, "cluster_identifier": "c-1", "db_user": "etl", "region": "us-east-1", "port": 5439, "profile": "etl", "db_groups": ["a", "b"]}}"#;
    const POSTGRES: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "::1", "login": "u", "password": "", "schema": "d b", "extra": {"sslmode": "verify-full", "connect_timeout": 10}}"#;
    const JINJA: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h", "password": "a{{ b }}", "port": 5432}"#;
    const LINES: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h", "password": "a\nb", "schema": "a?b"}"#;
    const SOCKET: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "/var/run", "login": "u", "schema": "d"}"#;
    const HOST: &str = r#"{"conn_id": "pg", "conn_type": "postgres", "host": "h1,h2", "schema": "d"}"#;
    const OTHER: &str = r#"{"conn_id": "a", "conn_type": "http", "host": "h"}"#;
    let cases = [
        ("sqlalchemy", PLAIN, "redshift+redshift_connector://etl:p%40s%2Fs%20%27w@h.example.com:5439/dev\n"),
        ("jdbc", PLAIN, "jdbc:redshift://h.example.com:5439/dev?UID=etl&PWD=p%40s%2Fs%20%27w\n"),
        ("libpq", PLAIN, "user=etl password='p@s/s \\'w' port=5439 host=h.example.com dbname=dev\n"),
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
        ("jdbc", IAM, "jdbc:redshift:iam://c-1:us-east-1/dev?DbGroups=a%2Cb&DbUser=etl&Profile=etl\n"),
        ("sqlalchemy", IAM, "! `iam`"),
        ("libpq", IAM, "! `iam`"),
        ("sqlalchemy", POSTGRES, "postgresql+psycopg2://u@[::1]/d b?sslmode=verify-full&connect_timeout=10\n"),
        ("jdbc", POSTGRES, "jdbc:postgresql://[::1]/d%20b?user=u&sslmode=verify-full&connect_timeout=10\n"),
        ("libpq", POSTGRES, "host=::1 user=u dbname='d b' sslmode=verify-full connect_timeout=10\n"),
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
            .map(|(conn_id, connection)| Item { conn_id, connection: connection.expect("sound"), value: None })
            .collect();
        let format = FORMATS.iter().find(|f| f.name == to).expect("a format");
        let got = (format.write)(&items, &WriteOptions { runtime: &runtime, value: ValueForm::Uri });
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
    let connection = Connection { conn_type: Value::text("x"), password: Secret::new(Value::text(text)), ..Connection::default() };
    let items = [Item { conn_id: Some("a".to_string()), connection, value: None }];
    let runtime = Runtime::newest(Side::Server);
    for format in FORMATS.iter().filter(|f| f.name.ends_with("-commands")) {
        let script = (format.write)(&items, &WriteOptions { runtime: &runtime, value: ValueForm::Json }).expect("a script");
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
        assert!(said.contains(&json) || said.contains(inner), "{}\n{script}{said}{}", format.name, String::from_utf8_lossy(&ran.stderr));
    }
}
