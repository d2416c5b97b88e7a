//! Walks of the wire half: every way to log in, and every fault with its step and cause, in bounded
//! time and without a secret.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use serde_json::{Value, json};

use crate::common::{airconn, feed, run};
use crate::probe::certificates::{Authority, Valid, self_signed};
use crate::probe::stand_in::{Ask, Do, Fault, Stage, StandIn};

/// No output may hold it. Every password and token of the tests is it, or has its beginning.
pub(crate) const PASSWORD: &str = "Canary7/Spring#rain";

/// An authority, a server of it, and the file for `--ca`.
pub(crate) struct Lab {
    authority: Authority,
    server: Arc<ServerConfig>,
    pub(crate) ca: PathBuf,
    folder: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        let authority = Authority::new("airconn test authority");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).expect("a file");
        Lab { server: authority.server(&["localhost"], Valid::Now), authority, ca, folder }
    }

    pub(crate) fn cluster(&self, ask: Ask, fault: Option<Fault>) -> StandIn {
        StandIn {
            tls: Some(self.server.clone()),
            ask,
            user: "etl",
            password: PASSWORD,
            database: "dev",
            fault,
        }
    }

    /// Probes one connection, as JSON and for people; no secret is in either.
    fn probe(&self, connection: &Value, arguments: &[&str]) -> Value {
        let input = json!({ "conn_id": "w", "json": connection.to_string() }).to_string();
        let ca = self.ca.to_str().expect("UTF-8");
        let command = || {
            let mut command = airconn();
            command.args(["probe", "--from", "jsonl", "--timeout", "5"]);
            if !arguments.contains(&"--ca") {
                command.args(["--ca", ca]);
            }
            command.args(arguments);
            command
        };
        let start = Instant::now();
        let mut machine = command();
        machine.args(["--format", "json", "-"]);
        let ran = feed(machine, input.as_bytes());
        crate::probe::leaks::check(&ran);
        let human = crate::probe::leaks::check_other_outputs(command, &input);
        assert!(start.elapsed() < Duration::from_secs(16), "{:?} {ran:?}", start.elapsed());
        assert_eq!(human.code, ran.code, "{human:?}");
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
        crate::probe::schema::check(&report);
        let verdict = report["connections"][0]["verdict"].as_str().expect("a verdict").to_string();
        assert_eq!(ran.code, if verdict == "passed" { 0 } else { 1 }, "{ran:?}");
        report["connections"][0].clone()
    }
}

/// A connection to the stand-in.
pub(crate) fn redshift(port: u16, extra: Value) -> Value {
    json!({"conn_type": "redshift", "host": "localhost", "port": port, "login": "etl", "password": PASSWORD, "schema": "dev", "extra": extra})
}

fn with(mut connection: Value, field: &str, value: Value) -> Value {
    connection[field] = value;
    connection
}

/// The step and the cause of a failure.
fn failure(connection: &Value) -> (String, String) {
    let failed = &connection["failed"];
    let text = |name: &str| failed[name].as_str().unwrap_or("none").to_string();
    (text("name"), text("cause"))
}

fn step<'c>(connection: &'c Value, name: &str) -> &'c Value {
    let steps = connection["steps"].as_array().expect("steps");
    steps
        .iter()
        .find(|s| s["name"] == name)
        .unwrap_or_else(|| panic!("no step {name}: {connection}"))
}

