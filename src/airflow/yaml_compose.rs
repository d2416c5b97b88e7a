//! libyaml's events composed into nodes as PyYAML's composer does: anchors, aliases, tags.

use std::collections::HashMap;

use super::libyaml::{EventKind, Parser};
use super::yaml_error::YamlError;
use super::yaml_types::{self, Tag};
use crate::model::Style;
use crate::source::Span;

/// Levels of nesting after which PyYAML's recursion ends in RecursionError.
const MAX_DEPTH: usize = crate::bounds::YAML_DEPTH.value;

/// What a node holds; children are indexes into [`Composer::nodes`].
pub(super) enum Content {
    Scalar { value: String, style: Style },
    Sequence(Vec<usize>),
    Mapping { pairs: Vec<(usize, usize)>, flattened: bool },
}

/// A node.
pub(super) struct Composed {
    pub(super) tag: Tag,
    pub(super) content: Content,
    pub(super) span: Span,
    /// Its anchor, if it has one.
    pub(super) anchor: Anchor,
}

/// Whether a node has an anchor, and aliases refer to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    None,
    Unused,
    Used,
}

/// Composes documents.
pub(super) struct Composer<'t> {
    text: &'t str,
    parser: Parser<'t>,
    /// Bytes ahead of what the parser reads.
    ahead: usize,
    pub(super) nodes: Vec<Composed>,
    anchors: HashMap<String, usize>,
    depth: usize,
    pub(super) lenient: bool,
    /// Tags that nobody knows, by the numbers of their nodes; kept if somebody asks for them.
    pub(super) tags: Option<HashMap<usize, String>>,
}

struct Event {
    kind: EventKind,
    span: Span,
}

