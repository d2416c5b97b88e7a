//! What formats look at before anything is read: the name and the shape of a text.

use std::cell::OnceCell;

use super::helpers::environment::assigns_connection;
use crate::airflow::python::json_loads::loads;
use crate::model::{FIELDS, Node, Value};

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
    /// Nothing else can read it.
    Certain,
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

impl<'t> Sample<'t> {
    /// A text in a file of this path, in lower case, with one of the endings that are searched.
    pub(super) fn new(extension: &'static str, path: String, text: &'t str) -> Sample<'t> {
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

/// Lines longer than this are not connection of JSON Lines.
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
    let all = |node: Node<'_>| {
        node.value.as_dict().is_some_and(|d| d.members.values().all(|m| connection(&m.node.value)))
    };
    key && crate::airflow::yaml_load::load(text).is_ok_and(all)
}
