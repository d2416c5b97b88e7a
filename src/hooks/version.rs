//! Which provider and which driver: the versions that were run and what each does differently, as
//! data.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::airflow::runtime::{Runtime, Version};
use crate::hooks::names::Names;

/// What versions of `apache-airflow-providers-amazon` differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmazonBehaviour {
    /// SecretsManagerBackend finds the fields of JSON secrets under its own words for them, without
    /// being asked to.
    pub secret_words: bool,
    /// `iam` makes the hook ask for credentials through the AWS connection.
    pub hook_iam: bool,
    /// The host may be empty when `cluster_identifier` is given.
    pub host_optional: bool,
    /// `is_serverless`.
    pub serverless: bool,
    /// `config_kwargs` knows the signature version `unsigned`.
    pub unsigned: bool,
    /// `service_config` gives each service its endpoint.
    pub service_endpoints: bool,
    /// Deprecated extras of AWS connections are read.
    pub deprecated_aws_extras: bool,
    /// The boto3 that was run with it refuses an empty `verify`.
    pub refuses_empty_bundle: bool,
    /// A log-in is tried five times.
    pub five_attempts: bool,
    /// The connection object is overwritten with the temporary user.
    pub overwrites_connection: bool,
}

/// What versions of `apache-airflow-providers-postgres` differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresBehaviour {
    /// `redshift-serverless`, `workgroup-name`.
    pub serverless: bool,
    /// `sqlalchemy_scheme` and `sqlalchemy_query` are not passed on to libpq.
    pub sqlalchemy_extras: bool,
    /// `azure_conn_id`.
    pub azure: bool,
    /// The host may be empty when the cluster or workgroup is given.
    pub host_optional: bool,
}

/// What versions of `redshift_connector` differ in, besides their arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverBehaviour {
    /// The region is cut out of provisioned hosts, and looked up otherwise.
    pub region_from_host: bool,
    /// `iam` may not stand beside an Identity Center plugin, and native plugins need TLS.
    pub idc: bool,
    /// `BrowserIdcAuthPlugin`.
    pub browser_idc: bool,
    /// Custom domains are asked for even where `is_serverless` is set.
    pub cname_before_serverless: bool,
    /// Plugins may use `group_federation`.
    pub plugin_group_federation: bool,
    /// `ssl_insecure` means what it says.
    pub ssl_insecure_fixed: bool,
    /// `max_prepared_statements` is compared before it is converted.
    pub compares_prepared: bool,
    /// `tcp_keepalive_*` must be positive.
    pub keepalive_checks: bool,
    /// `idp_partition` is checked.
    pub idp_partition: bool,
    /// The cluster is cut out of the host where `iam` is not true.
    pub cluster_from_host: bool,
    /// `IdpTokenAuthPlugin` takes keys, and `idc_client_display_name` is sent.
    pub idc_keys: bool,
    /// `IdpTokenAuthPlugin` needs nothing.
    pub idc_ambient: bool,
    /// The default `sslmode` is verify-full.
    pub verify_full: bool,
}

/// A change, with the first version that has it.
pub struct Change<B: 'static> {
    /// The first version.
    pub since: Version,
    /// What, in words.
    pub what: &'static str,
    apply: fn(&mut B),
}

macro_rules! changes {
    ($($a:literal . $b:literal . $c:literal $what:literal { $($switch:ident = $value:expr),* $(,)? })*) => {
        &[$(Change { since: Version($a, $b, $c), what: $what, apply: |x| { $(x.$switch = $value;)* } }),*]
    };
}

/// Changes of the Amazon provider. Each wheel was compared with the one before.
pub static AMAZON_CHANGES: &[Change<AmazonBehaviour>] = changes! {
    7 . 0 . 0 "SecretsManagerBackend reads JSON by its own words" { secret_words = true }
    8 . 1 . 0 "iam goes through the AWS connection" { hook_iam = true, overwrites_connection = true }
    8 . 2 . 0 "no host needed beside cluster_identifier; config_kwargs unsigned" { host_optional = true, unsigned = true }
    8 . 10 . 0 "an endpoint for each service" { service_endpoints = true }
    8 . 13 . 0 "is_serverless, serverless_work_group" { serverless = true }
    9 . 0 . 0 "deprecated extras of AWS connections are gone" { deprecated_aws_extras = false }
    9 . 18 . 1 "five attempts" { five_attempts = true }
    9 . 26 . 0 "the connection is no longer overwritten" { overwrites_connection = false }
    9 . 30 . 0 "an empty verify is refused by boto3 1.44, the first that was run with it" { refuses_empty_bundle = true }
};

