//! Files of variables as python-dotenv reads them.

use super::{Reading, Set, Value, until};

/// What it makes of a text.
pub(in crate::format::environment) fn read(raw: &str) -> Reading {
    let mut reading = Reading::default();
    let mut at = raw.len() - raw.trim_start_matches('\u{feff}').len();
    while at < raw.len() {
        at += raw[at..].len() - raw[at..].trim_start().len();
        if at >= raw.len() {
            break;
        }
        let (set, next) = binding(raw, at);
        reading.set.extend(set);
        at = match next {
            Some(next) => next,
            None => line_end(raw, at) + 1,
        };
    }
    reading
}

/// A line, and where the next begins; `None` where it is passed over.
fn binding(raw: &str, at: usize) -> (Option<Set>, Option<usize>) {
    let mut start = at;
    if let Some(rest) = raw[at..].strip_prefix("export")
        && rest.trim_start_matches(is_blank).len() < rest.len()
    {
        start = raw.len() - rest.trim_start_matches(is_blank).len();
    }
    if raw[start..].starts_with('#') {
        return (None, ended(raw, start));
    }
    let (name, behind) = if raw[start..].starts_with('\'') {
        match raw[start + 1..].find('\'') {
            Some(len) if len > 0 => (start + 1..start + 1 + len, start + len + 2),
            _ => return (None, None),
        }
    } else {
        let len = raw[start..]
            .find(|c: char| c == '=' || c == '#' || c.is_whitespace())
            .unwrap_or(raw.len() - start);
        (start..start + len, start + len)
    };
    if name.is_empty() {
        return (None, None);
    }
    let equals = raw.len() - raw[behind..].trim_start_matches(is_blank).len();
    if !raw[equals..].starts_with('=') {
        return (None, ended(raw, equals));
    }
    let value = raw.len() - raw[equals + 1..].trim_start_matches(is_blank).len();
    let first = raw[value..].chars().next();
    let mut built = Value::default();
    let (end, why) = match first {
        Some('#') if value > equals + 1 => (value, "takes the rest of the line for a comment"),
        Some(quote @ ('\'' | '"')) => match quoted(raw, value, quote, &mut built) {
            Some(end) => (end, "reads escapes between quotes in its own way"),
            None => return (None, None),
        },
        _ => {
            let line = line_end(raw, value);
            let cut = comment(&raw[value..line]).map_or(line, |n| value + n);
            let kept = value + raw[value..cut].trim_end().len();
            built.copy(raw, value..kept);
            (line, "takes the rest of the line as it stands")
        }
    };
    let Some(next) = ended(raw, end) else { return (None, None) };
    let token_end = if matches!(first, Some('\'' | '"')) { end } else { value + built.text.len() };
    (Some(Set { name, token: value..token_end, value: built, lost: false, why }), Some(next))
}

/// Where blanks begin that a `#` follows.
fn comment(line: &str) -> Option<usize> {
    line.match_indices('#').find_map(|(at, _)| {
        let before = line[..at].trim_end();
        (before.len() < at).then_some(before.len())
    })
}

/// Where the next line begins, if nothing but a comment stands in the rest of this one.
fn ended(raw: &str, at: usize) -> Option<usize> {
    let mut end = raw.len() - raw[at..].trim_start_matches(is_blank).len();
    if raw[end..].starts_with('#') {
        end = line_end(raw, end);
    }
    let rest = &raw[end..];
    let ends = ["\r\n", "\n", "\r"].iter().find(|ends| rest.starts_with(**ends));
    match ends {
        Some(ends) => Some(end + ends.len()),
        None => rest.is_empty().then_some(end),
    }
}

/// What stands between quotes, and where it ends.
fn quoted(raw: &str, start: usize, quote: char, value: &mut Value) -> Option<usize> {
    let mut at = start + 1;
    while let Some(c) = raw[at..].chars().next() {
        let end = at + c.len_utf8();
        if c == quote {
            return Some(end);
        }
        if c != '\\' {
            let end = until(raw, end, &['\\', quote]);
            value.copy(raw, at..end);
            at = end;
            continue;
        }
        let next = raw[end..].chars().next()?;
        let behind = end + next.len_utf8();
        let decoded = match next {
            '\\' => "\\",
            '\'' => "'",
            _ if quote == '\'' => "",
            '"' => "\"",
            'a' => "\u{7}",
            'b' => "\u{8}",
            'f' => "\u{c}",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\u{b}",
            _ => "",
        };
        if decoded.is_empty() {
            value.copy(raw, at..behind);
        } else {
            value.put(decoded, at..behind);
        }
        at = behind;
    }
    None
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n' && c != '\r'
}

fn line_end(raw: &str, at: usize) -> usize {
    raw[at..].find(['\n', '\r']).map_or(raw.len(), |n| at + n)
}
