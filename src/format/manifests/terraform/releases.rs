//! Releases of Airflow's charts: single values that `set` gives, and connections in whole values.

use std::collections::BTreeMap;

use super::resources::Resources;
use crate::format::helpers::environment::{Environment, PREFIX, REFERENCE};
use crate::format::helpers::tree::{self, Tree};
use crate::format::manifests::helm;
use crate::model::{Dict, Node, Style, Value};
use crate::source::Text;

/// Blocks, or in newer providers lists of objects, with a path and a value each.
const SETS: &[&str] = &["set", "set_sensitive", "set_wo"];

/// A value of a path.
#[derive(Clone, Copy)]
struct Given<'n> {
    name: &'n Node<'static>,
    value: &'n Node<'static>,
}

/// What stands at the members of one item of a list, by its path.
type Items<'n> = BTreeMap<&'n str, Vec<(&'n str, Given<'n>)>>;

pub(super) fn all<'a>(resources: &Resources<'_, 'a>, environment: &mut Environment<'a>) {
    for resource in resources.all.iter().filter(|resource| resource.kind == "helm_release") {
        environment.scope += 1;
        let mut items = Items::new();
        for name in SETS {
            let held = tree::get(resource.body, name);
            let one = held.filter(|node| node.value.as_dict().is_some());
            for set in tree::items(held).iter().chain(one) {
                let (Some(name), Some(value)) = (tree::get(set, "name"), tree::get(set, "value"))
                else {
                    continue;
                };
                let Some(path) = name.value.as_str() else { continue };
                let Some((item, member)) = path.rsplit_once('.') else { continue };
                items.entry(item).or_default().push((member, Given { name, value }));
            }
        }
        for (item, members) in &items {
            of_item(resources, item, members, environment);
        }
        for values in tree::items(tree::get(resource.body, "values")) {
            of_values(resources.tree, values, environment);
        }
    }
}

/// An item of `env`, of `connections`, or variables in a mapping.
fn of_item<'a>(
    resources: &Resources<'_, 'a>,
    item: &str,
    members: &[(&str, Given<'_>)],
    environment: &mut Environment<'a>,
) {
    let tree = resources.tree;
    for (member, given) in members.iter().filter(|(member, _)| member.starts_with(PREFIX)) {
        variable(resources, &Text::owned((*member).to_string()), given, environment);
    }
    if !item.ends_with(']') {
        return;
    }
    let of = |name: &str| members.iter().find(|(member, _)| *member == name).map(|(_, of)| of);
    if item.contains("airflow.connections[") {
        let mut fields = Dict::default();
        for (member, given) in members {
            fields.insert(Value::text(*member), given.name.span, given.value.clone());
        }
        let Some((_, first)) = members.first() else { return };
        let made = Node { value: Value::dict(fields), span: first.value.span, style: Style::None };
        helm::connection(tree, &made, environment);
    } else if let Some(name) = of("name").and_then(|name| tree.text(name.value))
        && let Some(given) = of("value")
    {
        variable(resources, &name, given, environment);
    }
}

fn variable<'a>(
    resources: &Resources<'_, 'a>,
    name: &Text<'_>,
    given: &Given<'_>,
    environment: &mut Environment<'a>,
) {
    let Some(value) = resources.tree.text(given.value).and_then(unescaped) else { return };
    if environment.add(name, value, Some(given.value.span))
        && let Some(hole) = resources.hole(given.value)
    {
        environment.template(REFERENCE, hole);
    }
}

/// What Helm makes of a value: a backslash goes, and what stands behind it stays. A comma without
/// one ends the value, and a brace begins a list, of which nothing is said here.
fn unescaped(value: Text<'_>) -> Option<Text<'_>> {
    let raw = value.as_str();
    if !raw.contains(['\\', ',', '{']) {
        return Some(value);
    }
    let (mut out, mut signs) = (String::new(), raw.chars());
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => out.extend(signs.next()),
            ',' => return None,
            '{' if out.is_empty() => return None,
            _ => out.push(sign),
        }
    }
    if out == raw {
        return Some(value);
    }
    Some(match value.span() {
        Some(span) => Text::whole(out, span),
        None => Text::owned(out),
    })
}

/// Whole values: an object that is encoded, or a text of YAML.
fn of_values<'a>(tree: &Tree<'a>, values: &Node<'static>, environment: &mut Environment<'a>) {
    if values.style == Style::Encoded {
        return helm::connections(tree, values, environment);
    }
    let text = tree.text(values).filter(|text| text.as_str().contains("connections:"));
    let Some(text) = text else { return };
    let inner = Tree::new(&text);
    if inner.problem.is_none() {
        inner.documents.iter().for_each(|top| helm::connections(&inner, top, environment));
    }
}
