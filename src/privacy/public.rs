//! What of the input may be shown. What was not understood is not shown.

use super::shapes::shape;
use crate::model::FIELDS;

/// The id, if it looks like one that people give: a piece of a broken URI is none.
pub fn public_id(id: &str) -> Option<String> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/');
    let plain = !id.is_empty() && id.chars().count() <= 64 && id.chars().all(fits) && !id.contains("//");
    (plain && shape(id).is_none()).then(|| id.to_string())
}

/// The name of an extra, if it is one that some connection type knows or has the looks of a plain word.
pub fn public_key(key: &str) -> Option<&str> {
    let word = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.len() <= 48
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let plain = key.len() <= 32 && key.contains(['_', '-']) && !key.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    (word && (crate::catalog::is_known_extra(key) || plain)).then_some(key)
}

/// A JSON pointer with `***` for every step that is no field, no index and no public name of an extra: a piece of a broken URI can
/// stand where a key is read.
pub fn public_pointer(pointer: &str) -> String {
    let public = |step: &str| step == "conn_id" || FIELDS.contains(&step) || public_key(step).is_some() || is_index(step);
    pointer.split('/').map(|step| if step.is_empty() || public(step) { step } else { "***" }).collect::<Vec<_>>().join("/")
}

fn is_index(step: &str) -> bool {
    step.len() <= 3 && step.bytes().all(|b| b.is_ascii_digit())
}

/// A host, schema or login that has the plain looks of one; anything else may be a piece of a secret.
pub fn public_text(text: &str) -> bool {
    text.len() <= 253 && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')) && shape(text).is_none()
}

/// Protocols that hooks take in front of a host.
const PROTOCOLS: &[&str] = &["http", "https", "ftp", "ftps", "sftp", "ldap", "ldaps", "spark", "k8s", "s3", "hdfs", "tcp", "ssl", "grpc"];

/// False for any other text before `://`: it may be a piece of a userinfo that a raw `//` cut short.
pub fn has_known_protocol(host: &str) -> bool {
    host.split_once("://").is_none_or(|(protocol, _)| PROTOCOLS.contains(&protocol))
}

/// A text that has the looks of a connection type.
pub fn is_type(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
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

/// A value of an extra that is known to be no secret: a number for a port, for the others what looks like one of them.
pub(crate) fn is_public_value(name: &str, text: &str) -> bool {
    is_public_name(name) && public_text(text) && (name != "port" || is_port(text))
}

/// As long as a port, and digits.
pub(crate) fn is_port(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Values of an extra or an argument of this name are no secrets, if they have the looks of what they should be.
pub fn is_public_name(name: &str) -> bool {
    PUBLIC.contains(&name)
}
