//! The Amazon provider: the versions that were run and what each does differently, as data.

use crate::airflow::runtime::Version;
use crate::hooks::redshift::version::Driver;
use crate::hooks::version::{Change, behaviour, changes};

/// What versions of `apache-airflow-providers-amazon` differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmazonBehaviour {
    /// SecretsManagerBackend finds the fields of JSON secrets under its own words for them, without
    /// being asked to.
    pub secret_words: bool,
    /// `iam` makes the hook ask for credentials through the AWS connection.
    pub hook_iam: bool,
    /// The host may be empty when `cluster_identifier` is given.
    pub host_optional: bool,
    /// `is_serverless`.
    pub serverless: bool,
    /// `config_kwargs` knows the signature version `unsigned`.
    pub unsigned: bool,
    /// `service_config` gives each service its endpoint.
    pub service_endpoints: bool,
    /// Deprecated extras of AWS connections are read.
    pub deprecated_aws_extras: bool,
    /// The boto3 that was run with it refuses an empty `verify`.
    pub refuses_empty_bundle: bool,
    /// A log-in is tried five times.
    pub five_attempts: bool,
    /// The connection object is overwritten with the temporary user.
    pub overwrites_connection: bool,
}

/// Changes of the Amazon provider. Each wheel was compared with the one before.
pub static AMAZON_CHANGES: &[Change<AmazonBehaviour>] = changes! {
    7 . 0 . 0 "SecretsManagerBackend reads JSON by its own words" { secret_words = true }
    8 . 1 . 0 "iam goes through the AWS \
               connection" { hook_iam = true, overwrites_connection = true }
    8 . 2 . 0 "no host needed beside cluster_identifier; config_kwargs \
               unsigned" { host_optional = true, unsigned = true }
    8 . 10 . 0 "an endpoint for each service" { service_endpoints = true }
    8 . 13 . 0 "is_serverless, serverless_work_group" { serverless = true }
    9 . 0 . 0 "deprecated extras of AWS connections are gone" { deprecated_aws_extras = false }
    9 . 18 . 1 "five attempts" { five_attempts = true }
    9 . 26 . 0 "the connection is no longer overwritten" { overwrites_connection = false }
    9 . 30 . 0 "an empty verify is refused by boto3 1.44, the first that was run \
                with it" { refuses_empty_bundle = true }
};

/// The Amazon provider that runs the hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its version.
    pub version: Version,
    /// What it does.
    pub behaviour: AmazonBehaviour,
}

/// Versions that were run, oldest first.
pub static PROVIDERS: &[Version] = &[
    Version(7, 4, 1),
    Version(8, 1, 0),
    Version(8, 29, 0),
    Version(9, 17, 0),
    Version(9, 30, 0),
    Version(9, 39, 0),
];

/// Versions of botocore that were run, oldest first.
pub static BOTOCORES: &[Version] =
    &[Version(1, 31, 1), Version(1, 35, 63), Version(1, 42, 29), Version(1, 44, 5)];

impl Provider {
    /// The provider of a version; what is older than the oldest recorded one behaves like it.
    pub fn new(version: Version) -> Provider {
        let oldest = AmazonBehaviour {
            secret_words: false,
            hook_iam: false,
            host_optional: false,
            serverless: false,
            unsigned: false,
            service_endpoints: false,
            deprecated_aws_extras: true,
            refuses_empty_bundle: false,
            five_attempts: false,
            overwrites_connection: false,
        };
        Provider { version, behaviour: behaviour(oldest, AMAZON_CHANGES, version) }
    }

    /// The newest recorded one.
    pub fn newest() -> Provider {
        Provider::new(PROVIDERS[PROVIDERS.len() - 1])
    }

    /// The botocore that was run with this provider, or with the newest recorded one that is not
    /// newer.
    pub fn usual_botocore(&self) -> Version {
        let pairs = [
            (Version(9, 30, 0), Version(1, 44, 5)),
            (Version(9, 17, 0), Version(1, 42, 29)),
            (Version(8, 29, 0), Version(1, 35, 63)),
        ];
        pairs
            .iter()
            .find(|(since, _)| *since <= self.version)
            .map_or(Version(1, 31, 1), |(_, botocore)| *botocore)
    }

    /// The driver that was run with this provider, or with the newest recorded one that is not
    /// newer.
    pub fn usual_driver(&self) -> Driver {
        let pairs = [
            (Version(9, 30, 0), Version(2, 2, 0)),
            (Version(9, 17, 0), Version(2, 1, 10)),
            (Version(8, 29, 0), Version(2, 1, 3)),
            (Version(8, 17, 0), Version(2, 0, 918)),
        ];
        let driver = pairs
            .iter()
            .find(|(since, _)| *since <= self.version)
            .map_or(Version(2, 0, 912), |(_, driver)| *driver);
        Driver::new(driver)
    }
}
