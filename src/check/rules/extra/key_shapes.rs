//! The shapes that a private key gets on its way into a connection, and which of them its readers
//! take.
//!
//! What each reader takes was run: `fixtures/extras/private_keys.jsonl`, which the tests below hold
//! this against.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Who reads a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// paramiko, behind the check of SSHHook for lines.
    Paramiko,
    /// cryptography's `load_pem_private_key`.
    Cryptography,
    /// The same, where base64 of a PEM text is as good.
    Snowflake,
    /// The same, where `\n` as two characters becomes a line break first.
    Google,
    /// The name of a file, which has to end so.
    Path(&'static str),
    /// The name of a file for libpq, which looks for it once the server offers TLS.
    Libpq,
}

/// What is wrong with a key.
#[derive(Debug)]
pub struct Flaw {
    /// In words that go on after the name of the extra.
    pub what: &'static str,
    pub help: &'static str,
    /// The key in the right shape.
    pub mended: Option<String>,
}

const LINES: &str = "write the key as its file has it, with line breaks: \\n inside of JSON";
const CONTENT: &str =
    "give the text of the key here, or the path in the extra that is meant for it";

/// What keeps this reader from taking a text.
pub fn flaw(text: &str, reader: Reader) -> Option<Flaw> {
    let flaw = |what, help| Some(Flaw { what, help, mended: None });
    let mended = |what| Some(Flaw { what, help: LINES, mended: restored(text) });
    match reader {
        Reader::Libpq if text.contains(BEGIN) => flaw(
            "is the name of a file for libpq, and holds the text of one",
            "write the text to a file of the worker, and its path here",
        ),
        Reader::Path(_) if text.contains(BEGIN) || text.trim_start().starts_with('{') => flaw(
            "is the name of a file, and holds the text of one",
            "put the text into the extra that takes it, or write it to a file of the worker",
        ),
        Reader::Path(end) if !text.ends_with(end) => match end {
            ".json" => flaw(
                "has to end in .json: the hook refuses other files (AirflowException)",
                "give the JSON file of a service account",
            ),
            _ => flaw(
                "has to end in .pem: the hook refuses other files (ValueError)",
                "give the PEM file of the key",
            ),
        },
        Reader::Path(_) | Reader::Libpq => None,
        Reader::Paramiko if text.lines().count() < 2 => match restored(text) {
            Some(_) if text.contains("\\n") => mended(
                "has `\\n` as two characters instead of line breaks: the hook refuses a key \
                 without lines (AirflowException)",
            ),
            Some(_) => mended(
                "has blanks instead of line breaks: the hook refuses a key without lines \
                 (AirflowException)",
            ),
            None if is_path(text) => flaw(
                "looks like a path: the hook refuses a key without lines (AirflowException)",
                "a path is the extra `key_file`",
            ),
            None => flaw(
                "is a single line: the hook refuses a key without lines (AirflowException)",
                LINES,
            ),
        },
        Reader::Paramiko => match Pem::of(text) {
            Some(pem) if pem.indented => {
                flaw("is indented, and paramiko finds no key in it (AirflowException)", LINES)
            }
            Some(pem)
                if pem.behind_lines
                    && matches!(pem.label, "RSA PRIVATE KEY" | "EC PRIVATE KEY") =>
            {
                Some(Flaw {
                    what: "begins with an empty line, and paramiko finds no key in it \
                           (AirflowException)",
                    help: "begin with the line BEGIN",
                    mended: Some(text.trim_start().to_string()),
                })
            }
            Some(pem)
                if pem.closed
                    && matches!(
                        pem.label,
                        "RSA PRIVATE KEY"
                            | "EC PRIVATE KEY"
                            | "DSA PRIVATE KEY"
                            | "OPENSSH PRIVATE KEY"
                    ) =>
            {
                None
            }
            Some(pem) if pem.closed && pem.label.ends_with("PRIVATE KEY") => flaw(
                "is a key of PKCS 8 (BEGIN PRIVATE KEY), which paramiko does not read \
                 (AirflowException)",
                "convert it: `ssh-keygen -p -m PEM -f FILE` writes what paramiko reads",
            ),
            Some(pem) if pem.closed => {
                flaw("is not a private key (AirflowException)", "give the private half of the key")
            }
            _ => flaw(
                "has no beginning or no end, and paramiko finds no key in it (AirflowException)",
                LINES,
            ),
        },
        Reader::Snowflake if Pem::of(text).is_none() && !is_path(text) => match decoded(text) {
            Some(pem) => cryptography(&pem).map(|flaw| Flaw { mended: None, ..flaw }),
            None => flaw(
                "is neither a key in PEM nor base64 of one: the hook cannot load it (ValueError)",
                LINES,
            ),
        },
        Reader::Google => {
            cryptography(&text.replace("\\n", "\n")).map(|flaw| Flaw { mended: None, ..flaw })
        }
        Reader::Snowflake | Reader::Cryptography => cryptography(text),
    }
}

