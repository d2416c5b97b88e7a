//! Programs, files and keys around a probe that mean harm, or are broken: each run comes to an end,
//! names what is to blame, and leaves nothing behind.
#![cfg(all(unix, feature = "probe"))]

use crate::common;
use crate::common::deadline;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{airconn, folder_with};
use deadline::{end_of, ended, pipe, sparse, told};
use serde_json::{Value, json};

/// A probe of these connections, at home in a folder, whose AWS is a port where nothing listens.
fn probe(
    home: &Path,
    connections: &[Value],
    arguments: &[&str],
    around: &[(&str, &str)],
) -> (i32, Value, String) {
    let lines: String = connections.iter().map(|c| format!("{c}\n")).collect();
    std::fs::write(home.join("c.jsonl"), lines).expect("a file");
    let mut command = airconn();
    command
        .args(["probe", "--isolated", "--format", "json"])
        .args(arguments)
        .arg(home.join("c.jsonl"));
    command
        .env("HOME", home)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .envs(around.iter().copied());
    let (code, out, err) = told(&ended(command));
    let report = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {code} {out} {err}"));
    (code, report, err)
}

fn aws(extra: Value) -> Value {
    json!({"conn_id": "w", "conn_type": "aws", "extra": extra})
}

/// An AWS connection with the keys of a profile.
fn of_profile() -> Value {
    aws(json!({"region_name": "us-east-1", "profile_name": "p"}))
}

/// Where it failed, and why.
fn failed(report: &Value) -> (String, String, String) {
    let failed = &report["connections"][0]["failed"];
    let text = |value: &Value| value.as_str().unwrap_or("none").to_string();
    let step = failed["step"].as_u64().and_then(|step| usize::try_from(step).ok()).unwrap_or(1) - 1;
    let message = &report["connections"][0]["steps"][step]["message"];
    (text(&failed["name"]), text(&failed["cause"]), text(message))
}

/// A folder whose profile has its keys from this script.
fn with_program(script: &str) -> tempfile::TempDir {
    let folder = folder_with([("program", script)]);
    let program = folder.path().join("program");
    let profile = format!(
        "[profile p]\ncredential_process = sh {} {}\n",
        program.display(),
        folder.path().display()
    );
    std::fs::create_dir(folder.path().join(".aws")).expect("a folder");
    std::fs::write(folder.path().join(".aws/config"), profile).expect("a file");
    folder
}

