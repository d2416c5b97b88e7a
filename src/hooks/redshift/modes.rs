//! The ways to log in of `redshift` connections, and which one a connection takes.

use crate::hooks::aws::provider::Provider;
use crate::hooks::mode::{Mode, modes};
use crate::hooks::python::{Extras, is_true};

modes! { "redshift"
    /// User and password of the database.
    DB_CREDENTIALS "db-credentials" "extra.iam is missing or falsy, and no native plugin is named."
    /// `iam: true` on a provisioned cluster: hook and driver both ask.
    IAM_CREDENTIALS "iam-credentials" "extra.iam is true, without is_serverless and without keys, \
                                       profile or plugin."
    /// `iam` true for the hook only.
    IAM_HOOK_ONLY "iam-hook-only" "extra.iam is truthy but not the boolean true (a string, 1): \
                                   only the hook asks for credentials."
    /// IAM with `is_serverless`.
    IAM_SERVERLESS "iam-serverless" "extra.iam and extra.is_serverless are truthy."
    /// IAM through an AWS connection that assumes a role.
    IAM_ROLE "iam-role" "extra.iam is truthy and the AWS connection has role_arn."
    /// `group_federation`: GetClusterCredentialsWithIAM.
    GROUP_FEDERATION "group-federation" "extra.iam is true and extra.group_federation is truthy."
    /// IAM with keys in the extra.
    ACCESS_KEYS "access-keys" "extra.iam is true and extra.access_key_id is given."
    /// IAM with a profile in the extra.
    PROFILE "profile" "extra.iam is true and extra.profile is given."
    /// IAM with a Redshift authentication profile.
    AUTH_PROFILE "auth-profile" "extra.iam is true and extra.auth_profile is given."
    /// A SAML identity provider plugin.
    SAML "saml" "extra.iam is true and extra.credentials_provider names a SAML plugin."
    /// A native identity provider plugin (JWT, Azure OAuth2).
    NATIVE_IDP "native-idp" "extra.credentials_provider is BasicJwtCredentialsProvider or \
                             BrowserAzureOAuth2CredentialsProvider."
    /// An Identity Center plugin.
    IDENTITY_CENTER "identity-center" "extra.credentials_provider is IdpTokenAuthPlugin or \
                                       BrowserIdcAuthPlugin."
}

/// The last part of a plugin's path.
pub(crate) fn plugin_name(extras: &Extras) -> Option<&str> {
    extras.text("credentials_provider").map(|p| p.rsplit('.').next().unwrap_or(p))
}

/// The mode of a `redshift` connection; `role` says whether the AWS connection assumes one.
pub(crate) fn of(extras: &Extras, provider: &Provider, role: bool) -> &'static Mode {
    let iam = extras.get("iam");
    let driver_iam = is_true(iam);
    match plugin_name(extras) {
        Some("IdpTokenAuthPlugin" | "BrowserIdcAuthPlugin") => return &IDENTITY_CENTER,
        Some("BasicJwtCredentialsProvider" | "BrowserAzureOAuth2CredentialsProvider") => {
            return &NATIVE_IDP;
        }
        Some(_) if driver_iam => return &SAML,
        _ => {}
    }
    let hook_iam = iam.truthy() && provider.behaviour.hook_iam;
    if !driver_iam && !hook_iam {
        return &DB_CREDENTIALS;
    }
    let serverless =
        extras.truthy("is_serverless") && (driver_iam || provider.behaviour.serverless);
    let given = |key: &str| driver_iam && !extras.get(key).is_null();
    if serverless {
        &IAM_SERVERLESS
    } else if driver_iam && extras.truthy("group_federation") {
        &GROUP_FEDERATION
    } else if given("auth_profile") {
        &AUTH_PROFILE
    } else if given("profile") {
        &PROFILE
    } else if given("access_key_id") {
        &ACCESS_KEYS
    } else if role && hook_iam {
        &IAM_ROLE
    } else if driver_iam {
        &IAM_CREDENTIALS
    } else {
        &IAM_HOOK_ONLY
    }
}
