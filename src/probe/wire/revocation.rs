//! Revocation lists, as libpq loads them: `sslcrl`, or the usual file of the user, beside roots
//! that are there.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use rustls::{CertificateError, RootCertStore};

use super::roots::read;
use crate::probe::{Outcome, Surroundings};

/// The lists of the file. A file that cannot be read, or in which nothing is, is as good as none,
/// while one with certificates alone makes OpenSSL look for lists that it does not have.
fn lists(
    given: Option<&str>,
    surroundings: &Surroundings,
) -> Result<Vec<CertificateRevocationListDer<'static>>, Outcome> {
    let usual = || Some(surroundings.home.as_deref()?.join(".postgresql").join("root.crl"));
    let Some(bytes) = given.map(Into::into).or_else(usual).and_then(|path| read(&path).ok()) else {
        return Ok(Vec::new());
    };
    let lists: Vec<_> =
        CertificateRevocationListDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    if lists.is_empty() && CertificateDer::pem_slice_iter(&bytes).any(|found| found.is_ok()) {
        return Err(missing());
    }
    Ok(lists)
}

/// What looks for revoked certificates; `None` where there is no list.
pub(super) fn verifier(
    given: Option<&str>,
    roots: &Path,
    surroundings: &Surroundings,
) -> Result<Option<Arc<WebPkiServerVerifier>>, Outcome> {
    let lists = lists(given, surroundings)?;
    if lists.is_empty() {
        return Ok(None);
    }
    let mut store = RootCertStore::empty();
    let bytes = read(roots).unwrap_or_default();
    store.add_parsable_certificates(CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider);
    builder.with_crls(lists).enforce_revocation_expiration().build().map(Some).map_err(|_| unread())
}

/// What the verifier found; `None` where it could not look.
pub(super) fn found(error: &CertificateError) -> Option<Outcome> {
    use CertificateError as C;
    match error {
        C::Revoked => {
            Some(Outcome::failed("certificate-revoked", "the server's certificate is revoked"))
        }
        C::UnknownRevocationStatus => Some(missing()),
        C::ExpiredRevocationList | C::ExpiredRevocationListContext { .. } => Some(expired()),
        C::BadSignature => None,
        _ => Some(unread()),
    }
}

/// A list, or a chain beside one, that rustls does not read.
fn unread() -> Outcome {
    let why = "the option `sslcrl` is not imitated for this list: the probe reads those of version \
               2 of X.509 only, OpenSSL others, too";
    Outcome::skipped("revocation-list-unread", why)
}

/// There is no list of an issuer.
fn missing() -> Outcome {
    Outcome::failed(
        "revocation-list-missing",
        "`sslcrl` has no revocation list of one of the issuers of the server's certificate",
    )
    .hint("it must hold the current list of every authority of the chain")
}

/// A list is over.
fn expired() -> Outcome {
    Outcome::failed("revocation-list-expired", "a revocation list of `sslcrl` has expired")
        .hint("fetch the authority's current list")
}
