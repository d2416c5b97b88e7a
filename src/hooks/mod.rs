//! What airconn knows in detail about connection types: [`HOOKS`] has a line for each, and whoever
//! asks what a hook makes of a connection asks there.
//!
//! A folder for each type is a port of its hook and its driver, by version; `botocore/` has what
//! several of them call. Nothing here opens a connection: what lies outside the text of the
//! connections becomes a [`Dependency`].

mod aws;
mod botocore;
mod mode;
mod names;
mod outcome;
mod place;
pub(crate) mod postgres;
mod python;
mod reason;
pub(crate) mod redshift;
mod resolution;
pub mod syntax;
mod version;

pub(crate) use aws::hook::region_of as aws_region;
pub use aws::hook::{
    identity as aws_identity, resolve as resolve_aws, resolve_statement as resolve_aws_statement,
};
pub use mode::Mode;
pub use outcome::{
    Call, Caller, Dependency, Failure, Identity, Outcome, ParameterFault, Place, Reason, Reference,
    Source, Stage,
};
pub use postgres::hook::resolve as resolve_postgres;
pub(crate) use postgres::options::{
    is_option as is_libpq_option, options as libpq_options, takes as takes_option,
};
pub(crate) use python::{Extras, int, is_true, number};
pub use python::{Spells, spells};
pub use redshift::hook::resolve;
pub use redshift::host::{HostKind, read as read_host, true_region};
pub(crate) use redshift::misnamed::meant;
pub(crate) use resolution::extras;
pub use resolution::{AWS_DEFAULT, Argument, Kwarg, LogIn, Lookup, Packages, Resolution, Scene};
pub use version::{
    AMAZON_CHANGES, AmazonBehaviour, Change, DRIVER_CHANGES, DRIVERS, Driver, DriverBehaviour,
    Libpq, POSTGRES_CHANGES, POSTGRES_PROVIDERS, PROVIDERS, Postgres, PostgresBehaviour, Provider,
};

use crate::model::Connection;

/// Says as whom AWS is asked with a connection and its id.
type Identify = fn(&Connection, Option<&str>, &Scene<'_>) -> Option<Identity>;

/// A connection type that is known in detail.
pub struct Hook {
    /// The type.
    pub conn_type: &'static str,
    /// Its ways to log in, in the order in which the hook chooses.
    pub modes: &'static [&'static Mode],
    /// What the hook makes of a connection. Its id matters where nobody names another: `None` is
    /// the one that hooks take then.
    pub resolve: fn(&Connection, Option<&str>, &Scene<'_>) -> Resolution,
    /// As whom AWS is asked with it, for a type that is asked for nothing else.
    pub identity: Option<Identify>,
    /// Is it the name of an argument of its driver? Such a word is never a secret.
    pub takes: fn(&Packages<'_>, &str) -> bool,
    /// Whose arguments they are, where the hook gives a driver any.
    pub driver: Option<Client>,
    /// How it is told which AWS connection it is to use.
    pub names_aws: NamesAws,
    /// What its driver, or AWS, raises where a piece of the password stands where something else is
    /// read.
    pub misread: &'static str,
}

impl Hook {
    /// Whether other hooks ask AWS with a connection of this type.
    pub fn is_aws(&self) -> bool {
        self.identity.is_some()
    }
}

/// A driver of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// redshift_connector, which tells the types of arguments apart.
    RedshiftConnector,
    /// libpq, which takes everything as text.
    Libpq,
}

/// How a hook is told which AWS connection it is to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesAws {
    /// It uses none.
    Never,
    /// By an argument of its own.
    Argument,
    /// By this extra of its connection.
    Extra(&'static str),
}

/// Every type that is known in detail.
pub static HOOKS: &[&Hook] = &[&redshift::HOOK, &postgres::HOOK, &aws::HOOK];

/// What is known of a type.
pub fn of_type(conn_type: &str) -> Option<&'static Hook> {
    HOOKS.iter().copied().find(|hook| hook.conn_type == conn_type)
}

/// Whether hooks ask AWS with a connection of this type.
pub fn is_aws(conn_type: &str) -> bool {
    of_type(conn_type).is_some_and(Hook::is_aws)
}

/// Every way to log in, type after type.
pub fn modes() -> impl Iterator<Item = &'static Mode> {
    HOOKS.iter().flat_map(|hook| hook.modes.iter().copied())
}

/// Is it the name of an argument of a driver? Such a word is never a secret.
pub fn is_argument(packages: &Packages<'_>, name: &str) -> bool {
    HOOKS.iter().any(|hook| (hook.takes)(packages, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_of_their_type_and_names_are_unique() {
        for hook in HOOKS {
            assert!(!hook.modes.is_empty(), "{}", hook.conn_type);
            for (at, mode) in hook.modes.iter().enumerate() {
                assert_eq!(mode.conn_type, hook.conn_type, "{}", mode.name);
                assert!(hook.modes[..at].iter().all(|other| other.name != mode.name));
            }
            assert_eq!(of_type(hook.conn_type).map(|h| h.conn_type), Some(hook.conn_type));
        }
        assert!(of_type("http").is_none());
    }

    #[test]
    fn arguments_are_those_of_the_drivers() {
        let newest = Packages::newest();
        for name in ["host", "dbname", "database", "cluster_identifier", "sslmode"] {
            assert!(is_argument(&newest, name), "{name}");
        }
        assert!(!is_argument(&newest, "hunter2"));
    }
}
