//! The name, the address, the TCP connection, and the server's answer to SSLRequest.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::Made;
use crate::probe::{Journal, Outcome};

/// More addresses than these are only counted.
const MOST_SHOWN: usize = 16;

/// All addresses of the host. The Redshift driver takes the first of IPv4, libpq one after the
/// other.
pub(super) async fn dns(host: &str, port: u16, only_ipv4: bool) -> Made<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = match tokio::net::lookup_host((host, port)).await {
        Ok(found) => found.collect(),
        Err(error) => return Err(no_name(&error)),
    };
    let mut all: Vec<SocketAddr> = Vec::new();
    for address in found {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    let usable: Vec<SocketAddr> =
        all.iter().copied().filter(|a| a.is_ipv4() || !only_ipv4).collect();
    let shown: Vec<String> = all.iter().take(MOST_SHOWN).map(|a| a.ip().to_string()).collect();
    let addresses = shown.join(", ");
    if usable.is_empty() {
        let failed = Outcome::failed(
            "no-ipv4",
            "the host has no IPv4 address, and redshift_connector looks for no other",
        );
        return Err(failed
            .fact("addresses", addresses)
            .hint("give a host that has an IPv4 address"));
    }
    let count = all.len();
    let message = format!("{count} address{}: {addresses}", if count == 1 { "" } else { "es" });
    let private = usable.iter().any(|a| matches!(a, SocketAddr::V4(v4) if v4.ip().is_private()));
    let outcome = Outcome::ok(message).fact("addresses", addresses);
    let outcome = if private {
        outcome.fact(
            "network",
            "the address is a private one: reachable from inside of its network only",
        )
    } else {
        outcome
    };
    Ok((usable, outcome))
}

fn no_name(error: &std::io::Error) -> Outcome {
    // getaddrinfo's answer is known by its text only.
    let text = error.to_string().to_lowercase();
    if text.contains("temporary failure") || text.contains("try again") {
        return Outcome::failed("dns-failed", "the name server gives no answer")
            .hint("this machine has no name server that it can reach")
            .hint(
                "the name belongs to a private zone whose name servers are not reachable from here",
            );
    }
    Outcome::failed("name-not-found", "the host has no address")
        .hint("a typing error in the host")
        .hint("the cluster or workgroup was deleted, or is of another account or region")
        .hint("the name is known only inside of its VPC")
}

/// Connects: to the first address, or to one after the other until one answers; from `source`, if
/// that is given.
pub(super) async fn tcp(
    addresses: &[SocketAddr],
    only_first: bool,
    source: Option<&str>,
) -> Made<TcpStream> {
    let source = match source {
        Some(source) => Some(local(source).await?),
        None => None,
    };
    let tried = if only_first { &addresses[..addresses.len().min(1)] } else { addresses };
    let mut failed = None;
    for address in tried {
        let socket = source.as_ref().map(bound).transpose()?;
        let connecting = match socket {
            Some(socket) => socket.connect(*address).await,
            None => TcpStream::connect(address).await,
        };
        match connecting {
            Ok(stream) => {
                // Small messages go out at once; not being able to ask for that changes nothing.
                let _ = stream.set_nodelay(true);
                return Ok((
                    stream,
                    Outcome::ok(format!("connected to {address}"))
                        .fact("address", address.to_string()),
                ));
            }
            Err(error) => failed = Some((address, error)),
        }
    }
    let Some((address, error)) = failed else {
        return Err(Outcome::failed("name-not-found", "the host has no address"));
    };
    let outcome = match error.kind() {
        ErrorKind::ConnectionRefused => Outcome::failed(
            "connection-refused",
            format!("nothing listens at {address}"),
        )
        .hint("a wrong port: Redshift listens on 5439 unless told otherwise, PostgreSQL on 5432")
        .hint("a wrong host, or a server that is down"),
        ErrorKind::TimedOut => timed_out(),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            Outcome::failed("unreachable", format!("there is no way to {address} from here"))
                .hint("no route, or no VPN, into the network of the cluster")
        }
        kind => Outcome::failed("connection-failed", format!("no connection to {address}: {kind}")),
    };
    Err(outcome.fact("address", address.to_string()))
}

/// The address behind `source_address`, which the driver looks for among those of IPv4.
async fn local(source: &str) -> Result<SocketAddr, Outcome> {
    let found = tokio::net::lookup_host((source, 0))
        .await
        .ok()
        .and_then(|mut found| found.find(SocketAddr::is_ipv4));
    found.ok_or_else(not_local)
}

fn bound(source: &SocketAddr) -> Result<TcpSocket, Outcome> {
    let socket = TcpSocket::new_v4().map_err(|error| {
        Outcome::failed("connection-failed", format!("no socket: {}", error.kind()))
    })?;
    socket.bind(*source).map_err(|_| not_local())?;
    Ok(socket)
}

