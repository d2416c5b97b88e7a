//! Names of variables and of arguments of secrets backends that are nearly right.

/// Names that look as if Airflow read them, and what is meant. Compared in upper case.
pub(super) const NEAR_MISSES: &[(&str, &str)] = &[
    ("AIRFLOW_CON_", "AIRFLOW_CONN_<CONN_ID>"),
    ("AIRFLOW__CONN_", "AIRFLOW_CONN_<CONN_ID>"),
    ("AIRFLOW_CONNECTION_", "AIRFLOW_CONN_<CONN_ID>"),
    ("AIRFLOW_CONNECTIONS_", "AIRFLOW_CONN_<CONN_ID>"),
    ("AIRFLOW_CONN__", "AIRFLOW_CONN_<CONN_ID>"),
    ("AIRFLOW_CONN_", "AIRFLOW_CONN_<CONN_ID> in upper case"),
    (
        "AIRFLOW_SECRETS_BACKEND",
        "AIRFLOW__SECRETS__BACKEND with two underscores on both sides of SECRETS",
    ),
    (
        "AIRFLOW__SECRETS_BACKEND",
        "AIRFLOW__SECRETS__BACKEND with two underscores on both sides of SECRETS",
    ),
    (
        "AIRFLOW_SECRETS__BACKEND",
        "AIRFLOW__SECRETS__BACKEND with two underscores on both sides of SECRETS",
    ),
];

/// So many of them hold no connection for anybody.
const MISNAMED: usize = 4;

/// Arguments of the backends of Airflow (LocalFilesystemBackend) and of the providers amazon
/// 9.39.0, google 22.8.0, hashicorp 4.8.4 and microsoft-azure 15.2.1. What the others do with
/// further ones differs: they are passed over, or the backend fails to load.
pub(super) const ARGUMENTS: &[&str] = &[
    "auth_mount_point",
    "auth_type",
    "client_id",
    "client_secret",
    "config_lookup_pattern",
    "config_path",
    "config_prefix",
    "configs_file_path",
    "connections_file_path",
    "connections_lookup_pattern",
    "connections_path",
    "connections_prefix",
    "extra_conn_words",
    "gcp_key_path",
    "gcp_keyfile_dict",
    "gcp_scopes",
    "impersonation_chain",
    "kubernetes_role",
    "kv_engine_version",
    "managed_identity_client_id",
    "mount_point",
    "profile_name",
    "project_id",
    "region_name",
    "role_arn",
    "role_id",
    "secret_id",
    "tenant_id",
    "token_path",
    "variables_file_path",
    "variables_lookup_pattern",
    "variables_path",
    "variables_prefix",
    "vault_url",
];

/// Variables of the text are called as if they held connections, and nobody reads them.
pub(crate) fn assigns_misnamed(text: &str) -> bool {
    let misnamed = |line: &str| {
        NEAR_MISSES.iter().take(MISNAMED).any(|(start, _)| line.trim_start().starts_with(start))
    };
    text.lines().any(misnamed)
}
