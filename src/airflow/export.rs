//! `airflow connections export`: the text of every format, byte for byte.

use super::python::json_dumps::dumps;
use super::runtime::Runtime;
use super::{ids, python, uri, yaml_dump};
use crate::model::{Connection, Dict, Node, Value};
use crate::source::Span;

/// The formats of `connections export`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// `.json`.
    Json,
    /// `.yaml`.
    Yaml,
    /// `.env` with URIs.
    EnvUri,
    /// `.env` with `--serialization-format json`.
    EnvJson,
}

const ORDER: [&str; 8] =
    ["conn_type", "description", "login", "password", "host", "port", "schema", "extra"];
const ORDER_BEFORE_2_3: [&str; 8] =
    ["conn_type", "description", "host", "login", "password", "schema", "port", "extra"];
const ORDER_SORTED: [&str; 8] =
    ["conn_type", "description", "extra", "host", "login", "password", "port", "schema"];

/// Why there is no export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportError {
    /// This Airflow has no such export.
    Missing,
    /// Airflow raises at the connection with this index; the type of its exception.
    Raises(usize, &'static str),
    /// Airflow would not keep the id of the connection with this index.
    Id(usize),
}

/// The text of an export of `connections`, in the given order (YAML sorts by id).
pub fn export<S: AsRef<str>>(
    connections: &[(S, &Connection)],
    format: ExportFormat,
    runtime: &Runtime,
) -> Result<String, ExportError> {
    let b = &runtime.behaviour;
    if !b.export || format == ExportFormat::EnvJson && !b.export_env_json {
        return Err(ExportError::Missing);
    }
    // The constructor keeps the id as it is, cuts a final newline off it, or loses it.
    let mut kept = Vec::with_capacity(connections.len());
    for (i, (id, connection)) in connections.iter().enumerate() {
        kept.push((
            ids::sanitize_conn_id(id.as_ref(), runtime).ok_or(ExportError::Id(i))?,
            *connection,
        ));
    }
    let connections = &kept[..];
    match format {
        ExportFormat::Json => {
            let mut all = Dict::default();
            for (id, connection) in connections {
                all.insert(
                    Value::Str((*id).into()),
                    Span::default(),
                    Node::bare(fields(connection, runtime)),
                );
            }
            python::json_dumps::dumps_indented(&Value::dict(all))
                .map_err(|exception| ExportError::Raises(0, exception))
        }
        ExportFormat::Yaml => yaml(connections),
        ExportFormat::EnvUri | ExportFormat::EnvJson => {
            let mut out = String::new();
            for (i, (id, connection)) in connections.iter().enumerate() {
                let value = match format {
                    ExportFormat::EnvUri => uri::get_uri(connection, runtime),
                    _ => dumps(&fields(connection, runtime)),
                };
                out.push_str(id);
                out.push('=');
                out.push_str(&value.map_err(|exception| ExportError::Raises(i, exception))?);
                out.push('\n');
            }
            Ok(out)
        }
    }
}

fn fields<'c>(connection: &'c Connection, runtime: &Runtime) -> Value<'c> {
    let order = if runtime.behaviour.login_first { ORDER } else { ORDER_BEFORE_2_3 };
    let mut dict = Dict::default();
    for name in order {
        let value = connection.field(name).cloned().unwrap_or(Value::Null);
        dict.insert(Value::Str(name.into()), Span::default(), Node::bare(value));
    }
    Value::dict(dict)
}

fn yaml(connections: &[(&str, &Connection)]) -> Result<String, ExportError> {
    if connections.is_empty() {
        return Ok(yaml_dump::EMPTY.to_string());
    }
    // Of two connections with one id the dict of the export keeps the last.
    let last: std::collections::BTreeMap<&str, usize> =
        connections.iter().enumerate().map(|(i, (id, _))| (*id, i)).collect();
    let mut dumper = yaml_dump::Dumper::new();
    for (id, i) in last {
        let connection = connections[i].1;
        let fields =
            ORDER_SORTED.map(|name| (name, connection.field(name).unwrap_or(&Value::Null)));
        dumper.entry(id, &fields).map_err(|exception| ExportError::Raises(i, exception))?;
    }
    Ok(dumper.take())
}
