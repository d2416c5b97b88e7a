//! What the readers of files of variables make of a text, each held against the real one
//! (fixtures/dialects): a shell, Compose, python-dotenv, and dotenv of npm.

pub(super) mod compose;
pub(super) mod npm;
pub(super) mod python;
pub(super) mod shell;

use std::ops::Range;

use crate::format::helpers::interpolation::{Dollar, dollar};
use crate::source::{Builder, Encoding, Text};

/// Where the first of these stands from a place on, or where the text ends.
pub(super) fn until(raw: &str, from: usize, stops: &[char]) -> usize {
    raw[from..].find(stops).map_or(raw.len(), |n| from + n)
}

/// What one of them makes of a text.
#[derive(Default)]
pub(super) struct Reading {
    /// The variables, in order.
    pub(super) set: Vec<Set>,
    /// Where it gives up, and why. What follows is read all the same, as if that were mended.
    pub(super) refused: Vec<(Range<usize>, &'static str)>,
}

impl Reading {
    /// What it makes of the variable whose name stands at this place.
    pub(super) fn at(&self, name: usize) -> Option<&Set> {
        let found = self.set.binary_search_by_key(&name, |set| set.name.start).ok()?;
        self.set.get(found)
    }
}

/// A variable.
pub(super) struct Set {
    /// Where its name stands.
    pub(super) name: Range<usize>,
    /// Where its value stands, quotes and all.
    pub(super) token: Range<usize>,
    /// Its value.
    pub(super) value: Value,
    /// It is set for nobody who comes later.
    pub(super) lost: bool,
    /// What this reader does to it that another may not.
    pub(super) why: &'static str,
}

/// A value, with what of the text it was made from.
#[derive(Default, Clone)]
pub(super) struct Value {
    pub(super) text: String,
    pieces: Vec<Piece>,
    /// What is filled in, in the value and in the text.
    pub(super) holes: Vec<(Range<usize>, Range<usize>)>,
}

/// A piece of a value.
#[derive(Clone)]
struct Piece {
    /// Where it begins in the value.
    start: usize,
    /// Where it stands in the text.
    from: Range<usize>,
    /// It stands there as it is.
    literal: bool,
}

impl Value {
    /// A part of the text as it stands there.
    pub(super) fn copy(&mut self, raw: &str, range: Range<usize>) {
        self.push(&raw[range.clone()], range, true);
    }

    /// What a part of the text stands for.
    pub(super) fn put(&mut self, text: &str, range: Range<usize>) {
        self.push(text, range, false);
    }

    fn push(&mut self, text: &str, from: Range<usize>, literal: bool) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if literal && last.literal && last.from.end == from.start => {
                last.from.end = from.end;
            }
            _ => self.pieces.push(Piece { start, from, literal }),
        }
    }

    /// A part of the text for which something is put there.
    pub(super) fn hole(&mut self, raw: &str, range: Range<usize>) {
        let start = self.text.len();
        self.copy(raw, range.clone());
        self.holes.push((start..self.text.len(), range));
    }

    /// As text that knows where it came from.
    pub(super) fn traced<'a>(
        &self,
        text: &Text<'a>,
        token: Range<usize>,
        encoding: &'static Encoding,
    ) -> Text<'a> {
        let mut built = Builder::new(text);
        for (i, piece) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(i + 1).map_or(self.text.len(), |next| next.start);
            if piece.literal {
                built.copy(piece.from.clone());
            } else {
                built.decode(&self.text[piece.start..end], piece.from.clone());
            }
        }
        built.finish_in(encoding, token.clone(), token)
    }

    /// The same with what Compose fills in, and its `$$`; else where that is broken.
    fn interpolated(self) -> Result<Value, Range<usize>> {
        if !self.text.contains('$') {
            return Ok(self);
        }
        let mut out = Value::default();
        let mut at = 0;
        while let Some(next) = self.text[at..].find('$').map(|n| at + n) {
            self.copied(at..next, &mut out);
            let (len, hole) = match dollar(&self.text[next + 1..]) {
                Dollar::Escaped => {
                    out.put("$", self.place(next..next + 2));
                    at = next + 2;
                    continue;
                }
                Dollar::Braced(len) | Dollar::Named(len) => (len + 1, true),
                Dollar::Lone => (1, false),
                Dollar::Broken { .. } => return Err(self.place(next..next + 1)),
            };
            let start = out.text.len();
            self.copied(next..next + len, &mut out);
            if hole {
                out.holes.push((start..out.text.len(), self.place(next..next + len)));
            }
            at = next + len;
        }
        self.copied(at..self.text.len(), &mut out);
        Ok(out)
    }

    /// The pieces that have a part in a range of the value, each with its place in the text.
    fn parts(
        &self,
        range: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>, bool)> {
        let first = self.pieces.partition_point(|piece| piece.start <= range.start).max(1) - 1;
        let ends = range.end;
        self.pieces[first.min(self.pieces.len())..].iter().enumerate().map_while(
            move |(i, piece)| {
                let next =
                    self.pieces.get(first + i + 1).map_or(self.text.len(), |next| next.start);
                let part = range.start.max(piece.start)..ends.min(next);
                let from = &piece.from;
                let place = if piece.literal {
                    from.start + part.start - piece.start..from.start + part.end - piece.start
                } else {
                    from.clone()
                };
                (part.start < part.end).then_some((part, place, piece.literal))
            },
        )
    }

    /// Where a range of the value stands in the text.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let mut places = self.parts(range).map(|(_, place, _)| place);
        let first = places.next().unwrap_or_default();
        first.start..places.last().map_or(first.end, |last| last.end)
    }

    /// Copies a range of this value with the places of its pieces.
    fn copied(&self, range: Range<usize>, out: &mut Value) {
        if range.is_empty() {
            return;
        }
        for (part, place, literal) in self.parts(range) {
            out.push(&self.text[part], place, literal);
        }
    }
}

#[cfg(test)]
mod tests;
