//! Repairs of extras, held against recorded runs of the real hooks, before and after
//! (`tools/recorders/record_repairs.py`): the newest ones, and those of 2022, which often read long names only.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::fix::{Setting, fix};
use airconn::check::{CONN_TYPES, Providers, Safety, check};
use airconn::format::by_name;
use airconn::source::Source;
use serde_json::{Value, json};

/// Rules that repair extras of types that are not modelled, and how often a safe repair of each has
/// to be seen.
const RULES: &[(&str, usize)] = &[("AC404", 100), ("AC401", 3)];

/// Types whose hooks are modelled: `repair_meaning.rs` resolves them.
const MODELLED: &[&str] = &["aws", "postgres", "redshift"];

/// The Airflow whose hooks were recorded.
const NEW: Version = Version(3, 3, 2);
const OLD: Version = Version(2, 3, 4);

fn rows(airflow: Version) -> impl Iterator<Item = Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/repairs");
    let path = format!("{folder}/hooks-{airflow}.jsonl.gz");
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("the recording");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("lines");
    let rows: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    rows.into_iter()
}

/// The extra after each safe repair of a connection for these Airflows, with its rule.
fn repairs(connection: &Value, airflows: &[Version]) -> Vec<(&'static str, Value)> {
    let runtimes: Vec<Runtime> = airflows
        .iter()
        .flat_map(|version| [Side::Server, Side::Worker].map(|side| Runtime::new(*version, side)))
        .collect();
    let (format, providers) = (by_name("json").expect("a format"), Providers::default());
    let source = Source::new("x", connection.to_string());
    let setting = Setting { skip: 0, format, runtimes: &runtimes, providers: &providers };
    let mut all = Vec::new();
    for finding in check(&source, 0, format, &runtimes).findings {
        if finding.fix.as_ref().is_none_or(|offered| offered.safety != Safety::Safe) {
            continue;
        }
        let fixed = fix(&source, setting, Safety::Safe, &|f| {
            f.rule == finding.rule && f.pointer == finding.pointer
        });
        if !fixed.applied.is_empty() {
            let after: Value = serde_json::from_str(&fixed.text).expect("JSON");
            all.push((finding.rule, after["extra"].clone()));
        }
    }
    all
}

/// Each use of the hook does the same afterwards, unless it raised.
fn nothing_changed(row: &Value) -> bool {
    let (did, does) = (row["did"].as_array().expect("uses"), &row["does"]);
    *does == "same"
        || did.iter().enumerate().all(|(i, one)| one["raised"] == true || *one == does[i])
}

/// What a safe repair for some Airflows changes in what the hooks of one of them do; how often one
/// was seen, by rule, and of how many extras.
fn changes(
    recorded: Version,
    aim: &[Version],
) -> (Vec<String>, BTreeMap<&'static str, usize>, usize) {
    let (mut wrong, mut safe) = (Vec::new(), BTreeMap::<&str, usize>::new());
    let mut told = BTreeSet::new();
    // Which Airflow is aimed at decides about long names alone.
    let asked = |row: &Value| aim == [recorded] || row["rule"] == "AC404";
    for row in rows(recorded).filter(asked) {
        for (rule, after) in repairs(&row["conn"], aim) {
            if after != row["after"] {
                continue;
            }
            *safe.entry(rule).or_default() += 1;
            told.insert(format!("{} {}", row["conn"]["conn_type"], row["key"]));
            if !nothing_changed(&row) {
                wrong.push(format!(
                    "{rule} {}\n  did {}\n  does {}",
                    row["conn"], row["did"], row["does"]
                ));
            }
        }
    }
    (wrong, safe, told.len())
}

fn assert_unchanged(wrong: &[String], of: &BTreeMap<&str, usize>) {
    let first = wrong[..wrong.len().min(5)].join("\n");
    assert!(wrong.is_empty(), "{} of {of:?}:\n{first}", wrong.len());
}

#[test]
fn safe_repairs_make_no_difference_to_a_hook_that_works() {
    let (wrong, safe, told) = changes(NEW, &[NEW]);
    assert_unchanged(&wrong, &safe);
    for (rule, times) in RULES {
        assert!(safe.get(rule).is_some_and(|n| n >= times), "{rule} is seldom seen: {safe:?}");
    }
    assert!(told >= 40, "only {told} extras");
}

