//! The texts of HCL with the way back to their bytes: strings and heredocs with their escapes and
//! templates, and the JSON that `jsonencode` makes of an object.

use std::ops::Range;

use super::pieces::string_end;
use crate::airflow::python::json_dumps::{dumps, write_str};
use crate::model::{Node, Style, Value};
use crate::source::{Builder, Encoding, Span, Text};

/// A string in quotes.
static STRING: Encoding = Encoding {
    name: "string of HCL",
    part: |new, _| {
        let written = literal(new);
        Some(written[1..written.len() - 1].to_string())
    },
    whole: |new, _| Some(literal(new)),
};

/// A heredoc: one line of it stands as it is behind its indentation, as long as no template begins
/// in it or with what stands beside it.
static HEREDOC: Encoding = Encoding {
    name: "heredoc of HCL",
    part: |new, _| {
        let begins = new.starts_with('{') || new.ends_with('%') || new.contains("%{");
        (!begins && !new.contains(['\n', '\r', '$'])).then(|| new.to_string())
    },
    whole: |new, _| Some(literal(new)),
};

/// The JSON of an object of HCL. What is written in JSON may stand in the object, too, but for
/// escapes, which say more in a string within a string.
static ENCODED: Encoding = Encoding {
    name: "jsonencode of HCL",
    part: |new, _| (!new.contains('\\')).then(|| doubled(new)),
    whole: |_, _| None,
};

/// A string as Terraform writes it.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", c as u32))
            }
            c => out.push(c),
        }
    }
    out.push('"');
    doubled(&out)
}

/// Only in front of a brace do these begin something.
pub(crate) fn doubled(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A part of a text, and the bytes that it stands in.
struct Part {
    text: String,
    range: Range<usize>,
}

impl Part {
    fn is_literal(&self, base: &str) -> bool {
        base.get(self.range.clone()) == Some(self.text.as_str())
    }
}

/// What the string or heredoc at `range` means; templates in it stay as they are written.
pub(super) fn meaning(base: &str, range: Range<usize>) -> Option<String> {
    let (parts, _) = parts(base, range)?;
    Some(parts.into_iter().map(|part| part.text).collect())
}

/// The text of a string node of HCL.
pub(crate) fn text<'a>(base: &Text<'a>, node: &Node<'_>) -> Option<Text<'a>> {
    let value = node.value.as_str()?;
    let range = node.span.range();
    let inside = range.start + 1..range.end.saturating_sub(1);
    if base.as_str().get(inside.clone()) == Some(value)
        && base.as_str()[range.start..].starts_with('"')
    {
        return Some(base.literal(range, inside, &STRING));
    }
    let whole = || match base.span_of(range.clone()) {
        Some(span) => Text::whole(value.to_string(), span),
        None => Text::owned(value.to_string()),
    };
    if !base.is_traced() {
        return Some(whole());
    }
    let written = parts(base.as_str(), range.clone()).and_then(|(parts, content)| {
        let encoding =
            if base.as_str()[range.clone()].starts_with('"') { &STRING } else { &HEREDOC };
        let built = build(base, &parts).finish_in(encoding, range.clone(), content);
        if built.as_str() == value {
            return Some(built);
        }
        // What `chomp` and its like leave of it.
        let start = built.as_str().find(value).filter(|_| built.as_str().trim() == value.trim())?;
        Some(built.slice(start..start + value.len()))
    });
    Some(written.unwrap_or_else(whole))
}

/// The JSON that `jsonencode` makes of a node.
pub(crate) fn encoded(base: &Text<'_>, node: &Node<'_>) -> Text<'static> {
    let mut parts = Vec::new();
    json(base.as_str(), node, &mut parts);
    // Values that were followed stand elsewhere.
    let start = parts.iter().map(|part| part.range.start).min().unwrap_or_default();
    let end = parts.iter().map(|part| part.range.end).max().unwrap_or_default();
    build(base, &parts).finish_in(&ENCODED, start..end, start..end)
}

