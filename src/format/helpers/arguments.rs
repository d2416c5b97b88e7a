//! What reaches the driver, for formats that other clients of Redshift and PostgreSQL read.

use crate::airflow::python::repr::str_of;
use crate::format::limits::{FAILS, OTHER_TYPE, TEMPORARY};
use crate::format::{Item, WriteError, WriteOptions};
use crate::hooks::{self, Client};
use crate::hooks::{AWS_DEFAULT, Kwarg, Outcome, Packages, Scene};
use crate::model::{Connection, Value};

/// Named arguments of one connection.
pub(crate) struct Arguments {
    /// Of redshift_connector, not of libpq.
    pub(crate) redshift: bool,
    values: Vec<(String, Value<'static>)>,
    index: usize,
}

impl Arguments {
    /// What `RedshiftSQLHook` or `PostgresHook` gives the driver for item `index`.
    pub(crate) fn of(
        items: &[Item],
        index: usize,
        options: &WriteOptions<'_>,
    ) -> Result<Arguments, WriteError> {
        let connection = &items[index].connection;
        let lookup = |id: &str| -> Option<Connection> {
            let found = items.iter().find(|item| item.conn_id.as_deref() == Some(id))?;
            Some(found.connection.clone())
        };
        let scene = Scene::new(&lookup, Some(AWS_DEFAULT), options.runtime, options.packages);
        let hook = hooks::of_type(connection.type_str());
        let Some((hook, client)) = hook.and_then(|hook| Some((hook, hook.driver?))) else {
            return Err(WriteError::at(index, OTHER_TYPE));
        };
        let redshift = client == Client::RedshiftConnector;
        let resolution = (hook.resolve)(connection, None, &scene);
        let failed = || WriteError::at(index, FAILS);
        if matches!(resolution.outcome, Outcome::Fails { .. }) {
            return Err(failed());
        }
        let arguments = resolution.connect_kwargs.ok_or_else(failed)?;
        // With `iam` the driver asks AWS itself, and what the hook fetched before is replaced.
        let asks = arguments
            .iter()
            .any(|a| a.name == "iam" && matches!(&a.value, Kwarg::Given(Value::Bool(true))));
        let mut values = Vec::new();
        for argument in arguments {
            match argument.value {
                Kwarg::Given(value) if value.is_null() => {}
                Kwarg::Given(value) => values.push((argument.name, value)),
                Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword if asks => {}
                Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword => {
                    return Err(WriteError::at(index, TEMPORARY));
                }
            }
        }
        Ok(Arguments { redshift, values, index })
    }

    /// Every argument, in order.
    pub(crate) fn all(&self) -> &[(String, Value<'static>)] {
        &self.values
    }

    /// Takes an argument out.
    pub(crate) fn take(&mut self, names: &[&str]) -> Option<Value<'static>> {
        let at = self.values.iter().position(|(name, _)| names.contains(&name.as_str()))?;
        Some(self.values.remove(at).1)
    }

    /// Takes an argument out as text; an empty one is none.
    pub(crate) fn text(&mut self, names: &[&str]) -> Option<String> {
        self.take(names).map(|value| str_of(&value)).filter(|text| !text.is_empty())
    }

    /// Takes the rest as pairs of texts, for a format that holds no other values; names what is of
    /// another kind.
    pub(crate) fn rest(&mut self) -> Result<Vec<(String, String)>, WriteError> {
        let mut pairs = Vec::with_capacity(self.values.len());
        for (name, value) in std::mem::take(&mut self.values) {
            // libpq takes everything as text; redshift_connector tells types apart.
            match &value {
                Value::Str(text) if text.as_str().is_some() => pairs.push((name, str_of(&value))),
                Value::Int(_) => pairs.push((name, str_of(&value))),
                Value::Bool(_) if !self.redshift => pairs.push((name, str_of(&value))),
                _ => return Err(self.cannot(&name)),
            }
        }
        Ok(pairs)
    }

    /// Refuses arguments that are left.
    pub(crate) fn nothing_else(&self) -> Result<(), WriteError> {
        match self.values.first() {
            None => Ok(()),
            Some((name, _)) => Err(self.cannot(name)),
        }
    }

    /// This format has no place for an argument. The name is shown only if the driver knows it.
    pub(crate) fn cannot(&self, name: &str) -> WriteError {
        let known = hooks::is_argument(Packages::newest(), name)
            || name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && name.len() <= 24;
        let which =
            if known { format!("the argument `{name}`") } else { "one of its extras".to_string() };
        WriteError::at(self.index, format!("this format has no place for {which}"))
    }
}

/// Percent-encoding of everything but unreserved characters.
pub(crate) fn percent(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const UNRESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// `?a=b&c=d`, or nothing.
pub(crate) fn query(pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}