/// Changes of the Postgres provider.
pub static POSTGRES_CHANGES: &[Change<PostgresBehaviour>] = changes! {
    5 . 14 . 0 "redshift-serverless" { serverless = true }
    6 . 3 . 0 "sqlalchemy_scheme and sqlalchemy_query stay with the hook" { sqlalchemy_extras = true }
    6 . 4 . 0 "azure_conn_id" { azure = true }
    6 . 7 . 0 "no host needed beside the cluster or workgroup" { host_optional = true }
};

/// Changes of the driver.
pub static DRIVER_CHANGES: &[Change<DriverBehaviour>] = changes! {
    2 . 0 . 918 "Identity Center tokens; the region of provisioned hosts" {
        region_from_host = true, idc = true, cname_before_serverless = false, plugin_group_federation = true,
    }
    2 . 1 . 3 "BrowserIdcAuthPlugin" { browser_idc = true }
    2 . 1 . 7 "ssl_insecure is no longer reversed; max_prepared_statements is compared" {
        ssl_insecure_fixed = true, compares_prepared = true,
    }
    2 . 1 . 8 "tcp_keepalive_* are checked" { keepalive_checks = true }
    2 . 1 . 10 "idp_partition is checked" { idp_partition = true }
    2 . 1 . 12 "Identity Center with keys and a name to display" { idc_keys = true }
    2 . 1 . 13 "the cluster of the host" { cluster_from_host = true }
    2 . 1 . 17 "Identity Center with the default chain" { idc_ambient = true }
    2 . 2 . 0 "verify-full is the default" { verify_full = true }
};

fn behaviour<B>(mut start: B, changes: &[Change<B>], version: Version) -> B {
    changes.iter().filter(|c| c.since <= version).for_each(|c| (c.apply)(&mut start));
    start
}

/// The Amazon provider that runs the hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its version.
    pub version: Version,
    /// What it does.
    pub behaviour: AmazonBehaviour,
}

/// Versions that were run, oldest first.
pub static PROVIDERS: &[Version] = &[
    Version(7, 4, 1),
    Version(8, 1, 0),
    Version(8, 29, 0),
    Version(9, 17, 0),
    Version(9, 30, 0),
    Version(9, 39, 0),
];

impl Provider {
    /// The provider of a version; what is older than the oldest recorded one behaves like it.
    pub fn new(version: Version) -> Provider {
        let oldest = AmazonBehaviour {
            secret_words: false,
            hook_iam: false,
            host_optional: false,
            serverless: false,
            unsigned: false,
            service_endpoints: false,
            deprecated_aws_extras: true,
            refuses_empty_bundle: false,
            five_attempts: false,
            overwrites_connection: false,
        };
        Provider { version, behaviour: behaviour(oldest, AMAZON_CHANGES, version) }
    }

    /// The newest recorded one.
    pub fn newest() -> Provider {
        Provider::new(PROVIDERS[PROVIDERS.len() - 1])
    }

    /// The botocore that was run with this provider, or with the newest recorded one that is not
    /// newer.
    pub fn usual_botocore(&self) -> Version {
        let pairs = [
            (Version(9, 30, 0), Version(1, 44, 5)),
            (Version(9, 17, 0), Version(1, 42, 29)),
            (Version(8, 29, 0), Version(1, 35, 63)),
        ];
        pairs
            .iter()
            .find(|(since, _)| *since <= self.version)
            .map_or(Version(1, 31, 1), |(_, botocore)| *botocore)
    }

    /// The driver that was run with this provider, or with the newest recorded one that is not
    /// newer.
    pub fn usual_driver(&self) -> Driver {
        let pairs = [
            (Version(9, 30, 0), Version(2, 2, 0)),
            (Version(9, 17, 0), Version(2, 1, 10)),
            (Version(8, 29, 0), Version(2, 1, 3)),
            (Version(8, 17, 0), Version(2, 0, 918)),
        ];
        let driver = pairs
            .iter()
            .find(|(since, _)| *since <= self.version)
            .map_or(Version(2, 0, 912), |(_, driver)| *driver);
        Driver::new(driver)
    }
}

/// Which library PostgresHook uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Libpq {
    /// psycopg2: SQLAlchemy 1.4, or an older provider.
    Psycopg2,
    /// psycopg 3: provider 7 (or 6.3 with the extra) and SQLAlchemy 2.
    Psycopg3,
}

/// The Postgres provider, for Redshift through PostgresHook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postgres {
    /// Its version.
    pub version: Version,
    /// The library below.
    pub libpq: Libpq,
    /// What it does.
    pub behaviour: PostgresBehaviour,
}

/// Versions that were run, oldest first.
pub static POSTGRES_PROVIDERS: &[Version] =
    &[Version(5, 5, 0), Version(5, 13, 1), Version(6, 5, 1), Version(7, 1, 1)];

