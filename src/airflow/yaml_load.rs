//! `yaml.load(text, CSafeLoader)`: libyaml's events composed and constructed as PyYAML does, YAML
//! 1.1 types included.

use std::collections::HashMap;

use super::yaml_compose::{Anchor, Composed, Composer, Content};
pub use super::yaml_error::YamlError;
use super::yaml_types::{self, Tag};
use crate::model::{Dict, Node, Style, Value};
use crate::source::Span;

/// Nodes that aliases and merges may make of one that is written: beyond it a file is refused,
/// where PyYAML would run out of memory.
const EXPANSION: usize = crate::bounds::YAML_EXPANSION.value;

/// Reads a stream of one document; no document is null.
pub fn load(text: &str) -> Result<Node<'static>, YamlError> {
    let mut composer = Composer::new(text, false);
    let Some(root) = composer.document()? else { return Ok(Node::bare(Value::Null)) };
    Constructor::new(composer).construct(root)
}

/// Every document of a stream, for what is not PyYAML's business (manifests, compose files): a tag
/// that nobody knows makes an opaque value, an anchor may be defined anew. With the first error,
/// behind which nothing is read.
pub fn load_all(text: &str) -> (Vec<Node<'static>>, Option<YamlError>) {
    all_of(Composer::new(text, true))
}

/// The same, where a tag such as `!Sub` is a function: what stands behind it becomes the one member
/// `Sub` of a mapping, as long as nobody else knows the tag.
pub fn load_functions(text: &str) -> (Vec<Node<'static>>, Option<YamlError>) {
    let mut composer = Composer::new(text, true);
    composer.tags = Some(HashMap::new());
    all_of(composer)
}

