//! What real clients said about certificates (fixtures/probe/certificates.jsonl.gz, made by
//! tools/recorders/record_certificates.py), against ours.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::{Signer, SigningKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConnection, ServerConfig, ServerConnection, SignatureScheme};
use serde_json::Value;

use super::{Doubt, Fault, Matcher, Roots, Verdict, fault::Place};
use crate::probe::wire::client::client;
use crate::probe::wire::verifier::{Judged, Verifier};
use crate::probe::{TlsDemand, TlsPolicy, TlsVerify};

/// When the clients were asked: within the lives of all certificates that are not made to be
/// outside of them.
const THEN: u64 = 1_796_000_000;

/// The clients of the recording: how much they check, who compares names, and whether they send the
/// name.
const CLIENTS: &[(&str, TlsVerify, Matcher, bool)] = &[
    ("libpq require", TlsVerify::Nothing, Matcher::Libpq, true),
    ("libpq verify-ca", TlsVerify::Chain, Matcher::Libpq, true),
    ("libpq verify-full", TlsVerify::Full, Matcher::Libpq, true),
    ("redshift_connector", TlsVerify::ChainWarnName, Matcher::Driver, true),
    ("redshift_connector verify-ca", TlsVerify::Chain, Matcher::OpenSsl, false),
    ("redshift_connector verify-full", TlsVerify::Full, Matcher::OpenSsl, true),
    ("boto3", TlsVerify::Full, Matcher::Urllib3, true),
    ("requests", TlsVerify::Full, Matcher::Requests, true),
];

/// Certificates of which we say that we cannot tell, and why: ring knows RSA from 2,048 bits on,
/// P-256, P-384 and Ed25519, with SHA-256 and longer; rustls reads no version but the third; limits
/// of mail addresses say nothing about servers, and are not imitated.
const UNPROVEN: &[(&str, Doubt)] = &[
    ("file: trusted for servers", Doubt::Unreadable),
    ("file: trusted for servers, beside another one", Doubt::Unreadable),
    ("intermediate key p521", Doubt::Algorithm),
    ("leaf key ed448", Doubt::Algorithm),
    ("leaf key p521", Doubt::Algorithm),
    ("leaf key p521, TLS 1.2", Doubt::Algorithm),
    ("leaf key rsa2040", Doubt::Algorithm),
    ("leaf signed by sha224, ECDSA", Doubt::Algorithm),
    ("leaf signed by sha224, RSA", Doubt::Algorithm),
    ("leaf signed by sha512, ECDSA", Doubt::Algorithm),
    ("leaf: addresses of RFC 3779", Doubt::Extension),
    ("leaf: version 1", Doubt::Version),
    ("leaf: version 2", Doubt::Version),
    ("limits: mail in the subject is not permitted", Doubt::Limits),
    ("limits: mail is not permitted", Doubt::Limits),
    ("limits: with a minimum", Doubt::Limits),
    ("root key brainpool", Doubt::Algorithm),
    ("root key dsa", Doubt::Algorithm),
    ("root key ed448", Doubt::Algorithm),
    ("root key k256", Doubt::Algorithm),
    ("root key p224", Doubt::Algorithm),
    ("root key p521", Doubt::Algorithm),
    ("root key rsa2040", Doubt::Algorithm),
    ("self-signed of version 1, in the file", Doubt::Version),
];

