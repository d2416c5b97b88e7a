//! AC505: hook and driver both ask for credentials.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule, Safety};
use crate::hooks::{HostKind, Place, read_host};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC505",
    name: "iam-asked-twice",
    level: Level::Warning,
    page: include_str!("ac505_iam_asked_twice.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.iam().is_some_and(|iam| iam.hook && iam.driver) {
        return;
    }
    let twice = "`iam: true` asks for credentials twice: the hook as the AWS connection, then the \
                 driver with its own identity, which logs in";
    let help = "use {\"iam\": \"true\"} as a string to let only the hook ask, or see \
                `airconn inspect` for both identities";
    said.extra("iam", RULE.warning(twice).help(help));
    let extras = subject.extras;
    let (db_user, login) = (extras.text("db_user"), subject.connection.login.as_str());
    if !extras.truthy("is_serverless") && db_user.is_some() && login.is_some() && db_user != login {
        said.at_all(
            vec![Place::extra("db_user"), Place::here("/login")],
            RULE.warning("`db_user` differs from login: hook and driver ask for two users")
                .help("give the same user"),
        );
    }
}

/// The driver does not take the cluster from the host.
pub fn no_cluster_identifier() -> Diagnosis {
    RULE.error(
        "with `iam: true` the driver asks for credentials too and needs `cluster_identifier`, \
         which it does not take from the host",
    )
    .help("add `cluster_identifier`")
    .repair(|subject, _| match read_host(subject.host()?) {
        HostKind::Provisioned { .. } => subject.set(
            Safety::Safe,
            "/extra/cluster_identifier",
            Value::text(subject.host()?.split('.').next()?),
        ),
        _ => None,
    })
}

/// Nor the user from the login.
pub fn no_db_user() -> Diagnosis {
    RULE.error("with `iam: true` the driver asks for credentials too and needs `db_user`")
        .help("add `db_user`")
        .repair(|subject, _| {
            let login = subject.connection.login.as_str()?;
            subject.set(Safety::Safe, "/extra/db_user", Value::text(login))
        })
}
