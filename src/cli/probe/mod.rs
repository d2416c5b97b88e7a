//! `airconn probe`.

mod dry_run;
mod subjects;

use clap::{Args, ValueEnum};

use super::input::InputArguments;
use super::providers::ProviderArguments;
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble};
use crate::probe::Surroundings;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// For people
    Human,
    /// For programs
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
    #[arg(long, required = true)]
    dry_run: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value = "human")]
    format: FormatArgument,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    // Hooks run in tasks, and tasks on workers.
    let runtimes = arguments.runtime.resolve(SideArgument::Worker, output)?;
    let [runtime] = &runtimes[..] else {
        return Err(Trouble::new("a connection is probed as one Airflow reads it: name one version, and one side"));
    };
    let surroundings = surroundings();
    let inputs = arguments.input.read()?;
    let subjects = subjects::read(&inputs, &arguments.conn_id, runtime, &arguments.providers.resolve()?, &surroundings)?;
    let text = match arguments.format {
        FormatArgument::Human => dry_run::human(&subjects),
        FormatArgument::Json => dry_run::json(&subjects),
    };
    write!(output.out, "{text}")?;
    Ok(Exit::Success)
}

/// What the process is surrounded by. Variables that are no UTF-8 mean nothing to anybody here.
fn surroundings() -> Surroundings {
    let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    Surroundings { environment, home: std::env::home_dir() }
}
