//! What a reader makes of a text: entries, problems, and what wrappers do to values.

use std::collections::HashSet;
use std::sync::Arc;

use super::helpers::beside::Beside;
use super::hole::Hole;
use crate::airflow::environment::team_of;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Kept, Raised, Raw};
use crate::guard::{Mistake, guarded, seam};
use crate::model::Connection;
use crate::source::{Edit, Span, Text};

/// An entry of a text that was split and not yet read.
pub struct Part<'a> {
    /// The id.
    pub conn_id: std::borrow::Cow<'a, str>,
    /// Where the value stands.
    pub span: Span,
}

/// What a reader understood of a text, and what it did not.
#[derive(Debug, Default)]
pub struct Document<'a> {
    /// The connections, in order.
    pub entries: Vec<Entry<'a>>,
    /// What could not be read as a connection at all.
    pub problems: Vec<Raised>,
    /// Connections that a later one of the same id replaces without a word.
    pub overwritten: Vec<Span>,
    /// What the form itself does to a value, as its reader noticed.
    pub remarks: Vec<Remark>,
    /// The connections are what was meant, in a shape that the reader of the form does not take. A
    /// remark says so.
    pub meant: Option<Meant>,
    /// Words of that shape: they are no secret.
    pub words: Vec<Span>,
}

impl Document<'_> {
    /// What is to be said where the connections are read although their form has another shape.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        let remarks = self.remarks.iter().filter(|_| self.meant.is_some());
        remarks.map(|remark| remark.message.as_str())
    }

    /// What is said of connections whose values stand somewhere else: there are no entries of them.
    /// Two readers may have found the same.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = &Remark> {
        let mut known = HashSet::new();
        let all = self.remarks.iter().filter(|remark| remark.fault == Fault::Elsewhere);
        all.filter(move |remark| known.insert((&remark.conn_id, remark.span)))
    }
}

/// In which shape connections stand that is not that of their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// In a wrapper that people put around connections for Airflow.
    Wrapper,
    /// As other programs have them, whose file it may be.
    Elsewhere,
}

/// Something that a wrapper does to a connection, or that is wrong with the wrapper. Never quotes
/// the input.
#[derive(Clone)]
pub struct Remark {
    /// The kind of fault.
    pub fault: Fault,
    /// How bad it is.
    pub grade: Grade,
    /// The connection, if it has an id.
    pub conn_id: Option<String>,
    /// Where.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: &'static str,
    /// What would repair it.
    pub repair: Option<Repair>,
}

/// Never prints the id, for the reason that an entry does not.
impl std::fmt::Debug for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remark")
            .field("fault", &self.fault)
            .field("grade", &self.grade)
            .field("span", &self.span)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// A repair of what a wrapper does to a connection: a change of the text around it. Whether it
/// works is tried before it is made.
#[derive(Clone, Debug)]
pub struct Repair {
    /// Which connection of the document reads differently afterwards, from 0.
    pub entry: usize,
    /// The change.
    pub edit: Edit,
    /// It has one right answer.
    pub safe: bool,
}

/// How bad a remark is; [`crate::check::Level`] by another name, because readers stand below the
/// checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Wrong for certain.
    Error,
    /// Wrong in some surroundings.
    Warning,
    /// Worth knowing.
    Info,
}

/// A connection as it stands in a text.
pub struct Entry<'a> {
    /// Its id, where the form has one.
    pub conn_id: Option<String>,
    /// The bytes of the id.
    pub id_span: Option<Span>,
    /// What is read as the id stands inside of a key or certificate.
    pub in_key: bool,
    /// Its text or fields.
    pub raw: Raw<'a>,
    /// The text in which places of a node count.
    pub base: Arc<Text<'a>>,
    /// Its text ends at a line end, or where a shell ends a word, and what stands behind looks like
    /// the rest of it (`helpers::lines::goes_on` decides).
    pub goes_on: bool,
    /// Something else in the same text reads what stands here, too (`format::shared` decides).
    pub shared: bool,
    /// What Airflow raises before it makes this connection, or why airconn cannot know what Airflow
    /// would get (a template).
    pub refused: Option<Raised>,
    /// The pieces that something else fills in, in the order of their places. None where there are
    /// some, and nothing can be said of the connection.
    pub holes: Vec<Hole>,
    /// Entries of different scopes (services, containers) may share an id.
    pub scope: u32,
    /// How another is put beside it, where the format grows so and nothing else would change.
    pub beside: Option<Beside<'a>>,
    /// What boto3 finds in the variables around it.
    pub around: Around,
    /// It is a variable, whose name may be that of a connection of a team.
    pub is_variable: bool,
    /// The type that was asked for, where another one is stored in its place.
    pub asked_type: Option<Text<'a>>,
    /// The URL of another client that it is taken from, as a URI of Airflow: what that client takes
    /// for login and password is encoded. It decides whether they were meant to end elsewhere.
    pub taken_from: Option<String>,
}

