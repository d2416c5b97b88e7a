//! How `inspect` shows a connection: the machine interface, and a table for people.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::repr::str_of;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Raised, json, uri};
use crate::check::rules::of_fault;
use crate::format::ById;
use crate::model::{Connection, Dict, FIELDS, Node, Value};
use crate::privacy::{Doubt, MASK, masked_field};
use crate::source::Span;
use crate::source::{clean, clean_line};

/// A connection as one runtime reads it.
pub(super) struct Inspected {
    pub(super) conn_id: Option<String>,
    /// The id, if it may be shown.
    pub(super) shown_id: Option<String>,
    /// Its service or container, where a text has several.
    pub(super) scope: u32,
    /// The runtime whose class the connection is of.
    pub(super) reader: Runtime,
    pub(super) result: Result<Connection, Raised>,
    /// Why a piece of the password may stand in any field.
    pub(super) doubt: Option<Doubt>,
    /// It is the reason why nothing of its input may be read, whichever connection is asked for.
    pub(super) is_whole: bool,
}

/// The connections of one input, found by their ids.
pub(super) type Set<'s> = ById<&'s str, &'s Inspected>;

pub(super) fn set(all: &[Inspected]) -> Set<'_> {
    ById::of(all.iter().map(|seen| (seen.conn_id.as_deref(), seen.scope, seen)))
}

pub(super) fn object(pairs: Vec<(&str, Value<'static>)>) -> Value<'static> {
    let mut dict = Dict::default();
    for (key, value) in pairs {
        dict.insert(Value::text(key), Span::default(), Node::bare(value));
    }
    Value::dict(dict)
}

/// One line of the machine interface, without its newline. `hook` is what becomes of the
/// connection, if that is known.
pub(super) fn json(
    seen: &Inspected,
    name: Option<String>,
    hook: Option<Value<'static>>,
    reveal: bool,
) -> String {
    let mut pairs = Vec::new();
    pairs.extend(name.map(|name| ("runtime", Value::text(name))));
    let id = if reveal { &seen.conn_id } else { &seen.shown_id };
    pairs.push(("conn_id", id.as_ref().map_or(Value::Null, Value::text)));
    match &seen.result {
        Err(raised) => {
            let error = vec![
                ("id", Value::text(of_fault(raised.fault).id)),
                ("message", Value::text(raised.message.clone())),
                ("exception", Value::text(raised.exception())),
            ];
            pairs.push(("error", object(error)));
        }
        Ok(connection) => {
            for field in FIELDS {
                let value = connection.field(field).cloned().unwrap_or(Value::Null);
                pairs.push((
                    field,
                    if reveal {
                        value
                    } else {
                        masked_field(field, &value, connection, seen.doubt.is_some())
                    },
                ));
            }
            let text = |written: Result<String, &'static str>| match written {
                Ok(text) if reveal => Value::text(text),
                Ok(_) => Value::text(MASK),
                Err(_) => Value::Null,
            };
            pairs.push(("uri", text(uri::get_uri(connection, &seen.reader))));
            pairs.push(("json", text(json::as_json(connection, &seen.reader))));
            pairs.extend(hook.map(|hook| ("hook", hook)));
        }
    }
    // Only dates and bytes of YAML have no JSON: they are shown as their type.
    let text = dumps(&printable(&object(pairs))).unwrap_or_default();
    // It is ASCII, as Python writes it: of what is obeyed (see `clean`) these alone stand as they
    // are.
    text.replace('\u{7f}', "\\u007f").replace("##", "#\\u0023")
}

pub(super) fn printable(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Opaque(name) => Value::text(format!("<{name}>")),
        Value::Cycle => Value::text("<cycle>"),
        Value::List(items) => {
            Value::List(items.iter().map(|n| Node::bare(printable(&n.value))).collect())
        }
        Value::Dict(dict) => {
            let mut out = Dict::default();
            for (key, member) in dict.iter() {
                let key = if matches!(key, Value::Opaque(_)) {
                    printable(key)
                } else {
                    key.clone().into_owned()
                };
                out.insert(key, Span::default(), Node::bare(printable(&member.node.value)));
            }
            Value::dict(out)
        }
        other => other.clone().into_owned(),
    }
}

