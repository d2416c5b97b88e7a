//! Where what a shell fills in ends: `$(…)`, `${…}`, `$((…))`, backticks, quotes.

/// So deep may one stand in another.
const MAX_DEPTH: usize = 32;

/// Behind the quote that closes what opens ahead of `at`.
pub(super) fn single(raw: &str, at: usize) -> Option<usize> {
    raw[at..].find('\'').map(|n| at + n + 1)
}

/// The same for `$'…'`, in which a backslash escapes.
pub(super) fn ansi(raw: &str, at: usize) -> Option<usize> {
    escaped(raw, at, '\'')
}

/// Behind the backtick that closes what opens ahead of `at`.
pub(super) fn backtick(raw: &str, at: usize) -> Option<usize> {
    escaped(raw, at, '`')
}

fn escaped(raw: &str, at: usize, close: char) -> Option<usize> {
    let mut skip = false;
    for (i, c) in raw[at..].char_indices() {
        match c {
            _ if skip => skip = false,
            '\\' => skip = true,
            c if c == close => return Some(at + i + 1),
            _ => {}
        }
    }
    None
}

/// Behind the `"` that closes what opens ahead of `at`.
fn double_in(raw: &str, mut at: usize, depth: usize) -> Option<usize> {
    loop {
        at += raw[at..].find(['"', '\\', '$', '`'])?;
        match raw.as_bytes()[at] {
            b'"' => return Some(at + 1),
            b'\\' => at = behind(raw, at)?,
            b'`' => at = backtick(raw, at + 1)?,
            _ => at = dollar_in(raw, at, depth + 1, true)?,
        }
    }
}

/// Behind the character that follows the backslash at `at`.
fn behind(raw: &str, at: usize) -> Option<usize> {
    raw[at + 1..].chars().next().map(|next| at + 1 + next.len_utf8())
}

/// Behind what the `$` at `at` begins; behind the `$` itself where it begins nothing.
pub(super) fn dollar(raw: &str, at: usize, quoted: bool) -> Option<usize> {
    dollar_in(raw, at, 0, quoted)
}

/// Behind the parenthesis that closes the one at `at`.
pub(super) fn parentheses(raw: &str, at: usize) -> Option<usize> {
    command(raw, at + 1, 0)
}

fn dollar_in(raw: &str, at: usize, depth: usize, quoted: bool) -> Option<usize> {
    if depth > MAX_DEPTH {
        return None;
    }
    let rest = &raw[at + 1..];
    if rest.starts_with('(') {
        return command(raw, at + 2, depth);
    }
    if rest.starts_with('{') {
        return braces(raw, at + 2, depth, quoted);
    }
    let name = name_length(rest);
    let special = rest.starts_with(|c: char| c.is_ascii_digit() || "@*#?$!-".contains(c));
    Some(at + 1 + if name == 0 && special { 1 } else { name })
}

/// The length of the name of a variable with which a text begins.
pub(super) fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Behind the `}` of a parameter.
fn braces(raw: &str, mut at: usize, depth: usize, quoted: bool) -> Option<usize> {
    loop {
        at += raw[at..].find(['}', '\\', '$', '`', '"', '\''])?;
        match raw.as_bytes()[at] {
            b'}' => return Some(at + 1),
            b'\\' => at = behind(raw, at)?,
            b'`' => at = backtick(raw, at + 1)?,
            b'"' => at = double_in(raw, at + 1, depth + 1)?,
            // Between double quotes a single one is a character like any other.
            b'\'' if quoted => at += 1,
            b'\'' => at = single(raw, at + 1)?,
            _ => at = dollar_in(raw, at, depth + 1, quoted)?,
        }
    }
}

/// Behind the `)` of a command, or of arithmetic, whose parentheses count the same.
fn command(raw: &str, mut at: usize, depth: usize) -> Option<usize> {
    let mut open = 1_usize;
    let mut documents: Vec<(String, bool)> = Vec::new();
    let mut begins = true;
    loop {
        let c = raw[at..].chars().next()?;
        let next = at + c.len_utf8();
        let word = std::mem::replace(&mut begins, c.is_whitespace() || ";|&(".contains(c));
        at = match c {
            '(' => {
                open += 1;
                next
            }
            ')' if open == 1 => return Some(next),
            ')' => {
                open -= 1;
                next
            }
            '\\' => behind(raw, at)?,
            '\'' => single(raw, next)?,
            '"' => double_in(raw, next, depth + 1)?,
            '`' => backtick(raw, next)?,
            '$' => dollar_in(raw, at, depth + 1, false)?,
            '#' if word => raw[at..].find('\n').map(|n| at + n)?,
            '<' if raw[at..].starts_with("<<<") => at + 3,
            '<' if raw[at..].starts_with("<<") => match mark(raw, at + 2) {
                Some((mark, tabs, end)) => {
                    documents.push((mark, tabs));
                    end
                }
                None => at + 2,
            },
            '\n' => {
                let mut line = next;
                for (mark, tabs) in documents.drain(..) {
                    line = behind_body(raw, line, &mark, tabs).1;
                }
                line
            }
            _ => next,
        };
    }
}

/// The mark of a here-document behind `<<`, whether tabs are taken off, and where it ends.
pub(super) fn mark(raw: &str, at: usize) -> Option<(String, bool, usize)> {
    let tabs = raw[at..].starts_with('-');
    let start = at + usize::from(tabs);
    let start = start + raw[start..].len() - raw[start..].trim_start_matches([' ', '\t']).len();
    let mut name = String::new();
    let mut end = start;
    while let Some(c) = raw[end..].chars().next() {
        let next = end + c.len_utf8();
        match c {
            '\'' | '"' => {
                let close = raw[next..].find(c).map(|n| next + n)?;
                name.push_str(&raw[next..close]);
                end = close + 1;
            }
            '\\' => end = next,
            c if c.is_whitespace() || ";|&<>()".contains(c) => break,
            c => {
                name.push(c);
                end = next;
            }
        }
    }
    (!name.is_empty()).then_some((name, tabs, end))
}

/// Where the body of a here-document that begins at `at` ends, and where the line behind its mark
/// begins. One without an end goes on to the end of the text.
pub(super) fn behind_body(raw: &str, at: usize, mark: &str, tabs: bool) -> (usize, usize) {
    let mut line = at;
    while line < raw.len() {
        let end = raw[line..].find('\n').map_or(raw.len(), |n| line + n);
        let next = (end + 1).min(raw.len());
        let text = raw[line..end].strip_suffix('\r').unwrap_or(&raw[line..end]);
        if if tabs { text.trim_start_matches('\t') } else { text } == mark {
            return (line, next);
        }
        line = next;
    }
    (raw.len(), raw.len())
}
