//! Reports of the probe are what `schemas/probe.json` says.

use std::path::Path;

use serde_json::Value;

/// Validates a report.
pub(crate) fn check(report: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/probe.json");
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let good = serde_json::json!({
        "version": 1, "dry_run": true, "summary": {"connections": 1, "others": 0, "repairs_left_out": 0},
        "connections": [{"conn_id": null, "conn_type": "aws", "mode": "keys", "notes": [], "fails": null, "repair": null, "steps": [
            {"id": "AC901", "name": "offline", "what": "w", "identity": null, "necessity": "needed", "logs_in": false, "seconds": 1}
        ]}]
    });
    check(&good);
    for (pointer, value) in [
        ("/version", Value::from(2)),
        ("/dry_run", Value::from(false)),
        ("/connections/0/steps/0/id", Value::from("AC101")),
        ("/connections/0/steps/0/secret", Value::from("x")),
    ] {
        let mut bad = good.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        bad.pointer_mut(parent).expect("a parent")[key] = value;
        assert!(std::panic::catch_unwind(|| check(&bad)).is_err(), "{pointer}");
    }
}
