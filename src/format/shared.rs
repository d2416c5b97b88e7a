//! Connections whose text something else reads, too: a repair of one that is wrong for Airflow may
//! be the end of something that works.

use std::collections::{HashMap, HashSet};

use super::Entry;
use super::helpers::environment::PREFIX;
use crate::airflow::Raw;

/// So much of a line is looked at ahead of a value.
const NEAR: usize = 256;

/// Marks what is read under another name in the same text: a scalar with an anchor of YAML, a
/// local value of Terraform, a variable that is filled in elsewhere.
pub(crate) fn mark(source: &str, entries: &mut [Entry<'_>]) {
    let variables = names(source, &["$", "${", "$("], PREFIX, is_word);
    let terraform = names(source, &[""], "local.", is_identifier);
    let defaults = source.contains("var.");
    let aliases = if source.contains('&') { aliases(source) } else { HashMap::new() };
    if variables.is_empty() && terraform.is_empty() && !defaults && aliases.is_empty() {
        return;
    }
    let mut at_place: HashMap<usize, usize> = HashMap::new();
    let starts: Vec<Option<usize>> = entries.iter().map(start).collect();
    for start in starts.iter().flatten() {
        *at_place.entry(*start).or_default() += 1;
    }
    for (entry, start) in entries.iter_mut().zip(starts) {
        let is_filled_in = || {
            let id = entry.conn_id.as_deref().filter(|_| entry.is_variable);
            id.is_some_and(|id| variables.contains(id.to_ascii_uppercase().as_str()))
        };
        let is_named = |start: usize| {
            let line = line_before(source, start).trim_end_matches(['"', '\'', ' ']);
            let assigned = line.strip_suffix('=').map(str::trim);
            let of_terraform = assigned
                .is_some_and(|name| terraform.contains(name) || defaults && name == "default");
            of_terraform
                || anchor(line).is_some_and(|(key, anchor)| {
                    let Some(uses) = aliases.get(anchor) else { return false };
                    // Nobody reads what stands below `x-…` of Compose itself.
                    let is_read = !key.trim_start().starts_with("x-");
                    if entry.is_variable {
                        return uses.others > 0 || is_read && !key.contains(PREFIX);
                    }
                    uses.others + uses.variables + usize::from(is_read) > at_place[&start]
                })
        };
        entry.shared = is_filled_in() || start.is_some_and(is_named);
    }
}

/// Where the value of an entry begins in the source.
fn start(entry: &Entry<'_>) -> Option<usize> {
    let span = match &entry.raw {
        Raw::Value(text) | Raw::Uri(text) | Raw::Json(text) => text.span(),
        Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
            entry.base.span_of(node.span.range())
        }
    };
    span.map(|span| span.range().start)
}

/// `key: ` and the name, where a line that ends here ends in `key: &name`.
fn anchor(line: &str) -> Option<(&str, &str)> {
    let (key, name) = line.rsplit_once('&')?;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some((key, name))
}

/// How often an anchor is used.
#[derive(Default)]
struct Uses {
    /// As the value of a variable with a connection.
    variables: usize,
    /// As anything else.
    others: usize,
}

/// How often each anchor is used as `*name`.
fn aliases(source: &str) -> HashMap<&str, Uses> {
    let mut uses: HashMap<&str, Uses> = HashMap::new();
    for (at, _) in source.match_indices('*') {
        if !source[..at].ends_with([' ', '\t', '\n', '[', '{', ',']) {
            continue;
        }
        // Nobody gives longer names, and each would be read up to the end.
        let name = &source[at + 1..source.floor_char_boundary((at + 1 + NEAR).min(source.len()))];
        let end = name.find([' ', '\t', '\r', '\n', ',', ']', '}']).unwrap_or(name.len());
        if end == 0 || end >= NEAR {
            continue;
        }
        let uses = uses.entry(&name[..end]).or_default();
        let is_variable = line_before(source, at).contains(PREFIX);
        *if is_variable { &mut uses.variables } else { &mut uses.others } += 1;
    }
    uses
}

/// The line ahead of a place, as far as it is looked at.
fn line_before(source: &str, at: usize) -> &str {
    let near = &source[source.floor_char_boundary(at.saturating_sub(NEAR))..at];
    near.rsplit('\n').next().unwrap_or_default()
}

/// What follows `word`, where one of these stands in front of it.
fn names<'s>(
    source: &'s str,
    before: &[&str],
    word: &str,
    is_part: fn(char) -> bool,
) -> HashSet<&'s str> {
    let follows = |(at, _): (usize, &str)| {
        // Asked first: of a word again and again each would be read up to the end.
        before.iter().find(|before| source[..at].ends_with(**before))?;
        let name = &source[at + word.len()..];
        let end = name.find(|c| !is_part(c)).unwrap_or(name.len());
        (end > 0).then_some(&name[..end])
    };
    source.match_indices(word).filter_map(follows).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_identifier(c: char) -> bool {
    is_word(c) || c == '-'
}
