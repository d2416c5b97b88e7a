//! `airconn formats`: in which forms connections are read and written.

use clap::Args;

use super::explain::FormatArgument;
use super::{Exit, Output, Trouble};
use crate::format::{FORMATS, Format};

#[derive(Args)]
pub(super) struct Arguments {
    /// The form of the list
    #[arg(long, value_enum, default_value = "human")]
    format: FormatArgument,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    if arguments.format == FormatArgument::Json {
        let formats: Vec<_> = FORMATS
            .iter()
            .map(|format| {
                serde_json::json!({
                    "name": format.name,
                    "summary": format.summary,
                    "read": format.is_read(),
                    "written": format.is_written()
                })
            })
            .collect();
        writeln!(output.out, "{}", serde_json::Value::Array(formats))?;
        return Ok(Exit::Success);
    }
    for format in FORMATS {
        let Format { name, summary, .. } = format;
        writeln!(output.out, "{name:<18}  {:<13}  {summary}", direction(format))?;
    }
    Ok(Exit::Success)
}

fn direction(format: &Format) -> &'static str {
    match (format.is_read(), format.is_written()) {
        (true, true) => "read, written",
        (true, false) => "read",
        _ => "written",
    }
}
