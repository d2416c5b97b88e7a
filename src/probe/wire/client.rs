//! The TLS client of a policy: what it checks, and the name that it sends.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};

use super::client_certificate::Identity;
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

#[cfg(test)]
/// The client for a host; `verify` is how much is checked in the end. `None`: TLS cannot be set up.
pub(in crate::probe) fn client(
    policy: &TlsPolicy,
    verify: TlsVerify,
    host: &str,
    roots: Roots,
) -> Option<Client> {
    of_libpq(policy, verify, host, roots, Further::default())
}

/// What libpq's options add.
pub(in crate::probe) struct Further {
    /// What the client shows.
    pub(in crate::probe) identity: Arc<Identity>,
    /// The least and the most version, by its place in `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`.
    pub(in crate::probe) versions: (usize, usize),
    /// The protocol that is named (ALPN).
    pub(in crate::probe) protocol: Option<&'static [u8]>,
    /// What looks for revoked certificates.
    pub(in crate::probe) revoked: Option<Arc<WebPkiServerVerifier>>,
}

impl Default for Further {
    fn default() -> Further {
        Further { identity: Arc::default(), versions: (2, 3), protocol: None, revoked: None }
    }
}

/// The same with libpq's options.
pub(in crate::probe) fn of_libpq(
    policy: &TlsPolicy,
    verify: TlsVerify,
    host: &str,
    roots: Roots,
    further: Further,
) -> Option<Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let matcher = policy.matcher(verify);
    let verifier = Arc::new(
        Verifier::new(verify, matcher, Some(host.to_string()), roots, &provider)
            .with(further.revoked),
    );
    let builder = ClientConfig::builder_with_provider(provider);
    let (least, most) = further.versions;
    let spoken =
        [(2, &TLS12), (3, &TLS13)].into_iter().filter(|(place, _)| (least..=most).contains(place));
    let builder = builder
        .with_protocol_versions(&spoken.map(|(_, version)| version).collect::<Vec<_>>())
        .ok()?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_client_cert_resolver(further.identity);
    config.alpn_protocols.extend(further.protocol.map(<[u8]>::to_vec));
    let name = ServerName::try_from(host.to_string());
    config.enable_sni = policy.sni && name.is_ok() && matcher.server_name(host).is_some();
    let name = name.or_else(|_| ServerName::try_from(NOBODY.to_string())).ok()?;
    Some(Client { config: Arc::new(config), name, verifier })
}
