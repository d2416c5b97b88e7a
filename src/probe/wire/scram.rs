//! SCRAM-SHA-256 as libpq speaks it (RFC 5802, 7677): what of the server's first message it refuses
//! before any proof goes out.

use bytes::BytesMut;
use postgres_protocol::authentication::sasl::{
    ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};
use postgres_protocol::message::frontend;

use super::frames::Reader;
use crate::probe::Outcome;
use crate::probe::libpq::Binding;

/// More rounds of hashing than these are not done: PostgreSQL asks for 4096 unless told otherwise,
/// and `postgres-protocol` does no more.
const MOST_ROUNDS: i64 = crate::bounds::SCRAM_ROUNDS.value as i64;

/// What SCRAM may be tied to.
#[derive(Clone, Copy)]
pub(super) struct Channel<'c> {
    /// `channel_binding`.
    pub(super) binding: Binding,
    pub(super) encrypted: bool,
    /// The hash of the server's certificate.
    pub(super) end_point: Option<&'c [u8]>,
}

/// An exchange under way.
pub(super) struct Scram {
    inner: ScramSha256,
    nonce: String,
    /// The name of the mechanism, with channel binding or without.
    pub(super) mechanism: &'static str,
    /// The server has proven that it knows the password.
    pub(super) is_genuine: bool,
}

fn malformed(what: &str) -> Outcome {
    Outcome::failed(
        "scram-malformed",
        format!("the server sends a malformed message of SCRAM ({what}): no proof was sent"),
    )
    .hint("what answers is no PostgreSQL, or somebody who collects proofs of passwords")
}

/// What libpq would answer, and the probe does not.
fn unread(what: &str) -> Outcome {
    Outcome::skipped(
        "scram-unread",
        format!("SCRAM: {what}; what libpq makes of that is open, and no proof was sent"),
    )
}

impl Scram {
    /// Begins an exchange by one of the mechanisms that the server offers.
    pub(super) fn begin(
        mechanisms: &mut Reader<'_>,
        password: &str,
        channel: Channel<'_>,
    ) -> Result<Scram, Outcome> {
        let (mut plain, mut plus) = (false, false);
        while let Some(mechanism) = mechanisms.text().filter(|m| !m.is_empty()) {
            plain |= mechanism == SCRAM_SHA_256;
            plus |= mechanism == SCRAM_SHA_256_PLUS;
        }
        let required = channel.binding == Binding::Require;
        if required && !channel.encrypted {
            return Err(needs_binding("the connection is not encrypted"));
        }
        if plus && !channel.encrypted {
            let message = "the server offers SCRAM-SHA-256-PLUS where nothing is encrypted, which \
                           libpq takes for an attack";
            return Err(Outcome::failed("channel-binding", message));
        }
        let (mechanism, binding) = match () {
            () if plus && channel.binding != Binding::Disable => {
                let Some(hash) = channel.end_point else {
                    let message = "the server offers channel binding, and the signature of its \
                                   certificate has no hash that it could be made with";
                    return Err(Outcome::failed("channel-binding", message)
                        .hint("`channel_binding`: disable, or another certificate"));
                };
                (SCRAM_SHA_256_PLUS, ChannelBinding::tls_server_end_point(hash.to_vec()))
            }
            () if !plain => {
                return Err(Outcome::failed(
                    "method-unknown",
                    "the server asks for a SASL mechanism other than SCRAM-SHA-256",
                ));
            }
            () if required => return Err(needs_binding("the server offers no mechanism with it")),
            // The client could, and thinks that the server cannot.
            () if channel.encrypted && channel.binding != Binding::Disable => {
                (SCRAM_SHA_256, ChannelBinding::unrequested())
            }
            () => (SCRAM_SHA_256, ChannelBinding::unsupported()),
        };
        let inner = ScramSha256::new(password.as_bytes(), binding);
        let first = String::from_utf8_lossy(inner.message()).into_owned();
        let nonce =
            first.rsplit_once(",r=").map(|(_, nonce)| nonce.to_string()).unwrap_or_default();
        Ok(Scram { inner, nonce, mechanism, is_genuine: false })
    }

    /// The first message, in a buffer.
    pub(super) fn first(&self, buffer: &mut BytesMut) -> Result<(), Outcome> {
        frontend::sasl_initial_response(self.mechanism, self.inner.message(), buffer)
            .map_err(|_| malformed("too long"))
    }

    /// Answers the server's first message with the proof.
    pub(super) fn proof(&mut self, message: &[u8], buffer: &mut BytesMut) -> Result<(), Outcome> {
        check(message, &self.nonce)?;
        self.inner.update(message).map_err(|_| malformed("not as it should be"))?;
        frontend::sasl_response(self.inner.message(), buffer).map_err(|_| malformed("too long"))
    }

    /// Was the channel bound, and has the server proven that it knows the password?
    pub(super) fn is_bound(&self) -> bool {
        self.is_genuine && self.mechanism == SCRAM_SHA_256_PLUS
    }

