//! The bodies of here-documents.

use std::ops::Range;

use super::expansion;
use super::word::Fill;
use crate::format::helpers::shell_word::Filled;
use crate::source::{Builder, Encoding, Text};

/// What a command reads from a here-document or a here-string.
#[derive(Clone)]
pub(crate) struct Document<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) fills: Vec<Fill>,
}

/// The mark behind `<<`.
pub(super) struct Mark {
    pub(super) name: String,
    /// `<<-`: tabs ahead of lines are taken off.
    pub(super) tabs: bool,
    /// Some of the mark is quoted: nothing is filled in.
    pub(super) quoted: bool,
}

/// A body in which `$`, backticks and backslashes count.
static OPEN: Encoding = Encoding {
    name: "here-document",
    part: |new, _| Some(escaped(new)),
    whole: |new, _| Some(escaped(new)),
};

/// A body that stands for itself.
static LITERAL: Encoding = Encoding {
    name: "here-document without expansion",
    part: |new, _| Some(new.to_string()),
    whole: |new, _| Some(new.to_string()),
};

fn escaped(new: &str) -> String {
    let mut out = String::with_capacity(new.len());
    for c in new.chars() {
        if matches!(c, '$' | '`' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What `$(cat <<MARK …)` comes to, if that is all of it.
pub(crate) fn substituted<'a>(text: &Text<'a>, place: &Range<usize>) -> Option<Document<'a>> {
    let raw = &text.as_str()[..place.end];
    let inside = raw[place.start..].strip_prefix("$(")?.strip_suffix(')')?;
    let cat = inside.trim_start().strip_prefix("cat")?.trim_start().strip_prefix("<<")?;
    let at = place.end - 1 - cat.len();
    let (name, tabs, end) = expansion::mark(raw, at)?;
    let line = end + raw[end..].find('\n')? + 1;
    raw[end..line].trim().is_empty().then_some(())?;
    let quoted = raw[at..end].contains(['\'', '"', '\\']);
    let (behind, next) = expansion::behind_body(raw, line, &name, tabs);
    raw.get(next..place.end - 1)?.trim().is_empty().then_some(())?;
    // The line end of the last line is taken off.
    let last = raw[line..behind].trim_end_matches('\n').len();
    Some(body(text, line..line + last, &Mark { name, tabs, quoted }))
}

/// The body that stands at `range`.
pub(super) fn body<'a>(text: &Text<'a>, range: Range<usize>, mark: &Mark) -> Document<'a> {
    if mark.quoted && !mark.tabs {
        return Document { text: text.slice(range), fills: Vec::new() };
    }
    let raw = &text.as_str()[..range.end];
    let mut built = Builder::new(text);
    let mut fills = Vec::new();
    let mut at = range.start;
    let mut begins = true;
    while at < range.end {
        if std::mem::take(&mut begins) && mark.tabs {
            at += raw[at..].len() - raw[at..].trim_start_matches('\t').len();
        }
        let found = raw[at..].find(['\n', '\\', '$', '`']).map_or(range.end, |n| at + n);
        built.copy(at..found);
        at = found;
        let Some(c) = raw[at..].chars().next() else { break };
        let next = raw[at + 1..].chars().next();
        match c {
            '\n' => {
                built.copy(at..at + 1);
                at += 1;
                begins = true;
            }
            _ if mark.quoted => {
                built.copy(at..at + 1);
                at += 1;
            }
            '\\' => match next {
                Some('\n') => at += 2,
                Some(next @ ('$' | '`' | '\\')) => {
                    built.decode(next.encode_utf8(&mut [0; 4]), at..at + 2);
                    at += 2;
                }
                _ => {
                    built.copy(at..at + 1);
                    at += 1;
                }
            },
            _ => {
                let end = match c {
                    '$' => expansion::dollar(raw, at, true),
                    _ => expansion::backtick(raw, at + 1),
                }
                .unwrap_or(at + 1);
                if end > at + 1 {
                    let what = if c == '`' || next == Some('(') {
                        Filled::Command
                    } else {
                        Filled::Variable
                    };
                    let inside = built.len()..built.len() + end - at;
                    fills.push(Fill { what, place: at..end, inside, many: false });
                }
                built.copy(at..end);
                at = end;
            }
        }
    }
    let encoding = if mark.quoted { &LITERAL } else { &OPEN };
    Document { text: built.finish_in(encoding, range.clone(), range), fills }
}
