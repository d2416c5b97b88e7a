//! Where in the connections of a set something stands.

use crate::model::pointer;

/// A field or extra of a connection of the set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The id of another connection of the set; `None` is the connection that is resolved.
    pub conn_id: Option<String>,
    /// JSON pointer into the connection, such as `/extra/region_name` or `/schema`. It may point at
    /// what is missing.
    pub pointer: String,
}

impl Place {
    /// A place in the connection that is resolved.
    pub fn here(pointer: impl Into<String>) -> Place {
        Place { conn_id: None, pointer: pointer.into() }
    }

    /// An extra of the connection that is resolved.
    pub fn extra(key: &str) -> Place {
        Place::here(pointer("/extra", key))
    }

    /// The same place, one key deeper.
    pub fn below(&self, key: &str) -> Place {
        Place { conn_id: self.conn_id.clone(), pointer: pointer(&self.pointer, key) }
    }
}
