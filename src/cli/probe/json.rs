//! The report of a probe for programs, version 1: `schemas/probe.json` describes it.

use serde_json::{Map, Value, json};

use super::repair::Repair;
use super::subjects::Subjects;
use crate::probe::words::identity;
use crate::probe::{Ended, Probed, Run, Step, Stopped, Subject, Verdict};
use crate::report::json_text;

pub(super) fn report(
    found: &Subjects,
    run: &Run,
    repairs: &[Option<Repair>],
    left_out: usize,
) -> String {
    let all = found.subjects.iter().zip(&run.probed).zip(repairs);
    let connections: Vec<Value> = all
        .map(|((subject, probed), repair)| connection(subject, probed, repair.as_ref()))
        .collect();
    let count = |wanted: Verdict| run.probed.iter().filter(|p| p.verdict() == wanted).count();
    let root = json!({
        "version": 1,
        "dry_run": false,
        "connections": connections,
        "summary": {
            "connections": run.probed.len(),
            "passed": count(Verdict::Passed),
            "failed": count(Verdict::Failed),
            "unproven": count(Verdict::Unproven),
            "others": found.others,
            "repairs_left_out": left_out,
            "stopped": match run.stopped {
                Stopped::No => Value::Null,
                Stopped::Interrupted => json!("interrupted"),
                Stopped::Terminated => json!("terminated"),
                Stopped::Deadline => json!("deadline"),
            },
        },
    });
    json_text(&root) + "\n"
}

fn connection(subject: &Subject, probed: &Probed, repair: Option<&Repair>) -> Value {
    let steps: Vec<Value> =
        subject.plan.steps.iter().zip(&probed.ends).map(|(s, end)| step(s, end)).collect();
    let failed = probed.failure().map(|(position, end)| {
        let info = subject.plan.steps[position].kind.info();
        json!({
            "step": position + 1, "id": info.id, "name": info.name, "cause": end.outcome.cause
        })
    });
    json!({
        "conn_id": subject.conn_id,
        "conn_type": subject.connection.type_str(),
        "mode": subject.plan.mode,
        "verdict": probed.verdict().name(),
        "failed": failed,
        "repair": repair.map(Repair::json),
        "notes": subject.plan.notes,
        "steps": steps,
    })
}

fn step(step: &Step, end: &Ended) -> Value {
    let info = step.kind.info();
    let outcome = &end.outcome;
    let facts: Map<String, Value> =
        outcome.facts.iter().map(|fact| (fact.name.to_string(), json!(fact.text))).collect();
    json!({
        "id": info.id,
        "name": info.name,
        "what": step.what,
        "identity": step.identity.as_ref().map(identity),
        "necessity": step.necessity.name(),
        "logs_in": step.logs_in,
        "status": outcome.status.name(),
        "cause": outcome.cause,
        "code": outcome.code,
        "message": outcome.message,
        "hints": outcome.hints,
        "facts": facts,
        "policy": outcome.policy,
        "began_us": end.began,
        "took_us": end.took,
    })
}
