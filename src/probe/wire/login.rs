//! Start-up and authentication: one attempt, by whatever of Redshift's and PostgreSQL's methods the server asks for.

use bytes::BytesMut;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::frontend;
use sha2::{Digest, Sha256};

use super::frames::{Broken, Frames, Reader};
use super::refusal::{Around, ServerError, broken, refused};
use crate::probe::{Journal, Outcome, Sensitive};

/// SCRAM servers name the work that a client must do. PostgreSQL asks for 4096 rounds; more than these are refused.
const MOST_ROUNDS: u32 = crate::bounds::SCRAM_ROUNDS.value as u32;
/// A session of ours is called so in the server's lists.
const APPLICATION_NAME: &str = "airconn probe";

/// Who logs in, and where.
pub(super) struct Login<'l> {
    pub(super) user: &'l str,
    pub(super) database: Option<&'l str>,
    pub(super) secret: Option<&'l Sensitive>,
    pub(super) startup: &'l [(&'static str, String)],
    /// The password may be sent as it is: the other end is known, or somebody said so.
    pub(super) cleartext: bool,
    pub(super) around: Around,
}

/// How far authentication came.
pub(super) enum Authenticated {
    /// The server said so.
    Yes(Outcome),
    /// The server looked at something else first and refused that: authentication is open.
    Refused(Outcome),
}

const DOING: &str = "during the log-in";

/// Sends the start-up packet and answers the server's requests.
pub(super) async fn authenticate(frames: &mut Frames, login: &Login<'_>, journal: &Journal<'_>) -> Result<Authenticated, Outcome> {
    let lost = |end: Broken| broken(&end, DOING);
    let mut parameters = vec![("user", login.user)];
    parameters.extend(login.database.map(|database| ("database", database)));
    parameters.extend(login.startup.iter().map(|(name, value)| (*name, value.as_str())));
    parameters.extend([("client_encoding", "UTF8"), ("application_name", APPLICATION_NAME)]);
    let mut buffer = BytesMut::with_capacity(16 * 1024);
    frontend::startup_message(parameters, &mut buffer)
        .map_err(|_| Outcome::failed("start-up-refused", "user or database holds a zero byte"))?;
    frames.send(&mut buffer).await.map_err(lost)?;
    let mut method = "no password";
    loop {
        let frame = frames.next().await.map_err(lost)?;
        match frame.tag {
            b'R' => {}
            // A note of the server.
            b'N' | b'S' => continue,
            b'E' => return refusal(&ServerError::read(&frame.body), login, journal),
            // NegotiateProtocolVersion: it wants less than we asked for, which was the least.
            b'v' => continue,
            _ => return Err(broken(&Broken::Malformed, DOING)),
        }
        let mut reader = Reader(&frame.body);
        let request = reader.int().ok_or_else(|| lost(Broken::Malformed))?;
        match request {
            0 => {
                let outcome = Outcome::ok(format!("the server accepts the log-in ({method})")).fact("method", method);
                return Ok(Authenticated::Yes(outcome));
            }
            3 => {
                method = "cleartext password";
                let password = login.password()?;
                login.may_be_shown("the password")?;
                frontend::password_message(password.as_bytes(), &mut buffer).map_err(|_| zero_byte())?;
            }
            5 => {
                method = "MD5";
                let salt = reader.take(4).and_then(|s| s.try_into().ok()).ok_or_else(|| lost(Broken::Malformed))?;
                let hash = md5_hash(login.user.as_bytes(), login.password()?.as_bytes(), salt);
                frontend::password_message(hash.as_bytes(), &mut buffer).map_err(|_| zero_byte())?;
            }
            10 => {
                method = "SCRAM-SHA-256";
                scram(frames, &mut reader, login, journal, &mut buffer).await?;
                continue;
            }
            13 => {
                method = "SHA-256 digest (request 13)";
                login.only_redshift(13)?;
                digest(&mut reader, login.password()?, &mut buffer)?;
            }
            14 => {
                method = "token of an identity provider (request 14)";
                login.only_redshift(14)?;
                let token = login.token()?;
                login.may_be_shown("the token")?;
                message(b'i', &[token.as_bytes()], &mut buffer);
            }
            other => return Err(unsupported(other)),
        }
        frames.send(&mut buffer).await.map_err(lost)?;
    }
}

