//! YAML 1.1 types as PyYAML resolves and constructs them: `yes` is true, `017` is fifteen, `12:30`
//! is 750.

use num_bigint::BigInt;

use super::python::text::float;
use crate::model::Value;

/// The tag of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
    Binary,
    Merge,
    Value,
    Seq,
    Map,
    Set,
    Omap,
    Pairs,
    /// Anything that the safe loader has no constructor for.
    Unknown,
}

impl Tag {
    /// A tag by its full name.
    pub(super) fn named(name: &str) -> Tag {
        match name.strip_prefix("tag:yaml.org,2002:") {
            Some("null") => Tag::Null,
            Some("bool") => Tag::Bool,
            Some("int") => Tag::Int,
            Some("float") => Tag::Float,
            Some("str") => Tag::Str,
            Some("timestamp") => Tag::Timestamp,
            Some("binary") => Tag::Binary,
            Some("merge") => Tag::Merge,
            Some("value") => Tag::Value,
            Some("seq") => Tag::Seq,
            Some("map") => Tag::Map,
            Some("set") => Tag::Set,
            Some("omap") => Tag::Omap,
            Some("pairs") => Tag::Pairs,
            _ => Tag::Unknown,
        }
    }
}

/// The type that a plain scalar has by its looks. PyYAML's patterns end in `$`, which also matches
/// before a final newline.
pub(super) fn resolve(value: &str) -> Tag {
    let text = value.strip_suffix('\n').unwrap_or(value);
    let Some(first) = value.bytes().next() else { return Tag::Null };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => match text {
            "~" | "null" | "Null" | "NULL" => Tag::Null,
            _ if bool_of(text).is_some() && is_one_case(text) => Tag::Bool,
            _ => Tag::Str,
        },
        b'-' | b'+' | b'.' | b'0'..=b'9' => match text {
            _ if is_float(text) => Tag::Float,
            _ if is_int(text) => Tag::Int,
            _ if first.is_ascii_digit() && timestamp(text).is_some() => Tag::Timestamp,
            _ => Tag::Str,
        },
        b'<' if text == "<<" => Tag::Merge,
        b'=' if text == "=" => Tag::Value,
        _ => Tag::Str,
    }
}

/// lower, Title or UPPER.
fn is_one_case(word: &str) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    rest.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_uppercase())
}

fn bool_of(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn only(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(allowed)
}

fn digits_(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && only(text, |b| b.is_ascii_digit() || b == b'_')
}

/// `:[0-5]?[0-9]`, once or more.
fn sixties<'t>(mut parts: impl Iterator<Item = &'t str>) -> bool {
    parts.all(|p| matches!(p.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']))
}

fn is_int(text: &str) -> bool {
    let text = unsigned(text);
    if let Some(bits) = text.strip_prefix("0b") {
        return only(bits, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return only(hex, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if let Some(octal) = text.strip_prefix('0') {
        return octal.is_empty() || only(octal, |b| matches!(b, b'0'..=b'7' | b'_'));
    }
    match text.split_once(':') {
        Some((first, rest)) => digits_(first) && sixties(rest.split(':')),
        None => digits_(text),
    }
}

fn is_float(text: &str) -> bool {
    let exponent = |text: &str| -> bool {
        let Some(rest) = text.strip_prefix(['e', 'E']) else { return text.is_empty() };
        rest.starts_with(['-', '+']) && only(&rest[1..], |b| b.is_ascii_digit())
    };
    let mantissa = |text: &str, first: bool| -> bool {
        let end = text.find(['e', 'E']).unwrap_or(text.len());
        let (fraction, rest) = text.split_at(end);
        let fraction_fits = if first {
            digits_(fraction)
        } else {
            fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        };
        fraction_fits && exponent(rest)
    };
    let number = unsigned(text);
    if matches!(number, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return mantissa(fraction, true);
    }
    let Some((whole, fraction)) = number.split_once('.') else { return false };
    match whole.split_once(':') {
        Some((first, rest)) => {
            digits_(first)
                && sixties(rest.split(':'))
                && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        }
        None => digits_(whole) && mantissa(fraction, false),
    }
}

/// What a scalar with this tag becomes, or the exception and why.
pub(super) fn construct(
    tag: Tag,
    value: &str,
) -> Result<Value<'static>, (&'static str, &'static str)> {
    match tag {
        Tag::Null => Ok(Value::Null),
        Tag::Str => Ok(Value::text(value)),
        Tag::Bool => bool_of(value.strip_suffix('\n').unwrap_or(value))
            .map(Value::Bool)
            .ok_or(("KeyError", "tagged as a bool, but none")),
        Tag::Int => int(value).ok_or(("ValueError", "this is not an integer that Python reads")),
        Tag::Float => float_of(value).ok_or(("ValueError", "tagged as a float, but none")),
        Tag::Timestamp => match timestamp(value.strip_suffix('\n').unwrap_or(value)) {
            Some(Ok(name)) => Ok(Value::Opaque(name)),
            Some(Err(())) => Err((
                "ValueError",
                "looks like a date, but there is no such day or time; put it in quotes",
            )),
            None => Err(("AttributeError", "tagged as a timestamp, but none")),
        },
        Tag::Binary => binary(value),
        Tag::Merge | Tag::Value => {
            Err(("ConstructorError", "`<<` or `=` as a value; put it in quotes"))
        }
        _ => Err(("ConstructorError", "a tag that does not fit a scalar")),
    }
}

fn int(value: &str) -> Option<Value<'static>> {
    let text = value.replace('_', "");
    let negative = text.starts_with('-');
    let digits = unsigned(&text);
    let python_int =
        |text: &str| super::python::text::int(text).and_then(|d| d.parse::<BigInt>().ok());
    let radix = |text: &str, radix: u32| {
        let fits = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
        fits.then(|| BigInt::parse_bytes(text.as_bytes(), radix)).flatten()
    };
    let magnitude = if digits == "0" {
        BigInt::ZERO
    } else if let Some(bits) = digits.strip_prefix("0b") {
        radix(bits, 2)?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        radix(hex, 16)?
    } else if digits.starts_with('0') {
        radix(digits, 8)?
    } else if digits.contains(':') {
        digits.split(':').try_fold(BigInt::ZERO, |all, part| Some(all * 60 + python_int(part)?))?
    } else {
        python_int(digits)?
    };
    let number = if negative { -magnitude } else { magnitude };
    let decimal = number.to_string();
    Some(decimal.parse().map_or(Value::BigInt(decimal), Value::Int))
}

fn float_of(value: &str) -> Option<Value<'static>> {
    let text = value.replace('_', "").to_lowercase();
    let text = text.trim();
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let number = unsigned(text);
    let plain = |text: &str| {
        let looks =
            text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-'));
        (looks && text.parse::<f64>().is_ok()).then(|| float(text))
    };
    let magnitude = match number {
        ".inf" => f64::INFINITY,
        ".nan" => return Some(Value::Float(f64::NAN)),
        _ if number.contains(':') => {
            let mut base = 1.0;
            let mut sum = 0.0;
            for part in number.split(':').rev() {
                sum += plain(part)? * base;
                base *= 60.0;
            }
            sum
        }
        _ => plain(number)?,
    };
    Some(Value::Float(sign * magnitude))
}

/// `base64.decodebytes`: characters outside of the alphabet are skipped, what follows the padding
/// is not read, missing padding is an error.
fn binary(value: &str) -> Result<Value<'static>, (&'static str, &'static str)> {
    if !value.is_ascii() {
        return Err(("ConstructorError", "base64 that is not ASCII"));
    }
    let (mut digits, mut padding) = (0, 0);
    for byte in value.bytes() {
        if byte == b'=' && digits >= 2 {
            padding += 1;
            if digits + padding >= 4 {
                return Ok(Value::Opaque("bytes"));
            }
        } else if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            (digits, padding) = ((digits + 1) % 4, 0);
        }
    }
    if digits == 0 {
        Ok(Value::Opaque("bytes"))
    } else {
        Err(("ConstructorError", "base64 that ends too early, or without its padding"))
    }
}

