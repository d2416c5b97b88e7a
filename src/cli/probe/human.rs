//! The report of a probe for people: a line and a bar of time for each step, then what to do.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::dry_run::kind;
use super::repair::Repair;
use super::subjects::{Subjects, title};
use crate::probe::words::identity;
use crate::probe::{Ended, Probed, Run, Status, Step, Stopped, Subject, Verdict};

/// Characters of the bar.
const BAR: u64 = 16;

/// Facts that stand in the message already, or that only programs want.
const NOT_SHOWN: &[&str] = &["addresses", "address", "tls-version", "method", "user", "database", "redshift"];

pub(super) fn report(found: &Subjects, run: &Run, repairs: &[Option<Repair>]) -> String {
    let mut out = String::new();
    for (index, ((subject, probed), repair)) in found.subjects.iter().zip(&run.probed).zip(repairs).enumerate() {
        connection(&mut out, subject, index, probed);
        for line in repair.iter().flat_map(Repair::lines) {
            let _ = writeln!(out, "    {line}");
        }
        out.push('\n');
    }
    let count = |wanted: Verdict| run.probed.iter().filter(|p| p.verdict() == wanted).count();
    let mut parts = vec![format!("{} passed", count(Verdict::Passed)), format!("{} failed", count(Verdict::Failed))];
    if count(Verdict::Unproven) > 0 {
        parts.push(format!("{} unproven", count(Verdict::Unproven)));
    }
    if found.others > 0 {
        parts.push(format!("{} of other types left out", found.others));
    }
    match run.stopped {
        Stopped::No => {}
        Stopped::Interrupted => parts.push("interrupted".to_string()),
        Stopped::Deadline => parts.push("out of time".to_string()),
    }
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(out, "{}", parts.join(", "));
    out
}

fn connection(out: &mut String, subject: &Subject, index: usize, probed: &Probed) {
    let _ = writeln!(out, "{}  {}", title(subject, index), kind(subject));
    let whole = probed.ends.iter().map(|end| end.began + end.took).max().unwrap_or(0).max(1);
    let mut who = None;
    for (number, (step, end)) in subject.plan.steps.iter().zip(&probed.ends).enumerate() {
        if step.identity.is_some() && step.identity != who {
            who.clone_from(&step.identity);
            let _ = writeln!(out, "      as {}:", who.as_ref().map(identity).unwrap_or_default());
        }
        line(out, number + 1, step, end, whole);
    }
    for note in &subject.plan.notes {
        let _ = writeln!(out, "      note: {note}");
    }
    verdict(out, subject, probed);
}

fn line(out: &mut String, number: usize, step: &Step, end: &Ended, whole: u64) {
    let info = step.kind.info();
    let (mark, style) = mark(end.outcome.status);
    let took = if end.outcome.status == Status::Skipped { String::new() } else { time(end.took) };
    let _ = writeln!(
        out,
        "  {number:>2}  {style}{mark:<13}{style:#}  {:<21}  {}  {took:>8}  {}",
        info.name,
        bar(end, whole),
        end.outcome.message
    );
    for fact in end.outcome.facts.iter().filter(|f| !NOT_SHOWN.contains(&f.name)) {
        let _ = writeln!(out, "{:69}{}: {}", "", fact.name.replace('-', " "), fact.text);
    }
    // What a step that went well has to warn of; hints of a failure stand below the verdict.
    if end.outcome.status != Status::Failed {
        for hint in &end.outcome.hints {
            let _ = writeln!(out, "{:69}note: {hint}", "");
        }
    }
}

fn mark(status: Status) -> (&'static str, Style) {
    let color = match status {
        Status::Ok => AnsiColor::Green,
        Status::Failed => AnsiColor::Red,
        Status::Skipped => AnsiColor::BrightBlack,
        Status::NotPermitted => AnsiColor::Yellow,
    };
    (status.name(), Style::new().fg_color(Some(color.into())))
}

fn time(micros: u64) -> String {
    match micros {
        0..1000 => "< 1 ms".to_string(),
        1000..10_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{} s", micros / 1_000_000),
    }
}

/// Where in the time of the connection the step stands.
fn bar(end: &Ended, whole: u64) -> String {
    if end.outcome.status == Status::Skipped {
        return " ".repeat(usize::try_from(BAR).unwrap_or(0));
    }
    let at = |micros: u64| u64::try_from(u128::from(micros) * u128::from(BAR) / u128::from(whole)).unwrap_or(BAR).min(BAR);
    let (from, to) = (at(end.began).min(BAR - 1), at(end.began + end.took));
    (0..BAR).map(|i| if i >= from && (i < to || i == from) { '━' } else { '·' }).collect()
}

fn verdict(out: &mut String, subject: &Subject, probed: &Probed) {
    let bold = Style::new().bold();
    let _ = match (probed.verdict(), probed.failure()) {
        (_, Some((step, end))) => {
            let info = subject.plan.steps[step].kind.info();
            let code = end.outcome.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            writeln!(out, "  {bold}failed{bold:#} at {} [{}]: {}{code}", info.name, info.id, end.outcome.message)
        }
        (Verdict::Passed, None) => writeln!(out, "  {bold}passed{bold:#}"),
        (_, None) => {
            let open = probed.ends.iter().find(|end| end.outcome.status == Status::Skipped && end.outcome.cause != "not-needed");
            let why = open.map_or("", |end| end.outcome.message.as_str());
            writeln!(out, "  {bold}unproven{bold:#}: {why}")
        }
    };
    let Some((_, end)) = probed.failure() else { return };
    for (number, hint) in end.outcome.hints.iter().enumerate() {
        let _ = writeln!(out, "    {}. {hint}", number + 1);
    }
    if let Some(policy) = &end.outcome.policy {
        let _ = writeln!(out, "    the smallest IAM policy that permits it:");
        let pretty = serde_json::to_string_pretty(policy).unwrap_or_default();
        for line in pretty.lines() {
            let _ = writeln!(out, "      {line}");
        }
    }
}
