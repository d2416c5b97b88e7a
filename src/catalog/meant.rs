//! The connection type that was probably meant by a name that nobody declares.

use super::{CONN_TYPES, ConnType, known_types};

/// Names that people give to types whose own name is not near, labels of old forms among them.
const CALLED: &[(&str, &str)] = &[
    ("amazon", "aws"),
    ("azure_blob", "wasb"),
    ("azure_container_instances", "azure_container_instance"),
    ("azure_key_vault", "azure"),
    ("bigquery", "gcpbigquery"),
    ("cloud_sql", "gcpcloudsql"),
    ("cosmosdb", "azure_cosmos"),
    ("elastic_mapreduce", "emr"),
    ("file", "fs"),
    ("filesystem", "fs"),
    ("gcp", "google_cloud_platform"),
    ("gcp_bigquery", "gcpbigquery"),
    ("gcp_cloud_sql", "gcpcloudsql"),
    ("gcp_compute", "google_cloud_platform"),
    ("gcs", "google_cloud_platform"),
    ("google", "google_cloud_platform"),
    ("google_cloud_datastore", "google_cloud_platform"),
    ("google_cloud_pubsub", "google_cloud_platform"),
    ("google_cloud_storage", "google_cloud_platform"),
    ("hashicorp", "vault"),
    ("hive", "hiveserver2"),
    ("hivecli", "hive_cli"),
    ("https", "http"),
    ("ibm_cloudant", "cloudant"),
    ("jdbc_connection", "jdbc"),
    ("k8s", "kubernetes"),
    ("local_filesystem", "fs"),
    ("mariadb", "mysql"),
    ("mongodb", "mongo"),
    ("pg", "postgres"),
    ("pgsql", "postgres"),
    ("postgresql", "postgres"),
    ("psql", "postgres"),
    ("slack_incoming_webhook", "slackwebhook"),
    ("slack_webhook", "slackwebhook"),
    ("sql_server", "mssql"),
    ("sqlserver", "mssql"),
];

/// Types that a provider no longer declares, and the one that took their place.
const GONE: &[(&str, &str)] = &[("s3", "aws"), ("amazon_s3", "aws")];

/// Servers that a hook of their own talks to, whose whole address is its password.
const ADDRESSES: &[(&str, &str)] = &[("hooks.slack.com", "slackwebhook")];

/// From so much likeness on, out of 1, a name is taken for a slip of the pen.
const NEAR: f64 = 0.75;

/// The type that took the place of one that no provider declares any more.
pub(crate) fn instead_of(gone: &str) -> Option<&'static str> {
    GONE.iter().find(|(name, _)| *name == gone).map(|(_, instead)| *instead)
}

/// The type whose password is the address of something on this server.
pub(crate) fn of_server(host: &str) -> Option<&'static str> {
    ADDRESSES.iter().find(|(server, _)| *server == host).map(|(_, meant)| *meant)
}

/// The type that goes by this name, which no provider declares: in other letters, as a form calls
/// it, as it was called once, or as people call what it connects to.
pub(crate) fn called(given: &str) -> Option<&'static str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let given = plain(given);
    let in_table = |table: &'static [(&str, &str)]| {
        table.iter().find(|(called, _)| *called == given).map(|(_, meant)| *meant)
    };
    let label = || {
        let is_label = |declared: &ConnType| {
            declared.hook_name.as_deref().is_some_and(|label| plain(label) == given)
        };
        CONN_TYPES.iter().find(|(_, declared)| is_label(declared)).map(|(name, _)| name.as_str())
    };
    in_table(GONE)
        .or_else(|| in_table(CALLED))
        .or_else(|| known_types().find(|known| *known == given))
        .or_else(label)
}

/// The type that was probably meant: a known one, or one that the project declares.
pub(crate) fn meant<'d>(given: &str, declared: impl Iterator<Item = &'d str>) -> Option<&'d str> {
    // `postgresql+psycopg2` is the dialect and driver of SQLAlchemy.
    let dialect = given.split('+').next().unwrap_or_default();
    if let Some(meant) = called(given).or_else(|| called(dialect)) {
        return Some(meant);
    }
    let given = given.to_lowercase().replace(['-', ' '], "_");
    let likeness = |known: &'d str| (strsim::normalized_damerau_levenshtein(&given, known), known);
    let all = known_types().map(|known| -> &'d str { known }).chain(declared);
    let near = all.filter(|known| known.len().abs_diff(given.len()) <= 2).map(likeness);
    near.max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{CALLED, GONE, called, meant};
    use crate::catalog::is_known_type;

    #[test]
    fn what_was_meant_is_guessed() {
        for (given, want) in [
            ("Postgres", Some("postgres")),
            ("postgress", Some("postgres")),
            ("postgresql+psycopg2", Some("postgres")),
            ("redshift+redshift_connector", Some("redshift")),
            ("Google-Cloud-Platform", Some("google_cloud_platform")),
            ("https", Some("http")),
            ("mongodb", Some("mongo")),
            ("snowflke", Some("snowflake")),
            ("fivetran", None),
            ("our_api", None),
            ("x", None),
        ] {
            assert_eq!(meant(given, std::iter::empty()), want, "{given}");
        }
        assert_eq!(meant("our_aip", ["other", "our_api"].into_iter()), Some("our_api"));
        for (called, meant) in CALLED {
            assert!(is_known_type(meant) && !is_known_type(called), "{called}");
        }
        assert!(GONE.iter().all(|(_, meant)| is_known_type(meant)));
    }

    #[test]
    fn labels_and_old_types_are_names_of_a_type() {
        for (given, want) in [
            ("Amazon Redshift", "redshift"),
            ("amazon redshift", "redshift"),
            ("Google Cloud", "google_cloud_platform"),
            ("Google Cloud Platform", "google_cloud_platform"),
            ("google-cloud-storage", "google_cloud_platform"),
            ("File (path)", "fs"),
            ("Amazon Web Services", "aws"),
            ("AWS", "aws"),
            ("S3", "aws"),
            ("Azure Blob Storage", "wasb"),
            ("Slack Incoming Webhook", "slackwebhook"),
            ("Hive", "hiveserver2"),
            ("BigQuery", "gcpbigquery"),
            ("HTTP", "http"),
        ] {
            assert_eq!(called(given), Some(want), "{given}");
        }
        for given in ["postgress", "our api", ""] {
            assert_eq!(called(given), None, "{given}");
        }
    }
}
