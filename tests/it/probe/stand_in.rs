//! A stand-in for a Redshift cluster: speaks its log-in (requests 3, 5, 10, 13, 14) behind TLS and
//! answers one query; or breaks where it is told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};

use crate::common::messages::{Stream, Talk, counted, heads, receive, send, send_error};
use crate::probe::scram;

/// How the server asks who is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Cleartext,
    Md5,
    Scram,
    Digest,
    Token,
}

/// Where and how it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Closes, sends nothing, or sends these bytes: at a stage.
    At(Stage, Do),
    /// The server does not know the password, and says that it is right.
    ScramNotGenuine,
    /// It is PostgreSQL, which knows no parameter `client_protocol_version`.
    PostgreSql,
}

/// Stages of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The client has connected.
    Connected,
    /// It has asked for TLS.
    SslRequest,
    /// It was told `S`.
    Handshake,
    /// It has sent its start-up packet.
    Startup,
    /// It has answered the request for its password.
    Answered,
    /// It was told that it is in.
    Accepted,
    /// It has sent its query.
    Query,
}

/// What happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Do {
    Close,
    Silence,
    /// Sends this, then reads on.
    Send(&'static [u8]),
    /// Sends this and closes.
    SendAndClose(&'static [u8]),
    /// Sends this without an end.
    Flood(&'static [u8]),
    /// Sends an ErrorResponse and closes.
    Error(&'static str, &'static str),
}

/// The server.
#[derive(Clone)]
pub(crate) struct StandIn {
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) ask: Ask,
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) database: &'static str,
    pub(crate) fault: Option<Fault>,
}

impl StandIn {
    /// Serves on a free port of loopback until the process ends.
    pub(crate) fn start(self) -> u16 {
        self.start_counting().0
    }

