//! The packages around Airflow whose versions decide what becomes of a connection.

use std::collections::BTreeMap;

use super::schema;
use crate::airflow::runtime::{Runtime, Version};
use crate::hooks::{AWS_DEFAULT, Driver, Libpq, Packages, Postgres, Provider};

/// What around Airflow decides what becomes of Redshift and AWS connections: packages, and what a
/// task tells the hook.
pub struct Providers {
    /// apache-airflow-providers-amazon.
    pub amazon: Provider,
    /// apache-airflow-providers-postgres.
    pub postgres: Postgres,
    /// redshift-connector.
    pub driver: Driver,
    /// The `aws_conn_id` that RedshiftSQLHook is told; `None` is none.
    pub aws_conn_id: Option<String>,
    /// Connection types that a project declares itself, with a schema if it has one for them.
    pub custom: BTreeMap<String, Option<schema::Validator>>,
}

impl Default for Providers {
    fn default() -> Self {
        Providers {
            amazon: Provider::newest(),
            postgres: Postgres::newest(),
            driver: Driver::newest(),
            aws_conn_id: Some(AWS_DEFAULT.to_string()),
            custom: BTreeMap::new(),
        }
    }
}

impl Providers {
    /// Their versions.
    pub fn packages(&self) -> Packages<'_> {
        Packages { amazon: &self.amazon, postgres: &self.postgres, driver: &self.driver }
    }

    /// The runtimes with what these providers change in them.
    pub fn around(&self, runtimes: &[Runtime]) -> Vec<Runtime> {
        runtimes
            .iter()
            .map(|runtime| runtime.clone().with_secret_words(self.amazon.behaviour.secret_words))
            .collect()
    }

    /// The version of a package by its name in [`PACKAGES`], which is the one that schemas have for
    /// it, too.
    pub fn version_of(&self, package: &str) -> Option<Version> {
        PACKAGES.iter().find(|known| known.name == package).map(|known| (known.version)(self))
    }
}

/// How a package is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The newest version that is known.
    pub newest: fn() -> Version,
    /// The version that is taken.
    pub version: fn(&Providers) -> Version,
    /// Takes another version, and with it what is usual beside it.
    pub set: fn(&mut Providers, Version),
}

/// The first Postgres provider that prefers psycopg 3.
const PSYCOPG3: Version = Version(7, 0, 0);

/// Every package; a provider stands before the driver that it brings.
pub static PACKAGES: &[Package] = &[
    Package {
        name: "amazon",
        kind: PackageKind::Provider,
        pypi: "apache-airflow-providers-amazon",
        newest: || Provider::newest().version,
        version: |providers| providers.amazon.version,
        set: |providers, version| {
            providers.amazon = Provider::new(version);
            providers.driver = providers.amazon.usual_driver();
        },
    },
    Package {
        name: "postgres",
        kind: PackageKind::Provider,
        pypi: "apache-airflow-providers-postgres",
        newest: || Postgres::newest().version,
        version: |providers| providers.postgres.version,
        set: |providers, version| {
            let libpq = if version >= PSYCOPG3 { Libpq::Psycopg3 } else { Libpq::Psycopg2 };
            providers.postgres = Postgres::new(version, libpq);
        },
    },
    Package {
        name: "redshift-connector",
        kind: PackageKind::Driver,
        pypi: "redshift-connector",
        newest: || Driver::newest().version,
        version: |providers| providers.driver.version,
        set: |providers, version| providers.driver = Driver::new(version),
    },
];

impl Package {
    /// Those that are asked for so.
    pub fn of_kind(kind: PackageKind) -> impl Iterator<Item = &'static Package> {
        PACKAGES.iter().filter(move |package| package.kind == kind)
    }

    /// The one of this name, on PyPI or here, `_` for `-`.
    pub fn named(kind: PackageKind, name: &str) -> Option<&'static Package> {
        let name = name.replace('_', "-");
        Package::of_kind(kind).find(|package| package.name == name || package.pypi == name)
    }
}
