//! AC107: an id is given twice.

use std::collections::HashMap;

use crate::airflow::{Fault, Raw};
use crate::check::{About, Check, Findings, Level, Reading, Rule};
use crate::format::Entry;
use crate::privacy::shown_id;

pub static RULE: Rule = Rule {
    id: "AC107",
    name: "duplicate-connection",
    level: Level::Error,
    page: include_str!("ac107_duplicate_connection.md"),
    about: About::Text,
    checks: &[Check::Document(check)],
};

const HELP: &str = "remove one, or give it an id of its own";

fn check(view: &Reading<'_>, findings: &mut Findings) {
    for span in &view.document.overwritten {
        let message = "duplicate id: a later connection silently replaces this one";
        findings.push(&RULE, "", Some(*span), message).help(HELP);
    }
    let refuses = view
        .document
        .entries
        .iter()
        .any(|e| e.refused.as_ref().is_some_and(|r| r.fault == Fault::RepeatedId));
    let mut first: HashMap<(u32, &str), &Entry<'_>> = HashMap::new();
    for entry in &view.document.entries {
        let Some(id) = entry.conn_id.as_deref() else { continue };
        let Some(other) = first.insert((entry.scope, id), entry) else { continue };
        let before = one_text(other);
        // Where the later of two equal texts counts, nothing is lost.
        let equal = !refuses && before.is_some() && before == one_text(entry);
        let effect = match (refuses, equal) {
            (true, _) => "Airflow refuses the whole file",
            (false, true) => "both times with the same value",
            (false, false) => "only the last one counts",
        };
        let message = format!("this id is given twice: {effect}");
        let finding = findings.push(&RULE, "", entry.id_span, message);
        finding.level(if equal { Level::Warning } else { Level::Error });
        finding.conn_id = shown_id(entry);
        finding.help(help(view, entry, other));
    }
    // Ids that differ only in case are two connections in a file and a database, and one variable
    // in an environment.
    let mut upper: HashMap<String, &str> = HashMap::new();
    for entry in &view.document.entries {
        let Some(id) = entry.conn_id.as_deref() else { continue };
        if upper.insert(id.to_uppercase(), id).is_some_and(|other| other != id) {
            let message = "this id differs from another only in case: as AIRFLOW_CONN_ variables \
                           the two are one";
            let finding = findings.push(&RULE, "", entry.id_span, message);
            finding.conn_id = shown_id(entry);
            finding.level(Level::Warning).help("give one of them another name");
        }
    }
    // Lists under one id: the second connection has no key of its own.
    let lists = view
        .document
        .entries
        .iter()
        .filter_map(|e| e.refused.as_ref())
        .filter(|r| r.fault == Fault::RepeatedId);
    for raised in lists.filter(|_| first.len() == view.document.entries.len()) {
        findings.push(&RULE, "", raised.span, &raised.message).help(HELP);
    }
}

/// The way out, with the line of the other, if it is another line.
fn help(view: &Reading<'_>, entry: &Entry<'_>, other: &Entry<'_>) -> String {
    let line = |entry: &Entry<'_>| entry.id_span.map(|s| view.source.position(s.start).line);
    match (line(entry), line(other)) {
        (Some(here), Some(there)) if here != there => {
            format!("the other is in line {there}: {HELP}")
        }
        _ => HELP.to_string(),
    }
}

/// A connection that is written as one text.
fn one_text<'e>(entry: &'e Entry<'_>) -> Option<&'e str> {
    match &entry.raw {
        Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => Some(text.as_str()),
        _ => None,
    }
}
