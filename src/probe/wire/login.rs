//! Start-up and authentication: one attempt, by whatever of Redshift's and PostgreSQL's methods the
//! server asks for and the driver permits.

use bytes::BytesMut;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::message::frontend;
use sha2::{Digest, Sha256};

use super::client_certificate::Identity;
use super::frames::{Broken, Frames, Reader};
use super::permission::Permission;
use super::refusal::{Around, ServerError, broken, refused};
use super::scram::Scram;
use crate::model::Secret;
use crate::probe::{Journal, Outcome};

/// A session of ours is called so in the server's lists.
const APPLICATION_NAME: &str = "airconn probe";

/// Who logs in, and where.
pub(super) struct Login<'l> {
    pub(super) user: &'l str,
    pub(super) database: Option<&'l str>,
    pub(super) secret: Option<&'l Secret>,
    pub(super) startup: &'l [(&'static str, String)],
    /// The password may be sent as it is: the other end is known, or somebody said so.
    pub(super) cleartext: bool,
    pub(super) around: Around,
    /// What libpq permits; `None` where it is not libpq that logs in.
    pub(super) permission: Option<Permission<'l>>,
    /// What the client showed of itself in TLS.
    pub(super) identity: Option<&'l Identity>,
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
pub(super) async fn authenticate(
    frames: &mut Frames,
    login: &Login<'_>,
    journal: &Journal<'_>,
) -> Result<Authenticated, Outcome> {
    let lost = |end: Broken| login.lost(&end);
    let mut parameters = vec![("user", login.user)];
    parameters.extend(login.database.map(|database| ("database", database)));
    parameters.extend(login.startup.iter().map(|(name, value)| (*name, value.as_str())));
    if !parameters.iter().any(|(name, _)| *name == "client_encoding") {
        parameters.push(("client_encoding", "UTF8"));
    }
    parameters.push(("application_name", APPLICATION_NAME));
    let mut buffer = BytesMut::with_capacity(16 * 1024);
    frontend::startup_message(parameters, &mut buffer).map_err(|_| {
        Outcome::failed("start-up-refused", "user, database or an option holds a zero byte")
    })?;
    if let Err(end) = frames.send(&mut buffer).await {
        // A server that has gone may have said why.
        return Err(lost(
            frames
                .next()
                .await
                .err()
                .filter(|said| matches!(said, Broken::Alert(_)))
                .unwrap_or(end),
        ));
    }
    let mut method = "no password";
    let mut scram: Option<Scram> = None;
    let mut finished = false;
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
        if let Some(permission) = &login.permission {
            permission.check(request, finished, scram.as_ref(), login.identity)?;
        }
        match request {
            0 if scram.as_ref().is_some_and(|scram| !scram.is_genuine)
                && login.permission.is_none() =>
            {
                return Err(lost(Broken::Malformed));
            }
            0 => {
                let outcome = Outcome::ok(format!("the server accepts the log-in ({method})"))
                    .fact("method", method);
                return Ok(Authenticated::Yes(outcome));
            }
            3 => {
                method = "cleartext password";
                let password = login.password()?;
                login.may_be_shown("the password")?;
                frontend::password_message(password.as_bytes(), &mut buffer)
                    .map_err(|_| zero_byte())?;
                finished = true;
            }
            5 => {
                method = "MD5";
                let salt = reader
                    .take(4)
                    .and_then(|s| s.try_into().ok())
                    .ok_or_else(|| lost(Broken::Malformed))?;
                let hash = md5_hash(login.user.as_bytes(), login.password()?.as_bytes(), salt);
                frontend::password_message(hash.as_bytes(), &mut buffer)
                    .map_err(|_| zero_byte())?;
                finished = true;
            }
            10 => {
                let permission = login.permission.as_ref().ok_or_else(no_scram)?;
                let begun = Scram::begin(&mut reader, login.password()?, permission.channel)?;
                method = begun.mechanism;
                begun.first(&mut buffer)?;
                scram = Some(begun);
            }
            11 => {
                let scram = scram.as_mut().ok_or_else(|| lost(Broken::Malformed))?;
                scram.proof(reader.0, &mut buffer)?;
            }
            12 => {
                scram.as_mut().ok_or_else(|| lost(Broken::Malformed))?.end(reader.0)?;
                finished = true;
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
            7 | 9 if login.permission.is_some() => return Err(kerberos()),
            other => return Err(unsupported(other)),
        }
        frames.send(&mut buffer).await.map_err(lost)?;
    }
}

/// redshift_connector 2.2.0 splits the list of mechanisms at its zero bytes, so that the last one
/// has no name, and every scramp from 1.2.0 to 1.4.18 refuses that.
fn no_scram() -> Outcome {
    Outcome::failed(
        "method-unknown",
        "the server asks for SCRAM, which redshift_connector does \
         not get through (`ScramException`)",
    )
    .hint("it is PostgreSQL, as no Redshift asks for it: use a connection of type postgres")
    .hint("a wrong host or port")
}

/// libpq answers with a ticket of the worker, if there is one.
fn kerberos() -> Outcome {
    Outcome::skipped(
        "kerberos",
        "the server asks for GSSAPI: libpq answers with a Kerberos ticket of the worker, which the \
         probe does not",
    )
}

