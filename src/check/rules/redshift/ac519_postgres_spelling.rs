//! AC519: an extra is spelled as the other of the two Redshift hooks spells it.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Client;
use crate::hooks::{meant, takes_option};

pub static RULE: Rule = Rule {
    id: "AC519",
    name: "postgres-spelling",
    level: Level::Error,
    page: include_str!("ac519_postgres_spelling.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// Names of RedshiftSQLHook, and those of PostgresHook.
static OF_POSTGRES: &[(&str, &str)] = &[
    ("cluster_identifier", "cluster-identifier"),
    ("redshift_serverless", "redshift-serverless"),
    ("is_serverless", "redshift-serverless"),
    ("workgroup_name", "workgroup-name"),
    ("serverless_work_group", "workgroup-name"),
];

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    for (key, _) in subject.extras.iter() {
        if let Some(right) = of_this_hook(subject, key) {
            said.extra(
                key,
                RULE.warning(format!("`{key}` is the spelling of the other hook"))
                    .help(format!("write `{right}`"))
                    .of_name()
                    .repair(|subject, at| {
                        subject.rename(subject.unless_it_works(), own(at)?, right)
                    }),
            );
        }
    }
}

/// The name here of what the other hook calls so.
pub fn of_this_hook(subject: &Subject<'_, '_>, key: &str) -> Option<&'static str> {
    match subject.hook.driver? {
        Client::RedshiftConnector => {
            let driver = &subject.scene.packages.driver;
            let other = ["cluster-identifier", "workgroup-name", "redshift-serverless"];
            (other.contains(&key) && !driver.takes(key)).then(|| meant(driver, key))?
        }
        Client::Libpq => {
            let (_, right) = OF_POSTGRES.iter().find(|(wrong, _)| *wrong == key)?;
            let postgres = subject.scene.postgres();
            let given = !subject.extras.get(key).is_null();
            (given && !takes_option(key, &postgres)).then_some(right)
        }
    }
}
