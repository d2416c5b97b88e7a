//! The ways to log in of `postgres` connections that reach Redshift, and which one a connection
//! takes.

use crate::hooks::mode::{Mode, modes};
use crate::hooks::postgres::provider::Postgres;
use crate::hooks::python::Extras;

modes! { "postgres"
    /// PostgresHook without IAM.
    PASSWORD "password" "extra.iam is missing or falsy."
    /// PostgresHook, `iam` and `redshift`.
    REDSHIFT "redshift" "extra.iam and extra.redshift are truthy."
    /// PostgresHook, `iam` and `redshift-serverless`.
    SERVERLESS "redshift-serverless" "extra.iam and extra.redshift-serverless are truthy, \
                                      extra.redshift is not."
    /// PostgresHook, `iam` alone: a token of RDS.
    RDS "rds-iam" "extra.iam is truthy, neither redshift nor redshift-serverless is."
    /// PostgresHook, `iam` with `azure_conn_id`.
    AZURE "azure-iam" "extra.iam and extra.azure_conn_id are truthy."
}

/// The mode of a `postgres` connection.
pub(crate) fn of(extras: &Extras, postgres: &Postgres) -> &'static Mode {
    let behaviour = &postgres.behaviour;
    if !extras.truthy("iam") {
        &PASSWORD
    } else if behaviour.azure && extras.truthy("azure_conn_id") {
        &AZURE
    } else if extras.truthy("redshift") {
        &REDSHIFT
    } else if behaviour.serverless && extras.truthy("redshift-serverless") {
        &SERVERLESS
    } else {
        &RDS
    }
}
