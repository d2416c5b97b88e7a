//! A way to log in, as data: each type has a table of its own.

use std::fmt;
use std::hash::{Hash, Hasher};

/// A way to log in. Names are stable: schemas and reports use them.
pub struct Mode {
    /// The connection type it belongs to.
    pub conn_type: &'static str,
    /// Its stable name, unique within the connection type.
    pub name: &'static str,
    /// When it is taken, in a sentence.
    pub selector: &'static str,
    /// Its JSON Schema where it is written by hand, `schemas/CONN_TYPE/NAME.json`; that of a type
    /// that is data is made from it.
    pub schema: Option<&'static str>,
}

/// The ways to log in of a type, in the order in which its hook chooses: a static for each, and
/// `MODES`, which has all of them.
macro_rules! modes {
    ($conn_type:literal $($(#[$doc:meta])* $mode:ident $name:literal $selector:literal)*) => {
        $($(#[$doc])* pub(crate) static $mode: Mode = Mode {
            conn_type: $conn_type,
            name: $name,
            selector: $selector,
            schema: Some(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/schemas/", $conn_type, "/", $name, ".json"
            ))),
        };)*

        /// All of them.
        pub(crate) static MODES: &[&Mode] = &[$(&$mode),*];
    };
}
pub(crate) use modes;

impl Mode {
    fn key(&self) -> (&'static str, &'static str) {
        (self.conn_type, self.name)
    }
}

impl PartialEq for Mode {
    fn eq(&self, other: &Mode) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Mode {}

impl Hash for Mode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// Its name among those of all types, such as `redshift/iam-role`.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.conn_type, self.name)
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
