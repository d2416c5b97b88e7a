//! Variables `AIRFLOW_CONN_…` in TOML: settings of projects and their tools, which set them for
//! tests and tasks, and what deploys an application.

use super::variables;
use crate::airflow::runtime::Runtime;
use crate::format::commands::Ahead;
use crate::format::helpers::environment::{Environment, PREFIX};
use crate::format::helpers::script;
use crate::format::helpers::tree::Tree;
use crate::format::{
    Direction, Document, Evidence, FileName, Format, Grows, Holds, Item, Likeness, Sample,
    WriteError, WriteOptions,
};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "toml",
    summary: "pyproject.toml, fly.toml, mise.toml and others: AIRFLOW_CONN_<ID> that a tool sets",
    reader: "the tool whose table it is, then EnvironmentVariablesBackend",
    names: &[FileName::searched("*.toml")],
    direction: Direction::In,
    evidence: Evidence::Found,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    grows: Grows::Beside,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let holds = || sample.text.contains(PREFIX) || script::adds(sample.text);
    (sample.extension == "toml" && holds()).then_some(Likeness::Certain)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::toml(text);
    let mut environment = Environment::default();
    for top in &tree.documents {
        variables::with_commands(&tree, top, Ahead::Nothing, runtime, &mut environment);
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only("toml", "for settings; put the value into a variable (--to env)"))
}
