//! The TLS client of a policy: what it checks, and the name that it sends.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::verifier::Verifier;
use crate::probe::x509::Roots;
use crate::probe::{TlsPolicy, TlsVerify};

/// A name that no certificate is for: for hosts that cannot stand in one.
const NOBODY: &str = "not-a-name.invalid";

/// What rustls needs for a handshake.
pub(in crate::probe) struct Client {
    pub(in crate::probe) config: Arc<ClientConfig>,
    /// Goes out only where the driver sends it.
    pub(in crate::probe) name: ServerName<'static>,
    pub(in crate::probe) verifier: Arc<Verifier>,
}

/// The client for a host; `verify` is how much is checked in the end. `None`: TLS cannot be set up.
pub(in crate::probe) fn client(policy: &TlsPolicy, verify: TlsVerify, host: &str, roots: Roots) -> Option<Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let matcher = policy.matcher(verify);
    let verifier = Arc::new(Verifier::new(verify, matcher, Some(host.to_string()), roots, &provider));
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier.clone()).with_no_client_auth();
    let name = ServerName::try_from(host.to_string());
    config.enable_sni = policy.sni && name.is_ok() && matcher.server_name(host).is_some();
    let name = name.or_else(|_| ServerName::try_from(NOBODY.to_string())).ok()?;
    Some(Client { config: Arc::new(config), name, verifier })
}
