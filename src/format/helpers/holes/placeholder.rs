//! Words in the place of a value in a file that is copied and filled in.

use std::ops::Range;

use super::Ends;

/// Words in capitals, or any, that stand for a value where a file is copied and filled in.
const NAMES: &[&str] = &[
    "port", "host", "hostname", "user", "username", "login", "password", "database", "dbname",
    "schema",
];

/// What a word says that is to be replaced.
const SIGNS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "replaceme",
    "replace_me",
    "replace-me",
    "placeholder",
    "xxx",
    "todo",
    "fixme",
    "your_",
    "your-",
    "my_",
    "my-",
    "insert_",
    "insert-",
    "fill_",
    "example_",
    "...",
];

/// The longest name in brackets.
const LONGEST: usize = 80;

/// So many brackets may stand around a name.
const MAX_BRACKETS: usize = 8;

/// The next placeholder from a byte on: `<…>`, `<<<…>>>`, a word that says what it is, or the name
/// of a thing in capitals.
pub(super) fn next(
    text: &str,
    from: usize,
    _: &mut Ends,
) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let mut at = from;
    while let Some(start) = text[at..].find(begins).map(|n| at + n) {
        let rest = &text[start..];
        if let Some(length) = bracketed(rest) {
            return Some((start..start + length, None));
        }
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        if length > 0 && is_placeholder(&text[..start], &rest[..length], &rest[length..]) {
            return Some((start..start + length, None));
        }
        let brackets = rest.len() - rest.trim_start_matches('<').len();
        at = start + length.max(brackets.saturating_sub(MAX_BRACKETS)).max(1);
    }
    None
}

fn begins(c: char) -> bool {
    c == '<' || is_of_word(c)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// How long a name in angle brackets is that the text begins with.
fn bracketed(text: &str) -> Option<usize> {
    let open = text.len() - text.trim_start_matches('<').len();
    let name = &text[open..];
    let end = name.find(|c: char| !(is_of_word(c) || " /:,'@".contains(c)))?;
    let close = &name[end..];
    let closed = close.len() - close.trim_start_matches('>').len();
    let named = name[..end].contains(|c: char| c.is_ascii_alphabetic());
    (open > 0 && closed >= open && named && end <= LONGEST).then_some(open + end + open)
}

fn is_placeholder(before: &str, word: &str, after: &str) -> bool {
    let lower = word.to_lowercase();
    let is_capital = word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        && word.len() > 2
        && !before.ends_with(['%', '\\']);
    let is_port = before.ends_with(':') && NAMES.contains(&lower.as_str());
    let stands_in = is_port
        || is_capital && word.contains(|c: char| c.is_ascii_alphabetic())
        || SIGNS.iter().any(|sign| lower.contains(sign) && !lower.starts_with("conn"));
    // Names of members and options are not values.
    let is_key = || {
        ["\":", "':", "=", ":"].iter().any(|end| after.starts_with(end))
            && !after.starts_with(":/")
            && !before.contains("://")
    };
    stands_in && !is_key()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_values() {
        for (text, want) in [
            ("aws://<your_access_key>:<your_secret_key>@", "<your_access_key> <your_secret_key>"),
            ("postgres://user:pass@host:port/db", "port"),
            ("postgres://USER:PASSWORD@HOST:5432/db", "USER PASSWORD HOST"),
            ("{\"password\": \"<<<YOUR ACR PASSWORD HERE>>>\"}", "<<<YOUR ACR PASSWORD HERE>>>"),
            ("{\"password\": \"xoxb-<your_token>\"}", "<your_token>"),
            ("{\"login\": \"changeme\", \"host\": \"db.example.com\"}", "changeme"),
            ("postgres://etl:Tr4vel-Kelp-88@db.example.com/dwh", ""),
            ("http://api.example.com/?a=1<2>", ""),
        ] {
            let (mut at, mut found) = (0, Vec::new());
            while let Some((place, _)) = next(text, at, &mut Ends::default()) {
                at = place.end;
                found.push(&text[place]);
            }
            assert_eq!(found.join(" "), want, "{text}");
        }
    }
}
