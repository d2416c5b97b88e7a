//! Words of a Dockerfile: where they begin and end, how they are quoted, and what the build fills
//! in.

use std::ops::Range;

use crate::source::{Builder, Encoding, Text};

/// A word or value without its quotes.
pub(crate) struct Unquoted<'a> {
    /// What the build takes it for.
    pub(crate) value: Text<'a>,
    /// The first variable in it, and whether it is plainly meant as one.
    pub(crate) filled: Option<(Range<usize>, bool)>,
}

/// The places of a name and of its value.
pub(crate) type Pair = (Range<usize>, Range<usize>);

/// Names and values in the arguments of `ENV`, or of `ARG`, which may have names alone and has no
/// old form. Fails with a word that is neither.
pub(crate) fn pairs(line: &str, escape: char, env: bool) -> Result<Vec<Pair>, Range<usize>> {
    let words = words(line, escape);
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    if env && !line[first.clone()].contains('=') {
        // `ENV NAME the rest of the line`.
        let name = line[first.start..]
            .find(char::is_whitespace)
            .map_or(first.clone(), |n| first.start..first.start + n);
        let start = name.end + line[name.end..].len() - line[name.end..].trim_start().len();
        let end = start + line[start..].trim_end().len();
        return if start < end { Ok(vec![(name, start..end)]) } else { Err(first.clone()) };
    }
    let mut pairs = Vec::with_capacity(words.len());
    for word in words {
        match line[word.clone()].find('=') {
            Some(0) => return Err(word),
            Some(at) => pairs.push((word.start..word.start + at, word.start + at + 1..word.end)),
            None if env => return Err(word),
            None => {}
        }
    }
    Ok(pairs)
}

/// Words between blanks that no quote and no escape holds.
fn words(line: &str, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let (mut start, mut quote): (Option<usize>, Option<char>) = (None, None);
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => {
                words.extend(start.take().map(|start| start..at));
                continue;
            }
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            None | Some('"') if c == escape => _ = chars.next(),
            _ => {}
        }
        start.get_or_insert(at);
    }
    words.extend(start.map(|start| start..line.len()));
    words
}

/// A part of the line without its quotes. Fails with a quote that is not closed.
pub(crate) fn unquoted<'a>(
    line: &Text<'a>,
    part: Range<usize>,
    escape: char,
) -> Result<Unquoted<'a>, Range<usize>> {
    let raw = line.as_str();
    let inside = part.start + 1..part.end.saturating_sub(1).max(part.start + 1);
    let body = raw.get(inside.clone()).filter(|_| part.len() >= 2).unwrap_or("'");
    if raw[part.clone()].starts_with('\'')
        && raw[part.clone()].ends_with('\'')
        && !body.contains('\'')
    {
        return Ok(Unquoted { value: line.literal(part, inside, &SINGLE), filled: None });
    }
    let mut built = Builder::new(line);
    let mut filled = None;
    let mut quote: Option<(char, usize)> = None;
    let mut at = part.start;
    while let Some(c) = raw[at..part.end].chars().next() {
        let end = at + c.len_utf8();
        let next = raw[end..part.end].chars().next();
        match (quote, c) {
            (None, '"' | '\'') => quote = Some((c, at)),
            (Some((open, _)), _) if c == open => quote = None,
            (Some(('\'', _)), _) => built.copy(at..end),
            (_, c) if c == escape => {
                // In double quotes it stands for itself ahead of most.
                let taken =
                    quote.is_none() || next.is_some_and(|c| c == escape || c == '"' || c == '$');
                match next {
                    Some(c) if taken => {
                        built.decode(c.encode_utf8(&mut [0; 4]), at..end + c.len_utf8())
                    }
                    Some(c) => built.copy(at..end + c.len_utf8()),
                    None => built.copy(at..end),
                }
                at = end + next.map_or(0, char::len_utf8);
                continue;
            }
            (_, '$') => {
                let variable = variable(&raw[at..part.end]);
                if let (None, Some((len, sure))) = (&filled, variable) {
                    filled = Some((at..at + len, sure));
                }
                built.copy(at..end);
            }
            _ => built.copy(at..end),
        }
        at = end;
    }
    if let Some((_, open)) = quote {
        return Err(open..open + 1);
    }
    let encoding = if escape == '`' { &BACKTICK } else { &BACKSLASH };
    Ok(Unquoted { value: built.finish_in(encoding, part.clone(), part), filled })
}

/// The bytes of the variable that `text` begins with, and whether it is plainly meant as one. `$`
/// and what is not a name stand for themselves.
fn variable(text: &str) -> Option<(usize, bool)> {
    let rest = &text[1..];
    if rest.starts_with('{') {
        return Some((rest.find('}').map_or(2, |end| end + 2), true));
    }
    let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    match rest.chars().next()? {
        '@' | '*' | '#' | '?' | '-' | '$' | '!' => Some((2, false)),
        c if c.is_ascii_digit() => {
            Some((1 + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()), false))
        }
        _ if name > 0 => Some((1 + name, !rest[..name].contains(char::is_lowercase))),
        _ => None,
    }
}

/// A word in single quotes, in which nothing is an escape.
static SINGLE: Encoding = Encoding {
    name: "word of a Dockerfile in single quotes",
    part: |new, _| (!new.contains(['\'', '\n', '\r'])).then(|| new.to_string()),
    whole: |new, old| quoted(new, old, '\\').filter(|word| !word.contains('\\')),
};

static BACKSLASH: Encoding = Encoding {
    name: "word of a Dockerfile",
    part: |_, _| None,
    whole: |new, old| quoted(new, old, '\\'),
};

static BACKTICK: Encoding = Encoding {
    name: "word of a Dockerfile with escape=`",
    part: |_, _| None,
    whole: |new, old| quoted(new, old, '`'),
};

/// As a word that stands in the place of `old`.
fn quoted(new: &str, old: &str, escape: char) -> Option<String> {
    if new.contains(['\n', '\r']) {
        return None;
    }
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=?&".contains(c);
    if !new.is_empty() && new.chars().all(safe) && !old.contains(['"', '\'']) {
        return Some(new.to_string());
    }
    if !new.contains('\'') && !old.starts_with('"') {
        return Some(format!("'{new}'"));
    }
    let mut out = String::from("\"");
    for c in new.chars() {
        if c == '"' || c == '$' || c == escape {
            out.push(escape);
        }
        out.push(c);
    }
    out.push('"');
    Some(out)
}