impl Postgres {
    /// The provider of a version.
    pub fn new(version: Version, libpq: Libpq) -> Postgres {
        let oldest = PostgresBehaviour {
            serverless: false,
            sqlalchemy_extras: false,
            azure: false,
            host_optional: false,
        };
        Postgres { version, libpq, behaviour: behaviour(oldest, POSTGRES_CHANGES, version) }
    }

    /// The same beside an Airflow, whose SQLAlchemy decides which library is used.
    pub fn under(&self, runtime: &Runtime) -> Postgres {
        let libpq = if runtime.behaviour.sqlalchemy_2 { self.libpq } else { Libpq::Psycopg2 };
        Postgres { libpq, ..self.clone() }
    }

    /// The newest recorded one, on psycopg 3.
    pub fn newest() -> Postgres {
        Postgres::new(POSTGRES_PROVIDERS[POSTGRES_PROVIDERS.len() - 1], Libpq::Psycopg3)
    }
}

/// The driver `redshift_connector`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driver {
    /// Its version.
    pub version: Version,
    /// What it does.
    pub behaviour: DriverBehaviour,
    arguments: BTreeSet<&'static str>,
}

/// Versions that were run, oldest first.
pub static DRIVERS: &[Version] = &[
    Version(2, 0, 912),
    Version(2, 0, 918),
    Version(2, 1, 3),
    Version(2, 1, 10),
    Version(2, 1, 17),
    Version(2, 2, 0),
];

/// The generated catalogue of the arguments of `connect`.
fn catalog() -> &'static Names {
    static CATALOG: OnceLock<Names> = OnceLock::new();
    CATALOG.get_or_init(|| Names::of(include_str!("../catalog/redshift_connector.json")))
}

impl Driver {
    /// The driver of a version; what is older than the oldest recorded one behaves like it.
    pub fn new(version: Version) -> Driver {
        let oldest = DriverBehaviour {
            region_from_host: false,
            idc: false,
            browser_idc: false,
            cname_before_serverless: true,
            plugin_group_federation: false,
            ssl_insecure_fixed: false,
            compares_prepared: false,
            keepalive_checks: false,
            idp_partition: false,
            cluster_from_host: false,
            idc_keys: false,
            idc_ambient: false,
            verify_full: false,
        };
        let arguments = catalog().at(version);
        Driver { version, behaviour: behaviour(oldest, DRIVER_CHANGES, version), arguments }
    }

    /// The newest recorded one.
    pub fn newest() -> Driver {
        Driver::new(DRIVERS[DRIVERS.len() - 1])
    }

    /// Is it an argument of `connect`?
    pub fn takes(&self, argument: &str) -> bool {
        self.arguments.contains(argument)
    }

    /// The version since which an argument of older drivers is gone.
    pub fn removed(&self, argument: &str) -> Option<Version> {
        catalog().removed(argument, self.version).filter(|_| !self.takes(argument))
    }

    /// The arguments of `connect`, sorted.
    pub fn arguments(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.arguments.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_are_gone_have_a_date() {
        let since = |version, name| Driver::new(version).removed(name);
        assert_eq!(since(Version(2, 2, 0), "replication"), Some(Version(2, 1, 10)));
        assert_eq!(since(Version(2, 1, 8), "replication"), None);
        assert_eq!(since(Version(2, 2, 0), "region_name"), None);
        assert_eq!(since(Version(2, 2, 0), "iam"), None);
    }

    #[test]
    fn argument_counts_are_the_recorded_ones() {
        for (version, count) in [
            ((2, 0, 912), 55),
            ((2, 0, 918), 58),
            ((2, 1, 3), 62),
            ((2, 1, 8), 65),
            ((2, 1, 10), 65),
            ((2, 1, 17), 66),
            ((2, 2, 0), 66),
        ] {
            let driver = Driver::new(Version(version.0, version.1, version.2));
            assert_eq!(driver.arguments().count(), count, "{version:?}");
        }
        assert!(
            Driver::newest().takes("cluster_identifier") && !Driver::newest().takes("region_name")
        );
        assert!(
            Driver::new(Version(2, 1, 8)).takes("replication")
                && !Driver::newest().takes("replication")
        );
    }

    #[test]
    fn changes_are_in_order() {
        assert!(AMAZON_CHANGES.is_sorted_by_key(|c| c.since));
        assert!(POSTGRES_CHANGES.is_sorted_by_key(|c| c.since));
        assert!(DRIVER_CHANGES.is_sorted_by_key(|c| c.since));
        assert!(
            Provider::new(Version(9, 25, 0)).behaviour.overwrites_connection
                && !Provider::newest().behaviour.overwrites_connection
        );
    }
}
