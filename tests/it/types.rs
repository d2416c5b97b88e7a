//! Connection types as data, against what the real hooks did with labelled connections.
//!
//! fixtures/types has the rows: `rows.jsonl` and `mutants.jsonl` as they were given, `more_*.jsonl`
//! labelled by tools/labelling. What may be otherwise stands in `deviations.txt`, with the reason.

use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::rules::{by_name, type_page, type_rule};
use airconn::check::schema::{Validator, text};
use airconn::check::{Level, check};
use airconn::format::by_name as format;
use airconn::hooks::{HOOKS, Mode, modes};
use airconn::source::Source;
use serde_json::Value as Json;

use crate::common::{fixture_text as fixture, run};

/// Rules about ids, surroundings and secrets in files are about something else.
const ELSEWHERE: &[&str] = &["AC301", "AC302", "AC606", "AC7"];

/// A labelled connection, and what is found in it.
struct Row {
    json: Json,
    errors: usize,
    told: usize,
    details: BTreeSet<String>,
}

impl Row {
    fn text(&self, key: &str) -> &str {
        self.json[key].as_str().unwrap_or_default()
    }
}

/// The rows of a file, with keys put back where only their names stand.
fn rows(name: &str) -> Vec<Row> {
    let keys: BTreeMap<String, String> =
        serde_json::from_str(&fixture("types/keys.json")).expect("JSON");
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let mut all = Vec::new();
    for line in fixture(&format!("types/{name}.jsonl")).lines() {
        let mut line = line.to_string();
        for (name, key) in &keys {
            line = line.replace(&format!("@@{name}@@"), key);
        }
        let json: Json = serde_json::from_str(&line).expect("a row is JSON");
        let mut set = serde_json::Map::new();
        set.insert("subject".to_string(), json["conn"].clone());
        set.extend(json["more"].as_object().cloned().unwrap_or_default());
        let source = Source::new("x", Json::Object(set).to_string());
        let found = check(&source, 0, format("export-json").expect("a format"), &runtimes);
        let mine: Vec<_> = found
            .findings
            .iter()
            .filter(|f| f.conn_id.as_deref() == Some("subject"))
            .filter(|f| !ELSEWHERE.iter().any(|start| f.rule.starts_with(start)))
            .collect();
        let at_least = |level| mine.iter().filter(|f| f.level >= level).count();
        all.push(Row {
            errors: at_least(Level::Error),
            told: at_least(Level::Info),
            details: mine.iter().filter_map(|f| f.detail).map(str::to_string).collect(),
            json,
        });
    }
    all
}

/// The share of rows of a class for which something holds, in per mille.
fn share(rows: &[&Row], holds: impl Fn(&Row) -> bool) -> usize {
    rows.iter().filter(|row| holds(row)).count() * 1000 / rows.len().max(1)
}

fn of_class<'r>(rows: &'r [Row], class: &str) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.text("class") == class).collect()
}

/// Rows of which the verdict is another one, and why.
fn deviations() -> BTreeMap<String, String> {
    let text = fixture("types/deviations.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| line.split_once(": ").expect("ID: REASON"))
        .map(|(id, reason)| (id.to_string(), reason.to_string()))
        .collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "a measurement, shown with --no-capture")]
fn labelled_connections_are_told_as_the_real_hooks_did() {
    let rows = rows("rows");
    let (bad, odd, good) = (
        of_class(&rows, "must_error"),
        of_class(&rows, "should_flag"),
        of_class(&rows, "must_not_error"),
    );
    let told = |row: &Row| row.told > 0;
    let error = |row: &Row| row.errors > 0;
    println!(
        "must_error: {} errors, {} told; should_flag: {} told; must_not_error: {} errors, {} told (per mille)",
        share(&bad, error),
        share(&bad, told),
        share(&odd, told),
        share(&good, error),
        share(&good, told)
    );
    assert!(bad.len() > 80 && odd.len() > 40 && good.len() > 80);
    assert!(share(&bad, error) >= 900 && share(&bad, told) >= 970);
    assert!(share(&odd, told) >= 900);
    assert!(share(&good, error) == 0 && share(&good, told) <= 30);
}

