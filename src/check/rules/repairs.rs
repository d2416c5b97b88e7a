//! What repairs of several rules share.
//!
//! A repair is safe where one answer is right and nothing that works now works otherwise: the
//! connection fails as it is and the value says what is meant, hook and driver make the same of
//! both, or the TLS comes on that the connection asks for. What needs a decision (another
//! connection changes, another identity logs in, another region is asked) is unsafe. What somebody
//! may have meant by an extra is never simply taken away.

use super::subject::Subject;
use crate::airflow::extra::decoded;
use crate::airflow::python::json_dumps::dumps;
use crate::check::{Change, Fix, Safety};
use crate::format::Grows;
use crate::hooks::{Place, syntax, true_region};
use crate::model::{Connection, Dict, Node, Secret, Value};
use crate::source::Span;
use Safety::{Safe, Unsafe};

/// Extras that are false where they are missing.
static FALSE_BY_DEFAULT: &[&str] = &[
    "iam",
    "is_serverless",
    "group_federation",
    "force_lowercase",
    "auto_create",
    "redshift",
    "redshift-serverless",
];

impl Subject<'_, '_> {
    /// Safe where nothing works that could work otherwise.
    pub fn unless_it_works(&self) -> Safety {
        if self.fails { Safe } else { Unsafe }
    }

    /// The host of its field.
    pub fn host(&self) -> Option<&str> {
        self.connection.host.as_str().filter(|host| !host.is_empty())
    }

    /// The region that the connection itself names.
    pub fn known_region(&self) -> Option<&str> {
        let of_extra = self
            .case
            .extra_value("region")
            .or_else(|| self.case.extra_value("region_name"))
            .and_then(Value::as_str);
        of_extra
            .filter(|r| !r.is_empty())
            .or_else(|| true_region(self.host()?))
            .filter(|r| syntax::is_known_region(r))
    }

    /// A value is written.
    pub fn set(&self, safety: Safety, pointer: &str, value: Value<'static>) -> Option<Fix> {
        self.case.fix(safety, vec![Change::Set(pointer.to_string(), value)])
    }

    /// It goes.
    pub fn remove(&self, safety: Safety, pointer: &str) -> Option<Fix> {
        self.case.fix(safety, vec![Change::Remove(pointer.to_string())])
    }

    /// An extra gets another name, if that is free.
    pub fn rename(&self, safety: Safety, pointer: &str, to: &str) -> Option<Fix> {
        self.case.extra_value(to).is_none().then(|| {
            self.case.fix(safety, vec![Change::Rename(pointer.to_string(), to.to_string())])
        })?
    }

    /// A JSON boolean; where only text can be said, one that is false anyway goes.
    pub fn truth(&self, safety: Safety, pointer: &str, value: bool) -> Option<Fix> {
        let pairs = self.case.uri().is_some() && self.case.places().extra_text().is_none();
        if !value && pairs && FALSE_BY_DEFAULT.contains(&key(pointer)) {
            return self.remove(safety, pointer);
        }
        self.set(safety, pointer, Value::Bool(value))
    }

    /// An empty field gets the text of an extra.
    pub fn field_from_extra(&self, field: &str, extra: &str) -> Option<Fix> {
        let value = self.case.extra_value(extra)?.as_str().filter(|v| !v.is_empty())?;
        self.set(Safe, field, Value::text(value))
    }

    /// A fix that changes other connections.
    pub fn across(&self, changes: Vec<Change>) -> Fix {
        Fix { safety: Unsafe, entry: self.case.index, changes }
    }

    /// The file gets an AWS connection with these extras, if it can.
    pub fn added_aws(
        &self,
        extras: impl Iterator<Item = (&'static str, Value<'static>)>,
    ) -> Option<Change> {
        let connection = aws_with(extras)?;
        let id = self.aws_conn_id();
        match self.case.format.grows {
            Grows::No => return None,
            Grows::Beside => _ = self.case.entry.grow(id, &connection, self.case.runtime)?,
            _ => {}
        }
        Some(Change::Add(id.to_string(), Box::new(connection)))
    }
}

/// An AWS connection with these extras.
fn aws_with(extras: impl Iterator<Item = (&'static str, Value<'static>)>) -> Option<Connection> {
    let mut dict = Dict::default();
    for (key, value) in extras {
        dict.insert(Value::text(key), Span::default(), Node::bare(value));
    }
    let text = dumps(&Value::dict(dict)).ok()?;
    Some(Connection {
        conn_type: Value::text("aws"),
        extra: Secret::new(Value::text(text)),
        ..Connection::default()
    })
}

/// The pointer of a place in the connection itself.
pub fn own(place: &Place) -> Option<&str> {
    place.conn_id.is_none().then_some(place.pointer.as_str())
}

/// The last part of a pointer, as it is written there.
pub fn key(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// The extras of another connection.
pub fn extra_of(connection: &Connection) -> Option<&Dict<'static>> {
    decoded(&connection.extra)?.value.as_dict()
}