/// If the text has the shape of a timestamp: the Python type, or an error where there is no such
/// date.
fn timestamp(text: &str) -> Option<Result<&'static str, ()>> {
    let skip = |rest: &mut &str, c: char| -> Option<()> {
        *rest = rest.strip_prefix(c)?;
        Some(())
    };
    let mut fields = Fields { rest: text };
    let (year, _) = fields.number(4, 4)?;
    skip(&mut fields.rest, '-')?;
    let (month, month_len) = fields.number(1, 2)?;
    skip(&mut fields.rest, '-')?;
    let (day, day_len) = fields.number(1, 2)?;
    let valid_day =
        (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month) && year >= 1;
    let result = |valid: bool, name| Some(if valid { Ok(name) } else { Err(()) });
    if fields.rest.is_empty() {
        return if month_len == 2 && day_len == 2 { result(valid_day, "date") } else { None };
    }
    let blanks = fields.rest.trim_start_matches([' ', '\t']);
    fields.rest = match fields.rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if blanks.len() < fields.rest.len() => blanks,
        None => return None,
    };
    let (hour, _) = fields.number(1, 2)?;
    skip(&mut fields.rest, ':')?;
    let (minute, _) = fields.number(2, 2)?;
    skip(&mut fields.rest, ':')?;
    let (second, _) = fields.number(2, 2)?;
    if let Some(fraction) = fields.rest.strip_prefix('.') {
        fields.rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let mut zone_valid = true;
    if !fields.rest.is_empty() {
        fields.rest = fields.rest.trim_start_matches([' ', '\t']);
        if let Some(rest) = fields.rest.strip_prefix('Z') {
            fields.rest = rest;
        } else {
            fields.rest = fields.rest.strip_prefix(['-', '+'])?;
            let (hours, _) = fields.number(1, 2)?;
            let mut minutes = 0;
            if let Some(rest) = fields.rest.strip_prefix(':') {
                fields.rest = rest;
                minutes = fields.number(2, 2)?.0;
            }
            zone_valid = hours * 60 + minutes < 24 * 60;
        }
    }
    if !fields.rest.is_empty() {
        return None;
    }
    result(valid_day && hour < 24 && minute < 60 && second < 60 && zone_valid, "datetime")
}

struct Fields<'t> {
    rest: &'t str,
}

impl Fields<'_> {
    fn number(&mut self, min: usize, max: usize) -> Option<(u32, usize)> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count().min(max);
        let number = self.rest.get(..len).filter(|_| len >= min)?.parse().ok()?;
        self.rest = &self.rest[len..];
        Some((number, len))
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
