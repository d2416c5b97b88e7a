//! AC513: AWS credentials of the driver contradict each other or are incomplete.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Place;

pub static RULE: Rule = Rule {
    id: "AC513",
    name: "credentials-conflict",
    level: Level::Error,
    page: include_str!("ac513_credentials_conflict.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let extras = subject.extras;
    if subject.iam().is_some_and(|iam| iam.driver && iam.hook)
        && !extras.get("access_key_id").is_null()
        && extras.get("secret_access_key").is_null()
    {
        said.at_all(
            vec![Place::extra("access_key_id"), Place::extra("secret_access_key")],
            RULE.warning("the temporary password becomes the AWS secret key of the driver")
                .help("remove the keys from extra"),
        );
    }
}

/// Two identities.
pub fn profile_with_keys() -> Diagnosis {
    RULE.error("`profile` stands beside keys").help("keep one of them")
}

/// Two identities.
pub fn provider_with_keys() -> Diagnosis {
    RULE.error("`credentials_provider` stands beside keys or a profile").help("keep one of them")
}

/// Half a pair.
pub fn no_secret_key() -> Diagnosis {
    RULE.error("`access_key_id` without `secret_access_key`").help("add the secret")
}

/// The other half.
pub fn no_access_key() -> Diagnosis {
    RULE.error("a secret key or token without `access_key_id`").help("add the key id")
}

/// The profile is looked up with them.
pub fn auth_profile_needs_keys() -> Diagnosis {
    RULE.error("`auth_profile` needs `access_key_id`, `secret_access_key` and `region`")
        .help("add them")
}

/// A list or an object.
pub fn profile_type() -> Diagnosis {
    RULE.error("the profile is not a name").help("write the name of a profile as a string")
}
