//! What libpq permits a server to ask for: `require_auth`, `channel_binding` and `sslcertmode`,
//! looked at before anything is answered.

use super::client_certificate::Identity;
use super::scram::{Channel, Scram};
use crate::probe::Outcome;
use crate::probe::libpq::{Binding, CertificateMode, Libpq};

/// The options that decide, and the channel.
pub(super) struct Permission<'p> {
    pub(super) libpq: &'p Libpq,
    pub(super) channel: Channel<'p>,
}

impl Permission<'_> {
    /// May the server ask this now? `finished`: the client has said all that it has to say.
    pub(super) fn check(
        &self,
        request: u32,
        finished: bool,
        scram: Option<&Scram>,
        identity: Option<&Identity>,
    ) -> Result<(), Outcome> {
        if request == 0 && self.libpq.certificate.mode == CertificateMode::Require {
            shown(identity)?;
        }
        if let Some(required) = &self.libpq.require_auth {
            let permitted = match method(request) {
                Some("none") => finished || required.permits("none"),
                Some(method) => required.permits(method),
                None => false,
            };
            if !permitted {
                return Err(forbidden(request));
            }
        }
        match request {
            10..=12 => Ok(()),
            0 if scram.is_some_and(|scram| scram.is_bound()) => Ok(()),
            _ if self.channel.binding != Binding::Require => Ok(()),
            _ => Err(unbound(request)),
        }
    }
}

/// The client has shown a certificate.
fn shown(identity: Option<&Identity>) -> Result<(), Outcome> {
    let message = match identity {
        Some(identity) if identity.was_asked() && identity.is_there() => return Ok(()),
        Some(identity) if identity.was_asked() => {
            "the server accepts the connection without a client certificate"
        }
        _ => "the server asks for no client certificate",
    };
    Err(Outcome::failed(
        "client-certificate-required",
        format!("{message}, which `sslcertmode` requires"),
    ))
}

/// How a request for authentication is called in `require_auth`.
fn method(request: u32) -> Option<&'static str> {
    match request {
        0 => Some("none"),
        3 => Some("password"),
        5 => Some("md5"),
        7 | 8 => Some("gss"),
        9 => Some("sspi"),
        10..=12 => Some("scram-sha-256"),
        _ => None,
    }
}

fn forbidden(request: u32) -> Outcome {
    let what = match request {
        0 => "the server did not complete authentication",
        3 => "the server requested a cleartext password",
        5 => "the server requested a hashed password (MD5)",
        7 | 8 => "the server requested GSSAPI authentication",
        9 => "the server requested SSPI authentication",
        10..=12 => "the server requested SASL authentication",
        _ => "the server requested an unknown authentication type",
    };
    Outcome::failed(
        "method-forbidden",
        format!("{what}, which `require_auth` does not permit: nothing of the password was sent"),
    )
    .hint("how the server asks stands in its pg_hba.conf, and how the user's password is stored")
    .hint("if that is right, `require_auth` must name it")
}

fn unbound(request: u32) -> Outcome {
    let what = match request {
        0 => "the server authenticated the client without it",
        _ => "the server's authentication request does not support it",
    };
    Outcome::failed(
        "channel-binding",
        format!(
            "the connection requires `channel_binding`, and \
             {what}: the password was not sent"
        ),
    )
    .hint(
        "SCRAM-SHA-256-PLUS takes TLS and a server that has the password as SCRAM; proxies \
         that end TLS cannot offer it",
    )
}
