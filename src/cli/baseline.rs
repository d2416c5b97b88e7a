//! `--baseline` and `--write-baseline`: findings that are known are not reported again. The file
//! holds fingerprints, and beside them for people what they stand for; no value and no line.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::Trouble;
use super::replace::{Readers, replace};
use crate::check::rules::ALWAYS;
use crate::report::{Report, json_text};
use crate::{bounds, files};

/// The version of the file's form.
const VERSION: u64 = 1;

/// Writes the findings of a report as known.
pub(super) fn write(path: &Path, report: &Report) -> Result<usize, Trouble> {
    let known: Vec<Value> = report
        .findings()
        .filter(|(_, located)| !ALWAYS.contains(&located.finding.rule))
        .map(|(file, located)| {
            let finding = &located.finding;
            json!({
                "fingerprint": located.fingerprint, "rule": finding.rule, "file": file.path,
                "conn_id": finding.conn_id, "pointer": finding.pointer,
            })
        })
        .collect();
    let lines: Vec<String> =
        known.iter().map(|finding| format!("    {}", json_text(finding))).collect();
    let list =
        if lines.is_empty() { "[]".to_string() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    let text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": {list}\n}}\n");
    replace(path, text.as_bytes(), Readers::Usual)?;
    Ok(known.len())
}

/// Takes away the findings that a file knows; says how many of it are there no more.
pub(super) fn apply(path: &Path, report: &mut Report) -> Result<usize, Trouble> {
    let text = files::text(path, bounds::CONFIG.value)
        .map_err(|e| Trouble::new(format!("cannot read the baseline {}: {e}", path.display())))?;
    let mut known = known(&text).ok_or_else(|| {
        Trouble::new(format!(
            "{} is not a baseline of this version of airconn; --write-baseline writes one",
            path.display()
        ))
    })?;
    let all = known.clone();
    for file in &mut report.files {
        file.findings.retain(|located| {
            if ALWAYS.contains(&located.finding.rule) {
                return true;
            }
            known.remove(&located.fingerprint);
            !all.contains(&located.fingerprint)
        });
    }
    Ok(known.len())
}

fn known(text: &str) -> Option<BTreeSet<String>> {
    let file: Value = serde_json::from_str(text).ok()?;
    if file["version"].as_u64() != Some(VERSION) {
        return None;
    }
    file["findings"]
        .as_array()?
        .iter()
        .map(|finding| finding["fingerprint"].as_str().map(str::to_string))
        .collect()
}
