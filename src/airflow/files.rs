//! Files of connections: what `load_connections_dict` (import, local filesystem backend) reads.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::python::json_loads::loads;
use super::python::text::{is_space, splitlines};
use super::runtime::{Runtime, Side};
use super::{By, Fault, Language, Raised, Raw, yaml_load};
use crate::model::{Connection, Dict, Node, Style, Value};
use crate::source::{Encoding, Span, Text};

/// How Airflow reads a file, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// `.env`.
    Env,
    /// `.json`.
    Json,
    /// `.yaml`, `.yml`.
    Yaml,
}

/// A connection in a file, before it is made.
#[derive(Clone, Debug)]
pub struct FileEntry<'a> {
    /// The key; text unless a YAML key is read as something else.
    pub key: Value<'a>,
    /// Where the key stands in the text that was read.
    pub key_span: Span,
    /// The value.
    pub raw: Raw<'a>,
    /// What Airflow raises when it comes to this connection, before it makes it.
    pub refused: Option<Raised>,
}

/// A file as this Airflow splits it into connections.
#[derive(Default, Debug)]
pub struct File<'a> {
    /// The connections, in order.
    pub entries: Vec<FileEntry<'a>>,
    /// Why Airflow refuses the file as a whole. The entries are what can be understood all the
    /// same.
    pub refused: Vec<Raised>,
    /// Connections that a later one of the same id replaces without a word.
    pub overwritten: Vec<Span>,
}

impl Runtime {
    /// The runtime that reads files: always the core class.
    pub fn of_files(&self) -> std::borrow::Cow<'_, Runtime> {
        match self.side {
            Side::Server => std::borrow::Cow::Borrowed(self),
            Side::Worker => std::borrow::Cow::Owned(Runtime::new(self.version, Side::Server)),
        }
    }
}

/// The type of a file by its name, or what Airflow raises.
pub fn file_type(name: &str, runtime: &Runtime) -> Result<FileType, Raised> {
    let b = &runtime.behaviour;
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("env") => Ok(FileType::Env),
        Some("json") => Ok(FileType::Json),
        Some("yaml") if b.yaml => Ok(FileType::Yaml),
        Some("yml") if b.yml => Ok(FileType::Yaml),
        _ => {
            let exception = if b.unsupported_file_type {
                "AirflowUnsupportedFileTypeException"
            } else {
                "AirflowException"
            };
            Err(Raised::new(
                exception,
                Fault::Unread,
                format!(
                    "Airflow {} reads no file of connections with this extension",
                    runtime.version
                ),
            ))
        }
    }
}

/// Splits a file into connections as `load_connections_dict` does.
pub fn read<'a>(text: &Text<'a>, file_type: FileType, runtime: &Runtime) -> File<'a> {
    let runtime = &*runtime.of_files();
    match file_type {
        FileType::Env => env(text, runtime),
        FileType::Json => json(text, runtime),
        FileType::Yaml => yaml(text, runtime),
    }
}

/// Everything that `load_connections_dict` returns, or what it raises.
pub fn load(
    text: &Text<'_>,
    file_type: FileType,
    runtime: &Runtime,
) -> Result<Vec<(Value<'static>, Connection)>, Raised> {
    let runtime = &*runtime.of_files();
    let mut file = read(text, file_type, runtime);
    if !file.refused.is_empty() {
        return Err(file.refused.swap_remove(0));
    }
    let entries = file.entries.into_iter();
    entries
        .map(|entry| match entry.refused {
            Some(raised) => Err(raised),
            None => super::parse(&entry.raw, runtime)
                .map(|connection| (entry.key.into_owned(), connection)),
        })
        .collect()
}

fn parse_error(message: impl Into<String>) -> Raised {
    Raised::new("AirflowFileParseException", Fault::Shape, message)
}

