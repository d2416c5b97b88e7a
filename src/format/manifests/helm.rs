//! Values of Helm charts: the official chart of Airflow (`extraSecrets`, `env`, `extraEnv`) and the
//! community's (`airflow.connections`, `airflow.extraEnv`). Templates are not rendered.

use super::kubernetes::{dollars_doubled, of_container, pairs};
use crate::airflow::Fault;
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::{Environment, REFERENCE, braces, is_template, variables};
use crate::format::helpers::plain::{entry, integer_port, renamed};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text::scalar;
use crate::format::limits::{AS_TEXT, Limits, NO_ID, VARIABLE_NAME, VARIABLE_NUL, VARIABLE_TWICE};
use crate::format::{
    Document, FileName, Format, Grade, Grows, Holds, Item, Likeness, Remark, Sample, WriteError,
    WriteOptions, held,
};
use crate::model::{Node, Value};
use crate::source::{Span, Text};

const TEMPLATE: &str = "… holds `{{`, which the chart takes for a template; write it as a \
                        Kubernetes Secret of its own";

pub(super) static FORMAT: Format = Format {
    name: "helm",
    summary: "values.yaml of Airflow's Helm charts, the official one (which is written: \
              extraSecrets) and the community's",
    reader: "the chart, then EnvironmentVariablesBackend or Airflow's database",
    names: &[FileName::sure("values*.yaml"), FileName::sure("values*.yml")],
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, VARIABLE_NAME, VARIABLE_TWICE, VARIABLE_NUL, TEMPLATE],
        loses: &["id"],
    },
    grows: Grows::Beside,
    ..Format::DEFAULT
};

/// `airflow.connections` of the community's chart.
const NAMES: &[(&str, &str)] = &[
    ("type", "conn_type"),
    ("description", "description"),
    ("host", "host"),
    ("port", "port"),
    ("login", "login"),
    ("password", "password"),
    ("schema", "schema"),
    ("extra", "extra"),
];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    if !sample.may_be_yaml() || sample.extension == "json" {
        return None;
    }
    let keys: &[&[&str]] =
        &[&["extraSecrets"], &["extraEnv"], &["extraEnvVars"], &["env", "executor"]];
    let official = keys.iter().any(|keys| sample.has_keys(keys));
    let community = sample.has_keys(&["airflow"])
        && ["connections:", "extraEnv:", "connectionsTemplates:", "AIRFLOW_CONN_"]
            .iter()
            .any(|key| sample.text.contains(key));
    (official || community && !sample.text.contains("conn_id")).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for top in &tree.documents {
        // The chart may be a part of another one, whose values have it under its name.
        tree::walk(top, &mut |mapping| {
            of_secrets(&tree, mapping, runtime, &mut environment);
            for name in ["env", "extraEnv", "extraEnvVars"] {
                let Some(list) = tree::get(mapping, name) else { continue };
                environment.scope += 1;
                block(&tree, Some(list), &mut environment, &mut |tree, node, environment| {
                    let list = matches!(node.value, Value::List(_)).then_some(node);
                    environment.hold(tree, list, dollars_doubled);
                    tree::items(list)
                        .iter()
                        .for_each(|variable| of_container(tree, variable, environment));
                    // Some charts take a mapping.
                    pairs(tree, Some(node), false, runtime, environment);
                });
            }
        });
        let airflow = tree::get(top, "airflow");
        pairs(
            &tree,
            airflow.and_then(|airflow| tree::get(airflow, "config")),
            false,
            runtime,
            &mut environment,
        );
        connections(&tree, top, &mut environment);
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

/// Secrets and ConfigMaps that the official chart makes, and variables that it takes from others.
fn of_secrets<'a>(
    tree: &Tree<'a>,
    values: &Node<'static>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    for (holder, encoded) in [("extraSecrets", true), ("extraConfigMaps", false)] {
        for member in
            tree::dict(tree::get(values, holder)).into_iter().flat_map(|all| all.members.values())
        {
            environment.scope += 1;
            for (name, encoded) in [("stringData", false), ("data", encoded)] {
                block(
                    tree,
                    tree::get(&member.node, name),
                    environment,
                    &mut |tree, node, environment| {
                        pairs(tree, Some(node), encoded, runtime, environment);
                    },
                );
            }
        }
    }
    for secret in tree::items(tree::get(values, "secret")) {
        if let Some(name) = tree::get(secret, "envName").and_then(|name| tree.text(name)) {
            environment.elsewhere(&name, "a Secret that is named here");
        }
    }
}

