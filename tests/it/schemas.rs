//! The schemas of the modes: they are what they say, their examples do what they promise, and they
//! claim nothing that a recorded run disproves.

use std::cell::RefCell;
use std::collections::BTreeMap;

use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::Version;
use airconn::check::Level;
use airconn::check::schema::{FILE_SCHEMAS, Validator, Violation, instance, text as text_of};
use airconn::check::schema::{validator, violations};
use airconn::hooks::{HOOKS, Mode, Outcome, Resolution, Scene};
use airconn::hooks::{modes, of_type, packages, version_of};
use airconn::model::{Connection, Value};
use serde_json::Value as Json;

use crate::redshift::recorded_env;

use recorded_env::{
    Cause, Lab, at, cause, connection, has, labs, labs_of_runs, lines, resolved, text, unseen,
};

fn schema(info: &'static Mode) -> Json {
    serde_json::from_str(text_of(info))
        .unwrap_or_else(|e| panic!("{}/{}: {e}", info.conn_type, info.name))
}

fn array<'j>(json: &'j Json, key: &str) -> &'j [Json] {
    json[key].as_array().map_or(&[], Vec::as_slice)
}

/// A connection of a schema as Airflow would have it.
fn airflow(json: &Json, lab: &Lab) -> Connection {
    connection(&loads(&json.to_string()).expect("JSON").value.into_owned(), &lab.runtime)
}

/// What becomes of a connection together with those of `with`.
fn becomes(json: &Json, with: &Json, lab: &Lab) -> Resolution {
    let set = |id: &str| with.get(id).map(|c| airflow(c, lab));
    let scene = Scene::new(&set, Some("aws_default"), &lab.runtime, &lab.packages);
    let connection = airflow(json, lab);
    let hook = of_type(connection.type_str()).expect("a type of HOOKS");
    (hook.resolve)(&connection, None, &scene)
}

