//! How much of the server's certificate is checked: what `redshift_connector` and libpq check, by mode, built from rustls's own checks.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate;
use super::roots::Trusted;
use crate::probe::{TlsPolicy, TlsVerify};

/// What the verifier saw, whatever came of it.
#[derive(Clone, Default)]
pub(super) struct Seen {
    /// The chain as the server sent it, its own certificate first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The name does not fit, and that was let pass.
    pub(super) wrong_name: bool,
    /// The chain was checked and is good.
    pub(super) trusted: bool,
}

/// The check of a policy.
#[derive(Debug)]
pub(super) struct Verifier {
    verify: TlsVerify,
    libpq: bool,
    /// The name as it is written, without a final dot.
    host: String,
    webpki: Option<Arc<WebPkiServerVerifier>>,
    own: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Seen>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} certificates", self.chain.len())
    }
}

impl Verifier {
    pub(super) fn new(policy: &TlsPolicy, verify: TlsVerify, host: &str, trusted: Trusted, provider: Arc<CryptoProvider>) -> Verifier {
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(trusted.store), provider.clone());
        // Without any root nothing is trusted.
        let webpki = builder.build().ok();
        let host = host.strip_suffix('.').unwrap_or(host).to_string();
        Verifier { verify, libpq: policy.libpq, host, webpki, own: trusted.own, provider, seen: Mutex::default() }
    }

    /// What it saw.
    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The chain and then the name, as rustls checks them.
    fn chain_and_name(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), Error> {
        let Some(webpki) = &self.webpki else { return Err(CertificateError::UnknownIssuer.into()) };
        match webpki.verify_server_cert(leaf, intermediates, name, ocsp, now) {
            Ok(_) => Ok(()),
            // A certificate that is itself in the file of roots is trusted by OpenSSL, also if it says that it is an authority.
            Err(Error::InvalidCertificate(refused)) if self.own.contains(leaf) && !is_about_time(&refused) && !is_about_name(&refused) => {
                let parsed = ParsedCertificate::try_from(leaf)?;
                rustls::client::verify_server_name(&parsed, name)
            }
            Err(error) => Err(error),
        }
    }

    /// libpq compares with the common name where the certificate has no names.
    fn is_common_name(&self, leaf: &CertificateDer<'_>) -> bool {
        let facts = certificate::facts(leaf).filter(|f| self.libpq && f.names.is_empty());
        facts.and_then(|f| f.common_name).is_some_and(|name| name.eq_ignore_ascii_case(&self.host))
    }
}

fn is_about_name(error: &CertificateError) -> bool {
    matches!(error, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })
}

fn is_about_time(error: &CertificateError) -> bool {
    matches!(
        error,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    )
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(intermediates).map(|c| c.clone().into_owned()).collect();
        self.note(|seen| seen.chain = chain);
        if self.verify == TlsVerify::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        match self.chain_and_name(leaf, intermediates, name, ocsp, now) {
            Ok(()) => self.note(|seen| seen.trusted = true),
            Err(Error::InvalidCertificate(refused)) if is_about_name(&refused) => {
                let wrong = !self.is_common_name(leaf);
                self.note(|seen| {
                    seen.trusted = true;
                    seen.wrong_name = wrong;
                });
                if wrong && self.verify == TlsVerify::Full {
                    return Err(Error::InvalidCertificate(refused));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
