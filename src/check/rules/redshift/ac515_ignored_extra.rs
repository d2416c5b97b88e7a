//! AC515: an extra or a password has no effect in this way to log in.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::postgres::modes;
use crate::hooks::{Client, Place};

pub static RULE: Rule = Rule {
    id: "AC515",
    name: "ignored-extra",
    level: Level::Warning,
    page: include_str!("ac515_ignored_extra.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// What only counts where `iam` is true for the driver.
static NEEDS_IAM: &[&str] = &[
    "access_key_id",
    "auth_profile",
    "auto_create",
    "cluster_identifier",
    "db_groups",
    "db_user",
    "force_lowercase",
    "group_federation",
    "is_serverless",
    "profile",
    "region",
    "secret_access_key",
    "serverless_acct_id",
    "serverless_work_group",
    "session_token",
];

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if subject.is_for(Client::Libpq) {
        of_postgres(subject, said);
    }
    let Some(iam) = subject.iam() else { return };
    let (extras, connection) = (subject.extras, subject.connection);
    let password = connection.password.expose().truthy() && !extras.has("password");
    if (iam.hook || iam.driver) && password {
        said.at(
            Place::here("/password"),
            RULE.warning("this is ignored: with IAM the log-in uses temporary credentials")
                .help("remove it"),
        );
    }
    if iam.driver || iam.native {
        return;
    }
    for key in NEEDS_IAM.iter().filter(|k| extras.truthy(k)) {
        let hook_reads = match *key {
            "cluster_identifier" => iam.hook && !extras.truthy("is_serverless"),
            "is_serverless" | "serverless_work_group" => {
                iam.hook && subject.scene.packages.amazon.behaviour.serverless
            }
            _ => false,
        };
        if !hook_reads {
            without_iam(key, said);
        }
    }
}

fn of_postgres(subject: &Subject<'_, '_>, said: &mut Said) {
    let extras = subject.extras;
    let redshift = [&modes::REDSHIFT, &modes::SERVERLESS].contains(&subject.resolution.mode);
    let meant = extras.truthy("redshift")
        || extras.truthy("redshift-serverless")
        || extras.has("cluster-identifier");
    if meant && !redshift {
        without_iam(
            if extras.truthy("redshift") { "redshift" } else { "cluster-identifier" },
            said,
        );
    }
}

fn without_iam(key: &str, said: &mut Said) {
    let message = format!("`{key}` has no effect without `iam: true`");
    said.extra(key, RULE.warning(message).help("remove it, or add `iam: true`"));
}
