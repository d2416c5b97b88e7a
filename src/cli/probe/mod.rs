//! `airconn probe`.

mod data_api;
mod dry_run;
mod human;
mod json;
mod live;
mod repair;
mod subjects;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::config::ConfigArguments;
use super::input::InputArguments;
use super::providers::ProviderArguments;
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble, settings};
use crate::bounds;
use crate::files::{self, Named};
use crate::model::Secret;
use crate::probe::{self, Options, Roots, Run, Stopped, Surroundings, Verdict};
use live::{Live, Printer};
use repair::{Repair, Repairs};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// For people
    Human,
    /// For programs; schemas/probe.json describes it
    Json,
}

/// Under which heading of the help its own options stand.
const PROBE: &str = "Probe";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    /// Probe only the connection of this id (repeatable)
    #[arg(long, value_name = "ID", help_heading = PROBE)]
    conn_id: Vec<String>,
    /// The `aws_conn_id` that a task tells RedshiftSQLHook; an empty one is none, so that boto3
    /// searches by itself [default: aws_default]
    #[arg(long, value_name = "ID", conflicts_with = "via", help_heading = PROBE)]
    aws_conn_id: Option<String>,
    /// Print the plan: every step, and whose AWS credentials it takes. Opens no socket
    #[arg(long, help_heading = PROBE)]
    dry_run: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value = "human", help_heading = PROBE)]
    format: FormatArgument,
    /// The longest time for one connection, in seconds; each step has a time of its own besides
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "60",
        value_parser = clap::value_parser!(u64).range(1..=86_400),
        help_heading = PROBE
    )]
    timeout: u64,
    /// The longest time for all of them, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "600",
        value_parser = clap::value_parser!(u64).range(1..=86_400),
        help_heading = PROBE
    )]
    deadline: u64,
    /// How many connections are probed at once
    #[arg(
        long,
        value_name = "N",
        default_value = "4",
        value_parser = clap::value_parser!(u16).range(1..=64),
        help_heading = PROBE
    )]
    jobs: u16,
    /// Root certificates to trust instead of the built-in ones (Mozilla's): a PEM file, or `system`
    #[arg(long, value_name = "FILE|system", help_heading = PROBE)]
    ca: Option<PathBuf>,
    /// Send the password as it is, if the server asks for that, also where nobody knows who the
    /// server is
    #[arg(long, help_heading = PROBE)]
    allow_cleartext: bool,
    /// An answer of the SAML identity provider, instead of asking it; `-` is standard input. For
    /// providers that ask for Kerberos
    #[arg(long, value_name = "FILE", help_heading = PROBE)]
    saml_response: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
    #[command(flatten)]
    data_api: data_api::DataApiArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    // Hooks run in tasks, and tasks on workers.
    let aim = settings::aim(
        &arguments.config,
        &arguments.runtime,
        &arguments.providers,
        SideArgument::Worker,
        false,
        output,
    )?;
    let (runtimes, mut providers) = (aim.runtimes, aim.providers);
    if let Some(id) = &arguments.aws_conn_id {
        providers.aws_conn_id = Some(id.clone()).filter(|id| !id.is_empty());
    }
    let [runtime] = &runtimes[..] else {
        return Err(Trouble::new(
            "a connection is probed as one Airflow reads it: name one version, and one side",
        ));
    };
    let surroundings = surroundings();
    let is_piped = |path: &Path| path.as_os_str() == "-";
    if arguments.saml_response.as_deref().is_some_and(is_piped)
        && arguments.input.paths().iter().any(|path| is_piped(path))
    {
        return Err(Trouble::new(
            "standard input is either the connections or the answer of --saml-response: name a \
             file for one of them",
        ));
    }
    let inputs = arguments.input.read()?;
    let found = subjects::read(
        &inputs,
        &arguments.conn_id,
        runtime,
        &providers,
        arguments.data_api.statement()?.as_deref(),
        &surroundings,
    )?;
    // What a connection that fails would be if it were repaired belongs to its verdict.
    let mut repairs = Repairs::new(&inputs, runtime, &providers);
    if arguments.dry_run {
        let planned = found.origins.iter().zip(&found.subjects);
        let made: Vec<Option<Repair>> =
            planned.map(|(origin, subject)| repairs.of_plan(*origin, &subject.plan)).collect();
        let text = match arguments.format {
            FormatArgument::Human => dry_run::human(&found, &made, repairs.left_out()),
            FormatArgument::Json => dry_run::json(&found, &made, repairs.left_out()),
        };
        write!(output.out, "{text}")?;
        return Ok(Exit::Success);
    }
    let options = options(arguments)?;
    let probe = |live: &Live<'_>| {
        probe::run(&found.subjects, &surroundings, &options, live).map_err(Trouble::new)
    };
    let run = match arguments.format {
        FormatArgument::Human => {
            let live = Live::new(
                &found,
                std::io::stderr().is_terminal(),
                Some(Printer::new(&found, repairs, output.out)),
            );
            let run = probe(&live)?;
            live.end(&run)?;
            run
        }
        FormatArgument::Json => {
            let run = probe(&Live::new(&found, false, None))?;
            let probed = found.origins.iter().zip(&run.probed);
            let made: Vec<Option<Repair>> =
                probed.map(|(origin, probed)| repairs.of_probed(*origin, probed)).collect();
            write!(output.out, "{}", json::report(&found, &run, &made, repairs.left_out()))?;
            run
        }
    };
    Ok(exit(&run))
}

fn options(arguments: &Arguments) -> Result<Options, Trouble> {
    Ok(Options {
        timeout: Duration::from_secs(arguments.timeout),
        deadline: Duration::from_secs(arguments.deadline),
        jobs: usize::from(arguments.jobs),
        roots: match &arguments.ca {
            None => Roots::BuiltIn,
            Some(name) if name.as_os_str() == "system" => Roots::System,
            Some(file) => Roots::File(file.clone()),
        },
        allow_cleartext: arguments.allow_cleartext,
        saml_response: arguments.saml_response.as_deref().map(answer).transpose()?,
    })
}

/// The answer of an identity provider, in a file or through a pipe.
fn answer(path: &Path) -> Result<Secret, Trouble> {
    let most = bounds::SAML_RESPONSE.value;
    let read = match path.as_os_str() == "-" {
        true => files::whole(std::io::stdin().lock(), most),
        false => files::read_as(path, Named::ByHand, most),
    };
    let wrong = |_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8");
    match read.and_then(|bytes| String::from_utf8(bytes).map_err(wrong)) {
        Ok(text) => Ok(Secret::text(text)),
        Err(error) => {
            Err(Trouble::new(format!("cannot read the answer of --saml-response: {error}")))
        }
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

/// What the process is surrounded by. Variables that are not UTF-8 mean nothing to anybody here.
fn surroundings() -> Surroundings {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Surroundings { environment, home: std::env::home_dir() }
}