    /// Takes the server's last message.
    pub(super) fn end(&mut self, message: &[u8]) -> Result<(), Outcome> {
        self.is_genuine = self.inner.finish(message).is_ok();
        if self.is_genuine {
            return Ok(());
        }
        let message = "the server accepts the password and does not know it itself: it is not the \
                       server that it claims to be";
        Err(Outcome::failed("server-not-genuine", message))
    }
}

fn needs_binding(why: &str) -> Outcome {
    Outcome::failed(
        "channel-binding",
        format!(
            "the connection requires `channel_binding`, and \
             {why}: nothing of the password was sent"
        ),
    )
    .hint(
        "SCRAM-SHA-256-PLUS takes TLS and a server that has the password as SCRAM; proxies \
         that end TLS cannot offer it",
    )
}

/// `r=…,s=…,i=…`: libpq takes exactly these, a nonce that begins with its own, and rounds from 1
/// on.
fn check(message: &[u8], nonce: &str) -> Result<(), Outcome> {
    let text = std::str::from_utf8(message).map_err(|_| malformed("not text"))?;
    let mut parts = text.split(',');
    let mut part = |name: &str| {
        let value = parts.next().and_then(|part| part.strip_prefix(name)?.strip_prefix('='));
        value.ok_or_else(|| malformed(&format!("the attribute `{name}` is missing")))
    };
    let (both, salt, rounds) = (part("r")?, part("s")?, part("i")?);
    if parts.next().is_some() {
        // libpq says so, and answers.
        return Err(unread("the first message goes on where it should end"));
    }
    if !both.starts_with(nonce) {
        return Err(malformed("the nonce is not the client's"));
    }
    if salt.is_empty() {
        return Err(malformed("there is no salt"));
    }
    // C reads it with `strtol`.
    match rounds.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).parse::<i64>() {
        Ok(rounds) if rounds < 1 => Err(malformed("the count of rounds is not positive")),
        Err(_) => Err(malformed("the count of rounds is not a number")),
        Ok(rounds) if rounds > MOST_ROUNDS => Err(unread(&format!(
            "the server asks for {rounds} rounds of hashing, and the probe does {MOST_ROUNDS} at \
             most"
        ))),
        // C takes more than the digits that `postgres-protocol` takes.
        Ok(_) if !rounds.bytes().all(|b| b.is_ascii_digit()) => {
            Err(unread("the count of rounds is written in a way that only C reads"))
        }
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Reader, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, Scram, check};
    use crate::probe::libpq::Binding;

    /// RFC 5802, section 6: `n` from a client that cannot bind, `y` from one that could and thinks
    /// that the server cannot, `p=` from one that does. A server that can takes `y` for an attack.
    #[test]
    fn the_flag_of_channel_binding() {
        let both = format!("{SCRAM_SHA_256_PLUS}\0{SCRAM_SHA_256}\0\0");
        let plain = format!("{SCRAM_SHA_256}\0\0");
        let hash = [7; 32];
        for (offered, encrypted, binding, flag) in [
            (&plain, true, Binding::Prefer, "y,,"),
            (&plain, true, Binding::Disable, "n,,"),
            (&plain, false, Binding::Prefer, "n,,"),
            (&both, true, Binding::Prefer, "p=tls-server-end-point,,"),
            (&both, true, Binding::Require, "p=tls-server-end-point,,"),
            (&both, true, Binding::Disable, "n,,"),
        ] {
            let channel = Channel { binding, encrypted, end_point: Some(&hash) };
            let begun = Scram::begin(&mut Reader(offered.as_bytes()), "Tide4low", channel);
            let Ok(begun) = begun else { panic!("{offered:?} {encrypted} {binding:?}") };
            let first = String::from_utf8_lossy(begun.inner.message()).into_owned();
            assert!(first.starts_with(flag), "{offered:?} {encrypted} {binding:?}: {first}");
        }
    }

    #[test]
    fn messages_are_judged_before_anything_is_proven() {
        for (message, want) in [
            ("r=abcXYZ,s=c2FsdA==,i=4096", "ok"),
            ("r=abc,s=c2FsdA==,i= 4096", "scram-unread"),
            ("r=abcXYZ,s=c2FsdA==,i=+1", "scram-unread"),
            ("r=abcXYZ,s=c2FsdA==,i=0", "scram-malformed"),
            ("r=abcXYZ,s=c2FsdA==,i=-5", "scram-malformed"),
            ("r=abcXYZ,s=c2FsdA==,i=abc", "scram-malformed"),
            ("r=abcXYZ,s=c2FsdA==,i=", "scram-malformed"),
            ("r=abcXYZ,s=c2FsdA==,i=4096x", "scram-malformed"),
            ("r=abcXYZ,s=c2FsdA==,i=4096,x=y", "scram-unread"),
            ("m=x,r=abcXYZ,s=c2FsdA==,i=4096", "scram-malformed"),
            ("r=abX,s=c2FsdA==,i=4096", "scram-malformed"),
            ("r=abcX,i=4096", "scram-malformed"),
            ("r=abcX,s=c2FsdA==,i=5000000", "scram-unread"),
        ] {
            let got =
                check(message.as_bytes(), "abc").map_or_else(|outcome| outcome.cause, |()| "ok");
            assert_eq!(got, want, "{message}");
        }
    }
}
