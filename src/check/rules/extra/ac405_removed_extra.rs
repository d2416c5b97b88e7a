//! AC405: an extra that a provider or driver read once, and reads no more.

use crate::airflow::runtime::Version;
use crate::catalog::{REMOVED_EXTRAS, RemovedExtra};
use crate::check::rules::diagnosis::Said;
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety, pointer};
use crate::hooks::Client;

pub static RULE: Rule = Rule {
    id: "AC405",
    name: "removed-extra",
    level: Level::Warning,
    page: include_str!("ac405_removed_extra.md"),
    about: About::Parts,
    checks: &[Check::Connection(of_catalogue), Check::Hook(find)],
};

/// The provider has said since then that `session_kwargs` is for old connections only.
const SESSION_KWARGS_DEPRECATED: Version = Version(5, 1, 0);

/// For types beside those of Redshift and AWS.
fn of_catalogue(case: &Case<'_>, findings: &mut Findings) {
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
                &RULE,
                at.clone(),
                case.name_span(&at),
                format!("since {since} the extra `{key}` {message}"),
            )
            .level(level)
            .help(help)
            .fix(fix);
    }
}

/// For those of Redshift and AWS.
fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let (extras, scene) = (subject.extras, subject.scene);
    if subject.is_for(Client::RedshiftConnector) {
        for (key, _) in extras.iter() {
            let Some(since) = scene.packages.driver.removed(key) else { continue };
            let message = format!(
                "`{key}` is an argument of older drivers: it is gone since redshift-connector \
                 {since}"
            );
            said.extra(
                key,
                RULE.warning(message)
                    .help("remove it")
                    .of_name()
                    .repair(|subject, at| subject.remove(Safety::Unsafe, own(at)?)),
            );
        }
    }
    let since = SESSION_KWARGS_DEPRECATED;
    if subject.is_aws() && extras.truthy("session_kwargs") && scene.packages.amazon.version >= since
    {
        let message = format!(
            "`session_kwargs` is deprecated since amazon {since}: it is kept for old connections"
        );
        said.extra(
            "session_kwargs",
            RULE.warning(message)
                .help("write its keys as login and password, or directly into the extra")
                .repair(|subject, _| session_keys(subject)),
        );
    }
}

/// The keys of `session_kwargs` where they are read first; only if they are all that it has and
/// nothing is there yet.
fn session_keys(subject: &Subject<'_, '_>) -> Option<Fix> {
    let (case, connection) = (subject.case, subject.connection);
    let session = case.extra_value("session_kwargs")?.as_dict()?;
    let mut changes = Vec::new();
    for (key, member) in session.named() {
        let read =
            matches!(key, "aws_access_key_id" | "aws_secret_access_key" | "aws_session_token");
        if !read || case.extra_value(key).is_some() {
            return None;
        }
        changes.push(Change::Set(format!("/extra/{key}"), member.node.value.clone()));
    }
    let alone =
        !connection.login.truthy() && !connection.password.expose().truthy() && !changes.is_empty();
    changes.push(Change::Remove("/extra/session_kwargs".to_string()));
    alone.then(|| case.fix(Safety::Safe, changes)).flatten()
}