/// Nor to those of 2022: neither where their Airflow alone is aimed at nor beside the newest.
#[test]
fn safe_repairs_make_no_difference_to_an_old_hook_that_works() {
    let (wrong, safe, told) = changes(OLD, &[OLD]);
    assert_unchanged(&wrong, &safe);
    assert!(safe.values().sum::<usize>() >= 20 && told >= 10, "{safe:?} of {told} extras");
    let (wrong, safe, _) = changes(OLD, &[OLD, NEW]);
    assert_unchanged(&wrong, &safe);
}

/// The recording can tell: aimed at the newest Airflow alone, these repairs would take from the old
/// hooks what they read.
#[test]
fn old_hooks_read_what_a_repair_for_new_ones_takes_away() {
    let (wrong, safe, _) = changes(OLD, &[NEW]);
    assert!(wrong.len() >= 20, "{} of {safe:?}", wrong.len());
}

/// Each long name that the catalogue calls read was read: without it the hook does something else,
/// and with the short name the same.
#[test]
fn long_names_are_read_as_recorded() {
    let catalog: Value =
        serde_json::from_str(include_str!("../../../src/catalog/prefixed_extras.json"))
            .expect("JSON");
    let mut seen: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for row in rows(NEW)
        .filter(|row| row["rule"] == "AC404" && row["does"] == "same" && row["without"] == "other")
    {
        let long = row["conn"]["extra"]
            .as_object()
            .into_iter()
            .flatten()
            .find(|(k, _)| k.starts_with("extra__"));
        let Some((_, prefix)) = long.and_then(|(k, _)| {
            Some((k, k.strip_prefix("extra__")?.split_once("__")?.0.to_string()))
        }) else {
            continue;
        };
        let conn_type = row["conn"]["conn_type"].as_str().unwrap_or_default();
        let key =
            (format!("{conn_type}/{prefix}"), row["key"].as_str().unwrap_or_default().to_string());
        seen.entry(key).or_default().0 += 1;
    }
    let mut fields = 0;
    for row in catalog.as_array().expect("rows") {
        let of = format!(
            "{}/{}",
            row["conn_type"].as_str().unwrap_or_default(),
            row["prefix"].as_str().unwrap_or_default()
        );
        for field in row["fields"].as_array().expect("fields") {
            fields += 1;
            let key = (of.clone(), field.as_str().unwrap_or_default().to_string());
            assert!(seen.contains_key(&key), "{of} {field} was not seen to be read");
        }
    }
    assert!(fields >= 40, "only {fields}");
}

/// Where nothing is recorded, nothing is safe.
#[test]
fn nothing_is_safe_that_was_not_recorded() {
    let recorded: BTreeSet<String> =
        rows(NEW).filter_map(|row| Some(row["conn"]["conn_type"].as_str()?.to_string())).collect();
    assert!(recorded.len() >= 30, "{recorded:?}");
    let values = [
        json!("x"),
        json!("true"),
        json!("no"),
        json!("{\"a\": 1}"),
        json!("\"{\\\"a\\\": 1}\""),
        json!({"a": 1}),
        json!(true),
    ];
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (conn_type, known) in CONN_TYPES
        .iter()
        .filter(|(name, _)| !recorded.contains(*name) && !MODELLED.contains(&name.as_str()))
    {
        for key in &known.extras {
            let names = [
                key.clone(),
                format!("extra__{conn_type}__{key}"),
                key.replace('_', "-"),
                key.to_uppercase(),
            ];
            for (i, name) in names.iter().enumerate() {
                for value in if i == 0 { &values[..] } else { &values[..1] } {
                    asked += 1;
                    let connection = json!({"conn_type": conn_type, "host": "h.example.com", "login": "etl", "extra": {name: value}});
                    for (rule, after) in repairs(&connection, &[NEW]) {
                        // The shapes of keys are recorded on their own.
                        if rule != "AC407" {
                            wrong.push(format!("{rule} {connection} {after}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong[..wrong.len().min(10)].join("\n"));
    assert!(asked > 1_000, "only {asked}");
}

/// A key is brought into another shape only where the hook raised (`tools/recorders/record_private_keys.py`).
#[test]
fn keys_are_mended_where_they_were_refused() {
    let mut mended = 0;
    for line in include_str!("../../../fixtures/extras/private_keys.jsonl").lines() {
        let row: Value = serde_json::from_str(line).expect("a row");
        let connection = json!({"conn_type": row["conn_type"], "host": "h.example.com", "login": "etl", "extra": row["extra"]});
        for (rule, _) in repairs(&connection, &[NEW]) {
            if rule == "AC407" {
                mended += 1;
                assert!(row["exception"].is_string(), "{} {}", row["conn_type"], row["shape"]);
            }
        }
    }
    assert!(mended >= 5, "only {mended}");
}
