//! The check of connection strings in libpq: `key=value` pairs or a URI.

use super::postgres::is_option;

/// Why libpq takes no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A key without `=`, or a quote that is not closed.
    Syntax,
    /// An option that there is not.
    Option,
}

/// Does libpq parse it?
pub(super) fn check(text: &str) -> Result<(), Refused> {
    if let Some(rest) = ["postgresql://", "postgres://"].iter().find_map(|scheme| text.strip_prefix(scheme)) {
        return uri(rest);
    }
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let end = rest.find(|c| c == '=' || is_space(c)).ok_or(Refused::Syntax)?;
        let (key, behind) = rest.split_at(end);
        let behind = behind.trim_start_matches(is_space).strip_prefix('=').ok_or(Refused::Syntax)?;
        rest = value(behind.trim_start_matches(is_space))?.trim_start_matches(is_space);
        if !is_option(key) {
            return Err(Refused::Option);
        }
    }
    Ok(())
}

/// What follows a value; a backslash takes the meaning of what stands behind it.
fn value(text: &str) -> Result<&str, Refused> {
    let quoted = text.starts_with('\'');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(usize::from(quoted)) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' if quoted => return Ok(&text[at + 1..]),
            c if !quoted && is_space(c) => return Ok(&text[at..]),
            _ => {}
        }
    }
    if quoted { Err(Refused::Syntax) } else { Ok("") }
}

/// Of a URI the parameters are looked at; `ssl` is one that JDBC has.
fn uri(rest: &str) -> Result<(), Refused> {
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(Refused::Syntax)?;
        if !(is_option(key) || key.contains('%') || (key, value) == ("ssl", "true")) {
            return Err(Refused::Option);
        }
    }
    Ok(())
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_taken_apart_as_libpq_does() {
        // All of these stand in the recorded options corpus, too.
        for (text, want) in [
            ("", Ok(())),
            (" ", Ok(())),
            ("x", Err(Refused::Syntax)),
            ("host=h.example.com", Ok(())),
            ("host = h.example.com", Ok(())),
            ("host='h.example.com'", Ok(())),
            ("host='h.example.com", Err(Refused::Syntax)),
            ("host='it\\'s' port=1", Ok(())),
            ("host=h.example.com =x", Err(Refused::Option)),
            ("bogus=1", Err(Refused::Option)),
            ("host=h\\ x", Ok(())),
            ("host=", Ok(())),
            ("host=h.example.com;port=5439", Ok(())),
            ("redshift://h.example.com/dev", Err(Refused::Syntax)),
            ("postgres://", Ok(())),
            ("postgresql://h.example.com/dev?sslmode=require", Ok(())),
            ("postgresql://h.example.com/dev?bogus=1", Err(Refused::Option)),
        ] {
            assert_eq!(check(text), want, "{text}");
        }
    }
}
