//! From JSON pointers into a connection to bytes of the source.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Case;
use crate::format::node_text;
use crate::model::{Node, Value, pointer};
use crate::source::{Span, Text};

/// Where a value and its key stand.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The key; `None` where the form has no keys (the host of a URI).
    pub key: Option<Span>,
    /// The value.
    pub value: Option<Span>,
}

/// The places of a connection's parts.
#[derive(Default)]
pub struct Places {
    known: BTreeMap<String, Place>,
    extra_text: Option<Text<'static>>,
    extra_node: Option<Arc<Node<'static>>>,
}

impl Places {
    /// Finds the places of a connection.
    pub(super) fn of(case: &Case<'_>) -> Places {
        let mut places = Places::default();
        if let Some((dict, base)) = case.object() {
            for (name, member) in dict.named() {
                let pointer = pointer("", if name == "extra_dejson" { "extra" } else { name });
                places.node(&pointer, base.span_of(member.key_span.range()), &member.node, base);
                if name == "extra"
                    && let Some(text) = node_text(base, &member.node)
                {
                    places.extra(text, case);
                }
            }
        }
        if let Some(parts) = case.anatomy() {
            let mut part = |name: &str, text: Option<&Text<'_>>| {
                if let Some(span) = text.and_then(Text::span) {
                    let place = Place { key: None, value: Some(span) };
                    places.known.insert(pointer("", name), place);
                }
            };
            part("conn_type", Some(&parts.raw_scheme));
            part("login", parts.user.as_ref());
            part("password", parts.password.as_ref());
            part("host", Some(&parts.host));
            part("port", parts.port.as_ref());
            part("schema", Some(&parts.schema()).filter(|t| !t.as_str().is_empty()));
            part("extra", Some(&parts.query).filter(|t| !t.as_str().is_empty()));
            let pairs = parts.pairs();
            match pairs.iter().rfind(|p| p.key.as_str() == "__extra__") {
                Some(pair) => {
                    let place = Place { key: pair.raw_key.span(), value: pair.raw_value.span() };
                    places.known.insert("/extra".to_string(), place);
                    places.extra(pair.value.clone().into_static(), case);
                }
                None => {
                    for pair in pairs {
                        let place =
                            Place { key: pair.raw_key.span(), value: pair.raw_value.span() };
                        places.known.insert(pointer("/extra", pair.key.as_str()), place);
                    }
                }
            }
        }
        places
    }

    /// The text of extra, where it stands as one text.
    pub fn extra_text(&self) -> Option<&Text<'static>> {
        self.extra_text.as_ref()
    }

    /// What that text decodes to, if it does.
    pub fn extra_node(&self) -> Option<&Node<'static>> {
        self.extra_node.as_deref()
    }

    /// The place of a pointer.
    pub fn get(&self, pointer: &str) -> Option<Place> {
        self.known.get(pointer).copied()
    }

    /// Every place whose pointer is this one or sorts behind it.
    pub fn all_from(&self, pointer: &str) -> impl Iterator<Item = (&str, Place)> {
        self.known.range(pointer.to_string()..).map(|(pointer, place)| (pointer.as_str(), *place))
    }

    /// The value's bytes, or those of what it stands in.
    pub fn nearest(&self, pointer: &str) -> Option<Span> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.known.get(pointer) {
                let value = place.value.filter(|s| s.start < s.end);
                if let Some(span) = value.or(place.key) {
                    return Some(span);
                }
            }
            pointer = &pointer[..pointer.rfind('/')?];
            if pointer.is_empty() {
                return None;
            }
        }
    }

    /// An extra that is a text of JSON: its places lie inside of that text.
    fn extra(&mut self, text: Text<'_>, case: &Case<'_>) {
        let text = text.into_static();
        self.extra_node = case.read_extra(text.as_str());
        if let Some(node) = self.extra_node.clone() {
            self.known
                .entry("/extra".to_string())
                .or_insert(Place { key: None, value: text.span() });
            if let Value::Dict(dict) = &node.value {
                for (key, member) in dict.named() {
                    self.node(
                        &pointer("/extra", key),
                        text.span_of(member.key_span.range()),
                        &member.node,
                        &text,
                    );
                }
            }
        }
        self.extra_text = Some(text);
    }

    fn node(&mut self, at: &str, key: Option<Span>, node: &Node<'_>, base: &Text<'_>) {
        self.known.insert(at.to_string(), Place { key, value: base.span_of(node.span.range()) });
        match &node.value {
            Value::Dict(dict) => {
                for (name, member) in dict.named() {
                    self.node(
                        &pointer(at, name),
                        base.span_of(member.key_span.range()),
                        &member.node,
                        base,
                    );
                }
            }
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.node(&format!("{at}/{i}"), None, item, base);
                }
            }
            _ => {}
        }
    }
}
