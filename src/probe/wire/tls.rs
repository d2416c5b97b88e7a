//! The TLS handshake, and what went wrong in it: the version, the chain, the name, or no TLS at
//! all.

use std::sync::Arc;

use rustls::{AlertDescription, Error, PeerIncompatible};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::{Further, of_libpq};
use super::client_certificate::Identity;
use super::verifier::Judged;
use super::{Made, binding, certificate, revocation, roots};
use crate::probe::libpq::Libpq;
use crate::probe::x509::Verdict;
use crate::probe::{Journal, Options, Outcome, Surroundings, TlsPolicy, TlsVerify};

/// A stream with TLS, and whether it is known who is at its other end.
pub(super) struct Secured {
    pub(super) stream: TlsStream<TcpStream>,
    pub(super) trusted: bool,
    /// The hash of the server's certificate that a log-in may be tied to.
    pub(super) end_point: Option<Vec<u8>>,
    /// What the client shows, and whether it was asked for it.
    pub(super) identity: Arc<Identity>,
}

/// The protocol that libpq says it speaks (ALPN), from version 17 on.
const PROTOCOL: &[u8] = b"postgresql";

/// Shakes hands, and checks what the policy asks to be checked.
pub(super) async fn handshake(
    stream: TcpStream,
    host: Option<&str>,
    policy: &TlsPolicy,
    options: &Options,
    surroundings: &Surroundings,
    libpq: Option<&Libpq>,
    journal: &Journal<'_>,
) -> Made<Secured> {
    let file =
        roots::file_of_libpq(policy, surroundings).filter(|file| policy.libpq && file.exists());
    // Where the mode does not verify, the file of roots decides.
    let verify = match (policy.optional_roots, file.is_some()) {
        (true, true) => TlsVerify::Chain,
        (true, false) => TlsVerify::Nothing,
        (false, _) => policy.verify,
    };
    let policy = &TlsPolicy {
        verify,
        roots: policy.roots.clone().filter(|_| verify != TlsVerify::Nothing),
        ..policy.clone()
    };
    let trusted = roots::trusted(policy, options, surroundings)?;
    let from = trusted.from;
    if host.is_none() && verify == TlsVerify::Full {
        return Err(Outcome::failed(
            "wrong-name",
            "the certificate's name cannot be checked without a `host`: `hostaddr` is not a name",
        ));
    }
    let mut further = Further::default();
    if let Some(libpq) = libpq {
        let given = libpq.revoked.as_deref();
        further.revoked = match file.filter(|_| verify != TlsVerify::Nothing) {
            Some(roots) => revocation::verifier(given, &roots, surroundings)?,
            None => None,
        };
        further.identity = Arc::new(Identity::of(&libpq.certificate, surroundings)?);
        further.versions = libpq.versions;
        further.protocol = Some(PROTOCOL);
    }
    let least = further.versions.0;
    let identity = further.identity.clone();
    let client = of_libpq(policy, verify, host.unwrap_or_default(), trusted.certificates, further);
    let client = client.ok_or_else(|| Outcome::failed("tls-failed", "TLS cannot be set up"))?;
    let shaken = TlsConnector::from(client.config).connect(client.name, stream).await;
    let seen = client.verifier.seen();
    let facts = seen.chain.first().and_then(certificate::facts);
    let with_facts = |outcome: Outcome| match &facts {
        Some(facts) => facts.add(outcome, journal).fact("trusted-roots", from),
        None => outcome,
    };
    let stream = match shaken {
        Ok(stream) => stream,
        Err(error) => {
            return Err(with_facts(refused(
                &error,
                from,
                !seen.chain.is_empty(),
                &identity,
                least,
            )));
        }
    };
    let (_, session) = stream.get_ref();
    if libpq.is_some_and(|libpq| libpq.direct) && session.alpn_protocol().is_none() {
        let message = "the server takes TLS at once (`sslnegotiation`) and does not say that it \
                       speaks PostgreSQL (ALPN)";
        return Err(with_facts(
            Outcome::failed("not-postgres", message)
                .hint("a proxy for other protocols, or a server before PostgreSQL 17"),
        ));
    }
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let checked = match (verify, seen.wrong_name) {
        (TlsVerify::Nothing, _) => {
            "; nobody checked the certificate: anybody could be at the other end"
        }
        (TlsVerify::ChainWarnName, true) => {
            "; the certificate is trusted, but for another name: the driver only warns of that, yet"
        }
        (TlsVerify::Chain, true) => {
            "; the certificate is trusted, for another name, which this mode does not look at"
        }
        (TlsVerify::Chain, false) | (TlsVerify::ChainWarnName, false) | (TlsVerify::Full, _) => {
            "; the certificate is trusted and for this host"
        }
    };
    let mut outcome =
        with_facts(Outcome::ok(format!("{version}{checked}"))).fact("tls-version", version);
    if let Some(suite) = session.negotiated_cipher_suite() {
        outcome = outcome.fact("cipher-suite", format!("{:?}", suite.suite()));
    }
    if seen.wrong_name && verify == TlsVerify::ChainWarnName {
        outcome.cause = "wrong-name-warned";
        outcome = outcome.hint(
            "connect to a name of the certificate: the driver announces that a \
             later release refuses this one",
        );
    }
    let end_point = seen.chain.first().and_then(binding::tls_server_end_point);
    Ok((Secured { stream, trusted: seen.trusted, end_point, identity }, outcome))
}

