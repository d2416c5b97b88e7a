//! What the real `HttpHook` made of host, schema and port, and what `check` says of it.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::{Level, check};
use airconn::format::by_name as format;
use airconn::source::Source;
use serde_json::{Value as Json, json};

use crate::common::fixture_text;

/// Is it an error where each request raises, and none where one can be sent?
#[test]
fn a_base_url_that_cannot_be_asked_is_an_error() {
    let runtimes = [Runtime::newest(Side::Worker)];
    let (mut wrong, mut rows, mut raised) = (Vec::new(), 0, 0);
    for line in fixture_text("types/base_urls.jsonl").lines() {
        let row: Json = serde_json::from_str(line).expect("JSON");
        let source = Source::new("x", json!({ "subject": row["conn"] }).to_string());
        let found = check(&source, 0, format("export-json").expect("a format"), &runtimes);
        let raises = !row["raises"].is_null();
        rows += 1;
        raised += usize::from(raises);
        // A task may give a whole URL where the host is empty: that it is so is told.
        let least = if row["conn"]["host"] == "" { Level::Warning } else { Level::Error };
        let told = found.findings.iter().any(|f| f.level >= least);
        let is_error = found.findings.iter().any(|f| f.level == Level::Error);
        if raises && !told || !raises && is_error {
            wrong.push(line.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 120 && raised >= 40, "{raised} of {rows}");
}
