//! The text of a file in the shape that Airflow imports, with its comments and quotes.

use std::ops::Range;

use super::fields::{Change, Fields};
use super::{Kind, One, Shape};
use crate::airflow::yaml_trace::scalar;

/// What comes to stand where, in any order.
pub(super) type Changes = Vec<(Range<usize>, String)>;

/// The text with changes that do not overlap; `None` if two do.
pub(super) fn made(text: &str, mut changes: Changes) -> Option<String> {
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in changes {
        out.push_str(text.get(done..range.start)?);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// What makes a file of this shape one that Airflow imports.
pub(super) fn of_shape(text: &str, shape: &Shape<'_>) -> Option<Changes> {
    if text.trim_start().starts_with(['{', '[']) {
        return of_brackets(text, shape);
    }
    of_lines(text, shape)
}

/// The changes of one object's members where they stand.
pub(super) fn of_fields(text: &str, fields: &Fields) -> Option<Changes> {
    let first = fields.members.first()?.key.range().start;
    let in_braces = text[..first].trim_end().ends_with('{')
        || text[..first].trim_end().ends_with('"')
        || text.trim_start().starts_with('{');
    if in_braces { Some(members_in_braces(fields)) } else { members_in_lines(text, fields, None) }
}

fn members_in_braces(fields: &Fields) -> Changes {
    let members = &fields.members;
    let stays = |change: &Change| !matches!(change, Change::Drop);
    let last = members.iter().rposition(|member| stays(&member.change));
    let mut changes = Changes::new();
    for (i, member) in members.iter().enumerate() {
        let (key, value) = (member.key.range(), member.value.range());
        match &member.change {
            Change::Keep => {}
            Change::Rename(to) => changes.push((key, format!("\"{to}\""))),
            Change::Value(new) => changes.push((value, new.clone())),
            Change::Drop if last.is_some_and(|last| i < last) => {
                changes.push((key.start..members[i + 1].key.range().start, String::new()));
            }
            Change::Drop => {}
        }
    }
    let end = members.last().map_or(0, |member| member.value.range().end);
    let rest = match last {
        Some(last) => members[last].value.range().end..end,
        None => members.first().map_or(end, |member| member.key.range().start)..end,
    };
    if !rest.is_empty() {
        changes.push((rest, String::new()));
    }
    changes
}

/// JSON: brackets become braces, ids stand ahead of their objects, the wrapper goes.
fn of_brackets(text: &str, shape: &Shape<'_>) -> Option<Changes> {
    let mut changes = Changes::new();
    let holder = shape.holder.span.range();
    for one in &shape.ones {
        if let Some(fields) = &one.fields {
            changes.extend(members_in_braces(fields));
        }
        let (_, id) = one.id.as_ref()?;
        let key = text.get(id.range())?;
        let node = one.node.span.range();
        match shape.kind {
            Kind::Mapping => {}
            Kind::List => changes.push((node.start..node.start, format!("{key}: "))),
            Kind::Body => {
                changes.push((node.start..node.start, format!("{{{key}: ")));
                changes.push((node.end..node.end, "}".to_string()));
            }
        }
    }
    if shape.kind == Kind::List {
        changes.push((holder.start..holder.start + 1, "{".to_string()));
        changes.push((holder.end - 1..holder.end, "}".to_string()));
    }
    if !shape.wrappers.is_empty() {
        let start = text.find('{')?;
        let end = text.rfind('}')? + 1;
        changes.push((start..holder.start, String::new()));
        changes.push((holder.end..end, String::new()));
        let gone = Gone::of(&changes);
        let line = line_start(text, holder.end - 1);
        let deep = text[line..].len() - text[line..].trim_start_matches(' ').len();
        let lines = text[holder.clone()].match_indices('\n').map(|(at, _)| holder.start + at + 1);
        for at in lines.filter(|at| !gone.has(*at)) {
            changes.push((at..at + spaces(text, at).min(deep), String::new()));
        }
    }
    Some(changes)
}

/// What goes, to be asked often.
struct Gone(Vec<Range<usize>>);

impl Gone {
    fn of(changes: &Changes) -> Gone {
        let gone = changes.iter().filter(|(_, new)| new.is_empty()).map(|(range, _)| range.clone());
        let mut gone: Vec<_> = gone.collect();
        gone.sort_by_key(|range| range.start);
        Gone(gone)
    }

    fn has(&self, at: usize) -> bool {
        let next = self.0.partition_point(|range| range.end <= at);
        self.0.get(next).is_some_and(|range| range.start <= at)
    }
}

/// Blanks from a byte on.
fn spaces(text: &str, at: usize) -> usize {
    text[at..].bytes().take_while(|b| *b == b' ').count()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// Behind the line feed of the line in which the byte stands.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

/// YAML without brackets: lines of keys go, and what stood behind them moves to the left.
fn of_lines(text: &str, shape: &Shape<'_>) -> Option<Changes> {
    let mut changes = Changes::new();
    for key in &shape.wrappers {
        let key = key.range();
        let end = line_end(text, key.end);
        let behind = text.get(key.end..end)?.trim_start().strip_prefix(':')?.trim();
        let line = line_start(text, key.start);
        if !text[line..key.start].trim().is_empty() {
            return None;
        }
        match behind {
            "" => changes.push((line..end, String::new())),
            // What is said there is kept.
            comment if comment.starts_with('#') => {
                changes.push((line..end, format!("{comment}\n")));
            }
            _ => return None,
        }
    }
    let end = text.len();
    match shape.kind {
        Kind::List => {
            for (i, one) in shape.ones.iter().enumerate() {
                let next = match shape.ones.get(i + 1) {
                    Some(next) => line_start(text, next.node.span.range().start),
                    None => end,
                };
                changes.extend(item(text, one, next)?);
            }
        }
        Kind::Mapping => {
            let first = shape.ones.first()?.id.as_ref()?.1.range().start;
            let deep = first - line_start(text, first);
            let below = line_end(text, shape.wrappers.last()?.range().end);
            for one in &shape.ones {
                if let Some(fields) = &one.fields {
                    changes.extend(members_in_lines(text, fields, None)?);
                }
            }
            shift(text, below..end, deep, 0, &mut changes);
        }
        Kind::Body => {
            let one = shape.ones.first()?;
            let (fields, (id, _)) = (one.fields.as_ref()?, one.id.as_ref()?);
            let first = line_start(text, fields.members.first()?.key.range().start);
            changes.extend(members_in_lines(text, fields, None)?);
            changes.push((first..first, format!("{}:\n", scalar(id))));
            shift(text, first..end, 0, STEP, &mut changes);
        }
    }
    Some(changes)
}

/// Fields stand so far to the right of their id.
const STEP: usize = 2;

/// An item of a list becomes a member: its id ahead, its fields below.
fn item(text: &str, one: &One<'_>, next: usize) -> Option<Changes> {
    let mut changes = Changes::new();
    let (fields, (_, id)) = (one.fields.as_ref()?, one.id.as_ref()?);
    let first = fields.members.first()?;
    let start = line_start(text, first.key.range().start);
    let column = first.key.range().start - start;
    if text[start..first.key.range().start].trim() != "-" {
        return None;
    }
    let key = text.get(id.range())?;
    if first.value == *id {
        changes.push((start..id.range().end, format!("{key}:")));
        changes.extend(members_in_lines(text, fields, Some(first.key.range().start))?);
        shift(text, line_end(text, id.range().end)..next, column, STEP, &mut changes);
    } else {
        // The line of the dash has a field: it goes below the id.
        if matches!(first.change, Change::Drop) {
            return None;
        }
        let header = format!("{key}:\n{}", " ".repeat(STEP));
        changes.push((start..first.key.range().start, header));
        changes.extend(members_in_lines(text, fields, None)?);
        shift(text, line_end(text, first.key.range().end)..next, column, STEP, &mut changes);
    }
    Some(changes)
}

/// The changes of members of a mapping without braces; of the one that begins at `done`, all is
/// done already.
fn members_in_lines(text: &str, fields: &Fields, done: Option<usize>) -> Option<Changes> {
    let mut changes = Changes::new();
    for member in &fields.members {
        let (key, value) = (member.key.range(), member.value.range());
        if done == Some(key.start) {
            continue;
        }
        match &member.change {
            Change::Keep => {}
            Change::Rename(to) => changes.push((key, to.to_string())),
            Change::Value(new) => {
                let old = text.get(value.clone())?.trim_end();
                if old.contains('\n') {
                    return None;
                }
                changes.push((value.start..value.start + old.len(), new.clone()));
            }
            Change::Drop => {
                let line = line_start(text, key.start);
                let written = text.get(key.start..value.end.max(key.end))?.trim_end().len();
                if !text[line..key.start].trim().is_empty() {
                    return None;
                }
                changes.push((line..line_end(text, key.start + written), String::new()));
            }
        }
    }
    Some(changes)
}

/// Moves lines from one column to another. Lines that go are left alone.
fn shift(text: &str, lines: Range<usize>, from: usize, to: usize, changes: &mut Changes) {
    let gone = Gone::of(changes);
    let mut at = lines.start;
    while at < lines.end {
        let end = line_end(text, at);
        let deep = spaces(text, at);
        let blank = text[at..end].trim().is_empty();
        if !blank && !gone.has(at) {
            if to >= from {
                changes.push((at..at, " ".repeat(to - from)));
            } else {
                changes.push((at..at + deep.min(from - to), String::new()));
            }
        }
        at = end;
    }
}