/// The process whose id a script has written down is gone, or goes now.
fn is_gone(file: &Path) -> bool {
    let pid = std::fs::read_to_string(file).expect("the id of a process");
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        // One that has ended and waits to be asked for its code is gone.
        if state.map_or(true, |state| state.contains(") Z ")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_program_without_end_is_stopped() {
    for endless in [
        "yes",
        "cat /dev/zero",
        "while :; do echo '{\"Version\": 1}'; done",
        "head -c 1073741824 /dev/zero",
    ] {
        let folder = with_program(&format!("echo $$ > $1/pid\n{endless}\n"));
        let (code, report, err) = probe(folder.path(), &[of_profile()], &[], &[]);
        let (step, cause, message) = failed(&report);
        let why = format!("{endless}: {report} {err}");
        assert_eq!(
            (code, step.as_str(), cause.as_str()),
            (1, "aws-credentials", "process-failed"),
            "{why}"
        );
        assert!(message.contains("more than 1 MiB"), "{why}");
        assert!(is_gone(&folder.path().join("pid")), "{why}");
    }
}

/// It is the program that does not answer, and its children end with it.
#[test]
fn a_program_that_hangs_is_named_and_ends_with_its_children() {
    for (script, arguments) in [
        ("sleep 300 & echo $! > $1/child; wait\n", &["--timeout", "2"][..]),
        ("sleep 300 & echo $! > $1/child; wait\n", &["--deadline", "2"]),
        // Sessions of their own.
        ("setsid sleep 300 & echo $! > $1/child; wait\n", &["--timeout", "2"]),
        ("(setsid sleep 300 & echo $! > $1/child; wait)\n:\n", &["--timeout", "2"]),
        // It ends by itself, and leaves one behind that keeps its output.
        ("sleep 300 & echo $! > $1/child\n", &["--timeout", "2"]),
        (
            "trap '' TERM HUP INT\n(trap '' TERM; sleep 300) & echo $! > $1/child; wait\n",
            &["--timeout", "2"],
        ),
    ] {
        let folder = with_program(script);
        let (code, report, err) = probe(folder.path(), &[of_profile()], arguments, &[]);
        let (step, cause, message) = failed(&report);
        let why = format!("{script} {arguments:?}: {report} {err}");
        assert_eq!(
            (code, step.as_str(), cause.as_str()),
            (1, "aws-credentials", "process-timed-out"),
            "{why}"
        );
        assert!(
            message.contains("program of `credential_process`") && !message.contains("server"),
            "{why}"
        );
        assert!(is_gone(&folder.path().join("child")), "{why}");
    }
}

/// What a program that succeeded leaves running on purpose, such as an agent, goes on.
#[test]
fn a_program_that_works_keeps_its_agent() {
    let keys = r#"{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}"#;
    let folder =
        with_program(&format!("sleep 20 >/dev/null & echo $! > $1/child\necho '{keys}'\n"));
    let (_, report, err) = probe(folder.path(), &[of_profile()], &[], &[]);
    assert_eq!(failed(&report).0, "aws-identity", "{report} {err}");
    let pid = std::fs::read_to_string(folder.path().join("child")).expect("an id");
    assert!(Path::new(&format!("/proc/{}", pid.trim())).exists());
    assert!(Command::new("kill").arg(pid.trim()).status().expect("kill").success());
}

#[test]
fn keys_with_control_characters_are_named_before_any_call() {
    let given = |id: &str| json!({"conn_id": "w", "conn_type": "aws", "login": id, "password": "x", "extra": {"region_name": "us-east-1"}});
    let role =
        json!({"region_name": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/etl"});
    let mut with_role = given("AKIAIOSFODNN7EXAMPLE\n");
    with_role["extra"] = role;
    for (id, cause) in [
        ("AKIAIOSFODNN7EXAMPLE\n", "key-with-control-character"),
        ("AKIAIOSFODNN7EXAMPLE\r\n", "key-with-control-character"),
        ("AKIA\u{7f}IOSFODNN7EXAMPLE", "key-with-control-character"),
        ("\u{1}AKIAIOSFODNN7EXAMPLE", "key-with-control-character"),
        ("AKIAIOSFODNN7EXÄMPLE", "key-not-ascii"),
    ] {
        let others = [given(id), given("AKIAIOSFODNN7EXAMPLE")];
        let folder = folder_with([]);
        let (code, report, err) = probe(folder.path(), &others, &[], &[]);
        let (step, why, _) = failed(&report);
        assert_eq!(
            (code, step.as_str(), why.as_str()),
            (1, "aws-credentials", cause),
            "{id:?}: {report} {err}"
        );
        // The other one is walked, and fails where nothing listens.
        assert_eq!(report["connections"][1]["failed"]["cause"], "endpoint-refused", "{report}");
        assert_eq!(err, "");
        let environment = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", "x")];
        let ambient = aws(json!({"region_name": "us-east-1"}));
        let (_, report, err) = probe(folder.path(), &[ambient], &[], &environment);
        assert_eq!((failed(&report).1.as_str(), err.as_str()), (cause, ""), "{id:?}: {report}");
    }
    let folder = folder_with([]);
    let (_, report, err) = probe(folder.path(), &[with_role], &[], &[]);
    assert_eq!(
        (failed(&report).1.as_str(), err.as_str()),
        ("key-with-control-character", ""),
        "{report}"
    );
    let program = with_program(
        r#"printf '{"Version": 1, "AccessKeyId": "AK\\nIA", "SecretAccessKey": "x"}'"#,
    );
    let (_, report, err) = probe(program.path(), &[of_profile()], &[], &[]);
    assert_eq!(
        (failed(&report).1.as_str(), err.as_str()),
        ("key-with-control-character", ""),
        "{report}"
    );
}

/// Profiles that take their credentials from each other: as many as botocore's recursion bears, and
/// more.
#[test]
fn a_chain_of_profiles_is_bounded() {
    let chain = |length: usize| {
        let arn = "arn:aws:iam::123456789012:role/etl";
        let one =
            |i: usize| format!("[profile p{i}]\nrole_arn = {arn}\nsource_profile = p{}\n", i + 1);
        let first = format!("[profile p]\nrole_arn = {arn}\nsource_profile = p0\n");
        let last = format!(
            "[profile p{length}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
        );
        first + &(0..length).map(one).collect::<String>() + &last
    };
    for (length, cause) in
        [(20_000, "source-profile"), (310, "source-profile"), (290, "endpoint-refused")]
    {
        let folder = folder_with([(".aws/config", chain(length).as_str())]);
        let (code, report, err) = probe(folder.path(), &[of_profile()], &[], &[]);
        let (step, why, message) = failed(&report);
        assert_eq!(
            (code, step.as_str(), why.as_str(), err.as_str()),
            (1, "aws-credentials", cause, ""),
            "{report}"
        );
        assert_eq!(message.contains("300 profiles"), length > 300, "{report}");
    }
}

/// Files around a probe that wait for ever, or never end, in each place: within the time.
#[test]
fn files_around_a_probe_are_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // Says that it speaks TLS, so that certificates are looked for.
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            use std::io::{Read, Write};
            let mut asked = [0; 8];
            let _ = stream.read_exact(&mut asked).and_then(|()| stream.write_all(b"S"));
        }
    });
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "x")];
    let folder = folder_with([]);
    let home = folder.path();
    let fifo = pipe(&home.join("pipe")).to_string_lossy().into_owned();
    let large = home.join("large");
    sparse(&large, 4 << 30, b"-----BEGIN CERTIFICATE-----\n");
    let large = large.to_string_lossy().into_owned();
    let postgres = |extra: Value| json!({"conn_id": "w", "conn_type": "postgres", "host": "127.0.0.1", "port": port, "login": "u", "password": "p", "schema": "d", "extra": extra});
    for file in [fifo.as_str(), large.as_str(), "/dev/zero", "/proc/kmsg"] {
        let started = Instant::now();
        let bundle = [&keys[..], &[("AWS_CA_BUNDLE", file)]].concat();
        let (code, report, err) =
            probe(home, &[aws(json!({"region_name": "us-east-1"}))], &[], &bundle);
        assert_eq!((code, failed(&report).1.as_str()), (1, "ca-bundle"), "{file}: {report} {err}");
        let rooted = postgres(json!({"sslmode": "verify-full", "sslrootcert": file}));
        let (code, report, err) = probe(home, &[rooted], &[], &[]);
        assert_eq!(
            (code, failed(&report).1.as_str()),
            (1, "roots-unreadable"),
            "{file}: {report} {err}"
        );
        let full = postgres(json!({"sslmode": "verify-full"}));
        let (code, report, err) = probe(home, &[full], &["--ca", file], &[]);
        assert_eq!(
            (code, failed(&report).1.as_str()),
            (1, "roots-unreadable"),
            "{file}: {report} {err}"
        );
        for (connection, arguments) in [
            (postgres(json!({"sslmode": "verify-full"})), &["--ca", "system"][..]),
            (postgres(json!({"sslmode": "verify-full", "sslrootcert": "system"})), &[]),
        ] {
            let (code, report, err) =
                probe(home, &[connection], arguments, &[("SSL_CERT_FILE", file)]);
            assert_eq!(
                (code, failed(&report).1.as_str()),
                (1, "roots-unreadable"),
                "SSL_CERT_FILE {file}: {report} {err}"
            );
        }
        for (variable, connection) in [
            ("AWS_SHARED_CREDENTIALS_FILE", of_profile()),
            ("AWS_CONFIG_FILE", of_profile()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", aws(json!({"region_name": "us-east-1"}))),
        ] {
            let around = [
                (variable, file),
                ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/etl"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ];
            let (code, report, err) = probe(home, &[connection], &[], &around);
            assert_eq!(
                (code, failed(&report).0.as_str()),
                (1, "aws-credentials"),
                "{variable} {file}: {report} {err}"
            );
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{file}: {:?}", started.elapsed());
    }
    // Standard input and a pipe of the shell are what a user names by hand.
    let full = postgres(json!({"sslmode": "verify-full"}));
    std::fs::write(home.join("c.jsonl"), full.to_string()).expect("a file");
    let mut command = Command::new("bash");
    let script = "\"$1\" probe --isolated --ca <(echo nothing) --format json \"$2\"";
    command
        .args(["-c", script, "bash", env!("CARGO_BIN_EXE_airconn")])
        .arg(home.join("c.jsonl"))
        .env("HOME", home);
    let (_, out, err) = told(&ended(command));
    assert!(out.contains("holds no certificate in PEM form"), "{out} {err}");
}

/// SIGTERM and SIGHUP leave the report, as Ctrl-C does.
#[test]
fn a_run_that_is_told_to_end_leaves_its_report() {
    // It takes connections and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let connection = |port: u16| json!({"conn_id": "w", "conn_type": "postgres", "host": "127.0.0.1", "port": port, "login": "u", "password": "p", "schema": "d"});
    let lines = format!("{}\n{}\n{}\n", connection(9), connection(port), connection(9));
    let folder = folder_with([("c.jsonl", lines.as_str())]);
    for (signal, word) in [("TERM", "terminated"), ("HUP", "terminated"), ("INT", "interrupted")] {
        let mut command = airconn();
        command
            .args(["probe", "--isolated", "--format", "json", "--jobs", "1"])
            .arg(folder.path().join("c.jsonl"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("it starts");
        let visitor = listener.accept().expect("the second connection is tried");
        let sent =
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        let (code, out, err) = told(&end_of(child, signal));
        drop(visitor);
        let report: Value = serde_json::from_str(&out)
            .unwrap_or_else(|e| panic!("{signal}: {e}: {code} {out} {err}"));
        let verdicts: Vec<_> = report["connections"]
            .as_array()
            .expect("connections")
            .iter()
            .map(|c| c["verdict"].clone())
            .collect();
        // One has failed before.
        assert_eq!(
            (code, verdicts),
            (1, vec![json!("failed"), json!("unproven"), json!("unproven")]),
            "{signal}: {report}"
        );
        assert_eq!(report["summary"]["stopped"], word, "{signal}");
    }
}
