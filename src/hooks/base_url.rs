//! The base URL that a hook for HTTP makes of the fields of a connection, and the one that is meant.
//!
//! Source: `HttpHook._set_base_url` of the HTTP provider 6.3.0, and those that inherit it. What it
//! made of host, schema and port is recorded in `fixtures/types/base_urls.jsonl`.

use url::Url;

use crate::model::{Connection, Value};

/// Schemes of which `requests` knows how to send.
const SENT: &[&str] = &["http", "https"];

/// What the hook makes of host, schema and port.
pub(crate) fn base_url(connection: &Connection) -> String {
    let text = |value: &Value<'_>| value.as_str().unwrap_or_default().to_string();
    let (host, schema) = (text(&connection.host), text(&connection.schema));
    let scheme = if schema.is_empty() { "http" } else { &schema };
    let whole = if host.contains("://") { host } else { format!("{scheme}://{host}") };
    match connection.port {
        Value::Int(port) if port != 0 => format!("{whole}:{port}"),
        _ => whole,
    }
}

/// The URL that is meant where the schema is a path or nothing, or the type is a scheme: `None`
/// where that is not a URL, or where nobody can tell.
pub(crate) fn meant(connection: &Connection) -> Option<String> {
    let host = connection.host.as_str().filter(|host| !host.is_empty())?;
    if host.contains("://") || host.contains('/') {
        return None;
    }
    let scheme = Some(connection.type_str()).filter(|scheme| SENT.contains(scheme))?;
    let port = match &connection.port {
        Value::Null => String::new(),
        Value::Int(port) => format!(":{port}"),
        _ => return None,
    };
    let schema = connection.schema.as_str().unwrap_or_default();
    let path = match schema.trim_start_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    };
    let url = format!("{scheme}://{host}{port}{path}");
    is_url(&url).then_some(url)
}

/// Whether it is a URL of a server that can be asked.
pub(crate) fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| SENT.contains(&url.scheme()) && url.has_host())
}
