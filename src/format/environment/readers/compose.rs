//! Files of variables as Compose reads them, and the Astro CLI through it (`dotenv` of compose-go).

use std::ops::Range;

use super::{Reading, Set, Value, until};

/// What it makes of a text.
pub(in crate::format::environment) fn read(raw: &str) -> Reading {
    let mut reading = Reading::default();
    let mut at = raw.len() - raw.trim_start_matches('\u{feff}').len();
    loop {
        at += raw[at..].len() - raw[at..].trim_start().len();
        if at >= raw.len() {
            return reading;
        }
        if raw[at..].starts_with('#') {
            at = line_end(raw, at);
            continue;
        }
        at = match statement(raw, at) {
            Ok((set, next)) => {
                reading.set.extend(set);
                next
            }
            Err((mut place, mut why)) => {
                let next = line_end(raw, place.start);
                // What stands behind a closing quote is read as a line of its own.
                let behind = |set: &Set| !raw[set.token.end..at].contains('\n');
                if let Some(set) = reading.set.pop_if(|set| behind(set)) {
                    (place, why) = (set.name.start..next, BEHIND);
                }
                reading.refused.push((place, why));
                next
            }
        };
    }
}

/// Where it gives up, and why.
type Refused = (Range<usize>, &'static str);

/// A statement, and where the next one may begin; where it is refused, and why.
fn statement(raw: &str, at: usize) -> Result<(Option<Set>, usize), Refused> {
    let mut start = at;
    if let Some(rest) = raw[at..].strip_prefix("export")
        && rest.starts_with(char::is_whitespace)
    {
        start = raw.len() - rest.trim_start_matches(is_space).len();
    }
    let mut end = None;
    for (i, c) in raw[start..].char_indices() {
        match c {
            '=' | ':' | '\n' => {
                end = Some((start + i, c));
                break;
            }
            '_' | '.' | '-' | '[' | ']' => {}
            c if is_space(c) || c.is_alphanumeric() => {}
            _ => return Err((start..start + i + c.len_utf8(), BAD_NAME)),
        }
    }
    // A name alone at the end of the text is a value without a name.
    let Some((end, by)) = end else { return Ok((None, raw.len())) };
    let name = start..start + raw[start..end].trim_end().len();
    if raw[name.clone()].contains(' ') {
        return Err((name, BAD_NAME));
    }
    let value = raw.len() - raw[end + 1..].trim_start_matches(is_space).len();
    if by == '\n' {
        // A name alone: its value is that of the surroundings.
        return Ok((None, value));
    }
    let quote = raw[value..].chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        let line = line_end(raw, value);
        let cut = raw[value..line].find(" #").map_or(line, |n| value + n);
        let end = value + raw[value..cut].trim_end().len();
        let mut built = Value::default();
        built.copy(raw, value..end);
        let value_of = built.interpolated().map_err(|place| (place, BROKEN))?;
        let why = if cut < line {
            "ends it ahead of ` #`"
        } else {
            "takes the rest of the line as it stands"
        };
        let set = Set { name, token: value..end, value: value_of, lost: false, why };
        return Ok((Some(set), (line + 1).min(raw.len())));
    };
    let (built, end) = quoted(raw, value, quote).ok_or((value..value + 1, OPEN))?;
    let (built, why) = if quote == '"' {
        let value = built.interpolated().map_err(|place| (place, BROKEN))?;
        (value, "reads escapes between double quotes in its own way")
    } else {
        (built, "takes what stands between the first quotes")
    };
    Ok((Some(Set { name, token: value..end, value: built, lost: false, why }), end))
}

const BAD_NAME: &str = "what stands ahead of the value is not a name";
pub(in crate::format::environment) const OPEN: &str = "a quote that is not closed";
pub(in crate::format::environment) const BEHIND: &str = "what stands behind the closing quote";
const BROKEN: &str = "`${…}` that is no variable";

/// What stands between quotes, and where it ends.
fn quoted(raw: &str, start: usize, quote: char) -> Option<(Value, usize)> {
    let mut value = Value::default();
    let mut at = start + 1;
    while let Some(c) = raw[at..].chars().next() {
        let end = at + c.len_utf8();
        if c == quote {
            return Some((value, end));
        }
        if c == '\\' {
            let next = raw[end..].chars().next()?;
            let behind = end + next.len_utf8();
            if next == quote {
                value.put(next.encode_utf8(&mut [0; 4]), at..behind);
            } else if quote == '\'' {
                value.copy(raw, at..behind);
            } else {
                at = escape(raw, at, next, &mut value);
                continue;
            }
            at = behind;
            continue;
        }
        let end = until(raw, end, &['\\', quote]);
        value.copy(raw, at..end);
        at = end;
    }
    None
}

/// An escape between double quotes, and where it ends.
fn escape(raw: &str, at: usize, next: char, value: &mut Value) -> usize {
    let behind = at + 1 + next.len_utf8();
    let decoded = match next {
        'a' => "\u{7}",
        'b' => "\u{8}",
        'f' => "\u{c}",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\u{b}",
        '\\' => "\\",
        // What is filled in later makes one of it.
        '$' => "$$",
        '0' => return octal(raw, at, value),
        _ => {
            value.copy(raw, at..behind);
            return behind;
        }
    };
    value.put(decoded, at..behind);
    behind
}

/// `\0` with up to three digits: three make a byte, any others lose the zero.
fn octal(raw: &str, at: usize, value: &mut Value) -> usize {
    let digits = raw[at + 2..].bytes().take(3).take_while(u8::is_ascii_digit).count();
    let end = at + 2 + digits;
    let number = u32::from_str_radix(&raw[at + 2..end], 8).ok().filter(|n| digits == 3 && *n < 256);
    match number.and_then(char::from_u32) {
        Some(c) => value.put(c.encode_utf8(&mut [0; 4]), at..end),
        None => value.put(&format!("\\{}", &raw[at + 2..end]), at..end),
    }
    end
}

/// Blanks to Compose, other than line ends.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

fn line_end(raw: &str, at: usize) -> usize {
    raw[at..].find('\n').map_or(raw.len(), |n| at + n)
}
