//! What is wrong with a certificate, or why that cannot be told here: causes, words and help.

use crate::probe::Outcome;

/// Which certificate of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Place {
    Server,
    Between,
    Root,
}

/// Why OpenSSL refuses a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Fault {
    Expired(Place),
    NotYet(Place),
    /// It signed itself, and is not trusted.
    SelfSigned,
    /// Nobody that is trusted has issued it.
    UnknownIssuer,
    /// An authority in between is trusted, and the root above it is not there.
    RootMissing,
    TooLong,
    Critical(Place),
    /// What signed another one is not an authority.
    NotAuthority,
    /// It is for something else than for servers.
    Purpose(Place),
    PathLength,
    WeakKey(Place),
    WeakHash,
    WrongName,
    BadSignature,
    Limits,
}

/// Why it cannot be told what OpenSSL does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Doubt {
    /// Version 1 or 2 of X.509.
    Version,
    /// A certificate of the chain, or of the file of roots, cannot be read here.
    Unreadable,
    /// A key or signature of a kind that ring does not know.
    Algorithm,
    /// Extensions whose rules are not imitated.
    Extension,
    /// Limits of names of a kind that is not imitated.
    Limits,
}

use Place as P;

impl Fault {
    /// A sentence.
    pub(in crate::probe) fn words(self) -> &'static str {
        self.info().1
    }

    fn info(self) -> (&'static str, &'static str, &'static [&'static str]) {
        const CLOCK: &str = "the clock of this machine is wrong";
        const NEW: &str = "the certificate must be renewed on the server or proxy";
        match self {
            Fault::Expired(P::Server) => {
                ("certificate-expired", "the server's certificate has expired", &[NEW, CLOCK])
            }
            Fault::Expired(P::Between) => (
                "certificate-expired",
                "the certificate of an authority between the server and the root has expired",
                &[
                    "the server sends an old chain: it must send the new certificate of its issuer",
                    CLOCK,
                ],
            ),
            Fault::Expired(P::Root) => (
                "certificate-expired",
                "the root certificate has expired",
                &["the file of roots is old: take the new certificate of the authority", CLOCK],
            ),
            Fault::NotYet(P::Server) => {
                ("certificate-not-yet-valid", "the server's certificate is not valid yet", &[CLOCK])
            }
            Fault::NotYet(P::Between) => (
                "certificate-not-yet-valid",
                "the certificate of an authority between the server and the root is not valid yet",
                &[CLOCK],
            ),
            Fault::NotYet(P::Root) => {
                ("certificate-not-yet-valid", "the root certificate is not valid yet", &[CLOCK])
            }
            Fault::SelfSigned => (
                "self-signed",
                "the server's certificate is self-signed, and not among those that are trusted",
                &[
                    "this is not a Redshift cluster: its certificates are issued by Amazon",
                    "give its certificate with --ca FILE, if you know it to be right",
                ],
            ),
            Fault::UnknownIssuer => (
                "unknown-issuer",
                "the server's certificate is issued by nobody that is trusted",
                &[
                    "a proxy that looks into TLS: its own authority must be trusted, by \
                     SSL_CERT_FILE for the driver, by --ca here",
                    "the server sends an incomplete chain",
                ],
            ),
            Fault::RootMissing => (
                "root-missing",
                "an authority between the server and the root is trusted, and the root above it is \
                 not there, which OpenSSL wants",
                &["add the certificate of the root to the file of roots: one that is issued by \
                   itself"],
            ),
            Fault::TooLong => (
                "chain-too-long",
                "the chain of the server's certificate does not come to an end",
                &[],
            ),
            Fault::Critical(P::Server) => (
                "critical-extension",
                "the server's certificate has a critical extension that OpenSSL does not know",
                &["the certificate must be made without it, or with it as not critical"],
            ),
            Fault::Critical(_) => (
                "critical-extension",
                "the certificate of an authority has a critical extension that OpenSSL does not \
                 know",
                &["the certificate of the authority must be made without it, or with it as not \
                   critical"],
            ),
            Fault::NotAuthority => (
                "not-an-authority",
                "a certificate of the chain signed another one and may not: it is not an \
                 authority's",
                &[
                    "the certificate of an authority needs CA:TRUE in basicConstraints, and \
                     keyCertSign where it has a keyUsage",
                    "somebody signed with a certificate that was issued to a server or person",
                ],
            ),
            Fault::Purpose(P::Server) => (
                "certificate-usage",
                "the server's certificate is not one for servers",
                &[
                    "extendedKeyUsage, if there is one, needs serverAuth",
                    "keyUsage, if there is one, needs digitalSignature, keyEncipherment or \
                     keyAgreement",
                ],
            ),
            Fault::Purpose(_) => (
                "certificate-usage",
                "the certificate of an authority is not one for issuers of servers' certificates",
                &["its extendedKeyUsage lacks serverAuth, or its Netscape certificate type is \
                   another one"],
            ),
            Fault::PathLength => (
                "path-length",
                "there are more authorities in the chain than one of them permits (pathlen in \
                 basicConstraints)",
                &["the authority with the limit may sign servers' certificates, and no further \
                   authorities"],
            ),
            Fault::WeakKey(P::Server) => (
                "key-too-short",
                "the key of the server's certificate is too short for OpenSSL",
                &["the certificate must be made anew: RSA of 2048 bits or more, or P-256"],
            ),
            Fault::WeakKey(_) => (
                "key-too-short",
                "the key of an authority in the chain is too short for OpenSSL",
                &["the authority must be made anew: RSA of 2048 bits or more, or P-256"],
            ),
            Fault::WeakHash => (
                "weak-signature",
                "a certificate of the chain is signed with SHA-1 or MD5, which OpenSSL does not \
                 accept",
                &["the certificate must be signed anew, with SHA-256"],
            ),
            Fault::WrongName => (
                "wrong-name",
                "the server's certificate is for other names than this host",
                &[
                    "connect to one of the names of the certificate",
                    "sslmode=verify-ca checks the chain only, for load balancers and VPC endpoints",
                ],
            ),
            Fault::BadSignature => (
                "bad-signature",
                "a certificate of the chain is not signed by the key of the authority that it \
                 names",
                &[
                    "an authority was made anew under its old name: trust the certificate that \
                     issued the server's",
                    "somebody pretends to be the authority",
                ],
            ),
            Fault::Limits => (
                "name-constraints",
                "an authority of the chain may not issue certificates for the names of this one \
                 (nameConstraints)",
                &["the server needs a certificate of another authority, or the authority other \
                   limits"],
            ),
        }
    }

    /// The end of a step. `from` says what is trusted.
    pub(in crate::probe) fn outcome(self, from: &str) -> Outcome {
        let (cause, words, hints) = self.info();
        let message = if self == Fault::UnknownIssuer {
            format!("{words} ({from})")
        } else {
            words.to_string()
        };
        hints.iter().fold(Outcome::failed(cause, message), |outcome, hint| outcome.hint(*hint))
    }
}

