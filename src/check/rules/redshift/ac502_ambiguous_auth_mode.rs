//! AC502: pieces of a second way to log in stand beside the one that is taken.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Mode;
use crate::hooks::redshift::modes;

pub static RULE: Rule = Rule {
    id: "AC502",
    name: "ambiguous-auth-mode",
    level: Level::Warning,
    page: include_str!("ac502_ambiguous_auth_mode.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(iam) = subject.iam() else { return };
    let (extras, mode) = (subject.extras, subject.resolution.mode);
    let given = |key: &str| !extras.get(key).is_null();
    let pieces: &[(&str, &Mode, bool)] = &[
        ("iam", &modes::IAM_CREDENTIALS, iam.driver && mode == &modes::NATIVE_IDP),
        ("profile", &modes::PROFILE, given("profile")),
        (
            "access_key_id",
            &modes::ACCESS_KEYS,
            given("access_key_id") && mode != &modes::AUTH_PROFILE,
        ),
        ("auth_profile", &modes::AUTH_PROFILE, given("auth_profile")),
        ("is_serverless", &modes::IAM_SERVERLESS, extras.truthy("is_serverless")),
        ("group_federation", &modes::GROUP_FEDERATION, extras.truthy("group_federation")),
        (
            "credentials_provider",
            &modes::SAML,
            extras.text("credentials_provider").is_some() && !iam.native,
        ),
        ("token", &modes::IDENTITY_CENTER, extras.truthy("token")),
        ("web_identity_token", &modes::NATIVE_IDP, extras.truthy("web_identity_token")),
    ];
    for (key, other, present) in pieces {
        if *present && *other != mode && !go_together(mode, other) {
            let message = format!(
                "`{key}` belongs to the mode `{}`, which is not the one that Airflow takes here",
                other.name
            );
            said.extra(key, RULE.warning(message).help("remove what belongs to the other mode"));
        }
    }
}

/// Keys and profiles are the driver's identity in some modes; Identity Center takes keys.
fn go_together(mode: &Mode, other: &Mode) -> bool {
    [&modes::PROFILE, &modes::ACCESS_KEYS].contains(&other)
        && [&modes::IAM_SERVERLESS, &modes::GROUP_FEDERATION, &modes::IDENTITY_CENTER]
            .contains(&mode)
}
