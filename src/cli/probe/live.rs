//! The line on a terminal that shows what is going on while connections are probed.

use std::cell::RefCell;
use std::io::Write;
use std::time::Instant;

use super::subjects::title;
use crate::probe::{Ended, Observer, Subject};

/// A longer line would break on a terminal, and not be taken away again.
const WIDEST: usize = 78;

/// The frames of the spinner, one a tick.
const FRAMES: &[char] = &['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// Looks on; silent unless somebody watches.
pub(super) struct Live<'s> {
    subjects: &'s [Subject],
    watched: bool,
    state: RefCell<State>,
}

struct State {
    /// Connection and step that run.
    running: Vec<(usize, usize)>,
    ended: usize,
    frame: usize,
    start: Instant,
}

impl<'s> Live<'s> {
    pub(super) fn new(subjects: &'s [Subject], watched: bool) -> Live<'s> {
        Live { subjects, watched, state: RefCell::new(State { running: Vec::new(), ended: 0, frame: 0, start: Instant::now() }) }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.write("\r\x1b[K");
    }

    /// A terminal that is gone is nobody's trouble.
    fn write(&self, text: &str) {
        if self.watched {
            let mut err = std::io::stderr().lock();
            let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        }
    }

    fn line(&self) -> String {
        let state = self.state.borrow();
        let frame = FRAMES[state.frame % FRAMES.len()];
        let seconds = state.start.elapsed().as_secs();
        let doing: Vec<String> = state
            .running
            .iter()
            .take(3)
            .map(|(connection, step)| {
                let subject = &self.subjects[*connection];
                format!("{}: {}", title(subject, *connection), subject.plan.steps[*step].kind.info().name)
            })
            .collect();
        let line = format!("{frame} {}/{} {seconds} s  {}", state.ended, self.subjects.len(), doing.join("  "));
        line.chars().take(WIDEST).collect()
    }
}

impl Observer for Live<'_> {
    fn began(&self, connection: usize, step: usize) {
        self.state.borrow_mut().running.push((connection, step));
    }

    fn ended(&self, connection: usize, step: usize, _: &Ended) {
        let mut state = self.state.borrow_mut();
        state.running.retain(|running| *running != (connection, step));
        if step + 1 == self.subjects[connection].plan.steps.len() {
            state.ended += 1;
        }
    }

    fn tick(&self) {
        self.state.borrow_mut().frame += 1;
        if self.watched {
            self.write(&format!("\r\x1b[K{}", self.line()));
        }
    }
}
