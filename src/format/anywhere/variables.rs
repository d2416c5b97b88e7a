//! Variables `AIRFLOW_CONN_…` wherever they stand in YAML or JSON, whoever reads the file: a member
//! of a mapping, a name beside its value, a text `NAME=value` in a list.

use crate::airflow::runtime::Runtime;
use crate::airflow::yaml_load::load_all;
use crate::format::commands::Ahead;
use crate::format::helpers::beside::Copied;
use crate::format::helpers::environment::{Environment, PREFIX, REFERENCE, braces};
use crate::format::helpers::script;
use crate::format::helpers::tree::Tree;
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Evidence, Format, Grows, Holds, Item, Likeness, Sample, WriteError,
    WriteOptions,
};
use crate::model::{Dict, Node, Style, Value};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "variables",
    summary: "AIRFLOW_CONN_<ID> in any other YAML or JSON file: CI, container definitions, \
              Ansible, devcontainers, custom resources",
    reader: "what sets the environment, then EnvironmentVariablesBackend",
    names: YAML_OR_JSON,
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
    let holds = || sets_variable(sample.text) || script::adds(sample.text);
    if sample.is_named_file() {
        return (sample.may_be_yaml() && holds()).then_some(Likeness::Sure);
    }
    // Without a name it may as well be a file of variables, or a script.
    let first = sample.lines().next().unwrap_or_default().trim_end();
    let shaped = first.starts_with(['{', '[', '-']) || first.ends_with(':') || first.contains(": ");
    (shaped && !sample.has_variables() && holds() && load_all(sample.text).1.is_none())
        .then_some(Likeness::Likely)
}

/// Whether a variable of a connection is set somewhere: it is followed by `:` or `=` and a text, or
/// stands itself as the value of a name.
fn sets_variable(text: &str) -> bool {
    text.lines().any(|line| {
        let mut from = 0;
        while let Some(at) = line[from..].find(PREFIX).map(|found| from + found) {
            let behind = &line[at + PREFIX.len()..];
            let rest = behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
            from = line.len() - rest.len();
            if rest.len() < behind.len() && is_set(&line[..at], rest) {
                return true;
            }
        }
        false
    })
}

/// Whether a name is set that stands in a line between these texts.
fn is_set(begun: &str, rest: &str) -> bool {
    let closed = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start();
    let inside = begun.trim_end_matches(['"', '\'']);
    let listed = inside.len() < begun.len() || inside.trim_end().ends_with(['-', '[', ',']);
    rest.starts_with('=') && listed
        || closed.strip_prefix(':').is_some_and(is_text)
        || names(inside) && (closed.is_empty() || closed.starts_with([',', '}', '#']))
}

/// What stands behind the colon of a member is text, as far as its line tells.
fn is_text(rest: &str) -> bool {
    let value = rest.trim();
    (rest.starts_with([' ', '\t', '"', '\'']) || value.is_empty())
        && !value.is_empty()
        && !value.starts_with(['{', '[', '#', '&', '*'])
        || value.starts_with("{{")
}

