//! `PostgresHook`, for servers that are reached through libpq.

pub(crate) mod conninfo;
pub(crate) mod hook;
pub(crate) mod libpq;

use super::{Client, Hook, POSTGRES_MODES};

/// Connection type `postgres`.
pub static HOOK: Hook = Hook {
    conn_type: "postgres",
    modes: POSTGRES_MODES,
    resolve: |connection, _, scene| hook::resolve(connection, scene),
    identity: None,
    takes: |packages, name| hook::takes(name, packages.postgres),
    driver: Some(Client::Libpq),
    misread: "OperationalError",
};
