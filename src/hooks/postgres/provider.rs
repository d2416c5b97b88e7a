//! The Postgres provider: the versions that were run and what each does differently, as data.

use crate::airflow::runtime::{Runtime, Version};
use crate::hooks::version::{Change, behaviour, changes};

/// Which library PostgresHook uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Libpq {
    /// psycopg2: SQLAlchemy 1.4, or an older provider.
    Psycopg2,
    /// psycopg 3: provider 7 (or 6.3 with the extra) and SQLAlchemy 2.
    Psycopg3,
}

/// What versions of `apache-airflow-providers-postgres` differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Changes of the Postgres provider.
pub static POSTGRES_CHANGES: &[Change<PostgresBehaviour>] = changes! {
    5 . 14 . 0 "redshift-serverless" { serverless = true }
    6 . 3 . 0 "sqlalchemy_scheme and sqlalchemy_query stay with the \
               hook" { sqlalchemy_extras = true }
    6 . 4 . 0 "azure_conn_id" { azure = true }
    6 . 7 . 0 "no host needed beside the cluster or workgroup" { host_optional = true }
};

/// The Postgres provider, for Redshift through PostgresHook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        Postgres { libpq, ..*self }
    }

    /// The newest recorded one, on psycopg 3.
    pub fn newest() -> Postgres {
        Postgres::new(POSTGRES_PROVIDERS[POSTGRES_PROVIDERS.len() - 1], Libpq::Psycopg3)
    }
}
