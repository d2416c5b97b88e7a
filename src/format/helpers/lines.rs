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