/// `certain`: the server's certificate came, so that both sides had agreed on how to talk.
fn refused(
    error: &std::io::Error,
    from: &str,
    certain: bool,
    identity: &Identity,
    least: usize,
) -> Outcome {
    let Some(error) = error.get_ref().and_then(|e| e.downcast_ref::<Error>()) else {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::BrokenPipe => Outcome::failed(
                "closed",
                "the server closes the connection during the TLS \
                 handshake",
            )
            .hint(
                "a proxy in the way that does not know the cluster, or looks for another \
                 server name",
            ),
            kind => Outcome::failed("tls-failed", format!("the TLS handshake fails: {kind}")),
        };
    };
    let version = || match least {
        0 | 1 => Outcome::skipped(
            "tls-version",
            "the server speaks no TLS 1.2 or later; `ssl_min_protocol_version` permits less, which \
             the probe does not speak",
        ),
        3 => Outcome::failed(
            "tls-version",
            "the server does not speak TLS 1.3, which `ssl_min_protocol_version` requires",
        ),
        _ => Outcome::failed("tls-version", "the server speaks no TLS 1.2 or later")
            .hint("an old server or proxy: Redshift itself has spoken TLS 1.2 for years"),
    };
    if let Error::AlertReceived(alert) = error
        && let Some(outcome) = identity.refused(*alert)
    {
        return outcome;
    }
    if let Error::InvalidCertificate(reason) = error
        && Judged::of(error).is_none()
        && let Some(outcome) = revocation::found(reason)
    {
        return outcome;
    }
    match Judged::of(error) {
        Some(Verdict::Refused(fault)) => return fault.outcome(from),
        Some(Verdict::Unproven(doubt)) => return doubt.outcome(),
        Some(Verdict::Trusted) | None => {}
    }
    match error {
        Error::InvalidCertificate(_) => Outcome::failed(
            "key-not-proven",
            "the server cannot prove that the key of its certificate is its own",
        )
        .hint("somebody shows the certificate of another server"),
        Error::AlertReceived(AlertDescription::ProtocolVersion) => version(),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => version(),
        // OpenSSL offers more suites, curves and signatures.
        Error::PeerIncompatible(_) | Error::PeerMisbehaved(_) if !certain => incompatible(),
        Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ) if !certain => incompatible(),
        Error::PeerIncompatible(_) => Outcome::failed(
            "tls-incompatible",
            "the server's TLS has no parameter in common with this one",
        ),
        Error::AlertReceived(AlertDescription::NoApplicationProtocol)
        | Error::NoApplicationProtocol => {
            Outcome::failed("tls-refused", "the server does not speak PostgreSQL behind TLS (ALPN)")
                .hint("a proxy for other protocols in the way")
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            Outcome::failed("tls-refused", "the server refuses the handshake")
                .hint("it accepts no cipher suite that is secure today")
        }
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            Outcome::failed("tls-refused", "the server knows no certificate for this host")
                .hint("a proxy that routes by server name: connect by the name it knows")
        }
        Error::AlertReceived(alert) => Outcome::failed(
            "tls-refused",
            format!("the server breaks the handshake off ({alert:?})"),
        ),
        Error::InvalidMessage(_) => {
            Outcome::failed("not-tls", "the server says that it speaks TLS and then does not")
                .hint("a proxy in the way that answers for the cluster")
        }
        _ => Outcome::failed("tls-failed", "the TLS handshake fails"),
    }
}

/// The server wants what rustls does not speak: CBC, key exchange by RSA or finite fields, further
/// curves. OpenSSL may.
fn incompatible() -> Outcome {
    let unknown = "the server takes none of the kinds of encryption that this probe speaks; \
                   OpenSSL speaks more, and so Airflow may get through";
    Outcome::skipped("tls-unproven", unknown)
        .hint("let the server take TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM")
}
