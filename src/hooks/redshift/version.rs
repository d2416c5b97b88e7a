//! The driver: the versions that were run and what each does differently, as data.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::airflow::runtime::Version;
use crate::hooks::names::Names;
use crate::hooks::version::{Change, behaviour, changes};

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

/// Changes of the driver.
pub static DRIVER_CHANGES: &[Change<DriverBehaviour>] = changes! {
    2 . 0 . 918 "Identity Center tokens; the region of provisioned hosts" {
        region_from_host = true, idc = true, cname_before_serverless = false,
        plugin_group_federation = true,
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
    CATALOG.get_or_init(|| Names::of(include_str!("../../catalog/redshift_connector.json")))
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

    /// Whether both do the same.
    pub(crate) fn is_like(&self, other: &Driver) -> bool {
        self.behaviour == other.behaviour && self.arguments == other.arguments
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
}
