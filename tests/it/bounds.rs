//! Files that are broken, or that are more than they look like: a clear finding in bounded time,
//! whatever the form.

use crate::common;

use std::time::{Duration, Instant};

/// Far more than any of these takes.
const LONG: Duration = Duration::from_secs(60);

/// `check` of a text on standard input that is in a format: the exit code and the rules that were
/// broken.
fn check(format: &str, text: &str) -> (i32, Vec<String>) {
    let started = Instant::now();
    let ran = common::run(&["check", "-", "--from", format, "--format", "json"], text);
    assert!(
        started.elapsed() < LONG,
        "{format}: {} bytes took {:?}",
        text.len(),
        started.elapsed()
    );
    assert_eq!(ran.err, "", "{format}");
    (ran.code, ran.findings().iter().filter_map(|f| f["id"].as_str()).map(String::from).collect())
}

/// Aliases that make a billion of nine are refused before they do.
#[test]
fn alias_bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{aliases}]\n"));
    }
    let merges: String =
        (1..40).map(|i| format!("b{i}: &b{i} {{<<: [*b{0}, *b{0}], k{i}: 1}}\n", i - 1)).collect();
    let merges = format!("b0: &b0 {{k: 1}}\n{merges}");
    for format in [
        "export-yaml",
        "compose",
        "kubernetes",
        "helm",
        "astro-settings",
        "rest",
        "connections-get",
    ] {
        let (code, rules) = check(format, &bomb);
        assert!(
            code == 1 && rules.iter().any(|rule| rule == "AC101"),
            "{format}: {code} {rules:?}"
        );
        // Merges of one key many times over are one mapping: large only if somebody copies.
        let (code, _) = check(format, &merges);
        assert!(code == 0 || code == 1, "{format}: {code}");
    }
}

/// An anchor that holds itself, which PyYAML reads: walking it comes to an end, and as a connection
/// it is none.
#[test]
fn cycles_come_to_an_end() {
    for text in ["a: &a [*a]\n", "a: &a {b: *a}\n", "services: &s {a: *s}\n"] {
        assert_eq!(check("export-yaml", text), (1, vec!["AC103".to_string()]), "{text}");
        for format in ["compose", "kubernetes", "helm", "astro-settings"] {
            assert_eq!(check(format, text), (0, Vec::new()), "{format} {text}");
        }
    }
}

/// YAML of several MB is read like a small one, and its last connection is found.
#[test]
fn large_files_of_yaml_are_read() {
    let connection = |i: usize| {
        format!(
            "c{i}:\n  conn_type: http\n  host: h{i}.example.com\n  extra: '{{\"padding\": \"{}\"}}'\n",
            "é".repeat(400)
        )
    };
    let text: String = (0..5_000).map(connection).collect::<String>() + "last: x://u:p%@h\n";
    assert!(text.len() > 4_000_000);
    let (code, rules) = check("export-yaml", &text);
    assert_eq!((code, rules), (0, vec!["AC303".to_string(), "AC202".to_string()]));
    let read = common::run(&["convert", "-", "--from", "export-yaml", "--to", "jsonl"], &text);
    assert_eq!((read.code, read.out.lines().count()), (0, 5_001));
}

/// A sample that ends anywhere within itself gives findings, an answer that it holds nothing, or
/// less connections; never a failure.
#[test]
fn truncated_files_have_an_answer() {
    for (name, format) in [
        ("connections.json", "export-json"),
        ("connections.yaml", "export-yaml"),
        ("connections.jsonl", "jsonl"),
        ("environment.env", "env"),
        ("etc/default/airflow", "systemd-env"),
        ("docker-compose.yaml", "compose"),
        ("kubernetes.yaml", "kubernetes"),
        ("kubernetes-list.json", "kubernetes"),
        ("values.yaml", "helm"),
        ("main.tf", "terraform"),
        ("airflow_settings.yaml", "astro-settings"),
        ("aws-secrets.json", "aws-secrets"),
        ("vault.json", "vault"),
        ("rest-bulk.json", "rest"),
    ] {
        let text = common::fixture_text(&format!("valid/{name}"));
        let mut broken = 0;
        for part in 1..8 {
            let end = (0..=text.len() * part / 8)
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0);
            let (code, rules) = check(format, &text[..end]);
            assert!(code == 0 || code == 1 && !rules.is_empty(), "{name} {part}: {code}");
            broken += usize::from(code == 1);
        }
        // JSON that ends early is broken wherever it ends.
        assert!(broken == 7 || !name.ends_with(".json"), "{name}: {broken}");
    }
}

