//! Clients of the AWS SDK: one attempt each, on our HTTP, with the endpoint that boto3 would take.

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

/// A client of one of the SDK's crates, which have configurations of different types with the same methods.
macro_rules! client {
    ($sdk:ident, $channel:expr) => {{
        let channel: &$crate::probe::aws::clients::Channel = $channel;
        let mut config = $sdk::Config::builder()
            // Pinned: a later one may retry or wait otherwise.
            .behavior_version($sdk::config::BehaviorVersion::v2026_01_12())
            .region($sdk::config::Region::new(channel.endpoint.region.clone()))
            .http_client(channel.http.clone())
            .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
            .timeout_config(aws_smithy_types::timeout::TimeoutConfig::disabled())
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
            .use_fips(channel.endpoint.fips)
            .use_dual_stack(channel.endpoint.dual_stack);
        config = match &channel.keys {
            Some(keys) => config.credentials_provider($sdk::config::Credentials::new(
                keys.access_key_id.as_str(),
                keys.secret(),
                keys.token().map(String::from),
                None,
                "airconn",
            )),
            None => config.allow_no_auth(),
        };
        if let Some(url) = &channel.endpoint.url {
            config = config.endpoint_url(url.as_str());
        }
        $sdk::Client::from_conf(config.build())
    }};
}

pub(super) use client;
