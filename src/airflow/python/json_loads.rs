//! `json.loads`, strict, with the place of every value: what Python accepts (`NaN`, unbounded
//! integers, lone surrogates in escapes, repeated keys) and refuses (control characters in strings,
//! trailing commas, a byte order mark).

use super::json_dumps::write_str;
pub use super::json_error::{JsonError, JsonErrorKind, MAX_DEPTH};
use super::json_parser::{Parser, simple_escape};
use crate::model::{Node, Str};
use crate::source::{Builder, Encoding, Span, Text};

/// Reads one JSON value.
pub fn loads(text: &str) -> Result<Node<'_>, JsonError> {
    crate::airflow::work::decoded();
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0 };
    if text.starts_with('\u{feff}') {
        return Err(JsonError { kind: JsonErrorKind::ByteOrderMark, at: 0 });
    }
    parser.blanks();
    let node = parser.value()?;
    parser.blanks();
    if parser.at < parser.bytes.len() {
        return parser.fail(JsonErrorKind::ExtraData, parser.at);
    }
    Ok(node)
}

/// The keys and the bytes of the values of a top-level object, without looking into the values: a
/// large file can be split first and read entry by entry. `None` if the text is not plainly such an
/// object; [`loads`] then says why.
pub fn outline(text: &str) -> Option<Vec<(Str<'_>, Span)>> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0 };
    let mut members = Vec::new();
    parser.blanks();
    parser.take(b'{')?;
    parser.blanks();
    while parser.peek()? != b'}' {
        (parser.peek()? == b'"').then_some(())?;
        let key = parser.string().ok()?;
        parser.blanks();
        parser.take(b':')?;
        parser.blanks();
        let start = parser.at;
        parser.skip_value()?;
        members.push((key, Span::new(start..parser.at)));
        parser.blanks();
        match parser.peek()? {
            b'}' => break,
            b',' => parser.at += 1,
            _ => return None,
        }
        parser.blanks();
        (parser.peek()? == b'"').then_some(())?;
    }
    parser.at += 1;
    parser.blanks();
    (parser.at == parser.bytes.len()).then_some(members)
}

/// Reads the value at `span` of a text that [`outline`] split; places count in the whole text.
pub fn loads_at(text: &str, span: Span) -> Result<Node<'_>, JsonError> {
    let range = span.range();
    let text = text.get(..range.end).unwrap_or_default();
    let mut parser = Parser { text, bytes: text.as_bytes(), at: range.start };
    let node = parser.value()?;
    if parser.at < range.end { parser.fail(JsonErrorKind::ExtraData, parser.at) } else { Ok(node) }
}

/// The decoded text of the JSON string that stands at `span` of `text`, quotes included.
pub fn trace_string(text: &Text<'_>, span: Span) -> Option<Text<'static>> {
    let range = span.range();
    let inside = range.start + 1..range.end.checked_sub(1)?;
    let raw = text.as_str().get(inside.clone())?;
    let mut built = Builder::new(text);
    let mut rest = raw.char_indices().peekable();
    while let Some((i, c)) = rest.next() {
        let start = inside.start + i;
        if c != '\\' {
            built.copy(start..start + c.len_utf8());
            continue;
        }
        let (_, escape) = rest.next()?;
        if escape != 'u' {
            built.decode(
                simple_escape(escape as u32 as u8)?.encode_utf8(&mut [0; 4]),
                start..start + 2,
            );
            continue;
        }
        let unit = |at: usize| u32::from_str_radix(raw.get(at + 2..at + 6)?, 16).ok();
        let high = unit(i)?;
        let low = Some(i + 6).filter(|at| raw.get(*at..*at + 2) == Some("\\u")).and_then(unit);
        let (c, len) = match (char::from_u32(high), low) {
            (Some(c), _) => (c, 6),
            (None, Some(low @ 0xdc00..=0xdfff)) if high < 0xdc00 => {
                (char::from_u32(0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00)))?, 12)
            }
            _ => return None,
        };
        built.decode(c.encode_utf8(&mut [0; 4]), start..start + len);
        while rest.peek().is_some_and(|(at, _)| *at < i + len) {
            rest.next();
        }
    }
    Some(built.finish_in(&JSON_STRING, range, inside))
}

