//! What a finding is recognised by from run to run: its rule, its file, its connection, its
//! pointer, and the how-many-th of these it is. Nothing else of the input goes in: no value, no
//! line, no text of a message.

use std::collections::HashMap;

use super::{FileReport, Located};
use crate::check::Finding;

/// Gives every finding its fingerprint.
pub(super) fn assign(files: &mut [FileReport]) {
    for file in files {
        let mut seen: HashMap<u128, usize> = HashMap::new();
        let path = &file.path;
        let mut give = |located: &mut Located| {
            let kind = kind(&located.finding, path);
            let count = seen.entry(kind).or_default();
            *count += 1;
            located.fingerprint = numbered(kind, *count);
        };
        file.findings.iter_mut().for_each(|located| located.each(&mut give));
    }
}

/// What the `count`-th of its kind in a file is recognised by.
pub(super) fn of(finding: &Finding, path: &str, count: usize) -> String {
    numbered(kind(finding, path), count)
}

/// The hash of all but the number. No part holds a newline: ids and pointers are those that may be
/// shown, and a path with one is read as two parts at worst.
fn kind(finding: &Finding, path: &str) -> u128 {
    let id = finding.conn_id.as_deref().unwrap_or_default();
    let parts = [finding.rule, "\n", path, "\n", id, "\n", &*finding.pointer];
    parts.into_iter().fold(OFFSET, |hash, part| further(hash, part.as_bytes()))
}

/// The fingerprint of the `count`-th of a kind.
fn numbered(kind: u128, count: usize) -> String {
    format!("{:032x}", further(kind, format!("\n{count}").as_bytes()))
}

/// FNV-1a with 128 bits (RFC 9923): the same on every machine and in every version; nobody gains by
/// a collision.
pub(crate) fn fnv1a(bytes: &[u8]) -> u128 {
    further(OFFSET, bytes)
}

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// The hash of what was hashed and these bytes behind it.
fn further(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
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
