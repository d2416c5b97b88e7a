//! `airconn inspect`.

use clap::{Args, ValueEnum};
use indexmap::IndexSet;

use super::asked::Known;
use super::config::ConfigArguments;
use super::hook;
use super::input::{Input, InputArguments};
use super::inspection::{self, Inspected};
use super::layout::{labelled, width_of_lines};
use super::losses::label_elsewhere;
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
    let known = (!arguments.conn_id.is_empty()).then(Known::default);
    let mut notes = Notes { known, ..Notes::default() };
    for input in &inputs {
        let text = Text::untraced(&input.source.text()[input.skip..]);
        let read = runtimes
            .iter()
            .map(|runtime| inspect_noting(input, &text, runtime, &mut notes))
            .collect::<Vec<_>>();
        for note in notes.shapes.drain(..) {
            output.note(&format!("{}: {note}", input.source.name()))?;
        }
        for (id, note) in notes.elsewhere.drain(..) {
            if arguments.is_asked(id.as_ref()) {
                let which = label_elsewhere(id.as_deref());
                output.note(&format!("{}: {which}: {note}", input.source.name()))?;
            }
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
            let id = views.iter().find_map(|(_, seen)| seen.conn_id.as_ref());
            if !arguments.is_asked(id) && !views.iter().any(|(_, seen)| seen.is_whole) {
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
    if let Some(known) = &notes.known {
        known.require(&arguments.conn_id)?;
    }
    // Machines read the errors in the answers; the lines are all there.
    Ok(if machine { Exit::Success } else { exit })
}

impl Arguments {
    /// Whether a connection is asked for.
    fn is_asked(&self, id: Option<&String>) -> bool {
        self.conn_id.is_empty() || id.is_some_and(|id| self.conn_id.contains(id))
    }
}

/// What is found in an input beside its connections.
#[derive(Default)]
struct Notes {
    /// What is read although its form does not hold it so.
    shapes: Vec<String>,
    /// Connections whose values stand somewhere else, and where.
    elsewhere: IndexSet<(Option<String>, String)>,
    /// The ids that there are, if somebody asks for some.
    known: Option<Known>,
}

pub(super) fn inspect(input: &Input, text: &Text<'_>, runtime: &Runtime) -> Vec<Inspected> {
    inspect_noting(input, text, runtime, &mut Notes::default())
}

/// The same. What else is found is noted.
fn inspect_noting(
    input: &Input,
    text: &Text<'_>,
    runtime: &Runtime,
    notes: &mut Notes,
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
    // Several runtimes say the same of a text.
    for note in document.notes() {
        if !notes.shapes.iter().any(|known| known == note) {
            notes.shapes.push(note.to_string());
        }
    }
    for remark in document.elsewhere() {
        notes.elsewhere.insert((remark.conn_id.clone(), remark.message.clone()));
    }
    if let Some(known) = &mut notes.known {
        known.learn(&document);
    }
    let mut seen: Vec<_> = document.entries.iter().map(|entry| read(entry, runtime)).collect();
    if !input.format.whole {
        let refusal = |problem| Inspected { is_whole: false, ..refusal(problem, runtime) };
        let problems = document.problems.into_iter().map(refusal);
        return seen.into_iter().chain(problems).collect();
    }
    // Airflow reads such a file whole or not at all.
    match document.problems.into_iter().next() {
        Some(problem) => vec![refusal(problem, runtime)],
        None => match seen.iter().position(|seen| seen.result.is_err()) {
            Some(at) => vec![Inspected { is_whole: true, ..seen.swap_remove(at) }],
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
        is_whole: false,
    }
}

fn refusal(raised: Raised, runtime: &Runtime) -> Inspected {
    let (conn_id, shown_id, doubt) = (None, None, Some(Doubt::NoScheme));
    let (scope, reader, is_whole) = (0, runtime.clone(), true);
    Inspected { conn_id, shown_id, scope, reader, result: Err(raised), doubt, is_whole }
}
