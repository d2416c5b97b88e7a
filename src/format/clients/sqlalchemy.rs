//! SQLAlchemy URLs for redshift_connector and psycopg2, one a line. A connection URI of Airflow is
//! none.

use crate::format::helpers::arguments::{Arguments, percent, query};
use crate::format::limits::{FAILS, Limits, NO_PLACE, OTHER_TYPE, TEMPORARY};
use crate::format::{Direction, Format, Item, WriteError, WriteOptions};

pub(super) static FORMAT: Format = Format {
    name: "sqlalchemy",
    summary: "SQLAlchemy URLs of redshift and postgres connections, one a line",
    reader: "SQLAlchemy with sqlalchemy-redshift or psycopg2",
    direction: Direction::Out,
    write,
    limits: Limits {
        refuses: &[OTHER_TYPE, FAILS, TEMPORARY, NO_PLACE, HOST, DATABASE],
        loses: &[],
    },
    ..Format::DEFAULT
};

const HOST: &str = "its host cannot stand in a URL of SQLAlchemy, which does not decode it";
const DATABASE: &str = "its schema, the database, holds a `%`, `?`, NUL or line end, which no URL gives to every SQLAlchemy";

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let mut arguments = Arguments::of(items, index, options)?;
        let scheme =
            if arguments.redshift { "redshift+redshift_connector" } else { "postgresql+psycopg2" };
        let user = arguments.text(&["user"]).map(|user| percent(&user)).unwrap_or_default();
        let password = arguments
            .text(&["password"])
            .map(|password| format!(":{}", percent(&password)))
            .unwrap_or_default();
        let at = if user.is_empty() && password.is_empty() { "" } else { "@" };
        let mut host_name = arguments.text(&["host"]).unwrap_or_default();
        let port = arguments.text(&["port"]).map(|port| format!(":{port}")).unwrap_or_default();
        let database = database(&mut arguments, index)?;
        let mut rest = arguments.rest()?;
        if !arguments.redshift && host_name.starts_with('/') {
            // The folder of a socket has no place in the URL itself.
            rest.insert(0, ("host".to_string(), std::mem::take(&mut host_name)));
        }
        if !host_name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | ':')) {
            return Err(WriteError::at(index, HOST));
        }
        out.push_str(&format!(
            "{scheme}://{user}{password}{at}{}{port}{database}{}\n",
            host(&host_name),
            query(&rest)
        ));
    }
    Ok(out)
}

/// The database stands in the URL as it is: SQLAlchemy 1.4 does not decode it, 2 does.
fn database(arguments: &mut Arguments, index: usize) -> Result<String, WriteError> {
    let Some(name) = arguments.text(&["database", "dbname"]) else { return Ok(String::new()) };
    if name.contains(['%', '?', '\0', '\n', '\r']) {
        return Err(WriteError::at(index, DATABASE));
    }
    Ok(format!("/{name}"))
}

/// An IPv6 address stands in brackets.
pub(super) fn host(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { percent(host) }
}
