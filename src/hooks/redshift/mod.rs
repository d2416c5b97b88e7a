//! `RedshiftSQLHook`, and `redshift_connector.connect` that it calls.

mod driver;
pub(crate) mod hook;
pub(crate) mod host;
mod iam;
pub(crate) mod misnamed;
pub(crate) mod modes;
mod native;
mod plugins;
mod property;
mod socket;
pub(crate) mod version;

use super::aws::AMAZON;
use super::version::Change;
use super::{Aws, Client, Hook, Package, PackageKind, Port, Probe};
use version::{DRIVER_CHANGES, DRIVERS, Driver};

/// Its driver.
pub static REDSHIFT_CONNECTOR: Package = Package {
    name: "redshift-connector",
    kind: PackageKind::Driver,
    pypi: "redshift-connector",
    brought_by: Some(&AMAZON),
    versions: DRIVERS,
    changes: || Change::told(DRIVER_CHANGES),
    port: Some(Port {
        version: |packages| packages.driver.version,
        set: |packages, version| packages.driver = Driver::new(version),
    }),
};

/// Connection type `redshift`.
pub static HOOK: Hook = Hook {
    conn_type: "redshift",
    packages: &[&AMAZON, &REDSHIFT_CONNECTOR],
    modes: || modes::MODES,
    resolve: |connection, _, scene| hook::resolve(connection, scene),
    aws: Aws::OfTask,
    takes: |packages, name| packages.driver.takes(name),
    driver: Some(Client::RedshiftConnector),
    probe: Some(Probe::Session(Client::RedshiftConnector)),
    misread: "InterfaceError",
    data: None,
};