/// The line goes as far as the value of a name: `name: `, `- Name: `, `"key": `.
fn names(line: &str) -> bool {
    let Some(before) = line.trim_end().strip_suffix(':') else { return false };
    let key = before.trim_end_matches(['"', '\'']);
    let word = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// How the name of a variable is called beside its value.
const NAMES: &[&str] = &["name", "key", "envName", "variable"];

/// How its value is called.
const VALUES: &[&str] = &["value", "default", "defaultValue"];

/// So deep may one text of YAML stand in another.
const MAX_TEXTS: usize = 2;

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for top in tree.documents.iter().filter(|top| !describes(top)) {
        with_commands(&tree, top, Ahead::Nothing, runtime, &mut environment);
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

/// A document describes what others hold: a JSON Schema, or an API in OpenAPI. What stands in it is
/// an example, which nobody sets.
fn describes(top: &Node<'static>) -> bool {
    let Some(dict) = top.value.as_dict() else { return false };
    let text = |name| dict.get(name).and_then(|node| node.value.as_str()).map(ToString::to_string);
    text("$schema").is_some_and(|schema| schema.contains("json-schema.org/"))
        || dict.get("properties").is_some() && text("type").is_some_and(|of| of == "object")
        || dict.get("paths").is_some() && text("openapi").or_else(|| text("swagger")).is_some()
}

/// Every variable of a connection below a node, but for those that were read already, and what the
/// commands there set up.
pub(in crate::format) fn with_commands<'a>(
    tree: &Tree<'a>,
    top: &Node<'static>,
    ahead: Ahead,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    visit(tree, top, 0, environment);
    script::within(tree, top, ahead, runtime, environment);
}

fn visit<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    depth: usize,
    environment: &mut Environment<'a>,
) {
    match &node.value {
        Value::Dict(dict) => {
            members(tree, node, dict, depth, environment);
            for member in dict.members.values() {
                visit(tree, &member.node, depth, environment);
            }
        }
        Value::List(items) => {
            list(tree, node, items, depth, environment);
            items.iter().for_each(|item| visit(tree, item, depth, environment));
        }
        Value::Str(_) => inner(tree, node, depth, environment),
        _ => {}
    }
}

/// `AIRFLOW_CONN_X: value`, or `AIRFLOW_CONN_X: {value: …}` as GitLab has it.
fn members<'a>(
    tree: &Tree<'a>,
    holder: &Node<'static>,
    dict: &Dict<'static>,
    depth: usize,
    environment: &mut Environment<'a>,
) {
    if !dict.named().any(|(name, _)| name.starts_with(PREFIX)) || environment.holds(tree, holder) {
        return;
    }
    environment.scope += 1;
    environment.hold(tree, Some(holder), tree.encode);
    for (name, member) in dict.named().filter(|(name, _)| name.starts_with(PREFIX)) {
        let key = tree.key(name, member);
        if let Some(value) = tree.text(&member.node) {
            environment.stands(Copied::member(member));
            variable(tree, &key, (&member.node, value), depth, environment);
        } else if let Some(node) = value_in(&member.node)
            && let Some(value) = tree.text(node)
        {
            variable(tree, &key, (node, value), depth, environment);
        } else if matches!(member.node.value, Value::Opaque(_)) || refers(&member.node) {
            environment.elsewhere(&key, "what is named here");
        }
    }
}

/// Objects with a name and a value, and texts `NAME=value`.
fn list<'a>(
    tree: &Tree<'a>,
    holder: &Node<'static>,
    items: &[Node<'static>],
    depth: usize,
    environment: &mut Environment<'a>,
) {
    if environment.holds(tree, holder) {
        return;
    }
    let mut held = false;
    let mut hold = |environment: &mut Environment<'a>| {
        if !std::mem::replace(&mut held, true) {
            environment.scope += 1;
            environment.hold(tree, Some(holder), tree.encode);
        }
    };
    for item in items {
        if let Some(text) = tree.text(item) {
            if let Some((name, value)) = assigned(&text, item)
                && is_variable(name.as_str())
            {
                hold(environment);
                environment.stands(Copied::assignment(item));
                variable(tree, &name, (item, value), depth, environment);
            }
            continue;
        }
        let Value::Dict(dict) = &item.value else { continue };
        let named = |(key, _): &(&str, _)| NAMES.iter().any(|name| key.eq_ignore_ascii_case(name));
        let Some((_, member)) = dict.named().find(named) else { continue };
        let Some(name) = tree.text(&member.node).filter(|name| is_variable(name.as_str())) else {
            continue;
        };
        hold(environment);
        match value_in(item).and_then(|node| Some((node, tree.text(node)?))) {
            Some((node, value)) => {
                environment.stands(Copied::pair(item, &member.node, node));
                variable(tree, &name, (node, value), depth, environment);
            }
            None => environment.elsewhere(&name, "what is named here"),
        }
    }
}

