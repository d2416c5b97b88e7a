//! `airconn check --fix` and `--diff`: repairs, written back or shown.

use std::fmt::Write;
use std::path::PathBuf;

use anstyle::{AnsiColor, Color, Style};
use clap::{Args, ValueEnum};

use super::changes::Changes;
use super::input::{ENVIRONMENT, Input};
use super::replace::{tidy, update};
use super::stop::Stop;
use super::{Output, Trouble, styled};
use crate::check::fix::{Fixed, Setting, Told, fix_told};
use crate::check::{Checked, Finding, Safety};
use crate::source::Source;
use crate::source::clean;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FixArgument {
    /// What has one right answer
    Safe,
    /// Also what somebody has to decide, such as moving a role to the AWS connection
    Unsafe,
}

#[derive(Args)]
#[command(next_help_heading = "Repairs")]
pub(super) struct FixArguments {
    /// Repair what can be repaired, in the files themselves; standard input is written to standard
    /// output
    #[arg(
        long,
        value_enum,
        value_name = "SAFETY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe"
    )]
    fix: Option<FixArgument>,
    /// Show what --fix would change, and change nothing; 1 is the exit code if there is something.
    /// What may be secret is hidden
    #[arg(long)]
    diff: bool,
}

/// What was made of one input.
pub(super) struct Repaired {
    /// The text afterwards, and what is found in it. With `--diff` the input as it was.
    pub(super) source: Source,
    pub(super) checked: Checked,
    /// What is to be written.
    pub(super) pending: Pending,
}

/// What is to be written for one input.
#[derive(Default)]
pub(super) struct Pending {
    file: Option<FilePending>,
    output: Option<String>,
    count: usize,
}

struct FilePending {
    path: PathBuf,
    /// What it held when it was read, and what it is to hold; `None` if that is the same.
    change: Option<(String, String)>,
}

/// What was written.
pub(super) struct Settled {
    /// How many findings were repaired.
    pub(super) count: usize,
    /// Repaired text, or changes, went to standard output.
    pub(super) took_output: bool,
    /// The inputs, by their position, whose files could not be written, and why.
    pub(super) failed: Vec<Unwritten>,
}

/// A file that stays as it was.
pub(super) struct Unwritten {
    pub(super) input: usize,
    pub(super) path: PathBuf,
    pub(super) trouble: Trouble,
}

impl Pending {
    /// Writes everything, in order. A file that cannot be written keeps no other from it.
    pub(super) fn settle(
        all: Vec<Pending>,
        output: &mut Output<'_>,
        stop: &Stop,
    ) -> Result<Settled, Trouble> {
        let mut settled = Settled { count: 0, took_output: false, failed: Vec::new() };
        for (input, pending) in all.into_iter().enumerate() {
            if let Some(text) = pending.output {
                output.out.write_all(text.as_bytes())?;
                settled.took_output = true;
            }
            let written = match &pending.file {
                None => Ok(()),
                Some(FilePending { path, change: None }) => {
                    tidy(path);
                    Ok(())
                }
                Some(FilePending { path, change: Some(_) }) if stop.asked() => {
                    let message =
                        format!("{} is left as it is: the run was told to end", path.display());
                    Err((path.clone(), Trouble::new(message)))
                }
                Some(FilePending { path, change: Some((before, after)) }) => {
                    let write = || update(path, before.as_bytes(), after.as_bytes());
                    stop.to_the_end(write).map_err(|t| (path.clone(), t))
                }
            };
            if let Err((path, trouble)) = written {
                settled.failed.push(Unwritten { input, path, trouble });
                continue;
            }
            settled.count += pending.count;
        }
        Ok(settled)
    }
}

impl FixArguments {
    /// How far repairs may go; `None` if none are asked for.
    fn allowed(&self) -> Option<Safety> {
        match (self.fix, self.diff) {
            (Some(FixArgument::Unsafe), _) => Some(Safety::Unsafe),
            (Some(FixArgument::Safe), _) | (None, true) => Some(Safety::Safe),
            (None, false) => None,
        }
    }

    /// Repairs an input; `None` if nobody asked for it or its bytes are not text.
    pub(super) fn run(
        &self,
        input: &Input,
        setting: Setting<'_>,
        wants: &dyn Fn(&Finding) -> bool,
        told: Told<'_>,
    ) -> Result<Option<Repaired>, Trouble> {
        let Some(allowed) = self.allowed().filter(|_| input.undecodable.is_none()) else {
            return Ok(None);
        };
        if !self.diff && input.path.is_none() && input.source.name() == ENVIRONMENT {
            return Err(Trouble::new(
                "--fix cannot change the variables of a process; --diff shows what it would change",
            ));
        }
        let Fixed { text, applied, checked } =
            fix_told(&input.source, setting, allowed, wants, told);
        let changed = text != input.source.text();
        let source = Source::new(input.source.name(), text);
        let mut pending = Pending { count: applied.len(), ..Pending::default() };
        match &input.path {
            _ if self.diff => {
                pending.output = changed.then(|| styled(diff(&input.source, &source, setting)))
            }
            Some(path) => {
                let change =
                    changed.then(|| (input.source.text().to_string(), source.text().to_string()));
                pending.file = Some(FilePending { path: path.clone(), change });
            }
            None => pending.output = Some(source.text().to_string()),
        }
        Ok(Some(Repaired { source, checked, pending }))
    }

    /// Files are written.
    pub(super) fn writes(&self) -> bool {
        self.fix.is_some() && !self.diff
    }

    /// Nothing is written, only shown.
    pub(super) fn is_diff(&self) -> bool {
        self.diff
    }

    /// One line about what was done.
    pub(super) fn summary(&self, repaired: usize) -> Option<String> {
        let findings = format!("{repaired} finding{}", if repaired == 1 { "" } else { "s" });
        match (self.allowed().is_some(), self.diff) {
            (false, _) => None,
            (_, true) => Some(format!("would repair {findings}")),
            _ => Some(format!("repaired {findings}")),
        }
    }
}

const NAMES: Style = Style::new().bold();
const PLACES: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));
const GONE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const NEW: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));

/// The changed lines as a unified diff, in Git's colours. What is not known to be public is hidden,
/// so that it is not a patch.
fn diff(before: &Source, after: &Source, setting: Setting<'_>) -> String {
    let changes = Changes::between(before, after, setting);
    let name = clean(before.name());
    let mut out = format!("{NAMES}--- {name}{NAMES:#}\n{NAMES}+++ {name}{NAMES:#}\n");
    for group in changes.hunks() {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize| format!("{},{}", start + 1, end - start);
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        let _ = writeln!(out, "{PLACES}@@ -{old_range} +{new_range} @@{PLACES:#}");
        for (sign, line) in group.iter().flat_map(|operation| changes.lines(operation)) {
            let style = match sign {
                '-' => GONE,
                '+' => NEW,
                _ => Style::new(),
            };
            let _ = writeln!(out, "{style}{sign}{line}{style:#}");
        }
    }
    out
}
