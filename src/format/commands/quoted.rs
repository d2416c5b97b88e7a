//! Strings of Groovy and Ruby, which hold scripts.

use crate::source::{Builder, Encoding, Text};

/// A string of Groovy without what a backslash escapes in it.
static GROOVY: Encoding = Encoding {
    name: "string of Groovy",
    part: |new, old| {
        let quote = old.chars().next()?;
        let mut out = new.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
        if quote == '"' {
            out = out.replace('$', "\\$");
        }
        Some(out)
    },
    whole: |_, _| None,
};

/// The text of a string that begins with its quote at a byte, and where it ends.
pub(super) fn quoted<'a>(text: &Text<'a>, start: usize, quote: &str) -> Option<(Text<'a>, usize)> {
    let raw = text.as_str();
    let end = closing(raw, start + quote.len(), quote)?;
    let inside = start + quote.len()..end;
    let mut built = Builder::new(text);
    let mut done = inside.start;
    for (escape, _) in raw[inside.clone()].match_indices('\\') {
        let escape = inside.start + escape;
        let next = raw[escape + 1..inside.end].chars().next().filter(|_| escape >= done);
        let Some(next) = next else { continue };
        built.copy(done..escape);
        let token = escape..escape + 1 + next.len_utf8();
        match next {
            'n' => built.decode("\n", token.clone()),
            't' => built.decode("\t", token.clone()),
            '\n' => {}
            _ => built.copy(escape + 1..token.end),
        }
        done = token.end;
    }
    built.copy(done..inside.end);
    let end = end + quote.len();
    Some((built.finish_in(&GROOVY, start..end, inside), end))
}

fn closing(raw: &str, at: usize, quote: &str) -> Option<usize> {
    let (mut skip, first) = (false, quote.chars().next()?);
    for (i, c) in raw[at..].char_indices() {
        match c {
            _ if skip => skip = false,
            '\\' => skip = true,
            c if c == first && raw[at + i..].starts_with(quote) => return Some(at + i),
            '\n' if quote.len() == 1 => return None,
            _ => {}
        }
    }
    None
}
