//! Where text stands: sources, byte spans, and decoded text that remembers which source bytes each of its bytes came from.
//!
//! Reading is done on [`Text`]. Untraced text costs nothing; traced text ([`Text::at`]) keeps its way back through every decoding
//! (percent-encoding, JSON escapes, YAML scalars), so that a finding in the innermost layer points at bytes of the file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// A range of bytes of a source: `start` inclusive, `end` exclusive, both 0-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `range`; offsets beyond 4 GiB saturate (the command line refuses such files before).
    pub fn new(range: Range<usize>) -> Span {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: clip(range.start), end: clip(range.end) }
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// This span moved `by` bytes to the right.
    pub fn shift(self, by: u32) -> Span {
        Span { start: self.start.saturating_add(by), end: self.end.saturating_add(by) }
    }

    /// As indexes into the text the span belongs to.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The empty span at the start of this one.
    pub fn start_point(self) -> Span {
        Span { start: self.start, end: self.start }
    }
}

/// A place for people: line and column, both 1-based; columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// One input: its name as shown to people and its whole text.
pub struct Source {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
    /// Characters ahead of every so many bytes.
    marks: OnceLock<Vec<usize>>,
}

/// A line may be as long as the file: characters are not counted from its start, but from a mark every so many bytes.
const STEP: usize = 1024;

impl Source {
    /// A source called `name`. Lines end at LF, CRLF or CR.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source { name: name.into(), text: text.into(), line_starts: OnceLock::new(), marks: OnceLock::new() }
    }

    /// Where lines begin; only a source with findings is asked.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends_line = |i: &usize| bytes[*i] == b'\n' || bytes[*i] == b'\r' && bytes.get(i + 1) != Some(&b'\n');
            let starts = (0..bytes.len()).filter(ends_line).map(|i| Span::new(i + 1..i + 1).start);
            std::iter::once(0).chain(starts).collect()
        })
    }

    /// The name given: a path, or `<stdin>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, traced.
    pub fn traced(&self) -> Text<'_> {
        Text::at(&self.text, 0)
    }

    /// Line and column of a byte offset (clipped to the text).
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts[line - 1] as usize;
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.characters_before(end) - self.characters_before(start) + 1;
        Position { line: Span::new(line..line).start, column: Span::new(column..column).start }
    }
}

impl Source {
    fn characters_before(&self, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        // Every character has one byte that is no continuation.
        let characters = |bytes: &[u8]| bytes.iter().filter(|b| **b & 0xc0 != 0x80).count();
        let marks = self.marks.get_or_init(|| {
            let before = |total: &mut usize, chunk: &[u8]| Some(std::mem::replace(total, *total + characters(chunk)));
            bytes.chunks(STEP).scan(0, before).collect()
        });
        let at = (end / STEP).min(marks.len().saturating_sub(1));
        marks.get(at).map_or(0, |mark| mark + characters(&bytes[at * STEP..end]))
    }
}

/// Never prints the text: it may hold secrets.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// Text after zero or more decodings, and, if traced, the source bytes behind each byte of it.
#[derive(Clone)]
pub struct Text<'a> {
    text: Cow<'a, str>,
    origin: Origin,
}

#[derive(Clone)]
enum Origin {
    /// Nobody asked for places.
    Untraced,
    /// Byte `i` is byte `base + i` of the source.
    From(u32),
    /// The source bytes of each byte.
    Map(Vec<Span>),
}

/// Never prints the text: it may hold secrets.
impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} bytes at {:?})", self.text.len(), self.span())
    }
}

