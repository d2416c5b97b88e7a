//! The line of a finding as it may be shown: what is not known to be public is stars, as wide as
//! what they hide.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::check::REACH;
use crate::source::{Source, Span, is_obeyed, is_printed};

/// So many characters ahead of a finding are shown, and twice as many from its beginning on: a line
/// may be as long as the file.
const AROUND: usize = 100;

// What is shown behind a finding, at four bytes for a character, must be known to be public or not;
// what stands ahead of a connection on its line belongs to it.
const _: () = assert!(2 * AROUND * 4 + 512 <= REACH as usize);

/// A line with what may not be shown hidden, and the finding in it.
pub struct Excerpt {
    /// Its number, from 1.
    pub line: u32,
    /// The line, or the part of it around the finding.
    pub text: String,
    /// Where in `text` the finding stands, in bytes; empty where it has none.
    pub mark: Range<usize>,
}

impl Excerpt {
    /// The first line of `span`; `None` if nothing on it may be shown. `shown` is sorted and
    /// without overlaps.
    pub(super) fn new(source: &Source, shown: &[Span], span: Span) -> Option<Excerpt> {
        let line = source.line_at(span.start);
        let text = &source.text()[line.clone()];
        let at = (span.start as usize).clamp(line.start, line.end) - line.start;
        let end = (span.end as usize).clamp(line.start + at, line.end) - line.start;
        let from = text[..at].char_indices().rev().nth(AROUND - 1).map_or(0, |(i, _)| i);
        let to = text[at..].char_indices().nth(2 * AROUND).map_or(text.len(), |(i, _)| at + i);
        let mut masked = Masked::default();
        masked.text.push_str(if from > 0 { "…" } else { "" });
        let (mut mark, mut mark_end) = (None, None);
        let start = |i: usize| Span::new(line.start + i..line.start + i).start;
        let mut next = shown.partition_point(|s| s.end <= start(from));
        // How far a line is indented is no secret.
        let indented = text.len() - text.trim_start_matches([' ', '\t']).len();
        let mut i = from;
        while i < to {
            if i >= at {
                mark.get_or_insert(masked.text.len());
            }
            if i >= end {
                mark_end.get_or_insert(masked.text.len());
            }
            while shown.get(next).is_some_and(|s| s.end <= start(i)) {
                next += 1;
            }
            // As far as everything is known, or nothing.
            let known = shown.get(next).filter(|s| s.start <= start(i));
            let turn = known.map(|s| s.end).or(shown.get(next).map(|s| s.start));
            let turn = turn.map_or(to, |turn| turn as usize - line.start);
            let stops = [turn, at, end, to, indented];
            let until = stops.into_iter().filter(|stop| *stop > i).min().unwrap_or(to);
            let until = text.ceil_char_boundary(until);
            masked.push(&text[i..until], known.is_some() || until <= indented);
            i = until;
        }
        let Masked { text: mut masked, anything } = masked;
        let length = masked.len();
        masked.push_str(if to < text.len() { "…" } else { "" });
        let start = mark.unwrap_or(length);
        let mark = start..mark_end.unwrap_or(length).max(start);
        anything.then(|| Excerpt { line: source.position(span.start).line, text: masked, mark })
    }
}

/// A line of which is hidden what is not known to be public.
#[derive(Default)]
struct Masked {
    text: String,
    /// Something of it can be read.
    anything: bool,
}

impl Masked {
    fn push(&mut self, piece: &str, known: bool) {
        if is_printed(piece) {
            if known {
                self.anything |= piece.bytes().any(|b| b.is_ascii_alphanumeric());
                self.text.push_str(piece);
            } else {
                self.hide(piece);
            }
            return;
        }
        for c in piece.chars() {
            if known && (c == '\t' || !is_obeyed(c)) {
                self.anything |= c.is_alphanumeric();
                self.text.push(c);
            } else {
                // What takes no column, but is obeyed, is seen.
                let columns = c.width().unwrap_or(1).max(usize::from(known));
                self.text.extend(std::iter::repeat_n('*', columns));
            }
        }
    }
}

impl Masked {
    /// Stars for a text; the quotes around it are shown.
    fn hide(&mut self, piece: &str) {
        let quote = piece.chars().next().filter(|c| piece.len() > 1 && matches!(c, '"' | '\''));
        match quote.filter(|quote| piece.ends_with(*quote)) {
            Some(quote) => {
                self.text.push(quote);
                self.text.extend(std::iter::repeat_n('*', piece.len() - 2));
                self.text.push(quote);
            }
            None => self.text.extend(std::iter::repeat_n('*', piece.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_takes_the_columns_that_it_took() {
        for (text, shown, span, want, mark) in [
            ("ab cd", 0..5, 3..5, Some("ab cd"), 3..5),
            ("x\nab cd\ny", 2..4, 5..6, Some("ab***"), 3..4),
            ("a漢b\u{301}é", 0..1, 1..4, Some("a****"), 1..3),
            ("a\tb", 0..2, 2..3, Some("a\t*"), 2..3),
            ("ab", 0..2, 2..2, Some("ab"), 2..2),
            ("a\u{202e}b\u{7f}c", 0..7, 4..5, Some("a*b*c"), 2..3),
            ("ab\ncd", 0..2, 1..5, Some("ab"), 1..2),
            ("ab", 0..0, 0..1, None, 0..0),
            ("= ab", 0..2, 0..1, None, 0..0),
            ("  \tab cd", 6..8, 6..8, Some("  \t***cd"), 6..8),
            ("ab: 'cd'", 0..4, 0..2, Some("ab: '**'"), 0..2),
        ] {
            let source = Source::new("x", text);
            let excerpt = Excerpt::new(&source, &[Span::new(shown)], Span::new(span));
            assert_eq!(excerpt.as_ref().map(|e| e.text.as_str()), want, "{text:?}");
            assert!(excerpt.is_none_or(|e| e.mark == mark), "{text:?}");
        }
        let long = format!("{}MARK{}", "a".repeat(5_000), "b".repeat(5_000));
        let excerpt =
            Excerpt::new(&Source::new("x", long), &[Span::new(0..10_004)], Span::new(5_000..5_004))
                .expect("an excerpt");
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "MARK");
        assert_eq!(excerpt.text.chars().count(), 3 * AROUND + 2);
    }
}
