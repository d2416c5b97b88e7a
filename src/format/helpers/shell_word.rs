//! Words of a POSIX shell: how they are quoted, what a shell fills in, and how a text is written as
//! one.

use std::ops::Range;

use crate::airflow::{Fault, Language, Raised};
use crate::source::{Builder, Encoding, Text};

/// A word, unquoted.
pub(crate) struct Word<'a> {
    /// What the shell hands on.
    pub(crate) value: Text<'a>,
    /// The first thing in it that a shell fills in.
    pub(crate) filled: Option<(Filled, Range<usize>)>,
    /// Behind the word.
    pub(crate) end: usize,
}

/// What a shell, Compose and most dotenv libraries fill in outside of single quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// `${NAME}`, or `$NAME` in capitals.
    Variable,
    /// `$(command)`.
    Command,
    /// `$name`, which is as likely a part of a password.
    Small,
    /// `{{ … }}`, which is rendered before a shell sees it.
    Braces,
}

/// Ends a word of a command, outside of quotes.
pub(crate) fn ends_in_command(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>' | '(' | ')')
}

/// The word that begins at `start`, up to a character outside of quotes that ends it. It may be put
/// together of pieces.
pub(crate) fn word<'a>(
    text: &Text<'a>,
    start: usize,
    ends: fn(char) -> bool,
) -> Result<Word<'a>, Raised> {
    let raw = text.as_str();
    let mut pieces = Vec::new();
    let mut at = start;
    while let Some(c) = raw[at..].chars().next().filter(|c| !ends(*c)) {
        let end = match c {
            '\'' | '"' => closing(raw, at, c).ok_or_else(|| {
                Raised::new(
                    "AirflowFileParseException",
                    Fault::Syntax(Language::Words),
                    "a quote that is not closed",
                )
                .at(text.span_of(at..at + 1))
            })?,
            '\\' => raw[at + 1..].chars().next().map_or(at, |next| at + next.len_utf8()),
            '$' if raw[at + 1..].starts_with(['(', '{']) => expansion(raw, at),
            '{' if raw[at..].starts_with("{{") => {
                let line = raw[at..].lines().next().unwrap_or_default();
                line.find("}}").map_or(at + 1, |n| at + n + 1)
            }
            _ => {
                let behind = at + c.len_utf8();
                let next = raw[behind..].char_indices().find(|(i, c)| {
                    let here = &raw[behind + i..];
                    ends(*c)
                        || "'\"\\".contains(*c)
                        || here.starts_with("{{")
                        || here.starts_with("$(")
                        || here.starts_with("${")
                });
                next.map_or(raw.len(), |(i, _)| behind + i) - 1
            }
        };
        pieces.push((c, at..end + 1));
        at = end + 1;
    }
    let filled = pieces
        .iter()
        .filter(|(c, _)| !matches!(c, '\'' | '\\'))
        .find_map(|(_, piece)| filled(raw, piece.clone()))
        .or_else(|| {
            let braced = |(_, piece): &(char, Range<usize>)| raw[piece.clone()].starts_with("{{");
            pieces
                .iter()
                .find(|piece| braced(piece))
                .map(|(_, piece)| (Filled::Braces, piece.clone()))
        });
    if let [(quote, piece)] = &pieces[..]
        && *quote != '\\'
    {
        let value = match quote {
            '"' => unescaped(text, piece.clone()),
            '\'' => text.literal(piece.clone(), piece.start + 1..piece.end - 1, &SINGLE),
            _ => text.literal(piece.clone(), piece.clone(), &BARE),
        };
        return Ok(Word { value, filled, end: at });
    }
    let word = text.slice(start..at);
    let mut built = Builder::new(&word);
    for (c, piece) in pieces {
        let piece = piece.start - start..piece.end - start;
        match c {
            '\'' => built.copy(piece.start + 1..piece.end - 1),
            '"' => unescape(&word, piece.start + 1..piece.end - 1, &mut built),
            // A line that goes on below.
            '\\' if word.as_str()[piece.clone()].ends_with('\n') => {}
            '\\' => built.copy(piece.start + 1..piece.end),
            _ => built.copy(piece),
        }
    }
    Ok(Word { value: built.finish(&WORD), filled, end: at })
}

