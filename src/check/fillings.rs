//! What is certain of connections in which something else fills in pieces: what is found whatever
//! is filled in.
//!
//! Rules know nothing of it. The text is read once for each of some fillings, through all layers
//! that it is written in, and a finding holds if every reading has it. A filling that leaves a
//! connection unreadable does not count where another one makes it readable: whoever wrote it fills
//! in something that works, if anything does.

use std::rc::Rc;

use super::checks::Checks;
use super::connection::{Cases, check_connection};
use super::merge::{Merge, Sink, Stage};
use super::reading::{Documents, Readings};
use super::rules::AC212;
use super::{Case, Finding, Findings, Level};
use crate::airflow::Fault;
use crate::format::Hole;
use crate::source::{Builder, Encoding, Text};

/// Nothing is written through what was filled in.
static FILLED: Encoding =
    Encoding { name: "text that is filled in", part: |_, _| None, whole: |_, _| None };

/// The text with each of its fillings; none where nothing is filled in.
pub(super) fn texts(text: &Text<'_>, documents: &Documents<'_>) -> Vec<Text<'static>> {
    let entries = documents.distinct().flat_map(|document| &document.entries);
    let mut holes: Vec<Hole> = entries.flat_map(|entry| entry.holes.iter().copied()).collect();
    holes.sort_by_key(|hole| hole.span);
    let mut end = 0;
    holes.retain(|hole| {
        let is_free = hole.span.start >= end;
        end = end.max(hole.span.end);
        is_free
    });
    let many = holes.iter().map(|hole| hole.fills.len()).max().unwrap_or(0);
    (0..many).map(|turn| filled(text, &holes, turn)).collect()
}

fn filled(text: &Text<'_>, holes: &[Hole], turn: usize) -> Text<'static> {
    let skipped = text.span().unwrap_or_default().start;
    let place = |at: u32| at.saturating_sub(skipped) as usize;
    let mut built = Builder::new(text);
    let mut copied = 0;
    for hole in holes {
        let (start, end) = (place(hole.span.start), place(hole.span.end));
        built.copy(copied..start);
        built.decode(hole.fills[turn % hole.fills.len()], start..end);
        copied = end;
    }
    built.copy(copied..text.as_str().len());
    built.finish(&FILLED)
}

/// What was found for one filling.
#[derive(Default)]
struct Collected {
    findings: Vec<(Stage, usize, Finding)>,
    /// The runtimes that read a connection.
    read: Vec<usize>,
    /// The runtimes that read none.
    unread: Vec<usize>,
}

impl Sink for Collected {
    fn add(
        &mut self,
        findings: Findings,
        _: Option<&Rc<Case<'_>>>,
        by: &[usize],
        stage: Stage,
    ) -> bool {
        for finding in findings.found {
            self.findings.extend(by.iter().map(|runtime| (stage, *runtime, finding.clone())));
        }
        false
    }
}

impl Collected {
    fn of<'d>(
        index: usize,
        readings: &Readings<'d>,
        base: &Cases<'_>,
        checks: &Checks,
    ) -> Option<Collected> {
        let mut collected = Collected::default();
        let cases = readings.enter(index);
        readings.leave(index);
        let is_same = cases.len() == base.len()
            && cases.iter().zip(base).all(|((runtime, case), (other, base))| {
                let (one, other_id) = (case.entry.id_span, base.entry.id_span);
                runtime == other && (one.is_none() || other_id.is_none() || one == other_id)
            });
        if !is_same {
            return None;
        }
        for (runtime, case) in &cases {
            let refused = case.entry.refused.as_ref();
            if refused.is_some_and(|raised| raised.fault == Fault::Template) {
                return None;
            }
            let list = match case.connection() {
                Some(_) => &mut collected.read,
                None => &mut collected.unread,
            };
            list.push(*runtime);
        }
        check_connection(&cases, readings, checks, &mut collected);
        Some(collected)
    }
}

/// Whether there are holes of which the reader knows nothing: placeholders, or what looks like a
/// template.
pub(super) fn are_unmarked(cases: &Cases<'_>) -> bool {
    let (mut holes, mut templates) = (false, false);
    for (_, case) in cases {
        holes |= !case.entry.holes.is_empty();
        templates |= case.entry.refused.is_some();
    }
    holes && !templates
}

