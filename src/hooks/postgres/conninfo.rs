//! Connection strings of libpq: `key=value` pairs or a URI, taken apart as libpq does it.

use crate::hooks::postgres::options::is_option;

/// Why libpq takes no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A key without `=`, a quote that is not closed, or an escape that is none.
    Syntax,
    /// An option that there is not.
    Option,
}

/// Names and values, the last one of a name counts.
pub(crate) type Pairs = Vec<(String, String)>;

/// The options of a connection string; `None` where libpq refuses it.
#[cfg(feature = "cli")]
pub(crate) fn pairs(text: &str) -> Option<Pairs> {
    read(text).ok()
}

/// The options of a connection string.
pub(crate) fn read(text: &str) -> Result<Pairs, Refused> {
    if let Some(rest) =
        ["postgresql://", "postgres://"].iter().find_map(|scheme| text.strip_prefix(scheme))
    {
        return uri(rest);
    }
    let mut pairs = Pairs::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let end = rest.find(|c| c == '=' || is_space(c)).ok_or(Refused::Syntax)?;
        let (key, behind) = rest.split_at(end);
        let behind =
            behind.trim_start_matches(is_space).strip_prefix('=').ok_or(Refused::Syntax)?;
        let (found, behind) = value(behind.trim_start_matches(is_space))?;
        rest = behind.trim_start_matches(is_space);
        if !is_option(key) {
            return Err(Refused::Option);
        }
        pairs.push((key.to_string(), found));
    }
    Ok(pairs)
}

/// A value and what follows it; a backslash takes the meaning of what stands behind it.
fn value(text: &str) -> Result<(String, &str), Refused> {
    let quoted = text.starts_with('\'');
    let mut escaped = false;
    let mut found = String::new();
    for (at, c) in text.char_indices().skip(usize::from(quoted)) {
        match c {
            '\\' if !escaped => escaped = true,
            '\'' if quoted && !escaped => return Ok((found, &text[at + 1..])),
            c if !quoted && !escaped && is_space(c) => return Ok((found, &text[at..])),
            c => {
                escaped = false;
                found.push(c);
            }
        }
    }
    if quoted { Err(Refused::Syntax) } else { Ok((found, "")) }
}

/// `[user[:password]@][host][:port][,…][/dbname][?option=value[&…]]`; `ssl=true` is how JDBC says
/// it.
fn uri(text: &str) -> Result<Pairs, Refused> {
    let mut pairs = Pairs::new();
    let mut rest = text;
    if let Some(at) = text.find(['@', '/']).filter(|at| text[*at..].starts_with('@')) {
        let (user, password) = text[..at].split_once(':').unwrap_or((&text[..at], ""));
        pairs.extend(named("user", user)?);
        pairs.extend(named("password", password)?);
        rest = &text[at + 1..];
    }
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    loop {
        let host = match rest.strip_prefix('[') {
            Some(inside) => {
                let (address, behind) = inside.split_once(']').ok_or(Refused::Syntax)?;
                if address.is_empty()
                    || !(behind.is_empty() || behind.starts_with([':', '/', '?', ',']))
                {
                    return Err(Refused::Syntax);
                }
                rest = behind;
                address
            }
            None => until(&mut rest, &[':', '/', '?', ',']),
        };
        hosts.push(host);
        ports.push(match rest.strip_prefix(':') {
            Some(behind) => {
                rest = behind;
                until(&mut rest, &['/', '?', ','])
            }
            None => "",
        });
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    pairs.extend(named("host", &hosts.join(","))?);
    pairs.extend(named("port", &ports.join(","))?);
    if let Some(behind) = rest.strip_prefix('/') {
        rest = behind;
        pairs.extend(named("dbname", until(&mut rest, &['?']))?);
    }
    for pair in
        rest.strip_prefix('?').unwrap_or_default().split('&').filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair
            .split_once('=')
            .filter(|(_, value)| !value.contains('='))
            .ok_or(Refused::Syntax)?;
        let (key, value) = (decoded(key)?, decoded(value)?);
        match (key.as_str(), value.as_str()) {
            ("ssl", "true") => pairs.push(("sslmode".into(), "require".into())),
            _ if is_option(&key) => pairs.push((key, value)),
            _ => return Err(Refused::Option),
        }
    }
    Ok(pairs)
}

/// A part of a URI that is not empty.
fn named(name: &str, part: &str) -> Result<Option<(String, String)>, Refused> {
    let empty = part.chars().all(|c| c == ',');
    if empty { Ok(None) } else { Ok(Some((name.to_string(), decoded(part)?))) }
}

/// Cuts off what stands before one of these characters.
fn until<'t>(rest: &mut &'t str, ends: &[char]) -> &'t str {
    let (found, behind) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
    *rest = behind;
    found
}

/// Without percent-encoding, in which libpq takes neither a half one nor `%00`.
fn decoded(text: &str) -> Result<String, Refused> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2).ok_or(Refused::Syntax)?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = digits.and_then(|d| u8::from_str_radix(d, 16).ok()).filter(|byte| *byte != 0);
        bytes.push(byte.ok_or(Refused::Syntax)?);
        rest = behind;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_taken_apart_as_libpq_does() {
        // The first ones stand in the recorded options corpus, too; what comes of the others was
        // asked of psycopg2's parse_dsn.
        for (text, want) in [
            ("", Ok("")),
            (" ", Ok("")),
            ("x", Err(Refused::Syntax)),
            ("host=h.example.com", Ok("host=h.example.com")),
            ("host = h.example.com", Ok("host=h.example.com")),
            ("host='h.example.com'", Ok("host=h.example.com")),
            ("host='h.example.com", Err(Refused::Syntax)),
            ("host='it\\'s' port=1", Ok("host=it's port=1")),
            ("host=h.example.com =x", Err(Refused::Option)),
            ("bogus=1", Err(Refused::Option)),
            ("host=h\\ x", Ok("host=h x")),
            ("host=", Ok("host=")),
            ("host=h.example.com;port=5439", Ok("host=h.example.com;port=5439")),
            ("redshift://h.example.com/dev", Err(Refused::Syntax)),
            ("postgres://", Ok("")),
            (
                "postgresql://h.example.com/dev?sslmode=require",
                Ok("host=h.example.com dbname=dev sslmode=require"),
            ),
            ("postgresql://h.example.com/dev?bogus=1", Err(Refused::Option)),
            (
                "postgresql://u:p%40x@h:5433/d?ssl=true",
                Ok("user=u password=p@x host=h port=5433 dbname=d sslmode=require"),
            ),
            ("postgresql://[::1]:5433,b/d", Ok("host=::1,b port=5433, dbname=d")),
            ("postgresql://h/d%2", Err(Refused::Syntax)),
            ("postgresql://h/?options=-c%20geqo%3Doff", Ok("host=h options=-c geqo=off")),
            ("postgresql:///d?host=/tmp", Ok("dbname=d host=/tmp")),
        ] {
            let shown = read(text).map(|pairs| {
                pairs
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            assert_eq!(shown, want.map(str::to_string), "{text}");
        }
    }
}
