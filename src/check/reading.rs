//! A document as one runtime reads it: each connection is read once, for all that ask about it.
//! Runtimes that find the same connections share one document, and those that make the same of a
//! connection share what is read of it.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::packages::Arounds;
use super::{Case, Providers};
use crate::airflow::runtime::Runtime;
use crate::format::{ById, Document, Entry, Format, placeholders, shared, suspected, variables};
use crate::guard::{guarded, seam};
use crate::hooks::is_aws;
use crate::source::{Source, Span, Text};

/// A document and how it is read.
pub struct Reading<'d> {
    /// Its entries and problems, traced.
    pub document: &'d Document<'d>,
    /// Its source.
    pub source: &'d Source,
    /// Its format.
    pub format: &'static Format,
    /// Bytes ahead of it that were passed over: log lines that came through the same pipe.
    pub skipped: Option<Span>,
    /// The runtime that reads.
    pub runtime: &'d Runtime,
    /// All runtimes that are aimed at.
    pub aim: &'d [Runtime],
    /// The packages around it.
    pub providers: &'d Providers,
    /// The numbers of connections by their ids, for all that share the document.
    by_id: Rc<OnceCell<ById<&'d str, usize>>>,
    /// The ids of connections whose values stand somewhere else, for the same.
    elsewhere: Rc<OnceCell<HashSet<&'d str>>>,
    /// Connections that are looked at, and those that others refer to. The rest is forgotten once
    /// it was looked at, so that a document costs no more than its text.
    kept: RefCell<HashMap<usize, Rc<Case<'d>>>>,
    /// Connections that were asked for by their ids.
    asked: RefCell<Vec<usize>>,
}

impl<'d> Reading<'d> {
    /// One of its connections, by its number from 0, until [`leave`](Self::leave) is told of it;
    /// `others` are the same as others read it.
    fn enter(&self, index: usize, others: &[(usize, Rc<Case<'d>>)]) -> Option<Rc<Case<'d>>> {
        let entry = self.document.entries.get(index)?;
        let known = self.kept.borrow().get(&index).cloned();
        Some(known.unwrap_or_else(|| {
            let Reading { runtime, aim, format, providers, .. } = self;
            let others = others.iter().map(|(_, case)| &**case);
            let case =
                Rc::new(Case::beside(others, entry, runtime, aim, format, providers).at(index));
            self.kept.borrow_mut().insert(index, Rc::clone(&case));
            case
        }))
    }

    /// A connection was looked at: it is forgotten, unless others are likely to refer to it.
    pub(super) fn leave(&self, index: usize) {
        let mut kept = self.kept.borrow_mut();
        let Some(case) = kept.remove(&index) else { return };
        let is_shared = case.connection().is_some_and(|connection| {
            is_aws(connection.type_str())
                && case.entry.conn_id.as_deref() == self.providers.aws_conn_id.as_deref()
        });
        if is_shared {
            let case = Rc::try_unwrap(case).map_or_else(|shared| shared, |own| Rc::new(own.bare()));
            kept.insert(index, case);
        }
    }

    /// The connection of an id: that of the same scope (see [`Entry::scope`]), else one of another.
    pub(super) fn find(&self, id: &str, scope: u32) -> Option<Rc<Case<'d>>> {
        let index = self.by_id().get(id, scope)?;
        self.asked.borrow_mut().push(index);
        self.enter(index, &[])
    }

    /// The connection that is found under an id beside another: that of its team goes first.
    pub(super) fn find_beside(&self, entry: &Entry<'_>, id: &str) -> Option<Rc<Case<'d>>> {
        let knows_teams = self.runtime.behaviour.team_variables;
        let team = entry.team().filter(|_| knows_teams).map(|(team, _)| team);
        let of_team = team.and_then(|team| self.find(&format!("_{team}___{id}"), entry.scope));
        of_team.or_else(|| self.find(id, entry.scope))
    }

    /// The connections that were asked for since this was asked last.
    pub(super) fn take_asked(&self) -> Vec<usize> {
        std::mem::take(&mut self.asked.borrow_mut())
    }

    /// Whether another makes the same of a connection.
    pub(super) fn reads_like(&self, other: &Reading<'d>, index: usize) -> bool {
        let cases = self.enter(index, &[]).zip(other.enter(index, &[]));
        cases.is_some_and(|(one, other)| one.is_like(&other))
    }

    /// Whether this scope itself has a connection of the id.
    pub(super) fn is_in(&self, id: &str, scope: u32) -> bool {
        self.by_id().is_in(id, scope)
    }

    /// Whether the value of the connection of this id stands somewhere else.
    pub(super) fn is_elsewhere(&self, id: &str) -> bool {
        let ids = || self.document.elsewhere().filter_map(|r| r.conn_id.as_deref()).collect();
        self.elsewhere.get_or_init(ids).contains(id)
    }

    fn by_id(&self) -> &ById<&'d str, usize> {
        let of =
            |(index, entry): (usize, &'d Entry<'d>)| (entry.conn_id.as_deref(), entry.scope, index);
        self.by_id.get_or_init(|| ById::of(self.document.entries.iter().enumerate().map(of)))
    }
}

/// A text as runtimes find connections in it.
pub(super) struct Documents<'t> {
    documents: Vec<Document<'t>>,
    /// The number of the document of each runtime.
    of: Vec<usize>,
    /// Whether one of them could not be read, for a mistake of our own.
    pub(super) failed: bool,
}

impl<'t> Documents<'t> {
    /// Reads a text once for all that find the same in it.
    pub(super) fn read(
        source: &Source,
        text: &Text<'t>,
        format: &'static Format,
        runtimes: &[Runtime],
    ) -> Documents<'t> {
        let (mut documents, mut of, mut failed) = (Vec::new(), Vec::new(), false);
        for (at, runtime) in runtimes.iter().enumerate() {
            if let Some(known) = runtimes[..at].iter().position(|known| known.finds_like(runtime)) {
                of.push(of[known]);
                continue;
            }
            let document = guarded(|| {
                seam("reading", source.text());
                let mut document = (format.read)(text, runtime);
                shared::mark(source.text(), &mut document.entries);
                document
            });
            failed |= document.is_none();
            of.push(documents.len());
            documents.push(document.unwrap_or_default());
        }
        Documents { documents, of, failed }
    }

