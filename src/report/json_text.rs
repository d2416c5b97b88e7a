//! JSON for a terminal or log as well as for programs: every text keeps its characters, and those
//! that are obeyed stand as escapes.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::source::is_obeyed;

/// A value on one line, without a newline at its end.
pub(crate) fn json_text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut out, Escaping));
    // Memory takes everything, and what is written here has strings for keys.
    written.ok().and_then(|()| String::from_utf8(out).ok()).unwrap_or_default()
}

/// Compact, as `serde_json` writes, with more escapes (RFC 8259, section 7).
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> Result<()> {
        let mut done = 0;
        let mut before = None;
        for (i, c) in fragment.char_indices() {
            // Two number signs are how commands to some runners begin: see `clean`.
            if is_obeyed(c) || (c == '#' && before == Some('#')) {
                CompactFormatter.write_string_fragment(writer, &fragment[done..i])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                done = i + c.len_utf8();
            }
            before = Some(c);
        }
        CompactFormatter.write_string_fragment(writer, &fragment[done..])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn texts_keep_their_characters() {
        for (text, want) in [
            ("a é 漢 😀 #", "\"a é 漢 😀 #\""),
            ("a\"\\\n\u{1b}\u{7f}\u{9b}", "\"a\\\"\\\\\\n\\u001b\\u007f\\u009b\""),
            ("\u{202e}##[x]\u{e0041}", "\"\\u202e#\\u0023[x]\\udb40\\udc41\""),
        ] {
            let value = json!({ "a": [text], text: 1 });
            let written = json_text(&value);
            assert_eq!(written, format!("{{\"a\":[{want}],{want}:1}}"));
            assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), value);
        }
    }
}
