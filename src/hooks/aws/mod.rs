//! `AwsBaseHook`, as a task asks it for a client of Redshift.

mod config;
pub(crate) mod hook;
pub(crate) mod modes;
mod role;

use super::{AWS_DEFAULT, Hook, NamesAws};

/// Connection type `aws`.
pub static HOOK: Hook = Hook {
    conn_type: "aws",
    modes: modes::MODES,
    resolve: |connection, conn_id, scene| {
        hook::resolve(connection, conn_id.unwrap_or(AWS_DEFAULT), "redshift", scene)
    },
    identity: Some(|connection, conn_id, scene| {
        hook::identity(connection, conn_id.unwrap_or(AWS_DEFAULT), scene)
    }),
    takes: |_, _| false,
    driver: None,
    names_aws: NamesAws::Never,
    misread: "ClientError",
};
