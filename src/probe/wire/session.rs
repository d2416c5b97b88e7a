//! The session behind the log-in: tokio-postgres, on a pipe that plays it the log-in which was made
//! already, and bounds what comes.
//!
//! tokio-postgres begins with a start-up message and the authentication, where it knows none of
//! Redshift's requests, and it takes a message of any length. So it gets a pipe instead of the
//! server's stream: its start-up message ends there and is answered with `AuthenticationOk`. From
//! then on messages pass, those of the server through [`Incoming`], which refuses what is too long
//! or too much.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, Error, NoTls, SimpleQueryMessage};

use super::frames::{Broken, Frames, Incoming, LONGEST, Outgoing};
use super::refusal::{Around, ServerError, broken, refused};
use crate::probe::{Journal, Outcome};

/// `AuthenticationOk`: type, length, number.
const AUTHENTICATED: [u8; 9] = [b'R', 0, 0, 0, 8, 0, 0, 0, 0];
/// How long the end of a session may take; whether the server hears it is its own affair.
const GOODBYE: Duration = Duration::from_secs(1);

/// A session that is ready for a query.
pub(super) struct Session<'f> {
    client: Client,
    /// `None` when it has ended.
    connection: Option<Connection<DuplexStream, NoTlsStream>>,
    relay: Relay<'f>,
}

/// Why something of a session failed.
pub(super) struct Failure {
    error: Error,
    broken: Option<Broken>,
}

/// Waits until the server is ready for a query.
pub(super) async fn open(frames: &mut Frames) -> Result<Session<'_>, Failure> {
    let (near, far) = tokio::io::duplex(LONGEST);
    let mut relay = Relay { running: Some(Box::pin(relay(frames, far))), broken: None };
    let mut config = Config::new();
    // Neither leaves the pipe: TLS and user are matters of the log-in.
    config.user("").ssl_mode(SslMode::Disable);
    match relay.beside(config.connect_raw(near, NoTls)).await {
        Ok((client, connection)) => Ok(Session { client, connection: Some(connection), relay }),
        Err(error) => Err(Failure { error, broken: relay.broken }),
    }
}

impl Session<'_> {
    /// What the server said about itself.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.connection.as_ref()?.parameter(name)
    }

    /// Runs a query by the simple protocol.
    pub(super) async fn ask(&mut self, query: &str) -> Result<Vec<SimpleQueryMessage>, Failure> {
        let Session { client, connection: kept, relay } = self;
        let connection = kept.take();
        let asking = async {
            let mut answer = pin!(client.simple_query(query));
            let Some(mut connection) = connection else { return (answer.await, None) };
            let ended = tokio::select! {
                biased;
                answer = &mut answer => return (answer, Some(connection)),
                ended = &mut connection => ended,
            };
            // What came before the end is there; and where nothing came, why it ended says more
            // than that it did.
            drop(connection);
            let answer = answer.await.map_err(|error| match ended {
                Err(why) if error.is_closed() => why,
                _ => error,
            });
            (answer, None)
        };
        let (answer, connection) = relay.beside(asking).await;
        *kept = connection;
        answer.map_err(|error| Failure { error, broken: self.relay.broken.take() })
    }

    /// Runs a query and says goodbye.
    pub(super) async fn query(mut self, query: &str) -> Result<Vec<SimpleQueryMessage>, Failure> {
        let answer = self.ask(query).await?;
        let Session { client, connection, mut relay } = self;
        drop(client);
        let _ = tokio::time::timeout(GOODBYE, async {
            if let Some(connection) = connection {
                let _ = relay.beside(connection).await;
            }
            relay.end().await;
        })
        .await;
        Ok(answer)
    }
}

impl Failure {
    /// The outcome of a step.
    pub(super) fn outcome(&self, doing: &str, around: Around, journal: &Journal<'_>) -> Outcome {
        match (self.error.as_db_error(), &self.broken) {
            (Some(error), _) => refused(
                &ServerError {
                    code: error.code().code().to_string(),
                    message: error.message().to_string(),
                },
                around,
                journal,
            ),
            (None, Some(end)) => broken(end, doing),
            // The messages are whole and within bounds, but not what they should be.
            (None, None) => broken(&Broken::Malformed, doing),
        }
    }
}

