//! What boto3 finds in its surroundings: credentials, region and endpoint, as
//! `boto3.session.Session` of boto3 1.44 looks for them.
//!
//! A port of botocore's `configloader`, `configprovider` and `credentials`, proven against 238
//! recorded surroundings (fixtures/probe/boto3_credentials.jsonl). The AWS SDK for Rust has a chain
//! of its own, which differs where it matters here: it reads `AWS_REGION`, it strips comments and
//! accepts sections that Python's INI reader refuses, it ignores a missing profile where the
//! environment has keys, it knows neither `AWS_DEFAULT_PROFILE` nor the files of old tools, and it
//! looks into the process's own environment. So its calls and the configuration of its clients are
//! used, never its chain.
//!
//! Nothing here reads a file or asks a server: [`Surroundings`] are data, and what must be fetched
//! (a role, a container's credentials) is told as [`Credentials`].

mod chain;
mod expiry;
mod ini;
mod raised;
mod role;
mod session;
mod shell;
mod sso;
mod time;

use std::collections::BTreeMap;

use crate::model::Secret;

pub use chain::{CONTAINER_HOST, NO_REGION, process_output};
pub use expiry::{Handed, check_expiration};
pub use ini::{Fault, FaultKind};
pub use raised::{Cause, Raised};
pub use role::session_length;
pub use session::{Endpoint, Session};
pub use sso::{Life, Sso, Token};
pub use time::epoch;

/// A file, as a process of the worker's user sees it.
pub enum File {
    /// No regular file.
    Missing,
    /// A file that may not be read; Python's INI reader passes over it.
    Unreadable,
    /// Its content.
    Content(Vec<u8>),
}

/// The machine where Airflow runs, as far as boto3 looks at it.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Environment variables.
    pub environment: &'a BTreeMap<String, String>,
    /// The home directory.
    pub home: &'a str,
    /// Reads a file; `~` and variables are expanded already.
    pub read: &'a dyn Fn(&str) -> File,
}

impl Surroundings<'_> {
    pub(self) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }
}

/// Keys. Only the id of the key is not a secret.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `aws_access_key_id`.
    pub access_key_id: String,
    /// `aws_secret_access_key`.
    pub secret_access_key: Secret,
    /// `aws_session_token`.
    pub session_token: Option<Secret>,
}

impl Keys {
    pub(self) fn new(id: &str, secret: &str, token: Option<&str>) -> Keys {
        Keys {
            access_key_id: id.to_string(),
            secret_access_key: Secret::text(secret),
            session_token: token.map(Secret::text),
        }
    }

    /// The secret key.
    pub fn secret(&self) -> &str {
        self.secret_access_key.expose_text()
    }

    /// The session token; an empty one is none.
    pub fn token(&self) -> Option<&str> {
        self.session_token.as_ref().map(Secret::expose_text).filter(|t| !t.is_empty())
    }
}

/// Where boto3 gets credentials from, and what it must ask for them.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Keys that are there.
    Keys {
        /// botocore's name for the source: `explicit`, `env`, `shared-credentials-file`,
        /// `config-file`, …
        method: &'static str,
        /// The keys.
        keys: Keys,
    },
    /// A program prints them (`credential_process`).
    Process {
        /// The program and its arguments.
        command: Vec<String>,
    },
    /// The credentials server of a container.
    Container {
        /// Its address.
        url: String,
        /// The header `Authorization`.
        authorization: Option<Secret>,
    },
    /// The metadata service of an EC2 instance.
    Instance {
        /// Its address, without the path.
        endpoint: String,
        /// IMDSv1 is switched off.
        v2_only: bool,
    },
    /// A role of a profile.
    Role {
        /// Who assumes it.
        source: Box<Credentials>,
        /// `role_arn`.
        arn: String,
        /// `RoleSessionName`; botocore makes one up where there is none.
        session_name: Option<String>,
        /// `ExternalId`.
        external_id: Option<String>,
        /// `DurationSeconds`.
        duration: Option<i64>,
        /// `SerialNumber`: boto3 asks for a code at the terminal.
        mfa_serial: Option<String>,
    },
    /// A role that is assumed with a token in a file.
    WebIdentity {
        /// The file.
        token_file: String,
        /// `role_arn`.
        arn: String,
        /// `RoleSessionName`; botocore makes one up where there is none.
        session_name: Option<String>,
    },
    /// IAM Identity Center, after `aws sso login`.
    Sso(Sso),
}

impl Credentials {
    /// botocore's name for the source.
    pub fn method(&self) -> &'static str {
        match self {
            Credentials::Keys { method, .. } => method,
            Credentials::Process { .. } => "custom-process",
            Credentials::Container { .. } => "container-role",
            Credentials::Instance { .. } => "iam-role",
            Credentials::Role { .. } => "assume-role",
            Credentials::WebIdentity { .. } => "assume-role-with-web-identity",
            Credentials::Sso(_) => "sso",
        }
    }
}

/// The arguments of `boto3.session.Session`.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `profile_name`.
    pub profile_name: Option<String>,
    /// `region_name`.
    pub region_name: Option<String>,
    /// `aws_access_key_id`.
    pub access_key_id: Option<String>,
    /// `aws_secret_access_key`.
    pub secret_access_key: Option<Secret>,
    /// `aws_session_token`.
    pub session_token: Option<Secret>,
}
