//! Arguments of redshift_connector under names that it does not take.

use crate::hooks::redshift::version::Driver;
use crate::hooks::slips::slip_of;

/// Names that are written for an argument of the driver, with the argument.
static MEANT: &[(&str, &str)] = &[
    ("aws_access_key_id", "access_key_id"),
    ("aws_secret_access_key", "secret_access_key"),
    ("aws_session_token", "session_token"),
    ("cluster-identifier", "cluster_identifier"),
    ("cluster_id", "cluster_identifier"),
    ("clusterIdentifier", "cluster_identifier"),
    ("ClusterIdentifier", "cluster_identifier"),
    ("connect_timeout", "timeout"),
    ("db-user", "db_user"),
    ("DbUser", "db_user"),
    ("dbname", "database"),
    ("keepalives", "tcp_keepalive"),
    ("keepalives_count", "tcp_keepalive_count"),
    ("keepalives_idle", "tcp_keepalive_idle"),
    ("keepalives_interval", "tcp_keepalive_interval"),
    ("login", "user"),
    ("profile_name", "profile"),
    ("region-name", "region"),
    ("region_name", "region"),
    ("aws_region", "region"),
    ("schema", "database"),
    ("serverless_workgroup", "serverless_work_group"),
    ("serverless-work-group", "serverless_work_group"),
    ("username", "user"),
    ("work_group", "serverless_work_group"),
    ("workgroup", "serverless_work_group"),
    ("workgroup-name", "serverless_work_group"),
    ("workgroup_name", "serverless_work_group"),
    ("is-serverless", "is_serverless"),
    ("redshift-serverless", "is_serverless"),
    ("ssl_mode", "sslmode"),
];

/// The argument that may be meant by a name, if the driver has it.
pub(crate) fn meant(driver: &Driver, name: &str) -> Option<&'static str> {
    match MEANT.iter().find(|(written, _)| *written == name) {
        Some((_, meant)) => Some(*meant).filter(|meant| driver.takes(meant)),
        None => slip_of(name, driver.arguments()),
    }
}