    /// The same, and how many connections came so far.
    pub(crate) fn start_counting(self) -> (u16, Arc<AtomicUsize>) {
        let come: Arc<AtomicUsize> = Arc::default();
        let count = come.clone();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let server = self.clone();
                std::thread::spawn(move || drop(server.talk(stream)));
            }
        });
        (port, come)
    }

    fn talk(&self, mut socket: TcpStream) -> Talk {
        self.at(Stage::Connected, &mut socket)?;
        let mut head = [0; 8];
        socket.peek(&mut head)?;
        let asks_for_tls = head[4..] == [4, 210, 22, 47];
        if !asks_for_tls {
            return self.session(&mut socket);
        }
        socket.read_exact(&mut head)?;
        self.at(Stage::SslRequest, &mut socket)?;
        let Some(config) = self.tls.clone() else {
            socket.write_all(b"N")?;
            return self.session(&mut socket);
        };
        socket.write_all(b"S")?;
        self.at(Stage::Handshake, &mut socket)?;
        let mut stream = StreamOwned::new(ServerConnection::new(config)?, socket);
        self.session(&mut stream)
    }

    /// Breaks here, if that is the fault.
    fn at(&self, stage: Stage, stream: &mut dyn Stream) -> Talk {
        let Some(Fault::At(_, what)) =
            self.fault.filter(|fault| matches!(fault, Fault::At(at, _) if *at == stage))
        else {
            return Ok(());
        };
        match what {
            Do::Close => Err("closed".into()),
            Do::Silence => loop {
                // Until the client goes away.
                if stream.read(&mut [0; 64])? == 0 {
                    return Err("gone".into());
                }
            },
            Do::Send(bytes) => {
                stream.write_all(bytes)?;
                stream.flush()?;
                // So that the client has read it before the connection ends.
                while stream.read(&mut [0; 64])? > 0 {}
                Err("sent".into())
            }
            Do::SendAndClose(bytes) => {
                stream.write_all(bytes)?;
                stream.flush()?;
                Err("sent".into())
            }
            Do::Flood(bytes) => {
                let many = bytes.repeat(1000);
                loop {
                    stream.write_all(&many)?;
                }
            }
            Do::Error(code, message) => {
                send_error(stream, code, message)?;
                Err("refused".into())
            }
        }
    }

    fn session(&self, stream: &mut dyn Stream) -> Talk {
        let parameters = startup(stream)?;
        let get = |name: &str| {
            parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
        };
        self.at(Stage::Startup, stream)?;
        let user = get("user").to_string();
        let good = match self.ask {
            Ask::Cleartext => {
                send(stream, b'R', &3_u32.to_be_bytes())?;
                receive(stream, b'p')? == [self.password.as_bytes(), b"\0"].concat()
            }
            Ask::Md5 => {
                send(stream, b'R', &[&5_u32.to_be_bytes()[..], b"salt"].concat())?;
                let hash = postgres_protocol::authentication::md5_hash(
                    user.as_bytes(),
                    self.password.as_bytes(),
                    *b"salt",
                );
                receive(stream, b'p')? == [hash.as_bytes(), b"\0"].concat()
            }
            Ask::Digest => {
                let (salt, nonce) = (b"salt of sixteen!", b"nonce of the server");
                send(
                    stream,
                    b'R',
                    &[&13_u32.to_be_bytes()[..], &[0; 4], &counted(salt), &counted(nonce)].concat(),
                )?;
                let answer = receive(stream, b'd')?;
                let (digest, rest) = (&answer[4..36], &answer[40..]);
                let inner = Sha256::digest([self.password.as_bytes(), salt].concat());
                answer[..4] == 32_u32.to_be_bytes()
                    && digest == &Sha256::digest([&inner[..], nonce, rest].concat())[..]
            }
            Ask::Token => {
                send(stream, b'R', &14_u32.to_be_bytes())?;
                let answer = receive(stream, b'i')?;
                let known = matches!(get("idp_type"), "AwsIdc" | "AzureAD" | "Okta")
                    && !get("plugin_name").is_empty();
                known
                    && (get("idp_type") != "AwsIdc" || !get("token_type").is_empty())
                    && answer == self.password.as_bytes()
            }
            Ask::Scram => self.scram(stream)?,
        };
        self.at(Stage::Answered, stream)?;
        if self.ask != Ask::Token && user != self.user {
            return Ok(send_error(stream, "42704", &format!("user \"{user}\" does not exist"))?);
        }
        if !good {
            return Ok(send_error(
                stream,
                "28000",
                &format!("password authentication failed for user \"{user}\""),
            )?);
        }
        send(stream, b'R', &[0; 4])?;
        self.at(Stage::Accepted, stream)?;
        let database = get("database").to_string();
        if database != self.database {
            return Ok(send_error(
                stream,
                "3D000",
                &format!("database \"{database}\" does not exist"),
            )?);
        }
        if self.fault == Some(Fault::PostgreSql) && !get("client_protocol_version").is_empty() {
            let message = "unrecognized configuration parameter \"client_protocol_version\"";
            return Ok(send_error(stream, "42704", message)?);
        }
        for (name, value) in [
            ("server_version", "8.0.2"),
            ("client_encoding", "UNICODE"),
            ("integer_datetimes", "on"),
        ] {
            send(stream, b'S', format!("{name}\0{value}\0").as_bytes())?;
        }
        send(stream, b'K', &[0, 0, 0, 1, 0, 0, 0, 2])?;
        send(stream, b'Z', b"I")?;
        let query = receive(stream, b'Q')?;
        self.at(Stage::Query, stream)?;
        if !query.starts_with(b"select current_user") {
            return Ok(send_error(stream, "42601", "syntax error")?);
        }
        let version = "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.77467";
        let columns: Vec<u8> =
            [&user, &database, version].into_iter().flat_map(|c| counted(c.as_bytes())).collect();
        send(stream, b'T', &heads(&["current_user", "current_database", "version"]))?;
        send(stream, b'D', &[&[0, 3][..], &columns].concat())?;
        send(stream, b'C', b"SELECT\0")?;
        send(stream, b'Z', b"I")?;
        receive(stream, b'X')?;
        Ok(())
    }

    fn scram(&self, stream: &mut dyn Stream) -> Result<bool, Box<dyn std::error::Error>> {
        send(stream, b'R', &[&10_u32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat())?;
        let initial = receive(stream, b'p')?;
        let mechanism = b"SCRAM-SHA-256\0".len();
        let client_first = String::from_utf8(initial[mechanism + 4..].to_vec())?;
        let mut server =
            scram::Server::new(self.password, &client_first, 4096).ok_or("no SCRAM")?;
        send(stream, b'R', &[&11_u32.to_be_bytes()[..], server.first().as_bytes()].concat())?;
        let client_final = String::from_utf8(receive(stream, b'p')?)?;
        let proof = server.finish(&client_final);
        let good = proof.is_some();
        let signature = match self.fault {
            Some(Fault::ScramNotGenuine) => {
                Some("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_string())
            }
            _ => proof,
        };
        if let Some(signature) = signature {
            send(stream, b'R', &[&12_u32.to_be_bytes()[..], signature.as_bytes()].concat())?;
        }
        Ok(good)
    }
}

fn startup(stream: &mut dyn Stream) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body)?;
    if body[..4] != [0, 3, 0, 0] {
        return Err("not protocol 3.0".into());
    }
    let texts: Vec<String> =
        body[4..].split(|b| *b == 0).map(|t| String::from_utf8_lossy(t).into_owned()).collect();
    Ok(texts
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect())
}
