//! A further connection in a file.

use std::sync::Arc;

use super::object::Object;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::yaml_load::load;
use crate::check::change::Edits;
use crate::format::{Document, Entry, Format, Grows, Item, ValueForm, WriteOptions};
use crate::model::{Connection, Dict, FIELDS, Node, Value};
use crate::source::{Span, Text, line_end};

/// What to change so that `document`, which was read from `text`, holds further connections.
pub(crate) fn append(
    text: &Text<'_>,
    document: &Document<'_>,
    format: &'static Format,
    added: &[(&str, &Connection)],
    runtime: &Runtime,
) -> Option<Edits> {
    let lines = |write: &dyn Fn(&[Item], &WriteOptions<'_>) -> Option<String>| {
        let item = |(id, connection): &(&str, &Connection)| Item {
            conn_id: Some((*id).to_string()),
            connection: (*connection).clone(),
            value: None,
        };
        let items: Vec<Item> = added.iter().map(item).collect();
        let value = if document.entries.iter().any(Entry::is_json_value) {
            ValueForm::Json
        } else {
            ValueForm::Uri
        };
        let written = write(&items, &WriteOptions::new(runtime, value))?;
        let (end, ends) = (text.as_str().len(), line_end(text.as_str()));
        let joint =
            if text.as_str().is_empty() || text.as_str().ends_with('\n') { "" } else { ends };
        Some(vec![text.edit(end..end, &format!("{joint}{}", written.replace('\n', ends)))?])
    };
    let as_written =
        |items: &[Item], options: &WriteOptions<'_>| (format.write)(items, options).ok();
    match format.grows {
        Grows::No | Grows::Beside => None,
        Grows::Lines => lines(&as_written),
        Grows::Named(write) => lines(&|items, options| write(text.as_str(), items, options)),
        Grows::Members => {
            let node = loads(text.as_str()).ok().or_else(|| load(text.as_str()).ok())?;
            let Value::Dict(dict) = &node.value else { return None };
            let root =
                Object::new(Arc::new(text.clone()), (**dict).clone(), node.span, node.style)?;
            if root.is_block() {
                return lines(&as_written);
            }
            let edits: Option<Vec<Edits>> =
                added.iter().map(|(id, connection)| root.add(id, &fields(connection))).collect();
            Some(edits?.concat())
        }
    }
}

/// The fields that are set, as a file of connections holds them.
fn fields(connection: &Connection) -> Value<'static> {
    let mut dict = Dict::default();
    for name in FIELDS {
        if let Some(value) = connection.field(name).filter(|v| !v.is_null()) {
            dict.insert(Value::text(name), Span::default(), Node::bare(value.clone()));
        }
    }
    Value::dict(dict)
}
