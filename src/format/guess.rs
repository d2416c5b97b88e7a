//! Which format a text is in, by its name and content; log lines ahead of an export are found too.

use super::{Format, by_name, env};
use crate::airflow::python::json_loads::loads;
use crate::model::{FIELDS, Value};

/// What a text looks like.
#[derive(Debug)]
pub struct Guess {
    /// The format.
    pub format: &'static Format,
    /// Bytes of log lines ahead of it.
    pub skip: usize,
}

/// Guesses the format of a text called `name`. Log lines ahead of an export are skipped only in what comes through a pipe (`piped`):
/// Airflow itself would refuse such a file.
pub fn guess(name: &str, text: &str, piped: bool) -> Option<Guess> {
    if let Some(found) = of(name, text).and_then(by_name) {
        return Some(Guess { format: found, skip: 0 });
    }
    if !piped {
        return None;
    }
    let mut at = 0;
    let mut tried = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let rest = &text[at..];
        if tried < MAX_STARTS && (rest.starts_with('{') || rest.lines().next().is_some_and(begins_export)) {
            tried += 1;
            if let Some(format) = of(name, rest).and_then(by_name) {
                return Some(Guess { format, skip: at });
            }
        }
    }
    None
}

/// So many lines are tried as the first line of an export: every try reads all that follows.
const MAX_STARTS: usize = 16;

/// The first line of an export in YAML or env.
fn begins_export(line: &str) -> bool {
    is_uri_assignment(line) || line.strip_suffix(':').is_some_and(|key| !key.is_empty() && !key.contains(' '))
}

fn of(name: &str, text: &str) -> Option<&'static str> {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let has_variables =
        text.contains(env::PREFIX) && text.lines().any(|l| l.trim_start().trim_start_matches("export ").starts_with(env::PREFIX));
    match extension.as_str() {
        "jsonl" | "ndjson" => return Some("jsonl"),
        "json" => return Some(of_json(text).unwrap_or("export-json")),
        "yaml" | "yml" => return Some("export-yaml"),
        "uri" | "uris" => return Some("uri"),
        "env" => return Some(if has_variables { "env" } else { "airflow-env" }),
        _ if file == ".env" || file.starts_with(".env.") => return Some(if has_variables { "env" } else { "airflow-env" }),
        _ => {}
    }
    if has_variables {
        return Some("env");
    }
    if text.trim_start().starts_with('{') {
        return of_json(text);
    }
    let mut lines = text.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#')).peekable();
    let first = *lines.peek()?;
    if is_uri(first) {
        return lines.all(is_uri).then_some("uri");
    }
    if is_uri_assignment(first) {
        return lines.all(|l| l.contains('=')).then_some("airflow-env");
    }
    looks_like_yaml(text).then_some("export-yaml")
}

/// Lines longer than this are no connection of JSON Lines.
const MAX_LINE: usize = 1 << 20;

/// A JSON text by its shape: one connection, connections under ids, or a connection a line. Looks only at its beginning.
fn of_json(text: &str) -> Option<&'static str> {
    let mut lines = text.trim().lines();
    let first = lines.next().unwrap_or_default();
    let more = lines.next().is_some();
    let line = Some(first).filter(|l| l.len() <= MAX_LINE).and_then(|l| loads(l).ok());
    if let Some(Value::Dict(dict)) = line.map(|n| n.value) {
        let is_line = |key: &str| matches!(key, "value" | "uri" | "json" | "conn_id");
        let names: Vec<&str> = dict.named().map(|(key, _)| key).collect();
        let machine = names.iter().any(|k| is_line(k)) && names.iter().all(|k| is_line(k) || FIELDS.contains(k));
        if more || machine {
            return Some("jsonl");
        }
    }
    let body = text.trim_start().strip_prefix('{')?.trim_start();
    let Some(key) = body.strip_prefix('"') else { return body.starts_with('}').then_some("export-json") };
    let (key, rest) = key.split_once('"')?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let one = FIELDS.contains(&key) && (key == "extra" || !value.starts_with('{'));
    Some(if one { "json" } else { "export-json" })
}

/// `scheme://…`, with what people write for a scheme.
fn is_uri(line: &str) -> bool {
    let Some((scheme, _)) = line.trim().split_once("://") else { return false };
    !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
}

/// A line of an export as env: `id=URI`, or `id={"conn_type": …}`.
fn is_uri_assignment(line: &str) -> bool {
    let held = |value: &str| is_uri(value) || value.starts_with("{\"");
    line.split_once('=').is_some_and(|(key, value)| !key.is_empty() && !key.contains([' ', ':', '/', '{']) && held(value))
}

/// A mapping at the left margin.
fn looks_like_yaml(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#') && *l != "---");
    let first = lines.next().unwrap_or_default();
    let key = first.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty() && !key.starts_with([' ', '[', '-']) && (rest.trim().is_empty() || rest.starts_with(' '))
    });
    let connection = |value: &Value<'_>| match value {
        Value::Dict(_) | Value::List(_) => true,
        other => other.as_str().is_some_and(|text| text.contains("://")),
    };
    let all = |node: crate::model::Node<'_>| node.value.as_dict().is_some_and(|d| d.members.values().all(|m| connection(&m.node.value)));
    key && crate::airflow::yaml_load::load(text).is_ok_and(all)
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
            ("-", "[2026-11-23] INFO - x\n{\"a\": {\"conn_type\": \"x\"}}", Some(("export-json", 22))),
            ("-", "WARNING: y\na:\n  conn_type: x\n", Some(("export-yaml", 11))),
            ("-", "hello\nworld", None),
        ] {
            let got = guess(name, text, true).map(|g| (g.format.name, g.skip));
            assert_eq!(got, want, "{name} {text:?}");
        }
    }
}
