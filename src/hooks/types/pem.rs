//! Keys as their readers take them: whether one can be loaded at all.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// Who reads a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reader {
    /// paramiko, behind the check of SSHHook for lines.
    Paramiko,
    /// cryptography's `load_pem_private_key`.
    Cryptography,
    /// The same, where base64 of a PEM text is as good.
    Snowflake,
    /// The same, where `\n` as two characters becomes a line break first.
    Google,
    /// The program `ssh`.
    Openssh,
}

/// A frame of PEM.
struct Frame<'t> {
    label: &'t str,
    body: &'t str,
}

/// Whether this reader cannot load a text, given a passphrase or none.
pub(super) fn is_refused(text: &str, reader: Reader, passphrase: bool) -> bool {
    let decoded;
    let mut text = text;
    if reader == Reader::Snowflake && Frame::of(text).is_none() {
        let Some(inner) = of_base64(text) else { return true };
        decoded = inner;
        text = &decoded;
    }
    let broken;
    if reader == Reader::Google {
        broken = text.replace("\\n", "\n");
        text = &broken;
    }
    let Some(frame) = Frame::of(text) else { return true };
    let of_openssh = frame.label == "OPENSSH PRIVATE KEY";
    let taken = match reader {
        Reader::Paramiko => {
            text.lines().count() > 1
                && (of_openssh || matches!(frame.label, "RSA PRIVATE KEY" | "EC PRIVATE KEY"))
        }
        Reader::Cryptography | Reader::Snowflake | Reader::Google => !of_openssh,
        Reader::Openssh => true,
    };
    !taken || text.contains("\\n") || frame.is_encrypted() && !passphrase
}

fn of_base64(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    String::from_utf8(STANDARD.decode(clean).ok()?).ok()
}

impl<'t> Frame<'t> {
    fn of(text: &'t str) -> Option<Frame<'t>> {
        let (_, rest) = text.split_once("-----BEGIN ")?;
        let (label, rest) = rest.split_once("-----")?;
        let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
        Some(Frame { label, body })
    }

    fn is_encrypted(&self) -> bool {
        if self.label == "OPENSSH PRIVATE KEY" {
            // Behind the magic word stands the name of the cipher.
            let digits: String = self.body.chars().filter(|c| !c.is_whitespace()).collect();
            let bytes = STANDARD.decode(digits).unwrap_or_default();
            return !bytes.get(15..23).is_some_and(|name| name.ends_with(b"none"));
        }
        self.label.contains("ENCRYPTED") || self.body.contains("Proc-Type: 4,ENCRYPTED")
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, is_refused};

    #[test]
    fn readers_differ() {
        let pem = |label: &str| format!("-----BEGIN {label}-----\nTUlJ\n-----END {label}-----\n");
        for (text, reader, passphrase, want) in [
            (pem("RSA PRIVATE KEY"), Reader::Paramiko, false, false),
            (pem("PRIVATE KEY"), Reader::Paramiko, false, true),
            (pem("PRIVATE KEY"), Reader::Cryptography, false, false),
            (pem("ENCRYPTED PRIVATE KEY"), Reader::Cryptography, false, true),
            (pem("ENCRYPTED PRIVATE KEY"), Reader::Cryptography, true, false),
            (pem("PRIVATE KEY").replace('\n', "\\n"), Reader::Cryptography, false, true),
            (pem("PRIVATE KEY").replace('\n', "\\n"), Reader::Google, false, false),
            ("/keys/id_rsa".to_string(), Reader::Snowflake, false, true),
        ] {
            assert_eq!(is_refused(&text, reader, passphrase), want, "{reader:?} {text}");
        }
    }
}
