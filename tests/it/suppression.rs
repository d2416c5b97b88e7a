//! Comments that suppress, the baseline, and what is said about those that suppress nothing.

use crate::common;

use common::run;

/// The ids that are found, with their lines.
fn found(format: &str, text: &str) -> Vec<String> {
    let arguments = [
        "check",
        "-",
        "--isolated",
        "--from",
        format,
        "--side",
        "worker",
        "--format",
        "json",
        "--exit-zero",
    ];
    let ran = run(&[&arguments[..], &["--select", "AC0,AC2,AC301,AC507"]].concat(), text);
    ran.findings()
        .iter()
        .map(|f| format!("{}:{}", f["id"].as_str().unwrap_or_default(), f["line"]))
        .collect()
}

#[test]
fn comments_suppress_on_their_line_or_the_next() {
    for (format, text, want) in [
        ("airflow-env", "a=x://u:100%@h\n", &["AC202:1"][..]),
        ("airflow-env", "# airconn: ignore[AC202]\na=x://u:100%@h\n", &[]),
        ("airflow-env", "#airconn:ignore[ malformed-percent ]\n\n# more\na=x://u:100%@h\n", &[]),
        ("airflow-env", "# airconn: ignore[AC202]\r\na=x://u:100%@h\r\n", &[]),
        ("airflow-env", "# airconn: ignore[AC202]\na=x://u:100%@h\nb=x://u:100%@h\n", &["AC202:3"]),
        ("airflow-env", "b=x://u:100%@h\n# airconn: ignore-file[AC202]\na=x://u:100%@h\n", &[]),
        (
            "env",
            "AIRFLOW_CONN_A='x://u:100%@h' # airconn: ignore[AC202]\nAIRFLOW_CONN_B='x://u:100%@h'\n",
            &["AC202:2"],
        ),
        ("export-yaml", "a: x://u:100%@h  # airconn: ignore[AC202]\n", &[]),
        (
            "export-yaml",
            "a:\n  conn_type: redshift\n  host: h\n  # airconn: ignore[AC507]\n  extra: {ssl: false}\n",
            &[],
        ),
        (
            "export-yaml",
            "a:\n  conn_type: redshift\n  host: h\n  extra: {ssl: false} # airconn: ignore[AC507]\n",
            &[],
        ),
        // Several comments and several names.
        ("uri", "# airconn: ignore[AC202,AC205]\nx://u:100%@h?a=x&a=y\n", &[]),
        ("uri", "# airconn: ignore[AC202]\n# airconn: ignore[AC205]\nx://u:100%@h?a=x&a=y\n", &[]),
        // Unused ones, and those that are not understood.
        ("airflow-env", "# airconn: ignore[AC202, AC205]\na=x://u:100%@h\n", &["AC001:1"]),
        ("airflow-env", "# airconn: ignore-file[AC205]\na=x://h\n", &["AC001:1"]),
        ("airflow-env", "# airconn: ignore\na=x://u:100%@h\n", &["AC002:1", "AC202:2"]),
        ("airflow-env", "# airconn: ignore[AC2]\na=x://h\n", &["AC002:1"]),
        ("airflow-env", "# airconn: disable[AC202]\na=x://h\n", &["AC002:1"]),
        ("airflow-env", "# airconn: ignore[AC202]", &["AC001:1"]),
        // Inside of a value it is no comment.
        (
            "export-json",
            "{\"a\": \"x://u:100%@h/#airconn: ignore[AC202]\"}",
            &["AC202:1", "AC204:1"],
        ),
        (
            "export-yaml",
            "a: 'x://u:100%@h/ # airconn: ignore-file[AC202]'\n",
            &["AC202:1", "AC204:1"],
        ),
        ("export-yaml", "a:\n  conn_type: x\n  password: '# airconn: ignore-file[AC301]'\n", &[]),
        ("uri", "x://u:100%@h/# airconn: ignore[AC202]\n", &["AC202:1", "AC204:1"]),
    ] {
        assert_eq!(found(format, text), want, "{format} {text:?}");
    }
}

#[test]
fn known_findings_are_not_reported_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("known.json").to_string_lossy().into_owned();
    let text = "a=generic://u:Zq7canary%@h\nb=generic://u:2%@h?a=x&a=y\n";
    let check = |more: &[&str], text: &str| {
        run(
            &[
                &[
                    "check",
                    "-",
                    "--isolated",
                    "--from",
                    "airflow-env",
                    "--fail-on",
                    "info",
                    "--format",
                    "concise",
                ],
                more,
            ]
            .concat(),
            text,
        )
    };
    assert_eq!(check(&[], text).code, 1);
    let wrote = run(
        &["check", "-", "--isolated", "--from", "airflow-env", "--write-baseline", &file],
        text,
    );
    assert_eq!((wrote.code, wrote.out.as_str()), (0, ""));
    assert!(
        wrote.err.starts_with("airconn: note: known findings in ") && wrote.err.ends_with(": 3\n"),
        "{}",
        wrote.err
    );
    let known = std::fs::read_to_string(&file).expect("the baseline");
    assert!(!known.contains("canary") && known.contains("\"rule\":\"AC202\""), "{known}");
    let ran = check(&["--baseline", &file], text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("no findings"), "{}", ran.out);
    // Edits around it change nothing; a new finding is one; what is gone is told.
    let ran = check(&["--baseline", &file], &format!("# new\n\n{text}c=generic://u:3%@h\n"));
    assert_eq!((ran.code, ran.out.lines().filter(|line| line.contains("AC")).count()), (1, 2));
    let ran = check(&["--baseline", &file], "b=generic://u:2%@h\n");
    assert!(ran.code == 0 && ran.err.contains(" that are there no more: 2; "), "{ran:?}");
    for wrong in ["no/such/file", &common::fixture("valid/single.json").to_string_lossy()] {
        assert_eq!(check(&["--baseline", wrong], text).code, 2, "{wrong}");
    }
    assert_eq!(
        check(&["--write-baseline", &file], text).code,
        2,
        "--format and --write-baseline exclude each other"
    );
}
