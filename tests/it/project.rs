//! `check` in a project: folders, configuration, versions that the project pins, and how a run
//! ends.

use crate::common;

use std::path::Path;

use common::{Ran, airconn, feed, folder_with};
use serde_json::Value;

const BAD: &str = "postgres://user:pw@host:port/db";
const WARNED: &str = "postgres://user:100%@host/db";

/// A folder with these files.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    folder_with(files.iter().copied())
}

fn check_in(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = airconn();
    command.arg("check").args(arguments).current_dir(folder);
    feed(command, b"")
}

/// The files that are in the report, by their suites in JUnit.
fn files(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let ran = check_in(folder, &[arguments, &["--format", "junit", "--exit-zero"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let suites = ran.out.split("<testsuite name=\"").skip(1);
    suites.filter_map(|rest| rest.split('"').next()).map(str::to_string).collect()
}

#[test]
fn folders_are_searched_for_connections() {
    let text = format!("AIRFLOW_CONN_A='{BAD}'\n");
    let json = format!("{{\"a\": \"{BAD}\"}}");
    let folder = project(&[
        (".env", &text),
        (".env.local", &text),
        ("b/conns.json", &json),
        ("a/conns.yaml", "a:\n  conn_type: postgres\n  host: h\n"),
        ("a/broken.json", "{\"a\": {\"conn_type\": \"x\",}}"),
        ("a/conns.uris", &format!("{BAD}\n")),
        ("a/export.env", &format!("a={BAD}\n")),
        ("e/env.list", &text),
        ("etc/default/airflow", &text),
        ("f/Dockerfile", &format!("FROM x\nENV {text}")),
        ("f/web.dockerfile", &format!("FROM x\nENV {text}")),
        ("e/mixed.env", "a=mysql://h/d\nb={\"conn_type\": \"mysql\"}\n"),
        ("e/mixed.yaml", "A: mysql://h/d\nB: [mysql://h, mysql://i]\nC: {conn_type: mysql}\n"),
        // No connections.
        ("etc/default/grub", "GRUB_TIMEOUT=5\n"),
        ("package.json", "{\"name\": \"x\", \"repository\": \"https://example.com/x\"}"),
        ("mkdocs.yml", "site_url: https://example.com\nrepo_url: https://example.com/x\n"),
        ("c/app.env", "DATABASE_URL=postgres://u:p@h/d\n"),
        ("c/values.yaml", "image:\n  tag: 1\n"),
        ("c/notes.md", &text),
        ("c/Dockerfile", "FROM x\nENV A=b\n"),
        ("c/list.json", "[1, 2]"),
        ("c/empty.yaml", ""),
        ("c/latin.env", "X=\u{e9}\n"),
        ("d/schema.json", "{\"properties\": {\"conn_type\": {\"const\": \"x\"}}}"),
        ("d/settings.yaml", "a: {x: 1}\nb: {x: 1}\nc: {x: 1}\nd: {conn_type: x}\n"),
        ("d/deep.yaml", "a:\n  b:\n    conn_type: x\n"),
        // Not ours.
        (".gitignore", "ignored/\n"),
        ("ignored/x.env", &text),
        ("node_modules/x.env", &text),
        (".git/x.env", &text),
    ]);
    std::fs::write(folder.path().join("c/binary.env"), [0xff, 0x00, 0x01]).expect("a file");
    std::fs::write(folder.path().join("c/utf16.env"), b"AIRFLOW_CONN_A=x://\xff").expect("a file");
    let all = [
        ".env",
        ".env.local",
        "a/broken.json",
        "a/conns.uris",
        "a/conns.yaml",
        "a/export.env",
        "b/conns.json",
        "c/utf16.env",
    ];
    let more = [
        "e/env.list",
        "e/mixed.env",
        "e/mixed.yaml",
        "etc/default/airflow",
        "f/Dockerfile",
        "f/web.dockerfile",
    ];
    assert_eq!(files(folder.path(), &["."]), [&all[..], &more].concat());
    assert_eq!(
        files(folder.path(), &["b", "a"]),
        ["b/conns.json", "a/broken.json", "a/conns.uris", "a/conns.yaml", "a/export.env"]
    );
    // A file that is named is read, once, whatever it is.
    assert_eq!(files(folder.path(), &["c/notes.md", "--from", "env"]), ["c/notes.md"]);
    assert_eq!(files(folder.path(), &["b/conns.json", "b", "b/conns.json"]), ["b/conns.json"]);
    assert_eq!(files(folder.path(), &["ignored/x.env"]), ["ignored/x.env"]);
    // What is left out.
    assert_eq!(
        files(folder.path(), &[".", "--exclude", "a/,e/,etc/,f/,*.env"]),
        [".env.local", "b/conns.json"]
    );
    assert_eq!(
        files(folder.path(), &["--exclude", "/a", "a/conns.uris", "b"]),
        ["a/conns.uris", "b/conns.json"]
    );
    assert_eq!(
        files(folder.path(), &["--exclude", "/a", "--force-exclude", "a/conns.uris", "b"]),
        ["b/conns.json"]
    );
    assert!(
        files(folder.path(), &[".", "--no-respect-gitignore"])
            .contains(&"ignored/x.env".to_string())
    );
    assert_eq!(files(folder.path(), &["a", "--from", "uri"]), ["a/conns.uris"]);
    let named = ["c/list.json", "package.json", "b/conns.json", "c/notes.md"];
    assert_eq!(
        files(folder.path(), &[&named[..], &["--only-connections"]].concat()),
        ["b/conns.json", "c/notes.md"]
    );
    let none = check_in(folder.path(), &["c", "--exclude", "utf16.env"]);
    assert_eq!(
        (none.code, none.err.as_str()),
        (0, "airconn: note: no file with connections was found\n")
    );
    assert_eq!(check_in(folder.path(), &[".", "--exclude", "a{"]).code, 2);
}

#[test]
fn many_files_are_reported_in_the_order_of_their_names() {
    let names: Vec<String> = (0..60).map(|i| format!("{:02}/{:02}.uris", i % 7, i)).collect();
    let texts: Vec<String> = (0..60).map(|i| format!("{BAD}\n").repeat(1 + i * 7 % 50)).collect();
    let all: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let folder = project(&all);
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(files(folder.path(), &["."]), sorted);
}

// --- configuration

fn ids(ran: &Ran) -> Vec<String> {
    ran.findings()
        .iter()
        .map(|f| {
            format!(
                "{} {}",
                f["id"].as_str().unwrap_or_default(),
                f["level"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn the_configuration_is_found_and_the_command_line_wins() {
    let conns = format!("a={WARNED}?n=1\n");
    let json = ["--format", "json"];
    for (name, head) in [
        ("airconn.toml", ""),
        (".airconn.toml", ""),
        ("pyproject.toml", "[project]\nname = \"x\"\n\n[tool.airconn]\n"),
    ] {
        let config = format!(
            "{head}airflow = [\"2.11\", \"3.3\"]\nside = \"server\"\nselect = [\"AC202\", \"AC206\"]\nfail-on = \"warning\"\n"
        );
        let folder = project(&[(name, &config), ("sub/conns.env", &conns)]);
        let sub = folder.path().join("sub");
        let ran = check_in(&sub, &[&["conns.env"], &json[..]].concat());
        assert_eq!(
            (ran.code, ids(&ran)),
            (1, vec!["AC202 warning".to_string(), "AC206 warning".to_string()]),
            "{name}"
        );
        assert_eq!(ran.findings()[0]["runtime"], "2.11.2, 3.3.2/server", "{name}");
        let ran = check_in(
            &sub,
            &[
                &["conns.env", "--select", "AC202", "--airflow", "3.1", "--fail-on", "error"],
                &json[..],
            ]
            .concat(),
        );
        assert_eq!((ran.code, ids(&ran)), (0, vec!["AC202 warning".to_string()]), "{name}");
        assert_eq!(ran.findings()[0]["runtime"], "3.1.8/server", "{name}");
        assert_eq!(
            check_in(&sub, &["conns.env", "--isolated", "--select", "AC202"]).code,
            0,
            "{name}"
        );
        assert_eq!(check_in(folder.path(), &["sub/conns.env", "--config", name]).code, 1, "{name}");
    }
    // A pyproject.toml without a word about airconn does not end the search.
    let folder = project(&[
        ("airconn.toml", "ignore = \"AC\"\n"),
        ("sub/pyproject.toml", "[project]\nname = \"x\"\n"),
        ("sub/conns.env", &conns),
    ]);
    assert_eq!(
        ids(&check_in(&folder.path().join("sub"), &[&["conns.env"], &json[..]].concat())),
        Vec::<String>::new()
    );
}

#[test]
fn levels_files_and_known_findings_by_configuration() {
    let conns = format!("a={WARNED}\n");
    let config = "exclude = [\"old/\"]\nbaseline = \"known.json\"\n\n[per-file-ignores]\n\"tests/**\" = [\"malformed-percent\"]\n\n\
        [severity]\nAC = \"info\"\nAC202 = \"error\"\n\n[providers]\namazon = \"9.2.0\"\n\n[drivers]\nredshift-connector = \"2.1.5\"\n";
    let known = "{\"version\": 1, \"findings\": []}";
    let files = [
        ("airconn.toml", config),
        ("known.json", known),
        ("a.env", &conns),
        ("tests/b.env", &conns),
        ("old/c.env", &conns),
    ];
    let folder = project(&files);
    let ran = check_in(folder.path(), &[".", "--format", "json"]);
    assert_eq!((ran.code, ids(&ran)), (1, vec!["AC202 error".to_string()]));
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(report["summary"]["files"], 2);
    assert_eq!(check_in(folder.path(), &[".", "--write-baseline", "known.json"]).code, 0);
    let sub = folder.path().join("tests");
    assert_eq!(check_in(folder.path(), &["."]).code, 0);
    assert_eq!(check_in(&sub, &["b.env"]).code, 0);
}

#[test]
fn types_of_the_project_have_schemas_of_its_own() {
    let schema = r#"{"required": ["host"], "properties": {"extra": {"required": ["tenant"], "properties": {"tenant": {"type": "string"}}}}}"#;
    let conns = r#"{"a": {"conn_type": "our_api", "extra": {"tenant": 7}}, "b": {"conn_type": "our_api", "host": "h", "extra": {"tenant": "x"}}}"#;
    let config = "[connection-types.our_api]\nschema = \"our_api.json\"\n";
    let folder =
        project(&[("airconn.toml", config), ("our_api.json", schema), ("conns.json", conns)]);
    let ran = check_in(folder.path(), &["conns.json", "--format", "json"]);
    let mut pointers: Vec<_> = ran
        .findings()
        .iter()
        .map(|f| {
            format!(
                "{} {}",
                f["conn_id"].as_str().unwrap_or_default(),
                f["pointer"].as_str().unwrap_or_default()
            )
        })
        .collect();
    pointers.sort();
    assert_eq!(
        (ran.code, pointers),
        (1, vec!["a /extra/tenant".to_string(), "a /host".to_string()]),
        "{}",
        ran.out
    );
    assert!(
        ran.findings()
            .iter()
            .all(|f| f["message"].as_str().is_some_and(|m| m.ends_with(" (schema of `our_api`)"))),
        "{}",
        ran.out
    );
    // A name that the schema has is not a secret; a slip of the pen in the name of the type is found.
    let schema = r#"{"properties": {"extra": {"properties": {"retries": {"type": "integer"}}, "additionalProperties": false}}}"#;
    std::fs::write(folder.path().join("our_api.json"), schema).expect("a file");
    let conns = r#"{"a": {"conn_type": "our_api", "extra": {"retries": "3", "Zq7canary9XwLk2": 2}}, "b": {"conn_type": "our_aip"}}"#;
    std::fs::write(folder.path().join("conns.json"), conns).expect("a file");
    let out = check_in(folder.path(), &["conns.json"]).out;
    assert!(
        out.contains("`retries` must be an integer, not a string (schema")
            && out.contains("did you mean `our_api`?"),
        "{out}"
    );
    assert!(!out.contains("canary"), "{out}");
    std::fs::write(folder.path().join("conns.json"), r#"{"a": {"conn_type": "our_api"}}"#)
        .expect("a file");
    let isolated = check_in(
        folder.path(),
        &["conns.json", "--isolated", "--ignore", "AC303", "--format", "json"],
    );
    assert_eq!(ids(&isolated), Vec::<String>::new());
    for (name, text) in [
        ("our_api.json", "{\"type\": \"nothing\"}"),
        ("our_api.json", "{"),
        ("airconn.toml", "[connection-types.a]\nfile = \"x\"\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
        let ran = check_in(folder.path(), &["conns.json"]);
        assert!(ran.code == 2 && ran.err.starts_with("airconn: airconn.toml:2:"), "{ran:?}");
    }
}

#[test]
fn a_wrong_configuration_ends_the_run() {
    for (name, text, want) in [
        (
            "airconn.toml",
            "airflw = \"3.3\"\n",
            "airconn: airconn.toml:1:1: there is no key `airflw`; did you mean `airflow`?\n",
        ),
        (
            "pyproject.toml",
            "[tool.airconn]\nselect = \"AC99\"\n",
            "airconn: pyproject.toml:2:10: there is no rule `AC99`",
        ),
        ("airconn.toml", "select = [\n", "airconn: airconn.toml:"),
    ] {
        let folder = project(&[(name, text), ("a.env", "a=x://h\n")]);
        let ran = check_in(folder.path(), &["a.env"]);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.starts_with(want), "{ran:?}");
    }
    let folder = project(&[("a.env", "a=x://h\n")]);
    assert_eq!(check_in(folder.path(), &["a.env", "--config", "no.toml"]).code, 2);
    // What would never end is not read, whoever links to it.
    #[cfg(unix)]
    for (text, code) in [
        (None, 0),
        (Some("baseline = \"zero\"\n"), 2),
        (Some("connection-types.a.schema = \"zero\"\n"), 2),
    ] {
        let folder = project(&[("a.env", "a=x://h\n")]);
        let link = |name| {
            std::os::unix::fs::symlink("/dev/zero", folder.path().join(name)).expect("a link")
        };
        match text {
            None => link("airconn.toml"),
            Some(text) => std::fs::write(folder.path().join("airconn.toml"), text).expect("a file"),
        }
        link("zero");
        link("requirements.txt");
        assert_eq!(check_in(folder.path(), &["a.env", "--detect"]).code, code, "{text:?}");
    }
}

/// The schema for editors takes what airconn takes, and refuses what it refuses.
#[test]
fn the_schema_of_the_configuration_agrees() {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/airconn.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for (toml, json, good) in [
        ("", "{}", true),
        ("airflow = \"3.3\"", r#"{"airflow": "3.3"}"#, true),
        ("airflow = [\"2.11\"]\nside = \"both\"", r#"{"airflow": ["2.11"], "side": "both"}"#, true),
        ("[severity]\nAC2 = \"info\"", r#"{"severity": {"AC2": "info"}}"#, true),
        ("[per-file-ignores]\n\"a/*\" = \"AC2\"", r#"{"per-file-ignores": {"a/*": "AC2"}}"#, true),
        (
            "[drivers]\nredshift-connector = \"2.1\"",
            r#"{"drivers": {"redshift-connector": "2.1"}}"#,
            true,
        ),
        (
            "respect-gitignore = false\ndetect = false",
            r#"{"respect-gitignore": false, "detect": false}"#,
            true,
        ),
        ("airflow = 3", r#"{"airflow": 3}"#, false),
        ("nothing = 3", r#"{"nothing": 3}"#, false),
        ("fail-on = \"fatal\"", r#"{"fail-on": "fatal"}"#, false),
        ("[providers]\ngoogle = \"1.0\"", r#"{"providers": {"google": "1.0"}}"#, false),
        ("select = [2]", r#"{"select": [2]}"#, false),
    ] {
        let folder = project(&[("airconn.toml", toml), ("a.env", "a=x://h\n")]);
        assert_eq!(check_in(folder.path(), &["a.env"]).code, if good { 0 } else { 2 }, "{toml}");
        assert_eq!(schema.is_valid(&serde_json::from_str(json).expect("JSON")), good, "{json}");
    }
}

#[test]
fn versions_that_the_project_pins() {
    let conns = "a=redshift://u:p@h/d?n=1\n";
    let folder = project(&[
        (
            "requirements.txt",
            "apache-airflow[amazon]==2.10.5\napache-airflow-providers-amazon==9.2.0\n",
        ),
        ("Dockerfile", "FROM apache/airflow:3.1.8\n"),
        ("conns.env", conns),
    ]);
    let ran = check_in(folder.path(), &["conns.env", "--detect"]);
    let notes = "airconn: note: aimed at Airflow 2.10.5 (requirements.txt:1)\nairconn: note: aimed at provider amazon 9.2.0 (requirements.txt:2)\n";
    assert_eq!(ran.err, notes);
    assert!(ran.out.contains("), Airflow 2.10.5\n"), "{}", ran.out);
    // What the command line names is not looked for.
    let named = check_in(folder.path(), &["conns.env", "--detect", "--airflow", "3.3"]);
    assert!(named.out.contains("Airflow 3.3.2/server"), "{named:?}");
    assert_eq!(named.err, "airconn: note: aimed at provider amazon 9.2.0 (requirements.txt:2)\n");
    let both = [
        "conns.env",
        "--detect",
        "--airflow",
        "3.3",
        "--provider",
        "apache-airflow-providers-amazon==9.17.0",
    ];
    assert_eq!(check_in(folder.path(), &both).err, "");
    assert!(check_in(folder.path(), &["conns.env"]).err.is_empty());
}

#[test]
fn files_that_requirements_include_are_read_and_no_pin_is_said() {
    let folder = project(&[
        ("requirements.txt", "-r deps/base.txt\n-r requirements.txt\n"),
        ("deps/base.txt", "-c ../nothing.txt\n-r /dev/zero\napache-airflow==2.9.3\n"),
        ("a.env", "a=x://h\n"),
    ]);
    assert_eq!(
        check_in(folder.path(), &["a.env", "--detect"]).err,
        "airconn: note: aimed at Airflow 2.9.3 (deps/base.txt:3)\n"
    );
    let folder = project(&[("requirements.txt", "apache-airflow~=2.9\n"), ("a.env", "a=x://h\n")]);
    let said =
        "airconn: note: no file of the project pins a version of Airflow; --airflow names one\n";
    assert_eq!(check_in(folder.path(), &["a.env", "--detect"]).err, said);
    assert_eq!(check_in(folder.path(), &["a.env", "--detect", "--airflow", "2.9"]).err, "");
}

/// As in ruff: nothing named is this folder; who names a rule more exactly means it; `--select`
/// begins anew, `--ignore` adds.
#[test]
fn what_is_checked_and_selected_is_what_users_of_ruff_expect() {
    let folder = project(&[("a/b.uri", "postgres://u:tide%@h.example.com/d#x\n")]);
    let rules = |arguments: &[&str]| {
        let ran = check_in(folder.path(), &[arguments, &["--format", "json"]].concat());
        ran.findings()
            .iter()
            .map(|f| f["id"].as_str().expect("an id").to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&[]), ["AC202", "AC204"]);
    assert_eq!(rules(&["a"]), ["AC202", "AC204"]);
    assert_eq!(rules(&["--select", "AC202", "--ignore", "AC2"]), ["AC202"]);
    assert_eq!(rules(&["--select", "malformed-percent", "--ignore", "AC20"]), ["AC202"]);
    assert_eq!(rules(&["--select", "AC2", "--ignore", "AC202"]), ["AC204"]);
    assert_eq!(rules(&["--select", "AC202", "--ignore", "AC202"]), [""; 0]);
    std::fs::write(folder.path().join("airconn.toml"), "ignore = [\"AC202\"]\n").expect("a file");
    assert_eq!(rules(&[]), ["AC204"]);
    assert_eq!(rules(&["--select", "AC202"]), ["AC202"]);
    assert_eq!(rules(&["--ignore", "AC204"]), [""; 0]);
    let said = check_in(folder.path(), &["--select", "malformed-precent"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "airconn: there is no rule `malformed-precent`; did you mean `malformed-percent`?\n")
    );
    let newer = check_in(folder.path(), &["--provider", "amazon=999.1"]);
    assert!(
        newer.err.starts_with(
            "airconn: note: the provider amazon 999.1.0 is newer than what airconn knows"
        ),
        "{newer:?}"
    );
}

#[test]
fn exit_zero_ends_well_whatever_is_found() {
    let folder = project(&[("a.env", &format!("a={BAD}\n"))]);
    assert_eq!(check_in(folder.path(), &["a.env"]).code, 1);
    assert_eq!(check_in(folder.path(), &["a.env", "--exit-zero"]).code, 0);
    assert_eq!(check_in(folder.path(), &["no-such-file", "--exit-zero"]).code, 2);
    assert_eq!(check_in(folder.path(), &["a.env", "--exit-zero", "--fail-on", "info"]).code, 2);
}

/// Runs git in a folder.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE");
    let ran = command.output().expect("git is installed");
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A password is reported where git tracks the file, and nowhere else.
#[test]
fn secrets_are_reported_where_git_tracks_them() {
    const SECRET: &str = "dwh=postgres://etl:Tr4vel-Kelp-88@db.example.com/dwh\n";
    let folder = project(&[
        ("a/tracked.env", SECRET),
        ("a/new.env", SECRET),
        ("b/fine.env", "dwh=postgres://etl:changeme@db.example.com/dwh\n"),
    ]);
    let root = folder.path();
    let found = |inside: &Path, arguments: &[&str], stdin: &str| {
        let mut command = airconn();
        command
            .args(["check", "--select", "AC701", "--format", "json"])
            .args(arguments)
            .current_dir(inside)
            .env_remove("GIT_DIR");
        let ran = feed(command, stdin.as_bytes());
        let files: Vec<String> = ran
            .findings()
            .iter()
            .map(|f| f["file"].as_str().unwrap_or_default().to_string())
            .collect();
        assert!(!ran.out.contains("Tr4vel"), "{ran:?}");
        (ran.code, files)
    };
    assert_eq!(found(root, &["."], ""), (0, vec![]), "no repository");
    git(root, &["init", "--quiet"]);
    assert_eq!(found(root, &["."], ""), (0, vec![]), "nothing is tracked");
    git(root, &["add", "a/tracked.env", "b/fine.env"]);
    let tracked = |path: &str| (0, vec![path.to_string()]);
    assert_eq!(found(root, &["."], ""), tracked("a/tracked.env"));
    assert_eq!(found(root, &["a/new.env", "./b/../a/tracked.env"], "").1.len(), 1);
    assert_eq!(found(&root.join("a"), &["tracked.env"], "").1.len(), 1);
    assert_eq!(found(&root.join("b"), &["../a/tracked.env", "--fail-on", "warning"], "").0, 1);
    // What is piped is in no repository, whatever it is called.
    assert_eq!(found(root, &["-", "--stdin-filename", "a/tracked.env"], SECRET), (0, vec![]));
    // A comment that is right once the file is added is not called unused before.
    let marked = format!("# airconn: ignore[AC701]\n{SECRET}");
    std::fs::write(root.join("a/new.env"), marked).expect("a file");
    let mut command = airconn();
    command
        .args(["check", "a/new.env", "--select", "AC0,AC701", "--format", "json"])
        .current_dir(root)
        .env_remove("GIT_DIR");
    assert_eq!(ids(&feed(command, b"")), Vec::<String>::new());
    // A repository cannot make airconn run a program.
    std::fs::write(root.join("ran.sh"), "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n")
        .expect("a file");
    #[cfg(unix)]
    std::fs::set_permissions(
        root.join("ran.sh"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("permissions");
    git(root, &["config", "core.fsmonitor", &root.join("ran.sh").to_string_lossy()]);
    assert_eq!(found(root, &["."], ""), tracked("a/tracked.env"));
    assert!(!root.join("ran").exists(), "a program of the repository was run");
    // An index of this kind is git's own to read.
    git(root, &["config", "--unset", "core.fsmonitor"]);
    git(root, &["update-index", "--split-index"]);
    git(root, &["config", "core.fsmonitor", &root.join("ran.sh").to_string_lossy()]);
    assert_eq!(found(root, &["."], ""), tracked("a/tracked.env"));
    assert!(!root.join("ran").exists(), "a program of the repository was run");
}

/// In every kind of index what is tracked is what `git ls-files` lists; the plain kinds are read
/// without git.
#[test]
fn the_index_is_read_as_git_reads_it() {
    const SECRET: &str = "dwh=postgres://etl:Tr4vel-Kelp-88@db.example.com/dwh\n";
    let found = |root: &Path, with_git: bool| {
        let mut command = airconn();
        command
            .args(["check", ".", "--select", "AC701", "--format", "json"])
            .current_dir(root)
            .env_remove("GIT_DIR");
        if !with_git {
            command.env("PATH", "");
        }
        let ran = feed(command, b"");
        let mut files: Vec<_> = ran
            .findings()
            .iter()
            .map(|f| f["file"].as_str().unwrap_or_default().to_string())
            .collect();
        files.sort();
        files
    };
    let names = ["a.env", "a/\u{e9} b.env", "a/b/c.env", "ab.env", "z.env"];
    type Kind = (&'static str, &'static [&'static [&'static str]], bool);
    let kinds: &[Kind] = &[
        ("version 2", &[&["update-index", "--index-version", "2"]], true),
        ("version 4", &[&["update-index", "--index-version", "4"]], true),
        (
            "version 3",
            &[&["update-index", "--index-version", "2"], &["add", "--intent-to-add", "later.env"]],
            true,
        ),
        ("split", &[&["update-index", "--split-index"]], false),
    ];
    for format in ["sha1", "sha256"] {
        let files: Vec<(&str, &str)> = names
            .iter()
            .copied()
            .chain(["new.env", "later.env"])
            .map(|name| (name, SECRET))
            .collect();
        let folder = project(&files);
        let root = folder.path();
        git(root, &["init", "--quiet", &format!("--object-format={format}")]);
        git(root, &[&["add"], &names[..]].concat());
        for (kind, steps, plain) in kinds {
            steps.iter().for_each(|step| git(root, step));
            let listed = std::process::Command::new("git")
                .arg("-C")
                .arg(root)
                .args(["ls-files", "-z"])
                .env_remove("GIT_DIR")
                .output();
            let listed =
                String::from_utf8(listed.expect("git is installed").stdout).expect("UTF-8");
            let mut listed: Vec<&str> =
                listed.split('\0').filter(|name| !name.is_empty()).collect();
            listed.sort_unstable();
            assert!(listed.len() >= names.len(), "{listed:?}");
            assert_eq!(found(root, true), listed, "{kind}, {format}");
            let alone: &[&str] = if *plain && format == "sha1" { &listed } else { &[] };
            assert_eq!(found(root, false), alone, "{kind}, {format}, without git");
        }
    }
    // A linked working tree has its index elsewhere.
    let folder = project(&[("main/a.env", SECRET), ("main/b.env", SECRET)]);
    let main = folder.path().join("main");
    git(&main, &["init", "--quiet"]);
    git(&main, &["add", "a.env"]);
    git(
        &main,
        &["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "x"],
    );
    git(&main, &["worktree", "add", "--quiet", "../linked"]);
    std::fs::write(folder.path().join("linked/b.env"), SECRET).expect("a file");
    assert_eq!(found(&folder.path().join("linked"), false), ["a.env"]);
}

/// A type that the configuration names is known, with a schema or without.
#[test]
fn types_of_the_project_are_known() {
    let conns = "{\"a\": {\"conn_type\": \"our_api\"}, \"b\": {\"conn_type\": \"postgress\"}}";
    let folder = project(&[("conns.json", conns), ("dash.env", "a=our-hub://h\n")]);
    let arguments = ["conns.json", "dash.env", "--select", "AC303,AC304", "--format", "json"];
    let all = ["AC303 info", "AC303 warning", "AC303 info"].map(String::from);
    assert_eq!(ids(&check_in(folder.path(), &arguments)), all);
    let config = "[connection-types]\nour_api = {}\nour-hub = {}\n";
    std::fs::write(folder.path().join("airconn.toml"), config).expect("a file");
    assert_eq!(
        ids(&check_in(folder.path(), &arguments)),
        ["AC303 warning", "AC304 warning"].map(String::from)
    );
}

/// The versions of the configuration hold for the other commands, too, as far as they can take
/// them.
#[test]
fn other_commands_aim_where_the_configuration_does() {
    let folder =
        project(&[("airconn.toml", "airflow = \"2.11\"\n"), ("conns.env", "a=fs://h?n=1\n")]);
    let run = |arguments: &[&str]| {
        let mut command = airconn();
        command.args(arguments).arg("conns.env").current_dir(folder.path());
        feed(command, b"")
    };
    let (inspect, convert) =
        (["inspect", "--format", "jsonl", "--reveal"], ["convert", "--to", "export-json"]);
    // 2.11 keeps the text, the newest server reads a number.
    for arguments in [&inspect[..], &convert[..]] {
        let ran = run(arguments);
        assert!(
            ran.code == 0 && ran.out.contains(r#"\"n\": \"1\""#) && ran.err.is_empty(),
            "{ran:?}"
        );
        for newest in [&["--isolated"][..], &["--airflow", "3.3"]] {
            let ran = run(&[arguments, newest].concat());
            assert!(ran.code == 0 && ran.out.contains(r#"\"n\": 1"#), "{ran:?}");
        }
    }
    // Several versions: a table takes them all, what is for one Airflow says that it took the
    // newest.
    std::fs::write(
        folder.path().join("airconn.toml"),
        "airflow = [\"2.11\", \"3.1\"]\nside = \"both\"\n",
    )
    .expect("a file");
    let ran = run(&["inspect"]);
    assert!(
        ran.code == 0
            && ran.out.contains("2.11.2")
            && ran.out.contains("3.1.")
            && ran.err.is_empty(),
        "{ran:?}"
    );
    for arguments in [&inspect[..], &convert[..]] {
        let ran = run(arguments);
        assert!(
            ran.code == 0
                && ran.out.contains(r#"\"n\": 1"#)
                && ran.err.contains("aims at several versions"),
            "{ran:?}"
        );
    }
    let ran = run(&["inspect", "--format", "jsonl"]);
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
    // What is wrong in it ends them, too.
    std::fs::write(folder.path().join("airconn.toml"), "airflw = \"2.11\"\n").expect("a file");
    for arguments in [&inspect[..], &convert[..], &["probe", "--dry-run"]] {
        let ran = run(arguments);
        assert!(ran.code == 2 && ran.err.contains("did you mean `airflow`?"), "{ran:?}");
    }
    // Packages: 8.0.0 of the provider cannot be told by the connection, only by what becomes of it.
    std::fs::write(
        folder.path().join("conns.env"),
        "dwh=redshift://etl@h.example.com/dev?is_serverless=true&iam=true&region=us-west-1\n",
    )
    .expect("a file");
    std::fs::write(folder.path().join("airconn.toml"), "[providers]\namazon = \"8.0.0\"\n")
        .expect("a file");
    let hook = ["inspect", "--format", "jsonl", "--hook"];
    let (old, new) = (run(&hook), run(&[&hook[..], &["--isolated"]].concat()));
    assert!(old.code == 0 && new.code == 0 && old.out != new.out, "{}\n{}", old.out, new.out);
}
