//! `RedshiftProperty`: what the driver knows of a connection while it looks at it.

use crate::hooks::Argument;
use crate::hooks::outcome::{Failure, Place, Reason};
use crate::hooks::python::is_true;
use crate::hooks::redshift::host::HostKind;
use crate::hooks::redshift::version::DriverBehaviour;
use crate::model::Value;

/// The arguments and the defaults of what is null.
pub(crate) struct Info<'a> {
    pub(crate) arguments: &'a [Argument],
    pub(crate) changed: Vec<(&'static str, Value<'static>)>,
    pub(crate) driver: &'a DriverBehaviour,
    pub(crate) host: HostKind,
}

impl Info<'_> {
    /// The value of a property; arguments that are null leave the default.
    pub(crate) fn get(&self, name: &str) -> Value<'static> {
        if let Some((_, value)) = self.changed.iter().rev().find(|(n, _)| *n == name) {
            return value.clone();
        }
        let given = self.arguments.iter().find(|a| a.name == name).map(|a| a.value.value());
        given.filter(|v| !v.is_null()).unwrap_or_else(|| match name {
            "user" | "database" | "password" | "host" | "scope" => Value::text(""),
            "port" => Value::Int(5439),
            "ssl" | "tcp_keepalive" => Value::Bool(true),
            "ssl_insecure" => Value::Bool(!self.driver.ssl_insecure_fixed),
            "iam" | "auto_create" | "force_lowercase" | "iam_disable_cache"
            | "group_federation" | "is_serverless" => Value::Bool(false),
            "client_protocol_version" => Value::Int(2),
            "max_prepared_statements" => Value::Int(1000),
            "idp_response_timeout" => Value::Int(120),
            "listen_port" => Value::Int(7890),
            "db_groups" => Value::List(Vec::new()),
            _ => Value::Null,
        })
    }

    pub(crate) fn put(&mut self, name: &'static str, value: Value<'static>) {
        self.changed.push((name, value));
    }

    /// Where a property stands, or would stand: what has a field of its own, there.
    pub(crate) fn place(&self, name: &str) -> Place {
        let missing = || match name {
            "user" => Place::here("/login"),
            "database" => Place::here("/schema"),
            "password" | "host" | "port" => Place::here(format!("/{name}")),
            _ => Place::extra(name),
        };
        self.arguments.iter().find(|a| a.name == name).map_or_else(missing, |a| a.place.clone())
    }

    pub(crate) fn is_none(&self, name: &str) -> bool {
        self.get(name).is_null()
    }

    /// `None` or `""`.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        let value = self.get(name);
        value.is_null() || matches!(&value, Value::Str(s) if s.is_empty())
    }

    pub(crate) fn iam(&self) -> bool {
        is_true(&self.get("iam"))
    }

    /// `_is_serverless`.
    pub(crate) fn serverless(&self) -> bool {
        matches!(self.host, HostKind::Serverless { .. }) || self.get("is_serverless").truthy()
    }

    pub(crate) fn is_cname(&self) -> bool {
        self.host == HostKind::Other
            && (!self.get("is_serverless").truthy() || self.is_none("serverless_work_group"))
    }

    /// An InterfaceError about a property.
    pub(crate) fn interface(&self, reason: Reason, about: &str) -> Failure {
        Failure::new("InterfaceError", reason, self.place(about))
    }

    /// A TypeError about a property.
    pub(crate) fn type_error(&self, about: &str) -> Failure {
        Failure::new("TypeError", Reason::ArgumentType(about.to_string()), self.place(about))
    }
}
