//! Shapes of texts that readers ask for.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;

use crate::hooks::base_url::is_url;

/// The text that Python's `int()` takes.
pub(super) fn is_int(text: &str) -> bool {
    let digits = text.trim();
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// The text that Python's `float()` takes.
pub(super) fn is_float(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    ["inf", "infinity", "nan"].iter().any(|word| number.eq_ignore_ascii_case(word))
        || number.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && number.replace('_', "").parse::<f64>().is_ok()
}

/// The text that Python's `b64decode()` takes: it passes over what is no digit of base64, and wants
/// the last four complete.
fn is_base64(text: &str) -> bool {
    let (mut digits, mut signs) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b'=' if digits % 4 >= 2 => {
                signs += 1;
                if digits % 4 + signs >= 4 {
                    return true;
                }
            }
            b'+' | b'/' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                digits += 1;
                signs = 0;
            }
            _ => {}
        }
    }
    digits % 4 == 0 && digits > 0
}

/// How a text begins; the scheme of a URL counts in any case of letters.
fn begins(text: &str, start: &str) -> bool {
    match text.get(..start.len()) {
        Some(first) if start.contains("://") => first.eq_ignore_ascii_case(start),
        first => first == Some(start),
    }
}

/// The shape of a text.
#[derive(Debug)]
pub(crate) enum Shape {
    /// One of these words, in any case of letters.
    Word(Vec<String>),
    /// It holds one of these.
    Contains(Vec<String>),
    /// It begins with one of these.
    Begins(Vec<String>),
    /// It ends with one of these.
    Ends(Vec<String>),
    /// It is not empty, and holds nothing but ASCII letters, digits and these.
    Only(String),
    /// As Python's `int()` takes it.
    Int,
    /// As Python's `float()` takes it.
    Float,
    /// It holds characters that no name of a server has.
    ImpossibleHost,
    /// Base64, as Python decodes it.
    Base64,
    /// NAME=VALUE;NAME=VALUE.
    ConnectionString,
    /// A URL of a server, for HTTP.
    Url,
    /// The whole of it matches.
    Matches(Pattern),
}

impl Shape {
    /// Whether a text has it.
    pub(super) fn fits(&self, text: &str) -> bool {
        match self {
            Shape::Word(words) => {
                let text = text.trim();
                words.iter().any(|word| word.eq_ignore_ascii_case(text))
            }
            Shape::Contains(parts) => parts.iter().any(|part| text.contains(part.as_str())),
            Shape::Begins(starts) => starts.iter().any(|start| begins(text, start)),
            Shape::Ends(ends) => ends.iter().any(|end| text.ends_with(end.as_str())),
            Shape::Only(signs) => {
                !text.is_empty()
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
            }
            Shape::Int => is_int(text),
            Shape::Float => is_float(text),
            Shape::ImpossibleHost => {
                text.contains(|c: char| c.is_whitespace() || "/<>@?#[]\\\"'`{}|^,;".contains(c))
            }
            Shape::Base64 => is_base64(text),
            Shape::ConnectionString => {
                text.split(';').filter(|pair| pair.contains('=')).nth(1).is_some()
            }
            Shape::Url => is_url(text),
            Shape::Matches(pattern) => pattern.matches(text),
        }
    }
}

/// A regular expression, compiled when a text is first held against it.
pub(crate) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Pattern {
        Pattern { text, compiled: OnceLock::new() }
    }

    fn whole(&self) -> String {
        format!("^(?:{})$", self.text)
    }

    fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.whole()).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Shape, is_float, is_int};

    #[test]
    fn numbers_are_those_of_python() {
        for text in ["1", " 20 ", "+3", "-4", "1_000"] {
            assert!(is_int(text), "{text}");
        }
        for text in ["", "1.5", "1__0", "_1", "0x10", "20s", "--1", "many"] {
            assert!(!is_int(text), "{text}");
        }
        for text in ["1.5", ".5", "5.", "1e3", "inf", "-Infinity", "NaN"] {
            assert!(is_float(text), "{text}");
        }
        for text in ["", "never", "1,5", "0x1"] {
            assert!(!is_float(text), "{text}");
        }
    }

    #[test]
    fn texts_have_shapes() {
        let only = |signs: &str| Shape::Only(signs.to_string());
        for (shape, text, want) in [
            (only("._-"), "xy12345.eu-west-1", true),
            (only("._-"), "https://xy12345", false),
            (only("._-"), "", false),
            (Shape::ImpossibleHost, "db.example.com", false),
            (Shape::ImpossibleHost, "redis://db", true),
            (Shape::ImpossibleHost, "db example", true),
            (Shape::Base64, "bWFkZS11cA==", true),
            (Shape::Base64, "not base64!", false),
            (Shape::Base64, "===", false),
            (Shape::Base64, "bWFkZS11cCBrZXk= ", true),
            (Shape::Base64, "bWFkZ", false),
            (Shape::Begins(vec!["https://".to_string()]), "HTTPS://api.example.com", true),
            (Shape::Begins(vec!["https".to_string()]), "HTTPS", false),
            (Shape::Url, "https://api.example.com/v1", true),
            (Shape::Url, "https:///v1", true),
            (Shape::Url, "https://", false),
            (Shape::Url, "https://a b", false),
            (Shape::Url, "api.example.com", false),
            (Shape::ConnectionString, "A=b;C=d", true),
            (Shape::ConnectionString, "exampleacct", false),
            (Shape::Word(vec!["true".to_string()]), " True", true),
            (Shape::Matches(Pattern::new("[a-z]+".to_string())), "abc", true),
            (Shape::Matches(Pattern::new("[a-z]+".to_string())), "abc1", false),
        ] {
            assert_eq!(shape.fits(text), want, "{shape:?} {text}");
        }
    }
}
