//! How much was read, counted for each thread: a test holds what a text may cost.

use std::cell::Cell;

thread_local! {
    static WORK: Cell<Work> = const { Cell::new(Work { parses: 0, readings: 0 }) };
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Connections that were made of what is written.
    pub parses: u64,
    /// Texts of JSON that were decoded.
    pub readings: u64,
}

/// What this thread reads while `what` runs.
pub fn of<T>(what: impl FnOnce() -> T) -> (T, Work) {
    let before = WORK.get();
    let done = what();
    let after = WORK.get();
    let work =
        Work { parses: after.parses - before.parses, readings: after.readings - before.readings };
    (done, work)
}

pub(super) fn parsed() {
    WORK.with(|work| work.set(Work { parses: work.get().parses + 1, ..work.get() }));
}

pub(in crate::airflow) fn decoded() {
    WORK.with(|work| work.set(Work { readings: work.get().readings + 1, ..work.get() }));
}
