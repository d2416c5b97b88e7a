//! AC407: a private key or certificate in another shape than its reader takes.

use super::key_shapes::{self, Flaw, Reader};
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC407",
    name: "private-key-shape",
    level: Level::Error,
    page: include_str!("ac407_private_key_shape.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

/// Extras that hold a key or the name of its file, and who reads them.
static KEYS: &[(&[&str], &[&str], Reader)] = &[
    (&["ssh", "sftp"], &["private_key"], Reader::Paramiko),
    (&["snowflake"], &["private_key_content"], Reader::Snowflake),
    (&["snowflake"], &["private_key_file"], Reader::Path("")),
    (
        &["google_cloud_platform", "gcpbigquery", "gcpspanner"],
        &["keyfile_dict", "private_key"],
        Reader::Google,
    ),
    (&["google_cloud_platform", "gcpbigquery", "gcpspanner"], &["key_path"], Reader::Path(".json")),
    (&["github"], &["private_key"], Reader::Cryptography),
    (&["github"], &["key_path"], Reader::Path(".pem")),
    (&["postgres"], &["sslkey"], Reader::Libpq),
    (&["postgres"], &["sslcert"], Reader::Libpq),
    (&["postgres"], &["sslrootcert"], Reader::Libpq),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let conn_type = connection.type_str();
    // A token in the password wins over the key of an app, which nobody reads then.
    if conn_type == "github" && connection.password.expose().truthy() {
        return;
    }
    for (_, path, reader) in KEYS.iter().filter(|(types, ..)| types.contains(&conn_type)) {
        let Some((at, value)) = found(case, path) else { continue };
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
        let Some(Flaw { what, help, mended }) = key_shapes::flaw(text, *reader) else { continue };
        let name = path[path.len() - 1];
        let level = if *reader == Reader::Libpq { Level::Warning } else { Level::Error };
        // Where the key stands in JSON in a text, that text would have to be written anew.
        let fix = mended.filter(|_| at.ends_with(name)).and_then(|text| {
            case.fix(Safety::Safe, vec![Change::Set(at.clone(), Value::text(text))])
        });
        findings
            .push(&RULE, at.clone(), case.span(&at), format!("`{name}` {what}"))
            .level(level)
            .help(help)
            .fix(fix);
    }
}

/// The value behind these keys, and its pointer; an object on the way may be JSON in a text, whose
/// members have no place of their own.
fn found(case: &Case<'_>, path: &[&str]) -> Option<(String, Value<'static>)> {
    let mut at = "/extra".to_string();
    let mut value = case.extra()?.value.clone();
    let mut inside = true;
    for key in path {
        if let Some(text) = value.as_str() {
            value = crate::airflow::python::json_loads::loads(text).ok()?.value.into_owned();
            inside = false;
        }
        value = value.as_dict()?.get(key)?.value.clone();
        if inside {
            at = pointer(&at, key);
        }
    }
    Some((at, value))
}