#[test]
fn every_way_to_log_in_succeeds() {
    let lab = Lab::new();
    for (ask, method) in [
        (Ask::Cleartext, "cleartext password"),
        (Ask::Md5, "MD5"),
        (Ask::Scram, "SCRAM-SHA-256"),
        (Ask::Digest, "SHA-256 digest (request 13)"),
    ] {
        let port = lab.cluster(ask, None).start();
        // redshift_connector does not get through SCRAM.
        let conn_type = if ask == Ask::Scram { "postgres" } else { "redshift" };
        let extra = if ask == Ask::Scram {
            json!({"sslmode": "verify-full", "sslrootcert": lab.ca})
        } else {
            json!({})
        };
        let walked = lab.probe(&with(redshift(port, extra), "conn_type", json!(conn_type)), &[]);
        assert_eq!(walked["verdict"], "passed", "{walked}");
        assert_eq!(step(&walked, "authentication")["facts"]["method"], method);
        let query = &step(&walked, "query")["facts"];
        assert_eq!(
            (&query["user"], &query["database"], &query["redshift"]),
            (&json!("etl"), &json!("dev"), &json!("yes"))
        );
        let tls = &step(&walked, "tls")["facts"];
        assert_eq!(
            (&tls["certificate-names"], &tls["tls-version"]),
            (&json!("localhost"), &json!("TLS 1.3"))
        );
        assert!(
            tls["certificate-issuer"]
                .as_str()
                .is_some_and(|i| i.contains("airconn test authority")),
            "{tls}"
        );
        if ask != Ask::Digest {
            let postgres = with(
                redshift(port, json!({"sslmode": "verify-full"})),
                "conn_type",
                json!("postgres"),
            );
            assert_eq!(lab.probe(&postgres, &[])["verdict"], "passed");
        }
    }
}

#[test]
fn tokens_log_in() {
    let lab = Lab::new();
    let port = lab.cluster(Ask::Token, None).start();
    for extra in [
        json!({"credentials_provider": "IdpTokenAuthPlugin", "token": PASSWORD, "token_type": "ACCESS_TOKEN"}),
        json!({"credentials_provider": "BasicJwtCredentialsProvider", "web_identity_token": PASSWORD}),
    ] {
        let walked = lab.probe(&with(redshift(port, extra), "login", Value::Null), &[]);
        assert_eq!(walked["verdict"], "passed", "{walked}");
    }
}

#[test]
fn how_much_of_a_certificate_is_checked_depends_on_mode_and_driver() {
    let lab = Lab::new();
    let elsewhere = StandIn {
        tls: Some(lab.authority.server(&["db.example.com"], Valid::Now)),
        ..lab.cluster(Ask::Md5, None)
    }
    .start();
    let unknown = StandIn {
        tls: Some(Authority::new("somebody else").server(&["localhost"], Valid::Now)),
        ..lab.cluster(Ask::Md5, None)
    }
    .start();
    let (own, pem) = self_signed(&["localhost"]);
    let own = StandIn { tls: Some(own), ..lab.cluster(Ask::Md5, None) }.start();
    let own_file = lab.folder.path().join("own.pem");
    std::fs::write(&own_file, pem).expect("a file");
    let own_file = own_file.to_str().expect("UTF-8");
    let postgres = |port: u16, mode: &str| {
        with(redshift(port, json!({"sslmode": mode})), "conn_type", json!("postgres"))
    };
    let old: &[&str] = &["--driver", "redshift-connector=2.1.10"];
    let pass = ("none", "none");
    for (connection, arguments, want) in [
        // The newest driver warns of a wrong name unless it is asked for more, older ones do not
        // look.
        (redshift(elsewhere, json!({})), &[][..], pass),
        (redshift(elsewhere, json!({})), old, pass),
        (redshift(elsewhere, json!({"sslmode": "verify-ca"})), &[], pass),
        (redshift(elsewhere, json!({"sslmode": "require"})), &[], pass),
        (redshift(elsewhere, json!({"sslmode": "verify-full"})), &[], ("tls", "wrong-name")),
        (redshift(elsewhere, json!({"sslmode": "verify-full"})), old, ("tls", "wrong-name")),
        (redshift(unknown, json!({})), &[], ("tls", "unknown-issuer")),
        (redshift(unknown, json!({"sslmode": "verify-ca"})), &[], ("tls", "unknown-issuer")),
        (redshift(own, json!({})), &[], ("tls", "self-signed")),
        (redshift(own, json!({})), &["--ca", own_file], pass),
        (postgres(unknown, "prefer"), &[], pass),
        (postgres(unknown, "require"), &[], pass),
        (postgres(unknown, "verify-ca"), &[], ("tls", "unknown-issuer")),
        (postgres(elsewhere, "verify-ca"), &[], pass),
        (postgres(elsewhere, "verify-full"), &[], ("tls", "wrong-name")),
        // What Airflow calls TLS is none where `ssl` is a text.
        (redshift(elsewhere, json!({"ssl": "true", "sslmode": "verify-full"})), &[], pass),
    ] {
        let walked = lab.probe(&connection, arguments);
        let (name, cause) = failure(&walked);
        assert_eq!((name.as_str(), cause.as_str()), want, "{connection} {arguments:?}: {walked}");
    }
    let warned = lab.probe(&redshift(elsewhere, json!({})), &[]);
    assert_eq!(step(&warned, "tls")["cause"], "wrong-name-warned");
    let plain = lab.probe(&redshift(elsewhere, json!({"ssl": "true"})), &[]);
    assert!(plain["notes"][0].as_str().is_some_and(|n| n.contains("plaintext")), "{plain}");
}

