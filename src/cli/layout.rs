//! How wide what people read on a terminal is, and where its lines break.

use std::io::IsTerminal;

use unicode_width::UnicodeWidthStr;

use crate::source::clean;

/// Where nobody says how wide the terminal is.
const USUAL: usize = 80;

/// Where lines break that are no terminal's.
const PIPED: usize = 100;

/// Narrower ones are not counted with.
const NARROWEST: usize = 40;

/// The width of standard output, in characters. What is no terminal has no end of its lines.
pub(super) fn width() -> usize {
    terminal().unwrap_or(usize::MAX)
}

/// The same for lines that are broken also where nobody looks at a terminal, at 100.
pub(super) fn width_of_lines() -> usize {
    terminal().unwrap_or(PIPED)
}

/// The width of standard output; none where it is no terminal.
pub(super) fn terminal() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| of(terminal_size::terminal_size()))
}

/// The width of standard error.
pub(super) fn width_of_errors() -> usize {
    of(terminal_size::terminal_size_of(std::io::stderr()))
}

fn of(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    // A pseudo terminal of a program may say that it has no columns at all.
    size.map_or(USUAL, |(terminal_size::Width(columns), _)| usize::from(columns)).max(NARROWEST)
}

/// A text that begins at column `at` (from 0), cleaned and broken at blanks; its further lines
/// begin at column `indent`.
pub(super) fn wrapped(text: &str, at: usize, indent: usize, width: usize) -> String {
    let mut out = String::new();
    let mut column = at;
    for word in text.split_whitespace() {
        let word = clean(word);
        let length = word.chars().count();
        let first = out.is_empty();
        if !first && column + 1 + length > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if !first {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += length;
    }
    out
}

/// Breaks lines at blanks that are wider than `width`, if they have a label in their first
/// [`LABEL`] columns; their further lines begin behind it.
pub(super) fn labelled(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        match content.split_at_checked(LABEL) {
            Some((label, rest)) if label.ends_with("  ") && content.width() > width => {
                out.push_str(&filled(rest, width, label, &" ".repeat(LABEL)));
            }
            _ => out.push_str(content),
        }
        out.push_str(&line[content.len()..]);
    }
    out
}

/// A text broken at blanks, with what stands ahead of its first line and of the others. Words stay
/// whole.
pub(super) fn filled(text: &str, width: usize, first: &str, rest: &str) -> String {
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// The columns of a label: two blanks, twelve for the word, two blanks.
const LABEL: usize = 16;

#[cfg(test)]
mod tests {
    use super::{labelled, wrapped};

    #[test]
    fn lines_break_behind_their_labels() {
        let text = "name\n  extra         {\"a\": 1, \"b\": 2}\n  a-label-without-end and more\n";
        let indent = " ".repeat(16);
        let want = format!(
            "name\n  extra         {{\"a\":\n{indent}1,\n{indent}\"b\":\n{indent}2}}\n  \
             a-label-without-end and more\n"
        );
        assert_eq!(labelled(text, 21), want);
        assert_eq!(labelled(text, 80), text);
    }

    #[test]
    fn lines_break_at_blanks() {
        for (text, at, indent, width, want) in [
            ("one two three", 0, 2, 80, "one two three"),
            ("one two three", 0, 2, 7, "one two\n  three"),
            ("one two three", 10, 2, 8, "one\n  two\n  three"),
            ("a-word-that-is-too-long b", 0, 1, 10, "a-word-that-is-too-long\n b"),
            ("", 3, 3, 10, ""),
            ("one two", 0, 0, usize::MAX, "one two"),
            ("one\n::two \u{1b}[2J\u{202e}", 0, 0, usize::MAX, "one ::two \u{fffd}[2J\u{fffd}"),
        ] {
            assert_eq!(wrapped(text, at, indent, width), want, "{text} {width}");
        }
    }
}