/// The first `$` in a part of the text that is not in single quotes and not escaped, with what it
/// begins.
pub(crate) fn filled(raw: &str, range: Range<usize>) -> Option<(Filled, Range<usize>)> {
    let mut escaped = false;
    for (i, c) in raw[range.clone()].char_indices() {
        let rest = &raw[range.start + i..range.end];
        if c == '$' && !escaped {
            let name = 1 + rest[1..]
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len() - 1);
            let found = match rest.as_bytes().get(1) {
                Some(b'{') => Some((Filled::Variable, rest.find('}').map_or(2, |end| end + 1))),
                Some(b'(') => Some((Filled::Command, rest.find(')').map_or(2, |end| end + 1))),
                Some(b'A'..=b'Z' | b'_')
                    if !rest[..name].contains(|c: char| c.is_ascii_lowercase()) =>
                {
                    Some((Filled::Variable, name))
                }
                Some(b'A'..=b'Z' | b'a'..=b'z' | b'_') => Some((Filled::Small, name)),
                _ => None,
            };
            if let Some((filled, len)) = found {
                return Some((filled, range.start + i..range.start + i + len));
            }
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// A word without quotes.
pub(crate) static BARE: Encoding = Encoding {
    name: "shell word without quotes",
    part: |new, _| new.chars().all(is_safe).then(|| new.to_string()),
    whole: |new, _| Some(quoted(new)),
};

/// A word in single quotes.
pub(crate) static SINGLE: Encoding = Encoding {
    name: "shell word in single quotes",
    part: |new, _| (!new.contains('\'')).then(|| new.to_string()),
    whole: |new, _| Some(quoted(new)),
};

/// A word in double quotes.
pub(crate) static DOUBLE: Encoding = Encoding {
    name: "shell word in double quotes",
    part: |new, _| Some(escaped(new)),
    whole: |new, _| Some(format!("\"{}\"", escaped(new))),
};

/// A word that is put together of several pieces.
pub(crate) static WORD: Encoding =
    Encoding { name: "shell word", part: |_, _| None, whole: |new, _| Some(quoted(new)) };

/// Where the `$(…)` or `${…}` that begins at `start` ends: its last character. What is not closed
/// in its line is none.
fn expansion(raw: &str, start: usize) -> usize {
    start + bracketed(&raw[start + 1..], true).unwrap_or(0)
}

/// How long what the bracket at the beginning of a text opens is, with what is quoted in it passed
/// over; `within_line` says that a line end closes nothing.
pub(crate) fn bracketed(text: &str, within_line: bool) -> Option<usize> {
    let (mut open, mut escaped, mut quote) = (0_usize, false, None);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != Some('\'') => escaped = true,
            c if quote == Some(c) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(c),
            '(' | '{' if quote.is_none() => open += 1,
            ')' | '}' if quote.is_none() => {
                open -= 1;
                if open == 0 {
                    return Some(i + 1);
                }
            }
            '\n' if within_line => return None,
            _ => {}
        }
    }
    None
}

/// Where the quote that opens at `start` is closed.
fn closing(raw: &str, start: usize, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in raw[start + 1..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return Some(start + 1 + i),
            _ => {}
        }
    }
    None
}

fn unescaped<'a>(text: &Text<'a>, token: Range<usize>) -> Text<'a> {
    let inside = token.start + 1..token.end - 1;
    if !text.as_str()[inside.clone()].contains('\\') {
        return text.literal(token, inside, &DOUBLE);
    }
    let token = text.slice(token);
    let inside = 1..token.as_str().len() - 1;
    let mut built = Builder::new(&token);
    unescape(&token, inside.clone(), &mut built);
    built.finish_in(&DOUBLE, 0..token.as_str().len(), inside)
}

/// Inside double quotes a backslash escapes `$`, `` ` ``, `"`, `\` and a newline.
fn unescape(text: &Text<'_>, range: Range<usize>, built: &mut Builder<'_>) {
    let start = range.start;
    let mut chars = text.as_str()[range].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let at = start + i;
        match chars.peek() {
            Some((_, '\n')) if c == '\\' => {
                chars.next();
            }
            Some((_, next @ ('$' | '`' | '"' | '\\'))) if c == '\\' => {
                built.decode(next.encode_utf8(&mut [0; 4]), at..at + 2);
                chars.next();
            }
            _ => built.copy(at..at + c.len_utf8()),
        }
    }
}

/// How a quote is written within single quotes, which a shell alone reads so.
pub const OF_A_SHELL: &str = "'\"'\"'";

/// As one word of a POSIX shell, in the form of Python's `shlex.quote`: double quotes hold nothing
/// but single ones, because bash and zsh, where somebody types or pastes, expand `!` in any others.
pub(crate) fn quoted(value: &str) -> String {
    if !value.is_empty() && value.chars().all(is_safe) {
        return value.to_string();
    }
    format!("'{}'", value.replace('\'', OF_A_SHELL))
}

/// An option of a command with its value, both as words of a shell. A value that begins with `-`
/// would be taken for another option if it were a word of its own.
pub(crate) fn option(name: &str, value: &str) -> String {
    let equals = if value.starts_with('-') { '=' } else { ' ' };
    format!("{name}{equals}{}", quoted(value))
}

/// Characters that mean themselves in a word without quotes.
pub(crate) fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '=')
}

/// As it stands between double quotes.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '$' | '`' | '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
/// Whether the value is a URI and this stands in front of its `@`.
pub(crate) fn is_in_userinfo(value: &str, piece: &str) -> bool {
    let uri = Some(value)
        .filter(|value| !value.trim_start().starts_with('{'))
        .and_then(|value| value.split_once("://"));
    uri.is_some_and(|(_, rest)| rest.rfind('@').is_some_and(|at| rest[..at].contains(piece)))
}
