//! Lines of a log that stand ahead of what a command printed: those of Airflow 2 and 3, and
//! warnings of Python.

/// Words for how bad a line is.
const LEVELS: &[&str] = &["DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL"];

/// How many bytes of a text are lines of a log, if something stands behind them.
pub(super) fn length(text: &str) -> usize {
    let (mut at, mut source) = (0, false);
    for line in text.split_inclusive('\n') {
        let bare = without_colours(line.trim_end());
        let is_log = is_log_line(&bare);
        // The source of the line that a warning is about stands below it.
        let is_source = source && bare.starts_with("  ");
        if !(is_log || is_source || at > 0 && bare.trim().is_empty()) {
            return at;
        }
        source = is_log && is_warning(&bare);
        at += line.len();
    }
    // Nothing but a log.
    0
}

fn is_log_line(line: &str) -> bool {
    is_stamped(line) || is_warning(line) || is_levelled(line)
}

/// `[2024-01-01 00:00:00,000] {file.py:1} INFO - …`, `2025-10-01T12:00:00.123456Z [info     ] …`.
fn is_stamped(line: &str) -> bool {
    let (stamp, rest) = match line.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some(parts) => parts,
            None => return false,
        },
        None => match line.get(..16).zip(line.get(16..)) {
            Some(parts) => parts,
            None => return false,
        },
    };
    is_date(stamp) && (line.starts_with('[') || has_level(rest))
}

/// `2024-01-01`, with what may follow.
fn is_date(text: &str) -> bool {
    let shape =
        |(i, b): (usize, &u8)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() };
    text.len() >= 10 && text.as_bytes()[..10].iter().enumerate().all(shape)
}

fn has_level(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)))
}

/// `/path/file.py:12: DeprecationWarning: …`, and the same with a blank for the second colon.
fn is_warning(line: &str) -> bool {
    let Some((place, _)) = line.split_once("Warning: ").or_else(|| line.split_once("Warning("))
    else {
        return false;
    };
    let number = |piece: &str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit());
    (line.starts_with(['/', '<', '.']) || place.contains(".py:"))
        && place.split([':', ' ']).any(number)
}

/// `WARNING:root:…`, `INFO  [alembic] …`, `[x] WARNING - …`, `WARNING - …`, `WARNING: …`.
fn is_levelled(line: &str) -> bool {
    let line = match line.strip_prefix('[').and_then(|inner| inner.split_once("] ")) {
        Some((_, rest)) => rest,
        None => line,
    };
    LEVELS.iter().any(|level| {
        let rest = line.strip_prefix(level).map(|rest| (rest, rest.trim_start()));
        rest.is_some_and(|(rest, bare)| {
            let colon = rest.strip_prefix(':').is_some_and(|said| said.trim().contains([' ', ':']));
            colon || bare.starts_with("- ") || rest.starts_with(' ') && bare.starts_with('[')
        })
    })
}

/// Without the escapes that colour a line on a terminal.
fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((ahead, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(ahead);
        let end = behind.find(|c: char| c.is_ascii_alphabetic());
        rest = end.map_or("", |end| &behind[end + 1..]);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn lines_of_logs_are_counted() {
        for (ahead, behind) in [
            ("[2024-01-01 00:00:00,000] {file.py:1} INFO - read\n", "{}"),
            ("[2024-01-01T00:00:00.000+0000] {a.py:287} WARNING - old\n", "a:\n  conn_type: x\n"),
            ("2025-10-01T12:00:00.123456Z [info     ] setting up [airflow.x] a=1\n", "{}"),
            (
                "\u{1b}[2m2025-10-01T12:00:00.123456Z\u{1b}[0m [\u{1b}[33mwarning\u{1b}[0m] x\n",
                "{}",
            ),
            (
                "/usr/lib/python3/site-packages/x.py:1: DeprecationWarning: old\n  import x\n\n",
                "{}",
            ),
            ("/usr/lib/python3/site-packages/x.py:1 UserWarning: old\n", "a=x://h\n"),
            ("<frozen importlib._bootstrap>:241: RuntimeWarning: size\n", "{}"),
            ("WARNING:root:a thing\nINFO  [alembic.runtime] Context\n", "{}"),
            ("[x] WARNING - y\n", "a=x://h\n"),
            ("", "{\"a\": 1}"),
            ("", "[{\"conn_id\": \"a\"}]"),
            ("", "a:\n  conn_type: x\n"),
            ("", "- conn_id: a\n"),
            ("", "WARNING: yes\n"),
            ("", "2024-01-01: x\n"),
            ("", "[2024-01-01] INFO - nothing but a log\n"),
            ("", "# comment\na=x://h\n"),
        ] {
            assert_eq!(length(&format!("{ahead}{behind}")), ahead.len(), "{ahead}{behind}");
        }
    }
}
