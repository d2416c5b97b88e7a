//! Where a command writes: its answer to standard output, what it has to say about its work to
//! standard error.

use std::io::Write;

use super::Trouble;
use crate::source::clean_line;

/// How much a command says about its work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Talk {
    /// What went wrong.
    Quiet,
    /// Also what people should know.
    Usual,
    /// Also what was done.
    Verbose,
}

/// Where a command writes. A reader that went away (`| head`) changes nothing of what it
/// does.
pub(crate) struct Output<'o> {
    pub(crate) out: &'o mut dyn Write,
    pub(super) talk: Talk,
    /// Out of reach, so that every line is clean.
    err: &'o mut dyn Write,
}

impl<'o> Output<'o> {
    pub(super) fn new(out: &'o mut dyn Write, err: &'o mut dyn Write) -> Output<'o> {
        Output { out, talk: Talk::Usual, err }
    }

    /// A line for people. It is one, whatever the name of a file, an id or a library's message that
    /// stands in it holds.
    pub(crate) fn say(&mut self, line: &str) -> Result<(), Trouble> {
        Ok(writeln!(self.err, "{}", clean_line(line))?)
    }

    /// A line that people should know and that `--quiet` leaves out.
    pub(super) fn note(&mut self, line: &str) -> Result<(), Trouble> {
        if self.talk < Talk::Usual {
            return Ok(());
        }
        self.say(&format!("airconn: note: {line}"))
    }

    /// A line about what was done, for `--verbose`.
    pub(super) fn detail(&mut self, line: &str) -> Result<(), Trouble> {
        if self.talk < Talk::Verbose {
            return Ok(());
        }
        self.say(&format!("airconn: {line}"))
    }

    /// Where a report goes whose place is taken: that is clean by itself.
    pub(super) fn aside(&mut self) -> &mut dyn Write {
        &mut *self.err
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_one_line() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut out, &mut err);
        for line in ["::error::a.env: b", "airconn: a\n::error::b\r\u{1b}[2J\u{202e}"] {
            assert!(output.say(line).is_ok());
        }
        let want =
            "\u{fffd}:error::a.env: b\nairconn: a\u{fffd}::error::b\u{fffd}\u{fffd}[2J\u{fffd}\n";
        assert_eq!(String::from_utf8(err).expect("text"), want);
        assert!(out.is_empty());
    }
}
