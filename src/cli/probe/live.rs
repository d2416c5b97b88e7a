//! What is seen while connections are probed: the lines on a terminal that say what is going on,
//! and each report as soon as its turn has come.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::time::Instant;

use super::super::layout::{width, width_of_errors};
use super::human;
use super::repair::{Repairs, repairs_left_out};
use super::subjects::{Subjects, title};
use crate::probe::{Ended, Observer, Probed, Run};

/// The frames of the spinner, one a tick.
const FRAMES: &[char] = &['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// So many connections are shown at once.
const LINES: usize = 8;

/// Prints the reports for people in the order of the input, each as soon as those before it are
/// there.
pub(super) struct Printer<'p> {
    pub(super) found: &'p Subjects,
    pub(super) repairs: Repairs<'p>,
    pub(super) out: &'p mut dyn Write,
    /// Those that wait for their turn.
    waiting: BTreeMap<usize, Probed>,
    next: usize,
    trouble: Option<std::io::Error>,
    width: usize,
}

impl<'p> Printer<'p> {
    pub(super) fn new(
        found: &'p Subjects,
        repairs: Repairs<'p>,
        out: &'p mut dyn Write,
    ) -> Printer<'p> {
        Printer {
            found,
            repairs,
            out,
            waiting: BTreeMap::new(),
            next: 0,
            trouble: None,
            width: width(),
        }
    }

    fn take(&mut self, index: usize, probed: &Probed) {
        self.waiting.insert(index, probed.clone());
        while let Some(probed) = self.waiting.remove(&self.next) {
            let subject = &self.found.subjects[self.next];
            let repair = self.repairs.of_probed(self.found.origins[self.next], &probed);
            let page = human::connection(subject, self.next, &probed, repair.as_ref(), self.width);
            self.write(page);
            self.next += 1;
        }
    }

    /// Whoever reads may have gone: that is told at the end.
    fn write(&mut self, page: String) {
        let written = self
            .out
            .write_all(super::super::styled(page).as_bytes())
            .and_then(|()| self.out.flush());
        self.trouble = self.trouble.take().or(written.err());
    }

    /// What the end of the run left open, and the sum of all.
    fn end(&mut self, run: &Run) -> Result<(), std::io::Error> {
        for (index, probed) in run.probed.iter().enumerate().skip(self.next) {
            self.take(index, probed);
        }
        self.write(human::summary(self.found, run, self.width));
        if let Some(line) = repairs_left_out(self.repairs.left_out()) {
            self.write(format!("{line}\n"));
        }
        self.trouble.take().map_or(Ok(()), Err)
    }
}

/// Looks on.
pub(super) struct Live<'s> {
    found: &'s Subjects,
    /// Somebody sits at a terminal.
    watched: bool,
    state: RefCell<State>,
    /// `None` where the report is for programs, which get it whole.
    printer: RefCell<Option<Printer<'s>>>,
}

struct State {
    /// Connection, step, and since when.
    running: Vec<(usize, usize, Instant)>,
    ended: usize,
    frame: usize,
    start: Instant,
    /// Lines that stand on the terminal.
    drawn: usize,
}

impl<'s> Live<'s> {
    pub(super) fn new(
        found: &'s Subjects,
        watched: bool,
        printer: Option<Printer<'s>>,
    ) -> Live<'s> {
        let state =
            State { running: Vec::new(), ended: 0, frame: 0, start: Instant::now(), drawn: 0 };
        Live { found, watched, state: RefCell::new(state), printer: RefCell::new(printer) }
    }

    /// The end of the run.
    pub(super) fn end(&self, run: &Run) -> Result<(), std::io::Error> {
        self.clear();
        self.printer.borrow_mut().as_mut().map_or(Ok(()), |printer| printer.end(run))
    }

    /// Takes the lines away.
    fn clear(&self) {
        let drawn = std::mem::take(&mut self.state.borrow_mut().drawn);
        match drawn {
            0 => {}
            1 => self.write("\r\x1b[J"),
            lines => self.write(&format!("\r\x1b[{}A\x1b[J", lines - 1)),
        }
    }

    /// A terminal that is gone is nobody's trouble.
    fn write(&self, text: &str) {
        if self.watched {
            let mut err = std::io::stderr().lock();
            let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        }
    }

    fn lines(&self) -> Vec<String> {
        let state = self.state.borrow();
        let frame = FRAMES[state.frame % FRAMES.len()];
        let mut lines = vec![format!(
            "{frame} {} of {} done, {} s",
            state.ended,
            self.found.subjects.len(),
            state.start.elapsed().as_secs()
        )];
        for (connection, step, since) in state.running.iter().take(LINES) {
            let subject = &self.found.subjects[*connection];
            let mut line = format!(
                "  {}: {}",
                title(subject, *connection),
                subject.plan.steps[*step].kind.info().name
            );
            let seconds = since.elapsed().as_secs();
            if seconds > 0 {
                // Writing to a String cannot fail.
                let _ = write!(line, ", {seconds} s");
            }
            lines.push(line);
        }
        // A line that breaks would not be taken away again.
        let width = width_of_errors() - 1;
        lines.into_iter().map(|line| line.chars().take(width).collect()).collect()
    }
}

impl Observer for Live<'_> {
    fn began(&self, connection: usize, step: usize) {
        self.state.borrow_mut().running.push((connection, step, Instant::now()));
    }

    fn ended(&self, connection: usize, step: usize, _: &Ended) {
        self.state
            .borrow_mut()
            .running
            .retain(|(other, of, _)| (*other, *of) != (connection, step));
    }

    fn done(&self, connection: usize, probed: &Probed) {
        self.state.borrow_mut().ended += 1;
        self.clear();
        if let Some(printer) = self.printer.borrow_mut().as_mut() {
            printer.take(connection, probed);
        }
    }

    fn tick(&self) {
        self.state.borrow_mut().frame += 1;
        if self.watched {
            self.clear();
            let lines = self.lines();
            self.write(&lines.join("\n"));
            self.state.borrow_mut().drawn = lines.len();
        }
    }
}