/// The database is looked at after the password: a complaint about it says nothing about the password where that was not asked for yet.
fn refusal(error: &ServerError, login: &Login<'_>, journal: &Journal<'_>) -> Result<Authenticated, Outcome> {
    let outcome = refused(error, login.around, journal);
    match outcome.cause {
        "database-not-found" => Ok(Authenticated::Refused(outcome)),
        _ => Err(outcome),
    }
}

impl Login<'_> {
    fn password(&self) -> Result<&str, Outcome> {
        let secret = self.secret.filter(|_| !self.around.token).map(Sensitive::expose).filter(|s| !s.is_empty());
        secret.ok_or_else(|| match self.around.token {
            true => Outcome::failed("password-missing", "the server asks for a password, and the connection has a token")
                .hint("the identity provider is not set up for this cluster"),
            false => Outcome::failed("password-missing", "the server asks for a password, and the connection has none"),
        })
    }

    fn token(&self) -> Result<&str, Outcome> {
        let secret = self.secret.filter(|_| self.around.token).map(Sensitive::expose).filter(|s| !s.is_empty());
        secret.ok_or_else(|| {
            Outcome::failed("token-missing", "the server asks for a token of an identity provider, and the connection has none").hint(
                "the user is one of Identity Center or of a native identity provider: `credentials_provider` and its extras are missing",
            )
        })
    }

    /// Cleartext goes only to somebody who is known.
    fn may_be_shown(&self, what: &str) -> Result<(), Outcome> {
        if self.cleartext {
            return Ok(());
        }
        let why = if self.around.encrypted { "its certificate was not checked" } else { "the connection is not encrypted" };
        Err(Outcome::failed("cleartext-refused", format!("the server asks for {what} as it is, and {why}: it was not sent"))
            .hint("let TLS check the certificate: verify-full or verify-ca")
            .hint("--allow-cleartext sends it in spite of that, as Airflow would"))
    }

    /// libpq knows neither 13 nor 14.
    fn only_redshift(&self, request: u32) -> Result<(), Outcome> {
        if self.around.redshift {
            return Ok(());
        }
        Err(Outcome::failed(
            "method-of-redshift",
            format!("the server asks for authentication method {request}, which the drivers of PostgresHook do not know"),
        )
        .hint("use a connection of type redshift: its driver answers it")
        .hint("or give the user a password that is not stored as SHA-256 (CREATE USER … PASSWORD 'md5…')"))
    }
}

fn zero_byte() -> Outcome {
    Outcome::failed("password-rejected", "the password holds a zero byte, which no server accepts")
}

/// Redshift's request 13. Answer: `d`, the digest and a nonce of ours, each behind its length (redshift_connector 2.2.0, core.py).
fn digest(reader: &mut Reader<'_>, password: &str, buffer: &mut BytesMut) -> Result<(), Outcome> {
    let malformed = || broken(&Broken::Malformed, DOING);
    let algorithm = reader.int().ok_or_else(malformed)?;
    if algorithm != 0 {
        return Err(Outcome::failed(
            "digest-unknown",
            format!("the server asks for a digest of kind {algorithm}; SHA-256, which is kind 0, is the only one that drivers know"),
        )
        .hint("a newer server than any driver"));
    }
    let salt = reader.counted().flatten().ok_or_else(malformed)?;
    let server_nonce = reader.counted().flatten().ok_or_else(malformed)?;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let client_nonce = since.as_millis().to_string();
    let digest = redshift_digest(password.as_bytes(), salt, server_nonce, client_nonce.as_bytes());
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
    message(b'd', &[&length(&digest), &digest, &length(client_nonce.as_bytes()), client_nonce.as_bytes()], buffer);
    Ok(())
}