/// A string of JSON, quotes included.
pub static JSON_STRING: Encoding = Encoding {
    name: "JSON string",
    part: |new, _| {
        let quoted = quoted(new);
        Some(quoted[1..quoted.len() - 1].to_string())
    },
    whole: |new, _| Some(quoted(new)),
};

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_str(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::python::json_dumps::dumps;

    #[test]
    fn accepts_what_python_accepts() {
        for (text, want) in [
            ("{}", "{}"),
            (" [1, -0, 1.0, 1e5, 1E+2, 12e-7] ", "[1, 0, 1.0, 100000.0, 100.0, 1.2e-06]"),
            ("NaN", "NaN"),
            ("[Infinity, -Infinity, 1e400]", "[Infinity, -Infinity, Infinity]"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (r#"{"a":1,"b":2,"a":3}"#, r#"{"a": 3, "b": 2}"#),
            (r#""\ud83d\ude00\ud800x""#, r#""\ud83d\ude00\ud800x""#),
            (r#""\u00e9\/\b\f\n\r\t\"\\""#, r#""\u00e9/\b\f\n\r\t\"\\""#),
            ("\"\u{7f}\u{2028}\"", r#""\u007f\u2028""#),
            ("9223372036854775808", "9223372036854775808"),
        ] {
            assert_eq!(
                loads(text).map(|n| dumps(&n.value).ok()),
                Ok(Some(want.to_string())),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_python_refuses_at_the_same_place() {
        use JsonErrorKind as K;
        for (text, kind, at) in [
            ("", K::Value, 0),
            ("{", K::Key, 1),
            ("{'a':1}", K::Key, 1),
            (r#"{"a" 1}"#, K::Colon, 5),
            (r#"{"a":1,}"#, K::Key, 7),
            ("[1,]", K::Value, 3),
            ("[1 2]", K::Comma, 3),
            ("01", K::ExtraData, 1),
            ("1.", K::ExtraData, 1),
            ("-", K::Value, 0),
            ("\"a", K::Unterminated, 0),
            ("\"a\\", K::Unterminated, 0),
            ("\"a\nb\"", K::ControlCharacter, 2),
            (r#""\x""#, K::Escape, 1),
            (r#""\u12"#, K::UnicodeEscape, 2),
            ("\u{feff}{}", K::ByteOrderMark, 0),
            ("True", K::Value, 0),
        ] {
            assert_eq!(loads(text).err(), Some(JsonError { kind, at }), "{text:?}");
        }
        assert_eq!(loads(&"1".repeat(4301)).err().map(JsonError::exception), Some("ValueError"));
        assert_eq!(
            loads(&"[".repeat(100_000)).err().map(JsonError::exception),
            Some("RecursionError")
        );
    }

    #[test]
    fn an_outline_finds_the_same_values() {
        let text =
            r#" {"a": {"b": ["}", "\\\"", {}]}, "c\u0041" : -1.5e3 , "d":"x","e":[],"f":null} "#;
        let whole = loads(text).expect("JSON");
        let split = outline(text).expect("an object");
        let parts: Vec<_> = split
            .iter()
            .map(|(_, span)| dumps(&loads_at(text, *span).expect("a value").value))
            .collect();
        let members: Vec<_> = whole
            .value
            .as_dict()
            .expect("an object")
            .members
            .values()
            .map(|m| dumps(&m.node.value))
            .collect();
        assert_eq!(parts, members);
        assert_eq!(split[1].0.as_str(), Some("cA"));
        for text in [
            "",
            "[]",
            "{",
            "{\"a\":1,}",
            "{\"a\":1} x",
            "{\"a\" 1}",
            "{\"a\":\"x}",
            "{\"a\":]}",
            "{a:1}",
            "{xa\":1}",
            "{é\"",
        ] {
            assert!(
                outline(text).is_none()
                    && loads(text).map_or(true, |n| n.value.as_dict().is_none()),
                "{text}"
            );
        }
    }

    #[test]
    fn strings_are_traced_through_escapes() {
        let text = Text::at(r#"["a\u00e9\ud83d\ude00\nz"]"#, 100);
        let traced = trace_string(&text, Span { start: 1, end: 25 }).expect("a string");
        assert_eq!(traced.as_str(), "aé😀\nz");
        let place = |r| traced.span_of(r).map(|s| s.range());
        assert_eq!(place(1..3), Some(103..109));
        assert_eq!(place(3..7), Some(109..121));
        assert_eq!((place(7..8), place(8..9)), (Some(121..123), Some(123..124)));
    }
}
