//! The recorded answers of real Airflows (fixtures/airflow) against ours: every case, every
//! runtime.
//!
//! Differences are allowed only if fixtures/airflow/known-differences.txt lists them with a reason,
//! and every line there must still describe one.

#![allow(clippy::print_stdout, reason = "tests say how much they compared")]

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use airconn::airflow::export::{ExportError, ExportFormat, export};
use airconn::airflow::python::json_dumps::dumps;
use airconn::airflow::python::json_loads::loads;
use airconn::airflow::python::repr::str_of;
use airconn::airflow::runtime::{Runtime, Side};
use airconn::airflow::{Raised, Raw, files, ids, json, parse, uri};
use airconn::model::{Connection, Dict, FIELDS, Node, Value};
use airconn::source::{Span, Text};

fn corpus(name: &str) -> String {
    let path = format!("{}/fixtures/airflow/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).expect("the corpus is part of the repository");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    text
}

fn dict(pairs: Vec<(&str, Value<'static>)>) -> Value<'static> {
    let mut dict = Dict::default();
    for (key, value) in pairs {
        dict.insert(Value::text(key), Span::default(), Node::bare(value));
    }
    Value::dict(dict)
}

fn list(items: Vec<Value<'static>>) -> Value<'static> {
    Value::List(items.into_iter().map(Node::bare).collect())
}

/// A value as the recording script writes it, types kept apart.
fn encoded(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Int(n) if n.unsigned_abs() >= 1 << 53 => {
            dict(vec![("int", Value::text(n.to_string()))])
        }
        Value::BigInt(n) => dict(vec![("int", Value::text(n.clone()))]),
        Value::Float(_) => dict(vec![("float", Value::text(str_of(value)))]),
        Value::List(items) => {
            dict(vec![("list", list(items.iter().map(|i| encoded(&i.value)).collect()))])
        }
        Value::Dict(d) => {
            let pairs =
                d.iter().map(|(k, m)| list(vec![encoded(k), encoded(&m.node.value)])).collect();
            dict(vec![("dict", list(pairs))])
        }
        Value::Opaque(name) => dict(vec![("py", Value::text(*name))]),
        other => other.clone().into_owned(),
    }
}

/// Answers reduced to what is compared: exceptions to their type, opaque values to their type.
fn reduced(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Dict(d) => {
            if let Some(Value::List(items)) = d.get("!").map(|n| &n.value) {
                return raised_type(items[0].value.as_str().unwrap_or_default());
            }
            if let Some(Value::List(items)) = d.get("py").map(|n| &n.value) {
                return dict(vec![("py", items[0].value.clone().into_owned())]);
            }
            dict(d.named().map(|(k, m)| (k, reduced(&m.node.value))).collect::<Vec<_>>())
        }
        Value::List(items) => list(items.iter().map(|i| reduced(&i.value)).collect()),
        other => other.clone().into_owned(),
    }
}

fn raised_type(exception: &str) -> Value<'static> {
    dict(vec![("!", Value::text(exception))])
}

fn model(connection: &Connection, runtime: &Runtime) -> Value<'static> {
    let fields = FIELDS.iter().filter(|f| **f != "description" || runtime.behaviour.description);
    dict(fields.map(|f| (*f, encoded(connection.field(f).expect("a field")))).collect())
}

fn outcome(result: Result<String, &'static str>) -> Value<'static> {
    match result {
        Ok(text) => Value::text(text),
        Err("NotImplementedError") => Value::text("n/a"),
        Err(exception) => raised_type(exception),
    }
}

fn described(result: Result<Connection, Raised>, runtime: &Runtime) -> Value<'static> {
    match result {
        Err(raised) => raised_type(raised.exception()),
        Ok(connection) => dict(vec![
            ("model", model(&connection, runtime)),
            ("get_uri", outcome(uri::get_uri(&connection, runtime))),
            ("as_json", outcome(json::as_json(&connection, runtime))),
        ]),
    }
}

fn text<'c>(case: &'c Dict<'_>, key: &str) -> Option<&'c str> {
    case.get(key).and_then(|n| n.value.as_str())
}

