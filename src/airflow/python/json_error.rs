//! Why Python refuses a text of JSON.

use crate::airflow::{Fault, Raised};
use crate::source::Text;

/// Levels of nesting after which CPython 3.7 to 3.12 give up with RecursionError when Airflow calls
/// `json.loads`.
pub const MAX_DEPTH: usize = crate::bounds::JSON_DEPTH.value;

/// What is wrong with a JSON text, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What.
    pub kind: JsonErrorKind,
    /// Byte offset in the text that was read.
    pub at: usize,
}

/// Kinds of JSON errors, by the messages of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// A value was expected.
    Value,
    /// A key in double quotes was expected.
    Key,
    /// `:` was expected.
    Colon,
    /// `,` was expected.
    Comma,
    /// Text follows the value.
    ExtraData,
    /// A string does not end.
    Unterminated,
    /// A control character in a string.
    ControlCharacter,
    /// A backslash and something that it cannot escape.
    Escape,
    /// `\u` without four hexadecimal digits.
    UnicodeEscape,
    /// U+FEFF at the start.
    ByteOrderMark,
    /// More than 4300 digits.
    TooManyDigits,
    /// Too many levels.
    TooDeep,
}

impl JsonError {
    /// The type of the exception that Python raises.
    pub fn exception(self) -> &'static str {
        match self.kind {
            JsonErrorKind::TooManyDigits => "ValueError",
            JsonErrorKind::TooDeep => "RecursionError",
            _ => "JSONDecodeError",
        }
    }

    /// True for errors of the text itself, which Airflow often swallows.
    pub fn is_decode_error(self) -> bool {
        self.exception() == "JSONDecodeError"
    }

    /// For people.
    pub fn message(self) -> &'static str {
        match self.kind {
            JsonErrorKind::Value => "expected a JSON value here",
            JsonErrorKind::Key => "expected a key in double quotes here",
            JsonErrorKind::Colon => "expected `:` here",
            JsonErrorKind::Comma => "expected `,` or the closing bracket here",
            JsonErrorKind::ExtraData => "the JSON value ends here, but more text follows",
            JsonErrorKind::Unterminated => "this string does not end",
            JsonErrorKind::ControlCharacter => {
                "a control character (such as a raw newline or tab) inside a JSON string"
            }
            JsonErrorKind::Escape => {
                "a backslash that escapes nothing JSON knows; a backslash itself is written \\\\"
            }
            JsonErrorKind::UnicodeEscape => "\\u needs four hexadecimal digits",
            JsonErrorKind::ByteOrderMark => "the text begins with a byte order mark (U+FEFF)",
            JsonErrorKind::TooManyDigits => "an integer of more than 4300 digits",
            JsonErrorKind::TooDeep => "nested too deeply",
        }
    }

    /// As an exception of Airflow, at its place in `text`.
    pub fn raised(self, fault: Fault, text: &Text<'_>) -> Raised {
        let end = text.as_str()[self.at.min(text.as_str().len())..]
            .chars()
            .next()
            .map_or(self.at, |c| self.at + c.len_utf8());
        Raised::new(self.exception(), fault, self.message())
            .at(text.span_of(self.at.min(text.as_str().len())..end))
    }
}