/// What boto3 finds in the variables that stand in the same environment as a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// A region.
    pub region: bool,
    /// Credentials, or a profile or role that has some.
    pub credentials: bool,
}

impl<'a> Entry<'a> {
    /// The team whose tasks get it under another id, and that id, where an Airflow knows teams.
    pub fn team(&self) -> Option<(&str, &str)> {
        team_of(self.conn_id.as_deref().filter(|_| self.is_variable)?)
    }

    /// An entry of text that has its own places.
    pub fn of_text(conn_id: Option<(String, Option<Span>)>, raw: Raw<'a>) -> Entry<'a> {
        let (conn_id, id_span) = conn_id.unzip();
        let (id_span, in_key, base) = (id_span.flatten(), false, Arc::new(Text::untraced("")));
        Entry {
            conn_id,
            id_span,
            in_key,
            raw,
            base,
            goes_on: false,
            shared: false,
            refused: None,
            holes: Vec::new(),
            scope: 0,
            beside: None,
            around: Around::default(),
            is_variable: false,
            asked_type: None,
            taken_from: None,
        }
    }

    /// An entry of a node that stands in `base`.
    pub fn of_node(
        conn_id: Option<(String, Option<Span>)>,
        raw: Raw<'a>,
        base: &Arc<Text<'a>>,
    ) -> Entry<'a> {
        Entry { base: Arc::clone(base), ..Entry::of_text(conn_id, raw) }
    }

    /// What this Airflow makes of it.
    pub fn parse(&self, runtime: &Runtime) -> Result<Connection, Raised> {
        self.parse_keeping(runtime, None)
    }

    /// The same. What a connection that is one text was taken apart into is kept for others, and
    /// taken from there.
    pub fn parse_keeping(
        &self,
        runtime: &Runtime,
        keep: Option<&Kept<'a>>,
    ) -> Result<Connection, Raised> {
        match &self.refused {
            Some(raised) => Err(raised.clone()),
            None => crate::airflow::parse_keeping(&self.raw, runtime, keep),
        }
    }

    /// The same, where a panic is a mistake about this one.
    pub fn parse_guarded(&self, runtime: &Runtime) -> Result<Connection, Raised> {
        let parsed = || {
            let connection = self.parse(runtime);
            let host = connection.as_ref().ok().and_then(|c| c.host.as_str());
            seam("parsing", host.unwrap_or_default());
            connection
        };
        guarded(parsed).unwrap_or_else(|| Err(Raised::mistake(Mistake::ReadingConnection)))
    }

    /// The runtime whose class reads it: files and the environment backend of the first workers use
    /// the core's.
    pub fn reader<'r>(&self, runtime: &'r Runtime) -> std::borrow::Cow<'r, Runtime> {
        match self.raw {
            Raw::Value(_) | Raw::Object(_) => runtime.of_environment(),
            Raw::File { .. } | Raw::Stored(_) => runtime.of_files(),
            _ => std::borrow::Cow::Borrowed(runtime),
        }
    }

    /// The source bytes of a place in the entry's own text.
    pub fn span_of(&self, span: Span) -> Option<Span> {
        self.base.span_of(span.range())
    }

    /// The source bytes of the whole connection, without its id.
    pub fn span(&self) -> Option<Span> {
        match &self.raw {
            Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => text.span(),
            Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
                self.span_of(node.span)
            }
        }
    }
}

/// Never prints the id: in a broken file a piece of a secret can stand where an id is read.
impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("raw", &self.raw)
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}
