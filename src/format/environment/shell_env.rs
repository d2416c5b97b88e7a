//! Files of variables that a shell alone reads: `.envrc`, and the environment of a process.

use super::assigned::{self, Who};
use super::env::write;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::shell_word::quoted;
use crate::format::limits::VARIABLES;
use crate::format::{Document, Evidence, FileName, Format, Grows, Holds, Ids, Likeness, Sample};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "shell-env",
    summary: "AIRFLOW_CONN_<ID>=value lines that a shell alone reads, such as .envrc",
    reader: "a shell, then EnvironmentVariablesBackend",
    names: &[FileName::searched(".envrc")],
    ids: Ids::Shell,
    evidence: Evidence::Words,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (FORMAT.name_of(&sample.path).is_some() && sample.has_variables()).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    assigned::read(text, Who::Script)
}

/// The environment of a process as a text of this format.
pub fn of_process(variables: impl Iterator<Item = (String, String)>) -> String {
    let mut out = String::new();
    variables.for_each(|(name, value)| out.push_str(&format!("{name}={}\n", quoted(&value))));
    out
}
