//! What is written for a shell means the same where somebody pastes it: an interactive bash and
//! zsh, which expand `!`, and a script; and no writer of commands lets a value end its word.
#![cfg(all(feature = "cli", unix))]

use crate::common;

use std::io::Write;
use std::process::{Command, Stdio};

use airconn::format::FORMATS;
use common::run;

/// Passwords that a shell would expand, end or take for something else.
const PASSWORDS: &[&str] = &[
    "it's !! x",
    "it's!id",
    "!id",
    "''!$!''",
    "a\"b'c\"!d",
    "$HOME `id` $(id) \\ \\' !-1 !?x? ^a^b^",
    "it's\n!! two\nlines'!",
    "#'\t!{x}",
    "'",
];

/// Ids that would be options.
const IDS: &[&str] = &["-x", "--help", "--", "-", "--conn-uri"];

/// A shell, and how it is told to be one that somebody sits at.
const SHELLS: &[(&str, &[&str])] = &[
    ("bash", &["--norc", "--noprofile", "-i"]),
    ("zsh", &["-f", "-i"]),
    ("bash", &["--norc", "--noprofile"]),
    ("sh", &[]),
];

/// The commands that are written, as functions that write down what they get.
const RECORDED: &str = "record() { for word in \"$@\"; do printf '%s\\0' \"$word\"; done >> \"$SEEN\"; printf '\\1' >> \"$SEEN\"; }\n\
    airflow() { record \"$@\"; }\naws() { record \"$@\"; }\naz() { record \"$@\"; }\n\
    vault() { record \"$@\"; cat >> \"$SEEN\"; printf '\\0\\1' >> \"$SEEN\"; }\n\
    gcloud() { record \"$@\"; cat >> \"$SEEN\"; printf '\\0\\1' >> \"$SEEN\"; }\n";

/// What the commands of a script get: each with its arguments. `None` where there is no such shell.
fn seen(shell: &str, options: &[&str], script: &str) -> Option<Vec<Vec<String>>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("seen");
    let mut command = Command::new(shell);
    command.args(options).env("SEEN", &file).env("HOME", folder.path()).env("VAULT", "v");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    // The line before is what `!!` would come to.
    let text = format!("{RECORDED}true before\n{script}\nexit\n");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
    child.wait().expect("the shell ends");
    let seen = std::fs::read_to_string(&file).unwrap_or_default();
    let words = |one: &str| one.split_terminator('\0').map(str::to_string).collect();
    Some(seen.split_terminator('\u{1}').map(words).collect())
}

fn connection(id: &str, password: &str) -> String {
    let fields = serde_json::json!({
        "conn_id": id, "conn_type": "postgres", "host": "h", "password": password,
    });
    format!("{fields}\n")
}

/// The password that a recorded command carries, wherever it stands in JSON or a URI.
fn carries(words: &[String], password: &str) -> bool {
    fn within(value: &serde_json::Value, password: &str) -> bool {
        match value {
            serde_json::Value::String(text) => text == password || inside(text, password),
            serde_json::Value::Object(members) => members.values().any(|v| within(v, password)),
            _ => false,
        }
    }
    fn inside(text: &str, password: &str) -> bool {
        let text = text.split_once("--value=").map_or(text, |(_, value)| value);
        if let Ok(value) = serde_json::from_str(text) {
            return within(&value, password);
        }
        let userinfo = text.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        let encoded = userinfo.map(|(userinfo, _)| userinfo.trim_start_matches(':'));
        let decoded = encoded.map(|t| percent_encoding::percent_decode_str(t).decode_utf8_lossy());
        decoded.is_some_and(|decoded| decoded == password)
    }
    words.iter().any(|word| inside(word, password))
}

#[test]
fn commands_mean_the_same_where_they_are_pasted() {
    let commands = || FORMATS.iter().filter(|f| f.is_written() && f.name.ends_with("-commands"));
    assert!(commands().count() >= 6);
    let input: String =
        PASSWORDS.iter().enumerate().map(|(i, p)| connection(&format!("a{i}"), p)).collect();
    for (format, value) in commands().flat_map(|f| ["uri", "json"].map(|value| (f, value))) {
        let convert = [
            "convert",
            "--isolated",
            "--from",
            "jsonl",
            "--to",
            format.name,
            "--value",
            value,
            "-",
        ];
        let ran = run(&convert, &input);
        assert_eq!(ran.code, 0, "{}: {ran:?}", format.name);
        for (shell, options) in SHELLS {
            let what = format!("{} as {value} in {shell} {options:?}", format.name);
            let Some(seen) = seen(shell, options, &ran.out) else {
                #[expect(clippy::print_stdout, reason = "what was not tried is told")]
                {
                    println!("not tried: there is no {shell} here");
                }
                continue;
            };
            for password in PASSWORDS {
                let there = seen.iter().any(|words| carries(words, password));
                assert!(there, "{what}: {password:?} is not in {seen:?}");
            }
        }
    }
}

