//! `PostgresHook`, for servers that are reached through libpq.

mod connect;
pub(crate) mod conninfo;
pub(crate) mod hook;
pub(crate) mod libpq;
pub(crate) mod modes;
pub(crate) mod options;
pub(crate) mod provider;

use super::version::Change;
use super::{Aws, Client, Hook, Package, PackageKind, Port, Probe};
use crate::airflow::version::Version;
use provider::{Libpq, POSTGRES_CHANGES, POSTGRES_PROVIDERS, Postgres};

/// The first provider that prefers psycopg 3.
const PSYCOPG3: Version = Version(7, 0, 0);

/// Its provider.
pub static POSTGRES: Package = Package {
    name: "postgres",
    kind: PackageKind::Provider,
    pypi: "apache-airflow-providers-postgres",
    brought_by: None,
    versions: POSTGRES_PROVIDERS,
    changes: || Change::told(POSTGRES_CHANGES),
    port: Some(Port {
        version: |packages| packages.postgres.version,
        set: |packages, version| {
            let libpq = if version >= PSYCOPG3 { Libpq::Psycopg3 } else { Libpq::Psycopg2 };
            packages.postgres = Postgres::new(version, libpq);
        },
    }),
};

/// Connection type `postgres`.
pub static HOOK: Hook = Hook {
    conn_type: "postgres",
    packages: &[&POSTGRES],
    modes: || modes::MODES,
    resolve: |connection, _, scene| hook::resolve(connection, scene),
    aws: Aws::OfExtra("aws_conn_id"),
    takes: |packages, name| options::takes(name, &packages.postgres),
    driver: Some(Client::Libpq),
    probe: Some(Probe::Session(Client::Libpq)),
    misread: "OperationalError",
    data: None,
};
