//! Takes words of a script apart: quotes, escapes, and what is filled in.

use std::ops::Range;

use super::expansion;
use super::variables::Variables;
use super::word::{Fill, Word};
use crate::format::helpers::shell_word::{BARE, DOUBLE, Filled, SINGLE, WORD};
use crate::model::Style;
use crate::source::{Builder, Text};

/// A quote or bracket that nothing closes.
pub(crate) struct Unclosed {
    pub(crate) at: usize,
}

/// Words of a script.
pub(super) struct Lexer<'s, 'a> {
    pub(super) text: &'s Text<'a>,
    /// What is rendered before a shell sees it, in order: in whatever quotes it stands, it is
    /// filled in.
    pub(super) holes: &'s [Range<usize>],
    pub(super) variables: Variables,
    /// So far the script is looked at.
    pub(super) end: usize,
}

/// A piece of a word.
struct Piece {
    kind: Kind,
    range: Range<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bare,
    Single,
    Double,
    Ansi,
    Escape,
}

/// What a word is made of.
#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    fills: Vec<Fill>,
    /// Variables whose text is known, in order.
    known: Vec<(Range<usize>, String)>,
}

/// Ends a word, outside of quotes.
pub(super) fn ends(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>' | '(' | ')')
}

/// What a shell hands on for the word that begins at a place.
pub(crate) fn word_at<'a>(text: &Text<'a>, start: usize) -> Option<Text<'a>> {
    let (variables, end) = (Variables::default(), text.as_str().len());
    let lexer = Lexer { text, holes: &[], variables, end };
    lexer.word(start).ok().map(|word| word.value)
}

