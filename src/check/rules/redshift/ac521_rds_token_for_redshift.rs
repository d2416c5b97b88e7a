//! AC521: PostgresHook sends a token of RDS to a host of Redshift.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Mode;
use crate::hooks::postgres::modes;

pub static RULE: Rule = Rule {
    id: "AC521",
    name: "rds-token-for-redshift",
    level: Level::Warning,
    page: include_str!("ac521_rds_token_for_redshift.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// Ends of hosts, and the extra that says what stands there.
static HOSTS: &[(&str, &Mode)] = &[
    (".redshift.amazonaws.com", &modes::REDSHIFT),
    (".redshift.amazonaws.com.cn", &modes::REDSHIFT),
    (".redshift-serverless.amazonaws.com", &modes::SERVERLESS),
    (".redshift-serverless.amazonaws.com.cn", &modes::SERVERLESS),
];

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(host) = subject.host().filter(|_| subject.resolution.mode == &modes::RDS) else {
        return;
    };
    let host = host.to_ascii_lowercase();
    let Some((_, mode)) = HOSTS.iter().find(|(end, _)| host.ends_with(end)) else { return };
    // The extra that leads to the mode has its name.
    let extra = mode.name;
    let message = format!(
        "the hook logs in with a token of RDS, which Redshift does not take: only `{extra}: true` \
         makes it ask Redshift"
    );
    said.extra("iam", RULE.warning(message).help(format!("add the extra `{extra}`: true")));
}