fn build<'b>(base: &'b Text<'_>, parts: &[Part]) -> Builder<'b> {
    let mut built = Builder::new(base);
    for part in parts {
        match part.is_literal(base.as_str()) {
            true => built.copy(part.range.clone()),
            false => built.decode(&part.text, part.range.clone()),
        }
    }
    built
}

/// The parts of the string or heredoc at `range`, and where its content stands.
fn parts(base: &str, range: Range<usize>) -> Option<(Vec<Part>, Range<usize>)> {
    let raw = base.get(range.clone())?;
    let mut parts = Vec::new();
    if raw.starts_with('"') {
        let content = range.start + 1..range.end.checked_sub(1)?;
        escaped(base, content.clone(), true, &mut parts)?;
        return Some((parts, content));
    }
    let head = raw.strip_prefix("<<")?;
    let indented = head.starts_with('-');
    let first = raw.find('\n')? + 1;
    let body = raw[first..].rfind('\n').map_or("", |end| &raw[first..first + end + 1]);
    let lines = || body.split_inclusive('\n');
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let filled = lines().filter(|line| !line.trim().is_empty());
    let indent = if indented { filled.map(blanks).min().unwrap_or(0) } else { 0 };
    let start = range.start + first;
    let mut at = start;
    for line in lines() {
        let skip = indent.min(blanks(line));
        escaped(base, at + skip..at + line.len(), false, &mut parts)?;
        at += line.len();
    }
    Some((parts, start..at))
}

/// What stands between quotes, or on a line of a heredoc, which knows no backslash.
fn escaped(base: &str, range: Range<usize>, backslash: bool, parts: &mut Vec<Part>) -> Option<()> {
    let end = range.end;
    let mut at = range.start;
    let mut plain = at;
    let flush = |from: usize, to: usize, parts: &mut Vec<Part>| {
        if from < to {
            parts.push(Part { text: base[from..to].to_string(), range: from..to });
        }
    };
    while at < end {
        let rest = &base[at..end];
        let doubled = rest.starts_with("$${") || rest.starts_with("%%{");
        if doubled {
            flush(plain, at, parts);
            parts.push(Part { text: rest[1..3].to_string(), range: at..at + 3 });
            at += 3;
            plain = at;
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            at = template_end(base, at, end);
        } else if backslash && rest.starts_with('\\') {
            flush(plain, at, parts);
            let (text, len) = escape(rest)?;
            parts.push(Part { text: text.to_string(), range: at..at + len });
            at += len;
            plain = at;
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
    flush(plain, at.min(end), parts);
    Some(())
}

/// Behind the template that begins at `at`.
fn template_end(base: &str, at: usize, end: usize) -> usize {
    let bytes = base.as_bytes();
    let (mut at, mut open) = (at + 1, 0_usize);
    while at < end {
        match bytes[at] {
            b'{' => open += 1,
            b'}' => open -= 1,
            b'"' => at = string_end(&base[..end], at, &mut 0),
            _ => {}
        }
        at += 1;
        if open == 0 {
            break;
        }
    }
    at.min(end)
}

fn escape(rest: &str) -> Option<(char, usize)> {
    let digits = |len: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + len)?, 16).ok()?;
        Some((char::from_u32(code)?, 2 + len))
    };
    match rest.as_bytes().get(1)? {
        b'n' => Some(('\n', 2)),
        b'r' => Some(('\r', 2)),
        b't' => Some(('\t', 2)),
        b'"' => Some(('"', 2)),
        b'\\' => Some(('\\', 2)),
        b'u' => digits(4),
        b'U' => digits(8),
        _ => None,
    }
}