/// What OpenSSL 3.0 calls it (X509_verify_cert_error_string, as Python shows it), and what we do.
fn is_same(said: &str, fault: Fault) -> bool {
    use Fault as F;
    let words: &[&str] = match fault {
        F::Expired(_) => &["certificate has expired"],
        F::NotYet(_) => &["certificate is not yet valid"],
        F::SelfSigned => &["self-signed certificate"],
        F::UnknownIssuer => &[
            "unable to get local issuer certificate",
            "self-signed certificate in certificate chain",
        ],
        F::RootMissing => &["unable to get issuer certificate"],
        F::TooLong => &["certificate chain too long"],
        F::Critical(_) => &["unhandled critical extension"],
        F::NotAuthority => &["invalid CA certificate"],
        F::Purpose(_) => &["unsuitable certificate purpose"],
        F::PathLength => &["path length constraint exceeded"],
        F::WeakKey(Place::Server) => &["EE certificate key too weak"],
        F::WeakKey(_) => &["CA certificate key too weak"],
        F::WeakHash => &["CA signature digest algorithm too weak"],
        F::WrongName => &[
            "Hostname mismatch",
            "IP address mismatch",
            "doesn't match",
            "no appropriate subjectAltName",
            "too many wildcards",
        ],
        F::BadSignature => &["certificate signature failure"],
        F::Limits => &["permitted subtree violation", "excluded subtree violation"],
    };
    words.iter().any(|words| said.contains(words))
}

fn recorded() -> (Value, Vec<Value>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/probe/certificates.jsonl.gz");
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("the recording");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("a text");
    let mut lines = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON"));
    (lines.next().expect("versions"), lines.collect())
}

fn chain(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().expect("a chain")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// What a client did that got as far as a certificate.
enum Did {
    Sent,
    Refused(String),
    /// It never saw one: another agreement on TLS was missing, a file could not be read, or it does
    /// not even try such a host.
    NoCertificate,
    /// OpenSSL cannot be a server with that one.
    NotAsked,
}

fn did(case: &Value, client: &str) -> Did {
    let answer = &case["clients"][client];
    let said = text(answer, "said");
    let early = [
        "handshake failure",
        "protocol version",
        "Invalid endpoint",
        "invalid certificate or certificate revocation",
    ];
    match () {
        () if answer.is_null() => Did::NotAsked,
        () if answer["sent"] == true => Did::Sent,
        () if early.iter().any(|words| said.contains(words)) => Did::NoCertificate,
        () => Did::Refused(said.to_string()),
    }
}

/// What we say: of the chain that the server shows to this client.
fn ours(
    case: &Value,
    verify: TlsVerify,
    matcher: Matcher,
    sends_name: bool,
) -> Option<(Verdict, bool)> {
    let host = text(case, "host");
    let named = sends_name && matcher.server_name(host).is_some() && case.get("named").is_some();
    let shown = chain(text(case, if named { "named" } else { "chain" }));
    let roots = if verify == TlsVerify::Nothing {
        Roots::default()
    } else {
        Roots::of_pem(text(case, "roots").as_bytes()).ok()?
    };
    let provider = rustls::crypto::ring::default_provider();
    let verifier = Verifier::new(verify, matcher, None, roots, &provider);
    Some(verifier.judge(
        &shown,
        host,
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(THEN)),
    ))
}

#[test]
fn certificates_are_judged_as_the_clients_judge_them() {
    let (versions, cases) = recorded();
    assert_eq!(versions["versions"]["libpq"], "17.11");
    assert!(cases.len() >= 300, "{}", cases.len());
    let (mut wrong, mut compared, mut without) = (Vec::new(), 0, 0);
    let mut unproven: BTreeMap<String, Doubt> = BTreeMap::new();
    for case in &cases {
        let id = text(case, "id");
        for (client, verify, matcher, sends_name) in CLIENTS {
            let ours = ours(case, *verify, *matcher, *sends_name);
            let did = did(case, client);
            let good = match (&did, ours) {
                // What it cannot show it does not take, either.
                (Did::NotAsked, Some((verdict, _))) => {
                    *verify == TlsVerify::Nothing || verdict != Verdict::Trusted
                }
                (Did::NoCertificate, _) => {
                    without += 1;
                    continue;
                }
                // A file of roots that is refused is told before any handshake.
                (Did::Refused(_), None) => true,
                (Did::Sent, Some((Verdict::Trusted, wrong_name))) => {
                    let warned = case["clients"][client]["warned"] == true;
                    *verify != TlsVerify::ChainWarnName || warned == wrong_name
                }
                (Did::Refused(said), Some((Verdict::Refused(fault), _))) => {
                    client.starts_with("libpq") || is_same(said, fault)
                }
                (_, Some((Verdict::Unproven(doubt), _))) => {
                    unproven.insert(id.to_string(), doubt);
                    true
                }
                _ => false,
            };
            compared += 1;
            if !good {
                let said = text(&case["clients"][client], "said");
                wrong.push(format!(
                    "{id}: {client} {}: {said}; we: {ours:?}",
                    if matches!(did, Did::Sent) { "accepts" } else { "refuses" }
                ));
            }
        }
    }
    assert!(
        compared > 2_500 && without < compared,
        "{compared} answers, {without} without a certificate"
    );
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    let listed: BTreeMap<String, Doubt> =
        UNPROVEN.iter().map(|(id, doubt)| ((*id).to_string(), *doubt)).collect();
    assert_eq!(unproven, listed, "what cannot be told, and what is listed");
}