impl<'a> Text<'a> {
    /// Text whose origin nobody asks for.
    pub fn untraced(text: &'a str) -> Text<'a> {
        Text { text: Cow::Borrowed(text), origin: Origin::Untraced }
    }

    /// Text that stands literally in the source, from byte `base` on.
    pub fn at(text: &'a str, base: u32) -> Text<'a> {
        Text { text: Cow::Borrowed(text), origin: Origin::From(base) }
    }

    /// Owned text whose origin nobody asks for.
    pub fn owned(text: String) -> Text<'static> {
        Text { text: Cow::Owned(text), origin: Origin::Untraced }
    }

    /// Owned text that came, as a whole, from `span`.
    pub fn whole(text: String, span: Span) -> Text<'static> {
        let map = vec![span; text.len()];
        Text { text: Cow::Owned(text), origin: Origin::Map(map) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text for as long as the source lives, if it stands there literally.
    pub fn borrowed(&self) -> Option<&'a str> {
        match self.text {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.text.into_owned()
    }

    /// True if places can be asked for.
    pub fn is_traced(&self) -> bool {
        !matches!(self.origin, Origin::Untraced)
    }

    /// The same text without its origin.
    pub fn forget(&self) -> Text<'_> {
        Text::untraced(&self.text)
    }

    /// The source bytes of the whole text; an empty decoded text has no place of its own.
    pub fn span(&self) -> Option<Span> {
        self.span_of(0..self.text.len())
    }

    /// The source bytes behind a range of this text.
    pub fn span_of(&self, range: Range<usize>) -> Option<Span> {
        match &self.origin {
            Origin::Untraced => None,
            Origin::From(base) => Some(Span::new(range).shift(*base)),
            Origin::Map(map) => {
                let inside = map.get(range.clone()).unwrap_or_default();
                match (inside.first(), map.get(range.start), map.last()) {
                    (Some(first), ..) => Some(inside.iter().fold(*first, |all, s| all.cover(*s))),
                    (None, Some(next), _) => Some(next.start_point()),
                    (None, None, Some(last)) => Some(Span { start: last.end, end: last.end }),
                    (None, None, None) => None,
                }
            }
        }
    }

    /// The same places under another text. One of another length in bytes (lower case may have) stands, as a whole, for the whole.
    pub fn with_text(&self, text: String) -> Text<'static> {
        match self.span() {
            Some(span) if text.len() != self.text.len() => Text::whole(text, span),
            Some(_) => Text { text: Cow::Owned(text), origin: self.origin.clone() },
            None => Text::owned(text),
        }
    }

    /// Owned text with the same places.
    pub fn into_static(self) -> Text<'static> {
        Text { text: Cow::Owned(self.text.into_owned()), origin: self.origin }
    }

    /// A part of this text. Borrowed text stays borrowed.
    pub fn slice(&self, range: Range<usize>) -> Text<'a> {
        let origin = match &self.origin {
            Origin::Untraced => Origin::Untraced,
            Origin::From(base) => Origin::From(base.saturating_add(Span::new(range.clone()).start)),
            Origin::Map(map) => Origin::Map(map[range.clone()].to_vec()),
        };
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
            Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
        };
        Text { text, origin }
    }

    /// Everything from byte `start` on.
    pub fn from(&self, start: usize) -> Text<'a> {
        self.slice(start..self.text.len())
    }

    /// Split at the first `delimiter`, which is dropped; `None` if it is not there.
    pub fn split_once(&self, delimiter: &str) -> Option<(Text<'a>, Text<'a>)> {
        let at = self.text.find(delimiter)?;
        Some((self.slice(0..at), self.from(at + delimiter.len())))
    }

    /// Split at the last `delimiter`, which is dropped; `None` if it is not there.
    pub fn rsplit_once(&self, delimiter: &str) -> Option<(Text<'a>, Text<'a>)> {
        let at = self.text.rfind(delimiter)?;
        Some((self.slice(0..at), self.from(at + delimiter.len())))
    }

    /// Without the characters that `remove` accepts.
    pub fn without(&self, remove: impl Fn(char) -> bool) -> Text<'a> {
        if !self.text.contains(&remove) {
            return self.clone();
        }
        let mut built = Builder::new(self);
        for (i, c) in self.text.char_indices() {
            if !remove(c) {
                built.copy(i..i + c.len_utf8());
            }
        }
        built.finish()
    }

    /// Every occurrence of `needle` replaced by the last `keep` bytes of it.
    pub fn shorten_all(&self, needle: &str, keep: usize) -> Text<'a> {
        if let (Some(at), true) = (self.text.find(needle), needle.len() >= keep) {
            let skip = needle.len() - keep;
            if at == 0 && !self.text[needle.len()..].contains(needle) {
                return self.from(skip);
            }
            let mut built = Builder::new(self);
            let mut done = 0;
            for (at, _) in self.text.match_indices(needle) {
                built.copy(done..at);
                done = at + skip;
            }
            built.copy(done..self.text.len());
            return built.finish();
        }
        self.clone()
    }
}

