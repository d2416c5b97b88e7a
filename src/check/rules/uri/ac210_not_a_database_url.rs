//! AC210: the address of a database in the words of another library, where Airflow expects its own
//! URI.

use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};

pub static RULE: Rule = Rule {
    id: "AC210",
    name: "not-a-database-url",
    level: Level::Error,
    page: include_str!("ac210_not_a_database_url.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// A dialect of SQLAlchemy.
struct Dialect {
    name: &'static str,
    /// What Airflow and SQLAlchemy both take for this database. Either knows other names, too:
    /// SQLAlchemy has refused `postgres` since 1.4, and Airflow makes `postgres` of `postgresql` in
    /// every version.
    scheme: &'static str,
    /// The driver that SQLAlchemy 1.4 to 2.0 takes where none is named, in whose place nobody gets
    /// another.
    driver: &'static str,
}

/// Dialects of databases that Airflow has a connection type for.
static DIALECTS: &[Dialect] = &[
    Dialect { name: "mssql", scheme: "mssql", driver: "pyodbc" },
    Dialect { name: "mysql", scheme: "mysql", driver: "mysqldb" },
    Dialect { name: "oracle", scheme: "oracle", driver: "cx_oracle" },
    Dialect { name: "postgres", scheme: "postgresql", driver: "psycopg2" },
    Dialect { name: "postgresql", scheme: "postgresql", driver: "psycopg2" },
    Dialect { name: "redshift", scheme: "redshift", driver: "psycopg2" },
];

/// Keywords of libpq that a connection string begins with.
static KEYWORDS: &[&str] = &["host", "hostaddr", "dbname", "user", "port", "service", "password"];

/// `host=… dbname=…`, which libpq takes: words of the form `keyword=value`.
pub fn is_keywords(text: &str) -> bool {
    let mut words =
        text.split_ascii_whitespace().map(|word| word.split_once('=').map(|(key, _)| key));
    let first = words.next().flatten();
    first.is_some_and(|key| KEYWORDS.contains(&key))
        && !text.contains("://")
        && words.all(|key| {
            key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        })
}

/// The dialect of a URL of SQLAlchemy (`mysql+pymysql://`) in a URI, and the driver that it names.
fn dialect(scheme: &str) -> Option<(&'static Dialect, &str)> {
    // No scheme has a `_`: AC104 says so.
    let (name, driver) = scheme.split_once('+').filter(|_| !scheme.contains('_'))?;
    Some((DIALECTS.iter().find(|known| name.eq_ignore_ascii_case(known.name))?, driver))
}

/// This rule has a word to say about the scheme.
pub fn is_sqlalchemy(case: &Case<'_>) -> bool {
    case.uri()
        .and_then(|view| view.text.as_str().split_once("://"))
        .is_some_and(|(scheme, _)| dialect(scheme).is_some())
}

/// `snowflake://LOGIN:PASSWORD@ACCOUNT/DB/SCHEMA`, as for SQLAlchemy: the hook has its account from
/// extra, and its database too.
pub fn is_snowflake_url(case: &Case<'_>) -> bool {
    let Some(connection) =
        case.connection().filter(|c| c.type_str() == "snowflake" && case.uri().is_some())
    else {
        return false;
    };
    let path = connection.schema.as_str().is_some_and(|schema| schema.contains('/'));
    path && connection.host.truthy() && case.extra_value("account").is_none()
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(view), Some(_)) = (case.uri(), case.connection()) else { return };
    if is_snowflake_url(case) {
        let message = "a URL of SQLAlchemy for Snowflake: the hook does not read the host, and \
                       takes the whole path for the schema";
        let help = "write snowflake://LOGIN:PASSWORD@/SCHEMA?account=ACCOUNT&database=DB";
        findings
            .push(&RULE, "/schema", case.span("/schema"), message)
            .help(help)
            .level(Level::Warning);
        return;
    }
    let text = view.text.as_str();
    let all = view.text.span_of(0..text.len());
    let help = "write TYPE://LOGIN:PASSWORD@HOST:PORT/SCHEMA";
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:"))
        && !text[5..].starts_with("//")
    {
        let message =
            "a JDBC URL: Airflow reads the type `jdbc` without a host, and the rest as schema";
        findings.push(&RULE, "", all, message).help(format!(
            "{help}; a connection of the type jdbc has the JDBC URL as host of its JSON form"
        ));
        return;
    }
    if is_keywords(text) {
        let message = "keywords of libpq: Airflow reads no conn_type, and the text without its \
                       first character as schema, which is not \
                       masked in logs";
        findings.push(&RULE, "", all, message).help(help);
        return;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return };
    let Some((dialect, driver)) = dialect(scheme) else { return };
    // A DAG that names the hook itself does not ask for the type.
    let message = "a URL of SQLAlchemy: its dialect and driver become the connection type, and no \
                   hook has a type of that name";
    // What the query means to a driver, it need not mean to the hook; and who reads the same text
    // with SQLAlchemy would get another driver than the one that is named.
    let same = driver.eq_ignore_ascii_case(dialect.driver) && !rest.contains('?');
    let safety = if same { Safety::Safe } else { Safety::Unsafe };
    let edit = view.text.edit(0..scheme.len(), dialect.scheme);
    let fix = edit.and_then(|edit| case.fix(safety, vec![Change::Text(vec![edit])]));
    findings
        .push(&RULE, "/conn_type", view.text.span_of(0..scheme.len()), message)
        .level(Level::Warning)
        .help(format!("write {}://", dialect.scheme))
        .fix(fix);
}
