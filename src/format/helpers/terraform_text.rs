//! Where the blocks of one kind of resource stand in a Terraform file, without reading the rest of
//! it, and where the text of a heredoc stands in its lines.

use crate::source::{Builder, Encoding, Span, Text};

/// A heredoc: one line of it stands as it is behind its indentation, as long as no template begins
/// in it.
static HEREDOC: Encoding = Encoding {
    name: "heredoc of HCL",
    part: |new, _| (!new.contains(['\n', '\r', '$', '%'])).then(|| new.to_string()),
    whole: |new, _| Some(literal(new)),
};

/// A string as Terraform writes it.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", c as u32))
            }
            c => out.push(c),
        }
    }
    out.push('"');
    // Only in front of a brace do these begin something.
    out.replace("${", "$${").replace("%{", "%%{")
}

/// The text of the heredoc at `span`, which means `value`, with the way back to its lines. `None`
/// where they are not those of `value`.
pub(crate) fn heredoc(text: &Text<'_>, span: Span, value: &str) -> Option<Text<'static>> {
    let token = span.range();
    let raw = text.as_str().get(token.clone())?;
    let mut at = raw.find('\n')? + 1;
    let body = token.start + at;
    let mut built = Builder::new(text);
    for line in value.split_inclusive('\n') {
        let written = raw[at..].split_inclusive('\n').next()?;
        let ends = at
            + if line.ends_with('\n') {
                written.len()
            } else {
                written.trim_end_matches('\n').len()
            };
        let start = ends
            .checked_sub(line.len())
            .filter(|start| *start >= at && raw.get(*start..ends) == Some(line))?;
        built.copy(token.start + start..token.start + ends);
        at += written.len();
    }
    Some(built.finish_in(&HEREDOC, token.clone(), body..token.start + at))
}

/// The bytes of each `resource "KIND" "name" { … }`, and whether the parser of expressions can take
/// it: text nested too deeply could exhaust the stack of a parser that descends.
pub(crate) fn blocks(text: &str, kind: &str) -> Vec<(std::ops::Range<usize>, bool)> {
    let head = format!("\"{kind}\"");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = text[at..].find("resource").map(|n| at + n) {
        at = word + "resource".len();
        let first_of_line =
            text[..word].rsplit('\n').next().is_some_and(|before| before.trim().is_empty());
        let rest = text[at..].trim_start();
        if !first_of_line || !rest.starts_with(&head) {
            continue;
        }
        let Some(open) = text[at..].find('{').map(|n| at + n) else { break };
        let (end, fits) = closing(text, open);
        found.push((word..end, fits));
        at = end;
    }
    found
}

/// Levels of brackets, conditions and signs in one block.
const MAX_NESTING: usize = crate::bounds::TERRAFORM_DEPTH.value;

/// So many bytes are one block.
const MAX_BLOCK: usize = crate::bounds::TERRAFORM_BLOCK.value;

/// Where the brace that opens at `open` is closed, or the end of the text.
fn closing(text: &str, open: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest, mut conditions, mut signs, mut most_signs) =
        (open, 0_usize, 0, 0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        signs = if matches!(byte, b'!' | b'-') { signs + 1 } else { 0 };
        most_signs = most_signs.max(signs);
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (at + 1, fits(deepest, conditions, most_signs, at - open));
                }
            }
            b'?' => conditions += 1,
            b'"' => at = string_end(text, at, &mut deepest),
            b'#' => at = line_end(text, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(text, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at..].find("*/").map_or(text.len(), |n| at + n + 1)
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => at = heredoc_end(text, at),
            _ => {}
        }
        at += 1;
    }
    (text.len(), fits(deepest, conditions, most_signs, text.len() - open))
}

fn fits(deepest: usize, conditions: usize, signs: usize, len: usize) -> bool {
    deepest <= MAX_NESTING && conditions <= MAX_NESTING && signs <= MAX_NESTING && len <= MAX_BLOCK
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |n| at + n)
}

/// The quote that closes the string at `at`; inside of `${ … }` other strings may stand.
fn string_end(text: &str, at: usize, deepest: &mut usize) -> usize {
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
    fn blocks_end_where_they_do() {
        let block = "resource \"airflow_connection\" \"a\" {\n  # }\n  host = \"}${x[\"}\"]}\"\n  extra = <<EOT\n}\nEOT\n  /* } */ port = 1\n}";
        let text =
            format!("variable \"x\" {{}}\n{block}\nresource \"other\" \"b\" {{}}\n{block}\n");
        let found: Vec<&str> = blocks(&text, "airflow_connection")
            .into_iter()
            .map(|(range, _)| &text[range])
            .collect();
        assert_eq!(found, [block, block]);
        let deep = format!("resource \"airflow_connection\" \"a\" {{ x = {}", "[".repeat(100_000));
        assert_eq!(blocks(&deep, "airflow_connection"), [(0..deep.len(), false)]);
    }
}
