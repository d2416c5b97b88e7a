//! The parser behind `json.loads`: a pass over bytes with an explicit stack, so that depth costs
//! none of ours.

use super::json_error::{JsonError, JsonErrorKind, MAX_DEPTH};
use super::text::{INT_MAX_STR_DIGITS, float, normalize_int};
use crate::model::{Dict, Node, Str, Style, Value};
use crate::source::Span;

/// Where reading stands.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

/// A container whose end was not yet read.
struct Open<'a> {
    start: usize,
    /// `None` in an array.
    dict: Option<Dict<'a>>,
    key: Option<(Value<'a>, Span)>,
    items: Vec<Node<'a>>,
}

impl<'a> Open<'a> {
    fn new(object: bool, start: usize) -> Open<'a> {
        Open { start, dict: object.then(Dict::default), key: None, items: Vec::new() }
    }

    fn closing(&self) -> u8 {
        if self.dict.is_some() { b'}' } else { b']' }
    }

    fn push(&mut self, node: Node<'a>) {
        match (&mut self.dict, self.key.take()) {
            (Some(dict), Some((key, key_span))) => dict.insert(key, key_span, node),
            _ => self.items.push(node),
        }
    }

    fn value(self) -> Value<'a> {
        match self.dict {
            Some(dict) => Value::dict(dict),
            None => Value::List(self.items),
        }
    }
}