/// A server in memory that shows a chain and asks for a password as it is. `None`: rustls cannot be
/// the server with that key.
fn server(chain_pem: &str, key_pem: &str) -> Option<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).ok()?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions");
    let shown = Arc::new(rustls::sign::CertifiedKey::new(chain(chain_pem), key));
    Some(
        builder
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown))),
    )
}

/// Carries bytes between both ends until neither has any; the error that the client ended with, if
/// it did.
fn shake(
    client: &mut ClientConnection,
    server: &mut ServerConnection,
) -> Result<(), rustls::Error> {
    for _ in 0..20 {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).expect("memory");
        }
        server.read_tls(&mut bytes.as_slice()).expect("memory");
        // What the server makes of an alert does not matter.
        let _ = server.process_new_packets();
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).expect("memory");
        }
        let mut left = bytes.as_slice();
        while !left.is_empty() {
            client.read_tls(&mut left).expect("memory");
            client.process_new_packets()?;
        }
    }
    Ok(())
}

/// Handshakes in memory with the server's own key: the name that is sent is the client's, and a
/// password leaves only where the real client sent it.
#[test]
fn no_password_leaves_where_the_clients_keep_it() {
    let (_, cases) = recorded();
    let (mut shaken, mut sent) = (0, 0);
    for case in &cases {
        for (name, verify, matcher, sends_name) in
            CLIENTS.iter().filter(|(name, ..)| !["boto3", "requests"].contains(name))
        {
            let host = text(case, "host");
            let named =
                *sends_name && matcher.server_name(host).is_some() && case.get("named").is_some();
            let (shown, key) = if named { ("named", "named_key") } else { ("chain", "key") };
            let (Some(config), Ok(roots)) = (
                server(text(case, shown), text(case, key)),
                Roots::of_pem(text(case, "roots").as_bytes()),
            ) else {
                continue;
            };
            if matches!(did(case, name), Did::NoCertificate | Did::NotAsked) {
                continue;
            }
            let libpq = name.starts_with("libpq");
            let policy = TlsPolicy {
                demand: TlsDemand::Require,
                verify: *verify,
                libpq,
                sni: *sends_name,
                ..TlsPolicy::OFF
            };
            let made = client(&policy, *verify, host, roots).expect("a client");
            let mut server = ServerConnection::new(Arc::new(config)).expect("a server");
            let mut client = ClientConnection::new(made.config, made.name).expect("a client");
            let ended = shake(&mut client, &mut server);
            shaken += 1;
            let theirs = &case["clients"][*name];
            // The final dot stays at home: the RFC wants it so, and rustls.
            let told = theirs["sni"].as_str().map(|name| name.trim_end_matches('.').to_lowercase());
            // rustls cannot send what looks like an address.
            if theirs["sent"] == true
                && host != "127.1"
                && !host.starts_with('-')
                && !host.contains("-.")
            {
                assert_eq!(
                    server.server_name().map(str::to_lowercase),
                    told,
                    "{}: {name}",
                    case["id"]
                );
            }
            // The rule of the log-in: as it is, a password goes to somebody who is known.
            if ended.is_ok() && made.verifier.seen().trusted {
                client.writer().write_all(b"Canary7-password").expect("memory");
            }
            let _ = shake(&mut client, &mut server);
            let mut heard = Vec::new();
            let _ = server.reader().read_to_end(&mut heard);
            if !heard.is_empty() {
                sent += 1;
                assert_eq!(theirs["sent"], true, "{}: {name} keeps its password", case["id"]);
            } else if let Err(error) = ended {
                assert!(Judged::of(&error).is_some(), "{}: {name}: {error}", case["id"]);
            }
        }
    }
    assert!(shaken > 1_500 && sent > 400, "{shaken} {sent}");
}