/// Our answer, and the part of the recorded answer that it must equal. `None` where the case is
/// beyond the agreed limits.
fn compare(
    case: &Dict<'_>,
    answer: &Value<'_>,
    runtime: &Runtime,
) -> Option<(Value<'static>, Value<'static>)> {
    let pick = |keys: &[&'static str]| {
        let recorded = reduced(answer);
        match recorded.as_dict() {
            Some(d) if d.get("!").is_none() => {
                let kept =
                    keys.iter().filter_map(|k| Some((*k, d.get(k)?.value.clone().into_owned())));
                dict(kept.collect())
            }
            Some(d) => dict(vec![("!", d.get("!").expect("checked").value.clone().into_owned())]),
            None => recorded,
        }
    };
    const DESCRIBED: &[&str] = &["model", "get_uri", "as_json"];
    // An environment variable cannot hold a NUL.
    if answer.as_dict().is_some_and(|d| d.get("unsettable").is_some()) {
        return None;
    }
    match text(case, "kind").expect("kind") {
        "uri" => Some((
            described(parse(&Raw::Uri(Text::untraced(text(case, "uri")?)), runtime), runtime),
            without_id(pick(DESCRIBED)),
        )),
        "json" => Some((
            described(parse(&Raw::Json(Text::untraced(text(case, "value")?)), runtime), runtime),
            without_id(pick(DESCRIBED)),
        )),
        "envvalue" => {
            // A core object even on the first workers: it is asked as one, and get_uri and as_json
            // are the core's.
            let reader = runtime.of_environment();
            Some((
                described(
                    parse(&Raw::Value(Text::untraced(text(case, "value")?)), runtime),
                    &reader,
                ),
                without_id(pick(DESCRIBED)),
            ))
        }
        "fields" => {
            let mut node = case.get("fields").expect("fields").clone();
            if let Value::Dict(fields) = &mut node.value {
                fields.members.retain(|k| k.0.as_str() != Some("conn_id"));
            }
            Some((
                described(parse(&Raw::Fields(node), runtime), runtime),
                without_id(pick(DESCRIBED)),
            ))
        }
        "file" => {
            let bytes = match text(case, "content_b64") {
                Some(base64) => decode_base64(base64),
                None => text(case, "content")?.as_bytes().to_vec(),
            };
            Some((
                file(&format!("conns.{}", text(case, "ext")?), &bytes, runtime),
                file_answer(answer),
            ))
        }
        "export" => exports(case, runtime, answer),
        "key" => Some((key(text(case, "key")?, runtime), pick(&["validate_key", "sanitize"]))),
        other => panic!("an unknown kind of case: {other}"),
    }
}

/// The recorded model without the conn_id, which is compared by the cases of kind `key`.
fn without_id(mut answer: Value<'static>) -> Value<'static> {
    if let Value::Dict(d) = &mut answer
        && let Some(Value::Dict(model)) =
            d.members.values_mut().map(|m| &mut m.node.value).find(|v| matches!(v, Value::Dict(_)))
    {
        model.members.retain(|key| key.0.as_str() != Some("conn_id"));
    }
    answer
}

fn decode_base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u32> =
        text.bytes().filter(|b| *b != b'=').map(|b| u32::from(digit(b))).collect();
    let mut out = Vec::new();
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |all, d| all << 6 | d) << (6 * (4 - four.len()));
        out.extend(&bits.to_be_bytes()[1..four.len()]);
    }
    out
}

fn file(name: &str, bytes: &[u8], runtime: &Runtime) -> Value<'static> {
    if runtime.side == Side::Worker {
        return Value::text("n/a");
    }
    let loaded = match files::load_bytes(name, bytes, runtime) {
        Ok(loaded) => loaded,
        Err(raised) => return raised_type(raised.exception()),
    };
    let connections = loaded.iter().map(|(key, connection)| {
        dict(vec![
            ("key", encoded(key)),
            ("model", model(connection, runtime)),
            ("get_uri", outcome(uri::get_uri(connection, runtime))),
        ])
    });
    dict(vec![("conns", list(connections.collect()))])
}

fn file_answer(answer: &Value<'_>) -> Value<'static> {
    let recorded = reduced(answer);
    let Some(d) = recorded.as_dict() else { return recorded };
    let Some(Value::List(items)) = d.get("conns").map(|n| &n.value) else {
        return dict(vec![("!", d.get("!").expect("an exception").value.clone().into_owned())]);
    };
    let kept = items.iter().map(|item| {
        let item = item.value.as_dict().expect("an object");
        let keep = |k| (k, item.get(k).expect("recorded").value.clone().into_owned());
        let mut kept = dict(vec![keep("key"), keep("model"), keep("get_uri")]);
        if let Value::Dict(d) = &mut kept
            && let Some(Value::Dict(model)) =
                d.members.values_mut().nth(1).map(|m| &mut m.node.value)
        {
            model.members.retain(|key| key.0.as_str() != Some("conn_id"));
        }
        kept
    });
    dict(vec![("conns", list(kept.collect()))])
}

fn exports(
    case: &Dict<'_>,
    runtime: &Runtime,
    answer: &Value<'_>,
) -> Option<(Value<'static>, Value<'static>)> {
    let recorded = reduced(answer);
    if recorded.as_str() == Some("n/a") {
        let ours = if runtime.behaviour.export && runtime.side == Side::Server {
            Value::Null
        } else {
            Value::text("n/a")
        };
        return Some((ours, recorded));
    }
    let Some(Value::List(items)) = case.get("conns").map(|n| &n.value) else { panic!("conns") };
    let mut connections = Vec::new();
    for item in items {
        let id =
            item.value.as_dict().and_then(|d| text(d, "conn_id")).unwrap_or("None").to_string();
        match parse(&Raw::Fields(item.clone()), runtime) {
            Ok(connection) => connections.push((id, connection)),
            Err(raised) => {
                return Some((
                    dict(vec![("construct", raised_type(raised.exception()))]),
                    recorded,
                ));
            }
        }
    }
    let formats = [
        ("json", ExportFormat::Json),
        ("yaml", ExportFormat::Yaml),
        ("env_uri", ExportFormat::EnvUri),
        ("env_json", ExportFormat::EnvJson),
    ];
    let mut ours = Vec::new();
    for (name, format) in formats {
        let borrowed: Vec<_> = connections.iter().map(|(id, c)| (id.as_str(), c)).collect();
        let text = match export(&borrowed, format, runtime) {
            Ok(text) => Value::text(text),
            Err(ExportError::Missing) => Value::text("n/a"),
            Err(ExportError::Raises(_, exception)) => raised_type(exception),
            // Airflow writes `None` for an id that it did not keep; refusing is ours.
            Err(ExportError::Id(_)) => return None,
        };
        ours.push((name, text));
    }
    Some((dict(ours), recorded))
}

fn key(id: &str, runtime: &Runtime) -> Value<'static> {
    let validated = match ids::validate_key(id, runtime) {
        // Old versions return True.
        Ok(()) if !runtime.behaviour.extra_key => Value::Bool(true),
        Ok(()) => Value::Null,
        Err(_) => raised_type("AirflowException"),
    };
    let sanitized = match runtime.of_files().behaviour.id_check {
        airconn::airflow::runtime::IdCheck::None => Value::text("n/a"),
        _ => ids::sanitize_conn_id(id, &runtime.of_files()).map_or(Value::Null, Value::text),
    };
    dict(vec![("validate_key", validated), ("sanitize", sanitized)])
}