/// The database is looked at after the password: a complaint about it says nothing about the
/// password where that was not asked for yet.
fn refusal(
    error: &ServerError,
    login: &Login<'_>,
    journal: &Journal<'_>,
) -> Result<Authenticated, Outcome> {
    let outcome = refused(error, login.around, journal);
    match outcome.cause {
        "database-not-found" => Ok(Authenticated::Refused(outcome)),
        _ => Err(outcome),
    }
}

impl Login<'_> {
    /// What it means that the connection broke: in TLS 1.3 a server refuses the client's
    /// certificate only now.
    fn lost(&self, end: &Broken) -> Outcome {
        let about_certificate = match end {
            Broken::Alert(alert) => self.identity.and_then(|identity| identity.refused(*alert)),
            _ => None,
        };
        about_certificate.unwrap_or_else(|| broken(end, DOING))
    }

    fn password(&self) -> Result<&str, Outcome> {
        let secret = self
            .secret
            .filter(|_| !self.around.token)
            .map(Secret::expose_text)
            .filter(|s| !s.is_empty());
        secret.ok_or_else(|| match self.around.token {
            true => Outcome::failed(
                "password-missing",
                "the server asks for a password, and the connection has a token",
            )
            .hint("the identity provider is not set up for this cluster"),
            false => Outcome::failed(
                "password-missing",
                "the server asks for a password, and the connection has none",
            ),
        })
    }

    fn token(&self) -> Result<&str, Outcome> {
        let secret = self
            .secret
            .filter(|_| self.around.token)
            .map(Secret::expose_text)
            .filter(|s| !s.is_empty());
        secret.ok_or_else(|| {
            Outcome::failed(
                "token-missing",
                "the server asks for a token of an identity provider, \
                 and the connection has none",
            )
            .hint(
                "the user is one of Identity Center or of a native identity provider: \
                 `credentials_provider` and its extras are missing",
            )
        })
    }

    /// Cleartext goes only to somebody who is known.
    fn may_be_shown(&self, what: &str) -> Result<(), Outcome> {
        if self.cleartext {
            return Ok(());
        }
        let why = if self.around.encrypted {
            "its certificate was not checked"
        } else {
            "the connection is not encrypted"
        };
        Err(Outcome::failed(
            "cleartext-refused",
            format!("the server asks for {what} as it is, and {why}: it was not sent"),
        )
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
            format!(
                "the server asks for authentication method {request}, which the drivers of \
                 PostgresHook do not know"
            ),
        )
        .hint("use a connection of type redshift: its driver answers it")
        .hint(
            "or give the user a password that is not stored as SHA-256 (CREATE USER … PASSWORD \
             'md5…')",
        ))
    }
}

fn zero_byte() -> Outcome {
    Outcome::failed("password-rejected", "the password holds a zero byte, which no server accepts")
}

/// Redshift's request 13. Answer: `d`, the digest and a nonce of ours, each behind its length
/// (redshift_connector 2.2.0, core.py).
fn digest(reader: &mut Reader<'_>, password: &str, buffer: &mut BytesMut) -> Result<(), Outcome> {
    let malformed = || broken(&Broken::Malformed, DOING);
    let algorithm = reader.int().ok_or_else(malformed)?;
    if algorithm != 0 {
        return Err(Outcome::failed(
            "digest-unknown",
            format!(
                "the server asks for a digest of kind {algorithm}; SHA-256, which is kind 0, \
                 is the only one that drivers know"
            ),
        )
        .hint("a newer server than any driver"));
    }
    let salt = reader.counted().flatten().ok_or_else(malformed)?;
    let server_nonce = reader.counted().flatten().ok_or_else(malformed)?;
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let client_nonce = since.as_millis().to_string();
    let digest = redshift_digest(password.as_bytes(), salt, server_nonce, client_nonce.as_bytes());
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
    message(
        b'd',
        &[&length(&digest), &digest, &length(client_nonce.as_bytes()), client_nonce.as_bytes()],
        buffer,
    );
    Ok(())
}

/// `SHA256(SHA256(password, salt), server_nonce, client_nonce)`.
fn redshift_digest(
    password: &[u8],
    salt: &[u8],
    server_nonce: &[u8],
    client_nonce: &[u8],
) -> [u8; 32] {
    let inner = Sha256::new().chain_update(password).chain_update(salt).finalize();
    Sha256::new()
        .chain_update(inner)
        .chain_update(server_nonce)
        .chain_update(client_nonce)
        .finalize()
        .into()
}

fn message(tag: u8, parts: &[&[u8]], buffer: &mut BytesMut) {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    buffer.extend_from_slice(&[tag]);
    buffer.extend_from_slice(&u32::try_from(length + 4).unwrap_or(u32::MAX).to_be_bytes());
    parts.iter().for_each(|part| buffer.extend_from_slice(part));
}

fn unsupported(request: u32) -> Outcome {
    let name = match request {
        2 => "Kerberos V5",
        4 => "crypt",
        6 => "SCM credentials",
        7 | 8 => "GSSAPI",
        9 => "SSPI",
        _ => {
            return Outcome::failed(
                "method-unknown",
                format!("the server asks for authentication method {request}, which nobody knows"),
            );
        }
    };
    Outcome::failed(
        "method-unknown",
        format!("the server asks for {name}, which the drivers of Airflow do not answer"),
    )
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
}
