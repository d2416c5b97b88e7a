//! What airconn knows in detail about connection types: [`HOOKS`] has a line for each, and whoever
//! asks what a hook makes of a connection asks there.
//!
//! Three types have a folder each, a port of hook and driver by version; `botocore/` has what
//! several of them call. All others are data: a file in `types/`, and a line. Nothing here opens a
//! connection: what lies outside the text of the connections becomes a [`Dependency`].

mod aws;
pub(crate) mod base_url;
mod botocore;
mod day;
mod mode;
mod names;
mod outcome;
mod packages;
mod place;
pub(crate) mod postgres;
mod python;
mod reason;
pub(crate) mod redshift;
mod resolution;
mod slips;
pub mod syntax;
pub(crate) mod types;
mod version;

pub(crate) use aws::hook::region_of as aws_region;
pub use aws::hook::{
    identity as aws_identity, resolve as resolve_aws, resolve_statement as resolve_aws_statement,
};
pub use aws::provider::{AMAZON_CHANGES, PROVIDERS, Provider};
pub use day::Guess;
pub use mode::Mode;
pub use outcome::{
    Call, Caller, Dependency, Failure, Identity, Outcome, ParameterFault, Place, Reason, Reference,
    Source, Stage,
};
pub use packages::{Package, PackageKind, Packages, Port};
pub(crate) use postgres::conninfo::{Refused, read as conninfo};
pub use postgres::hook::resolve as resolve_postgres;
pub(crate) use postgres::libpq::values_of as libpq_values;
pub(crate) use postgres::options::{
    is_option as is_libpq_option, options as libpq_options, takes as takes_option,
};
pub use postgres::provider::{Libpq, POSTGRES_CHANGES, POSTGRES_PROVIDERS, Postgres};
pub(crate) use python::{Extras, int, is_true, number};
pub use python::{Spells, spells};
pub use redshift::hook::resolve;
pub use redshift::host::{HostKind, read as read_host, true_region};
pub(crate) use redshift::misnamed::meant;
pub use redshift::version::{DRIVER_CHANGES, DRIVERS, Driver};
pub(crate) use resolution::extras;
pub use resolution::{AWS_DEFAULT, Argument, Kwarg, LogIn, Lookup, Resolution, Scene};
pub(crate) use slips::{is_slip, slip_of};
pub use version::Change;

use std::sync::LazyLock;

use crate::airflow::version::Version;
use crate::model::Connection;

/// Says as whom AWS is asked with a connection and its id.
type Identify = fn(&Connection, Option<&str>, &Scene<'_>) -> Option<Identity>;

/// A connection type that is known in detail.
pub struct Hook {
    /// The type.
    pub conn_type: &'static str,
    /// The packages of its hook and driver; the first is the one whose versions matter most.
    pub packages: &'static [&'static Package],
    /// Its ways to log in, in the order in which the hook chooses.
    pub modes: fn() -> &'static [&'static Mode],
    /// What the hook makes of a connection. Its id matters where nobody names another: `None` is
    /// the one that hooks take then.
    pub resolve: fn(&Connection, Option<&str>, &Scene<'_>) -> Resolution,
    /// With which AWS connection it asks AWS.
    pub aws: Aws,
    /// Is it the name of an argument of its driver? Such a word is never a secret.
    pub takes: fn(&Packages, &str) -> bool,
    /// Whose arguments they are, where the hook gives a driver any.
    pub driver: Option<Client>,
    /// What of it can be tried live.
    pub probe: Option<Probe>,
    /// What its driver, or AWS, raises where a piece of the password stands where something else is
    /// read.
    pub misread: &'static str,
    /// Its data file, where it is no port.
    pub data: Option<&'static types::Data>,
}