/// Name and value of a text that sets a variable. Settings of pytest may have blanks around the
/// sign, and flags ahead of the name.
fn assigned<'a>(text: &Text<'a>, item: &Node<'static>) -> Option<(Text<'a>, Text<'a>)> {
    if item.style != Style::Toml {
        return text.as_str().starts_with(PREFIX).then(|| text.split_once("="))?;
    }
    let flags =
        text.as_str().len() - text.as_str().trim_start_matches(|c| "DR: ".contains(c)).len();
    let (name, value) = text.from(flags).split_once("=")?;
    let name = name.slice(0..name.as_str().trim_end().len());
    let start = value.as_str().len() - value.as_str().trim_start().len();
    let end = value.as_str().trim_end().len().max(start);
    Some((name, value.slice(start..end)))
}

/// The value that stands beside a name.
fn value_in<'n>(node: &'n Node<'static>) -> Option<&'n Node<'static>> {
    let dict = node.value.as_dict()?;
    VALUES.iter().find_map(|value| {
        let (_, member) = dict.named().find(|(key, _)| key.eq_ignore_ascii_case(value))?;
        let is_text = matches!(member.node.value, Value::Str(_));
        (is_text || member.node.style == Style::Encoded).then_some(&member.node)
    })
}

/// The value is taken from somewhere else: `valueFrom`, `Fn::Sub`, `Ref`.
fn refers(node: &Node<'static>) -> bool {
    node.value.as_dict().is_some_and(|dict| !dict.members.is_empty())
}

fn is_variable(name: &str) -> bool {
    name.len() > PREFIX.len() && name.starts_with(PREFIX) && is_name(name)
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A text that is YAML or JSON itself, as values of a chart inside of another object are.
fn inner<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    depth: usize,
    environment: &mut Environment<'a>,
) {
    let held = node.value.as_str().is_some_and(|text| {
        (text.contains('\n') || text.starts_with(['{', '['])) && sets_variable(text)
    });
    if !held || depth >= MAX_TEXTS {
        return;
    }
    let Some(text) = tree.text(node) else { return };
    let inner = Tree::new(&text);
    // What is not YAML is a script, or a template: nothing is said of it here.
    if inner.problem.is_none() {
        inner.documents.iter().for_each(|top| visit(&inner, top, depth + 1, environment));
    }
}

/// A variable whose value stands in a node.
fn variable<'a>(
    tree: &Tree<'a>,
    name: &Text<'_>,
    (node, value): (&Node<'static>, Text<'a>),
    depth: usize,
    environment: &mut Environment<'a>,
) {
    let hole = tree.hole(node).and_then(|hole| tree.base.span_of(hole.range()));
    let template = match hole {
        Some(hole) => Some((REFERENCE, Some(hole))),
        None => filled(value.as_str()).map(|(what, range)| (what, value.span_of(range))),
    };
    // Places in a text inside of another say nothing of what was read already.
    let at = (depth == 0).then_some(node.span);
    if environment.add(name, value, at)
        && let Some((what, span)) = template
    {
        environment.template(what, span);
    }
}

/// What is filled in before Airflow sees the value. Which of them the reader of the file knows is
/// not known here.
fn filled(text: &str) -> Option<(&'static str, std::ops::Range<usize>)> {
    let braced = braces(text).map(|range| ("a template `{{ … }}`", range));
    braced.or_else(|| {
        let (start, close) = ["${", "$("]
            .iter()
            .zip(['}', ')'])
            .filter_map(|(open, close)| Some((text.find(open)?, close)))
            .min_by_key(|(at, _)| *at)?;
        let end = start + text[start..].find(close)? + 1;
        Some(("`${…}` or `$(…)`, which is filled in,", start..end))
    })
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only("variables", "not one form; name the one that is meant (--to env)"))
}
