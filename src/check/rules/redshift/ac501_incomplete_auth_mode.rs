//! AC501: something that this way to log in needs is missing.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::{About, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC501",
    name: "incomplete-auth-mode",
    level: Level::Error,
    page: include_str!("ac501_incomplete_auth_mode.md"),
    about: About::Parts,
    checks: &[],
};

/// The hook asks AWS about a cluster.
pub fn no_cluster() -> Diagnosis {
    RULE.error("neither the host nor `cluster_identifier` names the cluster")
        .help("give the endpoint of the cluster as host")
}

/// Nowhere to connect to.
pub fn no_host() -> Diagnosis {
    RULE.error("there is no host to connect to").help("give the endpoint of the cluster as host")
}

/// Nobody logs in.
pub fn no_user() -> Diagnosis {
    RULE.error("there is no user to log in with").help("give the database user as login")
}

/// A proxy may let in who has no password.
pub fn no_password() -> Diagnosis {
    RULE.warning("there is no password to log in with")
        .help("give the password, or use IAM: {\"iam\": true}")
}

/// The surroundings must have some.
pub fn no_credentials(who: &str) -> Diagnosis {
    RULE.warning(format!(
        "no AWS credentials are given for {who}: the environment, a profile, or the role of the \
         machine must supply them"
    ))
}
