//! `airconn convert`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::config::ConfigArguments;
use super::input::{Input, InputArguments, format_names};
use super::left_out::{Pieces, written};
use super::losses::{
    Labels, label, label_elsewhere, warn_of_changes, warn_of_losses, warn_of_readers, warn_of_teams,
};
use super::providers::ProviderArguments;
use super::replace::{Readers, replace};
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble, parallel, settings};
use crate::airflow::create::create_connection;
use crate::airflow::python::json_loads::loads_at;
use crate::airflow::runtime::Runtime;
use crate::airflow::uri;
use crate::check::rules::of_fault;
use crate::format::{Format, Holds, Item, ValueForm, WriteOptions, by_name};
use crate::guard::{Mistake, guarded, seam};
use crate::model::{Connection, Value};
use crate::privacy::shown_id;
use crate::source::Text;

#[derive(Clone, Copy, ValueEnum)]
enum ValueArgument {
    Uri,
    Json,
}

const OUTPUT: &str = "Output";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    /// The format to write, of those that `airconn formats` lists
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = format_names(Format::is_written),
        hide_possible_values = true,
        help_heading = OUTPUT
    )]
    to: String,
    /// Write each connection as a URI or as JSON, in formats that store one string
    #[arg(long, value_enum, default_value = "uri", help_heading = OUTPUT)]
    value: ValueArgument,
    /// Convert only this id (repeatable). For input without ids: the ids to assign, in order
    #[arg(long, value_name = "ID", help_heading = OUTPUT)]
    conn_id: Vec<String>,
    /// Write to this file, which is replaced in one step. Connections that cannot be read or
    /// written are left out and named, and the exit code is 1; where none is left, nothing is
    /// written
    #[arg(long, short, value_name = "FILE", help_heading = OUTPUT)]
    output: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let format = by_name(&arguments.to).ok_or_else(|| Trouble::new("no such format"))?;
    let aim = settings::aim(
        &arguments.config,
        &arguments.runtime,
        &arguments.providers,
        SideArgument::Server,
        false,
        output,
    )?;
    let [runtime] = &aim.runtimes[..] else {
        return Err(Trouble::new("convert writes for one Airflow: give one version and one side"));
    };
    let inputs = arguments.input.read()?;
    let value = match arguments.value {
        ValueArgument::Uri => ValueForm::Uri,
        ValueArgument::Json => ValueForm::Json,
    };
    let options = WriteOptions { runtime, value, packages: &aim.providers.packages };
    let reader = format.reader_for(runtime);
    let mut all = Pieces::default();
    let mut labels = Labels::default();
    for input in &inputs {
        match read_quickly(input, runtime, prewritten(format, value).map(|form| (form, &*reader))) {
            Some(read) => read.into_iter().for_each(|item| all.push(item)),
            None => read(input, runtime, &mut all, &mut labels, output)?,
        }
    }
    let (mut items, mut left_out) = all.chosen(&arguments.conn_id, &labels, output)?;
    if left_out > 0 && items.is_empty() {
        output.say("airconn: nothing was written; `airconn check` shows the places")?;
        return Ok(Exit::Findings);
    }
    let (text, refused) = written(&mut items, format, &options, &labels, output)?;
    left_out += refused;
    let Some(text) = text else { return Ok(Exit::Findings) };
    if matches!(format.holds, Holds::Mapped | Holds::MappedText) {
        warn_of_changes(&items, &text, format, &options, &labels, output)?;
    } else if let Some(form) = format.form(value) {
        warn_of_losses(&items, form, &reader, &labels, output)?;
    }
    warn_of_teams(&items, &text, format, &labels, output)?;
    warn_of_readers(&text, format, runtime, output)?;
    if let Some((_, message)) = format.warning.filter(|(form, _)| *form == value) {
        output.say(&format!("airconn: warning: {message}"))?;
    }
    match arguments.output.as_ref().filter(|file| file.as_os_str() != "-") {
        Some(path) => replace(path, text.as_bytes(), Readers::Owner)?,
        None => output.out.write_all(text.as_bytes())?,
    }
    if left_out == 0 {
        return Ok(Exit::Success);
    }
    output.say(&format!(
        "airconn: left out for the reasons above: {left_out}; the rest was written"
    ))?;
    Ok(Exit::Findings)
}

