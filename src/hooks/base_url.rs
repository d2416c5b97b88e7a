//! The URL that is meant by a connection to an HTTP server, of which a hook makes another.
//!
//! `HttpHook._set_base_url` takes the schema for the scheme, and `http` where there is none. What
//! it made of host, schema and port is recorded in `fixtures/types/base_urls.jsonl`.

use url::Url;

use crate::model::{Connection, Value};

/// Schemes of which `requests` knows how to send.
const SENT: &[&str] = &["http", "https"];

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