/// What is wrong, the connection, further arguments, the step that must name it, the cause.
type Row = (&'static str, Value, Vec<&'static str>, &'static str, &'static str);

fn check(lab: &Lab, rows: Vec<Row>) {
    // Side by side: most of the time is spent in waiting for what does not answer.
    std::thread::scope(|scope| {
        for (what, connection, arguments, name, cause) in &rows {
            scope.spawn(move || {
                let walked = lab.probe(connection, arguments);
                assert_eq!(
                    failure(&walked),
                    ((*name).to_string(), (*cause).to_string()),
                    "{what}: {walked}"
                );
                assert_eq!(walked["verdict"], "failed");
                let after = walked["steps"]
                    .as_array()
                    .expect("steps")
                    .iter()
                    .skip_while(|s| s["name"] != *name)
                    .skip(1);
                assert!(after.clone().all(|s| s["status"] == "skipped"), "{what}: {walked}");
            });
        }
    });
}

#[test]
fn faults_before_tls() {
    let lab = Lab::new();
    let at = |stage, what| {
        redshift(lab.cluster(Ask::Md5, Some(Fault::At(stage, what))).start(), json!({}))
    };
    let (refused, _nobody) = bound();
    let (hole, _keep) = black_hole();
    let no_tls = StandIn { tls: None, ..lab.cluster(Ask::Md5, None) }.start();
    use Stage::{Connected, SslRequest};
    check(
        &lab,
        vec![
            ("nothing listens", redshift(refused, json!({})), vec![], "tcp", "connection-refused"),
            (
                "a source that is another machine's",
                redshift(
                    lab.cluster(Ask::Md5, None).start(),
                    json!({"source_address": "192.0.2.7"}),
                ),
                vec![],
                "tcp",
                "source-address",
            ),
            ("packets vanish", redshift(hole, json!({})), vec![], "tcp", "timed-out"),
            (
                "N to SSLRequest",
                redshift(no_tls, json!({})),
                vec![],
                "ssl-request",
                "tls-not-offered",
            ),
            ("closes at once", at(Connected, Do::Close), vec![], "ssl-request", "closed"),
            ("never says a word", at(Connected, Do::Silence), vec![], "ssl-request", "timed-out"),
            (
                "closes when asked for TLS",
                at(SslRequest, Do::Close),
                vec![],
                "ssl-request",
                "closed",
            ),
            (
                "a web server",
                at(SslRequest, Do::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
                vec![],
                "ssl-request",
                "not-postgres",
            ),
            (
                "an SSH server",
                at(Connected, Do::Send(b"SSH-2.0-OpenSSH_9.2\r\n")),
                vec![],
                "ssl-request",
                "not-postgres",
            ),
            (
                "a mail server",
                at(Connected, Do::Send(b"220 mail.example.com ESMTP\r\n")),
                vec![],
                "ssl-request",
                "not-postgres",
            ),
            (
                "a banner without end",
                at(Connected, Do::Flood(b"welcome \x1b[2J")),
                vec![],
                "ssl-request",
                "not-postgres",
            ),
            (
                "zero bytes",
                at(SslRequest, Do::Send(&[0; 40])),
                vec![],
                "ssl-request",
                "not-postgres",
            ),
            (
                "an error instead of S or N",
                at(SslRequest, Do::Error("08P01", "Canary7 no")),
                vec![],
                "ssl-request",
                "server-error",
            ),
        ],
    );
}

#[test]
fn connections_go_out_from_the_source_address() {
    let lab = Lab::new();
    let walked = lab.probe(
        &redshift(lab.cluster(Ask::Md5, None).start(), json!({"source_address": "127.0.0.1"})),
        &[],
    );
    assert_eq!(walked["verdict"], "passed", "{walked}");
}

#[test]
fn a_name_without_an_address_is_named() {
    let lab = Lab::new();
    let walked =
        lab.probe(&with(redshift(5439, json!({})), "host", json!("no-such-host.invalid")), &[]);
    let (name, cause) = failure(&walked);
    // Without a name server it is that which fails.
    assert!(
        name == "dns" && ["name-not-found", "dns-failed", "timed-out"].contains(&cause.as_str()),
        "{walked}"
    );
}

#[test]
fn faults_of_tls() {
    let lab = Lab::new();
    let at = |what| {
        redshift(lab.cluster(Ask::Md5, Some(Fault::At(Stage::Handshake, what))).start(), json!({}))
    };
    let certificate = |valid| {
        let server = StandIn {
            tls: Some(lab.authority.server(&["localhost"], valid)),
            ..lab.cluster(Ask::Md5, None)
        };
        redshift(server.start(), json!({}))
    };
    let good = redshift(lab.cluster(Ask::Md5, None).start(), json!({}));
    let missing = with(
        with(good.clone(), "conn_type", json!("postgres")),
        "extra",
        json!({"sslmode": "verify-ca", "sslrootcert": "/nowhere/ca.pem"}),
    );
    // What a server of TLS 1.0 answers: an alert (fatal, protocol_version), or its own ServerHello.
    let alert = b"\x15\x03\x01\0\x02\x02\x46";
    let hello =
        b"\x16\x03\x01\0\x2a\x02\0\0\x26\x03\x01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\x00\x2f\0";
    check(
        &lab,
        vec![
            ("expired", certificate(Valid::Expired), vec![], "tls", "certificate-expired"),
            (
                "not yet valid",
                certificate(Valid::NotYet),
                vec![],
                "tls",
                "certificate-not-yet-valid",
            ),
            (
                "the built-in roots do not know it",
                good.clone(),
                vec!["--ca", "system"],
                "tls",
                "unknown-issuer",
            ),
            ("no such file", good, vec!["--ca", "/nowhere/ca.pem"], "tls", "roots-unreadable"),
            ("TLS 1.0 only: alert", at(Do::Send(alert)), vec![], "tls", "tls-version"),
            ("TLS 1.0 only: hello", at(Do::Send(hello)), vec![], "tls", "tls-version"),
            (
                "says S and goes on in plaintext",
                at(Do::Send(b"R\0\0\0\x08\0\0\0\0")),
                vec![],
                "tls",
                "not-tls",
            ),
            ("closes during the handshake", at(Do::Close), vec![], "tls", "closed"),
            ("never shakes hands", at(Do::Silence), vec![], "tls", "timed-out"),
            (
                "a flood instead of a handshake",
                at(Do::Flood(b"\x16\x03\x03")),
                vec![],
                "tls",
                "not-tls",
            ),
            // access_denied; handshake_failure is unproven (tls.rs): OpenSSL may have what the
            // server wants.
            (
                "refuses the handshake",
                at(Do::Send(b"\x15\x03\x03\0\x02\x02\x31")),
                vec![],
                "tls",
                "tls-refused",
            ),
        ],
    );
    // --ca wins over sslrootcert, so this one is without it.
    let input = json!({ "conn_id": "w", "json": missing.to_string() }).to_string();
    let ran = run(&["probe", "--from", "jsonl", "--format", "json", "-"], &input);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        failure(&report["connections"][0]),
        ("tls".to_string(), "roots-unreadable".to_string())
    );
}

