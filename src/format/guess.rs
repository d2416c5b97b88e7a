//! Which format a text is in, by its name and content; log lines ahead of an export are found too.

use std::cell::OnceCell;

use super::helpers::environment::assigns_connection;
use super::{FORMATS, Format};
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

/// How sure a format is of a text. The surest wins, and of those that are equally sure the first of
/// the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Nothing speaks against it.
    Fallback,
    /// It has the shape.
    Likely,
    /// It has a shape that nothing else has.
    Sure,
}

/// What formats look at before anything is read: cheap, and made once for all of them.
pub struct Sample<'t> {
    /// The name as given, in lower case, with `/` between folders.
    pub path: String,
    /// Behind the last `.` of it.
    pub extension: &'static str,
    /// The whole text.
    pub text: &'t str,
    shape: OnceCell<Option<JsonShape>>,
    keys: OnceCell<Vec<String>>,
    variables: OnceCell<bool>,
}

/// A JSON text of connections by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonShape {
    /// A connection a line.
    Lines,
    /// The fields of one connection.
    Connection,
    /// Connections under their ids.
    Connections,
}

/// Endings that say in which language a file is written.
const EXTENSIONS: &[&str] =
    &["json", "jsonl", "ndjson", "yaml", "yml", "uri", "uris", "env", "tf", "sh"];

impl<'t> Sample<'t> {
    /// A text called `name`.
    pub fn new(name: &str, text: &'t str) -> Sample<'t> {
        let path = name.to_lowercase().replace('\\', "/");
        let ending = path
            .rsplit('/')
            .next()
            .and_then(|file| file.rsplit_once('.'))
            .map(|(_, ending)| ending.to_string());
        let extension =
            EXTENSIONS.iter().copied().find(|e| ending.as_deref() == Some(*e)).unwrap_or_default();
        Sample {
            path,
            extension,
            text,
            shape: OnceCell::new(),
            keys: OnceCell::new(),
            variables: OnceCell::new(),
        }
    }

    /// The name without folders.
    pub fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The name says in which language the file is written.
    pub(super) fn is_named_file(&self) -> bool {
        !self.extension.is_empty() || self.is_dotenv()
    }

    /// `.env`, `.env.production`, `x.env`.
    pub(super) fn is_dotenv(&self) -> bool {
        self.extension == "env" || self.file() == ".env" || self.file().starts_with(".env.")
    }

    /// YAML by its name, or not named.
    pub(super) fn may_be_yaml(&self) -> bool {
        matches!(self.extension, "yaml" | "yml" | "json") || !self.is_named_file()
    }

    /// Lines that are neither empty nor comments.
    pub(super) fn lines(&self) -> impl Iterator<Item = &'t str> {
        self.text.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'))
    }

    /// A line assigns to a variable that holds a connection.
    pub(super) fn has_variables(&self) -> bool {
        *self.variables.get_or_init(|| assigns_connection(self.text))
    }

    /// The keys of a JSON object, of the first object of a JSON list, or at the left margin of YAML
    /// (of its first item, if it is a list): as many as stand in the first part of the text.
    pub(super) fn keys(&self) -> &[String] {
        self.keys.get_or_init(|| {
            let mut end = self.text.len().min(HEAD);
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            let head = &self.text[..end];
            if head.trim_start().starts_with(['{', '[']) {
                json_keys(head)
            } else {
                yaml_keys(head)
            }
        })
    }

    /// All of these are among the keys.
    pub(super) fn has_keys(&self, wanted: &[&str]) -> bool {
        wanted.iter().all(|key| self.keys().iter().any(|k| k == key))
    }

    /// What a JSON text of connections looks like; looks only at its beginning.
    pub(super) fn json_shape(&self) -> Option<JsonShape> {
        let json = self.extension == "json"
            || !self.is_named_file() && self.text.trim_start().starts_with('{');
        *self.shape.get_or_init(|| json.then(|| of_json(self.text)).flatten())
    }
}

/// So many bytes are looked at for keys.
const HEAD: usize = 1 << 16;