/// With which AWS connection a hook asks AWS.
pub enum Aws {
    /// It asks nothing.
    Never,
    /// With the connection itself, as this identity.
    Itself(Identify),
    /// With the one that a task names, or [`AWS_DEFAULT`].
    OfTask,
    /// With the one that this extra names, or [`AWS_DEFAULT`].
    OfExtra(&'static str),
}

/// A driver of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// redshift_connector, which tells the types of arguments apart.
    RedshiftConnector,
    /// libpq, which takes everything as text.
    Libpq,
}

/// What can be tried live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The calls to AWS.
    Calls,
    /// The calls to AWS, if any, and the session that its driver opens.
    Session(Client),
}

/// Every type that is known in detail.
pub static HOOKS: &[&Hook] = &[
    &redshift::HOOK,
    &postgres::HOOK,
    &aws::HOOK,
    types::data!("snowflake"),
    types::data!("google_cloud_platform"),
    types::data!("gcpbigquery"),
    types::data!("http"),
    types::data!("ssh"),
    types::data!("sftp"),
    types::data!("mysql"),
    types::data!("mssql"),
    types::data!("jdbc"),
    types::data!("odbc"),
    types::data!("oracle"),
    types::data!("trino"),
    types::data!("databricks"),
    types::data!("kubernetes"),
    types::data!("slack"),
    types::data!("slackwebhook"),
    types::data!("smtp"),
    types::data!("wasb"),
    types::data!("adls"),
    types::data!("azure"),
    types::data!("azure_data_factory"),
    types::data!("azure_synapse"),
    types::data!("azure_data_explorer"),
    types::data!("azure_service_bus"),
    types::data!("azure_cosmos"),
    types::data!("azure_fileshare"),
    types::data!("mongo"),
    types::data!("redis"),
    types::data!("kafka"),
    types::data!("docker"),
    types::data!("spark"),
    types::data!("dbt_cloud"),
    types::data!("tableau"),
    types::data!("salesforce"),
    types::data!("elasticsearch"),
    types::data!("openai"),
    types::data!("git"),
    types::data!("fs"),
    types::data!("ftp"),
    types::data!("airbyte"),
    types::data!("cassandra"),
    types::data!("vault"),
    types::data!("opsgenie"),
    types::data!("jenkins"),
    types::data!("neo4j"),
    types::data!("samba"),
    types::data!("presto"),
    types::data!("discord"),
    types::data!("pagerduty"),
    types::data!("pagerduty_events"),
    types::data!("jira"),
    types::data!("qdrant"),
    types::data!("pinecone"),
    types::data!("cohere"),
    types::data!("imap"),
    types::data!("zendesk"),
    types::data!("segment"),
    types::data!("datadog"),
    types::data!("github"),
    types::data!("asana"),
];

/// What is known of a type.
pub fn of_type(conn_type: &str) -> Option<&'static Hook> {
    HOOKS.iter().copied().find(|hook| hook.conn_type == conn_type)
}

/// Is a connection of this type one to AWS, whose login is the id of an access key and whose
/// password is the secret of it?
pub fn is_aws(conn_type: &str) -> bool {
    of_type(conn_type).is_some_and(Hook::is_aws)
}

/// Every package, providers before drivers, which they bring.
pub fn packages() -> &'static [&'static Package] {
    static ALL: LazyLock<Vec<&'static Package>> = LazyLock::new(|| {
        let mut all: Vec<&'static Package> = Vec::new();
        for package in HOOKS.iter().flat_map(|hook| hook.packages) {
            if !all.iter().any(|known| known.name == package.name) {
                all.push(package);
            }
        }
        all.sort_by_key(|package| package.kind);
        all
    });
    &ALL
}

/// The packages that are asked for so.
pub fn packages_of(kind: PackageKind) -> impl Iterator<Item = &'static Package> {
    packages().iter().copied().filter(move |package| package.kind == kind)
}

/// The package of this name, here or on PyPI, `_` for `-`.
pub fn package_named(kind: PackageKind, name: &str) -> Option<&'static Package> {
    let name = name.replace('_', "-");
    packages_of(kind).find(|package| package.name == name || package.pypi == name)
}

