//! The reference semantics: how each supported Airflow reads and writes a connection.

mod behaviour;
pub mod compare;
pub mod connection;
pub mod create;
pub mod environment;
pub mod export;
pub mod extra;
pub mod files;
pub mod ids;
pub mod json;
mod libyaml;
pub mod python;
mod raised;
pub mod runtime;
pub mod uri;
pub mod version;
pub mod work;
mod yaml_compose;
pub mod yaml_dump;
mod yaml_error;
pub mod yaml_load;
pub mod yaml_trace;
mod yaml_types;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{Connection, Node};
use crate::source::Text;
pub use raised::{By, ExtraFault, Fault, FieldsFault, Language, Own, Raised, Refusal, UriPart};
use runtime::Runtime;
pub use uri::UriView;

/// A connection as it is written, before any Airflow has read it.
#[derive(Clone, Debug)]
pub enum Raw<'a> {
    /// `Connection(uri=…)` on a server, `Connection.from_uri(…)` on a worker.
    Uri(Text<'a>),
    /// `Connection.from_json(…)`.
    Json(Text<'a>),
    /// The value of `AIRFLOW_CONN_…`, or what a secrets backend holds: a URI, or JSON where the
    /// runtime knows it.
    Value(Text<'a>),
    /// Keyword arguments of the constructor.
    Fields(Node<'a>),
    /// A value in a file of connections, under its key.
    File {
        /// The conn_id; text unless a YAML key is read as something else.
        key: crate::model::Value<'a>,
        /// The value.
        node: Node<'a>,
    },
    /// Fields as one of the server's doors (REST, `connections add`) gives them to the constructor
    /// of the core class.
    Stored(Node<'a>),
    /// The object that a secrets backend writes as JSON for `Connection.from_json`.
    Object(Node<'a>),
}

impl<'a> Raw<'a> {
    /// The fields or the value of a file; `None` if it is written as one text.
    pub fn node(&self) -> Option<&Node<'a>> {
        match self {
            Raw::Uri(_) | Raw::Json(_) | Raw::Value(_) => None,
            Raw::Fields(node) | Raw::File { node, .. } | Raw::Stored(node) | Raw::Object(node) => {
                Some(node)
            }
        }
    }
}

/// What a connection that is one text was taken apart into, kept for whoever reads it next.
#[derive(Default)]
pub struct Kept<'a> {
    /// The object that a text of JSON holds.
    pub object: OnceCell<Arc<Node<'static>>>,
    /// The parts of a URI; `None` inside if it is not one.
    pub uri: OnceCell<Option<Rc<UriView<'a>>>>,
}

impl Kept<'_> {
    /// The same, for another who takes every text apart alike.
    pub fn shared(&self) -> Self {
        Kept { object: self.object.clone(), uri: self.uri.clone() }
    }
}

/// What this Airflow makes of a connection.
pub fn parse(raw: &Raw<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    parse_keeping(raw, runtime, None)
}

/// The same. What a connection that is one text was taken apart into is kept for others, and taken
/// from there: they must take every text apart alike.
pub fn parse_keeping<'a>(
    raw: &Raw<'a>,
    runtime: &Runtime,
    keep: Option<&Kept<'a>>,
) -> Result<Connection, Raised> {
    work::parsed();
    match raw {
        Raw::Uri(uri) => uri::from_uri_keeping(uri, runtime, keep),
        Raw::Json(text) => json::from_json_keeping(text, runtime, keep),
        Raw::Value(text) => environment::from_environment(text, runtime, keep),
        Raw::Fields(node) => connection::from_fields(node, runtime),
        Raw::File { key, node } => create::create_connection(key, node, &runtime.of_files()),
        Raw::Stored(node) => connection::stored(node, &runtime.of_files()),
        Raw::Object(node) => json::from_node(node, &runtime.of_environment()),
    }
}
