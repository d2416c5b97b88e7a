//! Clients of the AWS SDK: one attempt each, on our HTTP, with the endpoint that boto3 would take.

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};

use super::http::Http;
use crate::boto3::{Endpoint, Keys};

/// Where a call goes, and who signs it.
pub(super) struct Channel {
    /// HTTP.
    pub(super) http: Http,
    /// The endpoint.
    pub(super) endpoint: Endpoint,
    /// The keys; without any the call is not signed.
    pub(super) keys: Option<Keys>,
}

impl Channel {
    /// The configuration of the clients of all services. It is complete: aws-config's own loader
    /// would read the environment and the files of the process, and is not asked.
    pub(super) fn config(&self) -> SdkConfig {
        let signed = self.keys.as_ref().map(|keys| {
            let token = keys.token().map(String::from);
            SharedCredentialsProvider::new(Credentials::new(
                keys.access_key_id.as_str(),
                keys.secret(),
                token,
                None,
                "airconn",
            ))
        });
        let mut config = SdkConfig::builder()
            // Pinned: a later one may retry or wait otherwise.
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.endpoint.region.clone()))
            .http_client(self.http.clone())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            // Keys are there already, and shall not outlive a call.
            .identity_cache(IdentityCache::no_cache())
            .use_fips(self.endpoint.fips)
            .use_dual_stack(self.endpoint.dual_stack);
        // The clock of the machine, which AssumeRoleProvider wants to be given.
        config
            .set_time_source(Some(Default::default()))
            .set_credentials_provider(signed)
            .set_endpoint_url(self.endpoint.url.clone());
        config.build()
    }
}

/// A client of one of the SDK's crates. What `Client::new` does, but without keys a request goes
/// out unsigned, as botocore's does with `signature_version: unsigned`.
macro_rules! client {
    ($sdk:ident, $channel:expr) => {{
        let channel: &$crate::probe::aws::clients::Channel = $channel;
        let mut config = $sdk::config::Builder::from(&channel.config());
        if channel.keys.is_none() {
            config.set_allow_no_auth();
        }
        $sdk::Client::from_conf(config.build())
    }};
}

pub(super) use client;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;
    use crate::probe::aws::proxy::Proxies;
    use crate::probe::aws::trust::{self, Trust};
    use crate::probe::x509::Matcher;

    fn channel(url: Option<&str>, signed: bool) -> Channel {
        let keys = Keys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_string(),
            secret_access_key: Secret::text("Canary7/Spring"),
            session_token: Some(Secret::text("Canary7.token")),
        };
        let endpoint = Endpoint {
            region: "eu-west-1".to_string(),
            url: url.map(String::from),
            fips: true,
            dual_stack: false,
        };
        let tls = trust::config(&Trust::BuiltIn, Matcher::Urllib3).expect("roots");
        Channel {
            http: Http { proxies: Proxies::default(), tls },
            endpoint,
            keys: signed.then_some(keys),
        }
    }

    #[test]
    fn a_configuration_is_what_was_found_and_nothing_else() {
        let config = channel(Some("http://127.0.0.1:1"), true).config();
        assert_eq!(
            (config.region().map(Region::as_ref), config.endpoint_url()),
            (Some("eu-west-1"), Some("http://127.0.0.1:1"))
        );
        assert_eq!((config.use_fips(), config.use_dual_stack()), (Some(true), Some(false)));
        assert!(
            config.retry_config().is_some_and(|r| !r.has_retry())
                && config.timeout_config().is_some_and(|t| !t.has_timeouts())
        );
        // What would look into the environment and the profile for an endpoint of its own.
        assert!(
            config.service_config().is_none()
                && config.token_provider().is_none()
                && config.app_name().is_none()
        );
        let unsigned = channel(None, false).config();
        assert!(unsigned.credentials_provider().is_none() && unsigned.endpoint_url().is_none());
    }

    #[test]
    fn a_configuration_shows_no_secret() {
        let channel = channel(None, true);
        let client = client!(aws_sdk_sts, &channel);
        for shown in [
            format!("{:?}", channel.config()),
            format!("{client:?}"),
            format!("{:?}", client.config()),
        ] {
            assert!(!shown.contains("Canary7"), "{shown}");
        }
    }
}
