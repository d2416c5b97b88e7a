//! What of the input may be shown. What was not understood is not shown.

use super::chance::is_scrambled;
use super::doubt::{is_token, uri_of};
use super::looks::{is_address, is_guid, is_key_id, is_plain_word};
use super::shapes::shape;
use crate::format::Entry;
use crate::hooks::is_aws;
use crate::model::Connection;

/// The id, if it looks like one that people give: a piece of a broken URI is none.
pub fn public_id(id: &str) -> Option<String> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/');
    let plain =
        !id.is_empty() && id.chars().count() <= 64 && id.chars().all(fits) && !id.contains("//");
    (plain && shape(id).is_none() && !is_scrambled(id)).then(|| id.to_string())
}

/// The id of an entry, if it may be shown: it looks like one that people give, and is no line of a
/// key or of base64, whose padding would be its value. One whose value is not a connection at all
/// must be a plain word.
pub fn shown_id(entry: &Entry<'_>) -> Option<String> {
    let id = entry.conn_id.as_deref().filter(|_| !entry.in_key)?;
    let text = uri_of(entry).map(str::trim_start);
    let is_scheme = |text: &str| !text.is_empty() && is_type(text);
    let is_connection = text.is_none_or(|text| {
        text.starts_with('{') || text.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
    });
    let is_padding = text.is_some_and(|text| text.is_empty() || text.starts_with('='));
    public_id(id).filter(|id| {
        is_connection || !is_padding && id.split(['_', '-', '.', ' ']).all(is_plain_part)
    })
}

fn is_plain_part(part: &str) -> bool {
    part.is_empty()
        || part.bytes().all(|b| b.is_ascii_digit()) && part.len() <= 4
        || is_plain_word(part)
}

/// The name of an extra, if it is one that some connection type knows or has the looks of a name of
/// several words: also where a piece of a secret may stand in its place.
pub fn public_key(key: &str) -> Option<&str> {
    let word = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.len() <= 48
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let plain = key.len() <= 32
        && key.contains(['_', '-'])
        && !key.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    (word && (crate::catalog::is_known_extra(key) || plain)).then_some(key)
}

pub(super) fn is_index(step: &str) -> bool {
    step.len() <= 3 && step.bytes().all(|b| b.is_ascii_digit())
}

/// A text that has the plain looks of a name; anything else may be a piece of a secret.
pub fn public_text(text: &str) -> bool {
    text.len() <= 253
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
        && shape(text).is_none()
}

/// A text that has the looks of a connection type.
pub fn is_type(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    !text.is_empty() && text.len() <= 64 && text.chars().all(fits) && !is_scrambled(text)
}

/// The name of a server, and not a key or token.
pub fn public_host(text: &str) -> bool {
    public_text(text) && !is_token(text)
}

/// The name of a database, schema, cluster or workgroup, and not a key or token.
pub fn public_name(text: &str) -> bool {
    public_text(text) && !text.contains(':') && !is_scrambled(text)
}

/// A login with no password beside it: a plain word, or else it may be the password.
pub fn public_login_alone(text: &str) -> bool {
    public_text(text) && is_plain_word(text)
}

/// What people put where a password is asked for and none is needed: the login is the key.
const DUMMIES: &[&str] = &[
    "api_token",
    "apikey",
    "api_key",
    "blank",
    "none",
    "null",
    "token",
    "unused",
    "x-oauth-basic",
    "x-token-auth",
];

/// A login, where `password` is what stands beside it.
pub fn public_login(text: &str, password: Option<&str>) -> bool {
    let is_real = |password: &str| {
        password.len() > 2 && !DUMMIES.iter().any(|dummy| dummy.eq_ignore_ascii_case(password))
    };
    if !password.is_some_and(is_real) {
        return public_login_alone(text);
    }
    let name = public_text(text) && !is_scrambled(text);
    name || is_address(text) || is_guid(text)
}

/// The login of a connection, as far as it may be shown. That of AWS is the id of an access key, or
/// else the secret of one.
pub(crate) fn public_login_of(text: &str, connection: &Connection) -> bool {
    if is_aws(connection.type_str()) {
        is_key_id(text)
    } else {
        public_login(text, connection.password.expose().as_str())
    }
}

