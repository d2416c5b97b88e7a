//! Collects notes while a connection is looked at.

use crate::hooks::notes::{Note, NoteKind, Thing};
use crate::hooks::outcome::{Place, Trace};
use crate::hooks::python::Extras;

/// Collects notes on the extras of a connection.
pub(crate) struct Notes<'a> {
    pub(crate) extras: &'a Extras,
    pub(crate) trace: &'a mut Trace,
}

impl Notes<'_> {
    pub(crate) fn add(&mut self, kind: NoteKind, place: Place) {
        self.trace.note(Note::new(kind, place));
    }

    pub(crate) fn extra(&mut self, kind: NoteKind, key: &str) {
        self.add(kind, Place::extra(key));
    }

    /// A syntax note, where the value is text that breaks it.
    pub(crate) fn syntax(
        &mut self,
        thing: Thing,
        value: Option<&str>,
        good: fn(&str) -> bool,
        place: Place,
    ) {
        if value.is_some_and(|v| !v.is_empty() && !good(v)) {
            self.add(NoteKind::Syntax(thing), place);
        }
    }
}