/// `SHA256(SHA256(password, salt), server_nonce, client_nonce)`.
fn redshift_digest(password: &[u8], salt: &[u8], server_nonce: &[u8], client_nonce: &[u8]) -> [u8; 32] {
    let inner = Sha256::new().chain_update(password).chain_update(salt).finalize();
    Sha256::new().chain_update(inner).chain_update(server_nonce).chain_update(client_nonce).finalize().into()
}

fn message(tag: u8, parts: &[&[u8]], buffer: &mut BytesMut) {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    buffer.extend_from_slice(&[tag]);
    buffer.extend_from_slice(&u32::try_from(length + 4).unwrap_or(u32::MAX).to_be_bytes());
    parts.iter().for_each(|part| buffer.extend_from_slice(part));
}

/// SCRAM: the server proves that it knows the password, too.
async fn scram(
    frames: &mut Frames,
    mechanisms: &mut Reader<'_>,
    login: &Login<'_>,
    journal: &Journal<'_>,
    buffer: &mut BytesMut,
) -> Result<(), Outcome> {
    let lost = |end: Broken| broken(&end, DOING);
    let malformed = || broken(&Broken::Malformed, DOING);
    let mut known = false;
    while let Some(mechanism) = mechanisms.text().filter(|m| !m.is_empty()) {
        known |= mechanism == SCRAM_SHA_256;
    }
    if !known {
        return Err(Outcome::failed("method-unknown", "the server asks for a SASL mechanism other than SCRAM-SHA-256"));
    }
    let mut scram = ScramSha256::new(login.password()?.as_bytes(), ChannelBinding::unsupported());
    frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), buffer).map_err(|_| malformed())?;
    frames.send(buffer).await.map_err(lost)?;
    for request in [11, 12] {
        let frame = frames.next().await.map_err(lost)?;
        if frame.tag == b'E' {
            return Err(refused(&ServerError::read(&frame.body), login.around, journal));
        }
        let mut reader = Reader(&frame.body);
        if frame.tag != b'R' || reader.int() != Some(request) {
            return Err(malformed());
        }
        if request == 11 {
            if rounds(reader.0).is_some_and(|rounds| rounds > MOST_ROUNDS) {
                return Err(Outcome::failed("method-unknown", "the server asks for more rounds of hashing than any honest one"));
            }
            scram.update(reader.0).map_err(|_| malformed())?;
            frontend::sasl_response(scram.message(), buffer).map_err(|_| malformed())?;
            frames.send(buffer).await.map_err(lost)?;
        } else if scram.finish(reader.0).is_err() {
            return Err(Outcome::failed(
                "server-not-genuine",
                "the server accepts the password and does not know it itself: it is not the server that it claims to be",
            ));
        }
    }
    Ok(())
}

/// `i=` of SCRAM's first server message; what is no number is as good as too many.
fn rounds(message: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(message).ok()?;
    let rounds = text.split(',').find_map(|part| part.strip_prefix("i="))?;
    Some(rounds.parse().unwrap_or(u32::MAX))
}

fn unsupported(request: u32) -> Outcome {
    let name = match request {
        2 => "Kerberos V5",
        4 => "crypt",
        6 => "SCM credentials",
        7 | 8 => "GSSAPI",
        9 => "SSPI",
        _ => return Outcome::failed("method-unknown", format!("the server asks for authentication method {request}, which nobody knows")),
    };
    Outcome::failed("method-unknown", format!("the server asks for {name}, which the drivers of Airflow do not answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference was made with Python's hashlib.
    #[test]
    fn the_digest_is_the_drivers() {
        let digest = redshift_digest(b"Spring/rain1", b"salt", b"server-nonce", b"1700000000000");
        let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "38573c49371ad69d319f783cca5738fa008815634a737ed975e3f17488b6a57f");
    }

    #[test]
    fn rounds_are_read_before_they_are_done() {
        for (message, want) in
            [(&b"r=abc,s=AAAA,i=4096"[..], Some(4096)), (b"r=abc,s=AAAA,i=99999999999", Some(u32::MAX)), (b"r=abc", None)]
        {
            assert_eq!(rounds(message), want);
        }
    }
}
