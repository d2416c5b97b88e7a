//! What is written: connections, what a writer is asked for, and why it cannot.

use super::limits::NO_ID;
use crate::airflow::runtime::Runtime;
use crate::hooks::Packages;
use crate::model::{Connection, FIELDS, Value};

/// A connection that is to be written.
pub struct Item {
    /// Its id, if it has one.
    pub conn_id: Option<String>,
    /// The connection.
    pub connection: Connection,
    /// The connection as one text in the form that is asked for, if it was written before; the
    /// fields were given up for it.
    pub value: Option<String>,
}

/// How a connection is written inside of formats that hold it as one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ValueForm {
    /// A URI.
    #[default]
    Uri,
    /// JSON.
    Json,
}

/// What a writer is asked for.
#[derive(Clone, Copy)]
pub struct WriteOptions<'r> {
    /// For which Airflow.
    pub runtime: &'r Runtime,
    /// As what a connection is written, in formats that store it as one string.
    pub value: ValueForm,
    /// For which providers and driver, where what the driver gets is written.
    pub packages: &'r Packages,
}

impl<'r> WriteOptions<'r> {
    /// With the newest packages.
    pub fn new(runtime: &'r Runtime, value: ValueForm) -> WriteOptions<'r> {
        WriteOptions { runtime, value, packages: Packages::newest() }
    }
}

/// Why a connection cannot be written in a format. Names the field and the way out, never the
/// value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// Which of the connections; `None` for all of them together.
    pub index: Option<usize>,
    /// Why not.
    pub message: String,
}

impl WriteError {
    /// This format is only read.
    pub(super) fn read_only(name: &str, what: &str) -> WriteError {
        WriteError { index: None, message: format!("{name} is only read: it is {what}") }
    }

    /// The same with more of the reason.
    pub(super) fn because(mut self, reason: &str) -> WriteError {
        self.message.push(' ');
        self.message.push_str(reason);
        self
    }

    pub(super) fn at(index: usize, message: impl Into<String>) -> WriteError {
        WriteError { index: Some(index), message: message.into() }
    }
}

/// The id of an item, for formats that need one.
pub(super) fn id_of(item: &Item, index: usize) -> Result<&str, WriteError> {
    item.conn_id.as_deref().ok_or_else(|| WriteError::at(index, NO_ID))
}

/// An error about the first field for which `is` holds; `…` in the reason becomes `its password`,
/// or
/// `it` where no field does.
pub(super) fn held(
    item: &Item,
    index: usize,
    reason: &str,
    is: impl Fn(&str) -> bool,
) -> WriteError {
    let holds = |name: &&&str| item.connection.field(name).and_then(Value::as_str).is_some_and(&is);
    let holder =
        FIELDS.iter().find(holds).map_or_else(|| "it".to_string(), |name| format!("its {name}"));
    WriteError::at(index, reason.replace('…', &holder))
}

/// A connection as one text.
pub(super) fn value_of<'i>(
    item: &'i Item,
    index: usize,
    options: &WriteOptions<'_>,
) -> Result<std::borrow::Cow<'i, str>, WriteError> {
    if let Some(value) = &item.value {
        return Ok(value.into());
    }
    let (text, form) = match options.value {
        ValueForm::Uri => {
            (crate::airflow::uri::get_uri(&item.connection, options.runtime), "a URI")
        }
        ValueForm::Json => (json_of(&item.connection, options.runtime), "JSON"),
    };
    let text = text.map(std::borrow::Cow::Owned);
    text.map_err(|exception| {
        WriteError::at(
            index,
            format!("Airflow {} cannot write it as {form} ({exception})", options.runtime.name()),
        )
    })
}

/// `as_json()`; for an Airflow that has none the form that newer ones write.
fn json_of(connection: &Connection, runtime: &Runtime) -> Result<String, &'static str> {
    if runtime.behaviour.as_json {
        return crate::airflow::json::as_json(connection, runtime);
    }
    crate::airflow::json::as_json(connection, &Runtime::newest(runtime.side))
}

/// An export of Airflow as text.
pub(super) fn write_export(
    items: &[Item],
    format: crate::airflow::export::ExportFormat,
    runtime: &Runtime,
) -> Result<String, WriteError> {
    use crate::airflow::export::ExportError;
    let mut connections = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        connections.push((id_of(item, i)?, &item.connection));
    }
    crate::airflow::export::export(&connections, format, &runtime.of_files()).map_err(|error| {
        match error {
            ExportError::Missing => WriteError {
                index: None,
                message: format!("Airflow {} has no such export", runtime.version),
            },
            ExportError::Raises(i, exception) => WriteError::at(
                i,
                format!("Airflow {} cannot export it ({exception})", runtime.version),
            ),
            ExportError::Id(i) => WriteError::at(
                i,
                format!(
                    "Airflow {} would not keep its id; run `airconn check` for the reason",
                    runtime.version
                ),
            ),
        }
    })
}
