//! Variables in a file in which nothing is filled in.

use std::ops::Range;

use super::Ends;

/// Nobody's name for a value is longer.
const MAX_NAME: usize = 80;

/// Nor is a name with the value that stands in for it.
const MAX_LENGTH: usize = 256;

/// Whether a value holds the name of a variable in the place of something.
pub fn holds_variable(text: &str) -> bool {
    next(text, 0, &mut Ends::default()).is_some()
}

/// The next variable from a byte on: `${NAME}` anywhere, or `$NAME` in capitals where it is a word
/// of its own: a password may hold a `$` as well.
pub(super) fn next(
    text: &str,
    from: usize,
    _: &mut Ends,
) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let signs = text[from..].match_indices('$').map(|(at, _)| from + at);
    signs
        .filter_map(|start| {
            let rest = &text[start..];
            let length = braced(rest).or_else(|| word(&text[..start], rest))?;
            Some((start..start + length, None))
        })
        .next()
}

/// How long the `${NAME}` or `${NAME:-value}` is that the text begins with.
fn braced(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("${")?;
    let end = inside.bytes().take(MAX_LENGTH).position(|b| b == b'}')?;
    let name = inside[..end].split(":-").next().unwrap_or_default();
    (is_name(name) && name.len() > 1).then_some("${".len() + end + "}".len())
}

/// How long the `$NAME` is that the text begins with.
fn word(before: &str, text: &str) -> Option<usize> {
    let inside = text.strip_prefix('$')?;
    let of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let end = inside.bytes().take(MAX_LENGTH).take_while(of_name).count();
    let name = &inside[..end];
    let is_free = before.is_empty() || before.ends_with(is_border);
    let ends = inside[name.len()..].is_empty()
        || inside[name.len()..]
            .starts_with(|c| is_border(c) || matches!(c, ',' | '}' | ']' | '\\'));
    let is_capital = name.len() > 2 && !name.contains(|c: char| c.is_ascii_lowercase());
    (is_free && ends && is_capital && is_name(name)).then_some("$".len() + name.len())
}

fn is_border(c: char) -> bool {
    matches!(c, '"' | '\'' | ' ' | '\t' | '\n' | '\r')
}

fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_passwords() {
        for (text, want) in [
            ("${API_USER}", "${API_USER}"),
            ("${api_user}", "${api_user}"),
            ("https://${HOST}:8080", "${HOST}"),
            ("${PORT:-5432}", "${PORT:-5432}"),
            ("$TOKEN", "$TOKEN"),
            ("{\"token\": \"$TOKEN\", \"a\": \"${BB}\"}", "$TOKEN ${BB}"),
            ("host: $DWH_HOST\nlogin: etl", "$DWH_HOST"),
            ("$ecret", ""),
            ("US$100", ""),
            ("Pa$$word", ""),
            ("$Kelp", ""),
            ("$5KELP", ""),
            ("a$TOKEN", ""),
            ("${", ""),
            ("x${9}", ""),
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