fn json_keys(text: &str) -> Vec<String> {
    let wanted = if text.trim_start().starts_with('[') { 2 } else { 1 };
    let bytes = text.as_bytes();
    let (mut depth, mut at, mut keys) = (0_usize, 0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth < wanted && !keys.is_empty() {
                    break;
                }
            }
            b'"' => {
                let start = at + 1;
                at = start;
                while bytes.get(at).is_some_and(|b| *b != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let is_key =
                    text.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'));
                if depth == wanted && is_key {
                    keys.extend(text.get(start..at).map(str::to_string));
                }
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

fn yaml_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut item = 0;
    for line in text.lines() {
        let mut line = line;
        if let Some(rest) = line.strip_prefix("- ") {
            item += 1;
            line = rest;
        } else if item > 0 {
            line = line.strip_prefix("  ").unwrap_or("");
        }
        if item > 1 || line.starts_with([' ', '#']) {
            continue;
        }
        if let Some((key, rest)) = line.split_once(':')
            && (rest.is_empty() || rest.starts_with([' ', '\r']))
        {
            keys.push(key.trim_matches(['"', '\'']).to_string());
        }
    }
    keys
}

/// Guesses the format of a text called `name`. Log lines ahead of an export are skipped only in
/// what comes through a pipe (`piped`): Airflow itself would refuse such a file.
pub fn guess(name: &str, text: &str, piped: bool) -> Option<Guess> {
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
    let sample = Sample::new(name, text);
    let mut best: Option<(Likeness, &'static Format)> = None;
    for format in FORMATS.iter().copied().filter(|f| f.is_read()) {
        if let Some(likeness) = (format.sniff)(&sample)
            && best.is_none_or(|(known, _)| likeness > known)
        {
            best = Some((likeness, format));
        }
    }
    best.map(|(_, format)| format)
}

/// Lines longer than this are no connection of JSON Lines.
const MAX_LINE: usize = 1 << 20;

/// A JSON text by its shape: one connection, connections under ids, or a connection a line. Looks
/// only at its beginning.
fn of_json(text: &str) -> Option<JsonShape> {
    let mut lines = text.trim().lines();
    let first = lines.next().unwrap_or_default();
    let more = lines.next().is_some();
    let line = Some(first).filter(|l| l.len() <= MAX_LINE).and_then(|l| loads(l).ok());
    if let Some(Value::Dict(dict)) = line.map(|n| n.value) {
        let is_line = |key: &str| matches!(key, "value" | "uri" | "json" | "conn_id");
        let names: Vec<&str> = dict.named().map(|(key, _)| key).collect();
        let machine = names.iter().any(|k| is_line(k))
            && names.iter().all(|k| is_line(k) || FIELDS.contains(k));
        if more || machine {
            return Some(JsonShape::Lines);
        }
    }
    let body = text.trim_start().strip_prefix('{')?.trim_start();
    let Some(key) = body.strip_prefix('"') else {
        return body.starts_with('}').then_some(JsonShape::Connections);
    };
    let (key, rest) = key.split_once('"')?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let one = FIELDS.contains(&key) && (key == "extra" || !value.starts_with('{'));
    Some(if one { JsonShape::Connection } else { JsonShape::Connections })
}

/// `scheme://…`, with what people write for a scheme.
pub(super) fn is_uri(line: &str) -> bool {
    let Some((scheme, _)) = line.trim().split_once("://") else { return false };
    !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
}

/// A line of an export as env: `id=URI`, or `id={"conn_type": …}`.
pub(super) fn is_uri_assignment(line: &str) -> bool {
    let held = |value: &str| is_uri(value) || value.starts_with("{\"");
    line.split_once('=').is_some_and(|(key, value)| {
        !key.is_empty() && !key.contains([' ', ':', '/', '{']) && held(value)
    })
}

/// A mapping at the left margin.
pub(super) fn looks_like_yaml(text: &str) -> bool {
    let mut lines =
        text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#') && *l != "---");
    let first = lines.next().unwrap_or_default();
    let key = first.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && !key.starts_with([' ', '[', '-'])
            && (rest.trim().is_empty() || rest.starts_with(' '))
    });
    let connection = |value: &Value<'_>| match value {
        Value::Dict(_) | Value::List(_) => true,
        other => other.as_str().is_some_and(|text| text.contains("://")),
    };
    let all = |node: crate::model::Node<'_>| {
        node.value.as_dict().is_some_and(|d| d.members.values().all(|m| connection(&m.node.value)))
    };
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
