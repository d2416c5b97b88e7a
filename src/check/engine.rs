//! How rules are run: connection by connection, as all runtimes that are aimed at read it.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::checks::Checks;
use super::connection::{Cases, check_connection};
use super::fix::{Setting, repaired};
use super::merge::{Merge, Merged, Sink, Stage};
use super::packages::Arounds;
use super::reading::{Documents, Readings};
use super::suppress::Suppression;
use super::{Case, Checked, Finding, Findings, Providers, Wanted, fillings, internal_error};
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::{Entry, Format, is_example};
use crate::guard::{Mistake, guarded};
use crate::privacy::{Names, public_spans, shown_id, union};
use crate::source::{Source, Span};

/// Checks a source as `runtimes` read it, with the newest providers. `skip` bytes of log lines
/// ahead of it are passed over.
pub fn check(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
) -> Checked {
    check_with(source, skip, format, runtimes, &Providers::default())
}

/// Checks a source as `runtimes` with these providers read it.
pub fn check_with(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
    providers: &Providers,
) -> Checked {
    check_wanted(source, skip, format, runtimes, providers, &Wanted::EVERYTHING)
}

/// The same, with no more than is wanted.
pub fn check_wanted(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
    providers: &Providers,
    wanted: &Wanted<'_>,
) -> Checked {
    look(source, skip, format, runtimes, providers, wanted).0
}

/// The bytes of a source that may be shown to people, whether or not anything is found there;
/// sorted.
pub fn shown_everywhere(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
) -> Vec<Span> {
    let arounds = Arounds::new(&Providers::of_their_day(), runtimes);
    let text = source.traced().from(skip);
    let documents = Documents::read(source, &text, format, &arounds.runtimes);
    let readings = Readings::new(&documents, source, format, None, &arounds);
    let mut spans = documents.words();
    for index in 0..readings.connections() {
        // Of what cannot be looked at nothing is shown.
        _ = guarded(|| spans.extend(shown(source, &readings.enter(index))));
        readings.leave(index);
    }
    union(spans)
}

/// What whoever makes repairs wants beside a report.
pub(super) struct Beside {
    /// Findings that the report has no room for, and whose repairs are made.
    pub(super) apart: Vec<Finding>,
    /// How many findings look the same, by what they are called.
    pub(super) times: HashMap<u64, u32>,
}

/// What is found.
pub(super) fn look(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
    providers: &Providers,
    wanted: &Wanted<'_>,
) -> (Checked, Beside) {
    let arounds = Arounds::new(providers, runtimes);
    let runtimes = &arounds.runtimes[..];
    let text = source.traced().from(skip);
    let mut mistakes = Vec::new();
    let mut documents = Documents::read(source, &text, format, runtimes);
    let is_copied = is_example(source.name());
    _ = guarded(|| documents.mark_holes(is_copied, format));
    if documents.failed {
        let whole = Span::new(0..source.text().len());
        mistakes.push(internal_error(Mistake::Reading, Some(whole)));
    }
    let skipped = (skip > 0).then(|| Span::new(0..skip));
    let readings = Readings::new(&documents, source, format, skipped, &arounds);
    let texts = guarded(|| fillings::texts(&text, &documents)).unwrap_or_default();
    let filled: Vec<_> =
        texts.iter().map(|text| Documents::read(source, text, format, runtimes)).collect();
    let filled: Vec<_> = filled
        .iter()
        .map(|documents| Readings::new(documents, source, format, None, &arounds))
        .collect();
    let suppression = Suppression::of(source, &readings);
    let names = runtimes.iter().map(Runtime::name).collect();
    let mut all = Merge::new(source, wanted, suppression, names);
    let mut checks = Checks::all();
    for _ in 0..check_documents(&readings, &checks, &mut all) {
        mistakes.push(internal_error(Mistake::CheckingWhole, None));
    }
    let connections = readings.connections();
    let mut spans = documents.words();
    // Connections of whose lines nothing is shown as yet.
    let mut silent = Vec::new();
    for index in 0..connections {
        let looked_at = guarded(|| {
            let cases = readings.enter(index);
            let beyond = all.is_beyond(readings.entries(index));
            let is_unmarked = fillings::are_unmarked(&cases);
            let mut told = !is_unmarked && sparing(&cases, &readings, &checks, &mut all, beyond);
            let kept = all.is_surprised();
            if kept {
                told |= sparing(&cases, &readings, &checks, &mut all, false);
            }
            // Who fills in placeholders puts something else in the place of what stands here.
            let certain = match is_unmarked && !is_copied {
                true => fillings::weigh(index, &cases, &readings, &filled, &checks, &mut all),
                false => fillings::check(index, &cases, &filled, &checks, &mut all),
            };
            told |= match certain {
                None if is_unmarked => sparing(&cases, &readings, &checks, &mut all, false),
                certain => certain.unwrap_or(false),
            };
            if beyond && !kept {
                // No finding of the report is near.
            } else if told || all.is_told(readings.entries(index)) {
                spans.extend(shown(source, &cases));
            } else {
                silent.push(index);
            }
        });
        readings.leave(index);
        checks.keep_wanted(&all);
        if looked_at.is_none() {
            let entry = readings.entries(index).next();
            let mut mistake = internal_error(Mistake::CheckingConnection, entry.and_then(place_of));
            mistake.conn_id = entry.and_then(shown_id);
            mistakes.push(mistake);
        }
    }
    // What is wrong in one connection may have been found by another that refers to it.
    for index in silent {
        if all.is_told(readings.entries(index)) {
            _ = guarded(|| spans.extend(shown(source, &readings.enter(index))));
            readings.leave(index);
        }
    }
    let Merged { findings, left_out, apart, times } = all.finish(mistakes);
    let checked = Checked { findings, left_out, connections, shown: union(spans) };
    (checked, Beside { apart, times })
}

