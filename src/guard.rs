//! A panic is a mistake of airconn's own: it is caught where it costs one connection or one file,
//! and the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does some work; `None` where that panicked. What was half done must be left alone then.
pub fn guarded<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// What airconn could not do because of a mistake of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Read an input.
    Reading,
    /// Read one connection.
    ReadingConnection,
    /// Check one connection.
    CheckingConnection,
    /// Ask the rules that look at a whole file.
    CheckingWhole,
    /// Check a file.
    CheckingFile,
    /// Repair a file.
    Repairing,
    /// Prove a connection.
    Proving,
}

impl Mistake {
    /// What people are told of it.
    pub fn message(self) -> String {
        let what = match self {
            Mistake::Reading => "the file could not be read",
            Mistake::ReadingConnection => "this connection could not be read",
            Mistake::CheckingConnection => "this connection could not be checked",
            Mistake::CheckingWhole => "the file could not be checked as a whole",
            Mistake::CheckingFile => "this file could not be checked",
            Mistake::Repairing => "the file could not be repaired, and is left as it is",
            Mistake::Proving => "this proves nothing about the connection",
        };
        format!("airconn made a mistake of its own here: {what}")
    }
}

/// A seam for tests: with debug assertions, which no release has, work on a text that says
/// `airconn-panic-at-POINT` panics at that point.
pub(crate) fn seam(point: &str, text: &str) {
    let wanted = || text.split("airconn-panic-at-").skip(1).any(|rest| rest.starts_with(point));
    if cfg!(debug_assertions) && wanted() {
        // As panics may, it quotes what it was given.
        std::panic::panic_any(format!("{point}: {text}"));
    }
}
