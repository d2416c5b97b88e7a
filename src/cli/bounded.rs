//! Reading within bounds: a file or line that no connection can need is refused before it fills the
//! memory.

use std::io::Read;

/// The longest line, in bytes. An environment variable of Linux holds 128 KiB, secrets of clouds 64
/// KiB; an export of 100,000 connections fits on one line.
const MAX_LINE: usize = crate::bounds::LINE.value;

/// The largest file, in bytes.
const MAX_FILE: usize = crate::bounds::FILE.value;

/// So much is read at a time.
const CHUNK: u64 = 1 << 20;

/// Why reading ended early.
pub(super) enum Refusal {
    /// It cannot be read.
    Io(std::io::Error),
    /// There is more than anybody needs; what was read of it, and what is too much.
    Excess(Vec<u8>, String),
}

impl Refusal {
    /// The same as a sentence about an input of this name.
    pub(super) fn message(&self, name: &str) -> String {
        match self {
            Refusal::Io(error) => format!("cannot read {name}: {error}"),
            Refusal::Excess(_, what) => format!("{name}: {what}"),
        }
    }
}

/// Reads to the end; `size` is what is known of the length ahead. Nothing is read behind what is
/// too much.
pub(super) fn read(mut from: impl Read, size: u64) -> Result<Vec<u8>, Refusal> {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let known = usize::try_from(size).unwrap_or(MAX_FILE);
    let mut bytes = Vec::with_capacity(known.min(MAX_LINE));
    let mut line = 0;
    loop {
        let start = bytes.len();
        from.by_ref().take(CHUNK).read_to_end(&mut bytes).map_err(Refusal::Io)?;
        if bytes.len() == start {
            return Ok(bytes);
        }
        let fresh = &bytes[start..];
        let first = fresh.iter().position(is_end).map_or(bytes.len(), |at| start + at);
        if first - line > MAX_LINE {
            let number = bytes[..line].iter().filter(|byte| **byte == b'\n').count() + 1;
            let what = format!(
                "line {number} is longer than {} MiB, and no connection is: break it into lines \
                 (`jq .` does, for JSON), or give airconn less at a time",
                MAX_LINE >> 20
            );
            return Err(Refusal::Excess(bytes, what));
        }
        if bytes.len() > MAX_FILE {
            let what = format!(
                "it is larger than {} GiB: split it, and give airconn the parts",
                MAX_FILE >> 30
            );
            return Err(Refusal::Excess(bytes, what));
        }
        line = fresh.iter().rposition(is_end).map_or(line, |at| start + at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives these bytes over and over, and counts them.
    struct Endless<'c>(&'static [u8], &'c std::cell::Cell<usize>);

    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let len = self.0.len().min(buffer.len());
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.1.set(self.1.get() + len);
            Ok(len)
        }
    }

    #[test]
    fn nothing_is_read_behind_what_is_too_much() {
        let read_bytes = std::cell::Cell::new(0);
        let before: &[u8] = b"x://h\n\nx://";
        let Err(Refusal::Excess(_, what)) =
            read(before.chain(Endless(&[b'a'; 4096], &read_bytes)), 0)
        else {
            panic!("it was read")
        };
        assert!(what.starts_with("line 3 is longer than 32 MiB"), "{what}");
        assert!(
            read_bytes.get() <= MAX_LINE + 2 * CHUNK as usize,
            "{} bytes were read",
            read_bytes.get()
        );
        let text = "a\n".repeat(17 << 20);
        assert!(read(text.as_bytes(), 0).is_ok_and(|bytes| bytes == text.as_bytes()));
    }
}