/// What keeps cryptography from loading a key; lines are nothing to it.
fn cryptography(text: &str) -> Option<Flaw> {
    let flaw = |what, help| Some(Flaw { what, help, mended: None });
    match Pem::of(text) {
        None if is_path(text) => {
            flaw("looks like a path, and has to hold the key itself (ValueError)", CONTENT)
        }
        None => flaw("has no line BEGIN PRIVATE KEY: the hook cannot load it (ValueError)", LINES),
        Some(pem) if !pem.closed => {
            flaw("has no line END: the hook cannot load it (ValueError)", LINES)
        }
        Some(pem)
            if !matches!(
                pem.label,
                "PRIVATE KEY"
                    | "ENCRYPTED PRIVATE KEY"
                    | "RSA PRIVATE KEY"
                    | "EC PRIVATE KEY"
                    | "DSA PRIVATE KEY"
            ) =>
        {
            flaw(
                "is a key of another kind than the hook loads (ValueError)",
                "give a private key in PKCS 8: `openssl pkcs8 -topk8 -in FILE` writes one",
            )
        }
        Some(_) if text.contains("\\n") => Some(Flaw {
            what: "has `\\n` as two characters instead of line breaks: the hook cannot load it \
                   (ValueError)",
            help: LINES,
            mended: restored(text),
        }),
        Some(_) => None,
    }
}

const BEGIN: &str = "-----BEGIN ";

/// The frame of a text in PEM.
struct Pem<'t> {
    label: &'t str,
    /// The line that ends it is there.
    closed: bool,
    indented: bool,
    /// Nothing but line ends stands ahead of it.
    behind_lines: bool,
}

impl Pem<'_> {
    fn of(text: &str) -> Option<Pem<'_>> {
        let at = text.find(BEGIN)?;
        let (label, rest) = text[at + BEGIN.len()..].split_once("-----")?;
        Some(Pem {
            label,
            closed: rest.contains(&format!("-----END {label}-----")),
            indented: text[..at].ends_with([' ', '\t']),
            behind_lines: at > 0 && text[..at].trim().is_empty(),
        })
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '~', '.'])
}

/// What base64 of a text in PEM holds. Python leaves out what is not base64, so that either
/// alphabet does.
fn decoded(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    let pem = STANDARD.decode(clean).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
    Pem::of(&pem).is_some().then_some(pem)
}

/// The lines of a PEM text that lost its line breaks.
pub fn restored(text: &str) -> Option<String> {
    let text = text.trim().replace("\\r", "").replace("\\n", "\n");
    if text.lines().count() > 2 {
        return Some(format!("{}\n", text.trim_end()));
    }
    let (label, rest) = text.strip_prefix(BEGIN)?.split_once("-----")?;
    let (body, end) = rest.split_once("-----END ")?;
    let words: Vec<&str> = body.split_whitespace().collect();
    let base64 = |word: &&str| {
        word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    };
    let sound = end == format!("{label}-----") && !words.is_empty() && words.iter().all(base64);
    sound.then(|| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", words.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::restored;
    use crate::airflow::runtime::{Runtime, Side};
    use crate::check::{Level, check};
    use crate::format::by_name;
    use crate::source::Source;

    #[test]
    fn line_breaks_come_back() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nTUlJ\nRXdJ\n-----END RSA PRIVATE KEY-----\n";
        for text in [key.replace('\n', "\\n"), key.replace('\n', "\\r\\n"), key.replace('\n', " ")]
        {
            assert_eq!(restored(&text).as_deref(), Some(key), "{text}");
        }
        for text in [
            "/keys/id_rsa",
            "-----BEGIN RSA PRIVATE KEY-----",
            "-----BEGIN A----- x! -----END A-----",
            "TUlJ RXdJ",
        ] {
            assert_eq!(restored(text), None, "{text}");
        }
    }

    /// An error exactly where the real hook raised; what depends on a file of the worker is left
    /// out.
    #[test]
    fn keys_are_taken_as_recorded() {
        let (mut compared, mut wrong) = (0, Vec::new());
        for line in include_str!("../../../../fixtures/extras/private_keys.jsonl").lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("a recorded row");
            if row["missing_file"] == true
                && !row["extra"].to_string().contains("BEGIN")
                && !row["extra"].to_string().contains("service_account")
            {
                continue;
            }
            let connection = serde_json::json!({
                "conn_type": row["conn_type"], "host": "h.example.com", "login": "etl",
                "extra": row["extra"],
            });
            let source = Source::new("x", connection.to_string());
            let found = check(
                &source,
                0,
                by_name("json").expect("a format"),
                &[Runtime::newest(Side::Worker)],
            );
            let errors: Vec<_> = found
                .findings
                .iter()
                .filter(|f| f.rule == "AC407" && f.level == Level::Error)
                .collect();
            compared += 1;
            if errors.is_empty() == row["exception"].is_string() {
                wrong.push(format!(
                    "{} {}: {} but {errors:?}",
                    row["conn_type"], row["shape"], row["exception"]
                ));
            }
        }
        assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(compared > 180, "only {compared}");
    }
}