fn all_of(mut composer: Composer<'_>) -> (Vec<Node<'static>>, Option<YamlError>) {
    let mut roots = Vec::new();
    let mut failed = composer.documents(&mut roots).err();
    let mut constructor = Constructor::new(composer);
    let mut documents = Vec::with_capacity(roots.len());
    for root in roots {
        match constructor.construct(root) {
            Ok(node) => documents.push(node),
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    (documents, failed)
}

struct Constructor {
    nodes: Vec<Composed>,
    /// Containers that are being made: an alias to one of them is a cycle.
    open: Vec<usize>,
    budget: usize,
    lenient: bool,
    /// The tags that are functions.
    functions: HashMap<usize, String>,
}

impl Constructor {
    fn new(composer: Composer<'_>) -> Constructor {
        let budget = 10_000 + composer.nodes.len().saturating_mul(EXPANSION);
        Constructor {
            lenient: composer.lenient,
            nodes: composer.nodes,
            open: Vec::new(),
            budget,
            functions: composer.tags.unwrap_or_default(),
        }
    }

    fn fail<T>(
        &self,
        exception: &'static str,
        message: &str,
        index: usize,
    ) -> Result<T, YamlError> {
        Err(YamlError::new(exception, message, self.nodes[index].span.start as usize))
    }

    fn spend(&mut self, nodes: usize, index: usize) -> Result<(), YamlError> {
        match self.budget.checked_sub(nodes) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => self.fail(
                "MemoryError",
                "aliases and merges multiply this file beyond all measure",
                index,
            ),
        }
    }

    fn construct(&mut self, index: usize) -> Result<Node<'static>, YamlError> {
        self.spend(1, index)?;
        let span = self.nodes[index].span;
        if self.open.contains(&index) {
            return Ok(Node { value: Value::Cycle, span, style: Style::None });
        }
        self.open.push(index);
        let value = self.value(index);
        self.open.pop();
        let style = match &self.nodes[index].content {
            Content::Scalar { style, .. } => *style,
            _ => match self.nodes[index].anchor {
                Anchor::None => Style::None,
                Anchor::Unused => Style::Anchored,
                Anchor::Used => Style::Shared,
            },
        };
        let node = Node { value: value?, span, style };
        Ok(match self.functions.get(&index) {
            Some(tag) => {
                let name = tag.trim_start_matches('!').to_string();
                let mut call = Dict::default();
                call.insert(Value::text(name), Span::default(), node);
                Node { value: Value::dict(call), span, style: Style::None }
            }
            None => node,
        })
    }

    fn value(&mut self, index: usize) -> Result<Value<'static>, YamlError> {
        let tag = self.nodes[index].tag;
        match (&self.nodes[index].content, tag) {
            (Content::Sequence(_), Tag::Unknown) if self.lenient => {
                self.items(index).map(Value::List)
            }
            (Content::Mapping { .. }, Tag::Unknown) if self.lenient => {
                self.mapping(index).map(Value::dict)
            }
            (Content::Scalar { value, .. }, Tag::Unknown) if !self.functions.is_empty() => {
                Ok(Value::text(value.as_str()))
            }
            (_, Tag::Unknown) if self.lenient => Ok(Value::Opaque("tagged")),
            (_, Tag::Unknown) => {
                self.fail("ConstructorError", "a tag that the safe loader refuses", index)
            }
            (Content::Scalar { value, .. }, tag) => match yaml_types::construct(tag, value) {
                Ok(value) => Ok(value),
                Err(_) if self.lenient => Ok(Value::text(value.as_str())),
                Err((exception, message)) => self.fail(exception, message, index),
            },
            (Content::Sequence(_), Tag::Seq) => self.items(index).map(Value::List),
            (Content::Mapping { .. }, Tag::Map) => self.mapping(index).map(Value::dict),
            (Content::Mapping { .. }, Tag::Set) => {
                self.mapping(index).map(|_| Value::Opaque("set"))
            }
            (Content::Sequence(_), Tag::Omap | Tag::Pairs) => self.pairs(index),
            _ => self.fail(
                "ConstructorError",
                "a tag that does not fit the kind of node it stands at",
                index,
            ),
        }
    }

    fn items(&mut self, index: usize) -> Result<Vec<Node<'static>>, YamlError> {
        let Content::Sequence(items) = &self.nodes[index].content else { return Ok(Vec::new()) };
        items.clone().into_iter().map(|item| self.construct(item)).collect()
    }

    /// `!!omap` and `!!pairs`: a list of pairs.
    fn pairs(&mut self, index: usize) -> Result<Value<'static>, YamlError> {
        let Content::Sequence(items) = &self.nodes[index].content else { return Ok(Value::Null) };
        let mut list = Vec::new();
        for item in items.clone() {
            let (key, value) = match &self.nodes[item].content {
                Content::Mapping { pairs, .. } if pairs.len() == 1 => pairs[0],
                _ => {
                    return self.fail(
                        "ConstructorError",
                        "expected mappings of one key each",
                        item,
                    );
                }
            };
            let span = self.nodes[item].span;
            let pair = vec![self.construct(key)?, self.construct(value)?];
            list.push(Node { value: Value::List(pair), span, style: Style::None });
        }
        Ok(Value::List(list))
    }

    fn mapping(&mut self, index: usize) -> Result<Dict<'static>, YamlError> {
        self.flatten(index)?;
        let Content::Mapping { pairs, .. } = &self.nodes[index].content else {
            return Ok(Dict::default());
        };
        let pairs = pairs.clone();
        let mut dict = Dict { identity: Span::new(index + 1..index + 1).start, ..Dict::default() };
        for (key, value) in pairs {
            let key_span = self.nodes[key].span;
            let key_node = self.construct(key)?;
            if matches!(
                key_node.value,
                Value::List(_) | Value::Dict(_) | Value::Cycle | Value::Opaque("set")
            ) {
                return self.fail("ConstructorError", "a list or mapping as a key", key);
            }
            let node = self.construct(value)?;
            dict.insert(key_node.value, key_span, node);
        }
        Ok(dict)
    }

    /// Resolves `<<` in place: merged pairs come first, the mapping's own win.
    fn flatten(&mut self, index: usize) -> Result<(), YamlError> {
        let Content::Mapping { pairs, flattened } = &mut self.nodes[index].content else {
            return Ok(());
        };
        if *flattened {
            return Ok(());
        }
        *flattened = true;
        let pairs = std::mem::take(pairs);
        let (merges, own): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(key, _)| self.nodes[*key].tag == Tag::Merge);
        for (key, _) in &own {
            if self.nodes[*key].tag == Tag::Value {
                self.nodes[*key].tag = Tag::Str;
            }
        }
        // A mapping that merges itself sees its own pairs without the merge key.
        self.nodes[index].content = Content::Mapping { pairs: own.clone(), flattened: true };
        if merges.is_empty() {
            return Ok(());
        }
        let mut merged = Vec::new();
        for (_, value) in merges {
            match &self.nodes[value].content {
                Content::Mapping { .. } => merged.extend(self.flattened_pairs(value)?),
                Content::Sequence(items) => {
                    let mut lists = Vec::new();
                    for item in items.clone() {
                        if !matches!(self.nodes[item].content, Content::Mapping { .. }) {
                            return self.fail(
                                "ConstructorError",
                                "expected a mapping to merge",
                                item,
                            );
                        }
                        lists.push(self.flattened_pairs(item)?);
                    }
                    merged.extend(lists.into_iter().rev().flatten());
                }
                Content::Scalar { .. } => {
                    return self.fail(
                        "ConstructorError",
                        "expected a mapping or a list of mappings to merge",
                        value,
                    );
                }
            }
        }
        self.spend(merged.len(), index)?;
        merged.extend(own);
        self.nodes[index].content = Content::Mapping { pairs: merged, flattened: true };
        Ok(())
    }

    fn flattened_pairs(&mut self, index: usize) -> Result<Vec<(usize, usize)>, YamlError> {
        self.flatten(index)?;
        let Content::Mapping { pairs, .. } = &self.nodes[index].content else {
            return Ok(Vec::new());
        };
        let pairs = pairs.clone();
        self.spend(pairs.len(), index)?;
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::python::json_dumps::dumps;

    #[test]
    fn documents_read_as_pyyaml_reads_them() {
        for (text, want) in [
            ("", Ok("null")),
            ("\u{feff}a: 1\nb: 2\n", Ok(r#"{"a": 1, "b": 2}"#)),
            ("# only a comment\n", Ok("null")),
            ("a: &x {b: 1}\nc: {<<: *x, d: 2}\n", Ok(r#"{"a": {"b": 1}, "c": {"b": 1, "d": 2}}"#)),
            (
                "a: {<<: [{b: 1, c: 1}, {b: 2, d: 2}], c: 3}\n",
                Ok(r#"{"a": {"b": 1, "d": 2, "c": 3}}"#),
            ),
            ("a: 1\na: 2\n", Ok(r#"{"a": 2}"#)),
            ("a: |\n  x\n  y", Ok(r#"{"a": "x\ny"}"#)),
            ("a: !!omap [b: c]\n", Ok(r#"{"a": [["b", "c"]]}"#)),
            ("a: &x [*x]\n", Err("ValueError")),
            ("--- a\n--- b\n", Err("ComposerError")),
            ("a: *b\n", Err("ComposerError")),
            ("a: {<<: 1}\n", Err("ConstructorError")),
            ("[a]: b\n", Err("ConstructorError")),
            ("a: !x b\n", Err("ConstructorError")),
            ("a: !!binary aGk=//\n", Err("TypeError")),
            ("a: !!binary aGk\n", Err("ConstructorError")),
            ("a: !!x%ED%A0%80 b\n", Err("UnicodeDecodeError")),
            ("a: !!bina,y aGk=\n", Err("ScannerError")),
            ("a: [\n", Err("ParserError")),
            ("a: \u{7}\n", Err("ReaderError")),
            ("a: 2024-13-01\n", Err("ValueError")),
        ] {
            let got = load(text).map_err(|e| e.exception).and_then(|n| dumps(&n.value));
            assert_eq!(got.as_deref().map_err(|e| *e), want, "{text:?}");
        }
    }

    #[test]
    fn bombs_and_depth_end_in_an_error() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_string();
        for n in 1..10 {
            bomb += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "));
        }
        assert_eq!(load(&bomb).err().map(|e| e.exception), Some("MemoryError"));
        for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(50_000)] {
            assert!(load(&text).is_err());
        }
    }
}
