//! Task definitions of Amazon ECS: the variables of their containers, each as it stands.

use crate::airflow::Fault;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::beside::{Copied, plainly};
use crate::format::helpers::environment::{Environment, braces};
use crate::format::helpers::tree::{self, Tree};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Format, Grade, Grows, Holds, Item, Likeness, Remark, Sample, WriteError,
    WriteOptions,
};
use crate::model::Node;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "ecs-task",
    summary: "task definitions of Amazon ECS, or the list of their containers: variables of \
              environment",
    reader: "Amazon ECS, then EnvironmentVariablesBackend",
    names: YAML_OR_JSON,
    direction: Direction::In,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    grows: Grows::Beside,
    ..Format::DEFAULT
};

const CONTAINERS: &str = "containerDefinitions";

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let asked = sample.has_keys(&["taskDefinition"]) && sample.text.contains(CONTAINERS);
    let listed = sample.text.trim_start().starts_with('[')
        && sample.has_keys(&["image", "environment"])
        && sample.text.contains("AIRFLOW_");
    (sample.may_be_yaml() && (asked || listed || sample.has_keys(&[CONTAINERS])))
        .then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for top in &tree.documents {
        let definition = tree::get(top, "taskDefinition").unwrap_or(top);
        let containers = tree::get(definition, CONTAINERS).unwrap_or(definition);
        for container in tree::items(Some(containers)) {
            environment.scope += 1;
            read_container(&tree, container, &mut environment);
        }
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

fn read_container<'a>(
    tree: &Tree<'a>,
    container: &Node<'static>,
    environment: &mut Environment<'a>,
) {
    let variables = tree::get(container, "environment");
    environment.hold(tree, variables, plainly);
    for variable in tree::items(variables) {
        let (Some(key), Some(node)) = (tree::get(variable, "name"), tree::get(variable, "value"))
        else {
            continue;
        };
        let (Some(name), Some(value)) = (tree.text(key), tree.text(node)) else { continue };
        let template = braces(value.as_str()).map(|range| value.span_of(range));
        environment.stands(Copied::pair(variable, key, node));
        if environment.add(&name, value, Some(node.span))
            && let Some(span) = template
        {
            environment.template("a template `{{ … }}`", span);
        }
    }
    for secret in tree::items(tree::get(container, "secrets")) {
        if let Some(name) = tree::get(secret, "name").and_then(|name| tree.text(name)) {
            environment.elsewhere(&name, "a secret or parameter that is named here");
        }
    }
    for file in tree::items(tree::get(container, "environmentFiles")) {
        let Some(place) = tree::get(file, "value").and_then(|value| tree.text(value)) else {
            continue;
        };
        environment.document.remarks.push(Remark {
            fault: Fault::OtherFile,
            grade: Grade::Info,
            conn_id: None,
            span: place.span(),
            message: "this container takes variables from a file in S3, too; connections in it \
                      were not looked at"
                .to_string(),
            help: "check that file as well: airconn check FILE",
            repair: None,
        });
    }
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only(
        "ecs-task",
        "no place for secrets; put the value into Secrets Manager (--to aws-secrets-commands)",
    ))
}
