//! Where text stands: sources, byte spans, and decoded text that remembers which source bytes each
//! of its bytes came from.
//!
//! Reading is done on [`Text`]. Untraced text costs nothing; traced text ([`Text::at`]) keeps its
//! way back through every decoding (percent-encoding, JSON escapes, YAML scalars), so that a
//! finding in the innermost layer points at bytes of the file, and a repair is encoded through all
//! of them ([`Text::edit`]).

mod clean;
mod places;
mod text;

pub(crate) use clean::{clean, clean_line, is_obeyed, is_printed};
pub use text::{Builder, Edit, Encoding, PLAIN, Taken, Text, Whole, applied};

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
    /// The span of `range`; offsets beyond 4 GiB saturate (the command line refuses such files
    /// before).
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

/// A line may be as long as the file: characters are not counted from its start, but from a mark
/// every so many bytes.
const STEP: usize = 1024;

impl Source {
    /// A source called `name`. Lines end at LF, CRLF or CR.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            marks: OnceLock::new(),
        }
    }

    /// Where lines begin; only a source with findings is asked.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends_line = |i: &usize| {
                bytes[*i] == b'\n' || bytes[*i] == b'\r' && bytes.get(i + 1) != Some(&b'\n')
            };
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
        // Most lines are short: their characters are counted as they stand.
        let before = match self.text.as_bytes().get(start..end) {
            Some(bytes) if bytes.len() < STEP => characters(bytes),
            _ => self.characters_before(end) - self.characters_before(start),
        };
        let column = before + 1;
        Position { line: Span::new(line..line).start, column: Span::new(column..column).start }
    }
}

/// Every character has one byte that is no continuation.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xc0 != 0x80).count()
}

impl Source {
    /// The bytes of the line that holds an offset (clipped to the text), without its end.
    pub fn line_at(&self, offset: u32) -> Range<usize> {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let end = starts.get(line).map_or(self.text.len(), |next| *next as usize);
        let start = starts[line - 1] as usize;
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    fn characters_before(&self, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let marks = self.marks.get_or_init(|| {
            let before = |total: &mut usize, chunk: &[u8]| {
                Some(std::mem::replace(total, *total + characters(chunk)))
            };
            bytes.chunks(STEP).scan(0, before).collect()
        });
        let at = (end / STEP).min(marks.len().saturating_sub(1));
        marks.get(at).map_or(0, |mark| mark + characters(&bytes[at * STEP..end]))
    }
}

/// Never prints the text: it may hold secrets.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// How the last line of a text ends that has an end: a line that comes to it ends the same way.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.rfind('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_scalar_values_and_every_kind_of_line_end() {
        let source = Source::new("x", "añ\r\nb\rc\nd😀e");
        for (offset, line, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (3, 1, 3),
            (5, 2, 1),
            (7, 3, 1),
            (9, 4, 1),
            (14, 4, 3),
            (15, 4, 4),
            (99, 4, 4),
        ] {
            assert_eq!(source.position(offset), Position { line, column }, "offset {offset}");
        }
    }

    #[test]
    fn columns_of_long_lines_are_counted_from_marks() {
        let text = "aé😀".repeat(STEP);
        let source = Source::new("x", format!("x\n{text}"));
        for (n, (at, _)) in text.char_indices().enumerate() {
            let offset = Span::new(at + 2..at + 2).start;
            assert_eq!(
                source.position(offset),
                Position { line: 2, column: Span::new(n + 1..n + 1).start }
            );
        }
    }

    #[test]
    fn traced_text_finds_its_way_back() {
        let base = Text::at("ab%2Fcd", 10);
        let mut built = Builder::new(&base);
        built.copy(0..2);
        built.decode("/", 2..5);
        built.copy(5..7);
        let text = built.finish(&PLAIN);
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
        assert_eq!(
            Text::at("x://a", 3).shorten_all("x://", 2).span(),
            Some(Span { start: 5, end: 8 })
        );
    }
}
