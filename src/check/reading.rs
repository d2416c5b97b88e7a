//! A document as one runtime reads it: each connection is read once, for all that ask about it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::{Case, Providers};
use crate::airflow::runtime::Runtime;
use crate::format::{ById, Document, Entry, Format};
use crate::hooks::is_aws;
use crate::source::Span;

/// A document and how it is read.
pub struct Reading<'d> {
    /// Its entries and problems, traced.
    pub document: &'d Document<'d>,
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
    /// The numbers of connections by their ids.
    by_id: OnceCell<ById<&'d str, usize>>,
    /// Connections that are looked at, and those that others refer to. The rest is forgotten once
    /// it was looked at, so that a document costs no more than its text.
    kept: RefCell<HashMap<usize, Rc<Case<'d>>>>,
}

impl<'d> Reading<'d> {
    /// A document as `runtime` reads it.
    pub fn new(
        document: &'d Document<'d>,
        format: &'static Format,
        skipped: Option<Span>,
        runtime: &'d Runtime,
        aim: &'d [Runtime],
        providers: &'d Providers,
    ) -> Reading<'d> {
        let (by_id, kept) = (OnceCell::new(), RefCell::default());
        Reading { document, format, skipped, runtime, aim, providers, by_id, kept }
    }

    /// One of its connections, by its number from 0, until [`leave`](Self::leave) is told of it.
    pub(super) fn enter(&self, index: usize) -> Option<Rc<Case<'d>>> {
        let entry = self.document.entries.get(index)?;
        let known = self.kept.borrow().get(&index).cloned();
        Some(known.unwrap_or_else(|| {
            let case = Rc::new(
                Case::new(entry, self.runtime, self.aim, self.format, self.providers).at(index),
            );
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
        self.enter(self.by_id().get(id, scope)?)
    }

    /// Whether this scope itself has a connection of the id.
    pub(super) fn is_in(&self, id: &str, scope: u32) -> bool {
        self.by_id().is_in(id, scope)
    }

    fn by_id(&self) -> &ById<&'d str, usize> {
        let of =
            |(index, entry): (usize, &'d Entry<'d>)| (entry.conn_id.as_deref(), entry.scope, index);
        self.by_id.get_or_init(|| ById::of(self.document.entries.iter().enumerate().map(of)))
    }
}
