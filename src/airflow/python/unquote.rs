//! `urllib.parse`: `unquote`, `quote`, `quote_plus`, `parse_qsl`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::Str;
use crate::source::{Builder, Encoding, PLAIN, Text};

/// A component of a URI.
pub static PERCENT: Encoding = Encoding {
    name: "percent-encoding",
    part: |new, _| Some(quote(new)),
    whole: |new, _| Some(quote(new)),
};

/// `quote(text, safe="")`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    quote_into(text, &mut out);
    out
}

/// `_ALWAYS_SAFE` of urllib.parse: letters, digits and `_.-~` stay.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// `quote(text, safe="")`, appended to `out`.
pub fn quote_into(text: &str, out: &mut String) {
    out.extend(utf8_percent_encode(text, QUOTED));
}

/// `quote_plus(text)`, appended to `out`.
pub fn quote_plus_into(text: &str, out: &mut String) {
    for piece in utf8_percent_encode(text, QUOTED) {
        out.push_str(if piece == "%20" { "+" } else { piece });
    }
}

/// `quote` refuses lone surrogates with UnicodeEncodeError.
pub struct LoneSurrogate;

/// The text of a Python string that is about to be encoded as UTF-8.
pub fn encodable<'s>(text: &'s Str<'_>) -> Result<&'s str, LoneSurrogate> {
    text.as_str().ok_or(LoneSurrogate)
}

/// `unquote(text)`: each run of ASCII characters is decoded on its own; bad escapes stay; bytes
/// that are not UTF-8 become U+FFFD, one for each maximal invalid part.
pub fn unquote<'a>(text: &Text<'a>) -> Text<'a> {
    let raw = text.as_str();
    if !raw.contains('%') {
        let all = 0..raw.len();
        return text.literal(all.clone(), all, &PERCENT);
    }
    if !text.is_traced() && raw.is_ascii() {
        let decoded = percent_encoding::percent_decode_str(raw).decode_utf8_lossy().into_owned();
        return Text::owned(decoded);
    }
    let mut built = Builder::new(text);
    let bytes = raw.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let ascii = bytes[start].is_ascii();
        let end = bytes[start..]
            .iter()
            .position(|b| b.is_ascii() != ascii)
            .map_or(bytes.len(), |n| start + n);
        if ascii {
            unquote_run(bytes, start..end, &mut built);
        } else {
            built.copy(start..end);
        }
        start = end;
    }
    built.finish(&PERCENT)
}

/// The byte that the escape at `at` stands for.
pub fn escape_at(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |i: usize| bytes.get(i).and_then(|b| (*b as char).to_digit(16));
    let byte = digit(at + 1)? * 16 + digit(at + 2)?;
    (bytes.get(at) == Some(&b'%')).then(|| u8::try_from(byte).ok())?
}

fn unquote_run(bytes: &[u8], run: std::ops::Range<usize>, built: &mut Builder<'_>) {
    let mut decoded = Vec::with_capacity(run.len());
    let mut from = Vec::with_capacity(run.len() + 1);
    let mut at = run.start;
    while at < run.end {
        from.push(at);
        if let Some(byte) = escape_at(&bytes[..run.end], at) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    from.push(run.end);
    let mut done = 0;
    for chunk in decoded.utf8_chunks() {
        for c in chunk.valid().chars() {
            let next = done + c.len_utf8();
            built.decode(c.encode_utf8(&mut [0; 4]), from[done]..from[next]);
            done = next;
        }
        if !chunk.invalid().is_empty() {
            let next = done + chunk.invalid().len();
            built.decode("\u{fffd}", from[done]..from[next]);
            done = next;
        }
    }
}

/// One `key=value` of a query.
pub struct Pair<'a> {
    /// The key as written.
    pub raw_key: Text<'a>,
    /// The value as written; empty and placeless without `=`.
    pub raw_value: Text<'a>,
    /// The decoded key.
    pub key: Text<'a>,
    /// The decoded value.
    pub value: Text<'a>,
}

/// `parse_qsl(query, keep_blank_values=True)`: split at `&` only, empty items skipped, `+` is a
/// space.
pub fn parse_qsl<'a>(query: &Text<'a>) -> Vec<Pair<'a>> {
    let raw = query.as_str();
    // Growing in steps would move them; but a text of nothing else has no pairs at all.
    let mut pairs = Vec::with_capacity(raw.matches('&').take(MANY).count() + 1);
    let mut start = 0;
    for item in raw.split('&') {
        let end = start + item.len();
        if !item.is_empty() {
            let equals = item.find('=').map_or(end, |at| start + at);
            let raw_key = query.slice(start..equals);
            let raw_value = query.slice((equals + 1).min(end)..end);
            pairs.push(Pair {
                key: unquote(&plus_to_space(&raw_key)),
                value: unquote(&plus_to_space(&raw_value)),
                raw_key,
                raw_value,
            });
        }
        start = end + 1;
    }
    pairs
}

/// More pairs than this are rare.
const MANY: usize = 15;

fn plus_to_space<'a>(text: &Text<'a>) -> Text<'a> {
    if !text.as_str().contains('+') {
        return text.clone();
    }
    let mut built = Builder::new(text);
    for (i, c) in text.as_str().char_indices() {
        if c == '+' {
            built.decode(" ", i..i + 1);
        } else {
            built.copy(i..i + c.len_utf8());
        }
    }
    // What is put in comes percent-encoded, without blanks and pluses.
    built.finish(&PLAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquote_decodes_as_python_does() {
        for (text, want) in [
            ("a%2Fb", "a/b"),
            ("%zz%4", "%zz%4"),
            ("%C3é", "\u{fffd}é"),
            ("%E2%82é", "\u{fffd}é"),
            ("%ED%A0%80", "\u{fffd}\u{fffd}\u{fffd}"),
            ("%C3%A9+é", "é+é"),
            ("%25%32%35", "%25"),
            ("%%41", "%A"),
        ] {
            assert_eq!(unquote(&Text::untraced(text)).as_str(), want);
            let traced = unquote(&Text::at(text, 7));
            assert_eq!(traced.as_str(), want);
            assert_eq!(traced.span().map(|s| (s.start, s.end as usize)), Some((7, 7 + text.len())));
        }
    }

    #[test]
    fn places_go_through_escapes() {
        let decoded = unquote(&Text::at("é%C3%A9x%40", 0));
        assert_eq!(decoded.as_str(), "ééx@");
        let place = |r| decoded.span_of(r).map(|s| s.range());
        assert_eq!((place(2..4), place(4..5), place(5..6)), (Some(2..8), Some(8..9), Some(9..12)));
    }

    #[test]
    fn queries_split_at_ampersands_only() {
        let pairs = parse_qsl(&Text::untraced("a=1;b&&c&=d&e=f=g+h%2B&%20=%3D"));
        let pairs: Vec<_> = pairs.iter().map(|p| (p.key.as_str(), p.value.as_str())).collect();
        assert_eq!(pairs, [("a", "1;b"), ("c", ""), ("", "d"), ("e", "f=g h+"), (" ", "=")]);
    }

    #[test]
    fn quoting_keeps_pythons_safe_set() {
        let mut out = String::new();
        quote_into("aZ0_.-~ /é+", &mut out);
        quote_plus_into(" a b+", &mut out);
        assert_eq!(out, "aZ0_.-~%20%2F%C3%A9%2B+a+b%2B");
    }
}