/// Runs what looks at documents; returns how many of these checks failed, for a mistake of our own.
fn check_documents(readings: &Readings<'_>, checks: &Checks, all: &mut dyn Sink) -> usize {
    let mut failed = 0;
    for by in readings.by_document() {
        let mut findings = Findings::default();
        for check in &checks.document {
            failed +=
                usize::from(guarded(|| (check.run)(readings.of(by[0]), &mut findings)).is_none());
        }
        all.add(findings.show(Names::DOUBTFUL), None, &by, Stage::Document);
    }
    failed
}

/// What tells a finding of a connection from its others.
pub(super) type Kind = (&'static str, Option<&'static str>, String);

/// The kind of a finding.
pub(super) fn kind(finding: &Finding) -> Kind {
    (finding.rule, finding.detail, finding.pointer.clone())
}

/// A text that is looked at again, with one of its findings repaired.
pub(super) struct Again<'s> {
    source: &'s Source,
    setting: Setting<'s>,
    arounds: Arounds,
    checks: Checks,
}

impl<'s> Again<'s> {
    pub(super) fn new(source: &'s Source, setting: Setting<'s>) -> Again<'s> {
        let arounds = Arounds::new(setting.providers, setting.runtimes);
        Again { source, setting, arounds, checks: Checks::all() }
    }

    /// What is found in the connection of a finding once that is repaired, suppressed or not; none
    /// where the repair cannot be made.
    pub(super) fn found_after(&self, finding: &Finding) -> Option<BTreeSet<Kind>> {
        let Setting { skip, format, .. } = self.setting;
        let index = finding.fix.as_ref()?.entry;
        let runtimes = &self.arounds.runtimes[..];
        let setting = Setting { runtimes, ..self.setting };
        let repaired = Source::new(self.source.name(), repaired(self.source, setting, finding)?);
        let text = repaired.traced().from(skip);
        let mut documents = Documents::read(&repaired, &text, format, runtimes);
        documents.mark_holes(is_example(repaired.name()), format);
        let readings = Readings::new(&documents, &repaired, format, None, &self.arounds);
        // One that was added may stand ahead of it.
        let is_it = |index: &usize| {
            let ids = readings.entries(*index).next().map(shown_id);
            ids.is_some_and(|id| id == finding.conn_id)
        };
        let index =
            Some(index).filter(is_it).or_else(|| (0..readings.connections()).find(is_it))?;
        let mut seen = Seen::default();
        let whole = check_documents(&readings, &self.checks, &mut seen) == 0;
        check_connection(&readings.enter(index), &readings, &self.checks, &mut seen);
        whole.then_some(seen.kinds)
    }
}

/// The kinds of all that is found.
#[derive(Default)]
struct Seen {
    kinds: BTreeSet<Kind>,
}

impl Sink for Seen {
    fn add(&mut self, findings: Findings, _: Option<&Rc<Case<'_>>>, _: &[usize], _: Stage) -> bool {
        self.kinds.extend(findings.found.iter().map(kind));
        false
    }
}

/// Checks a connection of which nothing is expected to be kept, or again something is.
fn sparing<'d>(
    cases: &Cases<'d>,
    readings: &Readings<'d>,
    checks: &Checks,
    all: &mut Merge<'_>,
    sparing: bool,
) -> bool {
    all.spare(sparing);
    cases.iter().for_each(|(_, case)| case.spare_repairs(sparing));
    check_connection(cases, readings, checks, all)
}

/// What may be shown of the lines on which a connection stands. What runtimes share is shown alike.
fn shown(source: &Source, cases: &Cases<'_>) -> Vec<Span> {
    let is_first = |at: &usize| !cases[..*at].iter().any(|(_, case)| case.shares(&cases[*at].1));
    let distinct = (0..cases.len()).filter(is_first);
    public_spans(source, distinct.map(|at| cases[at].1.placed()))
}

/// Where an entry stands, as far as that needs no reading.
fn place_of(entry: &Entry<'_>) -> Option<Span> {
    entry.id_span.or(match &entry.raw {
        Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => text.span(),
        Raw::File { .. } | Raw::Fields(_) | Raw::Stored(_) | Raw::Object(_) => None,
    })
}
