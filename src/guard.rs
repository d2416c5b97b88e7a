//! A panic is a mistake of airconn's own: it is caught where it costs one connection or one file,
//! and the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does some work; `None` where that panicked. What was half done must be left alone then.
pub fn guarded<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// What people are told of it.
pub const OWN_MISTAKE: &str = "airconn made a mistake of its own here";

/// A seam for tests: with debug assertions, which no release has, work on a text that says
/// `airconn-panic-at-POINT` panics at that point.
pub(crate) fn seam(point: &str, text: &str) {
    let wanted = || text.split("airconn-panic-at-").skip(1).any(|rest| rest.starts_with(point));
    if cfg!(debug_assertions) && wanted() {
        // As panics may, it quotes what it was given.
        std::panic::panic_any(format!("{point}: {text}"));
    }
}
