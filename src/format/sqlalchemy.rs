//! SQLAlchemy URLs for redshift_connector and psycopg2, one a line. A connection URI of Airflow is none.

use super::arguments::{Arguments, percent, query};
use super::{Direction, Format, Grows, Holds, Item, WriteError, WriteOptions, airflow_commands};

pub(super) static FORMAT: Format = Format {
    name: "sqlalchemy",
    summary: "SQLAlchemy URLs of redshift and postgres connections, one a line",
    reader: "SQLAlchemy with sqlalchemy-redshift or psycopg2",
    direction: Direction::Out,
    sniff: |_| None,
    read: airflow_commands::read,
    write,
    whole: false,
    holds: Holds::Fields,
    grows: Grows::No,
    split: None,
};

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let mut arguments = Arguments::of(items, index, options)?;
        let scheme = if arguments.redshift { "redshift+redshift_connector" } else { "postgresql+psycopg2" };
        let user = arguments.text(&["user"]).map(|user| percent(&user)).unwrap_or_default();
        let password = arguments.text(&["password"]).map(|password| format!(":{}", percent(&password))).unwrap_or_default();
        let at = if user.is_empty() && password.is_empty() { "" } else { "@" };
        let host = host(&arguments.text(&["host"]).unwrap_or_default());
        let port = arguments.text(&["port"]).map(|port| format!(":{port}")).unwrap_or_default();
        let database = arguments.text(&["database", "dbname"]).map(|name| format!("/{}", percent(&name))).unwrap_or_default();
        let rest = arguments.rest()?;
        out.push_str(&format!("{scheme}://{user}{password}{at}{host}{port}{database}{}\n", query(&rest)));
    }
    Ok(out)
}

/// An IPv6 address stands in brackets.
pub(super) fn host(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { percent(host) }
}
