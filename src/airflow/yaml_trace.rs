//! The way from the text of a YAML scalar back to its bytes, through quotes, escapes and folding.

use super::yaml_types::{Tag, resolve};
use crate::model::Style;
use crate::source::{Builder, Encoding, Span, Text};

/// The text of a YAML scalar with its way back to the source. `value` is what the scalar means;
/// where the way through folding is lost, the text points at the whole scalar.
pub fn trace_scalar(document: &Text<'_>, span: Span, style: Style, value: &str) -> Text<'static> {
    let exact = document
        .as_str()
        .get(span.range())
        .and_then(|raw| align(document, span.start as usize, raw, style, value));
    exact.unwrap_or_else(|| match document.span_of(span.range()) {
        Some(place) => Text::whole(value.to_string(), place),
        None => Text::owned(value.to_string()),
    })
}

/// Walks the written and the decoded text side by side.
fn align(
    document: &Text<'_>,
    base: usize,
    raw: &str,
    style: Style,
    value: &str,
) -> Option<Text<'static>> {
    let mut built = Builder::new(document);
    let mut at = match style {
        Style::Single | Style::Double => 1,
        Style::Block => raw.find(['\n', '\r'])?,
        _ => 0,
    };
    let blank =
        |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut rest = value;
    while !rest.is_empty() || style == Style::Block && raw[at..].starts_with(blank) {
        let written = raw[at..].chars().next()?;
        let folded = raw[at..].len() - raw[at..].trim_start_matches(blank).len();
        let breaks = raw[at..at + folded].contains(|c| blank(c) && c != ' ' && c != '\t');
        if breaks {
            let taken = rest.len() - rest.trim_start_matches(blank).len();
            built.decode(&rest[..taken], base + at..base + at + folded);
            rest = &rest[taken..];
            at += folded;
            continue;
        }
        let next = rest.chars().next()?;
        let len = match (style, written) {
            (Style::Single, '\'') => 2,
            (Style::Double, '\\') => match raw[at + 1..].chars().next()? {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                '\n' | '\r' => {
                    at += 1 + raw[at + 1..].len() - raw[at + 1..].trim_start_matches(blank).len();
                    continue;
                }
                c => 1 + c.len_utf8(),
            },
            _ if written == next => written.len_utf8(),
            _ => return None,
        };
        if at + len > raw.len() {
            return None;
        }
        built.decode(&rest[..next.len_utf8()], base + at..base + at + len);
        rest = &rest[next.len_utf8()..];
        at += len;
    }
    let token = base..base + raw.len();
    let quotes = usize::from(matches!(style, Style::Single | Style::Double));
    let content = token.start + quotes..token.end - quotes;
    let text = built.finish_in(encoding(style), token, content);
    (text.as_str() == value).then_some(text)
}

/// The text of a node without its anchor and tag. `None` where an alias refers to it: what is
/// changed here would change there, too.
pub fn unshared(text: &str, node: Span, style: Style) -> Option<&str> {
    let mut written = text.get(node.range())?;
    // Of what was made of a node nobody knows whether the node is shared.
    if style == Style::Shared || written.starts_with('&') && style != Style::Anchored {
        return None;
    }
    while written.starts_with(['&', '!']) {
        written = written.split_once(char::is_whitespace)?.1.trim_start();
    }
    Some(written)
}

/// How a scalar of a style is encoded.
pub fn encoding(style: Style) -> &'static Encoding {
    match style {
        Style::Single => &SINGLE,
        Style::Double => &DOUBLE,
        Style::Block => &BLOCK,
        _ => &BARE,
    }
}

static SINGLE: Encoding = Encoding {
    name: "YAML string in single quotes",
    part: |new, _| new.chars().all(is_printable).then(|| new.replace('\'', "''")),
    whole: |new, _| Some(scalar(new)),
};

static DOUBLE: Encoding = Encoding {
    name: "YAML string in double quotes",
    part: |new, _| Some(escaped(new)),
    whole: |new, _| Some(format!("\"{}\"", escaped(new))),
};

static BARE: Encoding = Encoding {
    name: "YAML scalar without quotes",
    part: |_, _| None,
    whole: |new, old| Some(if stays_bare(new, old) { new.to_string() } else { scalar(new) }),
};

