//! Python's `shlex.split`, and what `os.path` makes of `~` and `$NAME`.

use super::Surroundings;

/// `shlex.split(text)`; `None` where Python raises ValueError (an open quote, a backslash at the
/// end).
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// `os.path.expanduser`, without the home directories of others.
pub(super) fn expand_user(path: &str, around: &Surroundings<'_>) -> String {
    match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", around.home.trim_end_matches('/'))
        }
        _ => path.to_string(),
    }
}

/// `os.path.expandvars`: what is not set stays as it is.
pub(super) fn expand_vars(path: &str, around: &Surroundings<'_>) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, end) = match after.strip_prefix('{').and_then(|a| a.find('}')) {
            Some(at) => (&after[1..at + 1], at + 2),
            None => {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match around.environment.get(name) {
            Some(value) => out.push_str(value),
            None => {
                out.push('$');
                out.push_str(&after[..end]);
            }
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boto3::File;

    #[test]
    fn words_are_those_of_shlex() {
        for (text, want) in [
            ("a b", Some(vec!["a", "b"])),
            ("", Some(vec![])),
            ("profile \"my etl\"", Some(vec!["profile", "my etl"])),
            ("a'b c'd", Some(vec!["ab cd"])),
            ("a '' b", Some(vec!["a", "", "b"])),
            (r"a\ b", Some(vec!["a b"])),
            (r#""a\"b\c""#, Some(vec![r#"a"b\c"#])),
            ("a 'b", None),
            ("a \\", None),
        ] {
            assert_eq!(
                split(text),
                want.map(|w| w.into_iter().map(String::from).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn paths_are_expanded() {
        let environment = [("A".to_string(), "x".to_string())].into();
        let around =
            Surroundings { environment: &environment, home: "/home/me", read: &|_| File::Missing };
        for (path, want) in [
            ("~/a", "/home/me/a"),
            ("~", "/home/me"),
            ("~you/a", "~you/a"),
            ("a/~", "a/~"),
            ("$A/${A}$B${C}$", "x/x$B${C}$"),
        ] {
            assert_eq!(expand_user(&expand_vars(path, &around), &around), want);
        }
    }
}
