//! `airconn schema`: the schemas of ways to log in, and of files.

use std::borrow::Cow;

use clap::{Args, ValueEnum};

use super::{Exit, Output, Trouble, known, mode_page};
use crate::check::schema::{FILE_SCHEMAS, FileSchema, text};
use crate::hooks::Mode;
use crate::hooks::modes;
use crate::report::address;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people: a list, or the page of a mode
    Human,
    /// For programs: a list of names, or the schema (JSON Schema 2020-12)
    Json,
}

#[derive(Args)]
pub(super) struct Arguments {
    /// A connection type (redshift), a mode of one (redshift/iam-role) or `export`; without it, all
    /// are listed
    #[arg(value_name = "TYPE[/MODE]", value_parser = known::schemas(), hide_possible_values = true)]
    name: Option<String>,
    /// The form of the answer [default: human for a list, json for a single schema, as validators
    /// and editors take it]
    #[arg(long, value_enum)]
    format: Option<Form>,
}

/// A single schema.
pub(super) enum Named {
    /// Of a mode.
    Mode(&'static Mode),
    /// Of a file.
    File(&'static FileSchema),
}

impl Named {
    /// The schema of this name, such as `redshift/iam-role` or `export`.
    pub(super) fn find(name: &str) -> Option<Named> {
        let of_mode = || {
            let (conn_type, mode) = name.split_once('/')?;
            modes().find(|info| info.conn_type == conn_type && info.name == mode).map(Named::Mode)
        };
        FILE_SCHEMAS.iter().find(|file| file.name == name).map(Named::File).or_else(of_mode)
    }

    fn name(&self) -> String {
        match self {
            Named::Mode(info) => info.to_string(),
            Named::File(file) => file.name.to_string(),
        }
    }

    fn summary(&self) -> String {
        match self {
            Named::Mode(info) => mode_page::title(info),
            Named::File(file) => file.summary.to_string(),
        }
    }

    fn text(&self) -> &'static str {
        match self {
            Named::Mode(info) => text(info),
            Named::File(file) => file.schema,
        }
    }

    /// Its text, with the address at which it is published for an id, if somebody said where.
    fn published(&self) -> Cow<'static, str> {
        if !address::is_known() {
            return self.text().into();
        }
        let urn = format!("\"urn:airconn:schema:{}\"", self.name());
        let url = format!("\"{}/schemas/{}.json\"", address::pages(), self.name());
        self.text().replacen(&urn, &url, 1).into()
    }

    /// Its page.
    pub(super) fn page(&self) -> String {
        match self {
            Named::Mode(info) => mode_page::page(info),
            Named::File(file) => format!(
                "# {}\n\n`airconn schema {}` prints the schema of {}.\n",
                file.name, file.name, file.summary
            ),
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let name = arguments.name.as_deref();
    if let Some(found) = name.and_then(Named::find) {
        match arguments.format.unwrap_or(Form::Json) {
            Form::Json => write!(output.out, "{}", found.published())?,
            Form::Human => write!(output.out, "{}", found.page())?,
        }
        return Ok(Exit::Success);
    }
    let listed: Vec<Named> = modes()
        .filter(|info| name.is_none_or(|name| name == info.conn_type))
        .map(Named::Mode)
        .chain(FILE_SCHEMAS.iter().filter(|_| name.is_none()).map(Named::File))
        .collect();
    if listed.is_empty() {
        return Err(Trouble::new(format!(
            "there is no schema `{}`; `airconn schema` lists them",
            name.unwrap_or_default()
        )));
    }
    match arguments.format.unwrap_or(Form::Human) {
        Form::Human => {
            let width = listed.iter().map(|named| named.name().len()).max().unwrap_or(0);
            for named in &listed {
                writeln!(output.out, "{:<width$}  {}", named.name(), named.summary())?;
            }
        }
        Form::Json => {
            let names: Vec<_> = listed
                .iter()
                .map(|n| serde_json::json!({"name": n.name(), "summary": n.summary()}))
                .collect();
            writeln!(output.out, "{}", serde_json::Value::Array(names))?;
        }
    }
    Ok(Exit::Success)
}
