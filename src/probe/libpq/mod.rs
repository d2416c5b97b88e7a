//! What libpq makes of the options of a connection: with the environment around it, with its own
//! defaults, and what of it the probe does not imitate.
#![cfg_attr(
    not(feature = "probe"),
    expect(dead_code, reason = "a plan needs less of it than a walk")
)]

mod options;
mod unimitated;

use std::time::Duration;

use crate::hooks::postgres::libpq::{RequireAuth, integer, tls_versions};

pub(crate) use options::Options;
pub(super) use unimitated::unimitated;

/// Options that decide how libpq connects, checked: what it refuses at once is not here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Libpq {
    /// The address to connect to, where `host` is only the name that the certificate must have.
    pub(crate) address: Option<String>,
    /// How the server may ask who is there.
    pub(crate) require_auth: Option<RequireAuth>,
    /// Is SCRAM tied to the TLS channel?
    pub(crate) binding: Binding,
    /// What kind of server is wanted.
    pub(crate) session: SessionAttributes,
    /// TLS begins without asking for it.
    pub(crate) direct: bool,
    /// The client's certificate.
    pub(crate) certificate: ClientCertificate,
    /// `sslcrl`.
    pub(crate) revoked: Option<String>,
    /// The least and the most version of TLS, by its place in `TLSv1`, `TLSv1.1`, `TLSv1.2`,
    /// `TLSv1.3`.
    pub(crate) versions: (usize, usize),
    /// How long it may take until the session is open.
    pub(crate) timeout: Option<Duration>,
    /// `passfile`.
    pub(crate) passfile: Option<String>,
}

/// `channel_binding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Binding {
    Disable,
    #[default]
    Prefer,
    Require,
}

/// `target_session_attrs`; `prefer-standby` with one server is content with any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SessionAttributes {
    #[default]
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
}

/// `sslcertmode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CertificateMode {
    Disable,
    #[default]
    Allow,
    Require,
}

/// Where the client's certificate is.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientCertificate {
    pub(crate) mode: CertificateMode,
    pub(crate) certificate: Option<String>,
    pub(crate) key: Option<String>,
    /// There is an `sslpassword`.
    pub(crate) password: bool,
}

impl Libpq {
    /// Of options that libpq does not refuse.
    pub(crate) fn of(options: &Options) -> Libpq {
        let text = |name: &str| options.text(name).map(str::to_string);
        let timeout =
            options.text("connect_timeout").and_then(seconds).filter(|seconds| *seconds > 0);
        Libpq {
            address: text("hostaddr"),
            require_auth: options.get("require_auth").and_then(RequireAuth::read),
            binding: match options.text("channel_binding") {
                Some("disable") => Binding::Disable,
                Some("require") => Binding::Require,
                _ => Binding::Prefer,
            },
            session: match options.text("target_session_attrs") {
                Some("read-write") => SessionAttributes::ReadWrite,
                Some("read-only") => SessionAttributes::ReadOnly,
                Some("primary") => SessionAttributes::Primary,
                Some("standby") => SessionAttributes::Standby,
                _ => SessionAttributes::Any,
            },
            direct: options.text("sslnegotiation") == Some("direct"),
            certificate: ClientCertificate {
                mode: match options.text("sslcertmode") {
                    Some("disable") => CertificateMode::Disable,
                    Some("require") => CertificateMode::Require,
                    _ => CertificateMode::Allow,
                },
                certificate: text("sslcert"),
                key: text("sslkey"),
                password: options.text("sslpassword").is_some(),
            },
            revoked: text("sslcrl"),
            versions: tls_versions(&|name| options.text(name).map(str::to_string))
                .unwrap_or((2, 3)),
            // Less than two seconds are two.
            timeout: timeout
                .map(|seconds| Duration::from_secs(u64::from(seconds.unsigned_abs().max(2)))),
            passfile: text("passfile"),
        }
    }
}

/// psycopg takes fractions, and leaves them off.
fn seconds(text: &str) -> Option<i32> {
    integer(text).or_else(|| text.trim().parse::<f64>().ok().map(|seconds| seconds as i32))
}