/// `case-id  # reason` lines.
fn known_differences() -> HashMap<String, bool> {
    let path = format!("{}/fixtures/airflow/known-differences.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the list of known differences");
    let lines = text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
    lines
        .map(|line| {
            let (id, reason) = line.split_once('#').expect("a reason");
            assert!(!reason.trim().is_empty(), "{id} has no reason");
            (id.trim().to_string(), false)
        })
        .collect()
}

fn run(name: &str, at_least: usize) {
    let runtimes: HashMap<String, Runtime> = Runtime::recorded().map(|r| (r.name(), r)).collect();
    let mut known = known_differences();
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    let mut skipped = 0;
    let mut differences = BTreeMap::new();
    for line in corpus(name).lines() {
        let case = loads(line).expect("a line of the corpus");
        let case = case.value.as_dict().expect("an object");
        let id = text(case, "id").expect("id");
        let Some(Value::List(answers)) = case.get("answers").map(|n| &n.value) else {
            panic!("answers")
        };
        for answer in answers {
            let answer = answer.value.as_dict().expect("an object");
            let Some(Value::List(names)) = answer.get("runtimes").map(|n| &n.value) else {
                panic!("runtimes")
            };
            let recorded = &answer.get("answer").expect("answer").value;
            for runtime in names.iter().filter_map(|n| n.value.as_str()) {
                match compare(case, recorded, &runtimes[runtime]) {
                    None => skipped += 1,
                    Some((ours, theirs)) => {
                        *compared
                            .entry(text(case, "kind").unwrap_or_default().to_string())
                            .or_default() += 1;
                        let (ours, theirs) =
                            (dumps(&ours).expect("JSON"), dumps(&theirs).expect("JSON"));
                        if ours != theirs {
                            match known.get_mut(id) {
                                Some(seen) => *seen = true,
                                None => differences
                                    .entry(id.to_string())
                                    .or_insert_with(Vec::new)
                                    .push(format!("{runtime}\n  ours   {ours}\n  theirs {theirs}")),
                            }
                        }
                    }
                }
            }
        }
    }
    let total: usize = compared.values().sum();
    println!(
        "{name}: {total} comparisons {compared:?}, {skipped} beyond the agreed limits, {} differences",
        differences.len()
    );
    let shown = differences
        .iter()
        .take(25)
        .map(|(id, all)| format!("{id} on {} runtimes, {}", all.len(), all[0]));
    assert!(
        differences.is_empty(),
        "{} cases differ, the first:\n{}",
        differences.len(),
        shown.collect::<Vec<_>>().join("\n")
    );
    let prefix = match name {
        "hand" => "h-",
        "wild" => "w-",
        "pages" => "p-",
        _ => "g1-",
    };
    let stale: Vec<_> =
        known.iter().filter(|(id, seen)| id.starts_with(prefix) && !**seen).collect();
    assert!(stale.is_empty(), "known differences that are none any more: {stale:?}");
    assert!(total >= at_least, "only {total} comparisons");
}

#[test]
fn hand_picked_cases() {
    run("hand", 20_000);
}

/// What documentation, tests and tools write (fixtures/wild; tools/recorders/record_wild.py).
#[test]
fn cases_from_the_wild() {
    run("wild", 400);
}

/// The examples on the pages of rules (tools/recorders/record_pages.py).
#[test]
fn cases_of_pages() {
    run("pages", 900);
}

#[test]
fn generated_cases() {
    run("gen1", 130_000);
}