    /// Marks what is filled in though its reader knows of nothing that does: placeholders in a file
    /// that is copied, and what looks like a template where some program may fill it in.
    pub(super) fn mark_holes(&mut self, is_example: bool, format: &Format) {
        let mark = match (is_example, format.literal) {
            (true, _) => placeholders,
            (false, true) => variables,
            (false, false) => suspected,
        };
        for entry in self.documents.iter_mut().flat_map(|document| &mut document.entries) {
            if entry.refused.is_none() {
                entry.holes = mark(&entry.raw, &entry.base);
            }
        }
    }

    /// That of a runtime, by its number.
    pub(super) fn of(&self, runtime: usize) -> &Document<'t> {
        &self.documents[self.of[runtime]]
    }

    /// Words of the form itself, which are no secret.
    pub(super) fn words(&self) -> Vec<Span> {
        self.distinct().flat_map(|document| document.words.iter().copied()).collect()
    }

    /// Each of them once.
    pub(super) fn distinct(&self) -> impl Iterator<Item = &Document<'t>> {
        self.documents.iter()
    }
}

/// A text as all runtimes that are aimed at read it.
pub(super) struct Readings<'d> {
    all: Vec<Reading<'d>>,
    documents: &'d Documents<'d>,
}

impl<'d> Readings<'d> {
    /// The readings of documents.
    pub(super) fn new(
        documents: &'d Documents<'d>,
        source: &'d Source,
        format: &'static Format,
        skipped: Option<Span>,
        arounds: &'d Arounds,
    ) -> Readings<'d> {
        let by_document: Vec<(Rc<_>, Rc<_>)> =
            documents.documents.iter().map(|_| Default::default()).collect();
        let runtimes = &arounds.runtimes[..];
        let reading = |(at, document): (usize, &usize)| Reading {
            document: &documents.documents[*document],
            source,
            format,
            skipped,
            runtime: &runtimes[at],
            aim: runtimes,
            providers: arounds.of(at),
            by_id: Rc::clone(&by_document[*document].0),
            elsewhere: Rc::clone(&by_document[*document].1),
            kept: RefCell::default(),
            asked: RefCell::default(),
        };
        Readings { all: documents.of.iter().enumerate().map(reading).collect(), documents }
    }

    /// That of a runtime, by its number.
    pub(super) fn of(&self, runtime: usize) -> &Reading<'d> {
        &self.all[runtime]
    }

    /// The numbers of the runtimes that share each document.
    pub(super) fn by_document(&self) -> impl Iterator<Item = Vec<usize>> {
        let of = &self.documents.of;
        (0..self.documents.documents.len())
            .map(|document| (0..of.len()).filter(|at| of[*at] == document).collect())
    }

    /// How many connections there are, where there are most.
    pub(super) fn connections(&self) -> usize {
        self.documents.documents.iter().map(|d| d.entries.len()).max().unwrap_or(0)
    }

    /// The connection of a number, as it stands in each document.
    pub(super) fn entries(&self, index: usize) -> impl Iterator<Item = &'d Entry<'d>> {
        self.documents.documents.iter().filter_map(move |document| document.entries.get(index))
    }

    /// The connection of a number as each runtime reads it, with the numbers of these. Runtimes
    /// that split a file differently are looked at on their own; those that agree, side by side.
    pub(super) fn enter(&self, index: usize) -> Vec<(usize, Rc<Case<'d>>)> {
        let mut cases = Vec::with_capacity(self.all.len());
        for (at, reading) in self.all.iter().enumerate() {
            cases.extend(reading.enter(index, &cases).map(|case| (at, case)));
        }
        cases
    }

    /// A connection was looked at.
    pub(super) fn leave(&self, index: usize) {
        self.all.iter().for_each(|reading| reading.leave(index));
    }
}
