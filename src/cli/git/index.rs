//! git's index, read without git: the paths that are in it. gitformat-index(5) is the
//! specification.
//!
//! Only what this reader understands for certain is an answer; for the rest (a split or sparse
//! index, other hashes) git itself is asked.

/// The bytes of an entry ahead of its name: ten numbers, a SHA-1 and flags.
const FIXED: usize = 62;

/// What stands at the end of the file.
const CHECKSUM: usize = 20;

/// The length of a name that does not fit into the flags.
const LONG_NAME: u16 = 0xfff;

/// Flags of an entry.
const EXTENDED: u16 = 0x4000;

/// The paths of an index, in its order; `None` if there is anything in it that is not understood.
pub(super) fn paths(index: &[u8]) -> Option<Vec<Vec<u8>>> {
    let version = number(index.strip_prefix(b"DIRC")?)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let entries = number(index.get(8..)?)? as usize;
    let end = index.len().checked_sub(CHECKSUM)?;
    let mut at = 12;
    // No entry is shorter than this, so that a wrong number asks for no memory.
    let mut paths: Vec<Vec<u8>> = Vec::with_capacity(entries.min(end / FIXED));
    for _ in 0..entries {
        let flags = u16::from_be_bytes(index.get(at + FIXED - 2..at + FIXED)?.try_into().ok()?);
        let extended = flags & EXTENDED != 0;
        if extended && version < 3 {
            return None;
        }
        let name = at + FIXED + if extended { 2 } else { 0 };
        let (path, behind) = match version {
            4 => compressed(index.get(name..end)?, paths.last().map_or(&[][..], Vec::as_slice))
                .map(|(path, used)| (path, name + used))?,
            _ => {
                let length = index.get(name..end)?.iter().position(|b| *b == 0)?;
                // One to eight NULs fill up to a multiple of eight.
                let padded = (name + length - at) / 8 * 8 + 8;
                let padding = index.get(name + length..at + padded)?;
                padding
                    .iter()
                    .all(|b| *b == 0)
                    .then(|| (index[name..name + length].to_vec(), at + padded))?
            }
        };
        let told = flags & LONG_NAME;
        let fits = if told == LONG_NAME {
            path.len() >= LONG_NAME as usize
        } else {
            path.len() == told as usize
        };
        // Several stages of one path stand side by side.
        if !fits || path.is_empty() || paths.last().is_some_and(|last| *last > path) {
            return None;
        }
        paths.push(path);
        at = behind;
    }
    extensions_are_optional(index.get(at..end)?).then_some(paths)
}

/// A name as version 4 has it: how much of the name before is cut off, and what follows, with a
/// NUL. Returns how many bytes it took.
fn compressed(bytes: &[u8], before: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut cut: usize = 0;
    let mut used = 0;
    loop {
        let byte = *bytes.get(used)?;
        used += 1;
        cut = cut.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            break;
        }
        // The offset encoding of pack files: each further byte counts from one on.
        cut = cut.checked_add(1)?;
    }
    let kept = before.get(..before.len().checked_sub(cut)?)?;
    let rest = bytes.get(used..)?;
    let length = rest.iter().position(|b| *b == 0)?;
    Some(([kept, &rest[..length]].concat(), used + length + 1))
}

/// What follows the entries does not change them: extensions whose names begin with a capital
/// letter may be passed over.
fn extensions_are_optional(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        let body = match (
            rest.first().is_some_and(u8::is_ascii_uppercase),
            rest.get(4..).and_then(number),
        ) {
            (true, Some(length)) => rest.get(8..).and_then(|body| body.get(length as usize..)),
            _ => None,
        };
        let Some(next) = body else { return false };
        rest = next;
    }
    true
}

/// A number in the first four bytes.
fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with these names and what stands behind them.
    fn index(version: u32, names: &[&str], behind: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((names.len() as u32).to_be_bytes());
        for name in names {
            let start = bytes.len();
            bytes.extend([7; FIXED - 2]);
            bytes.extend((name.len().min(0xfff) as u16).to_be_bytes());
            bytes.extend(name.bytes());
            bytes.resize(start + (bytes.len() - start) / 8 * 8 + 8, 0);
        }
        bytes.extend(behind);
        bytes.extend([9; CHECKSUM]);
        bytes
    }

    #[test]
    fn names_are_read_and_anything_else_is_not() {
        let long = "x".repeat(5000);
        let names = ["a", "a/b c.env", "ab", &long];
        let read = |bytes: &[u8]| {
            let all = paths(bytes)?;
            Some(
                all.iter()
                    .map(|path| String::from_utf8_lossy(path).into_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(read(&index(2, &names, b"")).as_deref(), Some(&names.map(str::to_string)[..]));
        assert_eq!(read(&index(2, &[], b"TREE\0\0\0\x03abc")), Some(Vec::new()));
        for (why, bytes) in [
            ("another version", index(5, &names, b"")),
            ("a split index", index(2, &names, b"link\0\0\0\0")),
            ("a sparse index", index(2, &names, b"sdir\0\0\0\0")),
            ("an extension that is cut off", index(2, &names, b"TREE\0\0\0\x09abc")),
            ("names that are not sorted", index(2, &["b", "a"], b"")),
            ("nothing", Vec::new()),
            ("a beginning", b"DIRC\0\0\0\x02\xff\xff\xff\xff".to_vec()),
        ] {
            assert_eq!(read(&bytes), None, "{why}");
        }
        let whole = index(3, &names, b"TREE\0\0\0\x03abc");
        for cut in 0..whole.len() {
            // Whatever was cut off, what is left says nothing wrong.
            assert!(read(&whole[..cut]).is_none_or(|some| some == names), "{cut}");
        }
    }

    /// The offset encoding: bytes of `git update-index --index-version 4`, and the numbers of the
    /// specification.
    #[test]
    fn names_of_version_4_are_cut_and_continued() {
        let before = "x".repeat(300);
        for (bytes, before, want) in [
            (&b"\x00abc\0rest"[..], "", Some(("abc".to_string(), 5))),
            (b"\x02d\0", "abc", Some(("ad".to_string(), 3))),
            (b"\x80\x00y\0", &before, Some((format!("{}y", "x".repeat(300 - 128)), 4))),
            (b"\x04d\0", "abc", None),
            (b"\x00abc", "", None),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", "abc", None),
        ] {
            let read = compressed(bytes, before.as_bytes())
                .map(|(path, used)| (String::from_utf8_lossy(&path).into_owned(), used));
            assert_eq!(read, want, "{bytes:?}");
        }
    }
}
