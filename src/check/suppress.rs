//! Comments that suppress findings: `# airconn: ignore[AC206, iam-false-is-true]` on the line of a finding or on one of its own above it,
//! `# airconn: ignore-file[AC206]` anywhere for the whole file. One that suppresses nothing is a finding itself.

use std::collections::BTreeSet;
use std::ops::Range;

use super::rules::{AC001, AC002, by_name};
use super::shown::union;
use super::{Case, Finding, Findings};
use crate::model::Value;
use crate::source::{Source, Span};

/// What a comment of ours begins with.
const MARK: &str = "airconn:";

/// A comment that suppresses.
struct Comment {
    /// The line (by the byte where it begins) for which it holds; `None` for the whole file.
    line: Option<u32>,
    names: Vec<Name>,
}

/// A rule that a comment names.
struct Name {
    span: Span,
    id: &'static str,
    used: bool,
}

/// The bytes of the comments' marks; without any there is nothing to do, which nearly always is so.
pub(super) fn marks(source: &Source) -> BTreeSet<u32> {
    let text = source.text();
    let ahead = |at: &usize| text[..*at].trim_end_matches([' ', '\t']).ends_with(['#', '/']);
    text.match_indices(MARK).map(|(at, _)| at).filter(ahead).map(|at| Span::new(at..at).start).collect()
}

/// Passes over marks that are no comments, but pieces of this connection's keys and values.
pub(super) fn pass_over_values(case: &Case<'_>, marks: &mut BTreeSet<u32>) {
    let Some(whole) = case.whole() else { return };
    let inside: Vec<u32> = marks.range(whole.start..whole.end).copied().collect();
    if inside.is_empty() {
        return;
    }
    let values = values(case, whole);
    for at in inside {
        let next = values.partition_point(|s| s.end <= at);
        if values.get(next).is_some_and(|s| s.start <= at) {
            marks.remove(&at);
        }
    }
}

/// The bytes of keys and values, sorted and without overlaps. A connection that is one text is one value.
fn values(case: &Case<'_>, whole: Span) -> Vec<Span> {
    if !case.entry.raw.node().is_some_and(|node| matches!(node.value, Value::Dict(_))) {
        return vec![whole];
    }
    let places = case.places();
    let is_leaf = |pointer: &str| {
        let below = format!("{pointer}/");
        places.all_from(&below).next().is_none_or(|(next, _)| !next.starts_with(&below))
    };
    let spans = places.all_from("").flat_map(|(pointer, place)| [place.key, place.value.filter(|_| is_leaf(pointer))]);
    union(spans.flatten().collect())
}

/// Takes away what comments at `marks` suppress, and adds what is wrong with these.
pub(super) fn apply(source: &Source, marks: &BTreeSet<u32>, findings: &mut Vec<Finding>, runtimes: &[String]) {
    let mut wrong = Findings::default();
    let mut comments: Vec<Comment> = marks.iter().filter_map(|at| comment(source, *at as usize, &mut wrong)).collect();
    findings.retain(|finding| {
        let line = finding.span.map(|span| line_of(source, span.start));
        let mut kept = true;
        for comment in comments.iter_mut().filter(|c| c.line.is_none() || c.line == line) {
            for name in comment.names.iter_mut().filter(|name| name.id == finding.rule) {
                name.used = true;
                kept = false;
            }
        }
        kept
    });
    for name in comments.iter().flat_map(|c| &c.names).filter(|name| !name.used) {
        let message = format!("{} finds nothing here that could be suppressed", name.id);
        wrong.push(&AC001, "", Some(name.span), message).help("remove it");
    }
    let runtimes = |finding: Finding| Finding { runtimes: runtimes.to_vec(), ..finding };
    findings.extend(wrong.found.into_iter().map(runtimes));
    findings.sort_by_key(|f| (f.span.map(|s| (s.start, s.end)), f.rule));
}

/// The byte where the line of an offset begins.
fn line_of(source: &Source, offset: u32) -> u32 {
    Span::new(source.line_at(offset)).start
}

/// The comment whose mark stands at a byte. What it says wrong is a finding.
fn comment(source: &Source, at: usize, wrong: &mut Findings) -> Option<Comment> {
    let line = source.line_at(Span::new(at..at).start);
    let rest = &source.text()[at + MARK.len()..line.end];
    let trimmed = rest.trim_start();
    let begins = at + MARK.len() + (rest.len() - trimmed.len());
    let word = trimmed.find(|c: char| !c.is_ascii_alphabetic() && c != '-').map_or(trimmed, |end| &trimmed[..end]);
    let list = trimmed[word.len()..].trim_start().strip_prefix('[').and_then(|list| list.split_once(']')).map(|(list, _)| list);
    let whole = Span::new(begins..begins + word.len());
    let (Some(list), "ignore" | "ignore-file") = (list, word) else {
        wrong.push(&AC002, "", Some(whole), "this comment suppresses nothing: it is not understood").help(FORM);
        return None;
    };
    let names = names(source, list, wrong);
    let own_line = source.text()[line.start..at].trim_end().trim_end_matches(['#', '/']).trim().is_empty();
    let target = match (word, own_line) {
        ("ignore-file", _) => None,
        (_, true) => Some(next_line(source, line)),
        (_, false) => Some(Span::new(line).start),
    };
    Some(Comment { line: target, names })
}

const FORM: &str = "write `airconn: ignore[RULE, RULE]` or `airconn: ignore-file[RULE]`, with the ids or names of rules";

/// The rules that a list in brackets names.
fn names(source: &Source, list: &str, wrong: &mut Findings) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut known = BTreeSet::new();
    // The list is a piece of the source: its places are differences of addresses.
    let base = list.as_ptr() as usize - source.text().as_ptr() as usize;
    let mut at = base;
    for piece in list.split(',') {
        let start = at + (piece.len() - piece.trim_start().len());
        let span = Span::new(start..start + piece.trim().len());
        at += piece.len() + 1;
        match by_name(piece.trim()) {
            Some(rule) if known.insert(rule.id) => names.push(Name { span, id: rule.id, used: false }),
            Some(_) => {}
            None => {
                wrong.push(&AC002, "", Some(span), "there is no rule of this id or name").help("`airconn rules` lists them");
            }
        }
    }
    names
}

/// The beginning of the first line behind a comment that is no comment itself and not empty.
fn next_line(source: &Source, line: Range<usize>) -> u32 {
    let text = source.text();
    let mut end = line.end;
    while end < text.len() {
        let start = end + if text[end..].starts_with("\r\n") { 2 } else { 1 };
        if start >= text.len() {
            break;
        }
        let next = source.line_at(Span::new(start..start).start);
        let content = text[next.clone()].trim_start();
        if !content.is_empty() && !content.starts_with(['#']) && !content.starts_with("//") {
            return Span::new(next).start;
        }
        end = next.end;
    }
    Span::new(line).start
}
