//! Where text leaves for a terminal or a log, nothing in it is obeyed: names of files, ids, keys
//! and the words of others, in every form of a report and in every error.
#![cfg(all(feature = "cli", unix))]

use crate::common;

use std::path::Path;

use airconn::report::RENDERERS;
use common::{Ran, airconn, feed, run};

/// Names that git and file systems keep.
const NAMES: &[&str] = &[
    "b\n::error::pwn\r::stop-commands::pwn.env",
    "a\u{1b}[2J\u{1b}]0;pwn\u{7}\u{8}\tb.env",
    " ::error file=x::y.env",
    "::add-mask::##[add-mask]a##vso[task.setvariable variable=a]b.env",
    "d\u{7f}\u{9b}31m\u{85}\u{202e}\u{2066}vne.\u{2069}\u{200f}\u{61c}\u{200b}\u{200d}\u{feff}\u{ad}\u{2028}\u{2029}\u{e0041}.env",
];

/// A text that is checked and repaired, in any format that such a name may be taken for.
const TEXT: &str = "AIRFLOW_CONN_A=redshift://u:p%@h/d?ssl=true\n";

/// What no terminal should get: written down here once more, from the tables of Unicode.
fn is_obeyed(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{9}'
            | '\u{b}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Nothing of what a run writes is obeyed; `commands` may begin lines.
fn assert_clean(ran: &Ran, commands: bool, what: &str) {
    for text in [&ran.out, &ran.err] {
        let bad = text.chars().find(|c| is_obeyed(*c));
        assert_eq!(bad, None, "{what}: {ran:?}");
        for line in text.lines() {
            let ours = ["::error file=", "::warning file=", "::notice file="];
            let is_ours = commands && ours.iter().any(|start| line.starts_with(start));
            let begins = line.trim_start().starts_with("::") && !is_ours;
            let inside = !is_ours && (line.contains("##[") || line.contains("##vso["));
            assert!(!begins && !inside, "{what}: {line:?}");
        }
    }
    assert!(!ran.err.contains("panicked"), "{what}: {ran:?}");
}

/// Runs in a folder with one file of this name.
fn beside(name: &str, text: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), text).expect("a file");
    in_folder(folder.path(), arguments, "")
}

fn in_folder(folder: &Path, arguments: &[&str], stdin: &str) -> Ran {
    let mut command = airconn();
    command.current_dir(folder).args(arguments);
    feed(command, stdin.as_bytes())
}

#[test]
fn no_form_of_a_report_is_obeyed() {
    for (name, renderer) in NAMES.iter().flat_map(|name| RENDERERS.iter().map(move |r| (name, r))) {
        let ran =
            beside(name, TEXT, &["check", "--isolated", "--format", renderer.name, "--", name]);
        let what = format!("{} of {name:?}", renderer.name);
        assert_eq!(ran.code, 1, "{what}: {ran:?}");
        assert_clean(&ran, renderer.name == "github", &what);
        let json = || serde_json::from_str::<serde_json::Value>(&ran.out).expect("JSON");
        // What is for programs keeps the name as it is.
        let kept = match renderer.name {
            "json" => json()["findings"][0]["file"].as_str().map(str::to_string),
            "gitlab" => json()[0]["location"]["path"].as_str().map(str::to_string),
            "sarif" => {
                let place = &json()["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().expect("a URI").to_string();
                let bytes = percent_encoding::percent_decode_str(&uri);
                Some(bytes.decode_utf8().expect("UTF-8").into_owned())
            }
            "junit" => junit(&ran.out),
            _ => continue,
        };
        assert_eq!(kept.as_deref(), Some(*name), "{what}: {ran:?}");
    }
}

/// The name of the file in JUnit's XML, as a parser gives it. Controls that XML cannot hold are
/// lost.
fn junit(out: &str) -> Option<String> {
    let attribute = out.split_once(" file=\"").and_then(|(_, rest)| rest.split_once('"'))?.0;
    let mut name = String::new();
    let mut rest = attribute;
    while let Some((before, reference)) = rest.split_once('&') {
        name.push_str(before);
        let (reference, after) = reference.split_once(';').expect("a reference");
        let number = reference.strip_prefix('#').expect("a number").parse().expect("a number");
        name.push(char::from_u32(number).expect("a character"));
        rest = after;
    }
    name.push_str(rest);
    // Of these names only the one with escape sequences has such controls.
    let lost = |name: &str| name.chars().filter(|c| !is_lost(*c)).collect::<String>();
    let original = NAMES.iter().find(|original| lost(original) == lost(&name))?;
    Some((*original).to_string())
}

fn is_lost(c: char) -> bool {
    c == '\u{fffd}' || (c < ' ' && !matches!(c, '\t' | '\n' | '\r'))
}

#[test]
fn neither_is_anything_else_that_check_says() {
    for name in NAMES {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("a file")
        };
        write(name, TEXT);
        write("good.env", TEXT);
        let file = |path: &str| format!("json={path}");
        let nowhere = format!("nowhere/{name}");
        let runs: Vec<Vec<&str>> = vec![
            vec!["check", "--isolated", "--diff", "--", name],
            vec!["check", "--isolated", "--diff", "."],
            vec!["check", "--isolated", "."],
            vec!["check", "--isolated", "--", &nowhere],
            vec!["check", "--isolated", "--format", "human", "-o", &nowhere, "good.env"],
            vec![
                "check",
                "--isolated",
                "--format",
                "human",
                "-o",
                name,
                "--write-baseline",
                &nowhere,
                "good.env",
            ],
            vec!["check", "--isolated", "--write-baseline", "--", name, "good.env"],
            vec!["check", "--isolated", "--baseline", name, "good.env"],
            vec!["check", "--isolated", "--baseline", &nowhere, "good.env"],
            vec!["check", "--config", name, "good.env"],
            vec!["check", "--config", &nowhere, "good.env"],
            vec!["check", "--isolated", "--exclude", name, "good.env"],
            vec!["check", "--isolated", "--select", name, "good.env"],
            vec!["check", "--isolated", "--from", name, "good.env"],
            vec!["check", "--isolated", "--format", name, "good.env"],
            vec!["check", "--isolated", "--airflow", name, "good.env"],
            vec!["check", "--isolated", "--provider", name, "good.env"],
            vec!["check", "--isolated", "--stdin-filename", name, "-"],
            vec![name, "check"],
            vec!["explain", "--", name],
            vec!["schema", "--", name],
            vec!["completions", "--", name],
            vec!["man", "--", name],
        ];
        for arguments in runs {
            let ran = in_folder(folder.path(), &arguments, "no connection at all: {");
            assert_clean(&ran, false, &format!("{arguments:?}"));
            assert!(!(ran.out.is_empty() && ran.err.is_empty()), "{arguments:?}: {ran:?}");
            std::fs::write(folder.path().join(name), TEXT).expect("a file");
        }
        let two = [file(name), file(name)];
        let ran = in_folder(
            folder.path(),
            &["check", "--isolated", "--format", &two[0], "--format", &two[1], "good.env"],
            "",
        );
        assert_clean(&ran, false, &format!("two reports in {name:?}"));
    }
}

