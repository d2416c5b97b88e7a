//! Comments that suppress findings: `# airconn: ignore[AC206, iam-false-is-true]` on the line of a
//! finding or on one of its own above it, `# airconn: ignore-file[AC206]` anywhere for the whole
//! file. One that suppresses nothing is a finding itself.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::reading::Readings;
use super::rules::{AC001, AC002, by_name, type_rule};
use super::{Case, Finding, Findings};
use crate::format::Entry;
use crate::guard::guarded;
use crate::model::Value;
use crate::privacy::union;
use crate::source::{Source, Span};

/// What a comment of ours begins with.
const MARK: &str = "airconn:";

/// What comments suppress: a rule, at a line (by the byte where it begins) or, without one, in the
/// whole file.
type Target = (Option<u32>, &'static str);

/// The places in comments that name a target, and whether there is anything to suppress.
#[derive(Default)]
struct Named {
    places: Vec<Span>,
    used: bool,
}

/// The bytes of the comments' marks.
fn marks(source: &Source) -> BTreeSet<u32> {
    let text = source.text();
    let ahead = |at: &usize| text[..*at].trim_end_matches([' ', '\t']).ends_with(['#', '/']);
    text.match_indices(MARK)
        .map(|(at, _)| at)
        .filter(ahead)
        .map(|at| Span::new(at..at).start)
        .collect()
}

/// Passes over marks that are no comments, but pieces of this connection's keys and values.
fn pass_over_values(case: &Case<'_>, marks: &mut BTreeSet<u32>) {
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

/// The bytes of keys and values, sorted and without overlaps. A connection that is one text is one
/// value.
fn values(case: &Case<'_>, whole: Span) -> Vec<Span> {
    if !case.entry.raw.node().is_some_and(|node| matches!(node.value, Value::Dict(_))) {
        return vec![whole];
    }
    let places = case.places();
    let is_leaf = |pointer: &str| {
        let below = format!("{pointer}/");
        places.all_from(&below).next().is_none_or(|(next, _)| !next.starts_with(&below))
    };
    let spans = places
        .all_from("")
        .flat_map(|(pointer, place)| [place.key, place.value.filter(|_| is_leaf(pointer))]);
    union(spans.flatten().collect())
}

/// What the comments of a text suppress.
pub(super) struct Suppression<'s> {
    source: &'s Source,
    targets: HashMap<Target, Named>,
    /// What is wrong with the comments.
    wrong: Findings,
}

impl<'s> Suppression<'s> {
    /// Reads the comments of a text whose connections these are; `None` if it has none, which
    /// nearly always is so.
    pub(super) fn of(source: &'s Source, readings: &Readings<'_>) -> Option<Suppression<'s>> {
        let mut marks = marks(source);
        let holds = |marks: &BTreeSet<u32>, span: Span| {
            marks.range(span.start..span.end.max(span.start)).next().is_some()
        };
        for index in 0..readings.connections() {
            if marks.is_empty() {
                return None;
            }
            let mut spans = readings.entries(index).filter_map(Entry::span);
            if spans.any(|span| holds(&marks, span)) {
                // What cannot be read is told when it is checked.
                _ = guarded(|| {
                    let cases = readings.enter(index);
                    cases.iter().for_each(|(_, case)| pass_over_values(case, &mut marks));
                });
                readings.leave(index);
            }
        }
        let mut wrong = Findings::default();
        let targets = targets(source, &marks, &mut wrong);
        (!marks.is_empty()).then_some(Suppression { source, targets, wrong })
    }

    /// Whether a comment suppresses a finding; the comment has its use then.
    pub(super) fn suppresses(&mut self, finding: &Finding) -> bool {
        let line = finding.span.map(|span| line_of(self.source, span.start));
        let mut suppressed = false;
        let names = std::iter::once(finding.rule).chain(finding.detail);
        for name in names {
            for place in [None, line].iter().take(1 + usize::from(line.is_some())) {
                if let Some(named) = self.targets.get_mut(&(*place, name)) {
                    named.used = true;
                    suppressed = true;
                }
            }
        }
        suppressed
    }

    /// What is wrong with the comments, once all findings are known.
    pub(super) fn wrong(self) -> Vec<Finding> {
        let Suppression { targets, mut wrong, .. } = self;
        for ((_, id), named) in targets.iter().filter(|(_, named)| !named.used) {
            for place in &named.places {
                let message = format!("{id} finds nothing here that could be suppressed");
                wrong.push(&AC001, "", Some(*place), message).help("remove it");
            }
        }
        wrong.found
    }
}

