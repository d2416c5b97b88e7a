//! The command line: the only part, besides the probe, that does I/O.

mod asked;
mod baseline;
mod bounded;
mod changes;
mod check;
mod colour;
mod completions;
mod composed;
mod config;
mod convert;
mod crash;
mod detect;
mod explain;
mod files_shown;
mod fix;
mod formats;
mod git;
mod given;
mod globs;
mod hook;
mod ignored;
mod input;
mod inspect;
mod inspection;
mod job;
mod known;
mod layout;
mod left_out;
mod levels;
mod losses;
mod markdown;
mod mode_page;
mod output;
mod parallel;
mod patient;
mod pins;
mod probe;
mod progress;
mod providers;
mod read_for;
mod replace;
mod reports;
mod resolution;
mod runtimes;
mod schema;
mod selectors;
mod settings;
mod stop;
mod suggest;
mod upgrade;
mod walk;
mod watch;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use given::Given;
use patient::Patient;

pub(crate) use output::Output;
use output::Talk;

use crate::check::Level;
use crate::guard::guarded;
use crate::source::clean;

/// How a run ends. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Success = 0,
    /// Findings at the level that fails, or connections that could not be read or written.
    Findings = 1,
    /// airconn could not work: wrong usage, unreadable files.
    Failure = 2,
}

impl Exit {
    /// That of findings of which this is the worst, where those of a level fail.
    fn of(worst: Option<Level>, limit: Option<Level>) -> Exit {
        match limit.is_some_and(|limit| worst >= Some(limit)) {
            true => Exit::Findings,
            false => Exit::Success,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What help says about [`Exit`].
const EXIT_CODES: &str = "Exit codes: 0 nothing to complain about; 1 findings, or connections that \
    could not be read or written; \
    2 airconn could not work (wrong usage, wrong configuration, unreadable files)";

/// Under which heading of a help the options stand that all commands have.
const GLOBAL: &str = "Global options";

#[derive(Parser)]
#[command(
    name = "airconn",
    version,
    about = "Reads Apache Airflow connections exactly as Airflow does: checks, converts and \
             inspects them",
    max_term_width = 110,
    after_help = EXIT_CODES
)]
struct Arguments {
    /// When to use colors
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = GLOBAL
    )]
    color: colour::ColourArgument,
    /// Say less: no notes, and no lines that sum a report up
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = GLOBAL)]
    quiet: bool,
    /// Say more on standard error: every file that was read, as what and for which Airflow
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find what is wrong with connections: errors of reading, traps of URIs, values that mean
    /// something else than written
    #[command(after_help = EXIT_CODES, mut_arg("paths", input::searches_folders))]
    Check(check::Arguments),
    /// Write connections in another form, as the chosen Airflow would write them
    #[command(mut_arg("paths", input::wants_files))]
    Convert(convert::Arguments),
    /// Show what Airflow will see, for one or several versions side by side
    #[command(mut_arg("paths", input::wants_files))]
    Inspect(inspect::Arguments),
    /// Prove connections live, step by step, and name the step that fails
    #[command(mut_arg("paths", input::wants_files))]
    Probe(probe::Arguments),
    /// Say which connections fail, or mean something else, after an upgrade of Airflow or its
    /// packages
    Upgrade(upgrade::Arguments),
    /// Show the page of a rule, such as AC206 or typed-query-value, or of a way to log in, such as
    /// redshift/iam-role
    Explain(explain::Arguments),
    /// List the rules
    Rules(explain::RulesArguments),
    /// List the formats that connections are read and written in
    Formats(formats::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print a manual page
    Man(completions::ManArguments),
    /// Print JSON Schemas: of each way to log in (redshift/iam-role) and of the files of
    /// `airflow connections export`
    Schema(schema::Arguments),
}

/// A message for people, after which the run ends with [`Exit::Failure`].
pub(crate) struct Trouble {
    message: String,
}

impl Trouble {
    pub(crate) fn new(message: impl Into<String>) -> Trouble {
        Trouble { message: message.into() }
    }
}

/// Only what is written to standard output or error fails without a path.
impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Trouble {
        Trouble { message: format!("cannot write: {error}") }
    }
}

