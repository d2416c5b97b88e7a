//! `PostgresHook`, for servers that are reached through libpq.

mod connect;
pub(crate) mod conninfo;
pub(crate) mod hook;
pub(crate) mod libpq;
pub(crate) mod modes;
pub(crate) mod options;

use super::{Client, Hook, NamesAws};

/// Connection type `postgres`.
pub static HOOK: Hook = Hook {
    conn_type: "postgres",
    modes: modes::MODES,
    resolve: |connection, _, scene| hook::resolve(connection, scene),
    identity: None,
    takes: |packages, name| options::takes(name, packages.postgres),
    driver: Some(Client::Libpq),
    names_aws: NamesAws::Extra("aws_conn_id"),
    misread: "OperationalError",
};
