//! What `airconn probe` makes of certificates and server names, as a run of the program: a password
//! leaves only where the driver's would.
//!
//! 340 certificates and eight clients are compared in the library's own tests; these are the cases
//! that people meet.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::common::{airconn, feed};
use crate::probe::aws::Scene;
use crate::probe::aws_stand_in::Aws;
use crate::probe::channel::secured;
use crate::probe::walks::{PASSWORD, redshift};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn params(common_name: &str, names: &[&str], usages: &[KeyUsagePurpose]) -> CertificateParams {
    let mut params =
        CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())
            .expect("names");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.key_usages = usages.to_vec();
    params
}

fn authority(name: &str, usages: &[KeyUsagePurpose], above: Option<&Issuer>) -> Issuer {
    let mut params = params(name, &[], usages);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    match above {
        Some(above) => CertifiedIssuer::signed_by(params, key, above),
        None => CertifiedIssuer::self_signed(params, key),
    }
    .expect("a certificate")
}

/// A server's certificate with its key, and the authorities that it shows besides.
fn server(params: &CertificateParams, issuer: &Issuer, shown: &[&Issuer]) -> Arc<CertifiedKey> {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let chain = std::iter::once(certificate.der().clone())
        .chain(shown.iter().map(|issuer| issuer.der().clone()))
        .collect();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = rustls::crypto::ring::default_provider();
    Arc::new(CertifiedKey::new(chain, provider.key_provider.load_private_key(key).expect("a key")))
}

/// Shows one certificate to who sends a server name, and another one to who does not.
#[derive(Debug)]
struct ByName(Arc<CertifiedKey>, Arc<CertifiedKey>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(if hello.server_name().is_some() { self.0.clone() } else { self.1.clone() })
    }
}

fn config(named: Arc<CertifiedKey>, other: Arc<CertifiedKey>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions");
    Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(ByName(named, other))))
}

/// A server that asks for a password as it is, writes down what it hears, and accepts nobody: its
/// port, and what it heard inside of TLS.
fn listener(config: Arc<ServerConfig>) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
    let log = heard.clone();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            // Nobody looks at the end of a conversation.
            let _ = talk(socket, config.clone(), &log);
        }
    });
    (port, heard)
}

fn talk(
    mut socket: TcpStream,
    config: Arc<ServerConfig>,
    log: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    socket.read_exact(&mut [0; 8])?;
    socket.write_all(b"S")?;
    let mut stream =
        StreamOwned::new(ServerConnection::new(config).map_err(std::io::Error::other)?, socket);
    let hears = |stream: &mut StreamOwned<ServerConnection, TcpStream>| -> std::io::Result<()> {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes)?;
        log.lock().expect("not poisoned").extend(&bytes[..count]);
        Ok(())
    };
    hears(&mut stream)?;
    stream.write_all(b"R\0\0\0\x08\0\0\0\x03")?;
    hears(&mut stream)?;
    stream.write_all(b"E\0\0\0\x18SFATAL\0C28P01\0Mno\0\0\0")?;
    stream.flush()
}

/// Probes a connection; the verdict, the step that ended it and its cause, and whether the password
/// arrived.
fn probe(
    connection: &Value,
    roots: &Issuer,
    variables: &[(&str, &str)],
    heard: &Mutex<Vec<u8>>,
) -> (String, String, String, bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, roots.pem()).expect("a file");
    heard.lock().expect("not poisoned").clear();
    let input = json!({ "conn_id": "w", "json": connection.to_string() }).to_string();
    let mut command = airconn();
    command
        .args(["probe", "--from", "jsonl", "--timeout", "10", "--format", "json", "--ca"])
        .arg(&ca)
        .arg("-");
    command.envs(variables.iter().copied());
    let ran = feed(command, input.as_bytes());
    crate::probe::leaks::check(&ran);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
    crate::probe::schema::check(&report);
    let walked = &report["connections"][0];
    let steps = walked["steps"].as_array().expect("steps");
    let end = steps
        .iter()
        .find(|step| step["status"] == "failed")
        .or_else(|| steps.iter().find(|step| step["cause"] != "ok"));
    let text = |name: &str| end.and_then(|end| end[name].as_str()).unwrap_or_default().to_string();
    let heard = heard.lock().expect("not poisoned");
    let arrived = heard.windows(PASSWORD.len()).any(|piece| piece == PASSWORD.as_bytes());
    (
        walked["verdict"].as_str().unwrap_or_default().to_string(),
        text("name"),
        text("cause"),
        arrived,
    )
}