/// A server that lies about the key of its certificate: it signs what others may not take.
#[derive(Debug)]
struct Liar {
    key: Arc<dyn SigningKey>,
    /// The scheme that it signs by, whatever was asked for.
    scheme: SignatureScheme,
    /// The signature is not one.
    broken: bool,
}

impl SigningKey for Liar {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = self.key.choose_scheme(&[self.scheme])?;
        Some(Box::new(LiarsPen { signer, broken: self.broken }))
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct LiarsPen {
    signer: Box<dyn Signer>,
    broken: bool,
}

impl Signer for LiarsPen {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let text = if self.broken { &message[1..] } else { message };
        self.signer.sign(text)
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}

/// Whoever shows somebody else's certificate cannot sign with its key, and TLS 1.3 has no room for
/// the old padding of RSA.
#[test]
fn a_handshake_is_signed_by_the_key_of_the_certificate() {
    use SignatureScheme as S;
    let (_, cases) = recorded();
    for (id, scheme, version, broken, want) in [
        ("plain", S::ECDSA_NISTP256_SHA256, &TLS13, false, true),
        ("plain", S::ECDSA_NISTP256_SHA256, &TLS13, true, false),
        ("plain", S::ECDSA_NISTP256_SHA256, &TLS12, false, true),
        ("plain", S::ECDSA_NISTP256_SHA256, &TLS12, true, false),
        ("plain, RSA", S::RSA_PSS_SHA256, &TLS13, false, true),
        ("plain, RSA", S::RSA_PSS_SHA256, &TLS13, true, false),
        ("plain, RSA", S::RSA_PKCS1_SHA256, &TLS13, false, false),
        ("plain, RSA", S::RSA_PKCS1_SHA256, &TLS12, false, true),
        ("plain, RSA", S::RSA_PKCS1_SHA256, &TLS12, true, false),
    ] {
        let case = cases.iter().find(|case| case["id"] == id).expect("a case");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from_pem_slice(text(case, "key").as_bytes()).expect("a key");
        let key = provider.key_provider.load_private_key(key).expect("a key of ring");
        let liar = Arc::new(Liar { key, scheme, broken });
        let shown = rustls::sign::CertifiedKey::new(chain(text(case, "chain")), liar);
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown)));
        for verify in [TlsVerify::Nothing, TlsVerify::Full] {
            let roots = Roots::of_pem(text(case, "roots").as_bytes()).expect("roots");
            let policy = TlsPolicy { demand: TlsDemand::Require, verify, ..TlsPolicy::OFF };
            let made = client(&policy, verify, text(case, "host"), roots).expect("a client");
            let mut server = ServerConnection::new(Arc::new(config.clone())).expect("a server");
            let mut client = ClientConnection::new(made.config, made.name).expect("a client");
            let ended = shake(&mut client, &mut server);
            let good = ended.is_ok() && !client.is_handshaking();
            assert_eq!(good, want, "{id} {scheme:?} {version:?} {broken} {verify:?}: {ended:?}");
        }
    }
}

/// All of Mozilla's roots can be read, so that a chain that ends at one of them can be judged.
#[test]
fn the_roots_that_are_built_in_are_read() {
    let roots = Roots::built_in();
    assert!(
        roots.certificates.len() > 100 && roots.unread == 0,
        "{} {}",
        roots.certificates.len(),
        roots.unread
    );
}
