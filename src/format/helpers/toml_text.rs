//! TOML as a tree of nodes, and its strings with the way back to their bytes.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Builder, Encoding, Span, Text};

/// A string in double quotes.
static BASIC: Encoding = Encoding {
    name: "basic string of TOML",
    part: |new, _| Some(escaped(new)),
    whole: |new, _| Some(format!("\"{}\"", escaped(new))),
};

/// A string in single quotes, in which nothing is escaped.
static LITERAL: Encoding = Encoding {
    name: "literal string of TOML",
    part: |new, _| {
        (!new.contains('\'') && !new.contains(char::is_control)).then(|| new.to_string())
    },
    whole: |new, _| Some(format!("\"{}\"", escaped(new))),
};

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// Reads a text, as far as it is TOML.
pub(crate) fn read(text: &Text<'_>) -> (Node<'static>, Option<Raised>) {
    let (table, errors) = DeTable::parse_recoverable(text.as_str());
    let problem = errors.first().map(|error| {
        let place = error.span().and_then(|range| text.span_of(range));
        Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Toml), "this is not TOML")
            .at(place)
    });
    let span = Span::new(0..text.as_str().len());
    let top = Node { value: Value::dict(members(table.get_ref())), span, style: Style::None };
    (top, problem)
}

/// The members of a table in the order of the text.
fn members(table: &DeTable<'_>) -> Dict<'static> {
    let mut all: Vec<_> = table.iter().collect();
    all.sort_by_key(|(key, value)| (key.span().start, value.span().start));
    let mut dict = Dict::default();
    for (key, value) in all {
        dict.insert(Value::text(key.get_ref().as_ref()), Span::new(key.span()), node(value));
    }
    dict
}

fn node(value: &Spanned<DeValue<'_>>) -> Node<'static> {
    let value_of = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Value::text(text.as_ref()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Int(number),
            Err(_) => Value::text(number.as_str()),
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or_default()),
        DeValue::Boolean(is) => Value::Bool(*is),
        DeValue::Datetime(_) => Value::Opaque("datetime"),
        DeValue::Array(items) => Value::List(items.iter().map(node).collect()),
        DeValue::Table(table) => Value::dict(members(table)),
    };
    Node { value: value_of(value.get_ref()), span: Span::new(value.span()), style: Style::Toml }
}

/// The text of a string node of TOML.
pub(crate) fn text<'a>(base: &Text<'a>, node: &Node<'_>) -> Option<Text<'a>> {
    let value = node.value.as_str()?;
    let range = node.span.range();
    let raw = base.as_str().get(range.clone())?;
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
    let encoding = if quote == '"' { &BASIC } else { &LITERAL };
    let three = [quote; 3].iter().collect::<String>();
    let long = raw.len() >= 6 && raw.starts_with(&three);
    // The first line end behind three quotes is not part of the text.
    let skipped = match raw.get(3..) {
        Some(rest) if long && rest.starts_with('\n') => 1,
        Some(rest) if long && rest.starts_with("\r\n") => 2,
        _ => 0,
    };
    let quotes = if long { 3 } else { 1 };
    let content = range.start + quotes + skipped..range.end.saturating_sub(quotes);
    if base.as_str().get(content.clone()) == Some(value) {
        return Some(base.literal(range, content, encoding));
    }
    let whole = || match base.span_of(range.clone()) {
        Some(span) => Text::whole(value.to_string(), span),
        None => Text::owned(value.to_string()),
    };
    // A string that is not closed is read as far as it goes.
    let closed = content.start <= content.end;
    let traced = (quote == '"' && closed && base.is_traced())
        .then(|| unescaped(base, content.clone()))
        .flatten()
        .map(|built| built.finish_in(encoding, range.clone(), content));
    Some(traced.filter(|text| text.as_str() == value).unwrap_or_else(whole))
}

fn unescaped<'b>(base: &'b Text<'_>, content: std::ops::Range<usize>) -> Option<Builder<'b>> {
    let mut built = Builder::new(base);
    let mut at = content.start;
    while at < content.end {
        // One that is not closed may end inside of a letter.
        let rest = base.as_str().get(at..content.end)?;
        let Some(escape) = rest.strip_prefix('\\') else {
            let len = rest.chars().next()?.len_utf8();
            built.copy(at..at + len);
            at += len;
            continue;
        };
        let digits = |len: usize| {
            let code = u32::from_str_radix(escape.get(1..1 + len)?, 16).ok()?;
            Some((char::from_u32(code)?, 2 + len))
        };
        let (c, len) = match escape.chars().next()? {
            'b' => ('\u{8}', 2),
            't' => ('\t', 2),
            'n' => ('\n', 2),
            'f' => ('\u{c}', 2),
            'r' => ('\r', 2),
            'e' => ('\u{1b}', 2),
            c @ ('"' | '\\') => (c, 2),
            'x' => digits(2)?,
            'u' => digits(4)?,
            'U' => digits(8)?,
            c if c.is_whitespace() => {
                at += 1 + escape.len() - escape.trim_start().len();
                continue;
            }
            _ => return None,
        };
        built.decode(c.encode_utf8(&mut [0; 4]), at..at + len);
        at += len;
    }
    Some(built)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, applied};

    #[test]
    fn strings_know_their_bytes() {
        for (written, value, edited) in [
            ("a = \"x\\\"é\\u00e9\\ty\"", "x\"éé\ty", "a = \"x\\\"é\\u00e9\\tz\\\"\""),
            ("a = 'x\\y'", "x\\y", "a = 'x\\z\"'"),
            ("a = '''\nx'y'''", "x'y", "a = '''\nx'z\"'''"),
            ("a = \"\"\"\nx\\\n   y\"\"\"", "xy", "a = \"\"\"\nx\\\n   z\\\"\"\"\""),
            ("[t]\nb = {c = \"y\"}", "y", "[t]\nb = {c = \"z\\\"\"}"),
        ] {
            let source = Source::new("x", written);
            let base = source.traced();
            let (mut at, problem) = read(&base);
            assert!(problem.is_none(), "{written}");
            while let Value::Dict(dict) = &at.value {
                let first = dict.members.values().next().expect("a member").node.clone();
                at = first;
            }
            let text = text(&base, &at).expect("a text");
            assert_eq!(text.as_str(), value, "{written}");
            let end = value.len();
            let edit = text.edit(end - 1..end, "z\"").expect("an edit");
            assert_eq!(applied(written, [&edit]).as_deref(), Some(edited), "{written}");
        }
        assert!(read(&Text::untraced("a = ")).1.is_some());
    }
}
