//! A PostgreSQL server with the properties that a row of the table asks for, which writes down what
//! it hears.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384};

use crate::common::messages::{Stream, Talk, any, counted, heads, send, send_error};
use crate::libpq::files::{Files, PASSWORD};
use crate::probe::scram;

/// What a server is like; a property that is not given is that of an ordinary PostgreSQL.
#[derive(Clone)]
pub(crate) struct SetUp(pub(crate) Value);

impl SetUp {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }
}

/// What was heard, one list for each connection.
pub(crate) type Heard = Arc<Mutex<Vec<Vec<String>>>>;

/// A server on a free port of loopback, until the process ends.
pub(crate) fn start(set_up: SetUp, files: &Files) -> (u16, Heard) {
    let (chain, key) = files.identity(set_up.text("certificate"));
    let leaf = chain[0].clone();
    let hash = match set_up.text("certificate") {
        "p384" => Sha384::digest(&leaf).to_vec(),
        _ => Sha256::digest(&leaf).to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(files.clients.clone()).expect("an authority");
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let verifier = match set_up.text("client") {
        "required" => verifier.build().expect("a verifier"),
        "optional" => verifier.allow_unauthenticated().build().expect("a verifier"),
        _ => WebPkiClientVerifier::no_client_auth(),
    };
    let versions = match set_up.text("tls") {
        "1.2" => vec![&TLS12],
        "1.3" => vec![&TLS13],
        _ => vec![&TLS12, &TLS13],
    };
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .expect("versions");
    let mut config = builder
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .expect("a certificate and its key");
    if let Some(protocol) = set_up.0["alpn"].as_str() {
        config.alpn_protocols.push(protocol.as_bytes().to_vec());
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let heard: Heard = Arc::default();
    let server = Server { set_up, config: Arc::new(config), hash, heard: heard.clone() };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut talk = server.clone().conversation();
            std::thread::spawn(move || drop(talk.begin(stream)));
        }
    });
    (port, heard)
}

#[derive(Clone)]
struct Server {
    set_up: SetUp,
    config: Arc<ServerConfig>,
    /// The hash of the certificate, for channel binding.
    hash: Vec<u8>,
    heard: Heard,
}

impl Server {
    fn conversation(self) -> Conversation {
        let mut heard = self.heard.lock().expect("nobody panicked");
        heard.push(Vec::new());
        let number = heard.len() - 1;
        drop(heard);
        Conversation { server: self, number, channel: "plain" }
    }
}

struct Conversation {
    server: Server,
    number: usize,
    channel: &'static str,
}

impl Conversation {
    fn hear(&self, what: impl Into<String>) {
        self.server.heard.lock().expect("nobody panicked")[self.number].push(what.into());
    }

    /// Something that is said inside of TLS or outside of it.
    fn hear_said(&self, what: &str) {
        self.hear(format!("{what}/{}", self.channel));
    }

    fn begin(&mut self, mut socket: TcpStream) -> Talk {
        let set_up = self.server.set_up.clone();
        let mut head = [0; 8];
        loop {
            socket.peek(&mut head[..1])?;
            if head[0] == 0x16 {
                self.hear("tls-at-once");
                if set_up.text("at_once") != "yes" {
                    return Ok(());
                }
                return self.encrypted(socket);
            }
            socket.read_exact(&mut head)?;
            match head[4..] {
                // GSSENCRequest, SSLRequest.
                [4, 210, 22, 48] => {
                    self.hear("gss-request");
                    socket.write_all(b"N")?;
                }
                [4, 210, 22, 47] => {
                    self.hear("ssl-request");
                    match (set_up.text("tls"), set_up.text("to_ssl_request")) {
                        (_, "error") => {
                            return Ok(send_error(
                                &mut socket,
                                "08P01",
                                "unsupported frontend protocol",
                            )?);
                        }
                        (_, "close") => return Ok(()),
                        (_, "garbage") => {
                            return Ok(socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?);
                        }
                        ("no", _) => socket.write_all(b"N")?,
                        _ => {
                            socket.write_all(b"S")?;
                            return self.encrypted(socket);
                        }
                    }
                }
                _ => {
                    let length = u32::from_be_bytes(head[..4].try_into()?) as usize;
                    let mut rest = vec![0; length - 8];
                    socket.read_exact(&mut rest)?;
                    return self.session(&mut socket, &rest);
                }
            }
        }
    }