impl<'s, 'a> Lexer<'s, 'a> {
    pub(super) fn raw(&self) -> &'s str {
        &self.text.as_str()[..self.end]
    }

    /// The word that begins at `start`.
    pub(super) fn word(&self, start: usize) -> Result<Word<'a>, Unclosed> {
        let raw = self.raw();
        let mut pieces = Pieces::default();
        let mut at = start;
        while let Some(c) = raw[at..].chars().next() {
            if let Some(hole) = self.hole(at) {
                let place = hole.clone();
                pieces.fills.push(Fill::new(Filled::Braces, place, true));
                pieces.push(Kind::Bare, hole.clone());
                at = hole.end;
                continue;
            }
            if ends(c) {
                // `<(…)` and `>(…)` are words.
                if !matches!(c, '<' | '>') || !raw[at + 1..].starts_with('(') || at > start {
                    break;
                }
                let end = expansion::dollar(raw, at, false).ok_or(Unclosed { at })?;
                pieces.fills.push(Fill::new(Filled::Command, at..end, false));
                pieces.push(Kind::Bare, at..end);
                at = end;
                continue;
            }
            let begins = at;
            at = match c {
                '\'' => {
                    let end = expansion::single(raw, at + 1).ok_or(Unclosed { at })?;
                    self.holes_in(at..end, &mut pieces);
                    pieces.push(Kind::Single, at..end);
                    end
                }
                '"' => self.double(at, at + 1, &mut pieces)?,
                '\\' => {
                    let end =
                        raw[at + 1..].chars().next().map_or(at + 1, |c| at + 1 + c.len_utf8());
                    pieces.push(Kind::Escape, at..end);
                    end
                }
                '$' if raw[at + 1..].starts_with('\'') => {
                    let end = expansion::ansi(raw, at + 2).ok_or(Unclosed { at })?;
                    pieces.push(Kind::Ansi, at..end);
                    end
                }
                '$' if raw[at + 1..].starts_with('"') => self.double(at, at + 2, &mut pieces)?,
                '$' | '`' => {
                    let end = self.fill(at, false, &mut pieces)?;
                    pieces.push(Kind::Bare, at..end);
                    end
                }
                _ => {
                    let end = raw[at..]
                        .find(|c| ends(c) || matches!(c, '\'' | '"' | '\\' | '$' | '`'))
                        .map_or(raw.len(), |n| at + n);
                    let end = self.next_hole(at).map_or(end, |hole| end.min(hole.start));
                    pieces.push(Kind::Bare, at..end);
                    end
                }
            };
            debug_assert!(at > begins);
        }
        Ok(self.built(start..at, pieces))
    }

    /// The first piece that is rendered and ends behind a place.
    fn next_hole(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.holes.partition_point(|hole| hole.end <= at);
        self.holes.get(next).filter(|hole| hole.end <= self.end)
    }

    fn hole(&self, at: usize) -> Option<&Range<usize>> {
        self.next_hole(at).filter(|hole| hole.start <= at)
    }

    fn holes_in(&self, range: Range<usize>, pieces: &mut Pieces) {
        let next = self.holes.partition_point(|hole| hole.end <= range.start);
        for hole in self.holes[next..].iter().take_while(|hole| hole.start < range.end) {
            let place = hole.start.max(range.start)..hole.end.min(range.end);
            pieces.fills.push(Fill::new(Filled::Braces, place, false));
        }
    }

    /// A part in double quotes, whose content begins at `inside`.
    fn double(&self, start: usize, inside: usize, pieces: &mut Pieces) -> Result<usize, Unclosed> {
        let raw = self.raw();
        let mut at = inside;
        loop {
            let found = raw[at..].find(['"', '\\', '$', '`']).map(|n| at + n);
            if let Some(hole) = self.next_hole(at)
                && found.is_none_or(|found| hole.start <= found)
            {
                self.holes_in(at.max(hole.start)..hole.end, pieces);
                at = hole.end;
                continue;
            }
            let found = found.ok_or(Unclosed { at: start })?;
            at = match raw.as_bytes()[found] {
                b'"' => {
                    pieces.push(Kind::Double, start..found + 1);
                    return Ok(found + 1);
                }
                b'\\' => {
                    let next = raw[found + 1..].chars().next().ok_or(Unclosed { at: start })?;
                    found + 1 + next.len_utf8()
                }
                _ => self.fill(found, true, pieces)?,
            };
        }
    }

    /// What the `$` or backtick at `at` begins; gives where it ends.
    fn fill(&self, at: usize, quoted: bool, pieces: &mut Pieces) -> Result<usize, Unclosed> {
        let raw = self.raw();
        if raw[at..].starts_with('`') {
            let end = expansion::backtick(raw, at + 1).ok_or(Unclosed { at })?;
            let what = Filled::Command;
            pieces.fills.push(Fill::new(what, at..end, !quoted));
            return Ok(end);
        }
        let end = expansion::dollar(raw, at, quoted).ok_or(Unclosed { at })?;
        let inside = &raw[at + 1..end];
        if inside.is_empty() {
            return Ok(end);
        }
        let bare = inside.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let name = bare.unwrap_or(inside);
        if let Some(value) = self.variables.value(name)
            && (quoted || !value.contains(|c: char| c.is_whitespace() || "*?[".contains(c)))
        {
            pieces.known.push((at..end, value.to_string()));
            return Ok(end);
        }
        let all = matches!(name, "@" | "*") || name.ends_with("[@]") || name.ends_with("[*]");
        let small = bare.is_none()
            && name.contains(|c: char| c.is_ascii_lowercase() || "$!?-#".contains(c))
            && !self.variables.is_set(name);
        let what = match inside.as_bytes()[0] {
            b'(' => Filled::Command,
            _ if small => Filled::Small,
            _ => Filled::Variable,
        };
        pieces.fills.push(Fill::new(what, at..end, all || !quoted));
        Ok(end)
    }

    fn built(&self, range: Range<usize>, mut pieces: Pieces) -> Word<'a> {
        let quoted = pieces.list.iter().any(|piece| piece.kind != Kind::Bare);
        let literal = |content: Range<usize>, encoding| {
            (self.text.literal(range.clone(), content.clone(), encoding), content.start)
        };
        let raw = &self.raw()[range.clone()];
        let plain = pieces.known.is_empty();
        let is_whole = matches!(&pieces.list[..], [only] if only.range == range);
        let (value, start) = match &pieces.list[..] {
            [] => (self.text.slice(range.clone()), range.start),
            [Piece { kind: Kind::Single, .. }] if is_whole => {
                literal(range.start + 1..range.end - 1, &SINGLE)
            }
            [Piece { kind: Kind::Bare, .. }] if plain && is_whole => literal(range.clone(), &BARE),
            [Piece { kind: Kind::Double, .. }]
                if plain && is_whole && raw.starts_with('"') && !raw.contains('\\') =>
            {
                literal(range.start + 1..range.end - 1, &DOUBLE)
            }
            list => {
                let mut built = Builder::new(self.text);
                let mut places = Vec::with_capacity(pieces.fills.len());
                for piece in list {
                    self.decode(piece, &pieces, &mut built, &mut places);
                }
                let value = match list {
                    [Piece { kind: Kind::Double, .. }] if raw.starts_with('"') => {
                        let inside = range.start + 1..range.end - 1;
                        built.finish_in(&DOUBLE, range.clone(), inside)
                    }
                    _ => built.finish_in(&WORD, range.clone(), range.clone()),
                };
                for (fill, inside) in pieces.fills.iter_mut().zip(places) {
                    fill.inside = inside;
                }
                return Word { value, range, style: Style::Shell, fills: pieces.fills, quoted };
            }
        };
        for fill in &mut pieces.fills {
            fill.inside = fill.place.start - start..fill.place.end - start;
        }
        Word { value, range, style: Style::Shell, fills: pieces.fills, quoted }
    }

    fn decode(
        &self,
        piece: &Piece,
        pieces: &Pieces,
        built: &mut Builder<'_>,
        places: &mut Vec<Range<usize>>,
    ) {
        let raw = self.raw();
        let Range { start, end } = piece.range;
        match piece.kind {
            Kind::Bare => self.copy(start..end, pieces, built, places),
            Kind::Single => self.copy(start + 1..end - 1, pieces, built, places),
            // A line that goes on below.
            Kind::Escape if raw[start + 1..end].starts_with(['\n', '\r']) => {}
            Kind::Escape => built.copy((start + 1).min(end)..end),
            Kind::Double => {
                let start = start + 1 + usize::from(raw[start..].starts_with('$'));
                self.unescape(start..end - 1, pieces, built, places);
            }
            Kind::Ansi => ansi(raw, start + 2..end - 1, built),
        }
    }

    /// Copies text, with what known variables stand for.
    fn copy(
        &self,
        range: Range<usize>,
        pieces: &Pieces,
        built: &mut Builder<'_>,
        places: &mut Vec<Range<usize>>,
    ) {
        let mut at = range.start;
        let mut shift = built.len();
        let next = pieces.known.partition_point(|(place, _)| place.end <= range.start);
        for (place, value) in
            pieces.known[next..].iter().take_while(|(place, _)| place.start < range.end)
        {
            self.places(at..place.start, shift, pieces, places);
            built.copy(at..place.start);
            built.decode(value, place.clone());
            (at, shift) = (place.end, built.len());
        }
        self.places(at..range.end, shift, pieces, places);
        built.copy(at..range.end);
    }

    /// Where what is filled in within a range comes to stand, which is copied to `shift`.
    fn places(
        &self,
        range: Range<usize>,
        shift: usize,
        pieces: &Pieces,
        places: &mut Vec<Range<usize>>,
    ) {
        for fill in &pieces.fills[places.len().min(pieces.fills.len())..] {
            if fill.place.start >= range.end {
                break;
            }
            let start = fill.place.start.max(range.start) - range.start + shift;
            places.push(start..start + fill.place.len());
        }
    }

    /// Inside double quotes a backslash escapes `$`, `` ` ``, `"`, `\` and a line end.
    fn unescape(
        &self,
        range: Range<usize>,
        pieces: &Pieces,
        built: &mut Builder<'_>,
        places: &mut Vec<Range<usize>>,
    ) {
        let raw = self.raw();
        let mut at = range.start;
        while let Some(found) = raw[at..range.end].find('\\').map(|n| at + n) {
            // A backslash inside of what is filled in is not ours.
            let next = pieces.fills.partition_point(|fill| fill.place.end <= found);
            if let Some(fill) = pieces.fills.get(next).filter(|fill| fill.place.start <= found) {
                let end = fill.place.end.min(range.end);
                self.copy(at..end, pieces, built, places);
                at = end;
                continue;
            }
            self.copy(at..found, pieces, built, places);
            let next = raw[found + 1..range.end].chars().next();
            at = match next {
                Some('\n') => found + 2,
                Some('\r') if raw[found + 2..].starts_with('\n') => found + 3,
                Some(next @ ('$' | '`' | '"' | '\\')) => {
                    built.decode(next.encode_utf8(&mut [0; 4]), found..found + 2);
                    found + 2
                }
                _ => {
                    built.copy(found..found + 1);
                    found + 1
                }
            };
        }
        self.copy(at..range.end, pieces, built, places);
    }
}

impl Pieces {
    fn push(&mut self, kind: Kind, range: Range<usize>) {
        match self.list.last_mut() {
            Some(last) if kind == Kind::Bare && last.kind == Kind::Bare => {
                last.range.end = range.end;
            }
            _ => self.list.push(Piece { kind, range }),
        }
    }
}

/// The escapes of `$'…'`.
fn ansi(raw: &str, range: Range<usize>, built: &mut Builder<'_>) {
    let mut at = range.start;
    while let Some(found) = raw[at..range.end].find('\\').map(|n| at + n) {
        built.copy(at..found);
        let Some((text, end)) = super::escapes::escape(raw, found, range.end) else {
            built.copy(found..found + 1);
            at = found + 1;
            continue;
        };
        built.decode(&text, found..end);
        at = end;
    }
    built.copy(at.min(range.end)..range.end);
}
