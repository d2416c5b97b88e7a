//! The packages around Airflow whose versions decide what becomes of a connection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::airflow::version::Version;
use crate::hooks::aws::provider::Provider;
use crate::hooks::postgres::provider::Postgres;
use crate::hooks::redshift::version::Driver;

/// How a package is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackageKind {
    /// `--provider NAME=VERSION`.
    Provider,
    /// `--driver NAME=VERSION`.
    Driver,
}

/// A package whose version decides what becomes of connections.
pub struct Package {
    /// Its name on the command line, in the configuration, in schemas and in reports.
    pub name: &'static str,
    /// How it is asked for.
    pub kind: PackageKind,
    /// Its name on PyPI.
    pub pypi: &'static str,
    /// The package that brings it, if it comes with one.
    pub brought_by: Option<&'static Package>,
    /// Versions that were run, oldest first.
    pub versions: &'static [Version],
    /// What changed in it: the first version that has it, and words.
    pub changes: fn() -> Vec<(Version, &'static str)>,
    /// Where a port of its code is kept; without one there is nothing but the version.
    pub port: Option<Port>,
}

/// Code that does what a package does at a version.
pub struct Port {
    /// Its version.
    pub version: fn(&Packages) -> Version,
    /// Takes another one, and with it what is usual beside it.
    pub set: fn(&mut Packages, Version),
}

impl Package {
    /// The newest version that was run.
    pub fn newest(&self) -> Version {
        self.versions.last().copied().unwrap_or(Version(0, 0, 0))
    }
}

/// A version of every package.
#[derive(Clone, Debug)]
pub struct Packages {
    /// apache-airflow-providers-amazon.
    pub amazon: Provider,
    /// apache-airflow-providers-postgres.
    pub postgres: Postgres,
    /// redshift-connector.
    pub driver: Driver,
    /// The botocore below the Amazon provider, if somebody named it.
    pub botocore: Option<Version>,
    /// Packages without a port, where not the newest is taken.
    others: BTreeMap<&'static str, Version>,
    /// Those that somebody named.
    named: BTreeSet<&'static str>,
}

impl Default for Packages {
    fn default() -> Packages {
        Packages {
            amazon: Provider::newest(),
            postgres: Postgres::newest(),
            driver: Driver::newest(),
            botocore: None,
            others: BTreeMap::new(),
            named: BTreeSet::new(),
        }
    }
}

impl Packages {
    /// The newest of each.
    pub fn newest() -> &'static Packages {
        static NEWEST: LazyLock<Packages> = LazyLock::new(Packages::default);
        &NEWEST
    }

    /// The botocore below the Amazon provider.
    pub fn botocore(&self) -> Version {
        self.botocore.unwrap_or_else(|| self.amazon.usual_botocore())
    }

    /// The version of a package.
    pub fn version(&self, package: &Package) -> Version {
        match &package.port {
            Some(port) => (port.version)(self),
            None => self.others.get(package.name).copied().unwrap_or_else(|| package.newest()),
        }
    }

    /// Takes a version that somebody names, and with it what is usual beside it.
    pub fn set(&mut self, package: &Package, version: Version) {
        self.named.insert(package.name);
        self.take(package, version);
    }

    /// Whether somebody named its version.
    pub fn is_named(&self, package: &Package) -> bool {
        self.named.contains(package.name)
    }

    /// Whether both do the same with every connection.
    pub(super) fn is_like(&self, other: &Packages) -> bool {
        self.amazon.behaviour == other.amazon.behaviour
            && self.botocore() == other.botocore()
            && self.postgres.behaviour == other.postgres.behaviour
            && self.postgres.libpq == other.postgres.libpq
            && self.driver.is_like(&other.driver)
            && self.others == other.others
    }

    /// Takes another version, and with it what is usual beside it.
    pub(super) fn take(&mut self, package: &Package, version: Version) {
        match &package.port {
            Some(port) => (port.set)(self, version),
            None => {
                self.others.insert(package.name, version);
            }
        }
    }
}
