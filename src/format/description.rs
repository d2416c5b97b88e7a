//! What a format says of itself: everything that differs from one to another stands in a
//! [`Format`].

use super::container::Container;
use super::document::{Document, Part};
use super::item::{Item, ValueForm, WriteError, WriteOptions};
use super::limits::Limits;
use super::names::{FileName, Tells, fits, unified};
use super::sample::{Likeness, Sample};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Own, Raised};
use crate::source::Text;

/// A form of writing connections.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Which class of Airflow, or which program, reads it where it counts.
    pub reader: &'static str,
    /// Whether airconn reads it, writes it, or both.
    pub direction: Direction,
    /// How files are called in which it is looked for.
    pub names: &'static [FileName],
    /// What its ids are.
    pub ids: Ids,
    /// What shows that a file which nobody named holds connections.
    pub evidence: Evidence,
    /// Whether a text looks like it, whatever its name.
    pub sniff: fn(&Sample<'_>) -> Option<Likeness>,
    /// Reads a whole text.
    pub read: for<'a> fn(&Text<'a>, &Runtime) -> Document<'a>,
    /// Writes connections.
    pub write: fn(&[Item], &WriteOptions<'_>) -> Result<String, WriteError>,
    /// One bad connection makes Airflow refuse the whole file.
    pub whole: bool,
    /// Nothing is filled in before Airflow, or who gives it to Airflow, reads it.
    pub literal: bool,
    /// Whether it holds each connection as one text, and in which form if it has no choice.
    pub holds: Holds,
    /// What it cannot hold.
    pub limits: Limits,
    /// How a further connection is put into a text of this format.
    pub grows: Grows,
    /// Splits a large text that is plainly in this format into entries, without reading them;
    /// `None` leaves it to `read`.
    pub split: Option<Split>,
    /// The containers that a text describes, where one has several that may run different images.
    pub containers: fn(&Text<'_>) -> Vec<Container>,
    /// What is told to who writes it with this form of values.
    pub warning: Option<(ValueForm, &'static str)>,
}

impl Format {
    /// What most formats have in common: connections by their fields, read and written, one bad one
    /// alone. A format names what differs.
    pub(super) const DEFAULT: Format = Format {
        name: "",
        summary: "",
        reader: "",
        direction: Direction::Both,
        names: &[],
        ids: Ids::Names,
        evidence: Evidence::Form,
        sniff: |_| None,
        read: unread,
        write: unwritten,
        whole: false,
        literal: false,
        holds: Holds::Fields,
        limits: Limits { refuses: &[], loses: &[] },
        grows: Grows::No,
        split: None,
        containers: |_| Vec::new(),
        warning: None,
    };
}

/// What reading a format gives that airconn only writes.
fn unread<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let problem =
        Raised::new(Own::Unread, Fault::Unread, "airconn only writes this format").at(text.span());
    Document { problems: vec![problem], ..Document::default() }
}

fn unwritten(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError { index: None, message: "airconn only reads this format".to_string() })
}

/// What airconn does with a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Reads and writes it.
    Both,
    /// Only reads it.
    In,
    /// Only writes it.
    Out,
}

impl Format {
    /// True if airconn reads it.
    pub fn is_read(&self) -> bool {
        self.direction != Direction::Out
    }

    /// True if airconn writes it.
    pub fn is_written(&self) -> bool {
        self.direction != Direction::In
    }

    /// The runtime whose class reads what is written for this one: what Airflow imports, or adds by
    /// a command, the core's reads.
    pub fn reader_for<'r>(&self, runtime: &'r Runtime) -> std::borrow::Cow<'r, Runtime> {
        match self.holds {
            Holds::UriOrFields | Holds::StoredText => runtime.of_files(),
            _ => std::borrow::Cow::Borrowed(runtime),
        }
    }

    /// The form in which this format holds connections when `asked` is asked for; `None` if it
    /// holds them by their fields.
    pub fn form(&self, asked: ValueForm) -> Option<ValueForm> {
        match self.holds {
            Holds::Fields | Holds::Mapped => None,
            Holds::Text(form) => Some(form),
            Holds::EitherText | Holds::StoredText | Holds::MappedText => Some(asked),
            Holds::UriOrFields => Some(asked).filter(|form| *form == ValueForm::Uri),
        }
    }
}

/// What the ids of a format are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// It has none.
    None,
    /// Ids as Airflow keeps them: whatever it takes.
    Airflow,
    /// Names of variables that a shell sets, which has rules of its own.
    Shell,
    /// Pieces of names (of variables, secrets, arguments) that whoever takes them has looked at.
    Names,
}

/// What shows that a file which nobody named holds connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// That it has this form and anything in it.
    Form,
    /// What its entries are, because any file of its language has this form: one with a type, or
    /// nothing but URIs of known types.
    Entries,
    /// One entry with a type, or a URI of a known type.
    Entry,
    /// Words that only files about connections have in them.
    Words,
    /// The name of a secret, or what its entries are: other programs keep secrets, too.
    Secrets,
    /// That anything was found in it.
    Found,
}

/// How a further connection is put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Grows {
    /// Not: the format holds one connection, or none by its id.
    No,
    /// As further lines behind all others, as the writer writes them.
    Lines,
    /// As further lines, too, if no name that they need is taken in the text.
    Named(fn(&str, &[Item], &WriteOptions<'_>) -> Option<String>),
    /// As a further member of the outermost object.
    Members,
    /// Beside a connection that stands there already, as that one is written: see
    /// [`crate::format::Entry::grow`].
    Beside,
}

/// Splits a text into entries.
pub type Split = for<'a> fn(&'a str) -> Option<Vec<Part<'a>>>;

/// How a format holds a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// By its fields.
    Fields,
    /// As one text in this form.
    Text(ValueForm),
    /// As one text in the form that is asked for.
    EitherText,
    /// As one text in the form that is asked for, which is stored as the core reads it, whoever
    /// uses it later.
    StoredText,
    /// As Airflow's export does: a URI, or the fields as JSON.
    UriOrFields,
    /// By fields of another shape: what does not come back from it is told.
    Mapped,
    /// As one text in the form that is asked for, from which its reader does not take everything:
    /// what does not come back is told.
    MappedText,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Format {
    /// Whether a file of this path is called as files of this format are.
    pub fn is_named(&self, path: &str) -> bool {
        self.name_of(&unified(path)).is_some()
    }

    /// The name that applies to a path in lower case: the last that fits.
    pub(super) fn name_of(&self, path: &str) -> Option<&'static FileName> {
        let name = self.names.iter().rev().find(|name| fits(name.glob, path))?;
        (name.tells != Tells::Not).then_some(name)
    }

    /// How sure the name alone makes this format.
    pub(super) fn likeness_by_name(&self, path: &str) -> Option<Likeness> {
        match self.name_of(path)?.tells {
            Tells::Format(likeness) => Some(likeness),
            Tells::Search | Tells::Not => None,
        }
    }
}