type Visit<'v, 'a> = &'v mut dyn FnMut(&Tree<'a>, &Node<'static>, &mut Environment<'a>);

/// What stands in the values, or in a text of YAML in them, which the chart renders first.
fn block<'a>(
    tree: &Tree<'a>,
    node: Option<&Node<'static>>,
    environment: &mut Environment<'a>,
    visit: Visit<'_, 'a>,
) {
    let Some(node) = node else { return };
    let Some(text) = tree.text(node) else { return visit(tree, node, environment) };
    let inner = Tree::new(&text);
    inner.documents.iter().for_each(|document| visit(&inner, document, environment));
    match inner.problem {
        Some(_) if is_template(text.as_str()) => {
            let span = braces(text.as_str()).and_then(|range| text.span_of(range));
            let message = "a template `{{ … }}` that is not YAML before it is rendered: airconn \
                           does not look into it";
            let help = "render it first: helm template … | airconn check -";
            environment.document.remarks.push(Remark {
                fault: Fault::Template,
                grade: Grade::Info,
                conn_id: None,
                span,
                message: message.to_string(),
                help,
                repair: None,
            });
        }
        problem => environment.document.problems.extend(problem),
    }
}

/// Connections in values of the community's chart.
pub(super) fn connections<'a>(
    tree: &Tree<'a>,
    values: &Node<'static>,
    environment: &mut Environment<'a>,
) {
    let airflow = tree::get(values, "airflow");
    let listed = airflow.and_then(|airflow| tree::get(airflow, "connections"));
    tree::items(listed).iter().for_each(|node| connection(tree, node, environment));
}

/// A connection of the community's chart, which its script gives to Airflow's `Connection(…)`.
pub(super) fn connection<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    environment: &mut Environment<'a>,
) {
    let Value::Dict(given) = &node.value else { return };
    let mut fields = renamed(given, NAMES);
    integer_port(&mut fields);
    let template = fields.named().find_map(|(_, member)| filled_in(tree, &member.node));
    let made = Node { value: Value::dict(fields), span: node.span, style: node.style };
    environment.document.entries.push(entry(&tree.base, given.get("id"), Raw::Stored, made));
    if let Some((what, span)) = template {
        environment.template(what, span);
    }
}

/// `{{ … }}` of Helm, or `${…}` of the chart's `connectionsTemplates`.
fn filled_in(tree: &Tree<'_>, node: &Node<'static>) -> Option<(&'static str, Option<Span>)> {
    if let Some(hole) = tree.hole(node) {
        return Some((REFERENCE, tree.base.span_of(hole.range())));
    }
    let text = tree.text(node)?;
    if let Some(range) = braces(text.as_str()) {
        return Some(("a template `{{ … }}`", text.span_of(range)));
    }
    let start = text.as_str().find("${")?;
    let end = start + text.as_str()[start..].find('}')? + 1;
    Some(("`${…}`, which the chart fills in,", text.span_of(start..end)))
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let variables = variables(items, options)?;
    if variables.is_empty() {
        return Ok("extraSecrets: {}\n".to_string());
    }
    let mut out = String::from("extraSecrets:\n  airflow-connections:\n    stringData: |\n");
    for (i, (name, value)) in variables.into_iter().enumerate() {
        if value.contains("{{") {
            return Err(held(&items[i], i, TEMPLATE, |text| text.contains("{{")));
        }
        out.push_str(&format!("      {name}: {}\n", scalar(&value)));
    }
    out.push_str("extraEnvFrom: |\n  - secretRef:\n      name: airflow-connections\n");
    Ok(out)
}
