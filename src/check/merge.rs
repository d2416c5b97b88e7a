//! Findings as they come, connection by connection: those that differ only in the runtime become
//! one, comments suppress some, and of more than are wanted the last by their places are counted
//! and forgotten.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use super::rules::ALWAYS;
use super::suppress::Suppression;
use super::wanted::{LeftOut, REACH, Repairs, Wanted};
use super::{Case, Change, Finding, Findings, Level};
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

/// Findings stand in the order of places, of rules, of stages, and as they came.
type Key = (Option<(u32, u32)>, &'static str, Stage, u32);

/// A finding that is kept.
struct Kept {
    finding: Finding,
    /// The number of the set of its runtimes.
    by: usize,
    /// The runtime for which its repair was made: the last one's is taken, a worker's, where hooks
    /// run.
    fix_by: usize,
}

/// A finding that was made, whatever became of it.
#[derive(Clone, Copy)]
struct Made {
    number: u32,
    became: Became,
}

#[derive(Clone, Copy)]
enum Became {
    Kept,
    Counted(Level),
    /// Suppressed, or wanted by nobody.
    Dropped,
}

/// What is left when a text was looked at.
pub(super) struct Merged {
    /// The first by their places, and those that nobody can switch off.
    pub(super) findings: Vec<Finding>,
    /// How many are not among them.
    pub(super) left_out: LeftOut,
    /// Those of them whose repairs are made.
    pub(super) apart: Vec<Finding>,
    /// How many findings there were of each [`identity`].
    pub(super) times: HashMap<u64, u32>,
}

/// What findings go to as they come.
pub(super) trait Sink {
    /// Adds what was found for runtimes, by their numbers, in this connection if no other is named.
    /// Returns whether somebody wants some of it.
    fn add(
        &mut self,
        findings: Findings,
        case: Option<&Rc<Case<'_>>>,
        by: &[usize],
        stage: Stage,
    ) -> bool;
}

/// Findings as they come.
pub(super) struct Merge<'w> {
    wanted: &'w Wanted<'w>,
    source: &'w Source,
    suppression: Option<Suppression<'w>>,
    runtimes: Sets,
    first: BTreeMap<Key, Kept>,
    /// Findings beyond those whose repairs are made.
    apart: BTreeMap<Key, Kept>,
    /// Findings that nobody can switch off.
    always: BTreeMap<Key, Kept>,
    left_out: LeftOut,
    /// Each kind of finding, by the hash of what tells it from others.
    made: HashMap<u64, Made>,
    times: HashMap<u64, u32>,
    /// Rules whose findings nobody wants, as far as some came.
    unwanted: BTreeSet<&'static str>,
    /// Where findings about the document begin.
    told: BTreeSet<u32>,
    /// The number of the next finding.
    next: u32,
    /// Nothing of what comes is expected to be kept.
    sparing: bool,
    /// Something was, all the same.
    surprised: bool,
}

