//! AC702: TLS that a connection switches off or does not verify, on the way to another machine.

use crate::catalog::{WEAK_TLS, WeakTls};
use crate::check::rules::shared::condition_holds;
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::model::{Connection, Value};

pub static RULE: Rule = Rule {
    id: "AC702",
    name: "weak-transport",
    level: Level::Warning,
    page: include_str!("ac702_weak_transport.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

/// Types whose hook makes a URL of schema and host, and sends login and password with every
/// request.
const OVER_HTTP: &[&str] = &["http", "livy"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let conn_type = connection.type_str();
    for weak in WEAK_TLS.iter().filter(|weak| weak.conn_type == conn_type) {
        let Some(value) =
            case.extra_value(&weak.key).filter(|value| weak.weak.iter().any(|w| is(value, w)))
        else {
            continue;
        };
        let holds = condition_holds(case, weak.only_with.as_deref())
            && speaks_https(case, connection, weak);
        if !holds || !is_there(case, connection, weak) {
            continue;
        }
        let at = format!("/extra/{}", weak.key);
        let key = &weak.key;
        let message = match weak.effect.as_str() {
            "off" => format!(
                "`{key}` switches TLS off: what goes to another machine, the password too, can be \
                 read on the way"
            ),
            _ if value.truthy() && matches!(value, Value::Bool(_)) => {
                format!(
                    "with `{key}` nobody verifies whose certificate it is: another machine can \
                     answer in the server's place"
                )
            }
            _ => format!(
                "`{key}` takes any certificate: another machine can answer in the server's place"
            ),
        };
        let help = match weak.effect.as_str() {
            "off" => "leave it out, or ask for TLS",
            _ => "leave it out; for a certificate of your own, name its authority instead",
        };
        findings.push(&RULE, at.clone(), case.span(&at), message).help(help);
    }
    if OVER_HTTP.contains(&conn_type) {
        clear_password(case, connection, findings);
    }
}

/// `http://` that somebody wrote, and a password that goes that way.
fn clear_password(case: &Case<'_>, connection: &Connection, findings: &mut Findings) {
    let host = connection.host.as_str().unwrap_or_default();
    let at = if host.starts_with("http://") {
        "/host"
    } else if !host.contains("://") && connection.schema.as_str() == Some("http") {
        "/schema"
    } else {
        return;
    };
    let sent = connection.login.truthy() && connection.password.expose().truthy();
    if sent && is_remote(host) {
        let message = "login and password go to another machine by http, with every request: they \
                       can be read on the way";
        findings.push(&RULE, at, case.span(at), message).help("write https");
    }
}

/// As JSON, but texts in any case.
fn is(value: &Value<'_>, weak: &serde_json::Value) -> bool {
    match (value, weak) {
        (Value::Bool(value), serde_json::Value::Bool(weak)) => value == weak,
        (Value::Str(_), serde_json::Value::String(weak)) => {
            value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(weak))
        }
        (Value::Int(value), serde_json::Value::Number(weak)) => Some(*value) == weak.as_i64(),
        (Value::Null, serde_json::Value::Null) => true,
        _ => false,
    }
}

/// Where the row is about certificates of https, that it is spoken at all.
fn speaks_https(case: &Case<'_>, connection: &Connection, weak: &WeakTls) -> bool {
    let host = connection.host.as_str().unwrap_or_default();
    match weak.https.as_deref() {
        None => true,
        Some("host") if host.contains("://") => host.starts_with("https"),
        Some("host") => connection.schema.as_str() == Some("https"),
        Some(key) => case
            .extra_value(key)
            .and_then(Value::as_str)
            .is_some_and(|text| text.starts_with("https")),
    }
}

/// The server is another machine.
fn is_there(case: &Case<'_>, connection: &Connection, weak: &WeakTls) -> bool {
    match weak.address.as_deref() {
        None => connection.host.as_str().is_some_and(is_remote),
        Some(key) => case.extra_value(key).and_then(Value::as_str).is_none_or(is_remote),
    }
}

/// Neither this machine nor, by a name without a dot, a neighbour in a network of containers.
fn is_remote(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', '?', ',']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if host.matches(':').count() == 1 => host.split(':').next().unwrap_or_default(),
        None => host,
    };
    let host = host.to_ascii_lowercase();
    let near = [".localhost", ".local", ".svc", ".cluster.local", ".docker.internal"];
    let named = host.contains('.') || host.contains(':');
    named
        && host != "::1"
        && host != "0.0.0.0"
        && !host.starts_with("127.")
        && !near.iter().any(|end| host.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn other_machines_are_told_from_this_one() {
        for (address, want) in [
            ("db.example.com", true),
            ("https://api.example.com:8443/v1", true),
            ("10.1.2.3", true),
            ("2001:db8::7", true),
            ("kafka-1.example.com:9093,kafka-2.example.com:9093", true),
            ("localhost", false),
            ("http://localhost:4566", false),
            ("127.0.0.1", false),
            ("[::1]:5432", false),
            ("postgres", false),
            ("db.airflow.svc.cluster.local", false),
            ("/var/run/postgresql", false),
            ("", false),
        ] {
            assert_eq!(is_remote(address), want, "{address}");
        }
    }
}
