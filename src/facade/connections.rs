//! Connections, read and written.

use std::borrow::Cow;

use super::{Airflow, Error, Format};
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::runtime::Runtime;
use crate::airflow::uri::get_uri;
use crate::airflow::{Raised, Raw, parse};
use crate::format::{Item, ValueForm, WriteOptions};
use crate::guard::{Mistake, guarded};
use crate::model::{self, Value};
use crate::privacy::{doubt, shown_id};
use crate::source::Text;

/// A connection, as Airflow holds it in memory.
///
/// Its `Debug` shows nothing that may be secret; [`password`](Connection::password) and
/// [`extra`](Connection::extra) hand out what may be.
#[derive(Clone, Debug)]
pub struct Connection(pub(super) model::Connection);

/// A field as text: what Airflow would keep unconverted (`login: 5` in YAML) as its JSON.
pub(super) fn text<'f>(field: &'f Value<'static>) -> Option<Cow<'f, str>> {
    match field {
        Value::Null => None,
        field => Some(
            field
                .as_str()
                .map_or_else(|| Cow::Owned(dumps(field).unwrap_or_default()), Cow::Borrowed),
        ),
    }
}

impl Connection {
    /// `conn_type`, such as `redshift`.
    pub fn conn_type(&self) -> &str {
        self.0.type_str()
    }

    /// `description`.
    pub fn description(&self) -> Option<Cow<'_, str>> {
        text(&self.0.description)
    }

    /// `host`.
    pub fn host(&self) -> Option<Cow<'_, str>> {
        text(&self.0.host)
    }

    /// `login`.
    pub fn login(&self) -> Option<Cow<'_, str>> {
        text(&self.0.login)
    }

    /// `password`, decrypted.
    pub fn password(&self) -> Option<Cow<'_, str>> {
        text(self.0.password.expose())
    }

    /// `schema`, which most hooks take for the name of a database.
    pub fn schema(&self) -> Option<Cow<'_, str>> {
        text(&self.0.schema)
    }

    /// `port`, as text: Airflow keeps what is not a number, too.
    pub fn port(&self) -> Option<Cow<'_, str>> {
        text(&self.0.port)
    }

    /// `extra`, decrypted: JSON as a rule, but Airflow keeps any text.
    pub fn extra(&self) -> Option<Cow<'_, str>> {
        text(self.0.extra.expose())
    }

    /// What `Connection.get_uri()` of this Airflow returns.
    ///
    /// # Errors
    ///
    /// [`Error::Unwritable`] where that Airflow raises.
    pub fn to_uri(&self, airflow: &Airflow) -> Result<String, Error> {
        get_uri(&self.0, &airflow.0).map_err(|exception| Error::Unwritable {
            index: None,
            message: format!("Airflow {airflow} cannot write it as a URI ({exception})"),
        })
    }
}

/// Reads a URI as `Connection(uri=…)` of this Airflow does.
///
/// ```
/// use airconn::{Airflow, parse_uri};
///
/// let airflow = Airflow::newest();
/// let connection = parse_uri("redshift://etl:pa%40ss@dwh.example.com:5439/dev", &airflow)?;
/// assert_eq!(connection.password().as_deref(), Some("pa@ss"));
/// assert_eq!(connection.port().as_deref(), Some("5439"));
/// assert!(!format!("{connection:?}").contains("pa@ss"));
/// # Ok::<(), airconn::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Unreadable`] where that Airflow raises.
pub fn parse_uri(uri: &str, airflow: &Airflow) -> Result<Connection, Error> {
    one(&Raw::Uri(Text::untraced(uri)), airflow)
}

/// Reads JSON as `Connection.from_json(…)` of this Airflow does.
///
/// ```
/// use airconn::{Airflow, parse_json};
///
/// let text = r#"{"conn_type": "http", "host": "api.example.com", "extra": {"timeout": 5}}"#;
/// let connection = parse_json(text, &Airflow::newest())?;
/// assert_eq!(connection.extra().as_deref(), Some(r#"{"timeout": 5}"#));
/// # Ok::<(), airconn::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Unreadable`] where that Airflow raises.
pub fn parse_json(json: &str, airflow: &Airflow) -> Result<Connection, Error> {
    one(&Raw::Json(Text::untraced(json)), airflow)
}