impl<'w> Merge<'w> {
    pub(super) fn new(
        source: &'w Source,
        wanted: &'w Wanted<'w>,
        suppression: Option<Suppression<'w>>,
        names: Vec<String>,
    ) -> Merge<'w> {
        Merge {
            wanted,
            source,
            suppression,
            runtimes: Sets { names, ..Sets::default() },
            first: BTreeMap::new(),
            apart: BTreeMap::new(),
            always: BTreeMap::new(),
            left_out: LeftOut::default(),
            made: HashMap::new(),
            times: HashMap::new(),
            unwanted: BTreeSet::new(),
            told: BTreeSet::new(),
            next: 0,
            sparing: false,
            surprised: false,
        }
    }

    /// Whether nothing of these is shown any more: enough findings stand ahead of it.
    pub(super) fn is_beyond<'e>(&self, entries: impl Iterator<Item = &'e Entry<'e>>) -> bool {
        if !self.wanted.repairs_are_told() || self.first.len() < self.wanted.most {
            return false;
        }
        let last = self.first.last_key_value().and_then(|((place, ..), _)| *place);
        let shown = last.map_or(0, |(start, _)| start.saturating_add(REACH));
        let mut spans = entries.map(|entry| [entry.span(), entry.id_span]);
        spans.all(|spans| {
            let start = spans.iter().flatten().map(|span| span.start).min();
            start.is_some_and(|start| start > shown)
        })
    }

    /// From now on, nothing is expected to be kept; or again it is.
    pub(super) fn spare(&mut self, sparing: bool) {
        self.sparing = sparing;
        self.surprised = false;
    }

    /// Whether something was kept that was not expected to be.
    pub(super) fn is_surprised(&self) -> bool {
        self.surprised
    }

    /// Adds a finding of the connection of this id, if it names no other.
    fn add_one(
        &mut self,
        mut finding: Finding,
        conn_id: Option<&str>,
        by: &[usize],
        stage: Stage,
    ) -> bool {
        // An empty place at the end of the text still has a line to be shown at.
        let end = Span::new(self.source.text().len()..self.source.text().len()).start;
        finding.span = finding.span.map(|s| Span { start: s.start.min(end), ..s });
        let hash = hash(&finding);
        match self.made.get(&hash).copied() {
            Some(Made { became: Became::Dropped, .. }) => return false,
            Some(Made { number, became: Became::Counted(level) }) => {
                (self.wanted.selects)(&mut finding);
                if finding.level > level {
                    self.left_out.raise(level, finding.level);
                    let became = Became::Counted(finding.level);
                    self.made.insert(hash, Made { number, became });
                }
            }
            Some(Made { number, became: Became::Kept }) => {
                (self.wanted.selects)(&mut finding);
                self.join(finding, by, number);
            }
            None => {
                let number = self.next;
                self.next += 1;
                let always = ALWAYS.contains(&finding.rule);
                let dropped = !always
                    && self.suppression.as_mut().is_some_and(|s| s.suppresses(&finding))
                    || !self.selects(&mut finding);
                let became = match dropped {
                    true => Became::Dropped,
                    false => self.keep(finding, conn_id, by, (stage, number)),
                };
                self.made.insert(hash, Made { number, became });
                return !dropped;
            }
        }
        true
    }

    /// Keeps a finding that is like no other, or counts it.
    fn keep(
        &mut self,
        mut finding: Finding,
        conn_id: Option<&str>,
        by: &[usize],
        (stage, number): (Stage, u32),
    ) -> Became {
        let key = (place(&finding), finding.rule, stage, number);
        let told = self.wanted.repairs_are_told();
        let always = ALWAYS.contains(&finding.rule);
        // Of a text with many findings most are only counted: it costs nothing else.
        if told && !always && self.is_last(&key) {
            self.left_out.add(finding.level);
            return Became::Counted(finding.level);
        }
        if finding.conn_id.is_none() {
            finding.conn_id = conn_id.map(str::to_string);
        }
        self.count(&finding);
        if told && let Some(fix) = &mut finding.fix {
            // A name says what it supplies, and is no secret.
            fix.changes.retain(|change| matches!(change, Change::Rename(..)));
        }
        let fix_by = by.last().copied().unwrap_or(0);
        let kept = Kept { by: self.runtimes.of(by), fix_by, finding };
        if always {
            self.always.insert(key, kept);
            return Became::Kept;
        }
        self.first.insert(key, kept);
        match self.evict(key) {
            Some(level) => Became::Counted(level),
            None => Became::Kept,
        }
    }

    /// Whether as many are kept as are wanted, and all stand ahead of it.
    fn is_last(&self, key: &Key) -> bool {
        self.first.len() >= self.wanted.most
            && self.first.last_key_value().is_none_or(|(last, _)| last < key)
    }

    /// Whether somebody wants a finding, which then has its level. Of a rule whose findings nobody
    /// wants none need be made; but a comment that suppresses some is told when there are none.
    fn selects(&mut self, finding: &mut Finding) -> bool {
        let selected = (self.wanted.selects)(finding);
        if !selected && self.suppression.is_none() {
            self.unwanted.insert(finding.rule);
        }
        selected
    }

    /// How many rules are known to be unwanted.
    pub(super) fn unwanted(&self) -> usize {
        self.unwanted.len()
    }

    /// Whether findings of this rule are known to be unwanted.
    pub(super) fn is_unwanted(&self, rule: &'static str) -> bool {
        self.unwanted.contains(rule)
    }

    /// Another runtime has a finding that is kept, too.
    fn join(&mut self, finding: Finding, by: &[usize], number: u32) {
        let stages = [Stage::Document, Stage::Connection];
        let keys = stages.map(|stage| (place(&finding), finding.rule, stage, number));
        let first = keys.iter().any(|key| self.first.contains_key(key));
        let maps = [&mut self.first, &mut self.apart, &mut self.always];
        let known = maps.into_iter().find_map(|map| {
            let key = keys.iter().find(|key| map.contains_key(key))?;
            map.get_mut(key)
        });
        let Some(known) = known else { return };
        known.finding.level = known.finding.level.max(finding.level);
        let last = by.last().copied().unwrap_or(0);
        if finding.fix.is_some() && (last >= known.fix_by || known.finding.fix.is_none()) {
            known.finding.fix = finding.fix;
            known.fix_by = last;
        }
        known.by = self.runtimes.with(known.by, by);
        self.surprised |= first && self.sparing;
    }

    /// Forgets the last one if there is one too many; `new` has just come. Returns the level of
    /// `new` if that is the one, and only counted.
    fn evict(&mut self, new: Key) -> Option<Level> {
        let over = self.first.len() > self.wanted.most;
        let Some((key, last)) = over.then(|| self.first.pop_last()).flatten() else {
            self.surprised |= self.sparing;
            return None;
        };
        self.surprised |= self.sparing && key != new;
        self.left_out.add(last.finding.level);
        match self.wanted.repairs {
            Repairs::Made(made) if made(&last.finding) => {
                self.apart.insert(key, last);
                None
            }
            _ if key == new => Some(last.finding.level),
            _ => {
                let became = Became::Counted(last.finding.level);
                self.made.insert(hash(&last.finding), Made { number: key.3, became });
                None
            }
        }
    }

    /// Whether a finding about the document begins in one of these.
    pub(super) fn is_told<'e>(&self, mut entries: impl Iterator<Item = &'e Entry<'e>>) -> bool {
        let begins = |span: Span| self.told.range(span.start..=span.end).next().is_some();
        !self.told.is_empty()
            && entries.any(|entry| [entry.id_span, entry.span()].into_iter().flatten().any(begins))
    }

    /// All that are kept, in the order of places, and behind them those that nobody can switch off,
    /// with these. What is wrong with comments that suppress comes as findings of all runtimes.
    pub(super) fn finish(mut self, mistakes: Vec<Finding>) -> Merged {
        self.spare(false);
        let all: Vec<usize> = (0..self.runtimes.names.len()).collect();
        let wrong = self.suppression.take().map(Suppression::wrong).unwrap_or_default();
        for finding in wrong {
            self.add_apart(finding, &all);
        }
        let Merge { runtimes, first, apart, always, left_out, times, .. } = self;
        let told = |(_, Kept { mut finding, by, .. }): (Key, Kept)| {
            finding.runtimes = Arc::clone(&runtimes.sets[by].1);
            finding
        };
        let mut findings: Vec<Finding> = first.into_iter().chain(always).map(told).collect();
        let everybody: Arc<[String]> = runtimes.names.clone().into();
        let mistake = |finding| Finding { runtimes: Arc::clone(&everybody), ..finding };
        findings.extend(mistakes.into_iter().map(mistake));
        Merged { findings, left_out, apart: apart.into_iter().map(told).collect(), times }
    }

    /// A finding that is like no other, whatever it says.
    fn add_apart(&mut self, mut finding: Finding, by: &[usize]) {
        if !(self.wanted.selects)(&mut finding) {
            return;
        }
        self.count(&finding);
        let key = (place(&finding), finding.rule, Stage::Connection, self.next);
        self.next += 1;
        let kept = Kept { by: self.runtimes.of(by), fix_by: 0, finding };
        self.first.insert(key, kept);
        self.evict(key);
    }

    /// Whoever makes repairs asks how many findings look the same.
    fn count(&mut self, finding: &Finding) {
        if !self.wanted.repairs_are_told() {
            *self.times.entry(identity(finding)).or_default() += 1;
        }
    }
}

