//! `AwsBaseHook`, as a task asks it for a client of Redshift.

mod config;
pub(crate) mod hook;
pub(crate) mod modes;
pub(crate) mod provider;
mod role;
pub(crate) mod wrapper;

use super::version::Change;
use super::{AWS_DEFAULT, Aws, Hook, Package, PackageKind, Port, Probe};
use provider::{AMAZON_CHANGES, BOTOCORES, PROVIDERS, Provider};

/// Its provider, which has the hook of Redshift, too, and brings the driver of that.
pub static AMAZON: Package = Package {
    name: "amazon",
    kind: PackageKind::Provider,
    pypi: "apache-airflow-providers-amazon",
    brought_by: None,
    versions: PROVIDERS,
    changes: || Change::told(AMAZON_CHANGES),
    port: Some(Port {
        version: |packages| packages.amazon.version,
        set: |packages, version| {
            packages.amazon = Provider::new(version);
            packages.driver = packages.amazon.usual_driver();
        },
    }),
};

/// What its clients are made with.
pub static BOTOCORE: Package = Package {
    name: "botocore",
    kind: PackageKind::Driver,
    pypi: "botocore",
    brought_by: Some(&AMAZON),
    versions: BOTOCORES,
    changes: Vec::new,
    port: Some(Port {
        version: |packages| packages.botocore(),
        set: |packages, version| packages.botocore = Some(version),
    }),
};

/// Connection type `aws`.
pub static HOOK: Hook = Hook {
    conn_type: "aws",
    packages: &[&AMAZON, &BOTOCORE],
    modes: || modes::MODES,
    resolve: |connection, conn_id, scene| {
        hook::resolve(connection, conn_id.unwrap_or(AWS_DEFAULT), "redshift", scene)
    },
    aws: Aws::Itself(|connection, conn_id, scene| {
        hook::identity(connection, conn_id.unwrap_or(AWS_DEFAULT), scene)
    }),
    takes: |_, _| false,
    driver: None,
    probe: Some(Probe::Calls),
    misread: "ClientError",
    data: None,
};
