//! The forms in which connections are written.

use std::fmt;
use std::str::FromStr;

use super::Error;
use crate::format::{FORMATS, by_name, guess_whole};

/// A form in which connections are written: `env`, `export-json`, `compose` …
///
/// ```
/// use airconn::Format;
///
/// let env: Format = "env".parse()?;
/// assert!(env.is_read() && env.is_written());
/// assert_eq!(Format::detect(".env", "AIRFLOW_CONN_DB=postgres://db.example.com\n"), Some(env));
/// assert!(Format::all().count() > 30);
/// # Ok::<(), airconn::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Format(pub(super) &'static crate::format::Format);

impl Format {
    /// Every format, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Format> {
        FORMATS.iter().map(|format| Format(format))
    }

    /// The format of a text, by the name of its file and by its content.
    pub fn detect(name: &str, text: &str) -> Option<Format> {
        guess_whole(name, text).map(Format)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is, in a line.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// True if airconn reads it.
    pub fn is_read(self) -> bool {
        self.0.is_read()
    }

    /// True if airconn writes it.
    pub fn is_written(self) -> bool {
        self.0.is_written()
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format, Error> {
        by_name(name).map(Format).ok_or_else(|| Error::UnknownFormat(name.to_string()))
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name()).finish()
    }
}
