//! Repairs that change another connection, or add one: always unsafe.

use super::aws_fixes::{Repair, extra_of};
use crate::airflow::python::json_dumps::dumps;
use crate::check::{Change, Fix, Safety};
use crate::format::Grows;
use crate::hooks::{Caller, Dependency, syntax};
use crate::model::{Connection, Dict, Node, Secret, Value};
use crate::source::Span;

impl Repair<'_, '_> {
    /// The repair of what the connection lacks.
    pub fn of_dependency(&self, need: &Dependency) -> Option<Fix> {
        match need {
            Dependency::Region(Caller::Hook) if !self.apart => {
                let (index, _) = self.aws.as_ref()?;
                let region = Value::text(self.known_region()?);
                Some(self.across(vec![Change::SetIn(
                    *index,
                    "/extra/region_name".to_string(),
                    region,
                )]))
            }
            _ => None,
        }
    }

    /// A fix that changes other connections.
    fn across(&self, changes: Vec<Change>) -> Fix {
        Fix { safety: Safety::Unsafe, entry: self.case.index, changes }
    }

    /// Moves `role_arn` and `region_name` to the AWS connection, and lets the hook alone ask for
    /// credentials: as that role.
    pub fn role(&self) -> Option<Fix> {
        let role = self.case.extra_value("role_arn")?.clone();
        if !role.as_str().is_some_and(syntax::is_role_arn)
            || self.case.entry.conn_id.is_none()
            || self.apart
        {
            return None;
        }
        let region = self.known_region();
        let mut changes = vec![Change::Remove("/extra/role_arn".to_string())];
        if self.case.extra_value("region_name").is_some() {
            changes.push(Change::Remove("/extra/region_name".to_string()));
        }
        match self.case.extra_value("iam") {
            None | Some(Value::Bool(_)) => {
                changes.push(Change::Set("/extra/iam".to_string(), Value::text("true")))
            }
            Some(_) => {}
        }
        match &self.aws {
            Some((index, aws)) => {
                let has = |key: &str| {
                    extra_of(aws).is_some_and(|d| d.get(key).is_some_and(|n| n.value.truthy()))
                };
                if has("role_arn") {
                    return None;
                }
                changes.push(Change::SetIn(*index, "/extra/role_arn".to_string(), role));
                if let Some(region) = region.filter(|_| !has("region_name")) {
                    changes.push(Change::SetIn(
                        *index,
                        "/extra/region_name".to_string(),
                        Value::text(region),
                    ));
                }
            }
            None => {
                let region = region.map(|region| ("region_name", Value::text(region)));
                let extras = std::iter::once(("role_arn", role)).chain(region);
                changes.push(self.added(aws_with(extras)?)?);
            }
        }
        Some(self.across(changes))
    }

    /// An AWS connection with what this one says about it.
    pub fn aws_connection(&self) -> Option<Fix> {
        let region = ("region_name", Value::text(self.known_region()?));
        let profile =
            self.case.extra_value("profile").filter(|p| p.as_str().is_some_and(|p| !p.is_empty()));
        let extras = profile.map(|p| ("profile_name", p.clone())).into_iter().chain([region]);
        let add = self.added(aws_with(extras)?)?;
        self.case.entry.conn_id.is_some().then(|| self.across(vec![add]))
    }

    /// The file gets this connection, if it can.
    fn added(&self, connection: Connection) -> Option<Change> {
        let id = self.aws_conn_id;
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
