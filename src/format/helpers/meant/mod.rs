//! Files for import whose shape is another one's: connections in a wrapper or in a list, the body
//! of one connection, fields under the names of other tools. What was meant by them is read, one
//! finding says what is wrong, and one repair makes it what Airflow imports.

mod fields;
mod rewrite;

use std::sync::Arc;

use super::tree::Tree;
use crate::airflow::files::{self, File, FileEntry, FileType};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, FieldsFault, Raised, Raw, parse};
use crate::format::{Document, Entry, Grade, Meant, Remark, Repair};
use crate::model::{Connection, Dict, FIELDS, Node, Value};
use crate::source::{Span, Text};
pub(crate) use fields::field_meant;
use fields::{Fields, fields_of, is_field_or_foreign};

/// What people put around connections, and Airflow takes for an id.
const WRAPPER: &str = "connections";

/// What stands around that in settings of the Astro CLI.
const OUTER: &str = "airflow";

/// Members beside a wrapper that say nothing: the API counts what it lists.
const COUNTS: &[&str] = &["total_entries"];

/// How the connections of a file stand in it.
pub(super) struct Shape<'n> {
    kind: Kind,
    /// Where the finding points.
    at: Span,
    /// The keys around the connections, the outermost first.
    wrappers: Vec<Span>,
    /// What holds the connections: the list, the mapping, or the body itself.
    holder: &'n Node<'static>,
    ones: Vec<One<'n>>,
    /// Whatever else the file holds would be lost without the shape.
    holds_more: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A list of connections with their ids.
    List,
    /// Connections under their ids, in a wrapper.
    Mapping,
    /// The fields of one connection.
    Body,
}

/// One connection as it is written.
pub(super) struct One<'n> {
    /// Its id, with its place.
    id: Option<(String, Span)>,
    /// All of it.
    node: &'n Node<'static>,
    /// Its fields, if it is an object.
    fields: Option<Fields>,
}

/// A document of what was meant by a file, if its shape is another one's.
pub(super) fn read<'a>(
    text: &Text<'a>,
    file: &File<'_>,
    file_type: FileType,
    runtime: &Runtime,
) -> Option<Document<'a>> {
    if file_type == FileType::Env || !may_be_meant(file) {
        return None;
    }
    let tree = Tree::new(text);
    let ([top], None) = (&tree.documents[..], &tree.problem) else { return None };
    let shape = shape_of(top)?;
    let entries: Vec<Entry<'a>> = shape.ones.iter().map(|one| entry(&tree, one)).collect();
    let read: Vec<_> = entries.iter().map(|entry| parse(&entry.raw, runtime)).collect();
    let edit = || {
        let wanted: Vec<Wanted<'_>> = shape
            .ones
            .iter()
            .zip(&read)
            .map(|(one, read)| Some((one.id.as_ref()?.0.as_str(), read.as_ref().ok())))
            .collect::<Option<_>>()?;
        let apart = wanted.iter().map(|(id, _)| *id).collect::<std::collections::BTreeSet<_>>();
        let changes = rewrite::of_shape(tree.base.as_str(), &shape);
        let whole = !shape.holds_more && apart.len() == wanted.len();
        whole.then(|| repaired(&tree.base, changes, &wanted, file_type, runtime))?
    };
    let (fault, meant, message, help) = shape.words();
    let remark = Remark {
        fault,
        grade: Grade::Error,
        conn_id: None,
        span: tree.base.span_of(shape.at.range()),
        message,
        help,
        repair: edit().map(|edit| Repair { entry: 0, edit, safe: true }),
    };
    let words = shape.wrappers.iter().filter_map(|key| {
        let key = key.range();
        let behind = tree.base.as_str()[key.end..].bytes().take_while(|b| *b == b':').count();
        tree.base.span_of(key.start..key.end + behind)
    });
    let (words, remarks) = (words.collect(), vec![remark]);
    Some(Document { entries, remarks, words, meant: Some(meant), ..Document::default() })
}

