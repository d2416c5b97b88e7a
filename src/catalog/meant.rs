//! The connection type that was probably meant by a name that nobody declares.

use super::{CONN_TYPES, known_types};

/// Names that people give to types whose own name is not near.
const CALLED: &[(&str, &str)] = &[
    ("amazon", "aws"),
    ("azure_blob", "wasb"),
    ("azure_key_vault", "azure"),
    ("bigquery", "gcpbigquery"),
    ("file", "fs"),
    ("gcp", "google_cloud_platform"),
    ("gcs", "google_cloud_platform"),
    ("google", "google_cloud_platform"),
    ("hive", "hiveserver2"),
    ("hivecli", "hive_cli"),
    ("k8s", "kubernetes"),
    ("mariadb", "mysql"),
    ("mongodb", "mongo"),
    ("pg", "postgres"),
    ("pgsql", "postgres"),
    ("psql", "postgres"),
    ("sqlserver", "mssql"),
];

/// Types that a provider no longer declares, and the one that took their place.
const GONE: &[(&str, &str)] = &[("s3", "aws")];

/// From so much likeness on, out of 1, a name is taken for a slip of the pen.
const NEAR: f64 = 0.75;

/// The type that took the place of one that no provider declares any more.
pub(crate) fn instead_of(gone: &str) -> Option<&'static str> {
    GONE.iter().find(|(name, _)| *name == gone).map(|(_, instead)| *instead)
}

/// The type that was probably meant: a known one, or one that the project declares.
pub(crate) fn meant<'d>(given: &str, declared: impl Iterator<Item = &'d str>) -> Option<&'d str> {
    let given = given.to_lowercase().replace('-', "_");
    // `postgresql+psycopg2` is the dialect and driver of SQLAlchemy.
    let dialect = given.split('+').next().unwrap_or_default();
    let dialect = if dialect == "postgresql" { "postgres" } else { dialect };
    let called = CALLED.iter().find(|(called, _)| *called == dialect).map(|(_, meant)| *meant);
    let label = || {
        CONN_TYPES.iter().find(|(_, declared)| {
            declared
                .hook_name
                .as_deref()
                .is_some_and(|label| label.to_lowercase().replace('-', "_") == given)
        })
    };
    let called = called.or_else(|| label().map(|(name, _)| name.as_str()));
    if let Some(meant) = called.or_else(|| known_types().find(|known| *known == dialect)) {
        return Some(meant);
    }
    let likeness = |known: &'d str| (strsim::normalized_damerau_levenshtein(&given, known), known);
    let all = known_types().map(|known| -> &'d str { known }).chain(declared);
    let near = all.filter(|known| known.len().abs_diff(given.len()) <= 2).map(likeness);
    near.max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{CALLED, meant};
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
        assert!(
            CALLED.iter().all(|(called, meant)| is_known_type(meant) && !is_known_type(called))
        );
    }
}