impl Doubt {
    /// A sentence.
    pub(in crate::probe) fn words(self) -> &'static str {
        match self {
            Doubt::Version => {
                "the server's certificate is of version 1 of X.509, which this probe cannot check; \
                 OpenSSL, and so Airflow, may accept it"
            }
            Doubt::Unreadable => {
                "a certificate of the chain, or of the file of roots, cannot be read by this \
                 probe; OpenSSL, and so Airflow, may accept it"
            }
            Doubt::Algorithm => {
                "the chain has a key or signature of a kind that this probe cannot check; OpenSSL, \
                 and so Airflow, may accept it"
            }
            Doubt::Extension => {
                "a certificate of the chain has extensions that this probe cannot judge; OpenSSL, \
                 and so Airflow, may accept it"
            }
            Doubt::Limits => {
                "an authority limits names of a kind that this probe cannot judge \
                 (nameConstraints); OpenSSL, and so Airflow, may accept it"
            }
        }
    }

    /// A stable word.
    pub(in crate::probe) fn cause(self) -> &'static str {
        if self == Doubt::Version { "certificate-version-1" } else { "certificate-unproven" }
    }

    /// The end of a step.
    pub(in crate::probe) fn outcome(self) -> Outcome {
        let outcome = Outcome::skipped(self.cause(), self.words());
        match self {
            Doubt::Version => outcome.hint("make it anew, with a subjectAltName"),
            Doubt::Algorithm => outcome.hint(
                "RSA of 2048 bits or more, P-256, P-384 and Ed25519, signed with \
                 SHA-256 or longer, can be checked",
            ),
            Doubt::Unreadable | Doubt::Extension | Doubt::Limits => outcome,
        }
    }
}
