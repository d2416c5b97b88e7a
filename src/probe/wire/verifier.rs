//! rustls's hook for certificates: the chain as OpenSSL judges it, the name as the client compares
//! it, as much of both as a policy asks for.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use crate::probe::TlsVerify;
use crate::probe::x509::{self, Certificate, Doubt, Fault, Matcher, Roots, Verdict};

/// What the verifier saw, whatever came of it.
#[derive(Clone, Default)]
pub(in crate::probe) struct Seen {
    /// The chain as the server sent it, its own certificate first.
    pub(in crate::probe) chain: Vec<CertificateDer<'static>>,
    /// The name does not fit, and that was let pass.
    pub(in crate::probe) wrong_name: bool,
    /// The chain was checked and is good.
    pub(in crate::probe) trusted: bool,
}

/// Why a certificate is not accepted, inside of rustls's error.
#[derive(Clone, Copy, Debug)]
pub(in crate::probe) struct Judged(pub(in crate::probe) Verdict);

impl std::fmt::Display for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Verdict::Trusted => "",
            Verdict::Refused(fault) => fault.words(),
            Verdict::Unproven(doubt) => doubt.words(),
        })
    }
}

impl std::error::Error for Judged {}

impl Judged {
    /// The verdict that ended a handshake, if one did.
    pub(in crate::probe) fn of(error: &Error) -> Option<Verdict> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
                other.downcast_ref::<Judged>().map(|judged| judged.0)
            }
            _ => None,
        }
    }

    fn error(verdict: Verdict) -> Error {
        CertificateError::Other(OtherError(Arc::new(Judged(verdict)))).into()
    }
}

/// The check of a policy.
#[derive(Debug)]
pub(in crate::probe) struct Verifier {
    verify: TlsVerify,
    matcher: Matcher,
    /// The host as it is written, if that is not the name that rustls is told.
    host: Option<String>,
    roots: Roots,
    provable: WebPkiSupportedAlgorithms,
    /// What looks for revoked certificates.
    revoked: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Seen>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} certificates", self.chain.len())
    }
}

impl Verifier {
    pub(in crate::probe) fn new(
        verify: TlsVerify,
        matcher: Matcher,
        host: Option<String>,
        roots: Roots,
        provider: &CryptoProvider,
    ) -> Verifier {
        let provable = provider.signature_verification_algorithms;
        Verifier { verify, matcher, host, roots, provable, revoked: None, seen: Mutex::default() }
    }

    /// The same, with lists of what was revoked.
    pub(in crate::probe) fn with(mut self, revoked: Option<Arc<WebPkiServerVerifier>>) -> Verifier {
        self.revoked = revoked;
        self
    }

    /// What it saw.
    pub(in crate::probe) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The chain, and then the name; whether the name is another one that is let pass.
    pub(in crate::probe) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        host: &str,
        now: UnixTime,
    ) -> (Verdict, bool) {
        if self.verify == TlsVerify::Nothing {
            return (Verdict::Trusted, false);
        }
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let verdict = x509::judge(chain, &self.roots, now, &self.provable);
        let leaf = chain.first().and_then(|der| Certificate::read(der));
        let fits = leaf.is_some_and(|leaf| self.matcher.fits(&leaf, host));
        // OpenSSL looks at the name before times, signatures and limits; where libpq and urllib3
        // look themselves, they do so in the end.
        let within = matches!(self.matcher, Matcher::OpenSsl | Matcher::Requests)
            && self.verify == TlsVerify::Full;
        let late = matches!(
            verdict,
            Verdict::Refused(
                Fault::Expired(_) | Fault::NotYet(_) | Fault::BadSignature | Fault::Limits
            )
        );
        match verdict {
            Verdict::Refused(_) if within && late && !fits => {
                (Verdict::Refused(Fault::WrongName), false)
            }
            // Of what cannot be read the name cannot be read, either.
            Verdict::Refused(_) | Verdict::Unproven(Doubt::Unreadable) => (verdict, false),
            _ if fits => (verdict, false),
            _ if self.verify == TlsVerify::Full => (Verdict::Refused(Fault::WrongName), false),
            verdict => (verdict, true),
        }
    }

    /// A signature of the handshake, by the key of the certificate. Where nobody asks who is at the
    /// other end, one that cannot be checked will do.
    fn handshake(&self, signed: Option<bool>) -> Result<HandshakeSignatureValid, Error> {
        match signed {
            Some(true) => Ok(HandshakeSignatureValid::assertion()),
            Some(false) => Err(CertificateError::BadSignature.into()),
            None if self.verify == TlsVerify::Nothing => Ok(HandshakeSignatureValid::assertion()),
            None => Err(Judged::error(Verdict::Unproven(Doubt::Algorithm))),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        asked: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain: Vec<_> =
            std::iter::once(leaf).chain(intermediates).map(|c| c.clone().into_owned()).collect();
        self.note(|seen| seen.chain.clone_from(&chain));
        let name = asked.to_str();
        let (verdict, wrong_name) = self.judge(&chain, self.host.as_deref().unwrap_or(&name), now);
        if verdict != Verdict::Trusted {
            return Err(Judged::error(verdict));
        }
        // rustls looks at the name last.
        match self
            .revoked
            .as_ref()
            .map(|revoked| revoked.verify_server_cert(leaf, intermediates, asked, ocsp, now))
        {
            Some(Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ))) => {}
            Some(Err(error)) => return Err(error),
            Some(Ok(_)) | None => {}
        }
        self.note(|seen| {
            seen.trusted = self.verify != TlsVerify::Nothing;
            seen.wrong_name = wrong_name;
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.handshake(x509::signed(certificate, message, signed, &self.provable, false))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.handshake(x509::signed(certificate, message, signed, &self.provable, true))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        [self.provable.supported_schemes().as_slice(), &x509::BEYOND].concat()
    }
}