#[test]
#[expect(clippy::print_stdout, reason = "a measurement, shown with --no-capture")]
fn mutants_are_told_as_the_real_hooks_did() {
    let deviations = deviations();
    let mut named = BTreeSet::new();
    for file in ["mutants", "more_mutants", "more_rows", "drawn", "covered"] {
        let rows = rows(file);
        let (fails, works) = (of_class(&rows, "fails"), of_class(&rows, "works"));
        let good = of_class(&rows, "must_not_error");
        println!(
            "{file}: {} fail, {} errors, {} told; {} work, {} errors (per mille)",
            fails.len(),
            share(&fails, |row| row.errors > 0),
            share(&fails, |row| row.told > 0),
            works.len(),
            share(&works, |row| row.errors > 0)
        );
        assert!(share(&fails, |row| row.told > 0) >= 850, "{file}");
        assert!(share(&fails, |row| row.errors > 0) >= 580, "{file}");
        let mut wrong = Vec::new();
        for row in works.iter().chain(&good).filter(|row| row.errors > 0) {
            let id = row.text("id");
            if deviations.contains_key(id) {
                named.insert(id.to_string());
            } else {
                wrong.push(format!("{id}: {:?}, but {}", row.details, row.text("evidence")));
            }
        }
        assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    }
    let idle: Vec<_> = deviations.keys().filter(|id| !named.contains(*id)).collect();
    assert!(idle.is_empty(), "these deviate no more: {idle:?}");
}

