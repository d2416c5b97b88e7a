//! Line ends: where a line ends for a diff, and that a repair keeps the ends that a file has.
#![cfg(feature = "cli")]

mod common;

use common::{folder_with, run};

/// The changed lines of a diff, without those around them.
fn changed(out: &str) -> Vec<&str> {
    let changed = |l: &&str| l.starts_with(['-', '+']) && !l.starts_with("--- ") && !l.starts_with("+++ ");
    out.lines().filter(changed).collect()
}

#[test]
fn a_diff_ends_lines_where_its_masked_lines_end() {
    let numbered = "# a\rb\nA=x://ok@h\nB=x://ok@h\nC=x://u:p%@h\nD=x://last@h\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("uri", "x://h\rx://u:p%@h\n", &["-****************", "+***************"]),
        ("airflow-env", "a=x://h\rb=x://u:p%@h\n", &["-a=x://h*b=x://u:**@h", "+a=x://h*b=x://u:****@h"]),
        (
            "docker-env",
            "AIRFLOW_CONN_A=redshift://u:p%@h\r\r\n\r\nB=1\r",
            &["-AIRFLOW_CONN_A=redshift://u:**@h", "+AIRFLOW_CONN_A=redshift://u:****@h"],
        ),
        // The line that changes is the one that is shown, however many ends stand before it.
        ("airflow-env", numbered, &["-C=x://u:**@h", "+C=x://u:****@h"]),
        ("airflow-env", "\r\r\r\nA=x://u:p%@h\r\nB=x://ok@h\r\r", &["-A=x://u:**@h", "+A=x://u:****@h"]),
        ("airflow-env", "#\u{85}#\u{2028}#\u{b}#\u{c}\nA=x://u:p%@h\n", &["-A=x://u:**@h", "+A=x://u:****@h"]),
    ];
    for (format, text, want) in cases {
        let ran = run(&["check", "--isolated", "--diff", "--from", format, "-"], text);
        assert_eq!((ran.code, changed(&ran.out)), (1, want.to_vec()), "{format} {text:?}: {ran:?}");
    }
}

#[test]
fn one_file_with_a_lone_carriage_return_does_not_end_the_run_for_the_others() {
    let folder =
        folder_with([("a.env", "AIRFLOW_CONN_A=x://h\rb=x://u:p%@h\n"), ("b.env", "AIRFLOW_CONN_B=redshift://u:p@h/d?ssl=true\n")]);
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
    let shown = |sign: char| ran.out.lines().any(|l| l.trim_start().starts_with(&format!("{sign}A=")));
    assert!(ran.code == 0 && shown('-') && shown('+'), "{ran:?}");
}
