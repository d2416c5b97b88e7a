//! `airconn inspect`.

use clap::{Args, ValueEnum};

use super::config::ConfigArguments;
use super::hook;
use super::input::{Input, InputArguments};
use super::inspection::{self, Inspected};
use super::layout::{labelled, width_of_lines};
use super::providers::ProviderArguments;
use super::resolution;
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble, settings};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised};
use crate::format::{Document, Entry};
use crate::guard::{Mistake, guarded, seam};
use crate::privacy::{Doubt, doubt, shown_id};
use crate::source::Text;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// A table, one column for each runtime
    Human,
    /// The machine interface: one JSON object a line
    Jsonl,
}

const OUTPUT: &str = "Output";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "human", help_heading = OUTPUT)]
    format: FormatArgument,
    /// Show passwords and extras
    #[arg(long, help_heading = OUTPUT)]
    reveal: bool,
    /// With --format jsonl, end lines of Redshift, AWS and PostgreSQL connections with a key
    /// `hook`: what their hook makes of them
    #[arg(long, help_heading = OUTPUT)]
    hook: bool,
    /// Inspect only the connection of this id (repeatable)
    #[arg(long, value_name = "ID", help_heading = OUTPUT)]
    conn_id: Vec<String>,
    #[command(flatten)]
    config: ConfigArguments,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let machine = arguments.format == FormatArgument::Jsonl;
    let default = if machine { SideArgument::Server } else { SideArgument::Both };
    // Machines get one line for each connection, unless they ask for more.
    let aim = settings::aim(
        &arguments.config,
        &arguments.runtime,
        &arguments.providers,
        default,
        !machine,
        output,
    )?;
    let (runtimes, providers) = (aim.runtimes, aim.providers);
    let inputs = arguments.input.read()?;
    let mut exit = Exit::Success;
    for input in &inputs {
        let text = Text::untraced(&input.source.text()[input.skip..]);
        let mut notes = Vec::new();
        let read = runtimes
            .iter()
            .map(|runtime| inspect_noting(input, &text, runtime, &mut notes))
            .collect::<Vec<_>>();
        for note in notes {
            output.note(&format!("{}: {note}", input.source.name()))?;
        }
        // Nobody looks for others where it is not asked what becomes of them.
        let related = !machine || arguments.hook;
        let sets: Vec<_> =
            read.iter().map(|all| inspection::set(if related { all } else { &[] })).collect();
        let count = read.iter().map(Vec::len).max().unwrap_or(0);
        for index in 0..count {
            let views: Vec<(&Runtime, &Inspected)> = read
                .iter()
                .zip(&runtimes)
                .filter_map(|(all, runtime)| Some((runtime, all.get(index)?)))
                .collect();
            let id = views.iter().find_map(|(_, seen)| seen.conn_id.clone());
            if !arguments.conn_id.is_empty()
                && !id.as_ref().is_some_and(|id| arguments.conn_id.contains(id))
            {
                continue;
            }
            if views.iter().any(|(_, seen)| seen.result.is_err()) {
                exit = Exit::Findings;
            }
            if machine {
                for ((runtime, seen), set) in views.iter().zip(&sets) {
                    let name = (runtimes.len() > 1).then(|| runtime.name());
                    let found = arguments
                        .hook
                        .then(|| resolution::of(seen, set, &providers, arguments.reveal))
                        .flatten();
                    let hook = found.map(|found| hook::json(&found, &providers, arguments.reveal));
                    writeln!(
                        output.out,
                        "{}",
                        inspection::json(seen, name, hook, arguments.reveal)
                    )?;
                }
            } else {
                // What is revealed is to be copied: its lines are not broken.
                let width = if arguments.reveal { usize::MAX } else { width_of_lines() };
                let table = inspection::table(index, &views, arguments.reveal, width);
                write!(output.out, "{}", labelled(&table, width))?;
                // What becomes of it is shown once for all runtimes that see it alike.
                let mut shown: Vec<(String, String)> = Vec::new();
                for ((runtime, seen), set) in views.iter().zip(&sets) {
                    let Some(resolution) = resolution::of(seen, set, &providers, arguments.reveal)
                    else {
                        continue;
                    };
                    let lines = resolution::lines(&resolution, arguments.reveal);
                    match shown.iter_mut().find(|(_, known)| *known == lines) {
                        Some((names, _)) => *names = format!("{names}, {}", runtime.name()),
                        None => shown.push((runtime.name(), lines)),
                    }
                }
                for (names, lines) in shown {
                    let lines = format!("\n  {:<12}  {names}\n{lines}", "with Airflow");
                    write!(output.out, "{}", labelled(&lines, width))?;
                }
                writeln!(output.out)?;
            }
        }
    }
    // Machines read the errors in the answers; the lines are all there.
    Ok(if machine { Exit::Success } else { exit })
}

pub(super) fn inspect(input: &Input, text: &Text<'_>, runtime: &Runtime) -> Vec<Inspected> {
    inspect_noting(input, text, runtime, &mut Vec::new())
}

/// The same. What is read although its form does not hold it so is noted.
fn inspect_noting(
    input: &Input,
    text: &Text<'_>,
    runtime: &Runtime,
    notes: &mut Vec<String>,
) -> Vec<Inspected> {
    if let Some(undecodable) = &input.undecodable {
        return vec![refusal(
            Raised::new("UnicodeDecodeError", Fault::Encoding, undecodable.message()),
            runtime,
        )];
    }
    let split = || {
        seam("reading", text.as_str());
        (input.format.read)(text, runtime)
    };
    let Some(document): Option<Document<'_>> = guarded(split) else {
        return vec![refusal(Raised::mistake(Mistake::Reading), runtime)];
    };
    for note in document.notes() {
        // Several runtimes say the same of a text.
        if !notes.iter().any(|known| known == note) {
            notes.push(note.to_string());
        }
    }
    let seen: Vec<Inspected> = document.entries.iter().map(|entry| read(entry, runtime)).collect();
    if !input.format.whole {
        let problems = document.problems.into_iter().map(|problem| refusal(problem, runtime));
        return seen.into_iter().chain(problems).collect();
    }
    // Airflow reads such a file whole or not at all.
    match document.problems.into_iter().next() {
        Some(problem) => vec![refusal(problem, runtime)],
        None => match seen.iter().find_map(|s| s.result.as_ref().err()) {
            Some(raised) => vec![refusal(raised.clone(), runtime)],
            None => seen,
        },
    }
}

fn read(entry: &Entry<'_>, runtime: &Runtime) -> Inspected {
    let result = entry.parse_guarded(runtime);
    Inspected {
        conn_id: entry.conn_id.clone(),
        shown_id: shown_id(entry),
        scope: entry.scope,
        reader: entry.reader(runtime).into_owned(),
        doubt: guarded(|| doubt(entry, result.as_ref().ok())).unwrap_or(Some(Doubt::NoScheme)),
        result,
    }
}

fn refusal(raised: Raised, runtime: &Runtime) -> Inspected {
    let (conn_id, shown_id, doubt) = (None, None, Some(Doubt::NoScheme));
    Inspected { conn_id, shown_id, scope: 0, reader: runtime.clone(), result: Err(raised), doubt }
}
