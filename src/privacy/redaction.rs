//! Takes secrets out of text that came from outside: whole ones, pieces of them, and both in the
//! spellings that servers and proxies use.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::MASK;
use super::public::{public_host, public_login_of};
use super::values::{arn, public_value};
use crate::airflow::python::json_loads::loads;
use crate::model::{Connection, Secret, Value};

/// So many characters in a row give a secret away.
const WINDOW: usize = 6;

/// No more of a text is looked at, in characters; much less of it is shown.
const LOOKED_AT: usize = 2000;

/// Words in the names of extras whose values are secrets to the last piece.
const SECRET: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "pwd",
    "token",
    "key",
    "assertion",
    "credential",
    "jwt",
    "dsn",
    "otp",
    "mfa",
];

/// Any beginning of an encoded text decodes to a beginning of what it hides.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The secrets that are known so far.
#[derive(Default)]
pub(crate) struct Redaction {
    /// Hidden as they are, the longest first: a shorter one may be a part of it.
    whole: Vec<Secret>,
    /// In lower case; their pieces are hidden, too.
    pieces: Vec<Secret>,
}

impl Redaction {
    /// A secret.
    pub(crate) fn hide(&mut self, secret: &str) {
        self.hide_whole(secret);
        if secret.chars().count() >= WINDOW {
            self.pieces.push(Secret::text(secret.to_lowercase()));
        }
    }

    /// A text that is hidden as it is, whose pieces may stand anywhere: an ARN, an address.
    pub(crate) fn hide_whole(&mut self, text: &str) {
        if !text.is_empty() {
            self.whole.push(Secret::text(text));
            self.whole.sort_by_key(|s| std::cmp::Reverse(s.expose_text().len()));
        }
    }

    /// Hides the password of a connection, every text of its extra that is not known to be public,
    /// and a login that may be a piece of either.
    pub(crate) fn hide_connection(&mut self, connection: &Connection) {
        self.hide(connection.password.expose_text());
        // A login that may be a secret is hidden to the last piece.
        if let Some(login) = connection.login.as_str()
            && !public_login_of(login, connection)
        {
            self.hide(login);
        }
        if let Some(host) = connection.host.as_str()
            && !public_host(host)
        {
            self.hide_whole(host);
        }
        let extra = connection.extra.expose();
        match extra.as_str() {
            Some(text) => match loads(text) {
                Ok(node) => self.hide_values("", &node.value),
                Err(_) => self.hide(text),
            },
            None => self.hide_values("", extra),
        }
    }

    fn hide_values(&mut self, name: &str, value: &Value<'_>) {
        match value {
            Value::Dict(dict) => {
                dict.named().for_each(|(key, member)| self.hide_values(key, &member.node.value))
            }
            Value::List(items) => items.iter().for_each(|item| self.hide_values(name, &item.value)),
            Value::Str(text)
                if public_value(name, value).is_none() && arn(name, value).is_none() =>
            {
                // Shorter ones are words such as `yes`; pieces of ARNs and addresses stand in what
                // AWS says of others.
                let Some(text) = text.as_str().filter(|text| text.chars().count() > 3) else {
                    return;
                };
                let name = name.to_lowercase();
                if SECRET.iter().any(|word| name.contains(word)) {
                    self.hide(text);
                } else {
                    self.hide_whole(text);
                }
            }
            _ => {}
        }
    }

    /// A text without them, or as much of it as is looked at.
    pub(crate) fn of(&self, text: &str) -> String {
        let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
        let mut text = text[..end].to_string();
        for secret in &self.whole {
            let secret = secret.expose_text();
            if text.contains(secret) {
                // Stars in place of one or two letters would show more than they hide.
                text = if secret.chars().count() < 3 {
                    MASK.to_string()
                } else {
                    text.replace(secret, MASK)
                };
            }
        }
        if self.pieces.is_empty() {
            return text;
        }
        let text = self.without_pieces(&text);
        let words = text.split_inclusive(char::is_whitespace).map(|word| {
            let bare = word.trim_end();
            if self.is_spelt_in(bare) {
                format!("{MASK}{}", &word[bare.len()..])
            } else {
                word.to_string()
            }
        });
        words.collect()
    }

    /// Stars in place of every run of characters that is a piece.
    fn without_pieces(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut hidden = vec![false; chars.len()];
        for (start, window) in chars.windows(WINDOW).enumerate() {
            if self.is_piece(window) {
                hidden[start..start + WINDOW].fill(true);
            }
        }
        let mut out = String::new();
        for (at, c) in chars.iter().enumerate() {
            match (hidden[at], at > 0 && hidden[at - 1]) {
                (false, _) => out.push(*c),
                (true, false) => out.push_str(MASK),
                (true, true) => {}
            }
        }
        out
    }