static BLOCK: Encoding = Encoding {
    name: "YAML block scalar",
    // In a literal one text stands as it is, as long as it stays on its line; in a folded one
    // blanks decide what is a line.
    part: |new, old| {
        if new.contains('\n') {
            return lines(new, old);
        }
        let one_word = !new.is_empty() && !new.contains([' ', '\u{a0}']);
        ((old.starts_with('|') || one_word) && new.chars().all(is_printable))
            .then(|| new.to_string())
    },
    whole: |new, old| {
        Some(format!("{}{}", scalar(new), if old.ends_with('\n') { "\n" } else { "" }))
    },
};

/// Lines that are put behind a line of a literal block: each is indented as the block is. What ends
/// with a line end would stand ahead of the indentation of what follows.
fn lines(new: &str, old: &str) -> Option<String> {
    let (head, body) = old.split_once('\n')?;
    let indented = body.lines().find(|line| !line.trim().is_empty())?;
    let indent = &indented[..indented.len() - indented.trim_start_matches(' ').len()];
    // A digit in its head says how far a block is indented: its first line may then have blanks of
    // its own.
    let literal = head.starts_with('|') && !head.contains(|c: char| c.is_ascii_digit());
    let fits = literal && !new.ends_with('\n') && new.chars().all(|c| c == '\n' || is_printable(c));
    fits.then(|| new.replace('\n', &format!("\n{indent}")))
}

/// Means itself in every reader of YAML, whatever its version.
fn is_printable(c: char) -> bool {
    let low = matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}');
    low || matches!(c, '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// Needs no quotes wherever a text may stand that has these characters without quotes. In one word
/// a colon ends nothing but at its end.
fn stays_bare(new: &str, old: &str) -> bool {
    let known = |c: char| {
        is_plain(c)
            || (c != ' ' && is_printable(c) && old.contains(c))
            || (c.is_alphanumeric() && old.contains(c))
    };
    new.starts_with(is_first)
        && new.chars().all(known)
        && !new.ends_with(':')
        && resolve(new) == Tag::Str
}

fn is_first(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_plain(c: char) -> bool {
    is_first(c) || matches!(c, '.' | '/' | '@' | '-' | '+' | '=')
}

/// A scalar on one line that reads as this text, also inside of `[…]` and `{…}`.
pub fn scalar(text: &str) -> String {
    if text.starts_with(is_first) && text.chars().all(is_plain) && resolve(text) == Tag::Str {
        return text.to_string();
    }
    quoted(text)
}

/// A scalar in single quotes, or in double quotes where it holds what must be escaped.
pub fn quoted(text: &str) -> String {
    if text.chars().all(is_printable) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{}\"", escaped(text))
    }
}

/// As it stands between double quotes: escapes where a reader of YAML might see something else,
/// spelled as PyYAML spells them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c if c <= '\u{ff}' => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if c <= '\u{ffff}' => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push_str(&format!("\\U{:08X}", c as u32)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::yaml_load::load;

    #[test]
    fn scalars_are_traced_through_their_style() {
        for (text, value, part, want) in [
            ("a: it\n", "it", 0..2, 3..5),
            ("a: 'it''s'\n", "it's", 2..3, 6..8),
            ("a: \"x\\u00e9\\ny\"\n", "xé\ny", 1..3, 5..11),
            ("a: \"x\\u00e9\\ny\"\n", "xé\ny", 4..5, 13..14),
            ("a: one\n  two\n", "one two", 4..7, 9..12),
            ("a: |\n  one\n   two\n", "one\n two\n", 5..8, 14..17),
            ("a: >-\n  one\n  two\n", "one two", 4..7, 14..17),
            ("é: \"x\\\n  y\"\n", "xy", 1..2, 10..11),
        ] {
            let node = load(text).expect("YAML");
            let member =
                node.value.as_dict().and_then(|d| d.members.values().next()).expect("a member");
            assert_eq!(member.node.value.as_str(), Some(value));
            let traced =
                trace_scalar(&Text::at(text, 0), member.node.span, member.node.style, value);
            assert_eq!(traced.span_of(part).map(Span::range), Some(want), "{text:?}");
        }
    }
}
