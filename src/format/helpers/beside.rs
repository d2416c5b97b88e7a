//! How a further connection is put beside one that is written already: as a copy of it with another
//! name and another value, so that it is indented, quoted and encoded as its neighbour is.

use std::sync::Arc;

use crate::airflow::python::json_loads::JSON_STRING;
use crate::airflow::yaml_trace::{encoding, quoted, unshared};
use crate::model::{Member, Node, Style};
use crate::source::{Edit, Span, Text, line_end};

/// The way from the value of a connection to what stands in the text.
pub(crate) type Encode = fn(&str) -> String;

/// The value stands as it is.
pub(crate) fn plainly(value: &str) -> String {
    value.to_string()
}

/// The mapping or list in which variables stand, as far as more can be put there.
pub(crate) struct Holder<'a> {
    base: Arc<Text<'a>>,
    /// Where it begins in the source, by which it is known when it is met again.
    pub(crate) place: Span,
    flow: bool,
    encode: Encode,
}

impl<'a> Holder<'a> {
    /// `None` where nobody asks for places, and where an alias refers to it: what is put there
    /// would come to stand elsewhere, too.
    pub(crate) fn of(
        base: &Arc<Text<'a>>,
        node: &Node<'static>,
        encode: Encode,
    ) -> Option<Holder<'a>> {
        let start = node.span.start as usize;
        // No two of them begin at one place.
        let place = base.span_of(start..start)?;
        let written = unshared(base.as_str(), node.span, node.style)?;
        Some(Holder {
            base: Arc::clone(base),
            place,
            flow: written.starts_with(['{', '[']),
            encode,
        })
    }
}

/// What of a neighbour is copied, and which pieces of it become others.
#[derive(Clone, Copy)]
pub(crate) struct Copied {
    start: u32,
    pieces: [Option<(Piece, Span)>; 2],
    style: Style,
    /// It stands behind a dash.
    item: bool,
}

#[derive(Clone, Copy)]
enum Piece {
    Name,
    Value,
    Assignment,
}

impl Copied {
    /// `NAME: value` in a mapping.
    pub(crate) fn member(member: &Member<'_>) -> Copied {
        let Member { key_span, node } = member;
        let pieces = [Some((Piece::Name, *key_span)), Some((Piece::Value, node.span))];
        Copied { start: key_span.start, pieces, style: node.style, item: false }
    }

    /// `NAME=value` in a list.
    pub(crate) fn assignment(node: &Node<'_>) -> Copied {
        Copied {
            start: node.span.start,
            pieces: [Some((Piece::Assignment, node.span)), None],
            style: node.style,
            item: true,
        }
    }

    /// A mapping in a list, which has a member for the name, one for the value, and no other.
    pub(crate) fn pair(item: &Node<'_>, name: &Node<'_>, value: &Node<'_>) -> Option<Copied> {
        (item.value.as_dict()?.members.len() == 2).then_some(())?;
        let mut pieces = [(Piece::Name, name.span), (Piece::Value, value.span)];
        pieces.sort_by_key(|(_, span)| span.start);
        Some(Copied {
            start: item.span.start,
            pieces: pieces.map(Some),
            style: value.style,
            item: true,
        })
    }
}

/// A connection that a further one can be put beside.
pub struct Beside<'a> {
    base: Arc<Text<'a>>,
    flow: bool,
    encode: Encode,
    copied: Copied,
}

impl<'a> Beside<'a> {
    pub(crate) fn new(holder: &Holder<'a>, copied: Copied) -> Beside<'a> {
        Beside { base: Arc::clone(&holder.base), flow: holder.flow, encode: holder.encode, copied }
    }

    /// The neighbour's text with another name and value, and where it ends. `None` where more
    /// stands in it than a copy can have.
    fn copy(&self, name: &str, value: &str) -> Option<(String, usize)> {
        let text = self.base.as_str();
        let mut out = String::new();
        let mut done = self.copied.start as usize;
        let clean = |gap: &str| !gap.contains(['#', '&', '*', '!', '?']);
        let blank_or_comma = |c: char| c.is_whitespace() || c == ',';
        for (piece, span) in self.copied.pieces.into_iter().flatten() {
            // The span of a scalar without quotes, or of a block, may run to the next line.
            let old = text.get(span.range())?.trim_end();
            let new = match piece {
                Piece::Name => name.to_string(),
                Piece::Value => value.to_string(),
                Piece::Assignment => format!("{name}={value}"),
            };
            out.push_str(text.get(done..span.start as usize).filter(|gap| clean(gap))?);
            out.push_str(&self.written(&new, old)?);
            done = span.start as usize + old.len();
        }
        // A mapping without braces ends with its last value; where one with braces ends, libyaml
        // does not always say.
        if text[self.copied.start as usize..].starts_with('{') {
            let end = done + text[done..].find('}')? + 1;
            out.push_str(
                text.get(done..end).filter(|gap| gap.trim_start_matches(blank_or_comma) == "}")?,
            );
            done = end;
        }
        Some((out, done))
    }

    /// A scalar as the one that it takes the place of.
    fn written(&self, new: &str, old: &str) -> Option<String> {
        match old.chars().next()? {
            '"' if self.copied.style == Style::Json => (JSON_STRING.whole)(new, old),
            '"' => (encoding(Style::Double).whole)(new, old),
            '\'' | '|' | '>' => Some(quoted(new)),
            '&' | '!' | '*' => None,
            _ => (encoding(Style::Plain).whole)(new, old),
        }
    }

    /// What to change so that a variable stands beside this one.
    pub(crate) fn edit(&self, name: &str, value: &str) -> Option<Edit> {
        // What is rendered before it is read would take it for a template.
        if value.contains("{{") {
            return None;
        }
        let text = self.base.as_str();
        let (copy, end) = self.copy(name, &(self.encode)(value))?;
        let ahead = text.get(..self.copied.start as usize)?;
        if self.flow {
            let before = ahead.trim_end();
            let blanks = &ahead[before.len()..];
            let blanks = match before.chars().next_back()? {
                ',' => blanks,
                '{' | '[' if blanks.contains('\n') => blanks,
                '{' | '[' => " ",
                _ => return None,
            };
            return self.base.edit(end..end, &format!(",{blanks}{copy}"));
        }
        let prefix = ahead.rsplit('\n').next()?;
        let (dash, rest) =
            (prefix.trim_start_matches(' ').starts_with('-'), prefix.replacen('-', " ", 1));
        if dash != self.copied.item || !rest.bytes().all(|b| b == b' ') {
            return None;
        }
        let line = text[end..].find('\n').map_or(text.len(), |n| end + n);
        let behind = text[end..line].trim_start();
        (behind.is_empty() || behind.starts_with('#')).then_some(())?;
        // Behind the carriage return of this line, if it has one: the new one gets its own.
        let (before, after) = match (text[..line].ends_with('\r'), line == text.len()) {
            (true, _) => ("\n", "\r"),
            (false, true) => (line_end(text), ""),
            (false, false) => ("\n", ""),
        };
        self.base.edit(line..line, &format!("{before}{prefix}{copy}{after}"))
    }
}
