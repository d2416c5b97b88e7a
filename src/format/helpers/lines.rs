//! Lines of a text, traced.

use crate::source::Text;

/// Lines that end at LF or CRLF.
pub(crate) fn lines<'a>(text: &Text<'a>) -> impl Iterator<Item = Text<'a>> {
    lines_and_ends(text).map(|(line, _)| line)
}

/// The same, each with the byte behind its end.
pub(crate) fn lines_and_ends<'a>(text: &Text<'a>) -> impl Iterator<Item = (Text<'a>, usize)> {
    let mut end = 0;
    text.as_str().split_inclusive('\n').map(move |line| {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').unwrap_or(content);
        let start = end;
        end += line.len();
        (text.slice(start..start + content.len()), end)
    })
}

/// What follows a value is looked at so far.
const BEHIND: usize = 4 << 10;

/// Whether what stands behind a value that ends at `end` looks like the rest of it: a password that
/// was pasted with a line end or a blank in it. An `@` follows, in the same line or in the next one
/// that is not empty, with no blank ahead of it, and that line is not a comment, an assignment or a
/// URI of its own.
pub(crate) fn goes_on(raw: &str, end: usize) -> bool {
    let to = raw.floor_char_boundary(end + BEHIND);
    let behind = raw.get(end..to).unwrap_or_default();
    let mut lines = behind.split(['\n', '\r']);
    let same = lines.next().unwrap_or_default();
    let next = lines.find(|line| !line.trim().is_empty()).unwrap_or_default();
    is_rest(same) || same.trim_matches(QUOTES).trim().is_empty() && is_rest(next)
}

const QUOTES: [char; 2] = ['"', '\''];

fn is_rest(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let Some((before, _)) = line.split_once('@') else { return false };
    let is_name = |name: &str| {
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let lower = |c: char| c.is_ascii_lowercase() || c == '_';
        !name.is_empty() && (name.chars().all(upper) || name.chars().all(lower))
    };
    let name = before.split_once('=').map_or("", |(name, _)| name);
    !line.starts_with(['#', ';'])
        && !before.contains("://")
        && !before.trim_end().contains(char::is_whitespace)
        && !is_name(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_password_stands_behind_a_line_end_or_a_blank() {
        for (text, want) in [
            ("x://u:P@tide|\nkelp@h/d\n", true),
            ("x://u:P@tide|\r\n\r\nkelp@h/d\n", true),
            ("'x://u:P@tide|'\nkelp@h/d\n", true),
            ("x://u:P@tide| kelp@h/d\n", true),
            ("x://u:P@tide|<kelp@h/d\n", true),
            ("x://u:P@tide|\nkeLp2=kelp@h/d\n", true),
            ("x://u:P@tide|", false),
            ("x://u:P@tide|\nkelp\n", false),
            ("x://u:P@tide|\n# ops@example.com\n", false),
            ("x://u:P@tide| # ops@example.com\n", false),
            ("x://u:P@tide|\nMAIL_FROM=ops@example.com\n", false),
            ("x://u:P@tide|\nexport mail=ops@example.com\n", false),
            ("x://u:P@tide|\nx://u:p@h\n", false),
            ("x://u:P@tide|\nairflow users create --email ops@example.com\n", false),
            ("x://u:P@tide| && airflow users create --email ops@example.com\n", false),
        ] {
            let end = text.find('|').expect("a mark");
            let text = text.replace('|', "");
            assert_eq!(goes_on(&text, end), want, "{text}");
        }
    }
}
