//! AC407: a private key or certificate in another shape than its reader takes.

use crate::check::{Case, Change, Check, Findings, Level, Rule, Safety};
use crate::model::Value;

pub(super) static RULE: Rule = Rule {
    id: "AC407",
    name: "private-key-shape",
    level: Level::Error,
    page: include_str!("ac407_private_key_shape.md"),
    check: Check::Connection(check),
};

/// What an extra holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// The lines of a PEM file; one line is refused.
    Pem,
    /// The name of a file.
    Path,
}

static KEYS: &[(&str, &str, Wants)] = &[
    ("ssh", "private_key", Wants::Pem),
    ("sftp", "private_key", Wants::Pem),
    ("postgres", "sslkey", Wants::Path),
    ("postgres", "sslcert", Wants::Path),
    ("postgres", "sslrootcert", Wants::Path),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    for (_, key, wants) in KEYS.iter().filter(|(conn_type, ..)| *conn_type == connection.type_str()) {
        let Some(text) = case.extra_value(key).and_then(Value::as_str).filter(|text| !text.is_empty()) else { continue };
        let at = format!("/extra/{key}");
        match wants {
            Wants::Path if text.contains("-----BEGIN ") => {
                let message = format!("`{key}` is the name of a file for libpq, and holds the text of one");
                let help = "write the text to a file of the worker, and its path here";
                findings.push(&RULE, at.clone(), case.span(&at), message).level(Level::Warning).help(help);
            }
            Wants::Pem if text.lines().count() < 2 => {
                let lines = restored(text);
                let what = match &lines {
                    Some(_) if text.contains("\\n") => "has `\\n` as two characters instead of line breaks",
                    Some(_) => "has blanks instead of line breaks",
                    None if text.starts_with(['/', '~', '.']) => "looks like a path; a path is the extra `key_file`",
                    None => "is a single line",
                };
                let fix = lines.and_then(|lines| case.fix(Safety::Safe, vec![Change::Set(at.clone(), Value::text(lines))]));
                let message = format!("the private key {what}: the hook refuses a key without lines (AirflowException)");
                let help = "write the key as its file has it, with line breaks: \\n inside of JSON";
                findings.push(&RULE, at.clone(), case.span(&at), message).help(help).fix(fix);
            }
            _ => {}
        }
    }
}

/// The lines of a PEM text that lost its line breaks.
fn restored(text: &str) -> Option<String> {
    let text = text.trim().replace("\\r", "").replace("\\n", "\n");
    if text.lines().count() > 2 {
        return Some(format!("{}\n", text.trim_end()));
    }
    let (label, rest) = text.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let (body, end) = rest.split_once("-----END ")?;
    let words: Vec<&str> = body.split_whitespace().collect();
    let base64 = |word: &&str| word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    let sound = end == format!("{label}-----") && !words.is_empty() && words.iter().all(base64);
    sound.then(|| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", words.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::restored;

    #[test]
    fn line_breaks_come_back() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nTUlJ\nRXdJ\n-----END RSA PRIVATE KEY-----\n";
        for text in [key.replace('\n', "\\n"), key.replace('\n', "\\r\\n"), key.replace('\n', " ")] {
            assert_eq!(restored(&text).as_deref(), Some(key), "{text}");
        }
        for text in ["/keys/id_rsa", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN A----- x! -----END A-----", "TUlJ RXdJ"] {
            assert_eq!(restored(text), None, "{text}");
        }
    }
}
