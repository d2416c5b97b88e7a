//! The files of `docker run --env-file`: `NAME=value` to the end of the line, nothing unquoted.

use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::{Environment, variables};
use crate::format::helpers::lines::lines;
use crate::format::limits::{AS_TEXT, Limits, NO_ID, VARIABLE_NAME, VARIABLE_NUL, VARIABLE_TWICE};
use crate::format::{
    Document, FileName, Format, Grows, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
    held,
};
use crate::source::Text;

const LINE_END: &str =
    "… holds a line end, which this form of file cannot; --value json writes it as an escape";

pub(super) static FORMAT: Format = Format {
    name: "docker-env",
    summary: "the file of `docker run --env-file`: NAME=value, nothing unquoted",
    reader: "docker, then EnvironmentVariablesBackend",
    names: &[FileName::searched("env.list")],
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, VARIABLE_NAME, VARIABLE_TWICE, VARIABLE_NUL, LINE_END],
        loses: &["id"],
    },
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    // Other names say nothing about the dialect: what stands between quotes is then read as a shell
    // does.
    (FORMAT.name_of(&sample.path).is_some() && sample.has_variables()).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    for line in lines(text) {
        // Blanks ahead of the name are passed over; a name alone takes the value of the caller's
        // environment.
        let start = line.as_str().len() - line.as_str().trim_start().len();
        let line = line.from(start);
        if line.as_str().starts_with('#') {
            continue;
        }
        if let Some((name, value)) = line.split_once("=") {
            environment.add(&name, value, None);
        }
    }
    environment.document
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, (name, value)) in variables(items, options)?.into_iter().enumerate() {
        if value.contains(['\n', '\r']) {
            return Err(held(&items[i], i, LINE_END, |text| text.contains(['\n', '\r'])));
        }
        out.push_str(&format!("{name}={value}\n"));
    }
    Ok(out)
}
