//! AC701: a secret in plain text. Whether git tracks the file is for the command line to find out,
//! which drops the finding otherwise.

use crate::check::{About, Case, Check, Findings, Level, Rule, pointer};
use crate::model::{Connection, Dict, Value};
use crate::privacy::Doubt;
use crate::privacy::authority::Authority;
use crate::privacy::secret::is_secret;
use crate::privacy::shapes::shape;

pub static RULE: Rule = Rule {
    id: "AC701",
    name: "plaintext-secret",
    level: Level::Warning,
    page: include_str!("ac701_plaintext_secret.md"),
    about: About::Tracked,
    checks: &[Check::Connection(check)],
};

const HELP: &str = "keep it in a secrets backend or a variable that is not committed; who has \
                    read the file knows it: change it";

/// Parts of names that make an extra secret: those that Airflow 3.3.2 masks
/// (DEFAULT_SENSITIVE_FIELDS), but for names of proxies and for texts that only may have a secret
/// in them, which show it by their shape.
const SECRET_NAMES: &[&str] = &[
    "access_key",
    "access_token",
    "api_key",
    "apikey",
    "app_key",
    "auth_header",
    "authorization",
    "bearer",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "secret",
    "service_key",
    "token",
    "webhook_url",
];

/// Ends of names that say something about a secret, not the secret.
const ABOUT: &[&str] = &[
    "_arn",
    "_class",
    "_conn_id",
    "_duration",
    "_expiration",
    "_field",
    "_file",
    "_filename",
    "_header",
    "_id",
    "_lifetime",
    "_method",
    "_mount_point",
    "_name",
    "_path",
    "_prefix",
    "_provider",
    "_scope",
    "_seconds",
    "_ttl",
    "_type",
    "_uri",
    "_url",
    "_version",
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(place) = cut_password(case) {
        let span = case.uri().and_then(|view| view.text.span_of(place));
        findings
            .push(&RULE, "/password", span, "the password stands here in plain text")
            .help(HELP);
        return;
    }
    let Some(connection) = case.connection().filter(|connection| !is_for_this_machine(connection))
    else {
        return;
    };
    let mut report = |at: &str, name: &str| {
        findings
            .push(&RULE, at, case.span(at), format!("{name} stands here in plain text"))
            .help(HELP);
    };
    let password = connection
        .password
        .expose()
        .as_str()
        .filter(|password| is_secret(password) && !is_known(connection, case, password));
    if password.is_some() {
        report("/password", "the password");
    }
    if let Some(extra) = case.extra().and_then(|node| node.value.as_dict()) {
        walk("/extra", extra, 0, &mut |at, key, what| {
            let name = case.names().or(key, what);
            report(at, &name);
        });
    }
}

/// Where the password stands that a raw `#` ends, so that no field has it.
fn cut_password(case: &Case<'_>) -> Option<std::ops::Range<usize>> {
    case.doubt().filter(|doubt| *doubt == Doubt::CutForCertain)?;
    let text = case.uri()?.text.as_str();
    let authority = Authority::of(text)?;
    let cut = authority.cut()?;
    let start = authority.start + text[authority.start..cut.meant_at].find(':')? + 1;
    let host = text[cut.meant_at + 1..].split([':', '/', '?']).next().unwrap_or_default();
    (is_secret(&text[start..cut.meant_at]) && !is_local(host)).then_some(start..cut.meant_at)
}

/// A server on the machine itself: everybody has the same password for it, and nobody else gets
/// there.
fn is_for_this_machine(connection: &Connection) -> bool {
    connection.host.as_str().is_some_and(is_local)
}

fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "host.docker.internal")
}

/// The password of a trial: another field, or the id.
fn is_known(connection: &Connection, case: &Case<'_>, password: &str) -> bool {
    let fields = [&connection.login, &connection.host, &connection.schema, &connection.conn_type];
    fields.iter().any(|field| field.as_str() == Some(password))
        || case.entry.conn_id.as_deref() == Some(password)
}

/// As deep as service accounts of Google and configurations of Kubernetes go.
const DEEPEST: usize = crate::bounds::SECRET_DEPTH.value;

fn walk(at: &str, dict: &Dict<'_>, depth: usize, report: &mut dyn FnMut(&str, &str, &str)) {
    for (key, member) in dict.named() {
        let at = pointer(at, key);
        match &member.node.value {
            Value::Str(text) => {
                let Some(text) = text.as_str() else { continue };
                if let Some(what) = shape(text) {
                    report(&at, key, what);
                } else if is_secret_name(key) && is_value(text) {
                    report(&at, key, "a secret");
                }
            }
            Value::Dict(inner) if depth < DEEPEST => walk(&at, inner, depth + 1, report),
            _ => {}
        }
    }
}

fn is_secret_name(key: &str) -> bool {
    let name = key.to_lowercase().replace(['-', '.', ' '], "_");
    let about = ABOUT.iter().any(|end| name.ends_with(end))
        && !name.ends_with("webhook_url")
        && !name.ends_with("auth_header");
    !about && SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// Not the name of a file, nor a stand-in behind the word that an Authorization header begins with.
fn is_value(text: &str) -> bool {
    let text = text.trim();
    let bare = ["Bearer ", "Basic ", "Token ", "token "]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let is_path = text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../");
    !is_path && is_secret(bare)
}

#[cfg(test)]
mod tests {
    use super::{is_secret_name, is_value};

    #[test]
    fn names_of_secrets() {
        for (name, want) in [
            ("password", true),
            ("sasl.password", true),
            ("X-Api-Key", true),
            ("aws_secret_access_key", true),
            ("aws_access_key_id", false),
            ("token_uri", false),
            ("private_key_path", false),
            ("secret_name", false),
            ("Authorization", true),
            ("proxies", false),
            ("region_name", false),
        ] {
            assert_eq!(is_secret_name(name), want, "{name}");
        }
        assert!(
            is_value("Bearer Tr4vel-Kelp-88")
                && !is_value("Bearer <token>")
                && !is_value("/run/secrets/dwh")
        );
    }
}