fn env<'a>(text: &Text<'a>, runtime: &Runtime) -> File<'a> {
    let b = &runtime.behaviour;
    let mut file = File::default();
    let mut groups: IndexMap<String, Vec<FileEntry<'a>>> = IndexMap::new();
    // Text mode turns CRLF and CR into LF before; both end a line here anyway.
    for range in splitlines(text.as_str()) {
        let line = text.slice(range.clone());
        let written = line.as_str();
        let blank =
            |c: char| if b.env_ascii_comments { c.is_ascii_whitespace() } else { is_space(c) };
        if written.is_empty() || written.trim_start_matches(blank).starts_with('#') {
            continue;
        }
        let place = line.span();
        let mut refuse = |message: &str| file.refused.push(parse_error(message).at(place));
        let Some((key, value)) = line.split_once("=") else {
            refuse("a line without `=`; every line is `conn_id=URI`");
            continue;
        };
        if b.env_first_equals {
            if key.as_str().is_empty() && b.env_empty_key_refused {
                refuse("nothing stands before `=`");
                continue;
            }
            if value.as_str().is_empty() {
                refuse("nothing stands after `=`");
                continue;
            }
        } else {
            if value.as_str().contains('=') {
                refuse("a second `=`, which this Airflow takes for a syntax error");
                continue;
            }
            if key.as_str().is_empty() {
                refuse("nothing stands before `=`");
            }
        }
        let key_end = range.start + key.as_str().len();
        let span = Span::new(key_end + 1..range.end);
        let node = Node { value: Value::text(value.as_str()), span, style: Style::Line };
        let id = Value::text(key.as_str());
        let raw = Raw::File { key: id.clone(), node };
        let entry =
            FileEntry { key: id, key_span: Span::new(range.start..key_end), raw, refused: None };
        groups.entry(key.into_string()).or_default().push(entry);
    }
    // A dict of lists: the connections of one id stand together, at the place of the first.
    for mut group in groups.into_values() {
        if let (true, [first, second, ..]) = (b.unique_in_file, &mut group[..]) {
            first.refused = Some(not_unique().at(text.span_of(second.key_span.range())));
        }
        file.entries.append(&mut group);
    }
    file
}

fn not_unique() -> Raised {
    Raised::new(
        "ConnectionNotUnique",
        Fault::RepeatedId,
        "a second connection of this id, which makes Airflow refuse the whole file",
    )
}

fn json<'a>(text: &Text<'a>, runtime: &Runtime) -> File<'a> {
    let refused =
        |raised: Raised| File { refused: vec![raised.at(text.span())], ..File::default() };
    if text.as_str().is_empty() {
        return refused(parse_error("the file is empty"));
    }
    // Borrowed text gives borrowed nodes: a large file is not copied.
    let read = match text.borrowed() {
        Some(borrowed) => loads(borrowed),
        None => loads(text.as_str()).map(Node::into_owned),
    };
    match read {
        Ok(node) => of_mapping(node, text, runtime),
        Err(error) => {
            let raised = error.raised(Fault::Syntax(Language::Json), text);
            let wraps = error.is_decode_error() || runtime.behaviour.wraps_json_errors;
            refused(Raised {
                by: if wraps { By::Airflow("AirflowFileParseException") } else { raised.by },
                ..raised
            })
        }
    }
}

fn yaml<'a>(text: &Text<'a>, runtime: &Runtime) -> File<'a> {
    let refused =
        |raised: Raised| File { refused: vec![raised.at(text.span())], ..File::default() };
    if text.as_str().is_empty() {
        return refused(parse_error("the file is empty"));
    }
    let lines = normal_lines(text);
    match yaml_load::load(lines.as_str()) {
        Ok(node) => of_mapping(node, &lines, runtime),
        Err(error) => {
            let exception =
                if error.is_marked() { "AirflowFileParseException" } else { error.exception };
            let end = lines
                .as_str()
                .get(error.at..)
                .and_then(|r| r.chars().next())
                .map_or(error.at, |c| error.at + c.len_utf8());
            let place = lines.span_of(error.at.min(lines.as_str().len())..end);
            refused(Raised::new(exception, Fault::Syntax(Language::Yaml), error.message).at(place))
        }
    }
}

