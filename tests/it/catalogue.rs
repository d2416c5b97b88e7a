//! The catalogue of connection types: what its 146 types say agrees with what is known of some of
//! them in detail, with their documentation, and finds names that are misspelt.

use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::{CONN_TYPES, Finding, Level, check};
use airconn::format::by_name;
use airconn::hooks::HOOKS;
use airconn::source::Source;
use serde_json::{Value as Json, json};

use crate::common::fixture_text;

/// Rules about ids, surroundings and secrets in files are about something else.
const ELSEWHERE: &[&str] = &["AC301", "AC302", "AC606", "AC7"];

/// Types of which the documented example is not well: its rule, and why.
const REFUSED: &[(&str, &str, &str)] = &[
    ("jdbc", "AC405", "JdbcHook ignores `driver_class` unless allow_driver_class_in_extra is set"),
    ("jdbc", "AC405", "JdbcHook ignores `driver_path` unless allow_driver_path_in_extra is set"),
    ("odbc", "AC405", "OdbcHook ignores `driver` unless allow_driver_in_extra is set"),
];

/// A connection as the documentation of its provider writes it, by type.
fn documented() -> BTreeMap<String, Json> {
    let text = fixture_text("types/documented.jsonl");
    let rows = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    rows.map(|row| (row["conn_type"].as_str().expect("a type").to_string(), row)).collect()
}

fn found(connection: &Json) -> Vec<Finding> {
    let source = Source::new("x", json!({"subject": connection}).to_string());
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let found = check(&source, 0, by_name("export-json").expect("a format"), &runtimes);
    let mut findings = found.findings;
    findings.retain(|f| !ELSEWHERE.iter().any(|start| f.rule.starts_with(start)));
    findings
}

#[test]
fn documented_examples_pass() {
    let documented = documented();
    let without: Vec<_> =
        CONN_TYPES.keys().filter(|name| !documented.contains_key(*name)).collect();
    assert!(without.is_empty(), "no example: {without:?}");
    let (mut wrong, mut due) = (Vec::new(), REFUSED.iter().collect::<Vec<_>>());
    for (name, connection) in &documented {
        for finding in found(connection).iter().filter(|f| f.level > Level::Info) {
            let known = due.iter().position(|(of, rule, _)| of == name && *rule == finding.rule);
            match known {
                Some(at) => drop(due.remove(at)),
                None => wrong.push(format!("{name}: {} {}", finding.rule, finding.message)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(due.is_empty(), "found no more: {due:?}");
}

/// The ways in which a name is misspelt: two letters in the other order, one twice, one left out.
fn misspelt(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    if middle == 0 {
        return vec![name.repeat(2)];
    }
    let mut swapped = letters.clone();
    swapped.swap(middle - 1, middle);
    let mut doubled = letters.clone();
    doubled.insert(middle, letters[middle]);
    let mut shorter = letters.clone();
    shorter.remove(middle);
    [swapped, doubled, shorter]
        .map(|letters| letters.into_iter().collect::<String>())
        .into_iter()
        .filter(|typo| typo != name && typo.len() > 1)
        .collect()
}

#[test]
fn a_typo_in_each_key_of_a_closed_type_is_found() {
    let documented = documented();
    let (mut missed, mut tried) = (BTreeSet::new(), 0);
    for (name, known) in CONN_TYPES.iter().filter(|(_, known)| !known.passthrough) {
        for extra in &known.extras {
            for typo in misspelt(extra) {
                if known.extras.contains(&typo) {
                    continue;
                }
                tried += 1;
                let mut connection = documented[name].clone();
                connection["extra"] = json!({&typo: "x"});
                let at = format!("/extra/{}", typo.replace('~', "~0").replace('/', "~1"));
                // A name that nobody knows may hold a secret, and is masked.
                let told = |f: &Finding| {
                    f.level > Level::Info && (f.pointer == at || f.pointer == "/extra/***")
                };
                if !found(&connection).iter().any(told) {
                    missed.insert(format!("{name}: {extra} as {typo}"));
                }
            }
        }
    }
    assert!(tried > 2_000, "only {tried}");
    let shown: Vec<_> = missed.iter().take(60).cloned().collect();
    assert!(missed.is_empty(), "{} of {tried}:\n{}", missed.len(), shown.join("\n"));
}

/// What is known of a type in detail, the catalogue says too (`tools/generators/gen_catalog.py`).
#[test]
fn types_known_in_detail_agree_with_the_catalogue() {
    for hook in HOOKS.iter().filter(|hook| hook.data.is_some()) {
        let name = hook.conn_type;
        let path = format!("{}/src/hooks/types/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let data: Json =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("a file")).expect("JSON");
        let others = data["others"].as_str().expect("a word");
        let mut extras: BTreeSet<String> =
            data["extras"].as_object().expect("extras").keys().cloned().collect();
        if others == "refused" {
            let taken = data["arguments"].as_array().into_iter().flatten();
            extras.extend(taken.filter_map(Json::as_str).map(str::to_string));
        }
        let known = &CONN_TYPES[name];
        assert_eq!(known.extras.iter().cloned().collect::<BTreeSet<_>>(), extras, "{name}");
        assert_eq!(known.passthrough, ["driver", "header"].contains(&others), "{name}");
    }
}