impl Shape<'_> {
    fn words(&self) -> (Fault, Meant, String, &'static str) {
        match self.kind {
            _ if !self.wrappers.is_empty() => {
                let name = if self.wrappers.len() > 1 { OUTER } else { WRAPPER };
                let message = format!(
                    "Airflow refuses the whole file (AirflowException): `{name}` is taken for the \
                     id \
                     of one connection: Airflow knows no such wrapper, and the ids of connections \
                     are the keys at the margin"
                );
                let meant = if self.wrappers.len() > 1 { Meant::Elsewhere } else { Meant::Wrapper };
                (
                    Fault::Form,
                    meant,
                    message,
                    "take the wrapper away, and put each connection under its id",
                )
            }
            Kind::List | Kind::Mapping => (
                Fault::Shape,
                Meant::Elsewhere,
                "this is a list; the file should hold an object, connections under their ids; \
                 Airflow refuses the whole file"
                    .to_string(),
                "put each connection under its id",
            ),
            Kind::Body => (
                Fault::Form,
                Meant::Elsewhere,
                "these are the fields of one connection: Airflow takes each key at the margin for \
                 the id of a connection of its own"
                    .to_string(),
                "put the connection under its id",
            ),
        }
    }
}

/// At first glance, without reading the file again.
fn may_be_meant(file: &File<'_>) -> bool {
    let is_list = || file.refused.iter().all(|raised| raised.fault == Fault::Shape);
    let is_named = |entry: &FileEntry<'_>, names: &[&str]| {
        entry.key.as_str().is_some_and(|key| names.contains(&key))
    };
    match &file.entries[..] {
        [] => !file.refused.is_empty() && is_list(),
        entries => entries.iter().any(|entry| {
            is_named(entry, &[WRAPPER, OUTER])
                || is_named(entry, &["conn_type"]) && entry.raw.node().is_some_and(is_text)
        }),
    }
}

fn is_text(node: &Node<'_>) -> bool {
    node.value.as_str().is_some()
}

fn shape_of<'n>(top: &'n Node<'static>) -> Option<Shape<'n>> {
    if let Value::List(_) = &top.value {
        let ones = listed(top)?;
        let (at, holder) = (first_place(top), top);
        let (kind, wrappers) = (Kind::List, Vec::new());
        return Some(Shape { kind, at, wrappers, holder, ones, holds_more: false });
    }
    let mut wrappers = Vec::new();
    let (mut inner, mut holds_more) = (top, false);
    for name in [OUTER, WRAPPER] {
        let dict = inner.value.as_dict()?;
        let Some(member) = dict.member(name) else {
            if name == OUTER {
                continue;
            }
            break;
        };
        holds_more |= dict.named().any(|(key, member)| {
            key != name && !COUNTS.contains(&key) && member.node.value.truthy()
        });
        // Another connection beside it: it is an id indeed.
        if dict.named().any(|(key, member)| key != name && is_connection(&member.node)) {
            return None;
        }
        wrappers.push(member.key_span);
        inner = &member.node;
    }
    if let Some(at) = wrappers.first().copied() {
        let (kind, ones) = match &inner.value {
            Value::List(_) => (Kind::List, listed(inner)?),
            Value::Dict(dict) => (Kind::Mapping, mapped(dict)?),
            _ => return None,
        };
        return Some(Shape { kind, at, wrappers, holder: inner, ones, holds_more });
    }
    let dict = top.value.as_dict()?;
    let is_body = dict.get("conn_type").is_some_and(|node| {
        node.value.as_str().is_some_and(|text| !text.contains("://") && !text.starts_with('{'))
    }) && dict.iter().all(|(key, _)| key.as_str().is_some_and(is_field_or_foreign));
    let at = dict.member("conn_type")?.key_span;
    let ones = is_body.then(|| one(top)).flatten().map(|one| vec![one])?;
    let (kind, wrappers) = (Kind::Body, Vec::new());
    Some(Shape { kind, at, wrappers, holder: top, ones, holds_more: false })
}

/// The beginning of a list: in YAML without brackets its place is as long as itself.
fn first_place(top: &Node<'_>) -> Span {
    let start = top.span.range().start;
    Span::new(start..start + 1)
}