impl Sink for Merge<'_> {
    fn add(
        &mut self,
        findings: Findings,
        case: Option<&Rc<Case<'_>>>,
        by: &[usize],
        stage: Stage,
    ) -> bool {
        if findings.found.is_empty() {
            return false;
        }
        let mut told = false;
        let conn_id = case.and_then(|case| case.public_id());
        for finding in findings.found {
            if let (Stage::Document, Some(span)) = (stage, finding.span) {
                self.told.insert(span.start);
            }
            told |= self.add_one(finding, conn_id.as_deref(), by, stage);
        }
        told
    }
}

/// Sets of runtimes, by their numbers: many findings share one.
#[derive(Default)]
struct Sets {
    names: Vec<String>,
    sets: Vec<(Vec<usize>, Arc<[String]>)>,
    known: HashMap<Vec<usize>, usize>,
}

impl Sets {
    /// The number of a set.
    fn of(&mut self, by: &[usize]) -> usize {
        if let Some(known) = self.known.get(by) {
            return *known;
        }
        let names = by.iter().filter_map(|at| self.names.get(*at).cloned()).collect();
        self.sets.push((by.to_vec(), names));
        self.known.insert(by.to_vec(), self.sets.len() - 1);
        self.sets.len() - 1
    }

    /// The number of a set with these, too.
    fn with(&mut self, set: usize, by: &[usize]) -> usize {
        let members = &self.sets[set].0;
        if by.iter().all(|at| members.contains(at)) {
            return set;
        }
        let all: BTreeSet<usize> = members.iter().chain(by).copied().collect();
        self.of(&all.into_iter().collect::<Vec<_>>())
    }
}

fn place(finding: &Finding) -> Option<(u32, u32)> {
    finding.span.map(|span| (span.start, span.end))
}

fn hash(finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    (finding.rule, finding.span, &finding.pointer, &finding.message).hash(&mut hasher);
    hasher.finish()
}

/// What a finding is called, wherever it stands.
pub(super) fn identity(finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    (finding.rule, &finding.conn_id, &finding.pointer, &finding.message).hash(&mut hasher);
    hasher.finish()
}
