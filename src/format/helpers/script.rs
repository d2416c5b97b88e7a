//! Scripts of a shell, wherever they stand: whether a text is one, and scripts in the texts of a
//! tree. What their commands do is read in `format/commands`.

use std::ops::Range;

use super::environment::{Environment, PREFIX, REFERENCE};
use super::shell_word::{Filled, is_in_userinfo};
use super::tree::{self, Tree};
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::commands::{self, Ahead};
use crate::model::{Node, Value};
use crate::source::{Span, Text};

pub(crate) use crate::format::commands::adds;

/// Whether a text has a command that adds a connection, or sets a variable of one.
pub(crate) fn is_script(text: &str) -> bool {
    let documents =
        || text.contains("<<") && [PREFIX, "conn_type"].iter().any(|w| text.contains(w));
    adds(text) || sets(text) || documents()
}

/// Whether a variable of a connection is set somewhere.
pub(crate) fn sets(text: &str) -> bool {
    text.match_indices(PREFIX).any(|(at, _)| {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        let name = text[at + PREFIX.len()..]
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        name.starts_with('=') && name.len() < text.len() - at - PREFIX.len()
    })
}

/// A variable that is set in this text, where its value ends there, and what of that a shell fills
/// in.
pub(crate) fn set<'a>(
    text: &Text<'a>,
    name: &Text<'_>,
    value: Text<'a>,
    filled: Option<(Filled, Range<usize>)>,
    end: usize,
    environment: &mut Environment<'a>,
) {
    let bare = filled
        .as_ref()
        .is_some_and(|(_, place)| is_in_userinfo(value.as_str(), &text.as_str()[place.clone()]));
    if !environment.add(name, value, None) {
        return;
    }
    environment.ends_at(text, end);
    if let Some((filled, place)) = filled {
        environment.filled(filled, text.span_of(place));
        if bare && filled != Filled::Small {
            environment.not_encoded();
        }
    }
}

/// Scripts in the texts of a tree: `run:`, `command:`, `args:` and the like. `ahead` is what the
/// reader of the tree does to them.
pub(crate) fn within<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    ahead: Ahead,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    match &node.value {
        Value::Dict(dict) => {
            // What a container runs is its command with the arguments.
            let words = |name: &str| tree::items(dict.get(name));
            if !words("command").is_empty() && !words("args").is_empty() {
                let all: Vec<_> = words("command").iter().chain(words("args")).cloned().collect();
                commands::list(tree, &all, ahead, runtime, environment);
                for (_, member) in dict.named() {
                    let texts = |item| within(tree, item, ahead, runtime, environment);
                    match &member.node.value {
                        Value::List(items) => items.iter().for_each(texts),
                        _ => within(tree, &member.node, ahead, runtime, environment),
                    }
                }
                return;
            }
            dict.members.values().for_each(|m| within(tree, &m.node, ahead, runtime, environment));
        }
        Value::List(items) => {
            commands::list(tree, items, ahead, runtime, environment);
            items.iter().for_each(|item| within(tree, item, ahead, runtime, environment));
        }
        Value::Str(_) => {
            let Some(text) = tree.text(node).filter(|text| is_command(text.as_str())) else {
                return;
            };
            environment.scope += 1;
            let before = environment.document.entries.len();
            commands::read(&text, ahead, runtime, environment);
            if tree.hole(node).is_some() {
                filled_before(&text, before, environment);
            }
        }
        _ => {}
    }
}

/// What is filled in before a shell sees the script is filled in within single quotes, too: entries
/// from this one on are templates where such a piece stands in them.
fn filled_before(text: &Text<'_>, first: usize, environment: &mut Environment<'_>) {
    let places: Vec<Span> = text
        .as_str()
        .match_indices("${")
        .filter_map(|(at, _)| {
            let end = text.as_str()[at..].find('}').map_or(at + 2, |n| at + n + 1);
            text.span_of(at..end)
        })
        .collect();
    for entry in first..environment.document.entries.len() {
        let made = &environment.document.entries[entry];
        if made.refused.is_some() || !is_filled(&made.raw) {
            continue;
        }
        let place = made.span().and_then(|span| {
            let next = places.partition_point(|place| place.start < span.start);
            places.get(next).filter(|place| place.start < span.end).copied()
        });
        environment.template_in(entry, REFERENCE, place);
    }
}

fn is_filled(raw: &Raw<'_>) -> bool {
    let holds = |text: &str| text.contains("${");
    match (raw, raw.node()) {
        (Raw::Uri(text) | Raw::Json(text) | Raw::Value(text), _) => holds(text.as_str()),
        (_, Some(Node { value: Value::Dict(dict), .. })) => {
            dict.named().any(|(_, member)| member.node.value.as_str().is_some_and(holds))
        }
        _ => false,
    }
}

/// A text that is a script, and not itself a value `AIRFLOW_CONN_X=…`, which its reader has.
fn is_command(text: &str) -> bool {
    !text.starts_with(PREFIX) && is_script(text)
}
