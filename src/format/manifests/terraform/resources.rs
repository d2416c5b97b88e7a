//! The resources and modules of a file, and how one refers to another.

use std::collections::HashMap;

use crate::format::helpers::hcl::EACH_KEY;
use crate::format::helpers::tree::{self, Tree};
use crate::model::{Node, Value};
use crate::source::Span;

/// A block with its labels.
pub(super) struct Resource<'n> {
    /// `aws_ssm_parameter`; nothing for a module.
    pub(super) kind: &'n str,
    /// By which others refer to it.
    name: &'n str,
    pub(super) body: &'n Node<'static>,
}

/// Every resource and module of a file.
pub(super) struct Resources<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) all: Vec<Resource<'t>>,
    pub(super) modules: Vec<Resource<'t>>,
    /// Where resources stand in `all`, by kind and name.
    named: HashMap<(&'t str, &'t str), Vec<usize>>,
}

impl<'t, 'a> Resources<'t, 'a> {
    pub(super) fn of(tree: &'t Tree<'a>, top: &'t Node<'static>) -> Resources<'t, 'a> {
        let (mut all, mut modules) = (Vec::new(), Vec::new());
        if let Some(resources) = tree::get(top, "resource") {
            below(resources, &mut Vec::new(), 2, &mut |labels, body| {
                all.push(Resource { kind: labels[0], name: labels[1], body });
            });
        }
        if let Some(found) = tree::get(top, "module") {
            below(found, &mut Vec::new(), 1, &mut |labels, body| {
                modules.push(Resource { kind: "", name: labels[0], body });
            });
        }
        let mut named: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, resource) in all.iter().enumerate() {
            named.entry((resource.kind, resource.name)).or_default().push(at);
        }
        Resources { tree, all, modules, named }
    }

    /// The first place in a node that is filled in. In JSON it is a text like any other.
    pub(super) fn hole(&self, node: &Node<'static>) -> Option<Option<Span>> {
        if self.tree.holes.is_some() {
            return self.tree.hole(node).map(|hole| self.tree.base.span_of(hole.range()));
        }
        let text = self.tree.text(node)?;
        let start = text.as_str().find("${")?;
        let end = text.as_str()[start..].find('}').map_or(text.as_str().len(), |n| start + n + 1);
        Some(text.span_of(start..end))
    }

    /// The argument of the resource that `text` is a reference to: `${KIND.NAME.id}`.
    pub(super) fn followed(
        &self,
        from: &Resource<'_>,
        text: &str,
        argument: &str,
    ) -> Option<&'t Node<'static>> {
        let reference = text.strip_prefix("${")?.strip_suffix('}')?;
        let (kind, rest) = reference.split_once('.')?;
        let name = rest.split(['.', '[']).next()?;
        let key = |body| tree::get_str(body, EACH_KEY);
        let same_key =
            |one: &&Resource<'t>| !rest.contains(EACH_KEY) || key(one.body) == key(from.body);
        let named = self.named.get(&(kind.trim(), name.trim()))?;
        let neighbour = named.iter().filter_map(|at| self.all.get(*at)).find(same_key)?;
        tree::get(neighbour.body, argument)
    }
}

/// The bodies below so many labels: blocks of HCL are lists of mappings, in JSON either may be left
/// out.
fn below<'n>(
    node: &'n Node<'static>,
    labels: &mut Vec<&'n str>,
    depth: usize,
    found: &mut dyn FnMut(&[&'n str], &'n Node<'static>),
) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| below(item, labels, depth, found)),
        Value::Dict(_) if labels.len() == depth => found(labels, node),
        Value::Dict(dict) => {
            for (name, member) in dict.named() {
                labels.push(name);
                below(&member.node, labels, depth, found);
                labels.pop();
            }
        }
        _ => {}
    }
}
