//! `airconn probe --dry-run`: the plan, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::repair::{Repair, repairs_left_out};
use super::subjects::{Subjects, title};
use crate::probe::words::identity;
use crate::probe::{Necessity, Offline, Step, Subject};
use crate::report::json_text;
use crate::source::clean;

pub(super) fn human(found: &Subjects, repairs: &[Option<Repair>], left_out: usize) -> String {
    let mut out = String::new();
    for (index, (subject, repair)) in found.subjects.iter().zip(repairs).enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}  {}", title(subject, index), kind(subject));
        let mut who = None;
        for (number, step) in subject.plan.steps.iter().enumerate() {
            let info = step.kind.info();
            if step.identity.is_some() && step.identity != who {
                who.clone_from(&step.identity);
                let _ =
                    writeln!(out, "      as {}:", who.as_ref().map(identity).unwrap_or_default());
            }
            let _ = writeln!(
                out,
                "  {:>2}  {}  {:<21}  {}{}",
                number + 1,
                info.id,
                info.name,
                clean(&step.what),
                remark(step)
            );
        }
        match &subject.plan.offline {
            Offline::Ready => {}
            Offline::Fails { rule, message, help, .. } => {
                let _ = writeln!(out, "      fails at step 1: {} [{rule}]", clean(message));
                help.iter().for_each(|help| {
                    let _ = writeln!(out, "      help: {}", clean(help));
                });
            }
            Offline::Beyond(reason) => {
                let _ = writeln!(out, "      the probe ends there: {}", clean(reason));
            }
        }
        for line in repair.iter().flat_map(Repair::lines) {
            let _ = writeln!(out, "      {line}");
        }
        for note in &subject.plan.notes {
            let _ = writeln!(out, "      note: {}", clean(note));
        }
        out.push('\n');
    }
    let count = found.subjects.len();
    let others = if found.others == 0 {
        String::new()
    } else {
        format!("; {} of other types left out", found.others)
    };
    let _ = writeln!(
        out,
        "{count} connection{} planned{others}; nothing was sent",
        if count == 1 { "" } else { "s" }
    );
    if let Some(line) = repairs_left_out(left_out) {
        let _ = writeln!(out, "{line}");
    }
    out
}

pub(super) fn kind(subject: &Subject) -> String {
    let conn_type = subject.connection.type_str();
    if conn_type.is_empty() {
        subject.plan.mode.to_string()
    } else {
        format!("{conn_type}, {}", subject.plan.mode)
    }
}

fn remark(step: &Step) -> &'static str {
    match (step.necessity, step.logs_in) {
        (Necessity::Needed, true) => "  <- logs in",
        (Necessity::Needed, false) => "",
        (Necessity::Informative, _) => "  (optional)",
        (Necessity::IfRefused, true) => "  (only if the step before is refused)  <- logs in",
        (Necessity::IfRefused, false) => "  (only if the step before is refused)",
    }
}

pub(super) fn json(found: &Subjects, repairs: &[Option<Repair>], left_out: usize) -> String {
    let connections: Vec<Value> = found
        .subjects
        .iter()
        .zip(repairs)
        .map(|(subject, repair)| connection(subject, repair.as_ref()))
        .collect();
    let (count, others) = (found.subjects.len(), found.others);
    let summary = json!({ "connections": count, "others": others, "repairs_left_out": left_out });
    let root =
        json!({ "version": 1, "dry_run": true, "connections": connections, "summary": summary });
    json_text(&root) + "\n"
}

fn connection(subject: &Subject, repair: Option<&Repair>) -> Value {
    let steps: Vec<Value> = subject.plan.steps.iter().map(step).collect();
    let fails = match &subject.plan.offline {
        Offline::Ready => Value::Null,
        Offline::Fails { rule, exception, message, help } => {
            json!({ "rule": rule, "exception": exception, "message": message, "help": help })
        }
        Offline::Beyond(reason) => {
            json!({ "rule": null, "exception": null, "message": reason, "help": null })
        }
    };
    json!({
        "conn_id": subject.conn_id,
        "conn_type": subject.connection.type_str(),
        "mode": subject.plan.mode,
        "steps": steps,
        "fails": fails,
        "repair": repair.map(Repair::json),
        "notes": subject.plan.notes,
    })
}

fn step(step: &Step) -> Value {
    let info = step.kind.info();
    json!({
        "id": info.id,
        "name": info.name,
        "what": step.what,
        "identity": step.identity.as_ref().map(identity),
        "necessity": step.necessity.name(),
        "logs_in": step.logs_in,
        "seconds": info.seconds,
    })
}