/// The JSON of a node. A separator stands in what is between two values, a quote that is not
/// written stands in nothing.
fn json(base: &str, node: &Node<'_>, out: &mut Vec<Part>) {
    let range = node.span.range();
    let push = |text: &str, range: Range<usize>, out: &mut Vec<Part>| {
        out.push(Part { text: text.to_string(), range });
    };
    match &node.value {
        Value::Dict(dict) => {
            push("{", range.start..(range.start + 1).min(range.end), out);
            let mut done = None;
            for (name, member) in dict.named() {
                let key = member.key_span.range();
                if let Some(done) = done {
                    push(", ", ordered(done, key.start), out);
                }
                quoted(
                    base,
                    vec![Part { text: name.to_string(), range: inner(base, &key) }],
                    &key,
                    out,
                );
                push(": ", ordered(key.end, member.node.span.range().start), out);
                value(base, &member.node, out);
                done = Some(member.node.span.range().end);
            }
            let end = done.unwrap_or(range.end.saturating_sub(1).max(range.start));
            push("}", ordered(end, range.end), out);
        }
        Value::List(items) => {
            push("[", range.start..(range.start + 1).min(range.end), out);
            let mut done = None;
            for item in items {
                if let Some(done) = done {
                    push(", ", ordered(done, item.span.range().start), out);
                }
                value(base, item, out);
                done = Some(item.span.range().end);
            }
            let end = done.unwrap_or(range.end.saturating_sub(1).max(range.start));
            push("]", ordered(end, range.end), out);
        }
        Value::Str(text) => {
            let written = parts(base, range.clone()).filter(|_| node.style != Style::None);
            let (all, _) = written.unwrap_or_else(|| {
                let text = text.as_str().unwrap_or_default().to_string();
                (vec![Part { text, range: range.clone() }], range.clone())
            });
            quoted(base, all, &range, out);
        }
        other => push(&dumps(other).unwrap_or_else(|_| "null".to_string()), range, out),
    }
}

/// A value in JSON, which is a string where `jsonencode` made one of it already.
fn value(base: &str, node: &Node<'_>, out: &mut Vec<Part>) {
    if node.style == Style::Encoded {
        let mut inside = Vec::new();
        json(base, node, &mut inside);
        quoted(base, inside, &node.span.range(), out);
    } else {
        json(base, node, out);
    }
}

/// A string of JSON.
fn quoted(base: &str, inside: Vec<Part>, token: &Range<usize>, out: &mut Vec<Part>) {
    let quote = |at: usize| if base[at..].starts_with('"') { at..at + 1 } else { at..at };
    out.push(Part { text: "\"".to_string(), range: quote(token.start) });
    for part in inside {
        let mut written = String::new();
        write_str(&part.text, &mut written);
        let escaped = &written[1..written.len() - 1];
        if escaped == part.text || part.text.chars().count() == 1 || !part.is_literal(base) {
            out.push(Part { text: escaped.to_string(), range: part.range });
            continue;
        }
        for (at, c) in part.text.char_indices() {
            let mut written = String::new();
            write_str(c.encode_utf8(&mut [0; 4]), &mut written);
            let start = part.range.start + at;
            let text = written[1..written.len() - 1].to_string();
            out.push(Part { text, range: start..start + c.len_utf8() });
        }
    }
    let closed = token.end > token.start && base[..token.end].ends_with('"');
    let end = if closed { token.end - 1..token.end } else { token.end..token.end };
    out.push(Part { text: "\"".to_string(), range: end });
}

/// A key without its quotes.
fn inner(base: &str, key: &Range<usize>) -> Range<usize> {
    match base.get(key.clone()).is_some_and(|written| written.starts_with('"')) {
        true => key.start + 1..key.end.saturating_sub(1).max(key.start + 1),
        false => key.clone(),
    }
}

/// What is between two places; values that were followed to elsewhere stand in any order.
fn ordered(start: usize, end: usize) -> Range<usize> {
    start..end.max(start)
}

/// The bytes of a node that stands inside of another one.
pub(super) fn shifted(range: Option<Range<usize>>, by: usize) -> Span {
    range.map_or(Span::default(), |range| Span::new(range.start + by..range.end + by))
}