fn not_local() -> Outcome {
    Outcome::failed(
        "source-address",
        "`source_address` is not an address of this machine, so that nothing can go out from it",
    )
    .hint("it is one of the worker: run the probe there")
    .hint("drop it: the system takes the address that leads to the host")
}

/// What it means when nothing at all comes back from an address.
pub(super) fn timed_out() -> Outcome {
    Outcome::failed("timed-out", "the address does not answer")
        .hint(
            "a security group or firewall drops the packets: the inbound rule for this port and \
             this machine is missing",
        )
        .hint("the cluster is not publicly accessible, and this machine is outside of its VPC")
        .hint("the cluster is paused, or the port is wrong")
}

/// The answer to SSLRequest.
pub(super) enum Offer {
    /// `S`.
    Tls,
    /// `N`.
    Plain,
}

/// Asks for TLS. Exactly one byte of the answer is read: what follows is for the TLS handshake,
/// which refuses what somebody slipped in.
pub(super) async fn ssl_request(
    stream: &mut TcpStream,
    plain_will_do: bool,
    journal: &Journal<'_>,
) -> Made<Offer> {
    // Length 8, code 80877103.
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).await.map_err(|_| closed())?;
    let mut answer = [0];
    match stream.read(&mut answer).await {
        Ok(0) => return Err(closed()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => return Err(closed()),
        Err(error) => {
            return Err(Outcome::failed(
                "connection-failed",
                format!("no answer: {}", error.kind()),
            ));
        }
    }
    match answer[0] {
        b'S' if goes_on_like_ssh(stream).await => Err(foreign(b'S', stream, journal).await),
        b'S' => Ok((Offer::Tls, Outcome::ok("the server offers TLS"))),
        b'N' if plain_will_do => Ok((
            Offer::Plain,
            Outcome::ok("the server offers no TLS; the driver goes on in plaintext"),
        )),
        b'N' => Err(Outcome::failed(
            "tls-not-offered",
            "the server offers no TLS, and the connection asks for it",
        )
        .hint("this is not a Redshift cluster, or a proxy in front of it without TLS")
        .hint("TLS is not switched on in the PostgreSQL server (`ssl = on`)")),
        first => Err(foreign(first, stream, journal).await),
    }
}

fn closed() -> Outcome {
    Outcome::failed("closed", "the server closes the connection when it is asked for TLS")
        .hint("a proxy or firewall accepts connections and does not reach the cluster")
        .hint("what listens there is no database server")
}

/// The banner of an SSH server begins with an S, too. A database that offers TLS waits for the
/// client.
async fn goes_on_like_ssh(stream: &TcpStream) -> bool {
    let mut next = [0; 3];
    let peek = tokio::time::timeout(std::time::Duration::ZERO, stream.peek(&mut next)).await;
    matches!(peek, Ok(Ok(3)) if next == *b"SH-")
}

/// What speaks first or answers in another protocol: told by its first bytes, of which few are
/// read.
async fn foreign(first: u8, stream: &mut TcpStream, journal: &Journal<'_>) -> Outcome {
    let mut start = vec![first];
    let mut more = [0; 63];
    // Whatever comes within a moment; nothing is fine, too.
    let wait = std::time::Duration::from_millis(300);
    if let Ok(Ok(count)) = tokio::time::timeout(wait, stream.read(&mut more)).await {
        start.extend_from_slice(&more[..count]);
    }
    let text = String::from_utf8_lossy(&start).into_owned();
    let what = match () {
        () if text.starts_with("HTTP/") => Some("a web server"),
        () if text.starts_with("SSH-") => Some("an SSH server"),
        () if text.starts_with("220") => Some("a mail or FTP server"),
        () if first == b'E' => {
            return Outcome::failed(
                "server-error",
                "the server answers the request for TLS with an \
                 error",
            )
            .hint(
                "a proxy in front of the cluster that does not know SSLRequest, or has no \
                 room for another connection",
            );
        }
        () if first == 0x15 || first == 0x16 => Some("a server that speaks TLS at once"),
        () => None,
    };
    let outcome = match what {
        Some(what) => Outcome::failed(
            "not-postgres",
            format!("what listens there is no database: it answers like {what}"),
        ),
        None => Outcome::failed(
            "not-postgres",
            "what listens there is no database: its answer is neither S nor N",
        ),
    };
    let seen: String = text.chars().take(40).collect();
    outcome
        .fact("first-bytes", journal.quote(&seen.replace('\u{fffd}', "?")))
        .hint("a wrong port or host")
}
