//! The files of `docker run --env-file`: `NAME=value` to the end of the line, nothing unquoted.

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::format::helpers::environment::{Environment, variables};
use crate::format::helpers::lines::lines_and_ends;
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
    let mut refused = false;
    for (i, (line, end)) in lines_and_ends(text).enumerate() {
        let written = line.as_str();
        let body =
            if i == 0 { written.strip_prefix('\u{feff}').unwrap_or(written) } else { written };
        let line = line.from(written.len() - body.trim_start().len());
        let key = line.as_str().split_once('=').map_or(line.as_str(), |(name, _)| name);
        let is_read = !line.as_str().is_empty() && !line.as_str().starts_with('#');
        let trouble = if written.len() >= MAX_LINE {
            Some("a line of 64 KiB or more: docker refuses the whole file (token too long)")
        } else if is_read && key.is_empty() {
            Some("a line with no name ahead of `=`: docker refuses the whole file")
        } else if is_read && key.contains([' ', '\t']) {
            Some("docker takes this for a name, and refuses the whole file for the blank in it")
        } else {
            None
        };
        if let Some(message) = trouble {
            // It gives up at the first one.
            if !std::mem::replace(&mut refused, true) {
                let fault = Fault::Syntax(Language::Variables);
                let shown = line.as_str().chars().take(key.chars().count().clamp(1, MAX_SHOWN));
                let place = line.span_of(0..shown.map(char::len_utf8).sum());
                let raised = Raised::new(Refusal::Unparsable, fault, message).at(place);
                environment.document.problems.push(raised);
            }
            continue;
        }
        if !is_read {
            continue;
        }
        match line.split_once("=") {
            Some((name, value)) => {
                if environment.add(&name, value, None) {
                    environment.ends_at(text, end);
                }
            }
            None => environment.elsewhere(&line, "the environment in which docker is called"),
        }
    }
    environment.document
}

/// Go's bufio.MaxScanTokenSize, in which the end of the line has to find room, too.
const MAX_LINE: usize = 64 << 10;

/// So much of a line is pointed at.
const MAX_SHOWN: usize = 80;

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
