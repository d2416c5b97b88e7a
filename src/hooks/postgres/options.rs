//! The arguments that a connection's extras may give to libpq and to psycopg.

use crate::hooks::postgres::provider::{Libpq, Postgres};

/// Options of libpq 18, and aliases of psycopg2 and psycopg.
static OPTIONS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
    "requiressl",
];

/// Arguments of `connect` itself.
pub(super) fn own(name: &str, libpq: Libpq) -> bool {
    match libpq {
        Libpq::Psycopg3 => matches!(
            name,
            "conninfo"
                | "autocommit"
                | "prepare_threshold"
                | "context"
                | "row_factory"
                | "cursor_factory"
        ),
        Libpq::Psycopg2 => matches!(
            name,
            "dsn" | "connection_factory" | "cursor_factory" | "async" | "async_" | "database"
        ),
    }
}

/// Extras that the hook keeps to itself.
pub(super) fn consumed(name: &str, postgres: &Postgres) -> bool {
    let behaviour = &postgres.behaviour;
    match name {
        "iam" | "redshift" | "cursor" | "cluster-identifier" | "aws_conn_id" => true,
        "redshift-serverless" | "workgroup-name" => behaviour.serverless,
        "sqlalchemy_scheme" | "sqlalchemy_query" => behaviour.sqlalchemy_extras,
        "azure_conn_id" => behaviour.azure,
        _ => false,
    }
}

/// The options of libpq.
pub(crate) fn options() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().copied()
}

/// Is it an option of libpq?
pub(crate) fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
}

/// Is it an option that this library accepts?
pub(crate) fn takes(name: &str, postgres: &Postgres) -> bool {
    consumed(name, postgres) || OPTIONS.contains(&name) || own(name, postgres.libpq)
}
