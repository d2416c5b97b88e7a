//! `get_uri`: a connection as a URI.

use super::SEPARATOR;
use crate::airflow::extra::extra_dejson;
use crate::airflow::python::repr::str_of;
use crate::airflow::python::unquote::{encodable, quote_into, quote_plus_into};
use crate::airflow::runtime::{Behaviour, NoType, Runtime};
use crate::model::{Connection, Dict, Value};

/// `get_uri()`. The error is the type of the exception.
pub fn get_uri(connection: &Connection, runtime: &Runtime) -> Result<String, &'static str> {
    write(connection, runtime).map(|written| written.uri)
}

/// A URI, and what its writer knows about reading it back.
pub struct Written {
    /// What `get_uri()` returns.
    pub uri: String,
    /// The same runtime reads the same connection from it (null and `""` taken for the same). False
    /// means only that this is not certain.
    pub gives_back: bool,
}

/// `get_uri()`, with a quick judgement whether anything is lost.
pub fn write(connection: &Connection, runtime: &Runtime) -> Result<Written, &'static str> {
    let b = &runtime.behaviour;
    if b.extra_first {
        extra_dejson(connection, b)?;
    }
    let mut uri = String::with_capacity(96);
    write_type(&connection.conn_type, b, &mut uri)?;
    let host = write_protocol(connection, b, &mut uri)?;
    let quoted = |value: &Value<'_>, out: &mut String| match value {
        Value::Str(text) => {
            encodable(text).map(|text| quote_into(text, out)).map_err(|_| "UnicodeEncodeError")
        }
        _ => Err("TypeError"),
    };
    let before_auth = uri.len();
    if !connection.login.is_null() {
        quoted(&connection.login, &mut uri)?;
    }
    if !connection.password.expose().is_null() {
        uri.push(':');
        quoted(connection.password.expose(), &mut uri)?;
    }
    let auth = uri.len() > before_auth;
    if auth {
        uri.push('@');
    }
    let before_host = uri.len();
    match host {
        Some(host) => quote_into(host, &mut uri),
        None if connection.host.truthy() => quoted(&connection.host, &mut uri)?,
        None => {}
    }
    if connection.port.truthy() {
        let bare = uri.len() == before_host && !(auth && b.single_at);
        uri.push_str(if bare { "@:" } else { ":" });
        uri.push_str(&str_of(&connection.port));
    }
    if connection.schema.truthy() {
        uri.push('/');
        quoted(&connection.schema, &mut uri)?;
    }
    let extra = write_extra(connection, b, &mut uri)?;
    Ok(Written {
        uri,
        gives_back: b.host_protocol && extra != Extra::MayChange && is_plain(connection),
    })
}

/// Nothing outside of extra can change on the way through a URI: the type and host are of
/// characters that need no quoting and have no upper case, the port is one, and there is no
/// description. Login, password and schema are quoted whole, whatever they hold.
fn is_plain(connection: &Connection) -> bool {
    let empty_or = |value: &Value<'_>, fits: &dyn Fn(&str) -> bool| {
        value.is_null() || value.as_str().is_some_and(fits)
    };
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    let conn_type = connection.type_str();
    conn_type.starts_with(|c: char| c.is_ascii_lowercase())
        && conn_type.chars().all(lower)
        && conn_type != "postgresql"
        && empty_or(&connection.description, &str::is_empty)
        && empty_or(&connection.host, &|host| host.chars().all(|c| lower(c) || c == '-'))
        && matches!(connection.port, Value::Null | Value::Int(1..=65535))
        && [&connection.login, &connection.schema, connection.password.expose()]
            .iter()
            .all(|v| empty_or(v, &|_| true))
        && empty_or(connection.extra.expose(), &|_| true)
}

/// How an extra was written.
#[derive(PartialEq)]
enum Extra {
    /// So that the same runtime reads the same.
    Kept,
    /// As a query with values that the runtime may read as something else.
    MayChange,
}

