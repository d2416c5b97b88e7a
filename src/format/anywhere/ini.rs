//! Settings of tox, pytest and their kind, which set variables for tests; and Airflow's own
//! configuration, from which no connection is read.

use std::ops::Range;

use crate::airflow::Fault;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::{Environment, PREFIX};
use crate::format::{
    Direction, Document, Evidence, FileName, Format, Grade, Holds, Item, Likeness, Remark, Sample,
    WriteError, WriteOptions,
};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "ini",
    summary: "tox.ini, pytest.ini, setup.cfg: AIRFLOW_CONN_<ID> that tests are given; airflow.cfg, \
              which holds none",
    reader: "tox or pytest-env, then EnvironmentVariablesBackend",
    names: &[FileName::searched("*.ini"), FileName::searched("*.cfg")],
    direction: Direction::In,
    evidence: Evidence::Found,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let named = matches!(sample.extension, "ini" | "cfg");
    (named && sample.text.contains(PREFIX) && has_section(sample.text)).then_some(Likeness::Certain)
}

fn has_section(text: &str) -> bool {
    text.lines().any(|line| section(line).is_some())
}

/// The name of a section, if the line begins one.
fn section(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.trim_end().strip_suffix(']')
}

/// A section that only Airflow's own configuration has.
const OF_AIRFLOW: &[&str] = &["core", "webserver", "scheduler", "api", "database", "secrets"];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    let (mut at, mut of_airflow) = (0, false);
    for line in raw.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some(name) = section(line) {
            environment.scope += 1;
            of_airflow = OF_AIRFLOW.contains(&name);
            continue;
        }
        let Some(place) = assignment(line) else { continue };
        let (name, value) = (
            start + place.0.start..start + place.0.end,
            start + place.1.start..start + place.1.end,
        );
        if of_airflow {
            environment.document.remarks.push(in_configuration(text, name));
            continue;
        }
        let value = text.slice(value);
        // A test that takes a connection away, whatever the machine has.
        if value.as_str().is_empty() {
            continue;
        }
        let filled = substitution(value.as_str()).map(|range| value.span_of(range));
        if !environment.add(&text.slice(name), value, None) {
            continue;
        }
        environment.ends_at(text, at);
        if let Some(span) = filled {
            environment.template("`{…}`, which tox or pytest fills in,", span);
        }
    }
    environment.document
}

/// `AIRFLOW_CONN_X=value`, with what pytest-env writes ahead of it (`D:`, `R:`): the places of name
/// and value.
fn assignment(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let body = line.trim();
    let start = line.find(body)?;
    let flags = body.len() - body.trim_start_matches(|c: char| "DR:".contains(c)).len();
    let rest = &body[flags..];
    let (name, value) = rest.split_once('=')?;
    let known = name.trim_end().strip_prefix(PREFIX)?;
    known.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(())?;
    let name_start = start + flags;
    let value_start = name_start + name.len() + 1 + value.len() - value.trim_start().len();
    let end = name_start + rest.len();
    Some((name_start..name_start + name.trim_end().len(), value_start.min(end)..end))
}

/// What tox fills in: `{env:NAME}`, `{posargs}`, `{toxinidir}`; not the braces of JSON.
fn substitution(value: &str) -> Option<Range<usize>> {
    value.match_indices('{').find_map(|(at, _)| {
        let inside = value[at + 1..].split('}').next()?;
        let word = inside.split(':').next()?;
        let named = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        named.then_some(at..(at + inside.len() + 2).min(value.len()))
    })
}

fn in_configuration(text: &Text<'_>, name: Range<usize>) -> Remark {
    Remark {
        fault: Fault::Backend,
        grade: Grade::Warning,
        conn_id: None,
        span: text.span_of(name),
        message: "Airflow reads no connections from its configuration: this line does nothing"
            .to_string(),
        help: "set it as a variable of the environment",
        repair: None,
    }
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only("ini", "for tests; put the value into a variable (--to env)"))
}