fn one(raw: &Raw<'_>, airflow: &Airflow) -> Result<Connection, Error> {
    let read = guarded(|| parse(raw, &airflow.0)).ok_or_else(mistake)?;
    Ok(Connection(read?))
}

fn mistake() -> Error {
    Raised::mistake(Mistake::ReadingConnection).into()
}

/// A connection of a text, with the id that it has there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its `conn_id`, where the format has one.
    pub conn_id: Option<String>,
    /// The connection, or why Airflow does not read it. It keeps none of the others from being
    /// read.
    pub connection: Result<Connection, Error>,
    pub(super) seen: Seen,
}

/// What else is known of a connection when it is read.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The id, if it may be shown.
    pub(super) shown_id: Option<String>,
    /// A piece of a password may stand in any field.
    pub(super) doubtful: bool,
    /// Its service or container, where a text has several.
    pub(super) scope: u32,
    /// The Airflow whose class it is of.
    pub(super) reader: Runtime,
}

/// The connections of a text.
#[derive(Clone, Debug)]
pub struct Connections {
    pub(super) entries: Vec<Entry>,
    format: Format,
    airflow: Airflow,
}

/// Reads the connections of a text, in the format that its name and content tell.
///
/// ```
/// use airconn::{Airflow, Format, parse_str};
///
/// let text = "AIRFLOW_CONN_DWH=redshift://etl@dwh.example.com:5439/dev\n";
/// let connections = parse_str(".env", text, &Airflow::newest())?;
/// for entry in connections.iter() {
///     assert_eq!(entry.conn_id.as_deref(), Some("dwh"));
/// }
/// let yaml = connections.write("export-yaml".parse()?)?;
/// assert!(yaml.contains("conn_type: redshift"));
/// # Ok::<(), airconn::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::UnrecognisedFormat`] where nothing tells the format (then name it:
/// [`Connections::read`]), [`Error::Unreadable`] where the text as a whole cannot be read.
pub fn parse_str(name: &str, text: &str, airflow: &Airflow) -> Result<Connections, Error> {
    let format = Format::detect(name, text).ok_or(Error::UnrecognisedFormat)?;
    Connections::read(text, format, airflow)
}

impl Connections {
    /// Reads the connections of a text in this format.
    ///
    /// # Errors
    ///
    /// [`Error::WrongDirection`] for a format that is only written, [`Error::Unreadable`] where the
    /// text as a whole cannot be read.
    pub fn read(text: &str, format: Format, airflow: &Airflow) -> Result<Connections, Error> {
        if !format.is_read() {
            return Err(Error::WrongDirection(format.name()));
        }
        let text = Text::untraced(text);
        let document = guarded(|| (format.0.read)(&text, &airflow.0)).ok_or_else(mistake)?;
        if let Some(problem) = document.problems.first() {
            return Err(problem.clone().into());
        }
        let entries = document.entries.into_iter().map(|entry| {
            let read = entry.parse_guarded(&airflow.0);
            let doubt = guarded(|| doubt(&entry, read.as_ref().ok()));
            let seen = Seen {
                shown_id: shown_id(&entry),
                doubtful: doubt.is_none_or(|doubt| doubt.is_some()),
                scope: entry.scope,
                reader: entry.reader(&airflow.0).into_owned(),
            };
            let connection = read.map(Connection).map_err(Error::from);
            Entry { conn_id: entry.conn_id, connection, seen }
        });
        Ok(Connections { entries: entries.collect(), format, airflow: airflow.clone() })
    }

    /// The format in which they were read.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many there are, unreadable ones among them.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// In the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Writes them in another format, for the Airflow that read them; where that format holds a
    /// connection as one text, as a URI.
    ///
    /// # Errors
    ///
    /// [`Error::WrongDirection`] for a format that is only read, [`Error::Unwritable`] where a
    /// connection does not fit into it, and the error of a connection that could not be read.
    pub fn write(&self, format: Format) -> Result<String, Error> {
        if !format.is_written() {
            return Err(Error::WrongDirection(format.name()));
        }
        let mut items = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let connection = entry.connection.clone()?.0;
            items.push(Item { conn_id: entry.conn_id.clone(), connection, value: None });
        }
        let options = WriteOptions::new(&self.airflow.0, ValueForm::Uri);
        Ok((format.0.write)(&items, &options)?)
    }
}