/// The version of the package that has this name here.
pub fn version_of(packages: &Packages, name: &str) -> Option<Version> {
    let package = self::packages().iter().find(|package| package.name == name)?;
    Some(packages.version(package))
}

/// Every way to log in, type after type.
pub fn modes() -> impl Iterator<Item = &'static Mode> {
    HOOKS.iter().flat_map(|hook| (hook.modes)().iter().copied())
}

/// Is it the name of an argument of a driver? Such a word is never a secret.
pub fn is_argument(packages: &Packages, name: &str) -> bool {
    HOOKS.iter().any(|hook| (hook.takes)(packages, name))
}

impl Hook {
    /// Whether it is one that other hooks use to ask AWS.
    pub fn is_aws(&self) -> bool {
        self.identity().is_some()
    }

    /// Nothing reads this field of a connection of this type.
    pub(crate) fn ignores(&self, field: &str) -> bool {
        self.data.is_some_and(|data| data.read().ignores(field))
    }

    /// As whom AWS is asked with a connection that is asked for nothing else.
    pub fn identity(&self) -> Option<Identify> {
        if let Aws::Itself(identify) = self.aws { Some(identify) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_of_their_type_and_names_are_unique() {
        for hook in HOOKS {
            let modes = (hook.modes)();
            assert!(!modes.is_empty(), "{}", hook.conn_type);
            for (at, mode) in modes.iter().enumerate() {
                assert_eq!(mode.conn_type, hook.conn_type, "{}", mode.name);
                assert!(modes[..at].iter().all(|other| other.name != mode.name));
            }
            assert_eq!(of_type(hook.conn_type).map(|h| h.conn_type), Some(hook.conn_type));
        }
        assert!(of_type("their_own").is_none());
    }

    #[test]
    fn packages_are_listed_once_and_their_changes_are_in_order() {
        let names: Vec<&str> = packages().iter().map(|package| package.name).collect();
        for name in HOOKS.iter().flat_map(|hook| hook.packages).map(|package| package.name) {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}");
        }
        assert!(packages().is_sorted_by_key(|package| package.kind), "{names:?}");
        for package in packages() {
            assert!(package.versions.is_sorted() && !package.versions.is_empty());
            let changes = (package.changes)();
            assert!(changes.is_sorted_by_key(|(since, _)| *since), "{}", package.name);
            assert!(changes.iter().all(|(since, _)| *since <= package.newest()));
        }
    }

    #[test]
    fn a_version_is_kept_with_and_without_a_port() {
        static PLAIN: Package = Package {
            name: "made-up",
            kind: PackageKind::Provider,
            pypi: "apache-airflow-providers-made-up",
            brought_by: None,
            versions: &[Version(4, 0, 0), Version(5, 0, 0)],
            changes: Vec::new,
            port: None,
        };
        let mut some = Packages::default();
        for package in packages().iter().chain([&&PLAIN]) {
            assert_eq!(some.version(package), package.newest(), "{}", package.name);
        }
        for package in packages().iter().chain([&&PLAIN]) {
            some.set(package, package.versions[0]);
            assert_eq!(some.version(package), package.versions[0], "{}", package.name);
        }
    }

    #[test]
    fn what_can_be_tried_is_what_the_driver_opens() {
        for hook in HOOKS {
            let session = hook.driver.map(Probe::Session);
            let calls = hook.identity().map(|_| Probe::Calls);
            assert_eq!(hook.probe, session.or(calls), "{}", hook.conn_type);
        }
    }

    #[test]
    fn arguments_are_those_of_the_drivers() {
        let newest = Packages::newest();
        for name in ["host", "dbname", "database", "cluster_identifier", "sslmode"] {
            assert!(is_argument(newest, name), "{name}");
        }
        assert!(!is_argument(newest, "hunter2"));
    }
}
