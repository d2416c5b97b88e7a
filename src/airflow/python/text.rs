//! Methods of Python's `str`, `int()` and `repr(float)`.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What `str.strip()` removes: `str.isspace()`, which has U+001C..U+001F and U+0085 and not U+FEFF.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Where `str.splitlines()` splits (CRLF counts once).
pub fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `str.splitlines()` as byte ranges.
pub fn splitlines(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if is_line_end(c) {
            lines.push(start..i);
            if c == '\r' && matches!(chars.peek(), Some((_, '\n'))) {
                chars.next();
            }
            start = chars.peek().map_or(text.len(), |(next, _)| *next);
        }
    }
    if start < text.len() {
        lines.push(start..text.len());
    }
    lines
}

/// `\w` of `re` without `re.ASCII`: `str.isalnum()` or `_`. Combining marks are not word
/// characters.
pub fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    ) && !super::unicode15::is_later(c)
}

/// What `int(text)` gives, in decimal digits, or `None` where it raises ValueError. More than 4300
/// digits are refused. Around them it passes over less than `strip()`: not over U+001C to U+001F.
pub fn int(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let mut out = String::new();
    let mut after_digit = false;
    for c in digits.chars() {
        match c {
            '_' if after_digit => after_digit = false,
            _ => {
                out.push(char::from_digit(decimal_digit(c)?, 10)?);
                after_digit = true;
            }
        }
    }
    if !after_digit || out.len() > INT_MAX_STR_DIGITS {
        return None;
    }
    Some(normalize_int(sign, &out))
}

/// `sys.int_info.default_max_str_digits`.
pub const INT_MAX_STR_DIGITS: usize = crate::bounds::INT_DIGITS.value;

/// Decimal digits without leading zeros, and no minus before zero.
pub fn normalize_int(sign: &str, digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { "0".to_string() } else { format!("{sign}{digits}") }
}

/// The value of a decimal digit of any script (`unicodedata.decimal`). Digits of one script stand
/// in blocks of ten that start at zero.
fn decimal_digit(c: char) -> Option<u32> {
    if let Some(digit) = c.to_digit(10) {
        return Some(digit);
    }
    let decimal = unicode_properties::GeneralCategory::DecimalNumber;
    if c.general_category() != decimal || super::unicode15::is_later(c) {
        return None;
    }
    // Mathematical digits are five runs of ten without a gap between them.
    if ('\u{1d7ce}'..='\u{1d7ff}').contains(&c) {
        return Some((c as u32 - 0x1d7ce) % 10);
    }
    let is_digit = |c: u32| {
        char::from_u32(c).is_some_and(|c| {
            c.general_category() == unicode_properties::GeneralCategory::DecimalNumber
        })
    };
    let run = (1..10).take_while(|back| is_digit(c as u32 - back)).count();
    u32::try_from(run).ok()
}

/// `repr(float)`: the shortest digits that read back, `1e+16` and `1e-07` outside of 1e-4 .. 1e16.
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_string();
    }
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value.abs());
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut point = exponent.parse::<i32>().unwrap_or(0) + i32::try_from(whole.len()).unwrap_or(0);
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    point -= i32::try_from(all.len() - digits.len()).unwrap_or(0);
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return format!("{sign}0.0");
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let exp10 = point - 1;
    if !(-4..16).contains(&exp10) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let minus = if exp10 < 0 { '-' } else { '+' };
        return format!("{sign}{first}{dot}{rest}e{minus}{:02}", exp10.abs());
    }
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else if point >= count {
        format!("{sign}{digits}{}.0", zeros(point - count))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }
}

/// `float(text)` for text that is known to be a number.
pub fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every zero that `int()` of Python 3.11.2 takes, for each code point; nine more follow each.
    const ZEROS: &[u32] = &[
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
        0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
        0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
        0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
        0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];

    /// What Unicode 15.0, that of Python 3.12, added: Kawi and Nag Mundari.
    const ADDED: &[u32] = &[0x11f50, 0x1e4f0];

    #[test]
    fn digits_are_those_of_python() {
        let mut wanted = std::collections::BTreeMap::new();
        for zero in ZEROS.iter().chain(ADDED) {
            wanted.extend((0..10).map(|digit| (zero + digit, digit.to_string())));
        }
        for code in 0..=u32::from(char::MAX) {
            let Some(c) = char::from_u32(code) else { continue };
            assert_eq!(int(&c.to_string()).as_ref(), wanted.get(&code), "U+{code:04X}");
        }
    }

    #[test]
    fn float_repr_is_pythons() {
        for (value, want) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100_000.0, "100000.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (1e22, "1e+22"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (-12.5, "-12.5"),
            (5e-324, "5e-324"),
            (811_212_085_039_910.2, "811212085039910.2"),
            (123_456_789.123, "123456789.123"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float_repr(value), want);
        }
    }

    #[test]
    fn int_takes_what_python_takes() {
        for (text, want) in [
            (" 80 ", Some("80")),
            ("8_0", Some("80")),
            ("٥", Some("5")),
            ("𝟡𝟘", Some("90")),
            ("-0", Some("0")),
            ("+007", Some("7")),
            ("\u{85}5\u{3000}", Some("5")),
            ("\u{1f}5\u{3000}", None),
            ("5432.0", None),
            ("8__0", None),
            ("_8", None),
            ("8_", None),
            ("", None),
            ("- 5", None),
            ("²", None),
            ("0x10", None),
        ] {
            assert_eq!(int(text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        let split = |t: &'static str| splitlines(t).into_iter().map(|r| &t[r]).collect::<Vec<_>>();
        assert_eq!(split("a\r\nb\rc\n\nd"), ["a", "b", "c", "", "d"]);
        assert_eq!(
            split("a\u{85}b\u{2028}c\x0bd\x0ce\x1cf\x1dg\x1eh\x1fi"),
            ["a", "b", "c", "d", "e", "f", "g", "h\u{1f}i"]
        );
        assert_eq!(split(""), Vec::<&str>::new());
        assert_eq!(split("a\n"), ["a"]);
    }

    #[test]
    fn word_characters() {
        for (c, want) in [
            ('a', true),
            ('_', true),
            ('é', true),
            ('½', true),
            ('ⅷ', true),
            ('\u{301}', false),
            ('-', false),
            ('²', true),
            ('語', true),
            ('\u{324d6}', false),
            ('\u{3347a}', false),
            ('\u{323af}', true),
        ] {
            assert_eq!(is_word(c), want, "{c:?}");
        }
    }
}
