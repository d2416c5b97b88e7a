//! Bodies for the REST API held against what the API server of Airflow made of them
//! (fixtures/rest/bodies.jsonl; tools/recorders/record_rest.py); and the list of all recorders.

use crate::common;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::format::by_name;
use airconn::model::Value;
use airconn::source::Text;
use common::fixture_text;
use serde_json::Value as Json;

#[test]
fn bodies_are_taken_as_the_api_server_takes_them() {
    let (mut taken, mut refused) = (0, 0);
    let runtime = Runtime::newest(Side::Server);
    let format = by_name("rest").expect("a format");
    for line in fixture_text("rest/bodies.jsonl").lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        // As it was sent: a number may be larger than any that is read here.
        let Some(rest) = line.strip_prefix("{\"body\": ") else { continue };
        let end = rest.rfind(", \"refused\": ").or_else(|| rest.rfind(", \"port\": "));
        let body = &rest[..end.expect("an answer")];
        let text = Text::untraced(body);
        let document = (format.read)(&text, &runtime);
        let made = document.entries.first().expect("a connection").parse(&runtime);
        if case.get("refused").is_some() {
            refused += 1;
            assert!(made.is_err(), "the API server refuses {body}");
            continue;
        }
        taken += 1;
        let made = made.unwrap_or_else(|raised| panic!("it takes {body}: {}", raised.message));
        let port = match &made.port {
            Value::Int(port) => Some(*port as f64),
            Value::BigInt(port) => port.parse().ok(),
            _ => None,
        };
        assert_eq!(port, case["port"].as_f64(), "{body}");
    }
    assert!(taken > 50 && refused > 50, "{taken} taken, {refused} refused");
}

#[test]
fn every_recorder_is_in_the_list() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/recorders");
    let listed = std::fs::read_to_string(folder.join("README.md")).expect("the list");
    let names = std::fs::read_dir(&folder)
        .expect("recorders")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let scripts: Vec<String> = names.filter(|name| name.ends_with(".py")).collect();
    assert!(scripts.len() > 20, "{scripts:?}");
    for script in scripts {
        let row = format!("`{script}");
        assert!(listed.contains(&row), "tools/recorders/README.md lacks {script}");
    }
}
