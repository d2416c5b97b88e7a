//! Workflows of GitHub Actions: `env` of the workflow, its jobs and steps. `${{ … }}` is filled in
//! by the runner.

use crate::airflow::runtime::Runtime;
use crate::format::commands::Ahead;
use crate::format::container::Container;
use crate::format::helpers::beside::{Copied, plainly};
use crate::format::helpers::environment::{Environment, braces};
use crate::format::helpers::script;
use crate::format::helpers::tree::{self, Tree};
use crate::format::{
    Direction, Document, FileName, Format, Grows, Holds, Item, Likeness, Sample, WriteError,
    WriteOptions,
};
use crate::model::Value;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "github-actions",
    summary: "workflows of GitHub Actions: env of the workflow, of jobs and steps",
    reader: "the runner fills in ${{ }}, then EnvironmentVariablesBackend",
    names: &[FileName::sure(".github/workflows/*.yaml"), FileName::sure(".github/workflows/*.yml")],
    direction: Direction::In,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    grows: Grows::Beside,
    containers,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (sample.may_be_yaml() && sample.has_keys(&["on", "jobs"])).then_some(Likeness::Sure)
}

/// Jobs that run in a container.
fn containers(text: &Text<'_>) -> Vec<Container> {
    let tree = Tree::new(text);
    let jobs = tree.documents.iter().filter_map(|top| tree::dict(tree::get(top, "jobs")));
    let jobs = jobs.flat_map(|jobs| jobs.members.values()).map(|job| &job.node);
    let of_job = |job| {
        let runs = tree::get(job, "container")?;
        let image = tree::get(runs, "image").unwrap_or(runs);
        let mut container = Container::of(&tree, Some(image));
        container.holds(&tree, Some(job));
        Some(container)
    };
    jobs.filter_map(of_job).collect()
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for top in &tree.documents {
        tree::walk(top, &mut |mapping| {
            let Some(Value::Dict(variables)) = tree::get(mapping, "env").map(|env| &env.value)
            else {
                return;
            };
            environment.scope += 1;
            environment.hold(&tree, tree::get(mapping, "env"), plainly);
            for (name, member) in variables.named() {
                let Some(value) = tree.text(&member.node) else { continue };
                let template = braces(value.as_str())
                    .map(|range| value.span_of(range.start.saturating_sub(1)..range.end));
                environment.stands(Copied::member(member));
                if environment.add(&tree.key(name, member), value, Some(member.node.span))
                    && let Some(span) = template
                {
                    environment.template("`${{ … }}`, which the runner fills in,", span);
                }
            }
        });
        tree::walk(top, &mut |step| {
            if let Some(run) = tree::get(step, "run") {
                script::within(&tree, run, Ahead::Nothing, runtime, &mut environment);
            }
        });
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only(
        "github-actions",
        "no place for secrets; put the value into a secret of the repository (--to env)",
    ))
}
