//! How a connection is put beside another one.

use super::environment::variables;
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::document::Entry;
use crate::format::item::{Item, ValueForm, WriteOptions};
use crate::model::Connection;
use crate::source::Edit;

impl Entry<'_> {
    /// It is a text, and that is not a URI but JSON.
    pub(crate) fn is_json_value(&self) -> bool {
        matches!(&self.raw, Raw::Value(text) if text.as_str().trim_start().starts_with('{'))
    }

    /// What to change so that a further connection stands beside this one, in the form that this
    /// one has. `None` where that is not known to be safe.
    pub fn grow(&self, id: &str, connection: &Connection, runtime: &Runtime) -> Option<Edit> {
        let beside = self.beside.as_ref()?;
        let value = if self.is_json_value() { ValueForm::Json } else { ValueForm::Uri };
        let items =
            [Item { conn_id: Some(id.to_string()), connection: connection.clone(), value: None }];
        let variables = variables(&items, &WriteOptions::new(runtime, value)).ok()?;
        let [(name, value)] = &variables[..] else { return None };
        beside.edit(name, value)
    }
}
