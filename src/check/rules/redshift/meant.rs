//! What is meant by an extra that a driver refuses: its own name for the same thing.

use super::ac504_role_on_redshift_connection as ac504;
use crate::catalog::is_known_extra;
use crate::check::rules::repairs::own;
use crate::check::rules::shared::spelled_alike;
use crate::check::rules::subject::Subject;
use crate::check::{Change, Fix, Safety, last_key};
use crate::hooks::{
    Client, Driver, Place, Postgres, is_libpq_option, libpq_options, spells, takes_option,
};
use crate::model::Value;

/// Names of others, and the argument of redshift_connector that is the same thing.
static OF_DRIVER: &[(&str, &str)] = &[
    ("cluster_id", "cluster_identifier"),
    ("connect_timeout", "timeout"),
    ("keepalives", "tcp_keepalive"),
    ("keepalives_count", "tcp_keepalive_count"),
    ("keepalives_idle", "tcp_keepalive_idle"),
    ("keepalives_interval", "tcp_keepalive_interval"),
    ("serverless_workgroup", "serverless_work_group"),
    ("work_group", "serverless_work_group"),
    ("workgroup", "serverless_work_group"),
    ("workgroup-name", "serverless_work_group"),
    ("workgroup_name", "serverless_work_group"),
    ("redshift-serverless", "is_serverless"),
];

/// Names of others, and the option of libpq that is the same thing.
static OF_LIBPQ: &[(&str, &str)] = &[
    ("sslca", "sslrootcert"),
    ("tcp_keepalive", "keepalives"),
    ("tcp_keepalive_count", "keepalives_count"),
    ("tcp_keepalive_idle", "keepalives_idle"),
    ("tcp_keepalive_interval", "keepalives_interval"),
];

/// An extra that the driver refuses: under the name that it has there, if that is known. It is
/// taken away only where nobody knows what was meant by it.
pub fn repair(subject: &Subject<'_, '_>, at: &Place, meant: Option<&'static str>) -> Option<Fix> {
    let pointer = own(at)?;
    let (case, packages) = (subject.case, subject.scene.packages);
    let key = last_key(pointer);
    if key == "serverless_token_duration_seconds" {
        return subject.remove(Safety::Safe, pointer);
    }
    let owner = match subject.hook.driver? {
        Client::RedshiftConnector => Owner::Driver(&packages.driver),
        Client::Libpq => Owner::Libpq(&packages.postgres),
    };
    if let Some(name) = owner.same(&key) {
        let renamed = Change::Rename(pointer.to_string(), name.to_string());
        let changes = match owner.value_of(name, case.extra_value(&key)?) {
            Some(value) => vec![renamed, Change::Set(format!("/extra/{name}"), value)],
            None if owner.takes_as_it_is(name) => vec![renamed],
            None => return None,
        };
        let free = case.extra_value(name).is_none();
        return free.then(|| case.fix(subject.unless_it_works(), changes))?;
    }
    // With a role these two belong to the AWS connection.
    if case.extra_value("role_arn").is_some() && key == "region_name" {
        return ac504::move_to_aws(subject);
    }
    match meant {
        Some(argument) => subject.rename(Safety::Unsafe, pointer, argument),
        None if is_known(&key) => None,
        None => subject.remove(Safety::Unsafe, pointer),
    }
}

/// Who refuses an extra.
#[derive(Clone, Copy)]
enum Owner<'o> {
    /// redshift_connector.
    Driver(&'o Driver),
    /// libpq, with what PostgresHook keeps to itself.
    Libpq(&'o Postgres),
}

impl Owner<'_> {
    /// Its own name for an extra, if that is certain.
    fn same(self, key: &str) -> Option<&'static str> {
        let of = |table: &'static [(&str, &str)]| {
            table.iter().find(|(name, _)| *name == key).map(|(_, own)| *own)
        };
        match self {
            Owner::Driver(driver) => {
                let spelled = driver.arguments().find(|argument| spelled_alike(argument, key));
                spelled.or_else(|| of(OF_DRIVER)).filter(|name| driver.takes(name))
            }
            Owner::Libpq(postgres) => {
                let spelled = libpq_options().find(|option| spelled_alike(option, key));
                spelled.or_else(|| of(OF_LIBPQ)).filter(|name| takes_option(name, postgres))
            }
        }
    }

    /// The value in the words of the owner, where it has others: 0 and 1 are false and true to the
    /// driver.
    fn value_of(self, name: &str, value: &Value<'static>) -> Option<Value<'static>> {
        let on = switch(value)?;
        match (self, name) {
            (Owner::Driver(_), "tcp_keepalive") => Some(Value::Bool(on)),
            (Owner::Libpq(_), "keepalives") => Some(Value::Int(i64::from(on))),
            _ => None,
        }
    }

    /// Any value is taken as it is written.
    fn takes_as_it_is(self, name: &str) -> bool {
        !matches!(
            (self, name),
            (Owner::Driver(_), "tcp_keepalive") | (Owner::Libpq(_), "keepalives")
        )
    }
}

/// On or off.
fn switch(value: &Value<'_>) -> Option<bool> {
    use crate::hooks::Spells;
    match (value, spells(value)) {
        (Value::Bool(on), _) => Some(*on),
        (Value::Int(n @ 0..=1), _) => Some(*n == 1),
        (_, Spells::True) => Some(true),
        (_, Spells::False) => Some(false),
        _ => None,
    }
}

/// Somebody reads an extra of this name: an option of libpq, or an extra of any connection type.
/// Whoever wrote it meant something by it, that would be gone with it.
fn is_known(key: &str) -> bool {
    is_libpq_option(key) || is_known_extra(key) || OF_LIBPQ.iter().any(|(name, _)| *name == key)
}
