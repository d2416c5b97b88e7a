//! AC303: a connection type that nobody is known to declare.

use crate::catalog::known_types;
use crate::check::rules::shared::is_known_type;
use crate::check::rules::uri::ac210_not_a_database_url as ac210;
use crate::check::{About, Case, Check, Findings, Level, Rule, is_type};
use crate::privacy::Doubt;

pub static RULE: Rule = Rule {
    id: "AC303",
    name: "unknown-conn-type",
    level: Level::Warning,
    page: include_str!("ac303_unknown_conn_type.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Names that people give to types whose own name is not near.
const CALLED: &[(&str, &str)] = &[
    ("amazon", "aws"),
    ("azure_blob", "wasb"),
    ("azure_key_vault", "azure"),
    ("bigquery", "gcpbigquery"),
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

/// From so much likeness on, out of 1, a name is taken for a slip of the pen.
const NEAR: f64 = 0.75;

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let given = connection.type_str();
    // What has not the looks of a type is a piece of something else, which others report.
    if !is_type(given)
        || is_known_type(case, given)
        || given.contains('-') && is_known_type(case, &given.replace('-', "_"))
        || given == "postgresql"
        || case.doubt() == Some(Doubt::NoScheme)
        || ac210::is_sqlalchemy(case)
    {
        return;
    }
    let declared = case.providers.custom.keys().map(String::as_str);
    let (level, message, help) = match meant(given, declared) {
        Some(meant) => (
            Level::Warning,
            "no provider declares this connection type: `get_hook()` finds no hook",
            format!("did you mean `{meant}`?"),
        ),
        None => {
            let message = "no provider of Airflow's community declares this connection type";
            let help =
                "if a package of yours does, name it in airconn.toml: [connection-types] NAME = {}";
            (Level::Info, message, help.to_string())
        }
    };
    findings.push(&RULE, "/conn_type", case.span("/conn_type"), message).level(level).help(help);
}

/// The type that was probably meant: a known one, or one that the project declares.
fn meant<'d>(given: &str, declared: impl Iterator<Item = &'d str>) -> Option<&'d str> {
    let given = given.to_lowercase().replace('-', "_");
    // `postgresql+psycopg2` is the dialect and driver of SQLAlchemy.
    let dialect = given.split('+').next().unwrap_or_default();
    let dialect = if dialect == "postgresql" { "postgres" } else { dialect };
    let called = CALLED.iter().find(|(called, _)| *called == dialect).map(|(_, meant)| *meant);
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