/// Text mode: CRLF and CR become LF.
pub fn normal_lines<'a>(text: &Text<'a>) -> Text<'a> {
    if !text.as_str().contains('\r') {
        return text.clone();
    }
    let mut built = crate::source::Builder::new(text);
    let bytes = text.as_str().as_bytes();
    let mut done = 0;
    for (i, _) in text.as_str().match_indices('\r') {
        built.copy(done..i);
        // Both bytes are one line end: what is put ahead of it stands ahead of both.
        done = if bytes.get(i + 1) == Some(&b'\n') { i + 2 } else { i + 1 };
        built.decode("\n", i..done);
    }
    built.copy(done..bytes.len());
    built.finish(&LINE_ENDS)
}

/// Text with line ends of Windows or of old Macs.
static LINE_ENDS: Encoding = Encoding {
    name: "line ends",
    part: |new, old| {
        let end = if old.contains("\r\n") { "\r\n" } else { "\r" };
        Some(new.replace('\n', end))
    },
    whole: |_, _| None,
};

/// The rest of a line of an `.env` file, as it stands.
pub static ENV_VALUE: Encoding = Encoding {
    name: "the rest of a line",
    part: |new, _| on_one_line(new),
    whole: |new, _| on_one_line(new),
};

fn on_one_line(text: &str) -> Option<String> {
    (splitlines(text).len() <= 1 && !text.ends_with('\n')).then(|| text.to_string())
}

fn of_mapping<'a>(node: Node<'a>, text: &Text<'_>, runtime: &Runtime) -> File<'a> {
    let Value::Dict(dict) = node.value else {
        let place = text.span();
        return File {
            overwritten: Vec::new(),
            entries: Vec::new(),
            refused: vec![
                parse_error("the file should hold an object: connections under their ids")
                    .at(place),
            ],
        };
    };
    let b = &runtime.behaviour;
    let mut file = File { overwritten: dict.overwritten, ..File::default() };
    let mut seen: HashMap<u32, Value<'a>> = HashMap::new();
    for (key, member) in dict.members {
        let (key, key_span) = (key.0, member.key_span);
        let mut refused = None;
        let values = match member.node.value {
            Value::List(items) => {
                if items.len() > 1 && b.unique_in_file {
                    refused = Some(not_unique().at(text.span_of(member.node.span.range())));
                }
                items
            }
            value => vec![Node { value, span: member.node.span, style: member.node.style }],
        };
        for mut value in values {
            if let Value::Dict(fields) = &mut value.value {
                stamp(fields, &key, &mut seen);
            }
            file.entries.push(FileEntry {
                key: key.clone(),
                key_span,
                raw: Raw::File { key: key.clone(), node: value },
                refused: refused.take(),
            });
        }
    }
    file
}

/// Airflow writes the id into the dict of a connection: a YAML alias to a whole connection then has
/// the id of the first.
fn stamp<'a>(fields: &mut Dict<'a>, key: &Value<'a>, seen: &mut HashMap<u32, Value<'a>>) {
    if fields.identity == 0 {
        return;
    }
    match seen.get(&fields.identity) {
        Some(first) if fields.get("conn_id").is_none() => {
            let node = Node { value: first.clone(), span: Span::default(), style: Style::None };
            fields.insert(Value::text("conn_id"), Span::default(), node);
        }
        Some(_) => {}
        None => {
            seen.insert(fields.identity, key.clone());
        }
    }
}

/// Everything that `load_connections_dict(path)` returns for a file of this name and content, or
/// what it raises.
pub fn load_bytes(
    name: &str,
    bytes: &[u8],
    runtime: &Runtime,
) -> Result<Vec<(Value<'static>, Connection)>, Raised> {
    let file_type = file_type(name, &runtime.of_files())?;
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Raised::new("UnicodeDecodeError", Fault::Encoding, "the file is not UTF-8"))?;
    load(&Text::untraced(text), file_type, runtime)
}
