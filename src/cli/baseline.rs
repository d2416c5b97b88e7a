//! `--baseline` and `--write-baseline`: findings that are known are not reported again. The file
//! holds fingerprints, and beside them for people what they stand for; no value and no line.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::Trouble;
use super::replace::{Readers, replace};
use crate::check::rules::ALWAYS;
use crate::report::{Located, Report, json_text};
use crate::{bounds, files};

/// The version of the file's form.
const VERSION: u64 = 1;

/// Writes the findings of a report as known.
pub(super) fn write(path: &Path, report: &Report) -> Result<usize, Trouble> {
    let known: Vec<Value> = report
        .findings()
        .filter(|(_, located)| !ALWAYS.contains(&located.finding.rule))
        .map(|(file, located)| {
            let inside = located.consequences.iter().map(|it| entry(&file.path, it));
            let inside: Vec<Value> = inside.collect();
            let mut known = entry(&file.path, located);
            if !inside.is_empty() {
                known["consequences"] = inside.into();
            }
            known
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

fn entry(path: &str, located: &Located) -> Value {
    let finding = &located.finding;
    json!({
        "fingerprint": located.fingerprint, "rule": finding.rule, "file": path,
        "conn_id": finding.conn_id, "pointer": finding.pointer,
    })
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
        let is_new = |located: &Located| {
            ALWAYS.contains(&located.finding.rule) || !all.contains(&located.fingerprint)
        };
        let mut left = Vec::with_capacity(file.findings.len());
        for mut located in std::mem::take(&mut file.findings) {
            known.remove(&located.fingerprint);
            for consequence in &located.consequences {
                known.remove(&consequence.fingerprint);
            }
            if is_new(&located) {
                left.push(located);
                continue;
            }
            // What nobody knows stands by itself where its cause is known.
            let inside = std::mem::take(&mut located.consequences);
            left.extend(inside.into_iter().filter(&is_new));
        }
        file.findings = left;
    }
    Ok(known.len())
}

fn known(text: &str) -> Option<BTreeSet<String>> {
    let file: Value = serde_json::from_str(text).ok()?;
    if file["version"].as_u64() != Some(VERSION) {
        return None;
    }
    let findings = file["findings"].as_array()?;
    let inside = findings.iter().filter_map(|finding| finding["consequences"].as_array()).flatten();
    findings
        .iter()
        .chain(inside)
        .map(|finding| finding["fingerprint"].as_str().map(str::to_string))
        .collect()
}
