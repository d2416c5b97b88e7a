//! Whether an argument of the command line is a connection, which belongs into a pipe and is never
//! repeated.

use super::chance::is_scrambled;
use super::looks::{KEY_ID, is_key_id};
use super::shapes::shape;
use crate::airflow::python::unquote::unquote;
use crate::source::Text;

/// Words that name a secret where a value follows.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "private_key",
    "conn_type",
];

/// It looks like a connection, whole or broken, or like a key: nobody's name for a file or value.
pub fn is_connection(text: &str) -> bool {
    let encoded = text.contains('%').then(|| unquote(&Text::untraced(text)).into_string());
    looks_like_one(text.trim()) || encoded.is_some_and(|text| looks_like_one(text.trim()))
}

fn looks_like_one(text: &str) -> bool {
    text.contains("://")
        || text.contains('\n')
        || text.starts_with("AIRFLOW_CONN_")
        || is_json(text)
        || has_userinfo(text)
        || text.get(..KEY_ID).is_some_and(is_key_id) && text.len() > KEY_ID
        || !text.starts_with("arn:") && names_secret(text)
        || shape(text).is_some()
}

/// A text that may be a key or a password by itself.
pub fn is_token(text: &str) -> bool {
    text.len() >= 12 && is_scrambled(text) && !text.contains(['.', '/', '\\'])
}

/// An object or a piece of one. Braces in a pattern for names of files stand in pairs, and names or
/// more patterns stand around them.
fn is_json(text: &str) -> bool {
    let opens = text.starts_with(['{', '[', '"', '\'']) && text.contains([':', '"', '\'']);
    opens || text.starts_with('{') && !text.contains('}')
}

/// `user:password@host`, `scheme//password@host`, `password@host:5432`.
fn has_userinfo(text: &str) -> bool {
    let drive = text.as_bytes().get(1..3).is_some_and(|two| two == b":\\" || two == b":/");
    let start = text.find(':').into_iter().chain(text.find("//")).min();
    let ended = start.is_some_and(|start| text[start..].contains('@'));
    let has_port = text.rsplit_once('@').is_some_and(|(_, host)| is_host_and_port(host));
    (ended || has_port) && !drive && !text.starts_with("arn:")
}

fn is_host_and_port(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
}

/// `password=…`, `"token": …`.
fn names_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    NAMES.iter().any(|name| {
        lower.match_indices(name).any(|(at, _)| {
            let behind = lower[at + name.len()..].trim_start_matches(['"', '\'', ' ', '\\']);
            behind.starts_with(['=', ':'])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_told_from_names() {
        for (text, want) in [
            ("postgres://app:Zq7canary9XwLk2@db.example.com/app", true),
            ("postgres:/app:Zq7canary9XwLk2@db.example.com/app", true),
            ("postgres//app:Zq7canary9XwLk2@db.example.com/app", true),
            ("postgres//Zq7canary9XwLk2@db.example.com/app", true),
            ("app:Zq7canary9XwLk2@db.example.com", true),
            ("slack://Zq7canary9XwLk2", true),
            ("AIRFLOW_CONN_DWH=redshift://etl:Zq7canary9@h/dev", true),
            ("dwh=redshift://etl:Zq7canary9@h/dev", true),
            ("{\"conn_type\": \"aws\", \"password\": \"Zq7canary9\"}", true),
            ("{'conn_type': 'aws'}", true),
            ("\"conn_type\": \"aws\", \"login\": \"a\"", true),
            ("conn_type: aws, password: Zq7canary9", true),
            ("host=h password=Zq7canary9 user=etl", true),
            ("jdbc:redshift:h/dev?user=etl&password=Zq7canary9", true),
            ("a=x\nb=y", true),
            ("xoxb-12345678901-Zq7canary9XwLk2", true),
            ("postgres%3A%2F%2Fapp%3Atide%40db.example.com", true),
            ("{tidelow9", true),
            ("tidelow9@db.example.com:5432", true),
            ("tidelow9@db.example.com:1521/x", true),
            ("AKIAIOSFODNN7EXAMPLE:tidelow9", true),
            ("--password=tidelow9", true),
            ("100%/connections.env", false),
            ("AKIAIOSFODNN7EXAMPLE", false),
            ("connections.env", false),
            ("dags/{dev,prod}/**", false),
            ("{dev,prod}/**", false),
            ("../team@example.com/prod.env", false),
            ("C:\\Users\\me@example.com\\prod.env", false),
            ("arn:aws:secretsmanager:us-east-1:123456789012:secret:team@dwh", false),
            ("amazon=9.39.0", false),
            ("AC206", false),
            ("redshift/iam-role", false),
            ("passwords.env", false),
            ("secrets/prod.yaml", false),
            ("-", false),
        ] {
            assert_eq!(is_connection(text), want, "{text}");
        }
    }
}