#[test]
fn variables_mean_the_same_where_they_are_pasted() {
    let input: String =
        PASSWORDS.iter().enumerate().map(|(i, p)| connection(&format!("a{i}"), p)).collect();
    for value in ["uri", "json"] {
        let convert =
            ["convert", "--isolated", "--from", "jsonl", "--to", "env", "--value", value, "-"];
        let ran = run(&convert, &input);
        assert_eq!(ran.code, 0, "{ran:?}");
        let each = (0..PASSWORDS.len()).map(|i| format!("record \"$AIRFLOW_CONN_A{i}\"\n"));
        let script = format!("{}{}", ran.out, each.collect::<String>());
        for (shell, options) in SHELLS {
            let Some(seen) = seen(shell, options, &script) else { continue };
            for (password, words) in PASSWORDS.iter().zip(&seen) {
                assert!(carries(words, password), "{shell} {options:?}: {password:?} in {words:?}");
            }
            assert_eq!(seen.len(), PASSWORDS.len(), "{shell} {options:?}: {seen:?}");
        }
    }
}

/// Ids of Vault may hold `!`, which is no `%21` there.
#[test]
fn an_id_is_not_expanded() {
    for id in ["!", "!!", "a!b", "!id", "#!"] {
        let convert = ["convert", "--isolated", "--from", "jsonl", "--to", "vault-commands", "-"];
        let ran = run(&convert, connection(id, "p"));
        assert_eq!(ran.code, 0, "{id}: {ran:?}");
        let path = format!("connections/{id}");
        for (shell, options) in SHELLS {
            let Some(seen) = seen(shell, options, &ran.out) else { continue };
            let there = seen.iter().flatten().any(|word| *word == path);
            assert!(there, "{shell} {options:?}: {id:?} is not in {seen:?}");
        }
    }
}

#[test]
fn an_id_is_no_option() {
    for id in IDS {
        for value in ["uri", "json"] {
            let convert = [
                "convert",
                "--isolated",
                "--from",
                "jsonl",
                "--to",
                "airflow-commands",
                "--value",
                value,
                "-",
            ];
            let ran = run(&convert, connection(id, "p"));
            assert_eq!(ran.code, 0, "{id}: {ran:?}");
            let seen = seen("sh", &[], &ran.out).expect("a shell");
            // As argparse reads: what stands behind `--` is no option, and `--` itself is dropped.
            let words: Vec<&str> = seen[0].iter().map(String::as_str).collect();
            let option = if value == "uri" { "--conn-uri" } else { "--conn-json" };
            let ends = words.iter().position(|word| *word == "--").expect("an end of the options");
            assert_eq!((words[2], words.len(), ends), (option, 6, 4), "{ran:?}");
            assert_eq!(words[5], *id, "{ran:?}");
            // And our own reader gets the connection back.
            let back = run(
                &["convert", "--isolated", "--from", "airflow-commands", "--to", "jsonl", "-"],
                &ran.out,
            );
            assert_eq!(
                (back.code, back.lines()[0]["conn_id"].as_str()),
                (0, Some(*id)),
                "{back:?}"
            );
        }
    }
    let refused = ["check", "--isolated", "--from", "airflow-commands", "-"];
    let refused = run(&refused, "airflow connections add -x --conn-uri x://h\n");
    assert!(refused.code == 1 && refused.out.contains("AC103"), "{refused:?}");
    // A value that begins with a dash is no option either.
    let odd = "{\"conn_id\":\"a\",\"conn_type\":\"_x\",\"host\":\"h\"}\n";
    let ran =
        run(&["convert", "--isolated", "--from", "jsonl", "--to", "airflow-commands", "-"], odd);
    assert_eq!(ran.out, "airflow connections add a --conn-uri=-x://h\n", "{ran:?}");
}

#[test]
fn no_writer_writes_a_nul() {
    for (format, value) in
        FORMATS.iter().filter(|f| f.is_written()).flat_map(|f| ["uri", "json"].map(|v| (f, v)))
    {
        for field in
            ["conn_id", "conn_type", "host", "login", "password", "schema", "description", "extra"]
        {
            let mut fields = serde_json::json!({
                "conn_id": "a", "conn_type": "postgres", "host": "h", "password": "p",
            });
            fields[field] = if field == "extra" {
                serde_json::json!({ "a\u{0}": "b\u{0}" })
            } else {
                serde_json::json!("a\u{0}b")
            };
            let convert = [
                "convert",
                "--isolated",
                "--from",
                "jsonl",
                "--to",
                format.name,
                "--value",
                value,
                "-",
            ];
            let ran = run(&convert, format!("{fields}\n"));
            let text = ["uri", "airflow-env"].contains(&format.name);
            // Text as `get_uri` gives it, which no shell and no variable holds.
            assert!(
                text || !ran.out.contains('\0'),
                "{} as {value}, {field}: {ran:?}",
                format.name
            );
            assert!(
                ran.code == 0 || !ran.err.is_empty(),
                "{} as {value}, {field}: {ran:?}",
                format.name
            );
        }
    }
}