/// An object with a type, or a URI.
fn is_connection(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Dict(dict) => dict.get("conn_type").is_some_and(is_text),
        other => other.as_str().is_some_and(|text| text.contains("://")),
    }
}

fn listed<'n>(list: &'n Node<'static>) -> Option<Vec<One<'n>>> {
    let Value::List(items) = &list.value else { return None };
    let ones: Vec<One<'n>> = items.iter().map(one).collect::<Option<_>>()?;
    (!ones.is_empty() && ones.iter().all(|one| one.id.is_some())).then_some(ones)
}

/// An object of fields.
fn one<'n>(node: &'n Node<'static>) -> Option<One<'n>> {
    let fields = fields_of(node.value.as_dict()?)?;
    let has = |name: &str| fields.dict.get(name).is_some_and(is_text);
    (has("conn_type") || has("uri")).then(|| One {
        id: fields.id.clone(),
        node,
        fields: Some(fields),
    })
}

fn mapped<'n>(dict: &'n Dict<'static>) -> Option<Vec<One<'n>>> {
    // It is the id of a connection.
    if dict.get("conn_type").is_some_and(is_text) || !dict.overwritten.is_empty() {
        return None;
    }
    let ones = dict.iter().map(|(key, member)| {
        let id = Some((key.as_str()?.to_string(), member.key_span));
        let node = &member.node;
        match &node.value {
            Value::Dict(_) => {
                let read = one(node)?;
                let apart = read.id.as_ref().zip(id.as_ref()).is_some_and(|(a, b)| a.0 != b.0);
                (!apart).then_some(One { id, ..read })
            }
            _ => is_connection(node).then_some(One { id, node, fields: None }),
        }
    });
    let ones: Vec<One<'n>> = ones.collect::<Option<_>>()?;
    (!ones.is_empty()).then_some(ones)
}

fn entry<'a>(tree: &Tree<'a>, one: &One<'_>) -> Entry<'a> {
    let id = one.id.as_ref().map(|(id, span)| (id.clone(), tree.base.span_of(inside(tree, *span))));
    let key = id.as_ref().map_or(Value::Null, |(id, _)| Value::text(id.clone()));
    let value = match &one.fields {
        Some(fields) => Value::dict(fields.dict.clone()),
        None => one.node.value.clone(),
    };
    let node = Node { value, span: one.node.span, style: one.node.style };
    Entry::of_node(id, Raw::File { key, node }, &tree.base)
}

/// An id without its quotes.
fn inside(tree: &Tree<'_>, span: Span) -> std::ops::Range<usize> {
    let range = span.range();
    let quoted =
        tree.base.as_str().get(range.clone()).is_some_and(|text| {
            text.len() > 1 && (text.starts_with('"') || text.starts_with('\''))
        });
    if quoted { range.start + 1..range.end - 1 } else { range }
}

/// What a repaired file must hold: ids, and connections as far as Airflow takes them.
type Wanted<'w> = (&'w str, Option<&'w Connection>);

