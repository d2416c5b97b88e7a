//! SQLAlchemy URLs, one a line. A connection URI of Airflow is none.

use std::sync::Arc;

use super::url::{Refused, Url, make_url, with_userinfo_encoded};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::arguments::{Arguments, percent, query};
use crate::format::helpers::taken::{Taken, lines_of, refuse};
use crate::format::limits::{FAILS, Limits, NO_PLACE, OTHER_TYPE, TEMPORARY};
use crate::format::{Document, Format, Holds, Ids, Item, WriteError, WriteOptions};
use crate::model::Value;
use crate::source::{Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "sqlalchemy",
    summary: "SQLAlchemy URLs of redshift and postgres connections, one a line",
    reader: "SQLAlchemy with sqlalchemy-redshift or psycopg2",
    ids: Ids::None,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits {
        refuses: &[OTHER_TYPE, FAILS, TEMPORARY, NO_PLACE, HOST, DATABASE],
        loses: &["id", "description", "extra"],
    },
    ..Format::DEFAULT
};

const HOST: &str = "its host cannot stand in a URL of SQLAlchemy, which does not decode it";
const DATABASE: &str = "its schema, the database, holds a `%`, `?`, NUL or line end, which no URL \
                        gives to every SQLAlchemy";

/// Dialects, and the types of connections whose hooks connect to the same.
const TYPES: &[(&str, &str)] = &[
    ("cockroachdb", "postgres"),
    ("mariadb", "mysql"),
    ("mysql", "mysql"),
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("redshift", "redshift"),
];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let base = Arc::new(text.clone());
    let mut document = Document::default();
    for (line, range) in lines_of(text) {
        let place = text.span_of(range.clone());
        let url = match make_url(&line) {
            Ok(url) => url,
            Err(Refused::Shape) => {
                refuse(&mut document, place, "SQLAlchemy takes this for no URL");
                continue;
            }
            Err(Refused::Port) => {
                let message = "SQLAlchemy refuses a port that is not a number";
                refuse(&mut document, place, message);
                continue;
            }
        };
        let dialect = url.name.split('+').next().unwrap_or_default().to_ascii_lowercase();
        let Some((_, conn_type)) = TYPES.iter().find(|(name, _)| *name == dialect) else {
            let message = "no connection type is known whose hook connects as this dialect does";
            refuse(&mut document, place, message);
            continue;
        };
        let written = with_userinfo_encoded(&line, url.userinfo_end);
        let mut taken = taken(conn_type, url, Span::new(range));
        taken.url(written);
        document.entries.push(taken.entry(None, &base));
    }
    document
}

/// The connection that a URL stands for.
fn taken(conn_type: &str, url: Url, place: Span) -> Taken {
    let mut taken = Taken::new(conn_type, place);
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            taken.text(name, &value);
        }
    };
    put("user", url.username);
    put("password", url.password);
    put("host", url.host);
    put("database", url.database);
    if let Some(port) = url.port {
        taken.argument("port", Value::Int(port));
    }
    let mut query: Vec<(String, String)> = Vec::new();
    for (key, value) in url.query {
        match query.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => query.push((key, value)),
        }
    }
    for (key, value) in query {
        taken.text(&key, &value);
    }
    taken
}

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
        // What stands between a `:` and an `@` is a password, and blanks at the end are of no line.
        let before_at = password.is_empty() && (!port.is_empty() || host_name.contains(':'));
        if before_at && database.contains('@') || database.trim_end() != database {
            return Err(arguments.cannot("database"));
        }
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
            // As it is: nothing decodes it.
            if host_name.contains(':') { format!("[{host_name}]") } else { host_name },
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
