//! Evidence of rule pages that is no reading of one text: what real Airflow did with commands,
//! hooks and its cache (fixtures/airflow/commands.jsonl; tools/recorders/record_commands.py), held against
//! what `check` finds there; and that the record of the pages' examples
//! (fixtures/airflow/pages.jsonl.gz; tools/recorders/record_pages.py) is one of today's pages.

use crate::common;

use std::collections::BTreeMap;
use std::io::Read;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::airflow::{Raw, files, parse, uri};
use airconn::check::rules::RULES;
use airconn::check::{Finding, check};
use airconn::format::by_name;
use airconn::model::{Connection, FIELDS, Value};
use airconn::source::{Source, Text};
use common::{examples, fixture, fixture_text};
use serde_json::{Value as Json, json};

/// The runs of one kind, with the runtime that they are of.
fn runs(kind: &str) -> Vec<(Json, Runtime)> {
    let lines = fixture_text("airflow/commands.jsonl");
    let all = lines.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let runs: Vec<_> = all
        .filter(|run| run["run"] == kind)
        .map(|run| (server(&run), run))
        .map(|(runtime, run)| (run, runtime))
        .collect();
    assert!(!runs.is_empty(), "no run of {kind}");
    runs
}

fn server(run: &Json) -> Runtime {
    match run["airflow"].as_str() {
        Some("2.11.2") => Runtime::new(Version(2, 11, 2), Side::Server),
        Some("3.3.2") => Runtime::new(Version(3, 3, 2), Side::Server),
        other => panic!("a version that nobody recorded: {other:?}"),
    }
}

fn text<'j>(run: &'j Json, key: &str) -> &'j str {
    run[key].as_str().unwrap_or_else(|| panic!("no {key} in {run}"))
}

/// The findings of one rule in a text.
fn found(rule: &str, text: &str, format: &str, runtime: &Runtime) -> Vec<Finding> {
    let checked = check(
        &Source::new("run", text),
        0,
        by_name(format).expect("a format"),
        std::slice::from_ref(runtime),
    );
    checked.findings.into_iter().filter(|finding| finding.rule == rule).collect()
}

