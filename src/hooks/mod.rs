//! What airconn knows in detail about connection types: [`HOOKS`] has a line for each, and whoever
//! asks what a hook makes of a connection asks there.

use crate::model::Connection;
use crate::redshift::{
    AWS_DEFAULT, AWS_MODES, Identity, ModeInfo, POSTGRES_MODES, Packages, REDSHIFT_MODES,
    Resolution, Scene, aws_identity, resolve, resolve_aws, resolve_postgres,
};

/// Says as whom AWS is asked with a connection and its id.
type Identify = fn(&Connection, Option<&str>, &Scene<'_>) -> Option<Identity>;

/// A connection type that is known in detail.
pub struct Hook {
    /// The type.
    pub conn_type: &'static str,
    /// Its ways to log in, in the order in which the hook chooses.
    pub modes: &'static [ModeInfo],
    /// What the hook makes of a connection. Its id matters where nobody names another: `None` is
    /// the one that hooks take then.
    pub resolve: fn(&Connection, Option<&str>, &Scene<'_>) -> Resolution,
    /// As whom AWS is asked with it, for a type that is asked for nothing else.
    pub identity: Option<Identify>,
    /// Is it the name of an argument of its driver? Such a word is never a secret.
    pub takes: fn(&Packages<'_>, &str) -> bool,
    /// Whose arguments they are, where the hook gives a driver any.
    pub driver: Option<Client>,
    /// What its driver, or AWS, raises where a piece of the password stands where something else is
    /// read.
    pub misread: &'static str,
}

/// A driver of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// redshift_connector, which tells the types of arguments apart.
    RedshiftConnector,
    /// libpq, which takes everything as text.
    Libpq,
}

/// Every type that is known in detail.
pub static HOOKS: &[&Hook] = &[&REDSHIFT, &POSTGRES, &AWS];

/// What is known of a type.
pub fn of_type(conn_type: &str) -> Option<&'static Hook> {
    HOOKS.iter().copied().find(|hook| hook.conn_type == conn_type)
}

/// Every way to log in, type after type.
pub fn modes() -> impl Iterator<Item = &'static ModeInfo> {
    HOOKS.iter().flat_map(|hook| hook.modes)
}

/// Is it the name of an argument of a driver? Such a word is never a secret.
pub fn is_argument(packages: &Packages<'_>, name: &str) -> bool {
    HOOKS.iter().any(|hook| (hook.takes)(packages, name))
}

/// `RedshiftSQLHook`.
static REDSHIFT: Hook = Hook {
    conn_type: "redshift",
    modes: REDSHIFT_MODES,
    resolve: |connection, _, scene| resolve(connection, scene),
    identity: None,
    takes: |packages, name| packages.driver.takes(name),
    driver: Some(Client::RedshiftConnector),
    misread: "InterfaceError",
};

/// `PostgresHook`.
static POSTGRES: Hook = Hook {
    conn_type: "postgres",
    modes: POSTGRES_MODES,
    resolve: |connection, _, scene| resolve_postgres(connection, scene),
    identity: None,
    takes: |packages, name| crate::redshift::takes_option(name, packages.postgres),
    driver: Some(Client::Libpq),
    misread: "OperationalError",
};

/// `AwsBaseHook`, as a task asks it for a client of Redshift.
static AWS: Hook = Hook {
    conn_type: "aws",
    modes: AWS_MODES,
    resolve: |connection, conn_id, scene| {
        resolve_aws(connection, conn_id.unwrap_or(AWS_DEFAULT), "redshift", scene)
    },
    identity: Some(|connection, conn_id, scene| {
        aws_identity(connection, conn_id.unwrap_or(AWS_DEFAULT), scene)
    }),
    takes: |_, _| false,
    driver: None,
    misread: "ClientError",
};

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
