//! The TLS handshake, and what went wrong in it: the version, the chain, the name, or no TLS at all.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, PeerIncompatible};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::verifier::Verifier;
use super::{Made, certificate, roots};
use crate::probe::{Journal, Options, Outcome, Surroundings, TlsPolicy, TlsVerify};

/// A name that no certificate is for: for hosts that cannot stand in one.
const NOBODY: &str = "not-a-name.invalid";

/// A stream with TLS, and whether it is known who is at its other end.
pub(super) struct Secured {
    pub(super) stream: TlsStream<TcpStream>,
    pub(super) trusted: bool,
}

/// Shakes hands, and checks what the policy asks to be checked.
pub(super) async fn handshake(
    stream: TcpStream,
    host: &str,
    policy: &TlsPolicy,
    options: &Options,
    surroundings: &Surroundings,
    journal: &Journal<'_>,
) -> Made<Secured> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // `require` checks the chain where the usual file of roots is there.
    let usual = roots::usual_file(policy, surroundings).is_some_and(|file| file.exists());
    let verify = if policy.verify == TlsVerify::Nothing && policy.demand == crate::probe::TlsDemand::Require && usual {
        TlsVerify::Chain
    } else {
        policy.verify
    };
    let trusted = roots::trusted(&TlsPolicy { verify, ..policy.clone() }, options, surroundings)?;
    let from = trusted.from;
    let verifier = Arc::new(Verifier::new(policy, verify, host, trusted, provider.clone()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Outcome::failed("tls-failed", "TLS cannot be set up"))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    let name = ServerName::try_from(host.strip_suffix('.').unwrap_or(host).to_string())
        .or_else(|_| ServerName::try_from(NOBODY.to_string()))
        .map_err(|_| Outcome::failed("tls-failed", "the host cannot be the name of a certificate"))?;
    let shaken = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let seen = verifier.seen();
    let facts = seen.chain.first().and_then(certificate::facts);
    let self_signed = facts.as_ref().is_some_and(|f| f.subject == f.issuer);
    let with_facts = |outcome: Outcome| match &facts {
        Some(facts) => facts.add(outcome, journal).fact("trusted-roots", from),
        None => outcome,
    };
    let stream = match shaken {
        Ok(stream) => stream,
        Err(_) if facts.as_ref().is_some_and(|f| f.is_version_1) => {
            let unknown =
                "the server's certificate is of version 1 of X.509, which this probe cannot check; OpenSSL, and so Airflow, may accept it";
            return Err(with_facts(Outcome::skipped("certificate-version-1", unknown).hint("make it anew, with a subjectAltName")));
        }
        Err(error) => return Err(with_facts(refused(&error, self_signed, from))),
    };
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let checked = match (verify, seen.wrong_name) {
        (TlsVerify::Nothing, _) => "; nobody checked the certificate: anybody could be at the other end",
        (TlsVerify::ChainWarnName, true) => "; the certificate is trusted, but for another name: the driver only warns of that, yet",
        (TlsVerify::Chain, true) => "; the certificate is trusted, for another name, which this mode does not look at",
        (TlsVerify::Chain, false) | (TlsVerify::ChainWarnName, false) | (TlsVerify::Full, _) => {
            "; the certificate is trusted and for this host"
        }
    };
    let mut outcome = with_facts(Outcome::ok(format!("{version}{checked}"))).fact("tls-version", version);
    if let Some(suite) = session.negotiated_cipher_suite() {
        outcome = outcome.fact("cipher-suite", format!("{:?}", suite.suite()));
    }
    if seen.wrong_name && verify == TlsVerify::ChainWarnName {
        outcome.cause = "wrong-name-warned";
        outcome = outcome.hint("connect to a name of the certificate: the driver announces that a later release refuses this one");
    }
    Ok((Secured { stream, trusted: seen.trusted }, outcome))
}

fn refused(error: &std::io::Error, self_signed: bool, from: &str) -> Outcome {
    let Some(error) = error.get_ref().and_then(|e| e.downcast_ref::<Error>()) else {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => {
                Outcome::failed("closed", "the server closes the connection during the TLS handshake")
                    .hint("a proxy in the way that does not know the cluster, or looks for another server name")
            }
            kind => Outcome::failed("tls-failed", format!("the TLS handshake fails: {kind}")),
        };
    };
    let version = || {
        Outcome::failed("tls-version", "the server speaks no TLS 1.2 or later")
            .hint("an old server or proxy: Redshift itself has spoken TLS 1.2 for years")
    };
    match error {
        Error::InvalidCertificate(reason) => certificate_refused(reason, self_signed, from),
        Error::AlertReceived(AlertDescription::ProtocolVersion) => version(),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => version(),
        Error::PeerIncompatible(_) => Outcome::failed("tls-incompatible", "the server's TLS has no parameter in common with this one"),
        Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure) => {
            Outcome::failed("tls-refused", "the server refuses the handshake")
                .hint("it wants a client certificate")
                .hint("it accepts no cipher suite that is secure today")
        }
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            Outcome::failed("tls-refused", "the server knows no certificate for this host")
                .hint("a proxy that routes by server name: connect by the name it knows")
        }
        Error::AlertReceived(alert) => Outcome::failed("tls-refused", format!("the server breaks the handshake off ({alert:?})")),
        Error::InvalidMessage(_) => Outcome::failed("not-tls", "the server says that it speaks TLS and then does not")
            .hint("a proxy in the way that answers for the cluster"),
        _ => Outcome::failed("tls-failed", "the TLS handshake fails"),
    }
}

fn certificate_refused(reason: &CertificateError, self_signed: bool, from: &str) -> Outcome {
    use CertificateError as C;
    match reason {
        C::Expired | C::ExpiredContext { .. } => {
            Outcome::failed("certificate-expired", "the server's certificate, or one of its chain, has expired")
                .hint("the certificate must be renewed on the server or proxy")
                .hint("the clock of this machine is wrong")
        }
        C::NotValidYet | C::NotValidYetContext { .. } => {
            Outcome::failed("certificate-not-yet-valid", "the server's certificate is not valid yet")
                .hint("the clock of this machine is wrong")
        }
        C::NotValidForName | C::NotValidForNameContext { .. } => {
            Outcome::failed("wrong-name", "the server's certificate is for other names than this host")
                .hint("connect to one of the names of the certificate")
                .hint("sslmode=verify-ca checks the chain only, for load balancers and VPC endpoints")
        }
        C::Revoked => Outcome::failed("certificate-revoked", "the server's certificate is revoked"),
        _ if self_signed => Outcome::failed("self-signed", "the server's certificate is self-signed, and not among those that are trusted")
            .hint("this is no Redshift cluster: its certificates are issued by Amazon")
            .hint("give its certificate with --ca FILE, if you know it to be right"),
        C::UnknownIssuer | C::BadSignature => {
            Outcome::failed("unknown-issuer", format!("the server's certificate is issued by nobody that is trusted ({from})"))
                .hint("a proxy that looks into TLS: its own authority must be trusted, by SSL_CERT_FILE for the driver, by --ca here")
                .hint("the server sends an incomplete chain")
        }
        _ => Outcome::failed("certificate-refused", "the server's certificate cannot be accepted"),
    }
}
