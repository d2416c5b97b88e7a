//! Why something could not be done.

use std::fmt;

use crate::airflow::Raised;
use crate::format::WriteError;

/// Why something could not be done. No message quotes what was given but for names of versions
/// and formats.
///
/// What is wrong with a connection that is *checked* is not an error but a
/// [`Finding`](crate::Finding).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// This is not a version of Airflow.
    UnknownVersion(String),
    /// There is no format of this name; [`Format::all`](crate::Format::all) lists them.
    UnknownFormat(String),
    /// Neither name nor content tells which format a text is in.
    UnrecognisedFormat,
    /// The format is only written, or only read.
    WrongDirection(&'static str),
    /// Airflow raises where it reads the connection, or a format cannot be read at all.
    #[non_exhaustive]
    Unreadable {
        /// The exception of Airflow, such as `ValueError`.
        exception: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The connection cannot be written in this form.
    #[non_exhaustive]
    Unwritable {
        /// Which of the connections, from 0; `None` if it is about all of them.
        index: Option<usize>,
        /// Why not, and the way out.
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnknownVersion(text) => write!(f, "`{text}` is not an Airflow version"),
            Error::UnknownFormat(name) => write!(f, "there is no format `{name}`"),
            Error::UnrecognisedFormat => {
                f.write_str("neither name nor content tells the format: name it")
            }
            Error::WrongDirection(name) => {
                write!(f, "`{name}` is not a format for this direction")
            }
            Error::Unreadable { exception, message } => write!(f, "{message} ({exception})"),
            Error::Unwritable { index: Some(index), message } => {
                write!(f, "connection {}: {message}", index + 1)
            }
            Error::Unwritable { index: None, message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

impl From<Raised> for Error {
    fn from(raised: Raised) -> Error {
        Error::Unreadable { exception: raised.exception(), message: raised.message }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Error {
        Error::Unwritable { index: error.index, message: error.message }
    }
}