/// The form in which every connection will be needed as a text of its own.
fn prewritten(format: &Format, value: ValueForm) -> Option<ValueForm> {
    format.form(value).filter(|_| format.holds != Holds::UriOrFields)
}

/// Splits a large file first and then reads its entries on all cores, each only for as long as it
/// takes to write it. `None` if anything is out of the ordinary: reading the whole then says what.
fn read_quickly(
    input: &Input,
    runtime: &Runtime,
    form: Option<(ValueForm, &Runtime)>,
) -> Option<Vec<Item>> {
    let text = &input.source.text()[input.skip..];
    let parts = (input.format.split?)(text)?;
    let items = parallel::map(&parts, |_, part| {
        let node = loads_at(text, part.span).ok()?;
        let key = Value::Str((&*part.conn_id).into());
        let connection = guarded(|| create_connection(&key, &node, &runtime.of_files()))?.ok()?;
        guarded(|| seam("parsing", connection.host.as_str().unwrap_or_default()))?;
        Some(item(part.conn_id.to_string(), connection, form))
    });
    items.into_iter().collect()
}

/// An item whose text is written at once if nothing is lost by it; the losses of others are looked
/// at again later.
fn item(conn_id: String, connection: Connection, form: Option<(ValueForm, &Runtime)>) -> Item {
    let written = form
        .filter(|(form, _)| *form == ValueForm::Uri)
        .and_then(|(_, reader)| uri::write(&connection, reader).ok());
    match written.filter(|written| written.gives_back) {
        Some(written) => Item {
            conn_id: Some(conn_id),
            connection: Connection::default(),
            value: Some(written.uri),
        },
        None => Item { conn_id: Some(conn_id), connection, value: None },
    }
}

/// Reads the connections of an input.
fn read(
    input: &Input,
    runtime: &Runtime,
    all: &mut Pieces,
    labels: &mut Labels,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    let name = input.source.name();
    if let Some(undecodable) = &input.undecodable {
        all.leave_unknown(format!("{name}: {}", undecodable.message()));
        return Ok(());
    }
    let text = Text::untraced(&input.source.text()[input.skip..]);
    let reading = || {
        seam("reading", text.as_str());
        (input.format.read)(&text, runtime)
    };
    let Some(document) = guarded(reading) else {
        all.leave_unknown(format!("{name}: {} (AC003)", Mistake::Reading.message()));
        return Ok(());
    };
    for problem in &document.problems {
        all.leave_unknown(format!("{name}: {}", problem.message));
    }
    // What is not what it seems to be as a whole says nothing for certain of a part.
    if input.format.whole && !document.problems.is_empty() {
        return Ok(());
    }
    for note in document.notes() {
        output.note(&format!("{name}: {note}"))?;
    }
    for remark in document.elsewhere() {
        let which = label_elsewhere(remark.conn_id.as_deref());
        all.leave(remark.conn_id.clone(), format!("{name}: {which}: {}", remark.message));
    }
    let parsed = parallel::map(&document.entries, |_, entry| entry.parse_guarded(runtime));
    for ((i, entry), parsed) in document.entries.into_iter().enumerate().zip(parsed) {
        labels.learn(&entry, runtime);
        match parsed {
            Ok(connection) => all.push(Item { conn_id: entry.conn_id, connection, value: None }),
            Err(raised) => {
                let which = label(shown_id(&entry), i);
                let (rule, exception) = (of_fault(raised.fault).id, raised.exception());
                let why = format!("{name}: {which}: {} ({rule}, {exception})", raised.message);
                all.leave(entry.conn_id, why);
            }
        }
    }
    Ok(())
}