#[test]
fn only_a_redshift_connection_says_what_postgresql_refuses() {
    let lab = Lab::new();
    let port = lab.cluster(Ask::Md5, Some(Fault::PostgreSql)).start();
    let postgres =
        with(redshift(port, json!({"sslmode": "verify-full"})), "conn_type", json!("postgres"));
    assert_eq!(lab.probe(&postgres, &[])["verdict"], "passed");
}

#[test]
fn faults_of_the_log_in() {
    let lab = Lab::new();
    let faulty = |ask, fault| redshift(lab.cluster(ask, Some(fault)).start(), json!({}));
    let at = |stage, what| faulty(Ask::Md5, Fault::At(stage, what));
    let good = |ask| redshift(lab.cluster(ask, None).start(), json!({}));
    let wrong = |ask| with(good(ask), "password", json!("Canary7-wrong"));
    let postgres = |connection: Value| {
        with(
            with(connection, "conn_type", json!("postgres")),
            "extra",
            json!({"sslmode": "verify-full"}),
        )
    };
    let token = |extra: Value| {
        with(redshift(lab.cluster(Ask::Token, None).start(), extra), "login", Value::Null)
    };
    let plain = with(good(Ask::Cleartext), "extra", json!({"ssl": false}));
    use Stage::Startup;
    check(
        &lab,
        vec![
            (
                "wrong password, cleartext",
                wrong(Ask::Cleartext),
                vec![],
                "authentication",
                "password-rejected",
            ),
            ("wrong password, MD5", wrong(Ask::Md5), vec![], "authentication", "password-rejected"),
            (
                "wrong password, SCRAM",
                postgres(wrong(Ask::Scram)),
                vec![],
                "authentication",
                "password-rejected",
            ),
            (
                "SCRAM to redshift_connector",
                good(Ask::Scram),
                vec![],
                "authentication",
                "method-unknown",
            ),
            (
                "SCRAM to redshift_connector, wrong password",
                wrong(Ask::Scram),
                vec![],
                "authentication",
                "method-unknown",
            ),
            (
                "wrong password, digest",
                wrong(Ask::Digest),
                vec![],
                "authentication",
                "password-rejected",
            ),
            (
                "unknown user",
                with(good(Ask::Digest), "login", json!("nobody")),
                vec![],
                "authentication",
                "user-unknown",
            ),
            ("cleartext without TLS", plain, vec![], "authentication", "cleartext-refused"),
            ("closes after start-up", at(Startup, Do::Close), vec![], "authentication", "closed"),
            ("slow start-up", at(Startup, Do::Silence), vec![], "authentication", "timed-out"),
            (
                "half a message",
                at(Startup, Do::SendAndClose(b"R\0\0\0\x0c\0\0")),
                vec![],
                "authentication",
                "half-a-message",
            ),
            (
                "a message of 1 GB",
                at(Startup, Do::Flood(b"E\x40\0\0\0")),
                vec![],
                "authentication",
                "message-too-long",
            ),
            (
                "a flood of notices",
                at(Startup, Do::Flood(b"N\0\0\0\x0cMCanary7")),
                vec![],
                "authentication",
                "flood",
            ),
            (
                "another protocol behind TLS",
                at(Startup, Do::Send(b"HTTP/1.1 400 Bad Request\r\n")),
                vec![],
                "authentication",
                "message-too-long",
            ),
            (
                "too many connections",
                at(Startup, Do::Error("53300", "too many connections for user \"etl\"")),
                vec![],
                "authentication",
                "too-many-connections",
            ),
            (
                "Redshift's connection limit",
                at(Startup, Do::Error("XX000", "connection limit \"500\" exceeded")),
                vec![],
                "authentication",
                "too-many-connections",
            ),
            (
                "starting up",
                at(Startup, Do::Error("57P03", "the database system is starting up")),
                vec![],
                "authentication",
                "starting-up",
            ),
            (
                "shutting down",
                at(Startup, Do::Error("57P01", "terminating")),
                vec![],
                "authentication",
                "shutting-down",
            ),
            (
                "no line in pg_hba.conf",
                at(Startup, Do::Error("28000", "no pg_hba.conf entry for host \"::1\"")),
                vec![],
                "authentication",
                "not-allowed-from-here",
            ),
            (
                "an error of another kind",
                at(Startup, Do::Error("XX000", "Canary7/Spring#rain \x1b[31m\u{202e}")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with the password in a URL",
                at(Startup, Do::Error("XX000", "etl:%43anary7%2FSpring%23rain@h")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with it twice encoded",
                at(Startup, Do::Error("XX000", "Canary7%252FSpring%2523rain")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with it in base64",
                at(Startup, Do::Error("XX000", "Basic ZXRsOkNhbmFyeTcvU3ByaW5nI3JhaW4=")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with it in hexadecimal",
                at(Startup, Do::Error("XX000", "43616e617279372f537072696e67237261696e")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with it in JSON",
                at(Startup, Do::Error("XX000", r#"{"p":"Canary7\/Spr\u0069ng\u0023rain"}"#)),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an error with a piece of it",
                at(Startup, Do::Error("XX000", "near \"y7/Spri\" and SPRING#")),
                vec![],
                "authentication",
                "server-error",
            ),
            (
                "an unknown parameter",
                at(Startup, Do::Error("42704", "unrecognized configuration parameter")),
                vec![],
                "authentication",
                "start-up-refused",
            ),
            ("PostgreSQL", faulty(Ask::Md5, Fault::PostgreSql), vec![], "database", "not-redshift"),
            (
                "digest of an unknown kind",
                at(Startup, Do::Send(b"R\0\0\0\x0c\0\0\0\x0d\0\0\0\x01")),
                vec![],
                "authentication",
                "digest-unknown",
            ),
            (
                "digest with lengths beyond",
                at(Startup, Do::Send(b"R\0\0\0\x10\0\0\0\x0d\0\0\0\0\x7f\xff\xff\xff")),
                vec![],
                "authentication",
                "not-postgres",
            ),
            (
                "token asked for, none there",
                good(Ask::Token),
                vec![],
                "authentication",
                "token-missing",
            ),
            (
                "expired token",
                token(
                    json!({"credentials_provider": "IdpTokenAuthPlugin", "token": "Canary7-old", "token_type": "ACCESS_TOKEN"}),
                ),
                vec![],
                "authentication",
                "token-rejected",
            ),
            (
                "password asked for, a token there",
                with(
                    good(Ask::Md5),
                    "extra",
                    json!({"credentials_provider": "BasicJwtCredentialsProvider", "web_identity_token": PASSWORD}),
                ),
                vec![],
                "authentication",
                "password-missing",
            ),
            (
                "request 99",
                at(Startup, Do::Send(b"R\0\0\0\x08\0\0\0\x63")),
                vec![],
                "authentication",
                "method-unknown",
            ),
            (
                "GSSAPI",
                at(Startup, Do::Send(b"R\0\0\0\x08\0\0\0\x07")),
                vec![],
                "authentication",
                "method-unknown",
            ),
            (
                "another SASL",
                at(Startup, Do::Send(b"R\0\0\0\x0e\0\0\0\x0aPLAIN\0\0")),
                vec![],
                "authentication",
                "method-unknown",
            ),
            (
                "a server that does not know the password",
                postgres(faulty(Ask::Scram, Fault::ScramNotGenuine)),
                vec![],
                "authentication",
                "server-not-genuine",
            ),
            (
                "request 13 to libpq",
                postgres(good(Ask::Digest)),
                vec![],
                "authentication",
                "method-of-redshift",
            ),
            (
                "request 14 to libpq",
                postgres(good(Ask::Token)),
                vec![],
                "authentication",
                "method-of-redshift",
            ),
            (
                "no password",
                with(postgres(good(Ask::Md5)), "password", Value::Null),
                vec![],
                "authentication",
                "password-missing",
            ),
        ],
    );
    let insisting = StandIn {
        tls: None,
        ..lab.cluster(
            Ask::Md5,
            Some(Fault::At(Startup, Do::Error("28000", "no pg_hba.conf entry for host, SSL off"))),
        )
    };
    let plain = redshift(insisting.start(), json!({"ssl": false}));
    check(&lab, vec![("TLS is required", plain, vec![], "authentication", "tls-required")]);
}

/// Whoever locks accounts after some wrong passwords counts one, where the hook would make five
/// attempts.
#[test]
fn one_attempt_whatever_happens() {
    use std::sync::atomic::Ordering::SeqCst;
    let lab = Lab::new();
    let ca = lab.ca.to_str().expect("UTF-8");
    let error = |what| Some(Fault::At(Stage::Startup, what));
    for (name, ask, fault, password) in [
        ("wrong password, cleartext", Ask::Cleartext, None, "Canary7-wrong"),
        ("wrong password, MD5", Ask::Md5, None, "Canary7-wrong"),
        ("wrong password, SCRAM", Ask::Scram, None, "Canary7-wrong"),
        ("wrong password, digest", Ask::Digest, None, "Canary7-wrong"),
        ("right password", Ask::Digest, None, PASSWORD),
        (
            "too many connections",
            Ask::Md5,
            error(Do::Error("53300", "too many connections")),
            PASSWORD,
        ),
        ("starting up", Ask::Md5, error(Do::Error("57P03", "starting up")), PASSWORD),
        ("closes", Ask::Md5, error(Do::Close), PASSWORD),
        ("silent", Ask::Md5, error(Do::Silence), PASSWORD),
    ] {
        for conn_type in ["redshift", "postgres"] {
            let (port, come) = lab.cluster(ask, fault).start_counting();
            let connection = with(
                with(redshift(port, json!({})), "password", json!(password)),
                "conn_type",
                json!(conn_type),
            );
            let input = json!({ "conn_id": "w", "json": connection.to_string() }).to_string();
            let ran = run(
                &[
                    "probe",
                    "--from",
                    "jsonl",
                    "--format",
                    "json",
                    "--timeout",
                    "2",
                    "--ca",
                    ca,
                    "-",
                ],
                &input,
            );
            assert_eq!(come.load(SeqCst), 1, "{name}, {conn_type}: {ran:?}");
        }
    }
}

#[test]
fn faults_behind_the_log_in() {
    let lab = Lab::new();
    let at = |stage, what| {
        redshift(lab.cluster(Ask::Md5, Some(Fault::At(stage, what))).start(), json!({}))
    };
    let good = redshift(lab.cluster(Ask::Md5, None).start(), json!({}));
    use Stage::{Accepted, Query, Startup};
    check(
        &lab,
        vec![
            ("missing database", with(good, "schema", json!("nowhere")), vec![], "database", "database-not-found"),
            (
                "missing database, before the password",
                at(Startup, Do::Error("3D000", "database \"dev\" does not exist")),
                vec![],
                "database",
                "database-not-found",
            ),
            ("not permitted", at(Accepted, Do::Error("42501", "permission denied for database")), vec![], "database", "not-permitted"),
            ("closes when the user is in", at(Accepted, Do::Close), vec![], "database", "closed"),
            ("never ready", at(Accepted, Do::Silence), vec![], "database", "timed-out"),
            ("endless ParameterStatus", at(Accepted, Do::Flood(b"S\0\0\0\x08a\0b\0")), vec![], "database", "flood"),
            ("a long ParameterStatus", at(Accepted, Do::Send(b"S\x7f\xff\xff\xff")), vec![], "database", "message-too-long"),
            ("a second request for the password", at(Accepted, Do::Send(b"R\0\0\0\x08\0\0\0\x03")), vec![], "database", "not-postgres"),
            ("the query fails", at(Query, Do::Error("57014", "canceled")), vec![], "query", "server-error"),
            ("closes at the query", at(Query, Do::Close), vec![], "query", "closed"),
            ("never answers the query", at(Query, Do::Silence), vec![], "query", "timed-out"),
            ("rows without end", at(Query, Do::Flood(b"T\0\0\0\x06\0\0D\0\0\0\x06\0\0")), vec![], "query", "flood"),
            ("a row that nothing announces", at(Query, Do::Send(b"D\0\0\0\x06\0\0")), vec![], "query", "not-postgres"),
            (
                "a row with more columns than announced",
                at(Query, Do::Send(b"T\0\0\0\x06\0\0D\0\0\0\x0b\0\x01\0\0\0\x01a")),
                vec![],
                "query",
                "not-postgres",
            ),
            ("no row", at(Query, Do::Send(b"T\0\0\0\x06\0\0C\0\0\0\x0bSELECT\0Z\0\0\0\x05I")), vec![], "query", "query-failed"),
            (
                "a row of one column",
                at(
                    Query,
                    Do::Send(
                        b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0D\0\0\0\x0b\0\x01\0\0\0\x01aZ\0\0\0\x05I",
                    ),
                ),
                vec![],
                "query",
                "query-failed",
            ),
            (
                "an error and the end at once",
                at(Query, Do::Send(b"E\0\0\0\x1dSERROR\0C57014\0Mcanceled\0\0")),
                vec![],
                "query",
                "server-error",
            ),
        ],
    );
}

#[test]
fn cleartext_is_sent_only_to_somebody_who_is_known_or_on_demand() {
    let lab = Lab::new();
    let plain = redshift(lab.cluster(Ask::Cleartext, None).start(), json!({"ssl": false}));
    assert_eq!(lab.probe(&plain, &["--allow-cleartext"])["verdict"], "passed");
    let unverified = with(
        redshift(lab.cluster(Ask::Cleartext, None).start(), json!({"sslmode": "require"})),
        "conn_type",
        json!("postgres"),
    );
    assert_eq!(failure(&lab.probe(&unverified, &[])).1, "cleartext-refused");
    assert_eq!(lab.probe(&unverified, &["--allow-cleartext"])["verdict"], "passed");
}

/// A port whose queue of connections is full: the kernel drops what comes. It stays so while the
/// second value lives.
fn black_hole() -> (u16, Vec<socket2::Socket>) {
    use socket2::{Domain, Socket, Type};
    let (port, listener) = bound();
    listener.listen(0).expect("a queue");
    let address = listener.local_addr().expect("an address");
    let mut keep = vec![listener];
    for _ in 0..8 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        filler.set_nonblocking(true).expect("a socket that does not wait");
        // It is under way, or dropped already.
        let _ = filler.connect(&address);
        keep.push(filler);
    }
    std::thread::sleep(Duration::from_millis(100));
    (port, keep)
}

/// A port on which nothing listens, and on which nothing else can as long as the socket is kept.
fn bound() -> (u16, socket2::Socket) {
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&any.into()).expect("a free port");
    let address = socket.local_addr().expect("an address").as_socket().expect("an address of IP");
    (address.port(), socket)
}

/// Serves clusters for `tools/compare/probe_driver.py` until standard input ends: prints their ports and the
/// file of roots.
#[test]
#[ignore = "tools/compare/probe_driver.py runs it"]
fn serve() {
    use std::io::{Read, Write};
    let lab = Lab::new();
    let asks = [
        ("cleartext", Ask::Cleartext),
        ("md5", Ask::Md5),
        ("scram", Ask::Scram),
        ("digest", Ask::Digest),
        ("token", Ask::Token),
    ];
    let mut ports: serde_json::Map<String, Value> = asks
        .into_iter()
        .map(|(name, ask)| (name.to_string(), json!(lab.cluster(ask, None).start())))
        .collect();
    let mut more = |name: &str, tls: Option<Arc<ServerConfig>>| {
        ports.insert(
            name.to_string(),
            json!(StandIn { tls, ..lab.cluster(Ask::Md5, None) }.start()),
        );
    };
    more("elsewhere", Some(lab.authority.server(&["db.example.com"], Valid::Now)));
    more("expired", Some(lab.authority.server(&["localhost"], Valid::Expired)));
    more("unknown", Some(Authority::new("somebody else").server(&["localhost"], Valid::Now)));
    more("no-tls", None);
    let found = json!({ "ports": ports, "ca": lab.ca, "user": "etl", "password": PASSWORD, "database": "dev" });
    let mut out = std::io::stdout();
    out.write_all(format!("\n{found}\n").as_bytes())
        .and_then(|()| out.flush())
        .expect("somebody reads");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
