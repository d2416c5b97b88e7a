//! `~/.pgpass`: where libpq looks for the password of a connection that has none.

use std::path::PathBuf;

use super::roots::read;
use crate::model::Secret;
use crate::probe::Surroundings;
use crate::probe::libpq::Libpq;

/// Whose password is looked for.
pub(super) struct Whose<'w> {
    pub(super) host: &'w str,
    pub(super) port: u16,
    pub(super) database: &'w str,
    pub(super) user: &'w str,
}

/// The password of the first line that fits. A file that others may read is not taken, as libpq
/// warns.
pub(super) fn password(
    libpq: &Libpq,
    whose: &Whose<'_>,
    surroundings: &Surroundings,
) -> Option<Secret> {
    let usual = || Some(surroundings.home.as_deref()?.join(".pgpass"));
    let path = libpq.passfile.as_ref().map(PathBuf::from).or_else(usual)?;
    let about = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    if is_open_to_others(&about) {
        return None;
    }
    let text = zeroize::Zeroizing::new(String::from_utf8_lossy(&read(&path).ok()?).into_owned());
    let port = whose.port.to_string();
    let wanted = [whose.host, &port, whose.database, whose.user];
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| fits(line, &wanted))
        .map(Secret::text)
}

/// What stands behind four fields, each of which is `*` or what is wanted; a backslash takes the
/// meaning of `:` and of itself.
fn fits(line: &str, wanted: &[&str]) -> Option<String> {
    let mut rest = line;
    for want in wanted {
        let (field, behind) = field(rest);
        rest = behind?;
        if field != *want && !is_star(rest, line, &field) {
            return None;
        }
    }
    Some(field(rest).0)
}

/// A star alone is any; one behind a backslash is a star.
fn is_star(rest: &str, line: &str, field: &str) -> bool {
    let read = &line[..line.len() - rest.len()];
    field == "*" && (read == "*:" || read.ends_with(":*:"))
}

/// A field without its backslashes, and what stands behind its colon.
fn field(text: &str) -> (String, Option<&str>) {
    let mut field = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            ':' if !escaped => return (field, Some(&text[at + 1..])),
            c => {
                escaped = false;
                field.push(c);
            }
        }
    }
    (field, None)
}

#[cfg(unix)]
fn is_open_to_others(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn lines_fit_by_field_or_star() {
        let wanted = ["h.example.com", "5432", "dev", "a:b"];
        for (line, want) in [
            ("h.example.com:5432:dev:a\\:b:secret", Some("secret")),
            ("*:*:*:*:se\\\\c\\:ret", Some("se\\c:ret")),
            ("h.example.com:5432:*:a\\:b:secret:more", Some("secret")),
            ("h.example.com:5433:dev:a\\:b:secret", None),
            ("\\*:*:*:*:secret", None),
            ("*:*:*", None),
            ("", None),
        ] {
            assert_eq!(fits(line, &wanted).as_deref(), want, "{line}");
        }
    }
}
