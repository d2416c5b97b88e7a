//! Which format a text is in, by its name and content; log lines ahead of an export are found too.

use super::log_lines;
use super::names::{ending, unified};
use super::sample::{Likeness, Sample, is_uri_assignment};
use super::{FORMATS, Format};

/// What a text looks like.
#[derive(Debug)]
pub struct Guess {
    /// The format.
    pub format: &'static Format,
    /// Bytes of log lines ahead of it.
    pub skip: usize,
}

/// The format of a text called `name`, in which nothing is skipped.
pub fn guess_whole(name: &str, text: &str) -> Option<&'static Format> {
    of(name, text)
}

/// Guesses the format of a text called `name`. Lines of a log ahead of it are skipped; what comes
/// through a pipe (`piped`) may have any lines ahead of an export.
pub fn guess(name: &str, text: &str, piped: bool) -> Option<Guess> {
    let skip = log_lines::length(text);
    if skip > 0
        && let Some(format) = of(name, &text[skip..])
    {
        return Some(Guess { format, skip });
    }
    if let Some(format) = of(name, text) {
        return Some(Guess { format, skip: 0 });
    }
    if !piped {
        return None;
    }
    let mut at = 0;
    let mut tried = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let rest = &text[at..];
        if tried < MAX_STARTS
            && (rest.starts_with('{') || rest.lines().next().is_some_and(begins_export))
        {
            tried += 1;
            if let Some(format) = of(name, rest) {
                return Some(Guess { format, skip: at });
            }
        }
    }
    None
}

/// So many lines are tried as the first line of an export: every try reads all that follows.
const MAX_STARTS: usize = 16;

/// The first line of an export in YAML or env, or of a list.
fn begins_export(line: &str) -> bool {
    let key = |line: &str| {
        line.strip_suffix(':').is_some_and(|key| !key.is_empty() && !key.contains(' '))
    };
    let item = ["- conn_id:", "- id:", "[{\""].iter().any(|start| line.starts_with(start));
    is_uri_assignment(line) || key(line) || item || super::helpers::table::is_head(line)
}

fn of(name: &str, text: &str) -> Option<&'static Format> {
    let path = unified(name);
    let sample = Sample::new(ending(&path), path, text);
    let mut best: Option<(Likeness, &'static Format)> = None;
    for format in FORMATS.iter().copied().filter(|f| f.is_read()) {
        let by_name = format.likeness_by_name(&sample.path);
        if let Some(likeness) = by_name.max((format.sniff)(&sample))
            && best.is_none_or(|(known, _)| likeness > known)
        {
            best = Some((likeness, format));
        }
    }
    best.map(|(_, format)| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_tell_the_format() {
        for (name, text, want) in [
            ("x.json", "{\"a\": {\"conn_type\": \"x\"}}", Some(("export-json", 0))),
            ("x.json", "{\"conn_type\": \"x\"}", Some(("json", 0))),
            ("x.json", "", Some(("export-json", 0))),
            ("x.YAML", "a: b", Some(("export-yaml", 0))),
            ("x.env", "a=x://h\n", Some(("airflow-env", 0))),
            (".env", "export AIRFLOW_CONN_A=x://h\n", Some(("env", 0))),
            ("-", "# c\nFOO=1\nAIRFLOW_CONN_A='x://h'\n", Some(("env", 0))),
            ("-", "x://h\ny-z://h\n", Some(("uri", 0))),
            ("-", "a=x://h\nb=y://h?a=b\n", Some(("airflow-env", 0))),
            ("-", "{\"conn_type\": \"x\",\n \"extra\": {}}", Some(("json", 0))),
            ("-", "{\"a\": \"x://h\"}", Some(("export-json", 0))),
            ("-", "{}", Some(("export-json", 0))),
            ("-", "{\"uri\": \"x://h\"}\n{\"uri\": \"x://h\"}\n", Some(("jsonl", 0))),
            ("-", "{\"conn_id\": \"a\", \"uri\": \"x://h\"}\n", Some(("jsonl", 0))),
            ("-", "a:\n  conn_type: x\n", Some(("export-yaml", 0))),
            ("-", "[x] WARNING - y\na={\"conn_type\": \"x\"}\n", Some(("airflow-env", 16))),
            (
                "-",
                "[2026-11-23] INFO - x\n{\"a\": {\"conn_type\": \"x\"}}",
                Some(("export-json", 22)),
            ),
            ("-", "WARNING: y\na:\n  conn_type: x\n", Some(("export-yaml", 11))),
            ("-", "hello\nworld", None),
        ] {
            let got = guess(name, text, true).map(|g| (g.format.name, g.skip));
            assert_eq!(got, want, "{name} {text:?}");
        }
    }
}