fn postgres(port: u16, extra: Value) -> Value {
    let mut connection = redshift(port, extra);
    connection["conn_type"] = json!("postgres");
    connection
}

/// The log-in that the server refuses at last: the password was heard.
fn refused_log_in() -> (String, String, String, bool) {
    ("failed".into(), "authentication".into(), "password-rejected".into(), true)
}

fn at_tls(cause: &str) -> (String, String, String, bool) {
    ("failed".into(), "tls".into(), cause.into(), false)
}

#[test]
fn usages_are_heeded_before_a_password_leaves() {
    use KeyUsagePurpose as U;
    let signs = [U::KeyCertSign];
    let root = authority("root", &signs, None);
    let plain = authority("plain intermediate", &signs, Some(&root));
    let digital = authority("intermediate for signatures", &[U::DigitalSignature], Some(&root));
    let lists = authority("root for lists", &[U::CrlSign], None);
    let leaf = |usages: &[U]| params("server", &["localhost"], usages);
    let (mut of_authority, mut for_clients) = (leaf(&[]), leaf(&[]));
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for_clients.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let a_leaf = server(&leaf(&[]), &root, &[]);
    for (what, shown, trusted, want) in [
        ("all is well", server(&leaf(&[]), &plain, &[&plain]), &root, refused_log_in()),
        (
            "a leaf that says that it is an authority",
            server(&of_authority, &root, &[]),
            &root,
            refused_log_in(),
        ),
        (
            "an intermediate without keyCertSign",
            server(&leaf(&[]), &digital, &[&digital]),
            &root,
            at_tls("not-an-authority"),
        ),
        (
            "a root without keyCertSign",
            server(&leaf(&[]), &lists, &[]),
            &lists,
            at_tls("not-an-authority"),
        ),
        (
            "a leaf with cRLSign only",
            server(&leaf(&[U::CrlSign]), &root, &[]),
            &root,
            at_tls("certificate-usage"),
        ),
        (
            "a leaf with keyCertSign only",
            server(&leaf(&signs), &root, &[]),
            &root,
            at_tls("certificate-usage"),
        ),
        (
            "a leaf for clients",
            server(&for_clients, &root, &[]),
            &root,
            at_tls("certificate-usage"),
        ),
        (
            "an intermediate in the place of the root",
            server(&leaf(&[]), &plain, &[]),
            &plain,
            at_tls("root-missing"),
        ),
        (
            "the intermediate is not sent",
            server(&leaf(&[]), &plain, &[]),
            &root,
            at_tls("unknown-issuer"),
        ),
        ("another root", a_leaf, &lists, at_tls("unknown-issuer")),
    ] {
        let (port, heard) = listener(config(shown.clone(), shown));
        for connection in [
            redshift(port, json!({})),
            redshift(port, json!({"sslmode": "verify-ca"})),
            redshift(port, json!({"sslmode": "verify-full"})),
            postgres(port, json!({"sslmode": "verify-ca"})),
            postgres(port, json!({"sslmode": "verify-full"})),
        ] {
            assert_eq!(probe(&connection, trusted, &[], &heard), want, "{what}: {connection}");
        }
    }
}

