//! Why a connection fails for certain.

use crate::hooks::types::definition::OfType;

/// What is wrong with a parameter of an AWS operation, as botocore checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterFault {
    /// It is null because the field or extra behind it is empty.
    Missing,
    /// Of a wrong type.
    Type,
    /// Shorter or smaller than allowed.
    TooSmall,
    /// No parameter of the operation.
    Unknown,
}

/// Why a connection fails. Names are the owner's words where it has some.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A rule of a type that is data.
    OfType(OfType),
    /// `extra` is JSON, but no object.
    ExtraNotObject,
    /// `extra` cannot be decoded (its text is not a string, too deep, …).
    ExtraUnreadable,
    /// The hook cuts the cluster out of a host that is null or no text.
    HostMissing,
    /// Neither host nor cluster identifier.
    ClusterOrHostMissing,
    /// Serverless without `serverless_work_group`.
    WorkgroupMissing,
    /// An AWS operation refuses a parameter.
    Parameter {
        /// Such as `GetClusterCredentials`.
        operation: &'static str,
        /// Such as `DbUser`.
        parameter: String,
        /// What is wrong.
        fault: ParameterFault,
    },
    /// The region is not a host label.
    RegionSyntax,
    /// The region is `""`.
    RegionEmpty,
    /// The region is not text.
    RegionType,
    /// A region that cannot exist was cut out of the host (China).
    RegionMisparsed,
    /// An endpoint URL without a usable host.
    EndpointUrl,
    /// AWS keys of a wrong type, or a secret or token without a key id.
    KeysUnusable,
    /// A profile name that is a list or object.
    ProfileType,
    /// An option that botocore's Config does not have.
    ConfigOption(String),
    /// Only a newer botocore's Config has this option.
    NewConfigOption {
        /// Somebody named the botocore.
        named: bool,
    },
    /// A value that botocore's Config refuses.
    ConfigValue(&'static str),
    /// An extra of the AWS connection that must be an object and is not.
    NotAnObject(&'static str),
    /// An extra of the AWS connection that is named like a Python receiver (`self`, `cls`).
    ReservedExtra,
    /// `assume_role_method` is unknown.
    AssumeRoleMethod,
    /// `assume_role_with_web_identity_federation` is unknown or missing.
    WebIdentityFederation,
    /// A key of `assume_role_with_saml` is missing.
    SamlKey(&'static str),
    /// `idp_auth_method` is unknown.
    SamlMethod,
    /// The driver's `connect` has no such argument.
    UnknownArgument {
        /// Its name.
        name: String,
        /// The argument that may be meant.
        meant: Option<&'static str>,
    },
    /// An Identity Center plugin together with `iam`.
    IdcWithIam,
    /// TLS is off, IAM is on.
    TlsOffWithIam,
    /// TLS is off, the plugin needs it.
    TlsOffWithPlugin,
    /// `ssl_insecure` without IAM.
    SslInsecureWithoutIam,
    /// `client_protocol_version` is not 0, 1 or 2.
    ProtocolVersion,
    /// IAM without `cluster_identifier`: the driver does not take it from the host.
    ClusterIdentifierMissing,
    /// IAM without `db_user`.
    DbUserMissing,
    /// `profile` together with keys.
    ProfileWithKeys,
    /// `credentials_provider` together with keys or profile.
    ProviderWithKeys,
    /// `access_key_id` without a secret.
    SecretKeyMissing,
    /// A secret or token without `access_key_id`.
    AccessKeyMissing,
    /// `auth_profile` without keys and region.
    AuthProfileNeedsKeys,
    /// `credentials_provider` is not text.
    ProviderType,
    /// `credentials_provider` is `""`.
    ProviderEmpty,
    /// No plugin of that name.
    ProviderUnknown,
    /// Something that is no plugin class.
    ProviderNotPlugin,
    /// A plugin that is only a base class.
    ProviderAbstract,
    /// A plugin lacks an argument.
    PluginNeeds(&'static str),
    /// A plugin refuses a value.
    PluginValue(&'static str),
    /// A token and keys for the same plugin.
    PluginConflict,
    /// `group_federation` with serverless.
    GroupFederationServerless,
    /// The driver has no workgroup to ask for the host.
    ServerlessHostUnknown,
    /// An argument whose type makes the driver raise an exception.
    ArgumentType(String),
    /// An argument outside its range.
    ArgumentRange(String),
    /// No host to connect to.
    HostEmpty,
    /// The host has an empty or too long label.
    HostLabel,
    /// The host holds what no name can: a port, a path, a scheme, a placeholder.
    HostSyntax,
    /// The port is not a port.
    Port,
    /// No user to log in with.
    UserMissing,
    /// No password to log in with.
    PasswordMissing,
    /// No option of libpq.
    UnknownOption(String),
    /// A value that libpq refuses.
    OptionValue(String),
    /// An unknown cursor of PostgresHook.
    Cursor,
}
