//! Which certificates of AWS endpoints are trusted: Mozilla's roots, a file (`AWS_CA_BUNDLE`,
//! `verify`), or anything (`verify: false`).

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;

use super::http::Failed;
use crate::probe::TlsVerify;
use crate::probe::wire::verifier::Verifier;
use crate::probe::x509::{Matcher, Roots};
use crate::{bounds, files};

/// What is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Trust {
    /// The roots that are built in; botocore brings Mozilla's, too.
    #[default]
    BuiltIn,
    /// A file of roots instead of them.
    File(String),
    /// Anybody.
    Anything,
}

/// TLS with it, for the client that compares names so.
pub(super) fn config(trust: &Trust, matcher: Matcher) -> Result<Arc<ClientConfig>, Failed> {
    const BROKEN: Failed = Failed {
        cause: "ca-bundle",
        message: "the file of root certificates (AWS_CA_BUNDLE, `verify`) cannot be read",
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (verify, roots) = match trust {
        Trust::Anything => (TlsVerify::Nothing, Roots::default()),
        Trust::BuiltIn => (TlsVerify::Full, Roots::built_in()),
        Trust::File(path) => {
            let text = files::read(Path::new(path), bounds::ROOTS.value).map_err(|_| BROKEN)?;
            (TlsVerify::Full, Roots::of_pem(&text).map_err(|_| BROKEN)?)
        }
    };
    let verifier = Verifier::new(verify, matcher, None, roots, &provider);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| BROKEN)?;
    Ok(Arc::new(
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
    ))
}
