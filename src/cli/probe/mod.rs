//! `airconn probe`.

mod data_api;
mod dry_run;
mod human;
mod json;
mod live;
mod subjects;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::input::InputArguments;
use super::providers::ProviderArguments;
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble};
use crate::probe::{self, Options, Roots, Run, Stopped, Surroundings, Verdict};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// For people
    Human,
    /// For programs; schemas/probe.json describes it
    Json,
}

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    /// Only the connections of this id
    #[arg(long, value_name = "ID")]
    conn_id: Vec<String>,
    /// Print the plan: every step, and whose AWS credentials it takes. Opens no socket
    #[arg(long)]
    dry_run: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value = "human")]
    format: FormatArgument,
    /// The longest time for one connection, in seconds; each step has a time of its own besides
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// The longest time for all of them, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    deadline: u64,
    /// How many connections are probed at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Root certificates to trust instead of the built-in ones (Mozilla's): a PEM file, or `system`
    #[arg(long, value_name = "FILE|system")]
    ca: Option<PathBuf>,
    /// Send the password as it is, if the server asks for that, also where nobody knows who the server is
    #[arg(long)]
    allow_cleartext: bool,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
    #[command(flatten)]
    data_api: data_api::DataApiArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    // Hooks run in tasks, and tasks on workers.
    let runtimes = arguments.runtime.resolve(SideArgument::Worker, output)?;
    let [runtime] = &runtimes[..] else {
        return Err(Trouble::new("a connection is probed as one Airflow reads it: name one version, and one side"));
    };
    let surroundings = surroundings();
    let inputs = arguments.input.read()?;
    let found = subjects::read(
        &inputs,
        &arguments.conn_id,
        runtime,
        &arguments.providers.resolve()?,
        arguments.data_api.statement()?.as_deref(),
        &surroundings,
    )?;
    if arguments.dry_run {
        let text = match arguments.format {
            FormatArgument::Human => dry_run::human(&found),
            FormatArgument::Json => dry_run::json(&found),
        };
        write!(output.out, "{text}")?;
        return Ok(Exit::Success);
    }
    let human = arguments.format == FormatArgument::Human;
    let live = live::Live::new(&found.subjects, human && std::io::stderr().is_terminal());
    let run = probe::run(&found.subjects, &surroundings, &options(arguments), &live).map_err(Trouble::new)?;
    live.clear();
    let text = if human { super::styled(human::report(&found, &run)) } else { json::report(&found, &run) };
    write!(output.out, "{text}")?;
    Ok(exit(&run))
}

fn options(arguments: &Arguments) -> Options {
    Options {
        timeout: Duration::from_secs(arguments.timeout),
        deadline: Duration::from_secs(arguments.deadline),
        jobs: usize::from(arguments.jobs),
        roots: match &arguments.ca {
            None => Roots::BuiltIn,
            Some(name) if name.as_os_str() == "system" => Roots::System,
            Some(file) => Roots::File(file.clone()),
        },
        allow_cleartext: arguments.allow_cleartext,
    }
}

/// 1 where a connection fails, 2 where none fails and something that is needed could not be tried.
fn exit(run: &Run) -> Exit {
    let any = |wanted: Verdict| run.probed.iter().any(|probed| probed.verdict() == wanted);
    match () {
        () if any(Verdict::Failed) => Exit::Findings,
        () if any(Verdict::Unproven) || run.stopped != Stopped::No => Exit::Failure,
        () => Exit::Success,
    }
}

/// What the process is surrounded by. Variables that are no UTF-8 mean nothing to anybody here.
fn surroundings() -> Surroundings {
    let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    Surroundings { environment, home: std::env::home_dir() }
}
