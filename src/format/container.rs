//! What the containers of a manifest run: which image, and where what it is given stands.

use super::helpers::tree::{self, Tree};
use crate::model::{Node, Value};
use crate::source::Span;

/// A container.
#[derive(Debug, PartialEq, Eq)]
pub struct Container {
    /// The name of its image, as it is written, and where.
    pub image: Option<(String, Span)>,
    /// The folder it is built from, and the file with its steps.
    pub build: Option<(String, String)>,
    /// Its variables and commands. What several share stands with each.
    pub places: Vec<Span>,
}

impl Container {
    /// A container of this image, if that is a text.
    pub(super) fn of(tree: &Tree<'_>, image: Option<&Node<'static>>) -> Container {
        let image = image.and_then(|image| {
            let text = tree.text(image)?;
            Some((text.as_str().to_string(), text.span()?))
        });
        Container { image, build: None, places: Vec::new() }
    }

    /// Adds the members of a mapping or list, each on its own, as one that is merged into it stands
    /// elsewhere; else the whole.
    pub(super) fn holds(&mut self, tree: &Tree<'_>, node: Option<&Node<'static>>) {
        let place = |span: Span| tree.base.span_of(span.range());
        match node.map(|node| &node.value) {
            Some(Value::Dict(dict)) => {
                self.places.extend(dict.named().filter_map(|(_, member)| {
                    let (key, value) = (place(member.key_span)?, place(member.node.span)?);
                    let follows = key.end <= value.start;
                    Some(if follows { Span { start: key.start, end: value.end } } else { value })
                }))
            }
            Some(Value::List(items)) => {
                self.places.extend(items.iter().filter_map(|item| place(item.span)));
            }
            _ => self.places.extend(node.and_then(|node| place(node.span))),
        }
    }
}

/// The containers of a manifest: each mapping that has an image and one of these.
pub(super) fn below(
    tree: &Tree<'_>,
    top: &Node<'static>,
    holders: &[&str],
    containers: &mut Vec<Container>,
) {
    tree::walk(top, &mut |mapping| {
        let image = tree::get(mapping, "image");
        if image.is_none() || holders.iter().all(|name| tree::get(mapping, name).is_none()) {
            return;
        }
        let mut container = Container::of(tree, image);
        holders.iter().for_each(|name| container.holds(tree, tree::get(mapping, name)));
        containers.push(container);
    });
}