    fn encrypted(&mut self, socket: TcpStream) -> Talk {
        let mut stream =
            StreamOwned::new(ServerConnection::new(self.server.config.clone())?, socket);
        let mut head = [0; 8];
        if let Err(error) = stream.read_exact(&mut head) {
            self.hear("tls-broken");
            // So that the alert has gone.
            let _ = stream.flush();
            return Err(error.into());
        }
        self.channel = "tls";
        self.hear(match stream.conn.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "tls 1.3",
            _ => "tls 1.2",
        });
        if stream.conn.peer_certificates().is_some() {
            self.hear("client-certificate");
        }
        let mut rest = vec![0; u32::from_be_bytes(head[..4].try_into()?) as usize - 8];
        stream.read_exact(&mut rest)?;
        self.session(&mut stream, &rest)
    }

    fn session(&self, stream: &mut dyn Stream, parameters: &[u8]) -> Talk {
        let texts: Vec<String> = parameters
            .split(|b| *b == 0)
            .map(|t| String::from_utf8_lossy(t).into_owned())
            .collect();
        let pairs: BTreeMap<&str, &str> = texts
            .chunks(2)
            .filter(|p| p.len() == 2)
            .map(|p| (p[0].as_str(), p[1].as_str()))
            .collect();
        self.hear_said("startup");
        for name in ["options", "replication", "datestyle", "timezone", "geqo"] {
            pairs.get(name).iter().for_each(|value| self.hear(format!("{name}={value}")));
        }
        let set_up = &self.server.set_up;
        let user = pairs.get("user").copied().unwrap_or_default();
        if user.is_empty() {
            return Ok(send_error(
                stream,
                "28000",
                "no PostgreSQL user name specified in startup packet",
            )?);
        }
        if let Some(seconds) = set_up.0["delay"].as_u64() {
            std::thread::sleep(std::time::Duration::from_secs(seconds));
        }
        if let [code, message] =
            &set_up.0["refuses"][self.channel].as_array().cloned().unwrap_or_default()[..]
        {
            return Ok(send_error(
                stream,
                code.as_str().unwrap_or_default(),
                message.as_str().unwrap_or_default(),
            )?);
        }
        if !self.authenticate(stream, user)? {
            return Ok(send_error(
                stream,
                "28P01",
                &format!("password authentication failed for user \"{user}\""),
            )?);
        }
        send(stream, b'R', &[0; 4])?;
        let text = |name: &str, otherwise: &str| {
            set_up.0["parameters"]
                .get(name)
                .map_or(Some(otherwise.to_string()), |v| v.as_str().map(str::to_string))
        };
        for (name, otherwise) in [
            ("server_version", "15.18"),
            ("client_encoding", "UTF8"),
            ("standard_conforming_strings", "on"),
            ("DateStyle", "ISO, MDY"),
            ("default_transaction_read_only", "off"),
            ("in_hot_standby", "off"),
        ] {
            if let Some(value) = text(name, otherwise) {
                send(stream, b'S', format!("{name}\0{value}\0").as_bytes())?;
            }
        }
        send(stream, b'K', &[0, 0, 0, 1, 0, 0, 0, 2])?;
        send(stream, b'Z', b"I")?;
        self.hear_said("ready");
        loop {
            let (tag, body) = any(stream)?;
            if tag != b'Q' {
                return Ok(());
            }
            let query = String::from_utf8_lossy(&body[..body.len() - 1]).to_lowercase();
            let answer =
                |name: &str| set_up.0["answers"][name].as_str().unwrap_or_default().to_string();
            let row = match query.as_str() {
                _ if query.starts_with("select current_user") => {
                    vec![user.to_string(), "dev".to_string(), "PostgreSQL 15.18".to_string()]
                }
                "show transaction_read_only" => vec![answer("read_only")],
                "select pg_catalog.pg_is_in_recovery()" => vec![answer("in_recovery")],
                _ => Vec::new(),
            };
            if row.len() == 1 {
                self.hear(query.clone());
            }
            if !row.is_empty() {
                send(stream, b'T', &heads(&vec!["c"; row.len()]))?;
                let columns: Vec<u8> =
                    row.iter().flat_map(|text| counted(text.as_bytes())).collect();
                send(
                    stream,
                    b'D',
                    &[&u16::try_from(row.len())?.to_be_bytes()[..], &columns].concat(),
                )?;
            }
            send(stream, b'C', b"SELECT\0")?;
            send(stream, b'Z', b"I")?;
        }
    }

    /// Asks for the password as the set-up has it; is it right?
    fn authenticate(
        &self,
        stream: &mut dyn Stream,
        user: &str,
    ) -> Result<bool, Box<dyn std::error::Error>> {
        let request = |stream: &mut dyn Stream, number: u32, rest: &[u8]| {
            send(stream, b'R', &[&number.to_be_bytes()[..], rest].concat())
        };
        match self.server.set_up.text("ask") {
            "trust" => Ok(true),
            "password" => {
                request(stream, 3, b"")?;
                let answer = self.answer(stream, "password")?;
                Ok(answer == [PASSWORD.as_bytes(), b"\0"].concat())
            }
            "md5" => {
                request(stream, 5, b"salt")?;
                let answer = self.answer(stream, "md5")?;
                let hash = postgres_protocol::authentication::md5_hash(
                    user.as_bytes(),
                    PASSWORD.as_bytes(),
                    *b"salt",
                );
                Ok(answer == [hash.as_bytes(), b"\0"].concat())
            }
            number if number.parse::<u32>().is_ok() => {
                request(stream, number.parse()?, b"")?;
                self.answer(stream, "answer")?;
                Ok(false)
            }
            "sasl-other" => self.scram(stream, &["OTHER"]),
            "scram-plus" => self.scram(stream, &["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]),
            "scram-plus-only" => self.scram(stream, &["SCRAM-SHA-256-PLUS"]),
            // A server offers it inside of TLS.
            "" if self.channel == "tls" => {
                self.scram(stream, &["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
            }
            _ => self.scram(stream, &["SCRAM-SHA-256"]),
        }
    }

    fn answer(
        &self,
        stream: &mut dyn Stream,
        what: &str,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let (tag, body) = any(stream)?;
        if tag != b'p' {
            return Err("another message".into());
        }
        self.hear_said(what);
        Ok(body)
    }

    fn scram(
        &self,
        stream: &mut dyn Stream,
        mechanisms: &[&str],
    ) -> Result<bool, Box<dyn std::error::Error>> {
        let list: Vec<u8> =
            mechanisms.iter().flat_map(|m| [m.as_bytes(), b"\0"].concat()).chain([0]).collect();
        send(stream, b'R', &[&10_u32.to_be_bytes()[..], &list].concat())?;
        let set_up = &self.server.set_up;
        let initial = self.answer(stream, "scram")?;
        let end = initial.iter().position(|b| *b == 0).ok_or("no mechanism")?;
        let mechanism = String::from_utf8(initial[..end].to_vec())?;
        let client_first = String::from_utf8(initial[end + 5..].to_vec())?;
        let plus = mechanism.ends_with("-PLUS");
        if set_up.text("scram") == "nothing more" {
            return Ok(true);
        }
        let mut server = scram::Server::new(PASSWORD, &client_first, 4096).ok_or("no SCRAM")?;
        let first = match set_up.0["rounds"].as_str() {
            Some(rounds) => server.first().replace("i=4096", &format!("i={rounds}")),
            None => server.first().to_string(),
        };
        let first = match set_up.text("scram") {
            "another nonce" => first.replacen("r=", "r=x", 1),
            "garbage" => format!("{first},x=y"),
            "extension" => format!("m=x,{first}"),
            "no salt" => first
                .split(',')
                .filter(|part| !part.starts_with("s="))
                .collect::<Vec<_>>()
                .join(","),
            _ => first,
        };
        send(stream, b'R', &[&11_u32.to_be_bytes()[..], first.as_bytes()].concat())?;
        let client_final =
            String::from_utf8(self.answer(stream, if plus { "proof-plus" } else { "proof" })?)?;
        if set_up.text("scram") == "no last message" {
            return Ok(true);
        }
        let proof = server.finish(&client_final);
        let header: String =
            client_first.splitn(3, ',').take(2).map(|part| format!("{part},")).collect();
        let wanted = [header.as_bytes(), if plus { &self.server.hash } else { b"" }].concat();
        let bound = client_final.starts_with(&format!("c={},", scram::encode(&wanted)));
        // Whoever can bind and thinks that the server cannot was deceived.
        let deceived = header.starts_with('y') && mechanisms.len() > 1;
        let signature = match set_up.text("scram") {
            "not genuine" => Some("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_string()),
            "says no" => Some("e=invalid-proof".to_string()),
            _ => proof.filter(|_| bound && !deceived),
        };
        let good = signature.is_some();
        if let Some(signature) = signature {
            send(stream, b'R', &[&12_u32.to_be_bytes()[..], signature.as_bytes()].concat())?;
        }
        Ok(good)
    }
}