fn write_type(conn_type: &Value<'_>, b: &Behaviour, uri: &mut String) -> Result<(), &'static str> {
    let is_container = matches!(conn_type, Value::List(_) | Value::Dict(_));
    let is_text = matches!(conn_type, Value::Str(_));
    match b.no_type {
        NoType::Raises if !is_text && !is_container => return Err("TypeError"),
        NoType::Empty if !conn_type.truthy() => {
            uri.push_str("//");
            return Ok(());
        }
        NoType::Empty if !is_text => {
            return Err(if is_container || b.type_attribute_error {
                "AttributeError"
            } else {
                "TypeError"
            });
        }
        _ => {}
    }
    if conn_type.has_lone_surrogate() {
        return Err("UnicodeEncodeError");
    }
    uri.push_str(&str_of(conn_type).to_lowercase().replace('_', "-"));
    uri.push_str(SEPARATOR);
    Ok(())
}

/// Writes the protocol of the host; returns what is left of a host that had one.
fn write_protocol<'c>(
    connection: &'c Connection,
    b: &Behaviour,
    uri: &mut String,
) -> Result<Option<&'c str>, &'static str> {
    let host = &connection.host;
    if !b.host_protocol || !host.truthy() {
        return Ok(None);
    }
    let text = match host {
        Value::Str(text) => text.as_str(),
        Value::List(items) if items.iter().any(|i| i.value.as_str() == Some(SEPARATOR)) => {
            return Err("AttributeError");
        }
        Value::Dict(dict) if dict.get(SEPARATOR).is_some() => return Err("AttributeError"),
        Value::List(_) | Value::Dict(_) => None,
        _ => return Err("TypeError"),
    };
    let Some((protocol, rest)) = text.and_then(|t| t.split_once(SEPARATOR)) else {
        return Ok(None);
    };
    if b.quotes_same_protocol && Some(protocol) == connection.conn_type.as_str() {
        return Ok(None);
    }
    if !protocol.is_empty() {
        uri.push_str(protocol);
        uri.push_str(SEPARATOR);
    }
    Ok(Some(rest))
}

fn write_extra(
    connection: &Connection,
    b: &Behaviour,
    uri: &mut String,
) -> Result<Extra, &'static str> {
    let extra = connection.extra.expose();
    if !b.extra_key {
        let dejson = extra_dejson(connection, b)?;
        return match &*dejson {
            value if !value.truthy() => Ok(Extra::MayChange),
            Value::Dict(dict) => {
                uri.push('?');
                write_pairs(dict, uri).map(|()| Extra::MayChange)
            }
            // urlencode takes nothing else.
            _ => Err("TypeError"),
        };
    }
    if !extra.truthy() {
        return Ok(Extra::Kept);
    }
    let dejson = match extra_dejson(connection, b) {
        Ok(value) => Some(value),
        Err("TypeError") if b.swallows_type_error => None,
        Err(exception) => return Err(exception),
    };
    let dict = dejson.as_ref().and_then(|value| value.as_dict());
    if b.flat_text_only && dict.is_none() {
        return Err("AttributeError");
    }
    uri.push_str(if connection.schema.truthy() || !b.slash_before_query { "?" } else { "/?" });
    let start = uri.len();
    if let Some(dict) = dict {
        // What quote_plus writes, parse_qsl reads back: the two dicts are equal if and only if
        // every value is text.
        write_pairs(dict, uri)?;
        let flat = dict.members.values().all(|m| matches!(m.node.value, Value::Str(_)));
        if flat && !dict.members.is_empty() {
            let json_like =
                |text: &str| text.starts_with(|c: char| "0123456789-\"{[tfnNI \t\r\n".contains(c));
            let may_change = |(key, value): (&Value<'_>, &Value<'_>)| {
                key.as_str() == Some("__extra__")
                    || b.json_query && value.as_str().is_none_or(json_like)
            };
            let changes = dict.iter().any(|(key, member)| may_change((key, &member.node.value)));
            return Ok(if changes { Extra::MayChange } else { Extra::Kept });
        }
        uri.truncate(start);
    }
    uri.push_str("__extra__=");
    match extra {
        Value::Str(text) => {
            quote_plus_into(encodable(text).map_err(|_| "UnicodeEncodeError")?, uri)
        }
        other => {
            quote_plus_into(&str_of(other), uri);
            return Ok(Extra::MayChange);
        }
    }
    Ok(Extra::Kept)
}

/// `urlencode(dict)`, appended.
fn write_pairs(dict: &Dict<'_>, uri: &mut String) -> Result<(), &'static str> {
    for (i, (key, member)) in dict.iter().enumerate() {
        uri.push_str(if i > 0 { "&" } else { "" });
        write_part(key, uri)?;
        uri.push('=');
        write_part(&member.node.value, uri)?;
    }
    Ok(())
}

/// `quote_plus(str(value))`, appended.
fn write_part(value: &Value<'_>, uri: &mut String) -> Result<(), &'static str> {
    match value {
        Value::Str(text) => {
            quote_plus_into(encodable(text).map_err(|_| "UnicodeEncodeError")?, uri)
        }
        other => quote_plus_into(&str_of(other), uri),
    }
    Ok(())
}