/// Values of these names are no secrets.
const PUBLIC: &[&str] = &[
    "host",
    "port",
    "database",
    "dbname",
    "dbName",
    "region",
    "region_name",
    "cluster_identifier",
    "ClusterIdentifier",
    "DbName",
    "DbUser",
    "db_user",
    "user",
    "workgroupName",
    "serverless_work_group",
    "sslmode",
    "RoleSessionName",
];

/// A value of an extra or argument that is known to be no secret: its name says so, and it looks
/// like what it should be.
pub fn is_public_value(name: &str, text: &str) -> bool {
    is_public_name(name)
        && match name {
            "port" => is_port(text),
            "host" => public_host(text),
            "user" | "db_user" | "DbUser" => public_login_alone(text),
            _ => public_name(text),
        }
}

/// As long as a port, and digits.
pub(crate) fn is_port(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Values of an extra or an argument of this name are no secrets, if they have the looks of what
/// they should be.
pub fn is_public_name(name: &str) -> bool {
    PUBLIC.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::runtime::{Runtime, Side};
    use crate::format::by_name;
    use crate::model::Value;
    use crate::source::Text;

    const SECRET: &str = "Zq7canary9XwLk2vBn5";
    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJLZWxwVGlkZVdhdmUifQ.c2lnbmF0dXJlb2Z0aWRl";

    /// A text, and what each kind of place makes of it.
    #[test]
    fn what_looks_like_a_name_is_shown() {
        for (text, id, type_, host, name, alone) in [
            ("dwh", true, true, true, true, true),
            ("team b", true, false, false, false, false),
            ("db.example.com", true, true, true, true, true),
            ("examplecluster.abc123xyz789.us-west-1", true, true, true, true, false),
            ("SVC_PROD1", true, true, true, true, false),
            ("a//b", false, false, false, false, false),
            ("p@ss", false, false, false, false, false),
            (SECRET, false, false, false, false, false),
            (JWT, false, false, false, false, false),
            ("", false, false, true, true, false),
        ] {
            let got = (
                public_id(text).is_some(),
                is_type(text),
                public_host(text),
                public_name(text),
                public_login_alone(text),
            );
            assert_eq!(got, (id, type_, host, name, alone), "{text}");
        }
        assert!(public_text(SECRET) && !public_text(JWT));
    }

    #[test]
    fn a_login_is_shown_beside_a_password() {
        for (login, password, want) in [
            ("etl", None, true),
            ("SVC_PROD1", None, false),
            ("SVC_PROD1", Some("tide"), true),
            // These stand where a password is asked for, and the login is the key.
            ("SVC_PROD1", Some(""), false),
            ("SVC_PROD1", Some("x"), false),
            ("SVC_PROD1", Some("x-oauth-basic"), false),
            ("SVC_PROD1", Some("None"), false),
            ("jane.doe@example.com", Some("tide"), true),
            ("jane.doe@example.com", None, false),
            ("00000000-0000-0000-0000-00000000000a", Some("tide"), true),
            (SECRET, Some("tide"), false),
        ] {
            assert_eq!(public_login(login, password), want, "{login} {password:?}");
        }
        for (conn_type, login, want) in [
            ("aws", "AKIAIOSFODNN7EXAMPLE", true),
            ("aws", "etl", false),
            ("postgres", "etl", true),
        ] {
            let connection =
                Connection { conn_type: Value::text(conn_type), ..Connection::default() };
            assert_eq!(public_login_of(login, &connection), want, "{conn_type} {login}");
        }
    }

    /// What stands where an id does in a file for import.
    #[test]
    fn a_line_of_a_key_is_not_an_id() {
        for (line, want) in [
            ("dwh=postgres://u:p@h/d", Some("dwh")),
            ("dwh=", None),
            ("team_dwh=nothing", Some("team_dwh")),
            ("KelpTideWaveKelpTideWave==", None),
            ("teamB2etlSvc=tide", None),
            ("SVC_PROD1=tide", None),
            ("tidekelp==", None),
            ("Tide4low=@db.example.com:1433/x", None),
            ("Tide4low=&wave@https://api.example.com", None),
            ("team_dwh=@db.example.com:1433/x", Some("team_dwh")),
        ] {
            let format = by_name("airflow-env").expect("a format");
            let document = (format.read)(&Text::untraced(line), &Runtime::newest(Side::Server));
            let ids: Vec<_> = document.entries.iter().filter_map(shown_id).collect();
            assert_eq!(ids.first().map(String::as_str), want, "{line}");
        }
    }
}