/// What the schema of a mode says about a connection, for the versions of this environment.
fn judged(mode: &'static Mode, connection: &Connection, lab: &Lab) -> Vec<Violation> {
    let Some(instance) = instance(connection, &lab.runtime.behaviour) else { return Vec::new() };
    let due = |(package, since): &(String, Version)| {
        *since <= version_of(&lab.packages, package).expect("a package of HOOKS")
    };
    let found = violations(validator(mode), &instance);
    // The quick way to compile a schema of ours says the same as the usual one.
    thread_local!(static USUAL: RefCell<BTreeMap<&'static str, Validator>> = RefCell::default());
    USUAL.with_borrow_mut(|usual| {
        let usual = usual
            .entry(text_of(mode))
            .or_insert_with(|| Validator::new(schema(mode)).expect("a schema"));
        assert_eq!(violations(usual, &instance), found, "{}", mode.name);
    });
    found.into_iter().filter(|v| v.since.iter().all(due)).collect()
}

fn errors(violations: &[Violation]) -> Vec<String> {
    violations
        .iter()
        .filter(|v| v.level == Level::Error)
        .map(|v| format!("{} {}", v.pointer, v.keyword))
        .collect()
}

#[test]
fn schemas_say_what_they_are() {
    for hook in HOOKS {
        let mut shared: BTreeMap<String, (Json, &str)> = BTreeMap::new();
        for info in (hook.modes)() {
            let name = format!("{}/{}", info.conn_type, info.name);
            let schema = schema(info);
            assert!(
                jsonschema::draft202012::meta::is_valid(&schema),
                "{name} is no schema of 2020-12"
            );
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
            assert_eq!(schema["$id"], format!("urn:airconn:schema:{name}"), "{name}");
            assert_eq!(schema["x-selector"], info.selector, "{name}");
            for key in ["title", "description", "x-identity"] {
                assert!(schema[key].as_str().is_some_and(|t| !t.is_empty()), "{name} has no {key}");
            }
            // tests/it/types.rs asks for those of types that are data.
            assert!(
                info.schema.is_none()
                    || !array(&schema, "examples").is_empty()
                        && !array(&schema, "x-counterexamples").is_empty(),
                "{name}"
            );
            // Definitions of one name are the same in all schemas of a type: each file stands by
            // itself.
            for (definition, content) in schema["$defs"].as_object().expect("definitions") {
                let (known, first) = shared
                    .entry(definition.clone())
                    .or_insert_with(|| (content.clone(), info.name));
                assert_eq!(known, content, "`{definition}` differs between {first} and {name}");
            }
        }
    }
}

/// Calls `see` with every schema inside of a schema, and everything else that is an object.
fn walk(json: &Json, see: &mut dyn FnMut(&Json)) {
    see(json);
    match json {
        Json::Array(items) => items.iter().for_each(|item| walk(item, see)),
        Json::Object(members) => members
            .iter()
            .filter(|(key, _)| !key.starts_with("x-c") && *key != "examples")
            .for_each(|(_, v)| walk(v, see)),
        _ => {}
    }
}

/// A rule, level or package that is misspelt would be passed over in silence.
#[test]
fn annotations_name_what_there_is() {
    let mut seen = 0;
    for info in modes() {
        walk(&schema(info), &mut |json| {
            let text = |key: &str| json.get(key).and_then(Json::as_str);
            seen += usize::from(json.get("x-rule").is_some());
            assert!(
                text("x-rule").is_none_or(|rule| airconn::check::rules::by_name(rule).is_some()),
                "{}: {:?}",
                info.name,
                text("x-rule")
            );
            assert!(
                text("x-level").is_none_or(|level| ["error", "warning", "info"].contains(&level)),
                "{}",
                info.name
            );
            for (package, version) in
                json.get("x-since").and_then(Json::as_object).into_iter().flatten()
            {
                assert!(
                    packages().iter().any(|known| known.name == package),
                    "{}: {package}",
                    info.name
                );
                let parts: Vec<u16> = version
                    .as_str()
                    .expect("text")
                    .split('.')
                    .map(|p| p.parse().expect("a number"))
                    .collect();
                assert_eq!(parts.len(), 3, "{}: {version}", info.name);
            }
        });
    }
    assert!(seen > 500, "only {seen} rules are named");
}

#[test]
fn schemas_know_the_arguments_of_the_newest_driver() {
    let schema = schema((HOOKS[0].modes)()[0]);
    let known: Vec<&str> = schema["$defs"]["arguments"]["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(known, labs()[0].packages.driver.arguments().collect::<Vec<_>>());
}

#[test]
fn examples_are_good_and_their_mode_is_taken() {
    let lab = &labs()[0];
    let mut wrong = Vec::new();
    for info in modes() {
        let schema = schema(info);
        for (i, example) in array(&schema, "examples").iter().enumerate() {
            let name = format!("{}/{} example {i}", info.conn_type, info.name);
            let violations = judged(info, &airflow(example, lab), lab);
            let ours = becomes(example, &schema["x-with"], lab);
            if !violations.is_empty()
                || ours.mode != info
                || matches!(ours.outcome, Outcome::Fails { .. })
            {
                wrong
                    .push(format!("{name}: {} {:?} {violations:#?}", ours.mode.name, ours.outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn counterexamples_violate_what_they_say() {
    let lab = &labs()[0];
    let mut wrong = Vec::new();
    for info in modes().filter(|info| info.schema.is_some()) {
        let schema = schema(info);
        for case in array(&schema, "x-counterexamples") {
            let name = format!("{}/{}: {}", info.conn_type, info.name, case["title"]);
            let connection = &case["connection"];
            let found = judged(info, &airflow(connection, lab), lab);
            let ours = becomes(connection, &schema["x-with"], lab);
            let error = case["level"] == "error";
            for claim in array(case, "violates") {
                let told = found
                    .iter()
                    .any(|v| v.pointer == claim["pointer"] && v.keyword == claim["keyword"]);
                if !told {
                    wrong.push(format!("{name}: not found {claim}, but {found:#?}"));
                }
            }
            let fails = matches!(ours.outcome, Outcome::Fails { .. });
            if ours.mode != info || error == errors(&found).is_empty() || error != fails {
                wrong.push(format!(
                    "{name}: {} fails {fails} errors {:?}: {:?}",
                    ours.mode.name,
                    errors(&found),
                    ours.outcome
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every recorded run in every environment: where it succeeded the schema of its mode has no error,
/// and where the schema has one, the port of hook and driver agrees. Prints how many of the
/// failures that the text decides a schema sees.
#[test]
#[expect(clippy::print_stdout, reason = "a measurement, shown with --no-capture")]
fn schemas_claim_nothing_that_a_run_disproves() {
    let labs = labs_of_runs();
    let (mut disproved, mut alone) = (Vec::new(), Vec::new());
    let (mut judged_runs, mut left_out, mut failed, mut caught) = (0, 0, 0, 0);
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    let runs =
        lines("runs").into_iter().flat_map(|case| labs.iter().map(move |lab| (case.clone(), lab)));
    let generated = lines("generated").into_iter().map(|case| (case, &labs[0]));
    for (case, lab) in runs.chain(generated) {
        let hook = text(&case, "hook");
        let outcome = at(&case, "outcome");
        let outcome = if has(outcome, "ok") { outcome } else { at(outcome, lab.label) };
        let ours = resolved(&case, lab);
        let connection = match hook {
            "redshift" | "postgres" => connection(at(&case, "conn"), &lab.runtime),
            "aws" if has(&case, "aws") => connection(at(&case, "aws"), &lab.runtime),
            _ => continue,
        };
        judged_runs += 1;
        let found = errors(&judged(ours.mode, &connection, lab));
        let name = || format!("{} {} {}", text(&case, "id"), lab.label, ours.mode.name);
        let fails = matches!(ours.outcome, Outcome::Fails { .. });
        // The stand-ins of the generated runs let pass what network and server refuse.
        if unseen(outcome) {
            left_out += 1;
            continue;
        }
        if !found.is_empty() && cause(outcome) == Cause::None {
            disproved.push(format!("{}: {found:?}", name()));
        } else if !found.is_empty() && !fails {
            alone.push(format!("{}: {found:?}, recorded {}", name(), text(outcome, "message")));
        }
        if let (Cause::Text, Outcome::Fails { failure, .. }) = (cause(outcome), &ours.outcome) {
            // A failure that another connection of the set causes is none of this one.
            let here = failure.places.first().is_some_and(|p| p.conn_id.is_none());
            if here && instance(&connection, &lab.runtime.behaviour).is_some() {
                failed += 1;
                // Seen is what the schema has an error for at one of the places of the failure.
                let at = |found: &String| {
                    failure
                        .places
                        .iter()
                        .any(|place| found.split(' ').next() == Some(place.pointer.as_str()))
                };
                if found.iter().any(at) {
                    caught += 1;
                } else {
                    *missed.entry(format!("{hook} {:?}", failure.reason)).or_default() += 1;
                }
            }
        }
    }
    println!(
        "{judged_runs} runs; of {failed} that failed for the text of this connection the schema of the mode sees {caught}"
    );
    println!("not seen: {missed:#?}");
    assert_eq!(judged_runs, 3549, "the recorded corpora are complete");
    assert!(disproved.is_empty(), "{} runs succeeded:\n{}", disproved.len(), disproved.join("\n"));
    assert!(alone.is_empty(), "{} that only the schema says:\n{}", alone.len(), alone.join("\n"));
    let counted = (left_out, caught, failed);
    assert_eq!(counted, (55, 1131, 1286), "left out, seen by a schema, failed");
}

#[test]
fn schemas_of_files_compile() {
    for file in FILE_SCHEMAS {
        let schema: Json = serde_json::from_str(file.schema).expect("JSON");
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{}", file.name);
        assert!(Validator::new(schema).is_ok(), "{}", file.name);
    }
}

#[test]
fn files_of_connections() {
    let schema: Json = serde_json::from_str(FILE_SCHEMAS[0].schema).expect("JSON");
    let validator = Validator::new(schema.clone()).expect("it compiles");
    for example in array(&schema, "examples") {
        assert_eq!(violations(&validator, example), []);
    }
    for case in array(&schema, "x-counterexamples") {
        let found = violations(&validator, &case["document"]);
        for claim in array(case, "violates") {
            assert!(
                found
                    .iter()
                    .any(|v| v.pointer == claim["pointer"] && v.keyword == claim["keyword"]),
                "{}: {found:#?}",
                case["title"]
            );
        }
    }
    for name in ["connections.json", "2.11.2/connections.json"] {
        let path = format!("{}/fixtures/valid/{name}", env!("CARGO_MANIFEST_DIR"));
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let document: Json = serde_json::from_str(&text).expect("JSON");
        assert_eq!(violations(&validator, &document), [], "{name}");
    }
}

/// A `Value` of a connection that no schema can be asked about is left alone.
#[test]
fn what_json_cannot_hold_is_not_judged() {
    let lab = &labs()[0];
    let of = |extra: &str| Connection {
        conn_type: Value::text("redshift"),
        extra: airconn::model::Secret::new(Value::text(extra)),
        ..Connection::default()
    };
    for (extra, judged) in [
        ("{}", true),
        ("", true),
        ("[1]", false),
        (r#"{"timeout": NaN}"#, false),
        (r#"{"a": 123456789012345678901}"#, false),
    ] {
        assert_eq!(instance(&of(extra), &lab.runtime.behaviour).is_some(), judged, "{extra}");
    }
}
