//! Backslash escapes of `$'…'`, `printf` and `echo -e`.

use std::ops::Range;

use super::document::Document;
use super::word::Fill;
use crate::source::{Builder, Encoding};

/// What the backslash at `at` begins stands for, and where it ends; nothing for one that stands for
/// itself.
pub(super) fn escape(raw: &str, at: usize, end: usize) -> Option<(String, usize)> {
    let c = raw[at + 1..end].chars().next()?;
    let behind = at + 1 + c.len_utf8();
    let one = |text: &str| Some((text.to_string(), behind));
    match c {
        'n' => one("\n"),
        't' => one("\t"),
        'r' => one("\r"),
        'a' => one("\u{7}"),
        'b' => one("\u{8}"),
        'e' | 'E' => one("\u{1b}"),
        'f' => one("\u{c}"),
        'v' => one("\u{b}"),
        '\\' | '\'' | '"' | '?' => one(&c.to_string()),
        'x' => number(raw, behind, end, 16, 2),
        'u' => number(raw, behind, end, 16, 4),
        'U' => number(raw, behind, end, 16, 8),
        '0'..='7' => number(raw, at + 1, end, 8, 3),
        _ => None,
    }
}

/// A character by its number, of so many digits at most.
fn number(raw: &str, at: usize, end: usize, radix: u32, most: usize) -> Option<(String, usize)> {
    let digits: String =
        raw[at..end].chars().take(most).take_while(|c| c.is_digit(radix)).collect();
    let c = u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32)?;
    (c != '\0').then(|| (c.to_string(), at + digits.len()))
}

/// The escapes of `printf` and `echo -e` taken off a text.
pub(crate) fn unescaped<'a>(document: &Document<'a>) -> Document<'a> {
    let raw = document.text.as_str();
    if !raw.contains('\\') {
        return document.clone();
    }
    let mut built = Builder::new(&document.text);
    let mut fills = Vec::with_capacity(document.fills.len());
    let mut at = 0;
    for (found, _) in raw.match_indices('\\') {
        if found < at {
            continue;
        }
        let Some((text, end)) = escape(raw, found, raw.len()) else { continue };
        copy(&document.fills, at..found, &mut built, &mut fills);
        built.decode(&text, found..end);
        at = end;
    }
    copy(&document.fills, at..raw.len(), &mut built, &mut fills);
    Document { text: built.finish(&ESCAPED), fills }
}

fn copy(fills: &[Fill], range: Range<usize>, built: &mut Builder<'_>, moved: &mut Vec<Fill>) {
    let next = fills.partition_point(|fill| fill.inside.start < range.start);
    for fill in fills[next..].iter().take_while(|fill| fill.inside.start < range.end) {
        let start = built.len() + fill.inside.start - range.start;
        moved.push(Fill { inside: start..start + fill.inside.len(), ..fill.clone() });
    }
    built.copy(range);
}

/// Text in which backslashes escape, and in which `printf` takes `%` for more.
static ESCAPED: Encoding =
    Encoding { name: "text with escapes", part: |new, _| again(new), whole: |new, _| again(new) };

fn again(new: &str) -> Option<String> {
    (!new.contains('%')).then(|| new.replace('\\', "\\\\").replace('\n', "\\n"))
}