/// Builds decoded text from `base`, byte ranges of which it is told as it goes.
pub struct Builder<'b> {
    base: &'b Text<'b>,
    text: String,
    map: Vec<Span>,
}

impl<'b> Builder<'b> {
    /// A builder whose ranges count in `base`.
    pub fn new(base: &'b Text<'_>) -> Builder<'b> {
        Builder { base, text: String::with_capacity(base.text.len()), map: Vec::new() }
    }

    /// Copies a range of the base literally.
    pub fn copy(&mut self, range: Range<usize>) {
        if self.base.is_traced() {
            for i in range.clone() {
                self.map.extend(self.base.span_of(i..i + 1));
            }
        }
        self.text.push_str(&self.base.text[range]);
    }

    /// Adds text that a range of the base stands for.
    pub fn decode(&mut self, text: &str, range: Range<usize>) {
        if let Some(span) = self.base.span_of(range) {
            self.map.extend(std::iter::repeat_n(span, text.len()));
        }
        self.text.push_str(text);
    }

    /// The text built so far, in bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// True before anything was added.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The decoded text, traced if the base was.
    pub fn finish(self) -> Text<'static> {
        let origin = if self.base.is_traced() { Origin::Map(self.map) } else { Origin::Untraced };
        Text { text: Cow::Owned(self.text), origin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_scalar_values_and_every_kind_of_line_end() {
        let source = Source::new("x", "añ\r\nb\rc\nd😀e");
        for (offset, line, column) in [(0, 1, 1), (1, 1, 2), (3, 1, 3), (5, 2, 1), (7, 3, 1), (9, 4, 1), (14, 4, 3), (15, 4, 4), (99, 4, 4)]
        {
            assert_eq!(source.position(offset), Position { line, column }, "offset {offset}");
        }
    }

    #[test]
    fn columns_of_long_lines_are_counted_from_marks() {
        let text = "aé😀".repeat(STEP);
        let source = Source::new("x", format!("x\n{text}"));
        for (n, (at, _)) in text.char_indices().enumerate() {
            let offset = Span::new(at + 2..at + 2).start;
            assert_eq!(source.position(offset), Position { line: 2, column: Span::new(n + 1..n + 1).start });
        }
    }

    #[test]
    fn traced_text_finds_its_way_back() {
        let base = Text::at("ab%2Fcd", 10);
        let mut built = Builder::new(&base);
        built.copy(0..2);
        built.decode("/", 2..5);
        built.copy(5..7);
        let text = built.finish();
        assert_eq!(text.as_str(), "ab/cd");
        assert_eq!(text.span_of(2..3), Some(Span { start: 12, end: 15 }));
        assert_eq!(text.span_of(1..4), Some(Span { start: 11, end: 16 }));
        assert_eq!(text.slice(3..5).span(), Some(Span { start: 15, end: 17 }));
        assert_eq!(text.span_of(5..5), Some(Span { start: 17, end: 17 }));
        assert_eq!(text.without(|c| c == 'c').span_of(3..4), Some(Span { start: 16, end: 17 }));
    }

    #[test]
    fn shortening_keeps_the_tail_of_the_needle() {
        let uri = Text::at("x://a/x://b", 0);
        assert_eq!(uri.shorten_all("x://", 2).as_str(), "//a///b");
        assert_eq!(uri.shorten_all("x://", 0).as_str(), "a/b");
        assert_eq!(uri.shorten_all("x://", 0).span_of(2..3), Some(Span { start: 10, end: 11 }));
        assert_eq!(Text::at("x://a", 3).shorten_all("x://", 2).span(), Some(Span { start: 5, end: 8 }));
    }
}
