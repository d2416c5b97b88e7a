//! Lines of a text, traced.

use crate::source::Text;

/// Lines that end at LF or CRLF.
pub(crate) fn lines<'a>(text: &Text<'a>) -> Vec<Text<'a>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.as_str().split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').unwrap_or(content);
        lines.push(text.slice(start..start + content.len()));
        start += line.len();
    }
    lines
}

/// So much of a line is looked at ahead of a place in it.
const AHEAD: usize = 16 << 10;

/// The text ahead of a place, as far as it is looked at.
pub(crate) fn ahead(raw: &str, at: usize) -> &str {
    let mut start = at.saturating_sub(AHEAD);
    while !raw.is_char_boundary(start) {
        start += 1;
    }
    &raw[start..at]
}

/// The line ahead of a place, or its last part where it is long.
pub(crate) fn line_before(raw: &str, at: usize) -> &str {
    ahead(raw, at).rsplit('\n').next().unwrap_or_default()
}