impl<'t> Composer<'t> {
    pub(super) fn new(text: &'t str, lenient: bool) -> Composer<'t> {
        // libyaml takes a byte order mark off before it counts anything.
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let ahead = text.len() - body.len();
        Composer {
            text,
            parser: Parser::new(body),
            ahead,
            nodes: Vec::new(),
            anchors: HashMap::new(),
            depth: 0,
            lenient,
            tags: None,
        }
    }

    /// The roots of all documents.
    pub(super) fn documents(&mut self, roots: &mut Vec<usize>) -> Result<(), YamlError> {
        loop {
            match self.next()?.kind {
                EventKind::DocumentStart => {
                    self.anchors.clear();
                    roots.extend(self.node()?);
                }
                EventKind::StreamEnd => return Ok(()),
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<Event, YamlError> {
        match self.parser.next() {
            Ok(event) => Ok(Event {
                kind: event.kind,
                span: Span::new(event.start + self.ahead..event.end + self.ahead),
            }),
            Err(error) => Err(YamlError::new(error.class, error.problem, error.at + self.ahead)),
        }
    }

    /// The root of the one document, if there is one.
    pub(super) fn document(&mut self) -> Result<Option<usize>, YamlError> {
        let root = loop {
            match self.next()?.kind {
                EventKind::DocumentStart => {
                    break self
                        .node()?
                        .ok_or_else(|| YamlError::new("ParserError", "no node", 0))?;
                }
                EventKind::StreamEnd => return Ok(None),
                _ => {}
            }
        };
        loop {
            let event = self.next()?;
            match event.kind {
                EventKind::StreamEnd => return Ok(Some(root)),
                EventKind::DocumentStart => {
                    return Err(YamlError::new(
                        "ComposerError",
                        "a second document begins here; one is expected",
                        event.span.start as usize,
                    ));
                }
                _ => {}
            }
        }
    }

    /// The next node, or `None` where a collection ends.
    fn node(&mut self) -> Result<Option<usize>, YamlError> {
        let event = self.next()?;
        let at = event.span.start as usize;
        if self.depth > MAX_DEPTH {
            return Err(YamlError::new("RecursionError", "nested too deeply", at));
        }
        match event.kind {
            EventKind::Alias(name) => match self.anchors.get(&name) {
                Some(index) => {
                    self.nodes[*index].anchor = Anchor::Used;
                    Ok(Some(*index))
                }
                None => Err(YamlError::new(
                    "ComposerError",
                    "an alias to an anchor that is not defined before it",
                    at,
                )),
            },
            EventKind::Scalar { value, tag, anchor, plain_implicit, style } => {
                let named = tag;
                let tag = match named.as_deref() {
                    None | Some("!") => {
                        if plain_implicit {
                            yaml_types::resolve(&value)
                        } else {
                            Tag::Str
                        }
                    }
                    Some(tag) => Tag::named(tag),
                };
                let span = if tag == Tag::Unknown && self.tags.is_none() {
                    event.span
                } else {
                    without_properties(self.text, event.span)
                };
                let index = self.push(tag, Content::Scalar { value, style }, span);
                self.keep_tag(index, named);
                self.anchor(anchor, index, at)?;
                Ok(Some(index))
            }
            EventKind::SequenceStart { tag, anchor } => {
                let index =
                    self.push(explicit(&tag, Tag::Seq), Content::Sequence(Vec::new()), event.span);
                self.keep_tag(index, tag);
                self.anchor(anchor, index, at)?;
                let mut items = Vec::new();
                self.depth += 1;
                while let Some(item) = self.node()? {
                    items.push(item);
                }
                self.depth -= 1;
                self.nodes[index].content = Content::Sequence(items);
                Ok(Some(index))
            }
            EventKind::MappingStart { tag, anchor } => {
                let index = self.push(
                    explicit(&tag, Tag::Map),
                    Content::Mapping { pairs: Vec::new(), flattened: false },
                    event.span,
                );
                self.keep_tag(index, tag);
                self.anchor(anchor, index, at)?;
                let mut pairs = Vec::new();
                self.depth += 1;
                while let Some(key) = self.node()? {
                    let value = self.node()?.ok_or_else(|| {
                        YamlError::new("ParserError", "a key without a value", at)
                    })?;
                    // An alias has the place of its anchor, which is not part of this mapping.
                    for part in [self.nodes[key].span, self.nodes[value].span] {
                        let whole = self.nodes[index].span;
                        self.nodes[index].span =
                            if part.start < whole.start { whole } else { whole.cover(part) };
                    }
                    pairs.push((key, value));
                }
                self.depth -= 1;
                self.nodes[index].content = Content::Mapping { pairs, flattened: false };
                Ok(Some(index))
            }
            _ => Ok(None),
        }
    }

    fn push(&mut self, tag: Tag, content: Content, span: Span) -> usize {
        self.nodes.push(Composed { tag, content, span, anchor: Anchor::None });
        self.nodes.len() - 1
    }

    fn keep_tag(&mut self, index: usize, tag: Option<String>) {
        if let (Some(tags), Some(tag), Tag::Unknown) = (&mut self.tags, tag, self.nodes[index].tag)
        {
            tags.insert(index, tag);
        }
    }

    fn anchor(&mut self, name: Option<String>, index: usize, at: usize) -> Result<(), YamlError> {
        let Some(name) = name else { return Ok(()) };
        self.nodes[index].anchor = Anchor::Unused;
        if self.anchors.insert(name, index).is_some() && !self.lenient {
            return Err(YamlError::new(
                "ComposerError",
                "an anchor of this name is already defined",
                at,
            ));
        }
        Ok(())
    }
}

/// The bytes of a scalar behind its tag and anchor, with which libyaml begins it.
fn without_properties(text: &str, span: Span) -> Span {
    let mut rest = text.get(span.range()).unwrap_or_default();
    while rest.starts_with(['&', '!']) {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    let end = span.range().end;
    if rest.is_empty() { span } else { Span::new(end - rest.len()..end) }
}

fn explicit(tag: &Option<String>, default: Tag) -> Tag {
    tag.as_deref().filter(|tag| *tag != "!").map_or(default, Tag::named)
}