/// Adds what is certain of a connection with holes. Returns whether anything is; `None` where there
/// are no holes, or nothing can be said.
pub(super) fn check(
    index: usize,
    cases: &Cases<'_>,
    filled: &[Readings<'_>],
    checks: &Checks,
    all: &mut Merge<'_>,
) -> Option<bool> {
    let holes = cases.first().map_or(&[][..], |(_, case)| &case.entry.holes);
    if holes.is_empty() {
        return None;
    }
    let collected = collected(index, cases, filled, checks)?;
    let mut found = false;
    for (runtime, case) in cases {
        for (stage, mut finding) in certain(*runtime, &collected, holes) {
            finding.conn_id = case.public_id();
            finding.fix = None;
            found |= all.add(Findings { found: vec![finding] }, Some(case), &[*runtime], stage);
        }
    }
    Some(found)
}

/// Adds what is found in a connection with pieces that look as if something filled them in. What
/// depends on them is no error: it may be gone once they are; and it is not told where the pieces
/// themselves are, which is what is wrong. `None` where nothing can be said.
pub(super) fn weigh<'d>(
    index: usize,
    cases: &Cases<'d>,
    readings: &Readings<'d>,
    filled: &[Readings<'_>],
    checks: &Checks,
    all: &mut Merge<'_>,
) -> Option<bool> {
    let collected = collected(index, cases, filled, checks)?;
    let holes = cases.first().map_or(&[][..], |(_, case)| &case.entry.holes);
    let mut base = Collected::default();
    check_connection(cases, readings, checks, &mut base);
    let mut told = false;
    for (runtime, case) in cases {
        let certain = certain(*runtime, &collected, holes);
        let mut own = base.findings.iter().filter(|(_, by, _)| by == runtime);
        let are_told = case.format.literal && own.any(|(_, _, one)| one.rule == AC212.id);
        for (stage, _, finding) in base.findings.iter().filter(|(_, by, _)| by == runtime) {
            let mut finding = finding.clone();
            let is_certain = certain
                .iter()
                .any(|(_, one)| one.rule == finding.rule && one.pointer == finding.pointer);
            if !is_certain && are_told && finding.rule != AC212.id {
                continue;
            }
            if !is_certain {
                finding.level = finding.level.min(Level::Warning);
            }
            finding.conn_id = finding.conn_id.or_else(|| case.public_id());
            told |= all.add(Findings { found: vec![finding] }, Some(case), &[*runtime], *stage);
        }
    }
    Some(told)
}

/// What is found for each filling; `None` where one reads something else.
fn collected(
    index: usize,
    cases: &Cases<'_>,
    filled: &[Readings<'_>],
    checks: &Checks,
) -> Option<Vec<Collected>> {
    let holes = cases.first().map_or(&[][..], |(_, case)| &case.entry.holes);
    let turns = holes.iter().map(|hole| hole.fills.len()).max().unwrap_or(0);
    filled[..turns.min(filled.len())]
        .iter()
        .map(|readings| Collected::of(index, readings, cases, checks))
        .collect()
}

/// What a runtime finds whatever is filled in.
fn certain(runtime: usize, collected: &[Collected], holes: &[Hole]) -> Vec<(Stage, Finding)> {
    let readable: Vec<&Collected> =
        collected.iter().filter(|one| one.read.contains(&runtime)).collect();
    let is_readable = !readable.is_empty();
    let counted = if is_readable { readable } else { collected.iter().collect() };
    let of = |one: &'_ Collected| {
        let own = one.findings.iter().filter(|(_, by, _)| *by == runtime);
        own.map(|(stage, _, finding)| (*stage, finding.clone())).collect::<Vec<_>>()
    };
    let mut counted = counted.into_iter().map(of);
    let mut certain = counted.next().unwrap_or_default();
    for others in counted {
        certain.retain(|(_, one)| {
            others.iter().any(|(_, other)| {
                one.rule == other.rule
                    && (!is_readable
                        || (one.span, &one.pointer, &one.message)
                            == (other.span, &other.pointer, &other.message))
            })
        });
    }
    certain.retain(|(_, finding)| {
        let Some(span) = finding.span else { return true };
        let is_in = |hole: &Hole| hole.span.start <= span.start && span.end <= hole.span.end;
        let is_around = |hole: &Hole| span.start <= hole.span.start && hole.span.end <= span.end;
        !is_readable || !holes.iter().any(|hole| is_in(hole) || hole.open && is_around(hole))
    });
    certain
}
