//! ErrorResponse: the SQLSTATE, what it means here, and what else can end a message exchange.

use super::client_certificate::needed;
use super::frames::{Broken, Reader};
use crate::probe::{Journal, Outcome};

/// What a server says when it refuses.
pub(super) struct ServerError {
    pub(super) code: String,
    pub(super) message: String,
}

impl ServerError {
    /// Reads the body of an ErrorResponse.
    pub(super) fn read(body: &[u8]) -> ServerError {
        let mut reader = Reader(body);
        let mut error = ServerError { code: String::new(), message: String::new() };
        while let Some(kind) = reader.take(1).map(|b| b[0]).filter(|kind| *kind != 0) {
            let Some(text) = reader.text() else { break };
            match kind {
                b'C' => error.code = text,
                b'M' => error.message = text,
                _ => {}
            }
        }
        error
    }
}

/// Around a log-in: what decides what a refusal means.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The user and password are temporary ones.
    pub(super) temporary: bool,
    /// The log-in is by token.
    pub(super) token: bool,
    /// The connection is encrypted.
    pub(super) encrypted: bool,
    /// The driver is redshift_connector, not libpq.
    pub(super) redshift: bool,
}

/// A refusal, by its SQLSTATE first and by its text where the server is old: Redshift gives 28000
/// for many things.
pub(super) fn refused(error: &ServerError, around: Around, journal: &Journal<'_>) -> Outcome {
    let text = error.message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let outcome = match error.code.as_str() {
        "3D000" => Outcome::failed("database-not-found", "there is no database of this name")
            .hint(
                "the schema field of an Airflow connection is the database, not a schema \
                 in it",
            )
            .hint("names are case sensitive; without one the server takes the user's name"),
        _ if has(&["no pg_hba.conf entry"]) && !around.encrypted => {
            Outcome::failed("tls-required", "the server accepts no log-in without TLS")
                .hint("switch TLS on: drop `ssl` from the extra, or `sslmode=disable`")
        }
        _ if has(&["no pg_hba.conf entry", "pg_hba.conf rejects"]) => Outcome::failed(
            "not-allowed-from-here",
            "the server accepts no log-in of this \
             user to this database from this address",
        )
        .hint("its pg_hba.conf has no line for them"),
        "28000" if has(&["requires a valid client certificate"]) => needed(),
        "28000" if has(&["certificate authentication failed"]) => Outcome::failed(
            "client-certificate-rejected",
            "the client certificate is for \
             another user",
        )
        .hint(
            "its common name must be the login, or pg_ident.conf must lead from one \
             to the other",
        ),
        "53300" => too_many(),
        _ if has(&[
            "too many connections",
            "connection limit",
            "remaining connection \
             slots",
            "too many clients",
        ]) =>
        {
            too_many()
        }
        "57P03" => Outcome::failed(
            "starting-up",
            "the server is starting up or recovering, \
             and takes no log-in yet",
        )
        .hint("wait, and try again"),
        "57P01" | "57P02" => Outcome::failed(
            "shutting-down",
            "the server is shutting \
             down",
        )
        .hint(
            "a restart, resize or patch is going \
             on: try again",
        ),
        "42704" | "28000" | "28P01" if has(&["does not exist"]) => unknown_user(around),
        "28000" | "28P01" => password_rejected(around),
        "42501" => Outcome::failed("not-permitted", "the user may not do that")
            .hint("GRANT CONNECT, or USAGE on what is asked for, is missing"),
        "22023" | "42704" if around.redshift && has(&["client_protocol_version"]) => {
            Outcome::failed(
                "not-redshift",
                "the server is not Redshift: it does not know `client_protocol_version`, which the \
                 driver of Redshift sends",
            )
            .hint("it is PostgreSQL: use a connection of type postgres")
            .hint("a wrong host or port")
        }
        "22023" | "42704" => Outcome::failed(
            "start-up-refused",
            "the server refuses a \
             parameter of the start-up \
             packet",
        ),
        _ => Outcome::failed("server-error", "the server refuses"),
    };
    let code: String = error.code.chars().filter(char::is_ascii_alphanumeric).take(5).collect();
    let outcome = if code.is_empty() { outcome } else { outcome.code(code) };
    outcome.fact("server-says", journal.quote(&error.message))
}

fn too_many() -> Outcome {
    Outcome::failed("too-many-connections", "the server has no room for another connection").hint(
        "a limit of the user, the database or the cluster is reached: close idle sessions, \
         lower the parallelism of the tasks",
    )
}

fn unknown_user(around: Around) -> Outcome {
    let outcome = Outcome::failed("user-unknown", "there is no such database user");
    match around.temporary {
        true => outcome
            .hint(
                "AWS hands out temporary passwords for users that do not exist: CREATE USER … \
                 PASSWORD DISABLE for the name in the connection",
            )
            .hint("names are case sensitive"),
        false => outcome
            .hint(
                "a typing error in the login; names are case \
                 sensitive",
            )
            .hint("the user exists on another cluster"),
    }
}

fn password_rejected(around: Around) -> Outcome {
    if around.token {
        return Outcome::failed("token-rejected", "the server does not accept the token")
            .hint("the token has expired: they live for minutes")
            .hint(
                "the identity provider is not set up for this cluster, or the user has no role \
                 there",
            );
    }
    if around.temporary {
        return Outcome::failed(
            "password-rejected",
            "the server does not accept the temporary user and password",
        )
        .hint("they are for another cluster than the one that the host leads to")
        .hint("the database user does not exist, and nothing creates it");
    }
    let outcome =
        Outcome::failed("password-rejected", "the server does not accept the user and password")
            .hint("a wrong or changed password, or a wrong user");
    match around.redshift {
        true => {
            outcome.hint("Airflow tries five times before it says so (provider 9.18.1 or later)")
        }
        false => outcome,
    }
}

/// A connection that broke in a step.
pub(super) fn broken(broken: &Broken, doing: &str) -> Outcome {
    match broken {
        Broken::Closed => {
            Outcome::failed("closed", format!("the server closes the connection {doing}"))
                .hint("a proxy or firewall that does not reach the cluster")
                .hint("the server crashed, or restarts")
        }
        Broken::Half => Outcome::failed(
            "half-a-message",
            format!("the server closes the connection in the middle of a message {doing}"),
        ),
        Broken::TooLong(length) => Outcome::failed(
            "message-too-long",
            format!(
                "the server announces a message of {length} bytes {doing}: no database does that"
            ),
        )
        .hint("what listens there is no database server"),
        Broken::TooMany => Outcome::failed(
            "flood",
            format!("the server sends far more than a log-in takes {doing}"),
        )
        .hint("what listens there is no database server"),
        Broken::Malformed => Outcome::failed(
            "not-postgres",
            format!("the server sends what is no message of PostgreSQL's protocol {doing}"),
        )
        .hint("a wrong port or host"),
        Broken::Alert(alert) => Outcome::failed(
            "tls-broken",
            format!("the server ends TLS with an alert {doing}: {alert:?}"),
        ),
        Broken::Io(kind) => {
            Outcome::failed("connection-failed", format!("the connection breaks {doing}: {kind}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_as_far_as_they_go() {
        for (body, code, message) in [
            (&b"SFATAL\0C3D000\0Mno database\0\0"[..], "3D000", "no database"),
            (b"C28000\0Mpart", "28000", ""),
            (b"", "", ""),
            (b"\0rest", "", ""),
        ] {
            let error = ServerError::read(body);
            assert_eq!((error.code.as_str(), error.message.as_str()), (code, message));
        }
    }
}