/// The change of the whole text: the one that keeps comments and quotes, or else a file as Airflow
/// exports it. Neither is taken at its word: it is read.
fn repaired(
    base: &Arc<Text<'_>>,
    changes: Option<rewrite::Changes>,
    wanted: &[Wanted<'_>],
    file_type: FileType,
    runtime: &Runtime,
) -> Option<crate::source::Edit> {
    let text = base.as_str();
    let kept = changes.and_then(|changes| rewrite::made(text, changes));
    let new = kept
        .filter(|new| holds(new, wanted, file_type, runtime))
        .or_else(|| written(wanted, file_type, runtime))?;
    base.edit(0..text.len(), &new)
}

fn holds(new: &str, wanted: &[Wanted<'_>], file_type: FileType, runtime: &Runtime) -> bool {
    let file = files::read(&Text::untraced(new), file_type, runtime);
    file.refused.is_empty()
        && file.overwritten.is_empty()
        && file.entries.len() == wanted.len()
        && file.entries.iter().zip(wanted).all(|(entry, (id, connection))| {
            let read = if entry.refused.is_none() { parse(&entry.raw, runtime).ok() } else { None };
            entry.key.as_str() == Some(*id)
                && match (&read, connection) {
                    (Some(read), Some(wanted)) => is_same(read, wanted),
                    (read, wanted) => read.is_none() && wanted.is_none(),
                }
        })
}

fn is_same(one: &Connection, other: &Connection) -> bool {
    FIELDS.iter().all(|field| one.field(field) == other.field(field))
}

fn written(wanted: &[Wanted<'_>], file_type: FileType, runtime: &Runtime) -> Option<String> {
    use crate::airflow::export::{ExportFormat, export};
    let all: Vec<(&str, &Connection)> =
        wanted.iter().map(|(id, connection)| Some((*id, (*connection)?))).collect::<Option<_>>()?;
    let format = match file_type {
        FileType::Json => ExportFormat::Json,
        FileType::Yaml => ExportFormat::Yaml,
        FileType::Env => return None,
    };
    let new = export(&all, format, &Runtime::newest(runtime.side)).ok()?;
    let mut sorted = wanted.to_vec();
    if file_type == FileType::Yaml {
        sorted.sort_by_key(|(id, _)| *id);
    }
    holds(&new, &sorted, file_type, runtime).then_some(new)
}

/// Connections under their ids whose fields have the names of other tools: one finding for all of
/// one file, and their repair.
pub(super) fn rename<'a>(
    base: &Arc<Text<'a>>,
    file: &mut File<'_>,
    file_type: FileType,
    runtime: &Runtime,
) -> Option<Remark> {
    let mut wanted: Vec<(String, Option<Connection>)> = Vec::new();
    let mut changes = Vec::new();
    let (mut first, mut ids) = (None, std::collections::BTreeSet::new());
    for (index, entry) in file.entries.iter_mut().enumerate() {
        let id = entry.key.as_str()?.to_string();
        let read = match &entry.refused {
            Some(_) => None,
            None => match parse(&entry.raw, runtime) {
                Ok(connection) => Some(connection),
                Err(raised) => {
                    let found = foreign(entry, &raised, runtime);
                    if let Some((fields, connection)) = found {
                        changes.extend(rewrite::of_fields(base.as_str(), &fields)?);
                        let span = fields.first.and_then(|span| base.span_of(span.range()));
                        first.get_or_insert((index, raised.exception(), fields.clone(), span));
                        let message = fields.message();
                        let refused = Raised::new(raised.by, Fault::Form, message).at(span);
                        entry.refused = Some(refused);
                        Some(connection)
                    } else {
                        None
                    }
                }
            },
        };
        ids.insert(id.clone());
        wanted.push((id, read));
    }
    let (entry, exception, fields, span) = first?;
    let all: Vec<Wanted<'_>> =
        wanted.iter().map(|(id, read)| (id.as_str(), read.as_ref())).collect();
    let edit = (ids.len() == all.len())
        .then(|| repaired(base, Some(changes), &all, file_type, runtime))
        .flatten();
    Some(Remark {
        fault: Fault::Form,
        grade: Grade::Error,
        conn_id: Some(all[entry].0.to_string()),
        span,
        message: format!("Airflow refuses this connection ({exception}): {}", fields.message()),
        help: fields.help(),
        repair: edit.map(|edit| Repair { entry, edit, safe: true }),
    })
}

/// The connection that was meant by fields that Airflow refuses, if all of them are known.
fn foreign(
    entry: &FileEntry<'_>,
    raised: &Raised,
    runtime: &Runtime,
) -> Option<(Fields, Connection)> {
    let node = entry.raw.node().filter(|_| raised.fault == Fault::Fields(FieldsFault::Unknown))?;
    let node = node.clone().into_owned();
    let fields = fields_of(node.value.as_dict()?).filter(|fields| fields.first.is_some())?;
    let apart = fields.id.as_ref().is_some_and(|(id, _)| entry.key.as_str() != Some(id));
    let meant = Node { value: Value::dict(fields.dict.clone()), ..node };
    let raw = Raw::File { key: entry.key.clone().into_owned(), node: meant };
    let connection = parse(&raw, runtime).ok().filter(|_| !apart)?;
    Some((fields, connection))
}
