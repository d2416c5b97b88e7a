//! Manifests in YAML or JSON as trees of nodes, with the way from each back to its bytes.

use std::sync::Arc;

use super::beside::{Encode, plainly};
use super::node_text::node_text;
use super::{hcl, toml_text};
use crate::airflow::files::normal_lines;
use crate::airflow::python::json_loads::{loads, loads_at};
use crate::airflow::yaml_load::load_all;
use crate::airflow::{Fault, Language, Raised};
use crate::model::{Dict, Member, Node, Style, Value};
use crate::source::{Span, Text};

/// A text as trees.
pub(crate) struct Tree<'a> {
    /// The text in which the places of nodes count.
    pub(crate) base: Arc<Text<'a>>,
    /// The documents of the text, up to the first that cannot be read.
    pub(crate) documents: Vec<Node<'static>>,
    /// Why reading ended before the end.
    pub(crate) problem: Option<Raised>,
    /// What is filled in, where the language tells it from other text; in the order of the text.
    pub(crate) holes: Option<Vec<Span>>,
    /// What the language makes of a value, quotes apart.
    pub(crate) encode: Encode,
}

impl<'a> Tree<'a> {
    /// Reads a text: JSON if it begins like it and is, or an object a line, YAML otherwise (of
    /// which nearly all JSON is a part).
    pub(crate) fn new(text: &Text<'a>) -> Tree<'a> {
        let looks_like_json = text.as_str().trim_start().starts_with(['{', '[']);
        let json = looks_like_json.then(|| loads(text.as_str()));
        if let Some(Ok(node)) = json {
            let documents = vec![node.into_owned()];
            return Tree::of(text.clone(), documents, None);
        }
        if let Some(documents) = json.as_ref().and_then(|_| json_lines(text.as_str())) {
            return Tree::of(text.clone(), documents, None);
        }
        let lines = normal_lines(text);
        let (documents, failed) = load_all(lines.as_str());
        let problem = match (failed, json) {
            (None, _) => None,
            (Some(_), Some(Err(error))) => Some(error.raised(Fault::Syntax(Language::Json), text)),
            (Some(error), _) => {
                let length = lines.as_str().len();
                let at = error.at.min(length);
                let end = lines
                    .as_str()
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(at, |c| at + c.len_utf8());
                Some(
                    Raised::new(error.exception, Fault::Syntax(Language::Yaml), error.message)
                        .at(lines.span_of(at..end)),
                )
            }
        };
        Tree::of(lines, documents, problem)
    }

    /// Trees of a text whose language knows no templates.
    pub(crate) fn of(
        text: Text<'a>,
        documents: Vec<Node<'static>>,
        problem: Option<Raised>,
    ) -> Tree<'a> {
        Tree { base: Arc::new(text), documents, problem, holes: None, encode: plainly }
    }

    /// Reads a text of HCL. With it what is not HCL, of what `wanted` says that it would count.
    pub(crate) fn hcl(text: &Text<'a>, wanted: fn(&str) -> bool) -> (Tree<'a>, Vec<Raised>) {
        let hcl = hcl::read(text, wanted);
        let tree = Tree {
            holes: Some(hcl.holes),
            encode: hcl::doubled,
            ..Tree::of(text.clone(), vec![hcl.top], None)
        };
        (tree, hcl.problems)
    }

    /// Reads a text of TOML.
    pub(crate) fn toml(text: &Text<'a>) -> Tree<'a> {
        let (top, problem) = toml_text::read(text);
        Tree::of(text.clone(), vec![top], problem)
    }

    /// The text of a scalar, or what an object is encoded as, traced.
    pub(crate) fn text(&self, node: &Node<'_>) -> Option<Text<'a>> {
        match node.style {
            Style::Encoded => Some(hcl::encoded(&self.base, node)),
            _ => node_text(&self.base, node),
        }
    }

    /// What is filled in, inside of a node.
    pub(crate) fn hole(&self, node: &Node<'_>) -> Option<Span> {
        let holes = self.holes.as_ref()?;
        let first = holes.partition_point(|hole| hole.start < node.span.start);
        holes.get(first).filter(|hole| hole.end <= node.span.end).copied()
    }

    /// The text of a key, traced as far as it stands literally.
    pub(crate) fn key(&self, name: &str, member: &Member<'_>) -> Text<'static> {
        key_text(&self.base, name, member)
    }
}

/// Objects of JSON, one a line, as commands print them one after another.
fn json_lines(text: &str) -> Option<Vec<Node<'static>>> {
    let mut at = 0;
    let mut documents = Vec::new();
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        let end = start + text[start.min(at)..at].trim_end().len();
        if end > start {
            text[start..].starts_with('{').then_some(())?;
            documents.push(loads_at(text, Span::new(start..end)).ok()?.into_owned());
        }
    }
    Some(documents)
}

/// The text of a key, traced as far as it stands literally.
pub(crate) fn key_text(base: &Text<'_>, name: &str, member: &Member<'_>) -> Text<'static> {
    let range = member.key_span.range();
    for inside in [range.clone(), range.start + 1..range.end.saturating_sub(1)] {
        if base.as_str().get(inside.clone()) == Some(name) {
            return base.slice(inside).into_static();
        }
    }
    match base.span_of(range) {
        Some(span) => Text::whole(name.to_string(), span),
        None => Text::owned(name.to_string()),
    }
}

/// A member of a mapping.
pub(crate) fn get<'n>(node: &'n Node<'static>, key: &str) -> Option<&'n Node<'static>> {
    node.value.as_dict()?.get(key)
}

/// A member of a mapping that is text.
pub(crate) fn get_str<'n>(node: &'n Node<'static>, key: &str) -> Option<&'n str> {
    get(node, key)?.value.as_str()
}

/// The items of a list; nothing for anything else.
pub(crate) fn items<'n>(node: Option<&'n Node<'static>>) -> &'n [Node<'static>] {
    match node.map(|n| &n.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The mapping that a node is.
pub(crate) fn dict<'n>(node: Option<&'n Node<'static>>) -> Option<&'n Dict<'static>> {
    node?.value.as_dict()
}

/// Every mapping below a node, itself first, in the order of the text. Aliases are visited where
/// they stand.
pub(crate) fn walk<'n>(node: &'n Node<'static>, visit: &mut dyn FnMut(&'n Node<'static>)) {
    match &node.value {
        Value::Dict(dict) => {
            visit(node);
            dict.members.values().for_each(|member| walk(&member.node, visit));
        }
        Value::List(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}
