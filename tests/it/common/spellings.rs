//! How a secret may look in what is printed: as it is, percent-encoded, escaped, in base64, in
//! hexadecimal, backwards, and pieces of all.
#![allow(dead_code, reason = "every test uses its own part of this module")]

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

/// So many characters in a row give it away.
const WINDOW: usize = 6;

/// Every spelling of a part of secrets that must not be seen, in either case.
pub(crate) struct Spellings(AhoCorasick);

impl Spellings {
    pub(crate) fn of(secrets: &[&str]) -> Spellings {
        let mut all = BTreeSet::new();
        for secret in secrets {
            for start in 0..=secret.len() - WINDOW {
                let part = &secret[start..start + WINDOW];
                let each = |f: &dyn Fn(u8) -> String| {
                    part.bytes().map(f).collect::<String>().to_lowercase()
                };
                all.insert(part.to_lowercase());
                all.insert(part.chars().rev().collect::<String>().to_lowercase());
                all.insert(each(&|b| format!("%{b:02x}")));
                all.insert(each(&|b| format!("%25{b:02x}")));
                all.insert(each(&|b| format!("\\u{b:04x}")));
                all.insert(each(&|b| format!("\\x{b:02x}")));
                all.insert(each(&|b| format!("{b:02x}")));
            }
            // Base64 depends on where the secret begins in what was encoded: three ways.
            for lead in 0..3 {
                let encoded = base64(&[&vec![b'.'; lead], secret.as_bytes()].concat());
                let inside: Vec<char> = encoded[4..encoded.len() - 4].chars().collect();
                all.extend(inside.windows(8).map(|w| w.iter().collect::<String>().to_lowercase()));
            }
        }
        let at_once = AhoCorasick::builder().ascii_case_insensitive(true).build(all);
        Spellings(at_once.expect("some thousand short patterns"))
    }

    /// What of the secrets is seen in a text, as it stands there.
    pub(crate) fn seen<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.0.find(text).map(|found| &text[found.range()])
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| DIGITS[(n & 63) as usize] as char;
    let group =
        |c: &[u8]| (0..3).fold(0u32, |all, i| all << 8 | u32::from(c.get(i).copied().unwrap_or(0)));
    bytes.chunks(3).flat_map(|c| [18, 12, 6, 0].map(|shift| digit(group(c) >> shift))).collect()
}
