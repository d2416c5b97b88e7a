//! The way to AWS: certificates of a custom authority, and proxies that dig a tunnel, as botocore
//! takes them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::probe::aws::Scene;
use crate::probe::aws_stand_in::{Aws, receive};
use crate::probe::certificates::{Authority, Valid};

/// TLS in front of a server of plain HTTP: its port.
pub(crate) fn secured(config: Arc<ServerConfig>, to: u16) -> u16 {
    serve(move |socket| {
        let mut stream = StreamOwned::new(
            ServerConnection::new(config.clone()).map_err(std::io::Error::other)?,
            socket,
        );
        let (head, body) = receive(&mut stream)?;
        let mut plain = TcpStream::connect(("127.0.0.1", to))?;
        plain.write_all(format!("{head}{body}").as_bytes())?;
        let mut answer = Vec::new();
        plain.read_to_end(&mut answer)?;
        stream.write_all(&answer)?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}

/// A proxy that digs tunnels to one port, whatever host is asked for: its port, and what it was
/// asked.
pub(crate) fn proxy(to: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = asked.clone();
    let port = serve(move |mut socket| {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte)?;
            head.extend(byte);
        }
        log.lock().expect("not poisoned").push(String::from_utf8_lossy(&head).into_owned());
        socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        let server = TcpStream::connect(("127.0.0.1", to))?;
        let (mut from_client, mut to_server) = (socket.try_clone()?, server.try_clone()?);
        std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
        let (mut from_server, mut to_client) = (server, socket);
        std::io::copy(&mut from_server, &mut to_client).map(drop)
    });
    (port, asked)
}

/// A server whose clients are talked to one by one, each in a thread.
fn serve(talk: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let talk = Arc::new(talk);
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let talk = talk.clone();
            std::thread::spawn(move || drop(talk(socket)));
        }
    });
    port
}

/// A log-in by the hook, at an AWS behind TLS.
struct Lab {
    aws: Aws,
    port: u16,
    authority: Authority,
}

impl Lab {
    fn new(names: &[&str]) -> Lab {
        let authority = Authority::new("an authority of the company");
        let aws = Aws::start(Vec::new(), 5439);
        let port = secured(authority.server(names, Valid::Now), aws.port);
        Lab { aws, port, authority }
    }

    fn scene(&self, host: &str) -> Scene {
        Scene::hook()
            .file("ca.pem", self.authority.pem())
            .env("AWS_ENDPOINT_URL", format!("https://{host}:{}", self.port))
    }
}

const CALLS: [&str; 3] = ["GetCallerIdentity", "DescribeClusters", "GetClusterCredentials"];

fn operations(calls: &[String]) -> Vec<&str> {
    calls.iter().map(|call| call.split(' ').next().unwrap_or_default()).collect()
}

#[test]
fn an_authority_of_the_company_is_trusted_where_it_is_named() {
    let verify = |scene: Scene, value: Value| {
        scene.with("aws_default", "extra", json!({"region_name": "eu-west-1", "verify": value}))
    };
    let named = |scene: Scene| scene.env("AWS_CA_BUNDLE", "{home}/ca.pem");
    // `verify` of the connection is that of the client of Redshift, not of the one that asks who
    // calls.
    for (name, change, calls) in [
        ("AWS_CA_BUNDLE", &named as &dyn Fn(Scene) -> Scene, &CALLS[..]),
        ("verify names it", &|scene| verify(scene, json!("{home}/ca.pem")), &CALLS[1..]),
        ("verify is false", &|scene| verify(scene, json!(false)), &CALLS[1..]),
        (
            "verify is true, and the variable names it",
            &|scene| named(verify(scene, json!(true))),
            &CALLS[..1],
        ),
    ] {
        let lab = Lab::new(&["localhost"]);
        let walked = change(lab.scene("localhost")).walk_with(&lab.aws, &["--timeout", "15"]);
        assert_eq!(operations(&walked.calls()), calls, "{name}: {}", walked.report);
    }
}

#[test]
fn certificates_that_are_not_trusted_are_named() {
    let cases: Vec<(&str, &[&str], bool)> = vec![
        ("nobody knows it", &["localhost"], false),
        ("another name", &["aws.example.com"], true),
    ];
    for (name, names, known) in cases {
        let lab = Lab::new(names);
        let scene = lab.scene("localhost");
        let scene = if known { scene.env("AWS_CA_BUNDLE", "{home}/ca.pem") } else { scene };
        let walked = scene.walk_with(&lab.aws, &["--timeout", "15"]);
        assert_eq!(
            walked.failure(),
            ("temporary-credentials", "endpoint-certificate"),
            "{name}: {}",
            walked.report
        );
        assert_eq!(walked.calls(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn tunnels_lead_through_proxies() {
    let lab = Lab::new(&["aws.example.com"]);
    let (port, asked) = proxy(lab.port);
    let scene = lab.scene("aws.example.com").env("AWS_CA_BUNDLE", "{home}/ca.pem");
    let through = scene.clone().env("HTTPS_PROXY", format!("http://me:Canary7@127.0.0.1:{port}"));
    let walked = through.walk_with(&lab.aws, &["--timeout", "15"]);
    assert_eq!(operations(&walked.calls()), CALLS, "{}", walked.report);
    let heads = asked.lock().expect("not poisoned").clone();
    assert_eq!(heads.len(), 3, "{heads:?}");
    let first = format!("CONNECT aws.example.com:{} HTTP/1.1\r\n", lab.port);
    assert!(
        heads.iter().all(|head| head.starts_with(&first)
            && head.contains("Proxy-Authorization: Basic bWU6Q2FuYXJ5Nw==\r\n")),
        "{heads:?}"
    );
    // Those of the connection stand in the place of the environment's; NO_PROXY leads past the
    // latter.
    let own = json!({"region_name": "eu-west-1", "config_kwargs": {"proxies": {"https": format!("http://127.0.0.1:{port}")}}});
    let walked = scene
        .clone()
        .with("aws_default", "extra", own)
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .walk_with(&lab.aws, &["--timeout", "15"]);
    assert_eq!(operations(&walked.calls()[3..]), CALLS, "{}", walked.report);
    let past = scene
        .env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"))
        .env("NO_PROXY", "example.com")
        .walk_with(&lab.aws, &["--timeout", "15"]);
    assert_eq!(past.failure(), ("temporary-credentials", "endpoint-not-found"), "{}", past.report);
    let down = Lab::new(&["localhost"]);
    let walked = down
        .scene("localhost")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .walk_with(&down.aws, &["--timeout", "15"]);
    assert_eq!(
        walked.failure(),
        ("temporary-credentials", "proxy-unreachable"),
        "{}",
        walked.report
    );
}
