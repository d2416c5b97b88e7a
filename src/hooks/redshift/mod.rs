//! `RedshiftSQLHook`, and `redshift_connector.connect` that it calls.

mod driver;
pub(crate) mod hook;
pub(crate) mod host;
mod iam;
pub(crate) mod misnamed;
pub(crate) mod modes;
mod plugins;
mod socket;

use super::{Client, Hook, NamesAws};

/// Connection type `redshift`.
pub static HOOK: Hook = Hook {
    conn_type: "redshift",
    modes: modes::MODES,
    resolve: |connection, _, scene| hook::resolve(connection, scene),
    identity: None,
    takes: |packages, name| packages.driver.takes(name),
    driver: Some(Client::RedshiftConnector),
    names_aws: NamesAws::Argument,
    misread: "InterfaceError",
};
