//! Line ends: where a line ends for a diff, and that a repair keeps the ends that a file has.
#![cfg(feature = "cli")]

use crate::common;

use common::{folder_with, run};

/// The changed lines of a diff, without those around them.
fn changed(out: &str) -> Vec<&str> {
    let changed =
        |l: &&str| l.starts_with(['-', '+']) && !l.starts_with("--- ") && !l.starts_with("+++ ");
    out.lines().filter(changed).collect()
}

#[test]
fn a_diff_ends_lines_where_its_masked_lines_end() {
    let numbered = "# a\rb\nA=x://ok@h\nB=x://ok@h\nC=x://u:p%@h\nD=x://last@h\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("uri", "x://h\rx://u:p%@h\n", &["-****************", "+***************"]),
        (
            "airflow-env",
            "a=x://h\rb=x://u:p%@h\n",
            &["-a=x://h*b=x://u:**@h", "+a=x://h*b=x://u:****@h"],
        ),
        (
            "docker-env",
            "AIRFLOW_CONN_A=redshift://u:p%@h\r\r\n\r\nB=1\r",
            &["-AIRFLOW_CONN_A=redshift://u:**@h", "+AIRFLOW_CONN_A=redshift://u:****@h"],
        ),
        // The line that changes is the one that is shown, however many ends stand before it.
        ("airflow-env", numbered, &["-C=x://u:**@h", "+C=x://u:****@h"]),
        (
            "airflow-env",
            "\r\r\r\nA=x://u:p%@h\r\nB=x://ok@h\r\r",
            &["-A=x://u:**@h", "+A=x://u:****@h"],
        ),
        (
            "airflow-env",
            "#\u{85}#\u{2028}#\u{b}#\u{c}\nA=x://u:p%@h\n",
            &["-A=x://u:**@h", "+A=x://u:****@h"],
        ),
    ];
    for (format, text, want) in cases {
        let ran = run(&["check", "--isolated", "--diff", "--from", format, "-"], text);
        assert_eq!((ran.code, changed(&ran.out)), (1, want.to_vec()), "{format} {text:?}: {ran:?}");
    }
}

#[test]
fn one_file_with_a_lone_carriage_return_does_not_end_the_run_for_the_others() {
    let folder = folder_with([
        ("a.env", "AIRFLOW_CONN_A=x://h\rb=x://u:p%@h\n"),
        ("b.env", "AIRFLOW_CONN_B=redshift://u:p@h/d?ssl=true\n"),
    ]);
    let path = folder.path().to_string_lossy().into_owned();
    let ran = run(&["check", "--isolated", "--diff", &path], "");
    assert_eq!((ran.code, changed(&ran.out).len()), (1, 4), "{ran:?}");
}

#[test]
fn the_repair_of_a_probe_shows_its_lines() {
    let cases = [
        "AIRFLOW_CONN_6=postgres:\r?_",
        "A=x://h\rAIRFLOW_CONN_A=redshift://u:p@h/d?iam=false\r",
        "#\r\r#\nAIRFLOW_CONN_A=redshift://u:p@h/d?iam=false\n",
    ];
    for text in cases {
        let probe = ["probe", "--isolated", "--dry-run", "--from", "systemd-env", "-"];
        let ran = run(&probe, text);
        assert!(ran.code == 0 || ran.err.contains("nothing to probe"), "{text:?}: {ran:?}");
        assert!(!ran.err.contains("panicked"), "{text:?}: {ran:?}");
    }
    let probe = ["probe", "--isolated", "--dry-run", "--from", "airflow-env", "-"];
    let ran = run(&probe, "#\r#\r#\nA=postgres://u:p@h/d?nope=1\n#\r\n");
    let shown =
        |sign: char| ran.out.lines().any(|l| l.trim_start().starts_with(&format!("{sign}A=")));
    assert!(ran.code == 0 && shown('-') && shown('+'), "{ran:?}");
}

/// Connections with something to repair: a value, a member that is added or removed, a further
/// connection.
const CONNECTIONS: &[&str] = &[
    r#"{"conn_id":"a","conn_type":"redshift","login":"u","password":"p","host":"h","schema":"d","extra":{"ssl":"true","timeout":5}}"#,
    r#"{"conn_id":"b","conn_type":"redshift","login":"u","password":"p","host":"h","schema":"d","extra":{"iam":"false","ssl":"true"}}"#,
    r#"{"conn_id":"r","conn_type":"redshift","login":"u","host":"h","schema":"d","extra":{"iam":true,"role_arn":"arn:aws:iam::123456789012:role/x","cluster_identifier":"c","region":"us-east-1"}}"#,
    r#"{"conn_id":"w","conn_type":"aws","login":"AKIAIOSFODNN7EXAMPLE","password":"p","extra":{"region":"us-east-1"}}"#,
];

