//! AC514: what an identity provider plugin needs is missing, or does not last.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC514",
    name: "plugin-needs",
    level: Level::Error,
    page: include_str!("ac514_plugin_needs.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(iam) = subject.iam() else { return };
    let extras = subject.extras;
    if extras.truthy("credentials_provider") && !iam.driver && !iam.native {
        said.extra(
            "credentials_provider",
            RULE.warning("the plugin is loaded, but not used without `iam: true`")
                .help("add `iam: true`"),
        );
    }
    for key in ["token", "web_identity_token"] {
        if iam.native && extras.truthy(key) {
            said.extra(
                key,
                RULE.warning("a token lives for minutes or hours: a stored one expires")
                    .help("let a plugin obtain it"),
            );
        }
    }
}

/// It logs in by itself.
pub fn identity_center_with_iam() -> Diagnosis {
    RULE.error("an Identity Center plugin does not go with `iam`").help("remove `iam`")
}

/// It is for the plugin alone.
pub fn ssl_insecure() -> Diagnosis {
    RULE.error("`ssl_insecure` is refused without `iam`").help("remove it")
}

/// Of whatever else it is the name.
pub fn not_a_plugin() -> Diagnosis {
    RULE.error("`credentials_provider` names no plugin of the driver")
        .help("use one of redshift_connector's plugins, such as OktaCredentialsProvider")
}

/// An argument is missing.
pub fn needs(argument: &str) -> Diagnosis {
    RULE.error(format!("the plugin needs `{argument}`")).help("add it")
}

/// An argument is wrong.
pub fn value(argument: &str) -> Diagnosis {
    RULE.error(format!("the plugin refuses the value of `{argument}`")).help("correct it")
}

/// Two proofs of one identity.
pub fn token_and_keys() -> Diagnosis {
    RULE.error("a token and keys are given to the same plugin").help("keep one of them")
}

/// Somebody would have to sit before it.
pub fn browser() -> Diagnosis {
    RULE.warning("this plugin needs a browser, which a worker does not have")
        .help("use a plugin that needs no browser")
}