#[test]
fn the_server_name_goes_out_where_the_driver_sends_it() {
    let root = authority("root", &[KeyUsagePurpose::KeyCertSign], None);
    let other = authority("somebody else", &[KeyUsagePurpose::KeyCertSign], None);
    let leaf = params("server", &["localhost", "127.0.0.1"], &[]);
    let (port, heard) = listener(config(server(&leaf, &root, &[]), server(&leaf, &other, &[])));
    let by_address = |mut connection: Value| {
        connection["host"] = json!("127.0.0.1");
        connection
    };
    for (connection, variables, sent) in [
        (redshift(port, json!({"sslmode": "verify-full"})), &[][..], true),
        (redshift(port, json!({})), &[], true),
        (redshift(port, json!({"sslmode": "verify-ca"})), &[], false),
        (by_address(redshift(port, json!({"sslmode": "verify-full"}))), &[], false),
        (postgres(port, json!({"sslmode": "verify-full"})), &[], true),
        (postgres(port, json!({"sslmode": "verify-full", "sslsni": "1"})), &[], true),
        (postgres(port, json!({"sslmode": "verify-full", "sslsni": "0"})), &[], false),
        (postgres(port, json!({"sslmode": "verify-ca", "sslsni": 0})), &[], false),
        (postgres(port, json!({"sslmode": "verify-ca"})), &[("PGSSLSNI", "0")], false),
        (by_address(postgres(port, json!({"sslmode": "verify-full"}))), &[], false),
    ] {
        let want = if sent { refused_log_in() } else { at_tls("unknown-issuer") };
        assert_eq!(
            probe(&connection, &root, variables, &heard),
            want,
            "{connection} {variables:?}"
        );
    }
}

#[test]
fn common_names_count_as_far_as_the_client_heeds_them() {
    let root = authority("root", &[KeyUsagePurpose::KeyCertSign], None);
    let shown = server(&params("localhost", &[], &[]), &root, &[]);
    let (port, heard) = listener(config(shown.clone(), shown.clone()));
    for connection in [
        redshift(port, json!({"sslmode": "verify-full"})),
        postgres(port, json!({"sslmode": "verify-full"})),
    ] {
        assert_eq!(probe(&connection, &root, &[], &heard), refused_log_in(), "{connection}");
    }
    // boto3 takes it, too; with a name besides, the common one counts for nobody.
    let beside = server(&params("localhost", &["aws.example.com"], &[]), &root, &[]);
    for (shown, good) in [(shown, true), (beside, false)] {
        let aws = Aws::start(Vec::new(), 5439);
        let port = secured(config(shown.clone(), shown), aws.port);
        let scene = Scene::hook()
            .file("ca.pem", root.pem())
            .env("AWS_ENDPOINT_URL", format!("https://localhost:{port}"));
        let walked =
            scene.env("AWS_CA_BUNDLE", "{home}/ca.pem").walk_with(&aws, &["--timeout", "15"]);
        assert_eq!(walked.calls().is_empty(), !good, "{}", walked.report);
        if !good {
            assert_eq!(walked.failure().1, "endpoint-certificate", "{}", walked.report);
        }
    }
}

/// The server takes no kind of encryption that rustls speaks: it says so before any certificate
/// comes, and OpenSSL speaks more.
#[test]
fn what_only_openssl_speaks_is_unproven() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.read_exact(&mut [0; 8]);
            let _ = socket.write_all(b"S");
            let _ = socket.read(&mut [0; 4096]);
            // An alert: fatal, handshake_failure.
            let _ = socket.write_all(b"\x15\x03\x03\0\x02\x02\x28");
        }
    });
    let root = authority("root", &[KeyUsagePurpose::KeyCertSign], None);
    for connection in [
        redshift(port, json!({})),
        postgres(port, json!({"sslmode": "verify-full"})),
        postgres(port, json!({"sslmode": "require"})),
    ] {
        let want = ("unproven".to_string(), "tls".to_string(), "tls-unproven".to_string(), false);
        assert_eq!(probe(&connection, &root, &[], &Mutex::default()), want, "{connection}");
    }
}