/// A file of another kind: the format cannot be told, or the finding says what was expected.
#[test]
fn files_of_the_wrong_kind_are_told() {
    for text in [
        "",
        " \n",
        "#!/bin/sh\necho x\n",
        "<html><body>x</body></html>\n",
        "MZ\u{0}\u{0}PE\u{0}",
        "id,name\n1,a\n",
    ] {
        let ran = common::run(&["check", "-"], text);
        assert!(ran.code == 2 && ran.err.starts_with("airconn: "), "{text:?}: {ran:?}");
        assert!(
            ran.err.contains("is empty") || ran.err.contains("--from"),
            "{text:?}: {}",
            ran.err
        );
    }
    for (format, text) in
        [("export-json", "<html>"), ("export-json", "[]"), ("vault", "[1]"), ("airflow-env", "x\n")]
    {
        let (code, rules) = check(format, text);
        assert!(code == 1 && rules[0] == "AC101", "{format} {text}: {code} {rules:?}");
    }
}

/// Commands that read files and standard input.
const READING: &[&[&str]] = &[&["check"], &["convert", "--to", "jsonl"], &["inspect"]];

/// A line of 1 GB is refused as soon as it is longer than any connection: what comes behind is not
/// read, in memory that has a limit here.
#[cfg(unix)]
#[test]
fn a_line_without_an_end_is_refused_while_it_is_read() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let limited = |arguments: &[&str], file: &str| {
        let mut command = Command::new("sh");
        // Far less than the line; in kilobytes, with what threads set aside.
        command
            .args(["-c", "ulimit -v 1000000 && exec \"$@\"", "x", env!("CARGO_BIN_EXE_airconn")])
            .args(arguments)
            .arg(file);
        command
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let sparse = folder.path().join("connections.json");
    // A file with a hole, which takes no room on the disk.
    let file = std::fs::File::create(&sparse).expect("a file");
    file.set_len(1 << 30).expect("a hole");
    (&file).write_all(b"{\"conn_type\": \"").expect("a beginning");
    for arguments in READING {
        let mut child = limited(arguments, "-");
        let mut pipe = child.stdin.take().expect("a pipe");
        let (chunk, mut written) =
            (vec![b'a'; 1 << 16], pipe.write(b"x://h\nx://").expect("a pipe"));
        while written < 1 << 30 && pipe.write_all(&chunk).is_ok() {
            written += chunk.len();
        }
        drop(pipe);
        let from_pipe = child.wait_with_output().expect("an end");
        assert!(written < 40 << 20, "{arguments:?} took {written} bytes");
        let from_file =
            limited(arguments, &sparse.to_string_lossy()).wait_with_output().expect("an end");
        for (ran, what) in [
            (from_pipe, "standard input: line 2 is longer than 32 MiB"),
            (from_file, "connections.json: line 1 is longer than 32 MiB"),
        ] {
            let said = String::from_utf8_lossy(&ran.stderr);
            assert!(
                ran.status.code() == Some(2) && said.contains(what) && said.contains("jq"),
                "{arguments:?}: {:?} {said}",
                ran.status
            );
        }
    }
    // Nobody named it: it is told only if it is about connections.
    std::fs::File::create(folder.path().join("data.json"))
        .and_then(|file| file.set_len(1 << 30))
        .expect("a hole");
    let ran = common::run(&["check", &folder.path().to_string_lossy()], "");
    assert!(
        ran.code == 2
            && ran.err.contains("connections.json: line 1")
            && !ran.err.contains("data.json"),
        "{ran:?}"
    );
}