/// The fields as the script writes them.
fn fields(connection: &Connection) -> Json {
    let plain = |value: &Value<'_>| match value {
        Value::Str(text) => json!(text.as_str().expect("no lone surrogates were recorded")),
        Value::Int(number) => json!(number),
        Value::Null => Json::Null,
        other => panic!("nothing like {other:?} was recorded"),
    };
    FIELDS
        .iter()
        .map(|field| (field.to_string(), plain(connection.field(field).expect("a field"))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// What is in the database after an import of a file.
fn imported(name: &str, content: &str, runtime: &Runtime) -> BTreeMap<String, Json> {
    let loaded = files::load_bytes(name, content.as_bytes(), runtime)
        .unwrap_or_else(|raised| panic!("{}", raised.exception()));
    loaded
        .iter()
        .map(|(id, connection)| (id.as_str().expect("an id").to_string(), fields(connection)))
        .collect()
}

#[test]
fn a_text_of_json_is_imported_as_a_uri() {
    for (run, runtime) in runs("export-json-env") {
        let exported = text(&run, "exported");
        let rows = run["rows"].as_object().expect("rows");
        assert_eq!(
            run["imported"].as_array().map(Vec::len),
            Some(rows.len()),
            "the command says that it imported all"
        );
        assert_eq!(
            found("AC110", exported, "airflow-env", &runtime).len(),
            rows.len(),
            "{}",
            runtime.name()
        );
        let ours = imported("x.env", exported, &runtime);
        assert_eq!(ours.len(), rows.len());
        for (id, row) in rows {
            assert_eq!(&ours[id], row, "{id}, {}", runtime.name());
            assert_eq!(row["conn_type"], "", "{id}");
        }
        // Any password, as it is.
        assert!(text(&rows["dwh"], "schema").contains("made-up"), "{}", runtime.name());
    }
}

#[test]
fn the_last_of_a_repeated_key_counts() {
    for (run, runtime) in runs("repeated-key") {
        let rows = run["rows"].as_object().expect("rows");
        let file = text(&run, "file");
        for (id, fields) in imported("x.json", file, &runtime) {
            assert_eq!(fields, rows[&id], "{id}, {}", runtime.name());
        }
        let ids: Vec<_> = found("AC111", file, "export-json", &runtime)
            .into_iter()
            .filter_map(|finding| finding.conn_id)
            .collect();
        assert_eq!(ids, ["file_field", "file_extra", "file_inner"], "and not file_same");
        for (name, added) in run["added"].as_object().expect("added") {
            let added = added.as_str().expect("text");
            assert_eq!(
                found("AC111", added, "json", &runtime).len(),
                usize::from(name != "same"),
                "{name}"
            );
            for field in ["conn_type", "host", "login"] {
                let (by_command, by_file) =
                    (&rows[&format!("added_{name}")][field], &rows[&format!("file_{name}")][field]);
                assert_eq!(by_command, by_file, "{name} {field}");
            }
        }
        assert_eq!(rows["file_field"]["host"], "db2.example.com");
        assert_eq!(
            rows["added_inner"]["extra"],
            r#"{"assume_role_kwargs": {"ExternalId": "two"}}"#
        );
    }
}

#[test]
fn urls_of_other_libraries_have_no_hook() {
    for (run, runtime) in runs("get-hook") {
        let url = text(&run, "uri");
        let said =
            run["hook"]["!"][1].as_str().unwrap_or_else(|| panic!("there is a hook for {url}"));
        assert!(said.starts_with("Unknown hook type"), "{url}: {said}");
        let rules = ["AC210", "AC104"].map(|rule| found(rule, url, "uri", &runtime).len());
        assert_eq!(rules.iter().sum::<usize>(), 1, "{url}: {rules:?}");
        // The type of JDBC is one; what is wrong is that nothing else was understood.
        assert!(run["conn_type"] != "jdbc" || run["host"] == "", "{url}");
    }
}

#[test]
fn the_hook_of_snowflake_reads_no_host() {
    for (run, runtime) in runs("snowflake") {
        let no_account = run["arguments"]["account"] == "";
        assert_eq!(
            found("AC210", text(&run, "uri"), "uri", &runtime).len(),
            usize::from(no_account),
            "{run}"
        );
    }
}

#[test]
fn the_cache_hands_out_what_a_uri_holds() {
    let (mut lost, mut kept) = (0, 0);
    for (run, runtime) in runs("cache") {
        let value = text(&run, "value");
        let connection =
            parse(&Raw::Json(Text::untraced(value)), &runtime).expect("Airflow read it");
        assert_eq!(fields(&connection), run["first"], "{value}");
        assert_eq!(
            uri::get_uri(&connection, &runtime).as_deref(),
            Ok(text(&run, "uri")),
            "{value}"
        );
        let back = parse(&Raw::Uri(Text::untraced(text(&run, "uri"))), &runtime);
        match (&back, run["second"]["!"].as_str()) {
            (Ok(back), None) => assert_eq!(fields(back), run["second"], "{value}"),
            (Err(raised), Some(exception)) => assert_eq!(raised.exception(), exception, "{value}"),
            (_, theirs) => panic!("{value}: {theirs:?}"),
        }
        // No URI tells nothing from an empty text.
        let given = |side: &str, field: &str| {
            if run[side][field] == "" { Json::Null } else { run[side][field].clone() }
        };
        let differs = FIELDS.iter().any(|field| given("first", field) != given("second", field));
        // A port that no server listens on is told as that.
        if run["first"]["port"].as_i64().is_some_and(|port| !(0..=65535).contains(&port)) {
            let told = ["AC307", "AC408"].map(|rule| found(rule, value, "json", &runtime).len());
            assert!(differs && told.iter().sum::<usize>() > 0, "{value}, {}", runtime.name());
            continue;
        }
        assert_eq!(
            !found("AC211", value, "json", &runtime).is_empty(),
            differs,
            "{value}, {}",
            runtime.name()
        );
        *if differs { &mut lost } else { &mut kept } += 1;
    }
    assert!(lost > 10 && kept > 10, "{lost} lost, {kept} kept");
}

/// Whoever changes an example asks Airflow again.
#[test]
fn the_record_of_pages_is_of_these_pages() {
    let mut text = String::new();
    let file = std::fs::File::open(fixture("airflow/pages.jsonl.gz")).expect("a fixture");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    let mut recorded: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let id = case["id"].as_str().expect("an id").split('#').next().expect("a name").to_string();
        let what = ["content", "value", "uri"]
            .iter()
            .find_map(|key| case[key].as_str())
            .expect("what was asked about");
        recorded.entry(id).or_default().push(what.to_string());
    }
    let mut expected = 0;
    for rule in RULES {
        for section in ["Bad", "Good"] {
            let of_section = examples::examples(rule.page)
                .into_iter()
                .filter(|example| example.section == section);
            for (i, example) in
                of_section.enumerate().filter(|(_, example)| !example.info.contains("piped"))
            {
                let name = format!("p-{}-{}-{}", rule.id, section.to_lowercase(), i + 1);
                let same = |texts: &Vec<String>| match example.format().name {
                    "uri" => texts.iter().all(|line| example.text.lines().any(|l| l == line)),
                    "json" => texts[0] == example.text.trim_end(),
                    // What a shell made of the file: the values are no pieces of it.
                    "env" => true,
                    _ => texts[0] == example.text,
                };
                if ["uri", "json", "airflow-env", "export-json", "export-yaml"]
                    .contains(&example.format().name)
                {
                    assert!(
                        recorded.get(&name).is_some_and(same),
                        "{name} was recorded otherwise: tools/recorders/record_pages.py asks again"
                    );
                    expected += 1;
                }
            }
        }
    }
    assert!(expected > 300, "only {expected} examples");
}
