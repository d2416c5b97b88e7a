//! Lines of a key or certificate in PEM, which end up as lines of their own where nothing quotes
//! them.

use std::ops::Range;

/// From behind the line that begins a block to the end of the line that ends it, in bytes. A block
/// without an end goes as far as no other connection begins.
pub(crate) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open = None;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let end = start + line.len();
        match open {
            None if is_mark(line, "BEGIN ") && !is_mark(line, "END ") => open = Some(end),
            Some(from) if is_mark(line, "END ") => {
                blocks.push(from..end);
                open = None;
            }
            Some(from) if line.contains("://") || line.contains("={") => {
                blocks.push(from..start);
                open = None;
            }
            _ => {}
        }
        start = end;
    }
    blocks.extend(open.map(|from| from..text.len()));
    blocks
}

/// Whether a byte stands in one of these blocks.
pub(crate) fn holds(blocks: &[Range<usize>], at: usize) -> bool {
    let before = blocks.partition_point(|block| block.start <= at);
    before.checked_sub(1).is_some_and(|block| at < blocks[block].end)
}

/// `-----BEGIN …-----`, also where one of the dashes is missing.
fn is_mark(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let behind = &line[at + word.len()..];
        line[..at].ends_with("--") || behind.contains("KEY--") || behind.contains("CERTIFICATE--")
    })
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn lines_between_the_marks() {
        for (text, want) in [
            ("a=x://h\nb=x://h\n", &[][..]),
            (
                "a=x://h?k=-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAb==\n-----END RSA PRIVATE \
                 KEY-----\nb=x://h\n",
                &["MIIE\nAb==\n-----END RSA PRIVATE KEY-----\n"],
            ),
            (
                "----BEGIN EC PRIVATE KEY-----\r\nAb==\r\n-----END EC PRIVATE KEY-----",
                &["\nAb==\r\n-----END EC PRIVATE KEY-----"],
            ),
            ("-----BEGIN CERTIFICATE-----\nAb==\nb=x://h\nc=x://h", &["Ab==\n"]),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAb==\nCd=\n", &["Ab==\nCd=\n"]),
            ("a=-----BEGIN KEY-----\\nAb==\\n-----END KEY-----\nb=\n", &[]),
        ] {
            let found: Vec<&str> = blocks(text).into_iter().map(|block| &text[block]).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
