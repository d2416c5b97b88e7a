//! The client's certificate: found and judged as libpq does it, and whether a server asked for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::ResolvesClientCert;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, Error, InconsistentKeys, SignatureScheme};

use super::roots::read;
use crate::probe::libpq::{CertificateMode, ClientCertificate};
use crate::probe::{Outcome, Surroundings};

/// What the client shows to a server that asks who it is.
#[derive(Debug, Default)]
pub(in crate::probe) struct Identity {
    key: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Identity {
    /// What libpq would show. `Err` where it fails, or where that cannot be told.
    pub(super) fn of(
        given: &ClientCertificate,
        surroundings: &Surroundings,
    ) -> Result<Identity, Outcome> {
        let usual = |name: &str| {
            surroundings.home.as_deref().map(|home| home.join(".postgresql").join(name))
        };
        let file = |given: &Option<String>, name: &str| {
            given.as_ref().map(PathBuf::from).or_else(|| usual(name))
        };
        let Some(path) = file(&given.certificate, "postgresql.crt")
            .filter(|_| given.mode != CertificateMode::Disable)
        else {
            return Ok(Identity::default());
        };
        // One that is not there is none.
        if let Err(error) = std::fs::metadata(&path) {
            return match error.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                    Ok(Identity::default())
                }
                kind => Err(unreadable(format!(
                    "the client certificate of `sslcert` cannot be read: {kind}"
                ))),
            };
        }
        let bytes = read(&path)
            .map_err(|why| unreadable(format!("the client certificate of `sslcert` {why}")))?;
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
        if chain.is_empty() {
            return Err(unreadable("the file of `sslcert` holds no certificate in PEM form"));
        }
        let Some(path) = file(&given.key, "postgresql.key") else { return Ok(Identity::default()) };
        let key = key(&path, given.password)?;
        let signing = any_supported_type(&key).map_err(|_| {
            unproven(
                "`sslkey`: the probe cannot sign with a private key of this \
                 kind, which OpenSSL may be able to",
            )
        })?;
        let certified = CertifiedKey::new(chain, signing);
        match certified.keys_match() {
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                return Err(unreadable(
                    "the client certificate of `sslcert` does not match the private key of \
                     `sslkey`",
                ));
            }
            Err(Error::InvalidCertificate(_)) => {
                return Err(unproven(
                    "`sslcert`: the probe cannot read the client certificate, which OpenSSL may be \
                     able to",
                ));
            }
            _ => {}
        }
        Ok(Identity { key: Some(Arc::new(certified)), asked: AtomicBool::new(false) })
    }

    /// Has the server asked for a certificate?
    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Is there one to show?
    pub(super) fn is_there(&self) -> bool {
        self.key.is_some()
    }

    /// What an alert of a server that asked for a certificate means; `None` where it is about
    /// something else.
    pub(super) fn refused(&self, alert: AlertDescription) -> Option<Outcome> {
        use AlertDescription as A;
        let about = match alert {
            A::CertificateRequired => true,
            A::HandshakeFailure
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked => self.was_asked(),
            A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError => self.was_asked(),
            _ => false,
        };
        about.then(|| if self.is_there() { not_accepted() } else { needed() })
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.key.clone()
    }

    /// rustls asks only those that have some, and that it was asked counts here.
    fn has_certs(&self) -> bool {
        true
    }
}

/// The server wants a certificate, and there is none.
pub(super) fn needed() -> Outcome {
    Outcome::failed(
        "client-certificate-needed",
        "the server demands a client certificate, and the connection has none",
    )
    .hint("`sslcert` and `sslkey` name the files of one: PostgresHook hands them to libpq")
    .hint("without them libpq takes ~/.postgresql/postgresql.crt and postgresql.key of the worker")
}

fn not_accepted() -> Outcome {
    Outcome::failed(
        "client-certificate-refused",
        "the server does not accept the client \
         certificate of `sslcert`",
    )
    .hint(
        "it is issued by an authority that the server does not trust (`ssl_ca_file`), has \
         expired, or was revoked",
    )
}

fn unreadable(message: impl Into<String>) -> Outcome {
    Outcome::failed("client-certificate-unreadable", message)
}

fn unproven(message: impl Into<String>) -> Outcome {
    Outcome::skipped("client-certificate-unproven", message)
}

/// The private key: libpq looks at who may read its file.
fn key(path: &Path, password: bool) -> Result<PrivateKeyDer<'static>, Outcome> {
    let Ok(about) = std::fs::metadata(path) else {
        return Err(unreadable(
            "the client certificate of `sslcert` is present, but not the private key file of \
             `sslkey`",
        ));
    };
    if !about.is_file() {
        return Err(unreadable("the private key of `sslkey` is not a regular file"));
    }
    if is_open_to_others(&about) {
        return Err(unreadable(
            "the private key file of `sslkey` has group or world access, and libpq refuses it",
        )
        .hint("chmod 0600, or 0640 where it belongs to root"));
    }
    let bytes =
        read(path).map_err(|why| unreadable(format!("the private key of `sslkey` {why}")))?;
    if let Ok(key) = PrivateKeyDer::from_pem_slice(&bytes) {
        // The old form of an encrypted key has the same label as an open one.
        if !is_encrypted(&bytes) {
            return Ok(key);
        }
    }
    if is_encrypted(&bytes) {
        return Err(match password {
            true => unproven("`sslpassword`: the probe does not decrypt private keys"),
            false => unreadable(
                "the private key of `sslkey` is encrypted, and there is no `sslpassword`",
            ),
        });
    }
    PrivateKeyDer::try_from(bytes)
        .map_err(|_| unreadable("the private key of `sslkey` cannot be loaded"))
}

fn is_encrypted(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// Anybody but the owner may do something with it; the group may read what belongs to root.
#[cfg(unix)]
fn is_open_to_others(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let closed = if about.uid() == 0 { 0o037 } else { 0o077 };
    about.mode() & closed != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}
