//! The ways to authenticate, and which one a connection takes.

use crate::hooks::python::{Extras, is_true};
use crate::hooks::version::{Postgres, Provider};

/// A way to authenticate. The names are stable: schemas and reports use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// User and password of the database.
    DbCredentials,
    /// `iam: true` on a provisioned cluster: hook and driver both ask.
    IamCredentials,
    /// `iam` true for the hook only.
    IamHookOnly,
    /// IAM with `is_serverless`.
    IamServerless,
    /// IAM through an AWS connection that assumes a role.
    IamRole,
    /// `group_federation`: GetClusterCredentialsWithIAM.
    GroupFederation,
    /// IAM with keys in the extra.
    AccessKeys,
    /// IAM with a profile in the extra.
    Profile,
    /// IAM with a Redshift authentication profile.
    AuthProfile,
    /// A SAML identity provider plugin.
    Saml,
    /// A native identity provider plugin (JWT, Azure OAuth2).
    NativeIdp,
    /// An Identity Center plugin.
    IdentityCenter,
    /// PostgresHook without IAM.
    PostgresPassword,
    /// PostgresHook, `iam` and `redshift`.
    PostgresRedshift,
    /// PostgresHook, `iam` and `redshift-serverless`.
    PostgresServerless,
    /// PostgresHook, `iam` alone: a token of RDS.
    PostgresRds,
    /// PostgresHook, `iam` with `azure_conn_id`.
    PostgresAzure,
    /// AWS keys in login and password or the extra.
    AwsKeys,
    /// A profile of the shared configuration files.
    AwsProfile,
    /// `role_arn`.
    AwsAssumeRole,
    /// `role_arn` with `assume_role_with_web_identity`.
    AwsWebIdentity,
    /// `role_arn` with `assume_role_with_saml`.
    AwsSaml,
    /// boto3's default chain.
    AwsAmbient,
}

/// What there is to know about a mode.
pub struct ModeInfo {
    /// The mode.
    pub mode: Mode,
    /// The connection type it belongs to.
    pub conn_type: &'static str,
    /// Its stable name, unique within the connection type.
    pub name: &'static str,
    /// When it is taken, in a sentence.
    pub selector: &'static str,
    /// Its JSON Schema: `schemas/CONN_TYPE/NAME.json`.
    pub schema: &'static str,
}

macro_rules! modes {
    ($conn_type:literal $($mode:ident $name:literal $selector:literal)*) => {
        &[$(ModeInfo {
            mode: Mode::$mode,
            conn_type: $conn_type,
            name: $name,
            selector: $selector,
            schema: include_str!(concat!("../../schemas/", $conn_type, "/", $name, ".json")),
        }),*]
    };
}

/// Modes of `redshift` connections.
pub static REDSHIFT_MODES: &[ModeInfo] = modes! { "redshift"
    DbCredentials "db-credentials" "extra.iam is missing or falsy, and no native plugin is named."
    IamCredentials "iam-credentials" "extra.iam is true, without is_serverless and without keys, profile or plugin."
    IamHookOnly "iam-hook-only" "extra.iam is truthy but not the boolean true (a string, 1): only the hook asks for credentials."
    IamServerless "iam-serverless" "extra.iam and extra.is_serverless are truthy."
    IamRole "iam-role" "extra.iam is truthy and the AWS connection has role_arn."
    GroupFederation "group-federation" "extra.iam is true and extra.group_federation is truthy."
    AccessKeys "access-keys" "extra.iam is true and extra.access_key_id is given."
    Profile "profile" "extra.iam is true and extra.profile is given."
    AuthProfile "auth-profile" "extra.iam is true and extra.auth_profile is given."
    Saml "saml" "extra.iam is true and extra.credentials_provider names a SAML plugin."
    NativeIdp "native-idp" "extra.credentials_provider is BasicJwtCredentialsProvider or BrowserAzureOAuth2CredentialsProvider."
    IdentityCenter "identity-center" "extra.credentials_provider is IdpTokenAuthPlugin or BrowserIdcAuthPlugin."
};

/// Modes of `postgres` connections that reach Redshift.
pub static POSTGRES_MODES: &[ModeInfo] = modes! { "postgres"
    PostgresPassword "password" "extra.iam is missing or falsy."
    PostgresRedshift "redshift" "extra.iam and extra.redshift are truthy."
    PostgresServerless "redshift-serverless" "extra.iam and extra.redshift-serverless are truthy, extra.redshift is not."
    PostgresRds "rds-iam" "extra.iam is truthy, neither redshift nor redshift-serverless is."
    PostgresAzure "azure-iam" "extra.iam and extra.azure_conn_id are truthy."
};

