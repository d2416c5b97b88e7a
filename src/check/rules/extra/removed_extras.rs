//! AC405 for types beside those of Redshift and AWS: extras that a provider read once and reads no
//! more.

use crate::catalog::{REMOVED_EXTRAS, RemovedExtra};
use crate::check::rules::redshift::aws_rules::AC405;
use crate::check::{Case, Change, Check, Findings, Level, Safety, pointer};

pub static CHECK: Check = Check::Connection(check);

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let conn_type = connection.type_str();
    for row in REMOVED_EXTRAS.iter().filter(|row| row.conn_type == conn_type) {
        let RemovedExtra { key, since, then, instead, credential, .. } = row;
        let instead = instead.as_deref().unwrap_or_default();
        let Some(value) = case.extra_value(key).filter(|value| value.truthy()) else { continue };
        let at = pointer("/extra", key);
        let password = connection.password.expose().truthy();
        let has = |key: &str| case.extra_value(key).is_some();
        let (level, message, help) = match then.as_str() {
            "renamed" if has(instead) => (
                Level::Warning,
                "is not read any more",
                format!("remove it: `{instead}` is given, too"),
            ),
            "renamed" => (Level::Warning, "is not read any more", format!("write `{instead}`")),
            "argument" => (
                Level::Warning,
                "is not read any more",
                "give it to the hook or operator as an argument".to_string(),
            ),
            "configured" => (
                Level::Warning,
                "is read only where the configuration allows it",
                format!("set {instead} to True, or give it to the hook as an argument"),
            ),
            "refused" => (
                Level::Error,
                "is refused by the hook",
                "remove it, and put the program on the PATH of the worker".to_string(),
            ),
            "password" if password => (
                Level::Warning,
                "is not read any more",
                "remove it: the password holds the token".to_string(),
            ),
            "password" => (
                Level::Error,
                "is not read any more, and the hook takes no connection without a password",
                "write it into the password".to_string(),
            ),
            _ => (Level::Warning, "is not read any more", "remove it".to_string()),
        };
        let fix = match (then.as_str(), value.as_str()) {
            ("renamed", _) if !has(instead) => {
                case.fix(Safety::Unsafe, vec![Change::Rename(at.clone(), instead.to_string())])
            }
            ("password", Some(token)) if !password => {
                let token = crate::model::Value::text(token.to_string());
                case.fix(
                    Safety::Unsafe,
                    vec![Change::Set("/password".to_string(), token), Change::Remove(at.clone())],
                )
            }
            ("argument" | "configured", _) => None,
            _ if *credential => None,
            _ => case.fix(Safety::Unsafe, vec![Change::Remove(at.clone())]),
        };
        findings
            .push(
                &AC405,
                at.clone(),
                case.span(&at),
                format!("since {since} the extra `{key}` {message}"),
            )
            .level(level)
            .help(help)
            .fix(fix);
    }
}
