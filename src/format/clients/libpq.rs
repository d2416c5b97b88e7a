//! Connection strings of libpq (`host=… port=…`), as psql and psycopg2 take them, one a line.

use crate::format::helpers::arguments::Arguments;
use crate::format::limits::CLIENT;
use crate::format::{Direction, Format, Item, WriteError, WriteOptions};

pub(super) static FORMAT: Format = Format {
    name: "libpq",
    summary: "libpq connection strings of redshift and postgres connections, one a line",
    reader: "libpq: psql, psycopg2",
    direction: Direction::Out,
    write,
    limits: CLIENT,
    ..Format::DEFAULT
};

/// What redshift_connector and libpq both know.
const SHARED: &[&str] =
    &["host", "port", "dbname", "user", "password", "sslmode", "application_name"];

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let mut arguments = Arguments::of(items, index, options)?;
        let redshift = arguments.redshift;
        let ssl = if redshift { arguments.take(&["ssl"]) } else { None };
        let mut pairs = Vec::new();
        for (name, value) in arguments.rest()? {
            let name = if name == "database" { "dbname".to_string() } else { name };
            if redshift && !SHARED.contains(&name.as_str()) {
                return Err(arguments.cannot(&name));
            }
            if value.contains(['\0', '\n', '\r']) {
                return Err(arguments
                    .cannot(&name)
                    .because("with a NUL or a line end in it: each string is a line"));
            }
            pairs.push(format!("{name}={}", quoted(&value)));
        }
        if ssl.is_some_and(|ssl| !ssl.truthy()) {
            pairs.retain(|pair| !pair.starts_with("sslmode="));
            pairs.push("sslmode=disable".to_string());
        }
        out.push_str(&pairs.join(" "));
        out.push('\n');
    }
    Ok(out)
}

fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && c != '\'' && c != '\\';
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_string();
    }
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