/// Modes of `aws` connections.
pub static AWS_MODES: &[ModeInfo] = modes! { "aws"
    AwsKeys "keys" "login and password, or aws_access_key_id and aws_secret_access_key in the extra."
    AwsProfile "profile" "extra.profile_name, without keys."
    AwsAssumeRole "assume-role" "extra.role_arn, with assume_role_method missing or assume_role."
    AwsWebIdentity "web-identity" "extra.role_arn and extra.assume_role_method is assume_role_with_web_identity."
    AwsSaml "saml" "extra.role_arn and extra.assume_role_method is assume_role_with_saml."
    AwsAmbient "ambient" "neither keys nor profile nor role: what boto3 finds in the surroundings."
};

/// Every mode, by connection type.
pub(crate) fn modes() -> impl Iterator<Item = &'static ModeInfo> {
    REDSHIFT_MODES.iter().chain(POSTGRES_MODES).chain(AWS_MODES)
}

impl Mode {
    /// How many there are; they count from 0 in the order of the enumeration.
    pub const COUNT: usize = Mode::AwsAmbient as usize + 1;

    /// All that is known about it.
    pub fn info(self) -> &'static ModeInfo {
        modes().find(|i| i.mode == self).expect("the tables name every mode: tested")
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

/// The last part of a plugin's path.
pub(crate) fn plugin_name(extras: &Extras) -> Option<&str> {
    extras.text("credentials_provider").map(|p| p.rsplit('.').next().unwrap_or(p))
}

/// The mode of a `redshift` connection; `role` says whether the AWS connection assumes one.
pub(crate) fn of_redshift(extras: &Extras, provider: &Provider, role: bool) -> Mode {
    let iam = extras.get("iam");
    let driver_iam = is_true(iam);
    match plugin_name(extras) {
        Some("IdpTokenAuthPlugin" | "BrowserIdcAuthPlugin") => return Mode::IdentityCenter,
        Some("BasicJwtCredentialsProvider" | "BrowserAzureOAuth2CredentialsProvider") => {
            return Mode::NativeIdp;
        }
        Some(_) if driver_iam => return Mode::Saml,
        _ => {}
    }
    let hook_iam = iam.truthy() && provider.behaviour.hook_iam;
    if !driver_iam && !hook_iam {
        return Mode::DbCredentials;
    }
    let serverless =
        extras.truthy("is_serverless") && (driver_iam || provider.behaviour.serverless);
    let given = |key: &str| driver_iam && !extras.get(key).is_null();
    if serverless {
        Mode::IamServerless
    } else if driver_iam && extras.truthy("group_federation") {
        Mode::GroupFederation
    } else if given("auth_profile") {
        Mode::AuthProfile
    } else if given("profile") {
        Mode::Profile
    } else if given("access_key_id") {
        Mode::AccessKeys
    } else if role && hook_iam {
        Mode::IamRole
    } else if driver_iam {
        Mode::IamCredentials
    } else {
        Mode::IamHookOnly
    }
}

/// The mode of a `postgres` connection.
pub(crate) fn of_postgres(extras: &Extras, postgres: &Postgres) -> Mode {
    let behaviour = &postgres.behaviour;
    if !extras.truthy("iam") {
        Mode::PostgresPassword
    } else if behaviour.azure && extras.truthy("azure_conn_id") {
        Mode::PostgresAzure
    } else if extras.truthy("redshift") {
        Mode::PostgresRedshift
    } else if behaviour.serverless && extras.truthy("redshift-serverless") {
        Mode::PostgresServerless
    } else {
        Mode::PostgresRds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_mode_has_one() {
        for table in [REDSHIFT_MODES, POSTGRES_MODES, AWS_MODES] {
            for (i, info) in table.iter().enumerate() {
                assert!(
                    table[..i]
                        .iter()
                        .all(|other| other.name != info.name && other.mode != info.mode),
                    "{}",
                    info.name
                );
                assert_eq!(info.mode.info().name, info.name);
            }
        }
        assert_eq!(modes().count(), Mode::COUNT);
    }
}