    fn is_piece(&self, window: &[char]) -> bool {
        let window: Zeroizing<String> =
            Zeroizing::new(window.iter().flat_map(|c| c.to_lowercase()).collect());
        self.pieces.iter().any(|secret| secret.expose_text().contains(window.as_str()))
    }

    fn has_piece(&self, text: &str) -> bool {
        let chars = Zeroizing::new(text.chars().collect::<Vec<char>>());
        chars.windows(WINDOW).any(|window| self.is_piece(window))
    }

    /// Does a word hold a piece in another spelling?
    fn is_spelt_in(&self, word: &str) -> bool {
        if word.chars().count() < WINDOW {
            return false;
        }
        let once = Zeroizing::new(percent_decode_str(word).decode_utf8_lossy().into_owned());
        let twice = Zeroizing::new(percent_decode_str(&once).decode_utf8_lossy().into_owned());
        let escapes = Zeroizing::new(unescaped(word));
        if [&once, &twice, &escapes]
            .iter()
            .any(|view| view.as_str() != word && self.has_piece(view))
        {
            return true;
        }
        let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
        once.split(|c| !is_digit(c)).filter(|run| run.len() >= 8).any(|run| {
            let standard = Zeroizing::new(run.replace('-', "+").replace('_', "/"));
            // What is encoded may begin anywhere in the run.
            let base64 = (0..4).any(|lead| {
                let run = &standard[lead..];
                // One digit alone encodes nothing.
                let run = if run.len() % 4 == 1 { &run[..run.len() - 1] } else { run };
                LENIENT
                    .decode(run)
                    .is_ok_and(|bytes| self.has_piece(&String::from_utf8_lossy(&bytes)))
            });
            base64
                || hexadecimal(run)
                    .is_some_and(|bytes| self.has_piece(&String::from_utf8_lossy(&bytes)))
        })
    }
}

/// Escapes of JSON, Python and C undone: `\u0041`, `\x41`, `\/`.
fn unescaped(word: &str) -> String {
    let mut out = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = match rest.chars().next() {
            Some('u' | 'U') => 4,
            Some('x') => 2,
            _ => continue,
        };
        if let Some(c) = rest
            .get(1..=digits)
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .and_then(char::from_u32)
        {
            out.push(c);
            rest = &rest[digits + 1..];
        }
    }
    out + rest
}

fn hexadecimal(run: &str) -> Option<Vec<u8>> {
    let digits = run.strip_prefix("0x").unwrap_or(run);
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::Redaction;

    #[test]
    fn secrets_and_their_pieces_are_hidden_in_every_spelling() {
        let mut redaction = Redaction::default();
        redaction.hide("Spring/rain#7x");
        redaction.hide("abc");
        redaction.hide_whole("arn:aws:iam::123456789012:role/etl");
        for (text, want) in [
            ("it says Spring/rain#7x!", "it says ***!"),
            ("it says SPRING/ and goes", "it says *** and goes"),
            ("…ring/rai…", "…***…"),
            ("ring/ is short", "ring/ is short"),
            ("abcd", "***d"),
            ("no arn:aws:iam::123456789012:role/etl", "no ***"),
            ("user arn:aws:iam::123456789012:user/me", "user arn:aws:iam::123456789012:user/me"),
            ("%53pring%2Frain%237x rest", "*** rest"),
            ("Spr%2569ng%252Frain%25237x rest", "*** rest"),
            (r"a \u0053pr\u0069ng\/rain\u00237x b", "a *** b"),
            (r"\x53\x70\x72\x69\x6e\x67\x2f", "***"),
            ("U3ByaW5nL3JhaW4jN3g= rest", "*** rest"),
            ("key=eFNwcmluZy9yYWluIzd4, rest", "*** rest"),
            ("537072696e672f7261696e233778", "***"),
            ("a word of base64 letters only", "a word of base64 letters only"),
        ] {
            assert_eq!(redaction.of(text), want, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_before_they_are_looked_at() {
        let mut redaction = Redaction::default();
        redaction.hide(&"k1".repeat(4000));
        let text = format!("{}{}", "x".repeat(1990), "k1".repeat(40_000));
        assert_eq!(redaction.of(&text), format!("{}***", "x".repeat(1990)));
    }
}