/// The text after `--fix=unsafe` of a file in a format; `None` where nothing is repaired.
fn repaired(format: &str, text: &str) -> Option<String> {
    let folder = folder_with([("connections", text)]);
    let path = folder.path().join("connections");
    let shown = path.to_string_lossy().into_owned();
    let ran = run(&["check", "--isolated", "--fix=unsafe", "--from", format, &shown], "");
    assert!((0..=1).contains(&ran.code), "{format}: {ran:?}");
    let after = std::fs::read_to_string(path).expect("the file");
    (after != text).then_some(after)
}

/// Gives a text, line by line, these ends in turn.
fn with_ends(text: &str, ends: &[&str]) -> String {
    let lines = text.split_inclusive('\n').zip(ends.iter().cycle());
    lines
        .map(|(line, end)| {
            line.strip_suffix('\n').map_or(line.to_string(), |l| format!("{l}{end}"))
        })
        .collect()
}

#[test]
fn repairs_keep_the_ends_of_lines_in_every_format() {
    let mut seen = 0;
    for format in airconn::format::FORMATS.iter().filter(|f| f.is_read() && f.is_written()) {
        for value in ["uri", "json"] {
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
            let written = run(&convert, CONNECTIONS.join("\n"));
            let Some(after) = Some(written.out)
                .filter(|_| written.code == 0)
                .and_then(|out| Some((repaired(format.name, &out)?, out)))
            else {
                continue;
            };
            seen += 1;
            let (after, before) = after;
            for ends in [&["\r\n"][..], &["\r\n", "\n"], &["\n", "\n", "\r\n"]] {
                let what = format!("{} as {value}, {ends:?}:\n{before}", format.name);
                let found = repaired(format.name, &with_ends(&before, ends));
                let uniform = ends.len() == 1;
                // Of a line that is new nobody says how it ends where lines end in two ways.
                match found {
                    Some(found) if uniform || before.lines().count() == after.lines().count() => {
                        assert_eq!(found, with_ends(&after, ends), "{what}");
                    }
                    Some(found) => assert_eq!(found.replace("\r\n", "\n"), after, "{what}"),
                    None => panic!("not repaired: {what}"),
                }
            }
        }
    }
    assert!(seen >= 30, "only {seen} were repaired");
}

#[test]
fn a_carriage_return_in_a_value_stays_in_it() {
    for (format, before, after) in [
        (
            "systemd-env",
            "AIRFLOW_CONN_A=fs://u:p%@h/\r\nB=x\r\n",
            "AIRFLOW_CONN_A=fs://u:p%25@h/\r\nB=x\r\n",
        ),
        (
            "systemd-env",
            "AIRFLOW_CONN_A=fs://u:p%@h/\rB=x\r",
            "AIRFLOW_CONN_A=fs://u:p%25@h/\rB=x\r",
        ),
        (
            "env",
            "AIRFLOW_CONN_A=fs://u:p%@h/ \r\nB='x\r'\r\n",
            "AIRFLOW_CONN_A=fs://u:p%25@h/ \r\nB='x\r'\r\n",
        ),
        (
            "docker-env",
            "AIRFLOW_CONN_A=fs://u:p%@h/\r\n#\r\r\n",
            "AIRFLOW_CONN_A=fs://u:p%25@h/\r\n#\r\r\n",
        ),
        ("airflow-env", "a=fs://u:p%@h/\r\n#x\ry\n", "a=fs://u:p%25@h/\r\n#x\ry\n"),
        ("uri", "\r\nfs://u:p%@h/\r\n", "\r\nfs://u:p%25@h/\r\n"),
        ("export-yaml", "a: fs://u:p%@h/\r# x\rb: fs://h\r", "a: fs://u:p%25@h/\r# x\rb: fs://h\r"),
        ("export-json", "{\r\"a\":\r\"fs://u:p%@h/\"\r}\r", "{\r\"a\":\r\"fs://u:p%25@h/\"\r}\r"),
    ] {
        assert_eq!(repaired(format, before).as_deref(), Some(after), "{format} {before:?}");
    }
}