/// What passes messages between the pipe and the server, as long as something else is waited for.
struct Relay<'f> {
    running: Option<Pin<Box<dyn Future<Output = Option<Broken>> + 'f>>>,
    broken: Option<Broken>,
}

impl Relay<'_> {
    /// Does some work while messages pass. When no more do the pipe is closed, which ends the work.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Some(running) = &mut self.running {
            tokio::select! {
                biased;
                done = &mut work => return done,
                broken = running => self.broken = broken,
            }
            self.running = None;
        }
        work.await
    }

    /// Passes what is left.
    async fn end(&mut self) {
        if let Some(running) = self.running.take() {
            running.await;
        }
    }
}

/// Passes messages until one side ends. `None`: it was not the server.
async fn relay(frames: &mut Frames, far: DuplexStream) -> Option<Broken> {
    let (sent, answers) = tokio::io::split(far);
    tokio::select! {
        biased;
        broken = outward(&mut frames.outgoing, sent) => broken,
        broken = inward(&mut frames.incoming, answers) => broken,
    }
}

/// From the server.
async fn inward(incoming: &mut Incoming, mut pipe: WriteHalf<DuplexStream>) -> Option<Broken> {
    pipe.write_all(&AUTHENTICATED).await.ok()?;
    loop {
        match incoming.next().await {
            Ok(frame) => pipe.write_all(&frame.bytes()).await.ok()?,
            Err(broken) => return Some(broken),
        }
    }
}

/// To the server: everything but the start-up message.
async fn outward(outgoing: &mut Outgoing, mut pipe: ReadHalf<DuplexStream>) -> Option<Broken> {
    let length = pipe.read_u32().await.ok()?;
    let mut start_up = vec![0; (length as usize).checked_sub(4)?];
    pipe.read_exact(&mut start_up).await.ok()?;
    let mut buffer = BytesMut::new();
    while pipe.read_buf(&mut buffer).await.ok()? > 0 {
        if let Err(broken) = outgoing.send(&mut buffer).await {
            return Some(broken);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &[u8] = b"S\0\0\0\x19server_version\x008.0.2\0Z\0\0\0\x05I";
    const ONE_ROW: &[u8] =
        b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0D\0\0\0\x0c\0\x01\0\0\0\x02okC\0\0\0\x0bSELECT\0";

    /// What a server hears that sends these bytes after the log-in, and these after the query, and
    /// what becomes of the query.
    fn talk(first: &[u8], then: &[u8]) -> (Vec<u8>, Result<usize, Option<Broken>>) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let (server, client) = tokio::io::duplex(1 << 12);
            let listen = async {
                let mut server = server;
                server.write_all(first).await.expect("room");
                let mut heard = vec![0; if then.is_empty() { 0 } else { 14 }];
                server.read_exact(&mut heard).await.expect("a query");
                server.write_all(then).await.expect("room");
                if !then.ends_with(b"Z\0\0\0\x05I") {
                    server.shutdown().await.expect("an end");
                }
                server.read_to_end(&mut heard).await.expect("the rest");
                heard
            };
            let ask = async move {
                let mut frames = Frames::new(Box::new(client));
                let session = open(&mut frames).await.map_err(|failure| failure.broken)?;
                assert_eq!(session.parameter("server_version"), Some("8.0.2"));
                session
                    .query("select 1")
                    .await
                    .map(|answer| answer.len())
                    .map_err(|failure| failure.broken)
            };
            tokio::join!(listen, ask)
        })
    }

    #[test]
    fn nothing_is_sent_but_the_query_and_the_goodbye() {
        let (heard, answer) = talk(READY, &[ONE_ROW, b"Z\0\0\0\x05I"].concat());
        assert_eq!((heard.as_slice(), answer), (&b"Q\0\0\0\x0dselect 1\0X\0\0\0\x04"[..], Ok(3)));
    }

    #[test]
    fn the_end_of_a_server_ends_the_wait() {
        for (first, then, want) in [
            (&b""[..], &b""[..], Err(Some(Broken::Closed))),
            (READY, b"", Err(Some(Broken::Closed))),
            (READY, ONE_ROW, Err(Some(Broken::Closed))),
            (READY, b"T\0\0", Err(Some(Broken::Half))),
            (READY, b"T\0\x7f\0\0", Err(Some(Broken::TooLong(0x7f_0000)))),
        ] {
            assert_eq!(talk(first, then).1, want, "{first:?}, {then:?}");
        }
    }
}