pub(super) fn simple_escape(c: u8) -> Option<char> {
    Some(match c {
        b'"' | b'\\' | b'/' => c as char,
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}

impl<'a> Parser<'a> {
    pub(super) fn fail<T>(&self, kind: JsonErrorKind, at: usize) -> Result<T, JsonError> {
        Err(JsonError { kind, at })
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Goes to the end of a value by its quotes and brackets alone.
    pub(super) fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                _ if depth > 0 => {
                    let inside = &self.bytes[self.at..];
                    self.at += inside
                        .iter()
                        .position(|b| matches!(b, b'"' | b'{' | b'[' | b'}' | b']'))?;
                }
                _ => {
                    let ends = |b: &u8| {
                        matches!(
                            b,
                            b',' | b']'
                                | b'}'
                                | b'"'
                                | b'{'
                                | b'['
                                | b':'
                                | b' '
                                | b'\t'
                                | b'\n'
                                | b'\r'
                        )
                    };
                    self.at += self.bytes[self.at..].iter().position(ends).filter(|n| *n > 0)?;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let mut at = self.at + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.bytes.get(at..)?)?;
            if self.bytes[at] == b'"' {
                self.at = at + 1;
                return Some(());
            }
            at += 2;
        }
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reads a value with an explicit stack: depth costs no stack of ours.
    pub(super) fn value(&mut self) -> Result<Node<'a>, JsonError> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            let start = self.at;
            let value = match self.peek() {
                Some(b'"') => Value::Str(self.string()?),
                Some(bracket @ (b'{' | b'[')) => {
                    if open.len() >= MAX_DEPTH {
                        return self.fail(JsonErrorKind::TooDeep, self.at);
                    }
                    self.at += 1;
                    self.blanks();
                    let closing = if bracket == b'{' { b'}' } else { b']' };
                    let mut inner = Open::new(bracket == b'{', start);
                    if self.peek() != Some(closing) {
                        self.key_into(&mut inner)?;
                        open.push(inner);
                        continue;
                    }
                    self.at += 1;
                    inner.value()
                }
                _ => self.literal()?,
            };
            let mut node = Node { value, span: Span::new(start..self.at), style: Style::Json };
            // Give the node to the container it stands in; close every container that ends here.
            loop {
                let Some(container) = open.last_mut() else { return Ok(node) };
                container.push(node);
                self.blanks();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.blanks();
                        self.key_into(container)?;
                        break;
                    }
                    Some(c) if c == container.closing() => self.at += 1,
                    _ => return self.fail(JsonErrorKind::Comma, self.at),
                }
                let Some(done) = open.pop() else {
                    return self.fail(JsonErrorKind::Comma, self.at);
                };
                let span = Span::new(done.start..self.at);
                node = Node { value: done.value(), span, style: Style::Json };
            }
        }
    }

    /// In an object, reads the key and colon before a value.
    fn key_into(&mut self, container: &mut Open<'a>) -> Result<(), JsonError> {
        if container.dict.is_none() {
            return Ok(());
        }
        let start = self.at;
        if self.peek() != Some(b'"') {
            return self.fail(JsonErrorKind::Key, self.at);
        }
        let key = self.string()?;
        container.key = Some((Value::Str(key), Span::new(start..self.at)));
        self.blanks();
        if self.peek() != Some(b':') {
            return self.fail(JsonErrorKind::Colon, self.at);
        }
        self.at += 1;
        self.blanks();
        Ok(())
    }

    fn literal(&mut self) -> Result<Value<'a>, JsonError> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let (word, value) = match rest.first() {
            Some(b'n') => ("null", Value::Null),
            Some(b't') => ("true", Value::Bool(true)),
            Some(b'f') => ("false", Value::Bool(false)),
            Some(b'N') => ("NaN", Value::Float(f64::NAN)),
            Some(b'I') => ("Infinity", Value::Float(f64::INFINITY)),
            Some(b'-') if rest.get(1) == Some(&b'I') => {
                ("-Infinity", Value::Float(f64::NEG_INFINITY))
            }
            _ => return self.number(),
        };
        if !rest.starts_with(word.as_bytes()) {
            return self.fail(JsonErrorKind::Value, self.at);
        }
        self.at += word.len();
        Ok(value)
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !self.digits() {
            self.at = start;
            return self.fail(JsonErrorKind::Value, start);
        }
        let mut is_float = false;
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            is_float = self.digits();
            if !is_float {
                self.at = whole;
            }
        }
        let mantissa = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() {
                is_float = true;
            } else {
                self.at = mantissa;
            }
        }
        let written = &self.text[start..self.at];
        if is_float {
            return Ok(Value::Float(float(written)));
        }
        if let Ok(number) = written.parse::<i64>() {
            return Ok(Value::Int(number));
        }
        let digits = written.trim_start_matches('-');
        if digits.len() > INT_MAX_STR_DIGITS {
            return self.fail(JsonErrorKind::TooManyDigits, start);
        }
        Ok(Value::BigInt(normalize_int(if negative { "-" } else { "" }, digits)))
    }

    /// Reads a string; stands on its opening quote.
    pub(super) fn string(&mut self) -> Result<Str<'a>, JsonError> {
        let quote = self.at;
        let start = quote + 1;
        let mut at = start;
        at += plain_len(&self.bytes[at.min(self.bytes.len())..]);
        match self.bytes.get(at) {
            None => return self.fail(JsonErrorKind::Unterminated, quote),
            Some(b'"') => {
                self.at = at + 1;
                return Ok(Str::from(&self.text[start..at]));
            }
            Some(0..=0x1f) => return self.fail(JsonErrorKind::ControlCharacter, at),
            Some(_) => {}
        }
        let mut decoded = self.bytes[start..at].to_vec();
        loop {
            match self.bytes.get(at) {
                None => return self.fail(JsonErrorKind::Unterminated, quote),
                Some(b'"') => break,
                Some(0..=0x1f) => return self.fail(JsonErrorKind::ControlCharacter, at),
                Some(b'\\') => at = self.escape(quote, at, &mut decoded)?,
                Some(_) => {
                    let plain = plain_len(&self.bytes[at..]);
                    decoded.extend_from_slice(&self.bytes[at..at + plain]);
                    at += plain;
                }
            }
        }
        self.at = at + 1;
        match String::from_utf8(decoded) {
            Ok(text) => Ok(Str::from(text)),
            Err(error) => Ok(Str::Lone(error.into_bytes())),
        }
    }

    /// Decodes the escape at `at`; returns where it ends.
    fn escape(&self, quote: usize, at: usize, decoded: &mut Vec<u8>) -> Result<usize, JsonError> {
        match self.bytes.get(at + 1) {
            None => self.fail(JsonErrorKind::Unterminated, quote),
            Some(b'u') => {
                // The C scanner wants four digits and at least one more character after them.
                let unit = self.code_unit(at).filter(|_| at + 6 < self.bytes.len());
                let Some(mut code) = unit else {
                    return self.fail(JsonErrorKind::UnicodeEscape, at + 1);
                };
                let mut end = at + 6;
                if (0xd800..0xdc00).contains(&code)
                    && self.bytes.get(end..end + 2) == Some(b"\\u")
                    && end + 6 < self.bytes.len()
                    && let Some(low @ 0xdc00..=0xdfff) = self.code_unit(end)
                {
                    code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
                    end += 6;
                }
                push_wtf8(code, decoded);
                Ok(end)
            }
            Some(c) => match simple_escape(*c) {
                Some(c) => {
                    decoded.push(c as u32 as u8);
                    Ok(at + 2)
                }
                None => self.fail(JsonErrorKind::Escape, at),
            },
        }
    }

    fn code_unit(&self, at: usize) -> Option<u32> {
        let hex = self.bytes.get(at + 2..at + 6)?;
        hex.iter().try_fold(0, |all, c| Some(all * 16 + (*c as char).to_digit(16)?))
    }
}

/// Appends a code point, surrogates too, in generalized UTF-8.
fn push_wtf8(code: u32, out: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(code) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let low6 = |n: u32| 0x80 | u8::try_from(n & 0x3f).unwrap_or(0);
    out.extend([0xe0 | u8::try_from(code >> 12).unwrap_or(0), low6(code >> 6), low6(code)]);
}

/// How many bytes follow that are neither a quote, a backslash nor a control character; eight at a
/// time.
fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut done = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        let quote = zero_byte(word ^ (ONES * u64::from(b'"')));
        let backslash = zero_byte(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        if quote | backslash | control != 0 {
            break;
        }
        done += 8;
    }
    let rest = bytes[done..].iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
    rest.map_or(bytes.len(), |n| done + n)
}
