//! What the data of a type says against a connection.

use super::definition::{Extra, TypeRule};
use crate::hooks::place::Place;

/// Something that is wrong with a connection of a type.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// What.
    pub(crate) what: What,
    /// What it is about; the first is the main one.
    pub(crate) places: Vec<Place>,
    /// The name that is likely meant by one that the driver refuses.
    pub(crate) meant: Option<&'static str>,
    /// The hook raises, whatever the surroundings.
    pub(crate) certain: bool,
}

/// What is wrong.
#[derive(Clone)]
pub(crate) enum What {
    /// What a rule of the type says.
    Rule(&'static TypeRule),
    /// Nothing reads an extra; perhaps this one is meant.
    UnreadExtra {
        /// Its name.
        key: String,
        /// The nearest name that is read.
        meant: Option<&'static str>,
    },
    /// People write this name where another one is meant.
    Misnamed {
        /// Its name.
        key: &'static str,
        /// What is meant, in words.
        meant: &'static str,
    },
    /// An extra was read once.
    Gone {
        /// Its name.
        key: &'static str,
        /// What became of it, in words.
        what: &'static str,
    },
    /// An extra is of another kind than its reader takes.
    WrongKind {
        /// Its name.
        key: &'static str,
        /// What it may be.
        extra: &'static Extra,
    },
    /// An extra is a text with something around it that becomes a part of it.
    Wrapped {
        /// Its name.
        key: &'static str,
        /// What is around it, in words.
        what: &'static str,
    },
    /// Nothing reads a field.
    UnreadField(&'static str),
}

impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            What::Rule(rule) => f.write_str(&rule.name),
            What::UnreadExtra { .. } => f.write_str("an unread extra"),
            What::Misnamed { key, .. }
            | What::Gone { key, .. }
            | What::Wrapped { key, .. }
            | What::WrongKind { key, .. } => f.write_str(key),
            What::UnreadField(field) => f.write_str(field),
        }
    }
}
