//! A connection put together from what another client is given: its arguments become fields where
//! there is one, and extras where there is not.

use std::sync::Arc;

use super::lines::goes_on;
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::{Document, Entry, Grade, Remark};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

/// A connection that is put together.
pub(crate) struct Taken {
    fields: Dict<'static>,
    extra: Dict<'static>,
    /// What it is taken from.
    place: Span,
    /// The URL that decides whether its parts may be pieces of a secret.
    url: Option<String>,
}

/// How drivers call the fields of a connection.
const FIELDS: &[(&str, &str)] = &[
    ("host", "host"),
    ("user", "login"),
    ("password", "password"),
    ("dbname", "schema"),
    ("database", "schema"),
    ("port", "port"),
];

impl Taken {
    /// A connection of this type, taken from a place in its text.
    pub(crate) fn new(conn_type: &str, place: Span) -> Taken {
        let (fields, extra) = (Dict::default(), Dict::default());
        let mut taken = Taken { fields, extra, place, url: None };
        taken.field("conn_type", Value::text(conn_type));
        taken
    }

    /// The URL it is taken from, with what its client takes for login and password encoded.
    pub(crate) fn url(&mut self, url: String) {
        self.url = Some(url);
    }

    /// Where a field stands: somewhere in what it is taken from, and nowhere as it is.
    fn nowhere(&self) -> Span {
        Span { start: self.place.start, end: self.place.start }
    }

    /// Sets a field.
    pub(crate) fn field(&mut self, name: &str, value: Value<'static>) {
        let span = self.nowhere();
        self.fields.insert(Value::text(name), span, Node { value, span, style: Style::None });
    }

    /// Sets an extra.
    pub(crate) fn extra(&mut self, name: &str, value: Value<'static>) {
        let span = self.nowhere();
        self.extra.insert(Value::text(name), span, Node { value, span, style: Style::None });
    }

    /// What a driver gets under this name: a field, where there is one for it.
    pub(crate) fn argument(&mut self, name: &str, value: Value<'static>) {
        let Some((_, field)) = FIELDS.iter().find(|(argument, _)| *argument == name) else {
            return self.extra(name, value);
        };
        let value = match (*field, &value) {
            ("port", Value::Int(_)) | (_, Value::Null) => value,
            ("port", Value::Str(text)) => match text.as_str().map(str::parse) {
                Some(Ok(port)) => Value::Int(port),
                // Several of them, for several hosts: the hook hands on what extras say.
                _ => return self.extra(name, value),
            },
            (_, Value::Str(_)) => value,
            _ => return self.extra(name, value),
        };
        self.field(field, value);
    }

    /// The same for text.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.argument(name, Value::text(value));
    }

    /// The connection as an entry.
    pub(crate) fn entry<'a>(
        mut self,
        id: Option<(String, Option<Span>)>,
        base: &Arc<Text<'a>>,
    ) -> Entry<'a> {
        // With IAM the user of the database is the login to Airflow's hook.
        let is_true = |node: &Node<'_>| matches!(node.value, Value::Bool(true));
        if self.fields.get("login").is_none()
            && self.extra.get("iam").is_some_and(is_true)
            && let Some(user) = self.extra.get("db_user").map(|node| node.value.clone())
        {
            self.field("login", user);
        }
        if !self.extra.members.is_empty()
            && let Ok(extra) = dumps(&Value::dict(std::mem::take(&mut self.extra)))
        {
            self.field("extra", Value::text(extra));
        }
        let (span, style) = (self.place, Style::None);
        let raw = Raw::Stored(Node { value: Value::dict(self.fields), span, style });
        let goes_on = self.url.is_some() && goes_on(base.as_str(), span.range().end);
        Entry { taken_from: self.url, goes_on, ..Entry::of_node(id, raw, base) }
    }
}

/// A text that its client refuses.
pub(crate) fn refuse(document: &mut Document<'_>, place: Option<Span>, message: &str) {
    let raised = Raised::new(Refusal::Unparsable, Fault::Unread, message).at(place);
    document.problems.push(raised);
}

/// What does not come along.
pub(crate) fn left_out(
    document: &mut Document<'_>,
    conn_id: Option<String>,
    span: Option<Span>,
    message: String,
) {
    document.remarks.push(Remark {
        fault: Fault::Unread,
        grade: Grade::Warning,
        conn_id,
        span,
        message,
        help: "add what it is for to the extra of the connection, if Airflow has it",
        repair: None,
    });
}

/// Lines that hold something, without blanks around it, and where each stands in the text.
pub(crate) fn lines_of<'a>(text: &Text<'a>) -> Vec<(String, std::ops::Range<usize>)> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.as_str().split_inclusive('\n') {
        let body = line.trim();
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        if !body.is_empty() && !body.starts_with('#') {
            found.push((body.to_string(), at..at + body.len()));
        }
    }
    found
}
