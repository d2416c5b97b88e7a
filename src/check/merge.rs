//! Findings that differ only in the runtime become one.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::{Case, Finding, Findings, public_pointer};
use crate::format::Entry;
use crate::source::{Source, Span};

/// What was looked at when a finding was made: of two at one place and of one rule that of the
/// document goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// The document, or a connection among the others.
    Document,
    /// A connection.
    Connection,
}

/// Findings that differ only in the runtime become one.
#[derive(Default)]
pub(super) struct Merge {
    order: Vec<(Stage, Finding)>,
    /// Of each kind of finding, by the hash of what tells it from others, the last one.
    known: HashMap<u64, usize>,
    /// The one of the same hash ahead of each.
    ahead: Vec<Option<usize>>,
    /// Where findings about the document begin.
    told: BTreeSet<u32>,
}

impl Merge {
    /// Adds what was found, in this connection if no other is named.
    pub(super) fn add(
        &mut self,
        findings: Findings,
        case: Option<&Rc<Case<'_>>>,
        runtimes: &[String],
        stage: Stage,
    ) {
        if findings.found.is_empty() {
            return;
        }
        let conn_id = case.and_then(|case| case.public_id());
        for mut finding in findings.found {
            finding.conn_id = finding.conn_id.or_else(|| conn_id.clone());
            finding.pointer = public_pointer(&finding.pointer);
            let hash = hash(&finding);
            let last = self.known.get(&hash).copied();
            let mut candidates =
                std::iter::successors(last, |index| self.ahead.get(*index).copied().flatten());
            let same = candidates.find(|index| is_same(&self.order[*index].1, &finding));
            if let Some(index) = same {
                let known = &mut self.order[index].1;
                known.level = known.level.max(finding.level);
                // The last runtime is a worker, where hooks run.
                known.fix = finding.fix.or(known.fix.take());
                for name in runtimes {
                    if !known.runtimes.contains(name) {
                        known.runtimes.push(name.clone());
                    }
                }
                continue;
            }
            finding.runtimes = runtimes.to_vec();
            if let (Stage::Document, Some(span)) = (stage, finding.span) {
                self.told.insert(span.start);
            }
            self.ahead.push(last);
            self.known.insert(hash, self.order.len());
            self.order.push((stage, finding));
        }
    }

    /// Whether a finding about the document begins in one of these.
    pub(super) fn is_told(&self, cases: &[Rc<Case<'_>>]) -> bool {
        cases.iter().any(|case| self.tells_of(case.entry))
    }

    /// Whether a finding about the document begins in this connection.
    pub(super) fn tells_of(&self, entry: &Entry<'_>) -> bool {
        !self.told.is_empty()
            && [entry.id_span, entry.span()]
                .into_iter()
                .flatten()
                .any(|span| self.told.range(span.start..=span.end).next().is_some())
    }

    /// All of them, in the order of places.
    pub(super) fn finish(mut self, source: &Source) -> Vec<Finding> {
        let end = Span::new(source.text().len()..source.text().len()).start;
        for (_, finding) in &mut self.order {
            // An empty place at the end of the text still has a line to be shown at.
            finding.span = finding.span.map(|s| Span { start: s.start.min(end), ..s });
        }
        self.order.sort_by_key(|(stage, f)| (f.span.map(|s| (s.start, s.end)), f.rule, *stage));
        self.order.into_iter().map(|(_, finding)| finding).collect()
    }
}

fn hash(finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    (finding.rule, finding.span, &finding.pointer, &finding.message).hash(&mut hasher);
    hasher.finish()
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule
        && one.span == other.span
        && one.pointer == other.pointer
        && one.message == other.message
}
