//! Scripts of a shell, wherever they stand: `airflow connections add` commands, and variables of
//! connections that are set or handed to a program.

use std::ops::Range;
use std::sync::Arc;

use super::connections_add::{self, Dialect};
use super::environment::{Environment, PREFIX, REFERENCE};
use super::lines::line_before;
use super::shell_word::{Filled, Word, ends_in_command, is_in_userinfo, word};
use super::tree::Tree;
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::model::{Node, Value};
use crate::source::{Span, Text};

/// So deep may one script be an argument of a shell in another.
const MAX_SCRIPTS: usize = 3;

/// Whether a text has a command that adds a connection, or sets a variable of one.
pub(crate) fn is_script(text: &str) -> bool {
    adds(text) || assignments(text).next().is_some()
}

/// Whether a text is a Makefile, in which commands stand behind a tab below a target.
fn is_makefile(text: &str) -> bool {
    let mut below = false;
    text.lines().any(|line| {
        if line.starts_with('\t') {
            return below;
        }
        let target = line.split_once(':').is_some_and(|(target, rest)| {
            !target.is_empty() && !target.contains(['=', '"', '\'', '(']) && !rest.starts_with('=')
        });
        below = target || below && line.trim().is_empty();
        false
    })
}

/// Whether a text has a command that adds a connection.
pub(crate) fn adds(text: &str) -> bool {
    text.contains("airflow")
        && text.match_indices("connections").any(|(at, _)| is_verb_behind(text, at))
}

fn is_verb_behind(text: &str, at: usize) -> bool {
    let rest = text[at + "connections".len()..].trim_start_matches([' ', '\t', '\\', '\r', '\n']);
    connections_add::VERBS
        .iter()
        .any(|verb| rest.strip_prefix(verb).is_some_and(|rest| rest.starts_with([' ', '\t', '\\'])))
}

/// Reads a script: its commands in the order of the text, and those of scripts that it hands to
/// another shell.
pub(crate) fn read<'a>(text: &Text<'a>, runtime: &Runtime, environment: &mut Environment<'a>) {
    let dialect = Dialect {
        dashes: runtime.behaviour.subcommands,
        rendered: false,
        make: is_makefile(text.as_str()),
    };
    read_below(text, dialect, 0, environment);
}

fn read_below<'a>(
    text: &Text<'a>,
    dialect: Dialect,
    depth: usize,
    environment: &mut Environment<'a>,
) {
    let raw = text.as_str();
    let inner = if depth < MAX_SCRIPTS { handed_on(text) } else { Vec::new() };
    let within = |at: usize| {
        let next = inner.partition_point(|(range, _)| range.end <= at);
        inner.get(next).is_some_and(|(range, _)| range.contains(&at))
    };
    let base = Arc::new(text.clone());
    let mut at = 0;
    while let Some(found) = raw[at..].find("connections").map(|n| at + n) {
        at = found + "connections".len();
        if within(found) {
            continue;
        }
        let Some(command) = connections_add::found(raw, found) else { continue };
        at = connections_add::read(text, &base, found, &command, dialect, environment).max(at);
    }
    for place in assignments(raw).filter(|place| !within(place.start)) {
        assignment(text, &place, environment);
    }
    for (_, script) in &inner {
        read_below(script, dialect, depth + 1, environment);
    }
}

/// Scripts that are arguments of a shell: `sh -c '…'`.
fn handed_on<'a>(text: &Text<'a>) -> Vec<(Range<usize>, Text<'a>)> {
    let raw = text.as_str();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(dash) = raw[at..].find('-').map(|n| at + n) {
        at = dash + 1;
        let flags =
            raw[at..].len() - raw[at..].trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let behind = at + flags;
        let start =
            behind + raw[behind..].len() - raw[behind..].trim_start_matches([' ', '\t']).len();
        let is_shell = flags > 0
            && flags < 5
            && raw[at..behind].ends_with('c')
            && (dash == 0 || raw[..dash].ends_with([' ', '\t', '\n']))
            && start > behind
            && raw[start..].starts_with(['"', '\'']);
        if !is_shell {
            continue;
        }
        if let Ok(Word { value, end, .. }) = word(text, start, ends_in_command)
            && is_script(value.as_str())
        {
            at = end;
            found.push((start..end, value));
        }
    }
    found
}

/// Where words begin that set a variable of a connection: `AIRFLOW_CONN_X=…` by itself, behind
/// `export` or `-e`, between quotes, or behind `--option=`.
fn assignments(raw: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    raw.match_indices(PREFIX).filter_map(|(at, _)| {
        let name = raw[at..].len()
            - raw[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        (name > PREFIX.len() && raw[at + name..].starts_with('=')).then_some(())?;
        let before = line_before(raw, at);
        let unquoted = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let start = at - (before.len() - unquoted.len());
        let option = || {
            let word = unquoted.rsplit([' ', '\t']).next().unwrap_or_default();
            word.starts_with("--") && word.ends_with('=')
        };
        let begins = unquoted.is_empty()
            || unquoted.ends_with([' ', '\t', ';', '&', '|', '(', '{', ','])
            || option();
        (begins && !unquoted.trim_start().starts_with('#')).then_some(start..at + name)
    })
}

/// A word that sets a variable: what it is handed to gets its value.
fn assignment<'a>(text: &Text<'a>, place: &Range<usize>, environment: &mut Environment<'a>) {
    let Ok(Word { value, filled, .. }) = word(text, place.start, ends_in_command) else { return };
    let Some((name, value)) = value.split_once("=") else { return };
    if !value.as_str().is_empty() {
        set(text, &name, value, filled, environment);
    }
}

/// A variable that is set in this text, and what of its value a shell fills in.
pub(crate) fn set<'a>(
    text: &Text<'a>,
    name: &Text<'_>,
    value: Text<'a>,
    filled: Option<(Filled, Range<usize>)>,
    environment: &mut Environment<'a>,
) {
    let bare = filled
        .as_ref()
        .is_some_and(|(_, place)| is_in_userinfo(value.as_str(), &text.as_str()[place.clone()]));
    if environment.add(name, value, None)
        && let Some((filled, place)) = filled
    {
        environment.filled(filled, text.span_of(place));
        if bare && filled != Filled::Small {
            environment.not_encoded();
        }
    }
}

/// Scripts in the texts of a tree: `run:`, `command:`, `args:` and the like.
pub(crate) fn within<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    match &node.value {
        Value::Dict(dict) => {
            dict.members.values().for_each(|m| within(tree, &m.node, runtime, environment));
        }
        Value::List(items) => {
            items.iter().for_each(|item| within(tree, item, runtime, environment));
        }
        Value::Str(_) => {
            let Some(text) = tree.text(node).filter(|text| is_command(text.as_str())) else {
                return;
            };
            environment.scope += 1;
            let dialect =
                Dialect { dashes: runtime.behaviour.subcommands, rendered: true, make: false };
            let before = environment.document.entries.len();
            read_below(&text, dialect, 0, environment);
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
