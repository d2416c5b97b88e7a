//! Where the blocks and attributes at the margin of a text of HCL stand, without reading them: one
//! that cannot be read hides no other, and what nests too deeply is known before a parser descends.

use std::ops::Range;

/// A block or an attribute at the margin, or what stands in the place of one.
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    /// A parser that descends can take it.
    pub(super) fits: bool,
}

/// The pieces of a text in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len()
            - text[at..].trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
        let rest = &text[at..];
        if rest.is_empty() {
            return found;
        }
        if rest.starts_with('#') || rest.starts_with("//") {
            at = line_end(text, at);
        } else if rest.starts_with("/*") {
            at = comment_end(text, at) + 1;
        } else {
            let (end, fits) = piece_end(text, at);
            found.push(Piece { range: at..end, fits });
            at = end;
        }
        at = at.min(text.len());
    }
}

/// Levels of brackets, conditions and signs in one block.
const MAX_NESTING: usize = crate::bounds::TERRAFORM_DEPTH.value;

/// So many bytes are one block.
const MAX_BLOCK: usize = crate::bounds::TERRAFORM_BLOCK.value;

/// A piece in which blocks and arguments stand on one line, with a line for each: blanks become
/// line ends, so that places stay. Terraform wants such lines, others and people do not.
pub(super) fn spread(piece: &str) -> String {
    let mut bytes = piece.as_bytes().to_vec();
    // Whether each bracket that is open is that of a block, and where the last token ended.
    let (mut open, mut at, mut last) = (vec![true], 0, b'\n');
    while at < bytes.len() {
        let byte = bytes[at];
        let in_block = open.last() == Some(&true);
        match byte {
            b' ' | b'\t' if in_block => {
                let rest = piece[at..].trim_start_matches([' ', '\t']);
                let begins = argument_begins(rest) || rest.starts_with('}');
                if last != b'\n' && last != b'=' && begins || last == b'{' {
                    bytes[at] = b'\n';
                    last = b'\n';
                }
                // The other blanks would be asked for the same.
                at = piece.len() - rest.len() - 1;
            }
            b'{' | b'[' | b'(' => {
                let block = byte == b'{' && in_block && (last == b'"' || last == b'_');
                open.push(block);
                last = if block { b'{' } else { b'[' };
            }
            b'}' | b']' | b')' => {
                open.pop();
                last = byte;
            }
            b'"' => {
                at = string_end(piece, at, &mut 0);
                last = b'"';
            }
            b'#' => at = line_end(piece, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(piece, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = comment_end(piece, at),
            b'<' if bytes.get(at + 1) == Some(&b'<') => at = heredoc_end(piece, at),
            b' ' | b'\t' | b'\r' => {}
            c if c.is_ascii_alphanumeric() || c == b'_' => last = b'_',
            other => last = other,
        }
        at += 1;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| piece.to_string())
}

/// `name =` or `name {`, `name "label" {`.
fn argument_begins(text: &str) -> bool {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        .unwrap_or(text.len());
    let rest = text[end..].trim_start_matches([' ', '\t']);
    let assigned = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>");
    end > 0 && (assigned || rest.starts_with('{') && text.starts_with(char::is_alphabetic))
}

/// Where the line ends on which all that opened behind `start` is closed.
fn piece_end(text: &str, start: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest, mut conditions, mut signs, mut most_signs) =
        (start, 0_usize, 0, 0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        signs = if matches!(byte, b'!' | b'-') { signs + 1 } else { 0 };
        most_signs = most_signs.max(signs);
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'\n' if depth == 0 => break,
            b'?' => conditions += 1,
            b'"' => at = string_end(text, at, &mut deepest),
            b'#' => at = line_end(text, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(text, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = comment_end(text, at),
            b'<' if bytes.get(at + 1) == Some(&b'<') => at = heredoc_end(text, at),
            _ => {}
        }
        at += 1;
    }
    let end = at.min(text.len());
    (end, fits(deepest, conditions, most_signs, end - start))
}

/// The last byte of the comment that begins at `at`.
fn comment_end(text: &str, at: usize) -> usize {
    text[at + 2..].find("*/").map_or(text.len(), |n| at + n + 3)
}

fn fits(deepest: usize, conditions: usize, signs: usize, len: usize) -> bool {
    deepest <= MAX_NESTING && conditions <= MAX_NESTING && signs <= MAX_NESTING && len <= MAX_BLOCK
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |n| at + n)
}

/// The quote that closes the string at `at`; inside of `${ … }` other strings may stand.
pub(super) fn string_end(text: &str, at: usize, deepest: &mut usize) -> usize {
    let bytes = text.as_bytes();
    // For each string that is open, the braces that are open in it.
    let mut open = vec![0_usize];
    let mut at = at + 1;
    while let (Some(byte), Some(braces)) = (bytes.get(at), open.last_mut()) {
        match byte {
            b'\\' => at += 1,
            // Doubled, it stands for itself.
            b'$' | b'%' if bytes.get(at + 1) == Some(byte) && bytes.get(at + 2) == Some(&b'{') => {
                at += 2
            }
            b'$' | b'%' if bytes.get(at + 1) == Some(&b'{') => {
                *braces += 1;
                at += 1;
            }
            b'{' if *braces > 0 => *braces += 1,
            b'}' => *braces = braces.saturating_sub(1),
            b'"' if *braces > 0 => open.push(0),
            b'"' => {
                open.pop();
                if open.is_empty() {
                    return at;
                }
            }
            b'\n' if *braces == 0 => return at,
            _ => {}
        }
        *deepest = (*deepest).max(open.iter().rev().take(MAX_NESTING).sum::<usize>() + open.len());
        at += 1;
    }
    text.len()
}

/// The end of the heredoc that begins at `at`.
fn heredoc_end(text: &str, at: usize) -> usize {
    let head_end = line_end(text, at);
    let name = text[at + 2..head_end].trim_start_matches('-').trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_name {
        return at + 1;
    }
    let mut start = head_end + 1;
    while start < text.len() {
        let end = line_end(text, start);
        if text[start..end].trim() == name {
            return end.saturating_sub(1);
        }
        start = end + 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_on_one_line_are_spread() {
        for (written, want) in [
            (
                "a \"b\" { c { d = { e = 1, f = 2 } } }",
                "a \"b\" {\nc {\nd = { e = 1, f = 2 }\n}\n}",
            ),
            ("a { b = \"{ x = 1 }\"  c = d == e }", "a {\nb = \"{ x = 1 }\"\n c = d == e\n}"),
            ("a = { b = 1 }", "a = { b = 1 }"),
            ("a {\n  b = c ? 1 : 2 # d = 1\n}", "a {\n  b = c ? 1 : 2 # d = 1\n}"),
        ] {
            assert_eq!(spread(written), want);
        }
    }

    #[test]
    fn pieces_end_where_they_do() {
        let block = "resource \"airflow_connection\" \"a\" {\n  # }\n  host = \"}${x[\"}\"]}\"\n  \
                     extra = <<EOT\n}\nEOT\n  /* } */ port = 1 // }\n}";
        let rest = "a = [\n  1,\n]";
        let text = format!(
            "# {{\nvariable \"x\" {{}}\n{block} # {{\n/* {{ */\n// {{\n{rest}\n\n{block}\n"
        );
        let found: Vec<&str> = pieces(&text).into_iter().map(|p| &text[p.range]).collect();
        let with_comment = format!("{block} # {{");
        assert_eq!(found, ["variable \"x\" {}", &with_comment, rest, block]);
        let deep = format!("resource \"a\" \"a\" {{ x = {}", "[".repeat(100_000));
        let found = pieces(&deep);
        assert_eq!((found.len(), found[0].range.end, found[0].fits), (1, deep.len(), false));
        for broken in ["/*", "\"", "a = <<E\n", "}", "\u{feff}", "a = \"${\"", "/* é"] {
            assert!(pieces(broken).len() < 2, "{broken}");
        }
    }
}
