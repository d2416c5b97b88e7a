//! `json.dumps` with `ensure_ascii`, and with `indent=2`.

use super::text::float_repr;
use crate::model::{Str, Value};

/// The type of the exception that `json.dumps` raises.
pub type Refused = &'static str;

/// `json.dumps(value)`.
pub fn dumps(value: &Value<'_>) -> Result<String, Refused> {
    let mut out = String::new();
    write(value, None, &mut out)?;
    Ok(out)
}

/// `json.dumps(value, indent=2)`.
pub fn dumps_indented(value: &Value<'_>) -> Result<String, Refused> {
    let mut out = String::new();
    write(value, Some(0), &mut out)?;
    Ok(out)
}

/// A string in quotes, appended to `out`.
pub fn write_str(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (i, c) in text.char_indices() {
        if matches!(c, ' '..='~') && c != '"' && c != '\\' {
            continue;
        }
        out.push_str(&text[plain..i]);
        escape(c as u32, out);
        plain = i + c.len_utf8();
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

fn escape(code: u32, out: &mut String) {
    let short = match code {
        0x22 => "\\\"",
        0x5c => "\\\\",
        0x08 => "\\b",
        0x0c => "\\f",
        0x0a => "\\n",
        0x0d => "\\r",
        0x09 => "\\t",
        0x20..=0x7e => {
            out.extend(char::from_u32(code));
            return;
        }
        _ => "",
    };
    let unit = |unit: u32, out: &mut String| {
        out.push_str("\\u");
        out.extend((0..4).rev().filter_map(|i| char::from_digit(unit >> (4 * i) & 0xf, 16)));
    };
    if !short.is_empty() {
        out.push_str(short);
    } else if code < 0x10000 {
        unit(code, out);
    } else {
        unit(0xd800 | (code - 0x10000) >> 10, out);
        unit(0xdc00 | (code - 0x10000) & 0x3ff, out);
    }
}

/// A string that may hold lone surrogates, in quotes.
fn write_wtf8(bytes: &[u8], out: &mut String) {
    out.push('"');
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let (len, bits) = match first {
            0..=0x7f => (1, u32::from(*first)),
            0..=0xdf => (2, u32::from(first & 0x1f)),
            0..=0xef => (3, u32::from(first & 0x0f)),
            _ => (4, u32::from(first & 0x07)),
        };
        let rest = bytes.get(at + 1..at + len).unwrap_or_default();
        escape(rest.iter().fold(bits, |code, byte| code << 6 | u32::from(byte & 0x3f)), out);
        at += len;
    }
    out.push('"');
}

fn newline(level: Option<usize>, out: &mut String) {
    if let Some(level) = level {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', 2 * level));
    }
}

fn write(value: &Value<'_>, level: Option<usize>, out: &mut String) -> Result<(), Refused> {
    let deeper = level.map(|l| l + 1);
    let separator = if level.is_some() { "," } else { ", " };
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::BigInt(n) => {
            if n.trim_start_matches('-').len() > super::text::INT_MAX_STR_DIGITS {
                return Err("ValueError");
            }
            out.push_str(n);
        }
        Value::Float(f) => out.push_str(&float_text(*f)),
        Value::Str(Str::Utf8(text)) => write_str(text, out),
        Value::Str(Str::Lone(bytes)) => write_wtf8(bytes, out),
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { separator } else { "" });
                newline(deeper, out);
                write(&item.value, deeper, out)?;
            }
            newline(level, out);
            out.push(']');
        }
        Value::Dict(dict) if dict.members.is_empty() => out.push_str("{}"),
        Value::Dict(dict) => {
            out.push('{');
            for (i, (key, member)) in dict.iter().enumerate() {
                out.push_str(if i > 0 { separator } else { "" });
                newline(deeper, out);
                write_key(key, out)?;
                out.push_str(": ");
                write(&member.node.value, deeper, out)?;
            }
            newline(level, out);
            out.push('}');
        }
        Value::Opaque(_) => return Err("TypeError"),
        Value::Cycle => return Err("ValueError"),
    }
    Ok(())
}

fn float_text(f: f64) -> String {
    match f {
        _ if f.is_nan() => "NaN".to_string(),
        f64::INFINITY => "Infinity".to_string(),
        f64::NEG_INFINITY => "-Infinity".to_string(),
        _ => float_repr(f),
    }
}

fn write_key(key: &Value<'_>, out: &mut String) -> Result<(), Refused> {
    match key {
        Value::Str(_) => write(key, None, out),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            out.push('"');
            write(key, None, out)?;
            out.push('"');
            Ok(())
        }
        _ => Err("TypeError"),
    }
}
