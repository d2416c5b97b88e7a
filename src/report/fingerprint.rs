//! What a finding is recognised by from run to run: its rule, its file, its connection, its
//! pointer, and the how-many-th of these it is. Nothing else of the input goes in: no value, no
//! line, no text of a message.

use std::collections::HashMap;

use super::{FileReport, Located};
use crate::check::Finding;

/// Gives every finding its fingerprint.
pub(super) fn assign(files: &mut [FileReport]) {
    for file in files {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let path = &file.path;
        let mut give = |located: &mut Located| {
            let count = seen.entry(key(&located.finding, path)).or_default();
            *count += 1;
            located.fingerprint = of(&located.finding, path, *count);
        };
        file.findings.iter_mut().for_each(|located| located.each(&mut give));
    }
}

/// What the `count`-th of its kind in a file is recognised by.
pub(super) fn of(finding: &Finding, path: &str, count: usize) -> String {
    format!("{:032x}", fnv1a(format!("{}\n{count}", key(finding, path)).as_bytes()))
}

/// No part holds a newline: ids and pointers are those that may be shown, and a path with one is
/// read as two parts at worst.
fn key(finding: &Finding, path: &str) -> String {
    let id = finding.conn_id.as_deref().unwrap_or_default();
    format!("{}\n{path}\n{id}\n{}", finding.rule, finding.pointer)
}

/// FNV-1a with 128 bits (RFC 9923): the same on every machine and in every version; nobody gains by
/// a collision.
pub(crate) fn fnv1a(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors of the reference implementation.
    #[test]
    fn the_hash_is_fnv1a() {
        for (text, want) in [
            ("", 0x6c62272e07bb014262b821756295c58d),
            ("a", 0xd228cb696f1a8caf78912b704e4a8964),
            ("foobar", 0x343e1662793c64bf6f0d3597ba446f18),
        ] {
            assert_eq!(fnv1a(text.as_bytes()), want, "{text}");
        }
    }
}
