//! What boto3 raises before anything is sent, and why.

use super::ini::Fault;

/// An exception of boto3 or of Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its type, without the module.
    pub exception: &'static str,
    /// Why.
    pub cause: Cause,
}

/// Why. Names are as the surroundings have them: not everything of them may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No source has any credentials.
    Nothing,
    /// Something of a key pair is missing: botocore's name for the source, and for what is missing.
    Partial(&'static str, &'static str),
    /// Keys of an incomplete pair that were handed over cannot sign.
    KeysUnusable,
    /// No such profile.
    ProfileMissing(String),
    /// A file is refused.
    File(String, Fault),
    /// A file that is named is not there.
    FileMissing(String),
    /// The profile that a role takes its credentials from is not there.
    SourceProfileMissing(String),
    /// It has none.
    SourceProfileEmpty(String),
    /// Roles whose source profiles lead in a circle.
    Circle(String),
    /// More profiles that take their credentials from the next one than Python's stack holds.
    ChainTooLong,
    /// Both `source_profile` and `credential_source`.
    TwoSources(String),
    /// `credential_source` names no source that there is.
    SourceUnknown,
    /// `credential_source` has nothing.
    SourceEmpty,
    /// A session of a role that is shorter than botocore lets go out.
    DurationTooShort,
    /// A token file without a role.
    RoleMissing,
    /// Settings of Identity Center that are missing.
    SsoIncomplete(Vec<&'static str>),
    /// The `[sso-session …]` is not there.
    SsoSessionMissing,
    /// Profile and session say different things.
    SsoContradiction,
    /// Nobody has logged in with `aws sso login`.
    SsoTokenMissing,
    /// The log-in is over.
    SsoTokenExpired,
    /// `aws login` needs a package that Airflow does not bring.
    LoginNeedsCrt,
    /// The program cannot be started.
    ProcessMissing,
    /// Its command line has an open quote.
    ProcessSyntax,
    /// It ended with this code.
    ProcessFailed(Option<i32>),
    /// What it printed is not JSON.
    ProcessNoJson,
    /// The JSON has another version than 1.
    ProcessVersion,
    /// The JSON is not an object.
    ProcessNoObject,
    /// It lacks this key.
    ProcessKey(&'static str),
    /// The container's address is not a loopback address and none of the well-known ones.
    ContainerHost,
    /// The container's token has a line end.
    ContainerToken,
    /// The environment's credentials have expired.
    Expired,
    /// Keys that somebody handed out are over already.
    KeysExpired,
    /// They end at something that is not a time.
    ExpirationUnreadable,
    /// They end at a time without a zone.
    ExpirationWithoutZone,
    /// They end at something that boto3 may read, in a form that is not known here.
    ExpirationUnclear,
    /// Nothing is said about their end, which boto3 wants to know.
    ExpirationMissing,
    /// No region.
    NoRegion,
    /// The region is not a host label.
    RegionSyntax,
    /// The region is empty.
    RegionEmpty,
    /// An endpoint that is not a URL.
    EndpointSyntax,
    /// The `[services …]` section that the profile names is not there.
    ServicesMissing(String),
    /// An address of the instance metadata service that is not a URL.
    MetadataEndpoint,
}

impl Raised {
    pub(super) fn new(exception: &'static str, cause: Cause) -> Raised {
        Raised { exception, cause }
    }

    pub(super) fn partial(source: &'static str, missing: &'static str) -> Raised {
        Raised::new("PartialCredentialsError", Cause::Partial(source, missing))
    }

    pub(super) fn config(cause: Cause) -> Raised {
        Raised::new("InvalidConfigError", cause)
    }
}
