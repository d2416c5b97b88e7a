//! `str(value)` and `repr(value)`: what old Airflows wrote into a query for values that are no
//! text.

use super::text::float_repr;
use crate::model::{Str, Value};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// `str(value)`; a lone surrogate inside a text is the caller's to refuse, and is written as its
/// escape here.
pub fn str_of(value: &Value<'_>) -> String {
    match value {
        Value::Str(Str::Utf8(text)) => text.to_string(),
        other => {
            let mut out = String::new();
            repr(other, &mut out);
            out
        }
    }
}

fn repr(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(b) => out.push_str(if *b { "True" } else { "False" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::BigInt(n) => out.push_str(n),
        Value::Float(f) => out.push_str(&float_repr(*f)),
        Value::Str(Str::Utf8(text)) => repr_str(text, out),
        Value::Str(Str::Lone(bytes)) => {
            // Generalized UTF-8: the valid chunks are text, each three-byte rest is a surrogate.
            let mut text = String::new();
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.push_str(if chunk.invalid().first() == Some(&0xed) { "\u{fffd}" } else { "" });
            }
            repr_str(&text, out);
        }
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                repr(&item.value, out);
            }
            out.push(']');
        }
        Value::Dict(dict) => {
            out.push('{');
            for (i, (key, member)) in dict.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                repr(key, out);
                out.push_str(": ");
                repr(&member.node.value, out);
            }
            out.push('}');
        }
        Value::Opaque(name) => out.push_str(name),
        Value::Cycle => out.push_str("{...}"),
    }
}

fn repr_str(text: &str, out: &mut String) {
    use std::fmt::Write;
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => {
                let code = c as u32;
                // Writing to a String cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// `str.isprintable()` of one character.
fn is_printable(c: char) -> bool {
    c == ' '
        || !matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::python::json_loads::loads;

    #[test]
    fn dicts_are_written_as_python_prints_them() {
        let node =
            loads(r#"{"a": [null, true, 1, 1e-7, "it's", "q\"'", "\u0000é\u200b"], "b": {}}"#)
                .expect("JSON");
        assert_eq!(
            str_of(&node.value),
            r#"{'a': [None, True, 1, 1e-07, "it's", 'q"\'', '\x00é\u200b'], 'b': {}}"#
        );
        assert_eq!(str_of(&Value::text("x")), "x");
    }
}
