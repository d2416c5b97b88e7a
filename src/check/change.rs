//! Changes of connections, and what they repair.

use crate::model::{Connection, Value};
use crate::source::Edit;

/// What is edited for one change.
pub type Edits = Vec<Edit>;

/// How sure a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Safety {
    /// It has one right answer.
    Safe,
    /// Somebody has to decide whether it is meant.
    Unsafe,
}

/// One change.
#[derive(Clone)]
pub enum Change {
    /// The member at a pointer gets a value; it is added if it is not there.
    Set(String, Value<'static>),
    /// The member at a pointer is gone.
    Remove(String),
    /// The member at a pointer has another key.
    Rename(String, String),
    /// Bytes of the text that the connection is written as become something else.
    Text(Edits),
    /// The same, where the text as a whole is written otherwise: others may read that did not.
    Whole(Edits),
    /// Another connection gets a member.
    SetIn(usize, String, Value<'static>),
    /// The file gets a further connection.
    Add(String, Box<Connection>),
}

/// Prints no values: they may be secret.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::Set(..) => f.write_str("Set"),
            Change::Remove(_) => f.write_str("Remove"),
            Change::Rename(..) => f.write_str("Rename"),
            Change::Text(_) => f.write_str("Text"),
            Change::Whole(_) => f.write_str("Whole"),
            Change::SetIn(..) => f.write_str("SetIn"),
            Change::Add(..) => f.write_str("Add"),
        }
    }
}

/// The repair of a finding.
#[derive(Clone, Debug)]
pub struct Fix {
    /// How sure it is.
    pub safety: Safety,
    /// Which connection of the document it is about, from 0.
    pub entry: usize,
    /// What to change, in this order.
    pub changes: Vec<Change>,
}
