//! Files of variables as the package dotenv of npm reads them: by one regular expression, line by
//! line, whose pieces are here in its order.

use super::{Reading, Set, Value, until};

/// What it makes of a text.
pub(in crate::format::environment) fn read(raw: &str) -> Reading {
    let mut reading = Reading::default();
    let mut at = 0;
    while at < raw.len() {
        let (set, next) = match line(raw, at) {
            Some((set, next)) => (Some(set), next.max(at + 1)),
            // Lines of blanks ahead of it lead to the same place.
            None => {
                let blanks = raw.len() - raw[at..].trim_start_matches(is_space).len();
                (None, line_end(raw, blanks.max(at)) + 1)
            }
        };
        reading.set.extend(set);
        at = next;
    }
    reading
}

/// The match that begins at the start of a line, and where it ends.
fn line(raw: &str, at: usize) -> Option<(Set, usize)> {
    let skip = |at: usize| raw.len() - raw[at..].trim_start_matches(is_space).len();
    let mut start = skip(at);
    if let Some(rest) = raw[start..].strip_prefix("export")
        && rest.starts_with(is_space)
    {
        start = skip(start + "export".len());
    }
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let name = start..raw.len() - raw[start..].trim_start_matches(word).len();
    if name.is_empty() {
        return None;
    }
    let value = if raw[skip(name.end)..].starts_with('=') {
        skip(name.end) + 1
    } else {
        let rest = raw[name.end..].strip_prefix(':')?;
        let blank = rest.chars().next().filter(|c| is_space(*c))?;
        name.end + 1 + blank.len_utf8()
    };
    let quoted = skip(value);
    let quote = raw[quoted..].chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    if let Some(quote) = quote
        && let Some((end, next)) = closings(raw, quoted, quote)
    {
        let mut built = Value::default();
        unescaped(raw, quoted + 1..end - 1, quote, &mut built);
        let why = "takes what stands between the quotes";
        return Some((Set { name, token: quoted..end, value: built, lost: false, why }, next));
    }
    let len = raw[value..].find(['#', '\r', '\n']).unwrap_or(raw.len() - value);
    let end = line_end(raw, value);
    let kept = raw[value..value + len].trim_matches(is_space);
    let token = raw[value..value + len].find(kept).map_or(value, |n| value + n);
    let token = token..token + kept.len();
    let mut built = Value::default();
    let inner = ['\'', '"', '`']
        .into_iter()
        .find(|quote| kept.len() > 1 && kept.starts_with(*quote) && kept.ends_with(*quote));
    match inner {
        Some(quote) => unescaped(raw, token.start + 1..token.end - 1, quote, &mut built),
        None if kept.starts_with('"') => unescaped(raw, token.clone(), '"', &mut built),
        None => built.copy(raw, token.clone()),
    }
    let why = "ends it at the first `#`";
    Some((Set { name, token, value: built, lost: false, why }, end))
}

/// The last closing quote behind which nothing but a comment stands, and where the line ends.
fn closings(raw: &str, start: usize, quote: char) -> Option<(usize, usize)> {
    let mut at = start + 1;
    while let Some(c) = raw[at..].chars().next() {
        let end = at + c.len_utf8();
        if c == quote {
            return closed(raw, end).map(|next| (end, next));
        }
        at = if c == '\\' && raw[end..].starts_with(quote) { end + 1 } else { end };
    }
    None
}

/// Where the line ends, if nothing but a comment stands in the rest of it.
fn closed(raw: &str, at: usize) -> Option<usize> {
    let rest = raw[at..].trim_start_matches(|c| is_space(c) && c != '\n' && c != '\r');
    let begins = raw.len() - rest.len();
    (rest.is_empty() || rest.starts_with(['#', '\n', '\r'])).then(|| line_end(raw, begins))
}

/// Between double quotes `\n` and `\r` are line ends.
fn unescaped(raw: &str, range: std::ops::Range<usize>, quote: char, value: &mut Value) {
    let mut at = range.start;
    while at < range.end {
        let rest = &raw[at..range.end];
        let decoded = match rest.as_bytes() {
            [b'\\', b'n', ..] if quote == '"' => Some("\n"),
            [b'\\', b'r', ..] if quote == '"' => Some("\r"),
            [b'\r', b'\n', ..] => Some("\n"),
            _ => None,
        };
        match decoded {
            Some(decoded) => {
                value.put(decoded, at..at + 2);
                at += 2;
            }
            None => {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                let len = until(rest, first, &['\\', '\r']);
                value.copy(raw, at..at + len);
                at += len;
            }
        }
    }
}

/// `\s` of a regular expression of JavaScript.
fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\u{85}' || c == '\u{feff}'
}

fn line_end(raw: &str, at: usize) -> usize {
    raw[at..].find(['\n', '\r']).map_or(raw.len(), |n| at + n)
}