/// The byte where the line of an offset begins.
fn line_of(source: &Source, offset: u32) -> u32 {
    Span::new(source.line_at(offset)).start
}

/// What the comments at `marks` suppress. What they say wrong is a finding. Work in proportion to
/// the text: a line is read once, however many comments stand in it or ahead of it.
fn targets(source: &Source, marks: &BTreeSet<u32>, wrong: &mut Findings) -> HashMap<Target, Named> {
    let mut targets: HashMap<Target, Named> = HashMap::new();
    let mut next: Option<Range<usize>> = None;
    let ends = marks.iter().skip(1).map(|at| *at as usize).chain([source.text().len()]);
    for (at, end) in marks.iter().map(|at| *at as usize).zip(ends) {
        let line = source.line_at(Span::new(at..at).start);
        let Some((word, names)) = comment(source, at, end.min(line.end), wrong) else { continue };
        let text = source.text();
        let own_line =
            || text[line.start..at].trim_end().trim_end_matches(['#', '/']).trim_end().is_empty();
        let target = if word == WHOLE_FILE {
            None
        } else if !own_line() {
            Some(line)
        } else {
            // What was found for the comment before stands behind this one, too, if it is not ahead
            // of it.
            let known = next.take().filter(|next| line.start < next.start);
            let found = known.unwrap_or_else(|| next_line(source, &line));
            next = Some(found.clone());
            Some(if found.is_empty() { line } else { found })
        };
        let target = target.map(|line| Span::new(line).start);
        for (id, place) in names {
            targets.entry((target, id)).or_default().places.push(place);
        }
    }
    targets
}

/// The word and the rules, with their places, of the comment whose mark stands at a byte and which
/// ends at another.
fn comment<'s>(
    source: &'s Source,
    at: usize,
    end: usize,
    wrong: &mut Findings,
) -> Option<(&'s str, Vec<(&'static str, Span)>)> {
    let rest = &source.text()[at + MARK.len()..end];
    let trimmed = rest.trim_start();
    let begins = at + MARK.len() + (rest.len() - trimmed.len());
    let is_other = |c: char| !c.is_ascii_alphabetic() && c != '-';
    let word = trimmed.find(is_other).map_or(trimmed, |end| &trimmed[..end]);
    let list = trimmed[word.len()..].trim_start().strip_prefix('[');
    let list = list.and_then(|list| list.split_once(']')).map(|(list, _)| list);
    let (Some(list), "ignore" | WHOLE_FILE) = (list, word) else {
        let place = Span::new(begins..begins + word.len());
        wrong
            .push(&AC002, "", Some(place), "this comment suppresses nothing: it is not understood")
            .help(FORM);
        return None;
    };
    Some((word, names(source, list, wrong)))
}

/// The word of a comment for the whole file.
const WHOLE_FILE: &str = "ignore-file";

const FORM: &str = "write `airconn: ignore[RULE, RULE]` or `airconn: ignore-file[RULE]`, with the \
                    ids or names of rules";

/// The rules that a list in brackets names.
fn names(source: &Source, list: &str, wrong: &mut Findings) -> Vec<(&'static str, Span)> {
    let mut names = Vec::new();
    let mut known = BTreeSet::new();
    // The list is a piece of the source: its places are differences of addresses.
    let base = list.as_ptr() as usize - source.text().as_ptr() as usize;
    let mut at = base;
    for piece in list.split(',') {
        let start = at + (piece.len() - piece.trim_start().len());
        let span = Span::new(start..start + piece.trim().len());
        at += piece.len() + 1;
        let of_type = || type_rule(piece.trim()).map(|rule| rule.name.as_str());
        match by_name(piece.trim()).map(|rule| rule.id).or_else(of_type) {
            Some(name) if known.insert(name) => names.push((name, span)),
            Some(_) => {}
            None => {
                wrong
                    .push(&AC002, "", Some(span), "there is no rule of this id or name")
                    .help("`airconn rules` lists them");
            }
        }
    }
    names
}

/// The first line behind a comment that is no comment itself and not empty; an empty range at the
/// end if there is none.
fn next_line(source: &Source, line: &Range<usize>) -> Range<usize> {
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
            return next;
        }
        end = next.end;
    }
    text.len()..text.len()
}