#[test]
fn neither_are_the_other_commands() {
    let texts = [
        "AIRFLOW_CONN_A=x\nAIRFLOW_CONN_B='redshift://u:p@h'\n",
        "AIRFLOW_CONN_A='{\"conn_type\": 1'\nno line at all\n",
        "AIRFLOW_CONN_A=redshift://u:p@h/d?nope=1\n",
    ];
    for (name, text) in NAMES.iter().flat_map(|name| texts.iter().map(move |text| (name, text))) {
        for arguments in [
            vec!["convert", "--isolated", "--to", "uri", "--", name],
            vec!["convert", "--isolated", "--to", "uri", "-o", "nowhere/a", "--", name],
            vec!["convert", "--isolated", "--to", "jsonl", "--conn-id", name, "--", name],
            vec!["convert", "--isolated", "--to", name, "--", name],
            vec!["inspect", "--isolated", "--", name],
            vec!["inspect", "--isolated", "--format", "jsonl", "--hook", "--", name],
            vec!["probe", "--isolated", "--dry-run", "--", name],
            vec!["probe", "--isolated", "--dry-run", "--format", "json", "--", name],
            vec!["probe", "--isolated", "--dry-run", "--conn-id", name, "--", name],
            vec![
                "probe",
                "--isolated",
                "--dry-run",
                "--saml-response",
                name,
                "--via",
                name,
                "--",
                name,
            ],
        ] {
            let ran = beside(name, text, &arguments);
            assert_clean(&ran, false, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn neither_is_a_configuration_that_names_files() {
    for name in NAMES {
        let quoted = serde_json::to_string(name).expect("JSON");
        // TOML takes JSON's escapes but for those of characters beyond the first plane, raw here.
        for text in [
            format!("[connection-types.a]\nschema = {quoted}\n"),
            format!("{quoted} = 1\n"),
            format!("baseline = {quoted}\n"),
            format!("select = [{quoted}]\n"),
            format!("exclude = [{quoted}, \"[\"]\n"),
            format!("side = {quoted}\n"),
            format!("[per-file-ignores]\n{quoted} = \"nope\"\n"),
            "a = \n".to_string(),
        ] {
            for file in ["airconn.toml", name] {
                let folder = tempfile::tempdir().expect("a folder");
                std::fs::write(folder.path().join("a.env"), TEXT).expect("a file");
                std::fs::write(folder.path().join(file), &text).expect("a file");
                let ran = in_folder(folder.path(), &["check", "--config", file, "a.env"], "");
                assert_clean(&ran, false, &format!("{file:?}: {text:?}"));
                assert_ne!(ran.code, 0, "{file:?}: {text:?}: {ran:?}");
            }
        }
    }
}

#[test]
fn neither_are_ids_keys_and_values() {
    for name in NAMES {
        let id = serde_json::to_string(name).expect("JSON");
        let connection = format!(
            "{{\"conn_id\":{id},\"conn_type\":\"redshift\",\"host\":{id},\"login\":{id},\"schema\":{id},\"extra\":{{{id}:{id},\"region\":{id}}}}}\n"
        );
        let broken = format!(
            "{{\"conn_id\":{id},\"conn_type\":{id},{id}:1,\"port\":{id},\"extra\":{id}}}\n"
        );
        for (text, command) in [&connection, &broken].iter().flat_map(|text| {
            let commands = [
                vec!["check", "--format", "human"],
                vec!["check", "--format", "concise"],
                vec!["check", "--format", "json"],
                vec!["check", "--format", "junit"],
                vec!["check", "--format", "sarif"],
                vec!["check", "--format", "gitlab"],
                vec!["check", "--diff", "--fix=unsafe"],
                vec!["inspect"],
                vec!["inspect", "--reveal"],
                vec!["inspect", "--reveal", "--format", "jsonl", "--hook"],
                vec!["probe", "--dry-run"],
                vec!["probe", "--dry-run", "--format", "json"],
                vec!["convert", "--to", "env"],
            ];
            commands.into_iter().map(move |command| (*text, command))
        }) {
            let mut arguments = command.clone();
            arguments.extend(["--isolated", "--from", "jsonl", "-"]);
            let ran = run(&arguments, text);
            assert_clean(&ran, false, &format!("{arguments:?} of {text:?}"));
        }
    }
}
