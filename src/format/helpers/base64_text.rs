//! Base64 with the way back: every byte of the decoded text knows the characters that it came from.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::source::{Builder, Encoding, Text};

/// Why there is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// No base64; the first character that is none, or the length.
    Base64(usize),
    /// Base64 of bytes that are not UTF-8.
    Utf8,
}

/// A change is encoded with all of the text.
static BASE64: Encoding =
    Encoding { name: "base64", part: |_, _| None, whole: |new, _| Some(encode(new)) };

/// Base64 of a text.
pub(crate) fn encode(text: &str) -> String {
    STANDARD.encode(text)
}

/// Decodes as Go's standard encoding does, which Kubernetes uses: line ends are passed over,
/// padding is needed.
pub(crate) fn decode(text: &Text<'_>) -> Result<Text<'static>, Undecodable> {
    let written = text.as_str();
    let places: Vec<usize> = written
        .char_indices()
        .filter(|(_, c)| !matches!(c, '\r' | '\n'))
        .map(|(at, _)| at)
        .collect();
    let digits: String = written.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = STANDARD.decode(&digits).map_err(|_| {
        let wrong = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
        Undecodable::Base64(
            written.find(|c| !matches!(c, '\r' | '\n') && wrong(c)).unwrap_or(written.len()),
        )
    })?;
    let decoded = String::from_utf8(bytes).map_err(|_| Undecodable::Utf8)?;
    if !text.is_traced() {
        return Ok(Text::owned(decoded));
    }
    // Four characters make three bytes: byte n comes from the characters that hold bits 8n to 8n +
    // 7.
    let first = |byte: usize| places[byte * 8 / 6];
    let last = |byte: usize| places[(byte * 8 + 7) / 6] + 1;
    let mut built = Builder::new(text);
    for (at, c) in decoded.char_indices() {
        built.decode(c.encode_utf8(&mut [0; 4]), first(at)..last(at + c.len_utf8() - 1));
    }
    // A block scalar keeps its last line end, which is none of the encoded text.
    let token = 0..written.trim_end_matches(['\r', '\n']).len();
    Ok(built.finish_in(&BASE64, token.clone(), token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_text_is_traced() {
        let text = Text::at("YcOp\nYg==", 10);
        let decoded = decode(&text).expect("base64");
        assert_eq!(decoded.as_str(), "aéb");
        for (range, want) in [(0..1, 10..12), (1..3, 11..14), (3..4, 15..17)] {
            assert_eq!(decoded.span_of(range).map(|s| s.range()), Some(want));
        }
        assert_eq!(decode(&Text::at("a b=", 0)).err(), Some(Undecodable::Base64(1)));
        assert_eq!(decode(&Text::at("YQ", 0)).err(), Some(Undecodable::Base64(2)));
        assert_eq!(decode(&Text::at("/w==", 0)).err(), Some(Undecodable::Utf8));
    }
}