/// A table: a line for each field, a column for each runtime that reads something else. Where that
/// is wider than `width`, each of those runtimes has a table of its own, from the second on with
/// the fields that differ.
pub(super) fn table(
    index: usize,
    views: &[(&Runtime, &Inspected)],
    reveal: bool,
    width: usize,
) -> String {
    // What differs is told by the real values, whatever of them is shown.
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    let mut real: Vec<Vec<String>> = Vec::new();
    for (runtime, seen) in views {
        let values = cells(seen, true);
        match real.iter().position(|known| *known == values) {
            Some(column) => {
                columns[column].0.push_str(", ");
                columns[column].0.push_str(&runtime.name());
            }
            None => {
                columns.push((
                    runtime.name(),
                    if reveal { values.clone() } else { cells(seen, false) },
                ));
                real.push(values);
            }
        }
    }
    let named = views.iter().find(|(_, seen)| seen.conn_id.is_some());
    let id = named
        .and_then(|(_, seen)| if reveal { seen.conn_id.clone() } else { seen.shown_id.clone() });
    let title = id.map_or_else(|| format!("connection {}", index + 1), |id| clean_line(&id));
    let differs = |row: usize| real.iter().any(|cells| cells[row] != real[0][row]);
    let all = |_: usize| true;
    let side_by_side = rows(&columns, &all, &differs);
    if columns.len() == 1 || side_by_side.lines().all(|line| line.width() <= width) {
        return format!("{title}\n{side_by_side}");
    }
    let mut out = format!("{title}\n{}", rows(&columns[..1], &all, &differs));
    for (name, cells) in &mut columns[1..] {
        name.push_str(", as above but for");
        let column = (std::mem::take(name), std::mem::take(cells));
        let _ = write!(out, "\n{}", rows(&[column], &differs, &differs));
    }
    out
}

/// The lines of a table with these columns and those of its rows that are wanted; rows that differ
/// from one runtime to another are marked.
fn rows(
    columns: &[(String, Vec<String>)],
    wanted: &dyn Fn(usize) -> bool,
    differs: &dyn Fn(usize) -> bool,
) -> String {
    let mut out = String::new();
    let widths: Vec<usize> = columns
        .iter()
        .map(|(name, cells)| {
            cells.iter().map(|c| c.width()).chain([name.width()]).max().unwrap_or(0)
        })
        .collect();
    let mut row = |label: &str, cells: Vec<&str>| {
        let mut line = format!("  {label:<12}");
        for (cell, width) in cells.iter().zip(&widths) {
            let pad = width.saturating_sub(cell.width());
            let _ = write!(line, "  {cell}{}", " ".repeat(pad));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    };
    row("Airflow", columns.iter().map(|(name, _)| name.as_str()).collect());
    for (i, label) in ROWS.iter().enumerate() {
        if wanted(i) && columns.iter().any(|(_, cells)| !cells[i].is_empty()) {
            let label = if differs(i) { format!("{label} !") } else { (*label).to_string() };
            row(&label, columns.iter().map(|(_, cells)| cells[i].as_str()).collect());
        }
    }
    out
}

const ROWS: [&str; 11] = [
    "conn_type",
    "description",
    "host",
    "login",
    "password",
    "schema",
    "port",
    "extra",
    "uri",
    "json",
    "error",
];

fn cells(seen: &Inspected, reveal: bool) -> Vec<String> {
    let mut cells = vec![String::new(); ROWS.len()];
    match &seen.result {
        Err(raised) => {
            cells[10] = clean(&format!(
                "{}: {} [{}]",
                raised.exception(),
                raised.message,
                of_fault(raised.fault).id
            ));
        }
        Ok(connection) => {
            for (cell, field) in cells.iter_mut().zip(FIELDS) {
                let value = connection.field(field).cloned().unwrap_or(Value::Null);
                let value = if reveal {
                    value
                } else {
                    masked_field(field, &value, connection, seen.doubt.is_some())
                };
                *cell = match &value {
                    Value::Null => String::new(),
                    Value::Str(text) if text.is_empty() => "\"\"".to_string(),
                    other => clean(&str_of(other)),
                };
            }
            if reveal {
                cells[8] = clean(
                    &uri::get_uri(connection, &seen.reader)
                        .unwrap_or_else(|e| format!("{e} in get_uri()")),
                );
                cells[9] = match json::as_json(connection, &seen.reader) {
                    Ok(text) => clean(&text),
                    Err("NotImplementedError") => String::new(),
                    Err(e) => format!("{e} in as_json()"),
                };
            }
        }
    }
    cells
}