/// An error is earned: the row that it names is one with which the real hook raised, and in which
/// it is found.
#[test]
fn errors_name_a_row_that_proves_them() {
    let files = ["rows", "mutants", "more_rows", "more_mutants", "drawn", "covered"];
    let rows: BTreeMap<String, Row> =
        files.into_iter().flat_map(rows).map(|row| (row.text("id").to_string(), row)).collect();
    let mut wrong = Vec::new();
    let mut errors = 0;
    for hook in HOOKS.iter().filter(|hook| hook.data.is_some()) {
        let data: Json =
            serde_json::from_str(&read(&format!("src/hooks/types/{}.json", hook.conn_type)))
                .expect("JSON");
        for rule in data["rules"].as_array().expect("rules") {
            let name = rule["name"].as_str().expect("a name");
            assert!(type_rule(name).is_some(), "{name}");
            assert!(type_page(type_rule(name).expect("it is known")).starts_with("# "), "{name}");
            assert_eq!(rule.get("row").is_some(), rule.get("exception").is_some(), "{name}");
            let Some(id) = rule["row"].as_str() else { continue };
            errors += 1;
            match rows.get(id) {
                Some(row) if !["fails", "must_error"].contains(&row.text("class")) => {
                    wrong.push(format!("{name}: with {id} the hook did not raise"));
                }
                Some(row) if row.errors == 0 => {
                    wrong.push(format!("{name}: in {id} there is no error"));
                }
                Some(_) => {}
                None => wrong.push(format!("{name}: there is no row {id}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(errors > 250, "only {errors} errors");
}

fn read(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Modes without an example or with fewer than two mistakes, and why.
const CANNOT: &[(&str, &str)] = &[
    ("azure_cosmos/none", "the hook raises"),
    ("azure_data_explorer/AAD_APP_CERT", "the text of a key would fill the page"),
    ("gcpbigquery/keyfile-dict", "the text of a key would fill the page"),
    ("google_cloud_platform/keyfile-dict", "the text of a key would fill the page"),
    ("git/github-app", "the text of a key would fill the page"),
    ("sftp/key-text", "the text of a key would fill the page"),
    ("snowflake/key-pair", "the text of a key would fill the page"),
    ("databricks/federated-aws", "needs a second connection"),
    ("databricks/basic", "Databricks ended it in July 2024"),
    ("kubernetes/in-cluster", "the worker has to run inside of a pod"),
    ("mysql/rds-iam", "needs a second connection"),
    ("odbc/dsn", "needs a driver and odbc.ini"),
    ("azure_data_explorer/unknown", "the hook raises"),
    ("salesforce/none", "the hook raises"),
    ("tableau/none", "the hook raises"),
    ("azure/key-path", "the file of the key is on the worker"),
    ("azure/key-json", "the file of an SDK that is deprecated has a form of its own"),
    ("databricks/federated-token-provider", "a function of the project makes the token"),
    ("kafka/msk-iam", "needs a package that the provider does not bring"),
    ("kafka/google-managed", "needs the Google provider and its connection"),
    ("trino/kerberos", "needs Kerberos"),
    ("snowflake/oauth-azure", "needs a second connection"),
    ("github/app", "the text of a key would fill the page"),
    ("presto/kerberos", "needs Kerberos"),
    ("samba/kerberos", "needs Kerberos"),
    ("vault/gcp", "the key of the service account is on the worker"),
    ("vault/kubernetes", "the worker has to run inside of a pod"),
];

#[test]
fn each_mode_has_an_example() {
    let of_data = |mode: &&'static Mode| mode.schema.is_none();
    let (mut without, mut seen) = (Vec::new(), 0);
    for mode in modes().filter(of_data) {
        let name = format!("{}/{}", mode.conn_type, mode.name);
        let schema: Json = serde_json::from_str(text(mode)).expect("JSON");
        assert!(Validator::new(schema.clone()).is_ok(), "{name}");
        seen += 1;
        let excused = CANNOT.iter().any(|(mode, _)| *mode == name);
        if schema["examples"].as_array().is_none_or(Vec::is_empty) != excused {
            without.push(name);
        }
    }
    assert!(without.is_empty(), "without an example, or no exception any more: {without:?}");
    assert!(seen > 130, "only {seen} modes");
}

/// Rules of types are selected, suppressed and explained by their names.
#[test]
fn rules_of_types_have_names() {
    let runtimes = [Runtime::newest(Side::Worker)];
    let found = |text: &str| {
        let checked =
            check(&Source::new("x", text), 0, format("export-yaml").expect("a format"), &runtimes);
        checked.findings.iter().map(|f| (f.rule, f.detail)).collect::<Vec<_>>()
    };
    let text = "jump:\n  conn_type: ssh\n  login: etl\n";
    assert_eq!(found(text), [("AC411", Some("ssh/no-host"))]);
    let ignored = format!("# airconn: ignore-file[ssh/no-host]\n{text}");
    assert_eq!(found(&ignored), []);
    let other = format!("# airconn: ignore-file[ssh/two-keys]\n{text}");
    assert_eq!(found(&other), [("AC001", None), ("AC411", Some("ssh/no-host"))]);
    assert!(by_name("AC411").is_some() && type_rule("ssh/no-such").is_none());
    let ran = run(&["explain", "ssh/no-host"], "");
    assert!(ran.code == 0 && ran.out.starts_with("# ssh/no-host"), "{ran:?}");
}

/// What a driver refuses is told with the name that is meant, and its repair gives it.
#[test]
fn refused_names_are_told_with_the_one_that_is_meant() {
    let text = "stream:\n  conn_type: kafka\n  extra: {bootstrap.servers: 'a:9092', group.idd: etl, \
                no.such.property: x}\n";
    let runtimes = [Runtime::newest(Side::Worker)];
    let found =
        check(&Source::new("x", text), 0, format("export-yaml").expect("a format"), &runtimes);
    let told: Vec<_> = found
        .findings
        .iter()
        .filter(|f| f.detail == Some("kafka/unknown-property"))
        .map(|f| (f.pointer.as_str(), f.help.as_deref(), f.fix.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("/extra/group.idd", Some("write `group.id`"), true),
            ("/extra/***", Some("remove it"), false),
        ]
    );
}

/// Of runtimes of which the hook raises for certain in some the finding is one.
#[test]
fn runtimes_that_are_not_all_certain_say_one_thing() {
    let runtimes =
        [Version(2, 5, 0), Version(3, 3, 2)].map(|version| Runtime::new(version, Side::Worker));
    let text = "jump:\n  conn_type: ssh\n  login: etl\n  host: 'jump.example.com:22'\n";
    let found =
        check(&Source::new("x", text), 0, format("export-yaml").expect("a format"), &runtimes);
    let told: Vec<_> = found.findings.iter().map(|f| (f.rule, f.runtimes.len())).collect();
    assert_eq!(told, [("AC415", 2)]);
}

/// Options that count in any case of letters are among what `inspect` shows.
#[test]
fn options_in_any_case_of_letters_are_read() {
    let text = r#"{"store": {"conn_type": "mongo", "host": "db.example.com", "extra": {"maxPoolsize": 5}}}"#;
    let ran = run(&["inspect", "--hook", "--from", "export-json", "-"], text);
    assert!(ran.out.contains("maxPoolsize="), "{}", ran.out);
}