/// Text with colours, or without where standard output is no terminal or nobody wants them.
pub(crate) fn styled(text: String) -> String {
    match anstream::AutoStream::choice(&std::io::stdout()) {
        anstream::ColorChoice::Never => anstream::adapter::strip_str(&text).to_string(),
        _ => text,
    }
}

/// Says why nothing is run. An error repeats what was given: that is read again with what a
/// terminal or the log of a run would obey replaced, and what may be a secret masked, so that the
/// error is about that.
fn not_run(
    error: &clap::Error,
    arguments: &[OsString],
    given: &Given,
    output: &mut Output<'_>,
) -> Exit {
    let print = |error: &clap::Error| error.render().ansi().to_string();
    if !error.use_stderr() {
        // Help and version are no errors. A closed pipe is nothing to report.
        let _ = write!(output.out, "{}", styled(print(error))).and_then(|()| output.out.flush());
        return Exit::Success;
    }
    let shown: Vec<String> =
        arguments.iter().map(|text| given.masked(clean(&text.to_string_lossy()))).collect();
    let _ = match Arguments::try_parse_from(&shown) {
        Err(error) if error.use_stderr() => write!(output.aside(), "{}", print(&error)),
        _ => writeln!(output.aside(), "error: an argument holds characters that are not printed"),
    };
    Exit::Failure
}

/// Runs the command line.
pub fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    crash::watch();
    let given: Vec<OsString> = arguments.collect();
    parallel::on_large_stack(|| run_given(&given))
}

fn run_given(given: &[OsString]) -> Exit {
    // Whole lines, as soon as they are written: a reader at the other end of a pipe never waits for
    // the rest of one.
    let mut out = std::io::LineWriter::with_capacity(1 << 16, Patient::new(std::io::stdout()));
    let mut err = Patient::new(anstream::stderr());
    run_into(given.iter().cloned(), &mut out, &mut err)
}

/// Runs the command line, and writes what it prints to `out` and `err`.
pub fn run_into(
    arguments: impl Iterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let written: Vec<OsString> = arguments.collect();
    let given = Given::of(&written);
    let mut output = Output::new(out, err);
    if let Some(refusal) = given.refusal() {
        // Nobody is left to be told if standard error is closed.
        let _ = output.say(&format!("airconn: {refusal}"));
        return Exit::Failure;
    }
    let arguments = match Arguments::try_parse_from(&written) {
        Ok(arguments) => arguments,
        Err(error) => return not_run(&error, &written, &given, &mut output),
    };
    arguments.color.choose();
    output.talk = match (arguments.quiet, arguments.verbose) {
        (true, _) => Talk::Quiet,
        (_, true) => Talk::Verbose,
        _ => Talk::Usual,
    };
    let command = arguments.command;
    let run = || match command {
        Command::Check(arguments) => check::run(&arguments, &mut output),
        Command::Convert(arguments) => convert::run(&arguments, &mut output),
        Command::Inspect(arguments) => inspect::run(&arguments, &mut output),
        Command::Probe(arguments) => probe::run(&arguments, &mut output),
        Command::Upgrade(arguments) => upgrade::run(&arguments, &mut output),
        Command::Explain(arguments) => explain::run(&arguments, &mut output),
        Command::Rules(arguments) => explain::rules(&arguments, &mut output),
        Command::Formats(arguments) => formats::run(&arguments, &mut output),
        Command::Completions(arguments) => completions::run(&arguments, &mut output),
        Command::Man(arguments) => completions::man(&arguments, &mut output),
        Command::Schema(arguments) => schema::run(&arguments, &mut output),
    };
    // What no part of a command has caught is told by the hook.
    let result = guarded(run).unwrap_or(Ok(Exit::Failure));
    let flushed = output.out.flush();
    match (result, flushed) {
        (Ok(_), Ok(())) if crash::happened() => Exit::Failure,
        (Ok(exit), Ok(())) => exit,
        (Err(Trouble { message }), _) => {
            let _ = output.say(&format!("airconn: {}", given.masked(message)));
            Exit::Failure
        }
        (_, Err(error)) => {
            let _ = output.say(&format!("airconn: cannot write: {error}"));
            Exit::Failure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_part_of_the_interface() {
        assert_eq!([Exit::Success, Exit::Findings, Exit::Failure].map(|e| e as u8), [0, 1, 2]);
    }

    #[test]
    fn the_arguments_are_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
