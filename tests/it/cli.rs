//! The command line as its users and their scripts rely on it: exit codes, streams, files, the two
//! machine interfaces, and what comes back from a conversion.

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use airconn::check::rules::RULES;
use airconn::format::FORMATS;
use airconn::model::FIELDS;
use common::{Ran, fixture, fixture_text, run};
use serde_json::{Value, json};

/// A URI with a warning (AC202), one with an error (AC102), one with neither.
const WARNED: &str = "postgres://user:100%@host/db\n";
const REFUSED: &str = "postgres://user:pw@host:port/db\n";
const FINE: &str = "postgres://user:pw@host:5432/db\n";

fn path(name: &str) -> String {
    fixture(name).to_string_lossy().into_owned()
}

/// The standard output of a run that must succeed.
fn good(arguments: &[&str], stdin: impl AsRef<[u8]>) -> String {
    let ran = run(arguments, stdin);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    ran.out
}

fn convert(stdin: &str, from: &str, to: &str, more: &[&str]) -> Ran {
    run(&[&["convert", "-", "--from", from, "--to", to], more].concat(), stdin)
}

// --- exit codes

#[test]
fn exit_codes() {
    for (arguments, stdin, code) in [
        (&["check", "-", "--from", "uri"][..], FINE, 0),
        (&["check", "-", "--from", "uri"], WARNED, 0),
        (&["check", "-", "--from", "uri"], REFUSED, 1),
        (&["check", "-", "--from", "uri", "--format", "json"], REFUSED, 1),
        (&["check", "-", "--from", "uri", "--fail-on", "warning"], WARNED, 1),
        (&["check", "-", "--from", "uri", "--fail-on", "info"], WARNED, 1),
        (&["check", "-", "--from", "uri", "--fail-on", "info"], FINE, 0),
        (&["check", "-", "--from", "uri", "--fail-on", "error"], WARNED, 0),
        (&["check", "-", "--from", "uri", "--fail-on", "never"], REFUSED, 0),
        (&["convert", "-", "--from", "uri", "--to", "jsonl"], FINE, 0),
        (&["convert", "-", "--from", "uri", "--to", "jsonl"], REFUSED, 1),
        (&["convert", "-", "--from", "uri", "--to", "export-json"], FINE, 1),
        (&["inspect", "-", "--from", "uri"], FINE, 0),
        (&["inspect", "-", "--from", "uri"], REFUSED, 1),
        (&["inspect", "-", "--from", "uri", "--format", "jsonl"], REFUSED, 0),
        (&["explain", "AC102"], "", 0),
        (&["explain", "ac102", "typed-query-value"], "", 0),
        (&["rules"], "", 0),
        (&["rules", "--format", "json"], "", 0),
        (&["--version"], "", 0),
        (&["--help"], "", 0),
        (&["check", "--help"], "", 0),
        // Wrong usage, and what cannot be read.
        (&[], "", 2),
        (&["no-such-command"], "", 2),
        (&["inspect"], "", 2),
        (&["convert", "--to", "uri"], "", 2),
        (&["check", "-", "--no-such-option"], FINE, 2),
        (&["check", "-", "--from", "no-such-format"], FINE, 2),
        (&["check", "-", "--format", "no-such-report"], FINE, 2),
        (&["check", "-", "--fail-on", "no-such-level"], FINE, 2),
        (&["check", "-", "--select", "AC999"], FINE, 2),
        (&["check", "-", "--ignore", "no-such-rule"], FINE, 2),
        (&["check", "-", "--airflow", "newest"], FINE, 2),
        (&["check", "-", "--side", "scheduler"], FINE, 2),
        (&["check", "no/such/file"], "", 2),
        (&["check", ".", "--isolated", "--exclude", "*"], "", 0),
        (&["check", ".", "--isolated", "--exclude", "*"], "", 0),
        (&["check", "-"], "hello\nworld\n", 2),
        (&["convert", "-"], FINE, 2),
        (&["convert", "-", "--to", "no-such-format"], FINE, 2),
        (&["convert", "-", "--to", "uri", "--airflow", "2.11,3.3"], FINE, 2),
        (&["convert", "-", "--to", "uri", "--side", "both"], FINE, 2),
        (&["inspect", "no/such/file"], "", 2),
        (&["inspect", "-", "--format", "json"], FINE, 2),
        (&["explain"], "", 2),
        (&["explain", "AC999"], "", 2),
        (&["rules", "--format", "yaml"], "", 2),
        (&["completions", "bash"], "", 0),
        (&["completions", "csh"], "", 2),
        (&["man"], "", 0),
        (&["man", "check"], "", 0),
        (&["man", "no-such-command"], "", 2),
    ] {
        let ran = run(arguments, stdin);
        assert_eq!(ran.code, code, "{arguments:?} {ran:?}");
        // Who could not work says why, and writes nothing that could be taken for a result.
        assert!(code != 2 || ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?} {ran:?}");
    }
}

#[test]
fn messages_of_failure_name_the_way_out() {
    for (arguments, stdin, message) in [
        (&["inspect", "."][..], "", "airconn: . is a directory; name the files in it\n"),
        (
            &["check", "no/such/file"][..],
            "",
            "airconn: cannot read no/such/file: No such file or directory (os error 2)\n",
        ),
        (&["check", "-"], "", "airconn: <stdin> is empty\n"),
        (&["check", "-"], " \n\n", "airconn: <stdin> is empty\n"),
        (
            &["check", "-"],
            "hello\nworld\n",
            "airconn: cannot tell the format of <stdin>; name it with --from (`airconn help check` lists the formats)\n",
        ),
        (
            &["check", "-", "--select", "AC999"],
            FINE,
            "airconn: there is no rule `AC999`; `airconn rules` lists them\n",
        ),
        (
            &["explain", "nothing"],
            "",
            "airconn: there is no rule `nothing`; `airconn rules` lists them, and `airconn schema` the ways to log in\n",
        ),
        (
            &["schema", "redshift/none"],
            "",
            "airconn: there is no schema `redshift/none`; `airconn schema` lists them\n",
        ),
        (
            &["check", "-", "--airflow", "newest"],
            FINE,
            "airconn: `newest` is not an Airflow version; write 3.3.2, 3.3 or 2.11\n",
        ),
        (
            &["convert", "-", "--to", "uri", "--side", "both"],
            FINE,
            "airconn: convert writes for one Airflow: give one version and one side\n",
        ),
    ] {
        assert_eq!(run(arguments, stdin).err, message, "{arguments:?}");
    }
    let unknown = run(&["check", "-", "--from", "xml"], FINE).err;
    assert!(FORMATS.iter().all(|f| unknown.contains(f.name) || !f.is_read()), "{unknown}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.env");
    std::fs::write(&file, "a=x://h\n").expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    // The super-user reads it all the same.
    if std::fs::read(&file).is_err() {
        let ran = run(&["check", &file.to_string_lossy()], "");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("Permission denied"), "{}", ran.err);
    }
}

// --- rules

#[test]
fn rules_are_chosen_by_id_name_and_group() {
    let both = "x://u:p@h/%zz?a=1&a=2#c\n";
    let ids = |more: &[&str]| -> BTreeSet<String> {
        let arguments =
            [&["check", "-", "--from", "uri", "--format", "json", "--side", "server"], more]
                .concat();
        run(&arguments, both)
            .findings()
            .iter()
            .map(|f| f["id"].as_str().expect("an id").to_string())
            .collect()
    };
    let set = |ids: &[&str]| ids.iter().map(|s| s.to_string()).collect::<BTreeSet<_>>();
    let all = ids(&[]);
    assert!(all.is_superset(&set(&["AC202", "AC204", "AC205", "AC206"])), "{all:?}");
    assert_eq!(ids(&["--select", "AC204"]), set(&["AC204"]));
    assert_eq!(ids(&["--select", "ac204"]), set(&["AC204"]));
    assert_eq!(ids(&["--select", "fragment-dropped"]), set(&["AC204"]));
    assert_eq!(
        ids(&["--select", "AC20"]),
        all.iter().filter(|id| id.starts_with("AC20")).cloned().collect()
    );
    assert_eq!(ids(&["--select", "AC204,AC205"]), set(&["AC204", "AC205"]));
    assert_eq!(ids(&["--select", "AC204", "--select", "AC205"]), set(&["AC204", "AC205"]));
    assert_eq!(ids(&["--select", "AC2", "--ignore", "AC204,repeated-query-key"]), {
        let kept = all
            .iter()
            .filter(|id| id.starts_with("AC2") && !["AC204", "AC205"].contains(&id.as_str()));
        kept.cloned().collect()
    });
    assert_eq!(ids(&["--ignore", "AC"]), set(&[]));
    // What is ignored does not fail the run.
    assert_eq!(run(&["check", "-", "--from", "uri", "--ignore", "AC204"], both).code, 0);
    assert_eq!(run(&["check", "-", "--from", "uri", "--select", "AC204"], both).code, 1);
}

#[test]
fn every_rule_is_listed_and_explained() {
    let listed: Vec<Value> =
        serde_json::from_str(&good(&["rules", "--format", "json"], "")).expect("JSON");
    assert_eq!(listed.len(), RULES.len());
    let human = good(&["rules"], "");
    for (rule, listed) in RULES.iter().zip(&listed) {
        let keys: Vec<_> =
            listed.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "name", "level", "summary"]);
        assert_eq!(
            (listed["id"].as_str(), listed["name"].as_str()),
            (Some(rule.id), Some(rule.name))
        );
        assert!(
            human.lines().any(|line| line.starts_with(rule.id) && line.contains(rule.name)),
            "{}",
            rule.id
        );
        assert_eq!(good(&["explain", rule.id], ""), rule.page);
        assert_eq!(good(&["explain", rule.name], ""), rule.page);
    }
    assert_eq!(
        good(&["explain", RULES[0].id, RULES[1].id], ""),
        format!("{}\n{}", RULES[0].page, RULES[1].page)
    );
}

#[test]
fn completions_and_manual_pages_come_from_the_arguments() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = good(&["completions", shell], "");
        assert!(
            ["write-baseline", "convert", "completions"].iter().all(|word| script.contains(word)),
            "{shell}"
        );
    }
    for shell in ["bash", "fish", "zsh"] {
        let script = good(&["completions", shell], "");
        for value in ["AC506", "2.11.2", "redshift/iam-role", "kubernetes-data", "sarif"] {
            assert!(script.contains(value), "{shell}: {value}");
        }
    }
    assert!(good(&["man"], "").contains(".TH airconn 1"));
    let page = good(&["man", "check"], "");
    assert!(
        page.contains(".TH airconn-check 1")
            && page.contains("write\\-baseline")
            && page.contains("Exit codes: 0"),
        "{page}"
    );
}

#[test]
fn formats_are_listed() {
    let table: serde_json::Value =
        serde_json::from_str(&good(&["formats", "--format", "json"], "")).expect("JSON");
    let table = table.as_array().expect("a list");
    let text = good(&["formats"], "");
    assert_eq!(text.lines().count(), table.len());
    for (line, format) in text.lines().zip(table) {
        let name = format["name"].as_str().expect("a name");
        assert!(line.starts_with(name), "{line}");
        let reads = run(&["check", "--from", name, "-"], "").code != 2;
        assert_eq!(format["read"], reads, "{name}");
    }
}

// --- the report for machines

#[test]
fn the_json_report_has_the_promised_shape() {
    let text = "a=x://u:p@h/%zz?k=1\nb=x://u:p@h:port\nno assignment\n";
    let ran = run(
        &["check", "-", "--stdin-filename", "conns.env", "--format", "json", "--airflow", "3.3.2"],
        text,
    );
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.ends_with("}\n") && ran.out.lines().count() == 1);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let keys = |value: &Value| {
        value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>()
    };
    let names = |names: &[&str]| names.iter().map(|s| s.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(keys(&report), names(&["version", "findings", "summary"]));
    assert_eq!(report["version"], json!(1));
    assert_eq!(
        keys(&report["summary"]),
        names(&["files", "connections", "errors", "warnings", "infos"])
    );
    assert!(report["summary"].as_object().expect("an object").values().all(Value::is_u64));
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.len() >= 4, "{findings:#?}");
    let text_or_null = |v: &Value| v.is_string() || v.is_null();
    let number_or_null = |v: &Value| v.is_null() || v.as_u64().is_some_and(|n| n >= 1);
    for finding in findings {
        let promised = [
            "id",
            "name",
            "level",
            "conn_id",
            "runtime",
            "pointer",
            "file",
            "line",
            "column",
            "end_line",
            "end_column",
        ];
        // What follows from it is there only where something does.
        let mut found = keys(finding);
        found.remove("consequences");
        assert_eq!(found, names(&[&promised[..], &["message", "help", "fixable", "fix"]].concat()));
        assert!(
            ["id", "name", "level", "runtime", "pointer", "file", "message"]
                .iter()
                .all(|k| finding[*k].is_string()),
            "{finding}"
        );
        assert!(
            ["conn_id", "help"].iter().all(|k| text_or_null(&finding[*k]))
                && finding["fixable"].is_boolean(),
            "{finding}"
        );
        assert!(
            ["line", "column", "end_line", "end_column"]
                .iter()
                .all(|k| number_or_null(&finding[*k])),
            "{finding}"
        );
        assert!(
            ["error", "warning", "info"].contains(&finding["level"].as_str().unwrap_or_default())
        );
        assert!(
            RULES.iter().any(|r| Some(r.id) == finding["id"].as_str()
                && Some(r.name) == finding["name"].as_str()),
            "{finding}"
        );
        assert_eq!(finding["file"], json!("conns.env"));
        let place = |line: &str, column: &str| (finding[line].as_u64(), finding[column].as_u64());
        assert!(place("line", "column") <= place("end_line", "end_column"), "{finding}");
    }
    let places: Vec<_> =
        findings.iter().map(|f| (f["line"].as_u64(), f["column"].as_u64())).collect();
    assert!(places.is_sorted(), "findings are in the order of places");
    let level = |name: &str| findings.iter().filter(|f| f["level"] == json!(name)).count() as u64;
    let summary = &report["summary"];
    assert_eq!(summary["errors"], json!(level("error")));
    assert_eq!(summary["warnings"], json!(level("warning")));
    assert_eq!(summary["infos"], json!(level("info")));
    assert_eq!((&summary["files"], &summary["connections"]), (&json!(1), &json!(2)));
    let none: Value =
        serde_json::from_str(&good(&["check", "-", "--from", "uri", "--format", "json"], FINE))
            .expect("JSON");
    let summary = json!({"files": 1, "connections": 1, "errors": 0, "warnings": 0, "infos": 0});
    assert_eq!(none, json!({"version": 1, "findings": [], "summary": summary}));
}

#[test]
fn several_files_make_one_report() {
    let files =
        [path("valid/connections.json"), path("valid/connections.yaml"), path("valid/single.json")];
    // What hooks would say of some of them is another matter.
    let ran = run(&["check", "--format", "json", &files[0], &files[1], &files[2]], "");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(report["summary"]["files"], json!(3));
    assert_eq!(report["summary"]["connections"], json!(141));
    for finding in report["findings"].as_array().expect("findings") {
        assert!(files.iter().any(|f| finding["file"] == json!(f)), "{finding}");
    }
    // One file that cannot be read ends the run before anything is reported.
    let ran = run(&["check", &files[0], "no/such/file"], "");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

// --- input

#[test]
fn log_lines_ahead_of_a_piped_export_are_passed_over() {
    for (name, format) in [
        ("3.3.2.json", "export-json"),
        ("3.3.2.yaml", "export-yaml"),
        ("3.3.2.env", "airflow-env"),
        ("2.11.2.env", "airflow-env"),
    ] {
        let piped = fixture_text(&format!("valid/piped/{name}"));
        let number = if name.starts_with("2.11") { 68 } else { 70 };
        let checked: Value =
            serde_json::from_str(&run(&["check", "-", "--format", "json"], &piped).out)
                .expect("JSON");
        assert_eq!(checked["summary"]["connections"], json!(number), "{name}");
        // What hooks would say of some of them is another matter.
        let findings = checked["findings"].as_array().expect("findings");
        let is_ours = |f: &&Value| f["level"] == json!("error") && f["detail"].is_null();
        assert_eq!(findings.iter().filter(is_ours).count(), 0, "{name}");
        let logs = piped
            .lines()
            .take_while(|line| line.starts_with("20") || line.starts_with('['))
            .count() as u64;
        let (ahead, found): (Vec<_>, Vec<_>) = checked["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .partition(|f| f["id"] == json!("AC113"));
        assert!(
            ahead.len() == 1 && ahead[0]["end_line"].as_u64() == Some(logs + 1),
            "{name}: {ahead:?}"
        );
        for finding in found {
            assert!(
                finding["line"].as_u64() > Some(logs),
                "places count from the start of what came through the pipe: {finding}"
            );
        }
        let airflow = if name.starts_with("2.11") { "2.11.2" } else { "3.3.2" };
        assert_eq!(
            good(&["convert", "-", "--to", "jsonl", "--airflow", airflow], &piped).lines().count(),
            number,
            "{name}"
        );
        // Written again as what it was: the export without the log lines. URIs are read for what
        // they say, and may be written anew.
        let export: String = piped.split_inclusive('\n').skip(logs as usize).collect();
        let again = good(&["convert", "-", "--to", format, "--airflow", airflow], &piped);
        assert!(format == "airflow-env" || again.trim_end() == export.trim_end(), "{name}");
        let ids = |text: &str| {
            text.lines()
                .map(|l| l.split('=').next().unwrap_or_default().to_string())
                .collect::<Vec<_>>()
        };
        assert!(format != "airflow-env" || ids(&again) == ids(&export), "{name}");
        // They are passed over in a file, too; not where the format is given, as Airflow does not.
        let folder = tempfile::tempdir().expect("a folder");
        let file =
            folder.path().join(format!("conns.{}", name.rsplit('.').next().unwrap_or_default()));
        std::fs::write(&file, &piped).expect("a file");
        assert!(run(&["check", &file.to_string_lossy()], "").code < 2, "{name}");
        assert_eq!(run(&["check", "-", "--from", format], &piped).code, 1, "{name}");
    }
}

#[test]
fn the_name_of_standard_input() {
    let file_of = |arguments: &[&str]| {
        let findings =
            run(&[&["check", "-", "--format", "json"], arguments].concat(), "a=x://u:100%@h\n")
                .findings();
        findings.first().and_then(|f| f["file"].as_str().map(str::to_string))
    };
    assert_eq!(file_of(&[]).as_deref(), Some("<stdin>"));
    assert_eq!(file_of(&["--stdin-filename", "some/conns.env"]).as_deref(), Some("some/conns.env"));
    // The name tells the format, where the content alone would say another or none.
    for (name, content, number) in [
        ("x.uri", "x://h\ny://h\n", 2),
        ("x.jsonl", "{\"conn_type\": \"x\"}\n", 1),
        ("x.env", "a=b\n", 1),
        ("x.yaml", "a: x://h\n", 1),
        ("x.yml", "a: {conn_type: x}\n", 1),
        ("x.json", "{\"a\": {\"conn_type\": \"x\"}}", 1),
        (".env", "export AIRFLOW_CONN_A='x://h'\nOTHER=1\n", 1),
    ] {
        let ran = run(
            &["check", "-", "--format", "json", "--stdin-filename", name, "--fail-on", "never"],
            content,
        );
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{name}: {e} {ran:?}"));
        assert_eq!(report["summary"]["connections"], json!(number), "{name}");
    }
}

#[test]
fn empty_files_of_a_known_format() {
    for (format, code) in [
        ("uri", 0),
        ("jsonl", 0),
        ("env", 0),
        ("airflow-env", 0),
        ("json", 1),
        ("export-json", 1),
        ("export-yaml", 1),
    ] {
        let ran = run(&["check", "-", "--from", format, "--format", "json"], "");
        assert_eq!(ran.code, code, "{format} {ran:?}");
        assert_eq!(ran.findings().len(), usize::from(code == 1), "{format}");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_a_finding() {
    let ran =
        run(&["check", "-", "--from", "env", "--format", "json"], b"AIRFLOW_CONN_A=x://u:\xff@h\n");
    assert_eq!((ran.code, ran.findings().len()), (1, 1), "{ran:?}");
}

// --- output

#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let many = folder.path().join("many.uris");
    std::fs::write(&many, "postgres://user:100%@host/db?a=1\n".repeat(4_000)).expect("a file");
    let many = many.to_string_lossy();
    for (arguments, code) in [
        (&["check", &many][..], 1),
        (&["check", &many, "--format", "json"], 1),
        (&["convert", &many, "--to", "jsonl"], 0),
        (&["convert", &many, "--to", "uri"], 0),
        (&["inspect", &many], 0),
        (&["inspect", &many, "--format", "jsonl"], 0),
    ] {
        let mut child = common::airconn()
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut first = [0; 16];
        let mut out = child.stdout.take().expect("a pipe");
        std::io::Read::read_exact(&mut out, &mut first).expect("a first piece");
        drop(out);
        let ended = child.wait_with_output().expect("the binary ends");
        let err = String::from_utf8_lossy(&ended.stderr);
        let err: Vec<_> = err
            .lines()
            .filter(|line| {
                !line.starts_with("airconn: warning:") && !line.starts_with("airconn: note:")
            })
            .collect();
        assert!(err.is_empty(), "{arguments:?}: {err:?}");
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_output_file_is_replaced_in_one_step() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out.jsonl");
    let name = target.to_string_lossy().into_owned();
    let names = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let mode = || std::fs::metadata(&target).expect("a file").permissions().mode() & 0o777;
    // A new file is for its owner only.
    assert_eq!(good(&["convert", "-", "--from", "uri", "--to", "jsonl", "-o", &name], FINE), "");
    let written = std::fs::read_to_string(&target).expect("a file");
    assert_eq!(written, good(&["convert", "-", "--from", "uri", "--to", "jsonl"], FINE));
    assert_eq!((mode(), names()), (0o600, 1));
    // An old one keeps its permissions; whoever has it open goes on reading the old content.
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    let before = std::fs::File::open(&target).expect("a file");
    good(&["convert", "-", "--from", "uri", "--to", "jsonl", "--output", &name], FINE.repeat(2));
    assert_eq!(std::fs::read_to_string(&target).expect("a file"), written.repeat(2));
    assert_eq!(std::io::read_to_string(&before).expect("the old file"), written);
    assert_ne!(
        before.metadata().expect("metadata").ino(),
        std::fs::metadata(&target).expect("metadata").ino()
    );
    assert_eq!((mode(), names()), (0o640, 1));
    // What fails leaves everything as it was.
    for (to, stdin) in [("jsonl", REFUSED), ("export-json", FINE), ("json", "x://h\ny://h\n")] {
        assert_eq!(run(&["convert", "-", "--from", "uri", "--to", to, "-o", &name], stdin).code, 1);
        assert_eq!(std::fs::read_to_string(&target).expect("a file"), written.repeat(2), "{to}");
        assert_eq!(names(), 1);
    }
    // A folder cannot be replaced, and nothing can be written where there is none.
    let into = folder.path().join("folder");
    std::fs::create_dir(&into).expect("a folder");
    for place in [into.clone(), folder.path().join("no/such/folder/x")] {
        let ran = run(
            &["convert", "-", "--from", "uri", "--to", "jsonl", "-o", &place.to_string_lossy()],
            FINE,
        );
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.starts_with("airconn: cannot write "), "{}", ran.err);
    }
    assert_eq!((names(), into.is_dir()), (2, true));
}

/// What other programs read is readable, what is not a file is not replaced by one, and a link leads
/// where it led.
#[cfg(unix)]
#[test]
fn reports_go_where_they_are_wanted() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let check = |to: &std::path::Path| {
        run(&["check", "-", "--from", "uri", "--format", "json", "-o", &to.to_string_lossy()], FINE)
            .code
    };
    assert_eq!(check(&at("new.json")), 0);
    std::fs::File::create(at("usual")).expect("a file");
    let mode =
        |name: &str| std::fs::metadata(at(name)).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode("new.json"), mode("usual"));
    assert!(
        run(&["check", "-", "--from", "uri", "--format", "json", "-o", "-"], FINE)
            .out
            .starts_with('{')
    );
    assert_eq!(good(&["convert", "-", "--from", "uri", "--to", "uri", "-o", "-"], FINE), FINE);
    let made =
        std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo is there");
    assert!(made.success());
    let pipe = at("pipe");
    let reader =
        std::thread::spawn(move || std::fs::read_to_string(pipe).expect("what was written"));
    assert_eq!(check(&at("pipe")), 0);
    assert!(std::fs::symlink_metadata(at("pipe")).expect("the pipe").file_type().is_fifo());
    assert_eq!(
        reader.join().expect("read"),
        std::fs::read_to_string(at("new.json")).expect("a file")
    );
    for (link, target) in [("link", "new.json"), ("dangling", "later.json")] {
        std::os::unix::fs::symlink(target, at(link)).expect("a link");
        assert_eq!(check(&at(link)), 0);
        assert!(std::fs::symlink_metadata(at(link)).expect("the link").is_symlink(), "{link}");
        assert!(std::fs::read_to_string(at(target)).expect("a file").starts_with('{'), "{target}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the full device");
    let mut command = common::airconn();
    command.args(["rules"]).stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
    let ended =
        command.spawn().and_then(|child| child.wait_with_output()).expect("the binary ends");
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).starts_with("airconn: cannot write: "));
}

#[test]
fn colours_only_for_a_terminal() {
    let plain = run(&["check", "-", "--from", "uri"], REFUSED).out;
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let mut command = common::airconn();
    command.args(["check", "-", "--from", "uri"]).env("CLICOLOR_FORCE", "1");
    assert!(common::feed(command, REFUSED.as_bytes()).out.contains("\u{1b}["));
    for (variables, arguments, coloured) in [
        (&[("FORCE_COLOR", "1")][..], &[][..], true),
        (&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
        (&[("NO_COLOR", "1")], &["--color=always"], true),
    ] {
        let mut command = common::airconn();
        command
            .args(["check", "-", "--from", "uri"])
            .args(arguments)
            .envs(variables.iter().copied());
        assert_eq!(
            common::feed(command, REFUSED.as_bytes()).out.contains('\u{1b}'),
            coloured,
            "{variables:?} {arguments:?}"
        );
    }
    // Nothing of the input reaches a terminal as a command to it.
    let ran = run(
        &["check", "-", "--format", "human", "--from", "export-json"],
        "{\"a\\u001b[31m\": 5, \"b\": {\"\\u0007\": 1}}",
    );
    assert!(!ran.out.contains(['\u{1b}', '\u{7}']), "{ran:?}");
    let ran = run(&["inspect", "-", "--reveal", "--from", "uri"], "x://u:%1B%5B31m@h\n");
    assert!(!ran.out.contains('\u{1b}'), "{ran:?}");
}

// --- runtimes

#[test]
fn versions_that_are_not_known_are_taken_for_the_nearest() {
    let note = |version: &str, command: &[&str]| {
        run(&[command, &["-", "--from", "uri", "--airflow", version]].concat(), FINE)
    };
    for command in [&["check"][..], &["inspect"], &["convert", "--to", "jsonl"]] {
        let newer = note("3.9", command);
        assert_eq!(
            newer.err,
            "airconn: note: Airflow 3.9 is newer than what airconn knows; it is taken for 3.3.2\n",
            "{command:?}"
        );
        let older = note("1.8", command);
        assert_eq!(
            older.err,
            "airconn: note: Airflow 1.8 is older than what airconn knows; it is taken for 1.10.15\n",
            "{command:?}"
        );
        assert_eq!(
            (newer.code, older.code, note("2.11", command).err.as_str()),
            (0, 0, ""),
            "{command:?}"
        );
        assert_eq!(note("3.9", command).out, note("3.3.2", command).out, "{command:?}");
    }
}

#[test]
fn several_runtimes_stand_side_by_side() {
    let text = "http://https://user:pw@host/path?verify=false\n";
    let human = good(&["inspect", "-", "--from", "uri", "--airflow", "2.2.5,3.3.2"], text);
    for name in ["2.2.5", "3.3.2/server", "3.3.2/worker"] {
        assert!(human.contains(name), "{human}");
    }
    let arguments = [
        "inspect",
        "-",
        "--from",
        "uri",
        "--format",
        "jsonl",
        "--airflow",
        "2.11,3.3",
        "--side",
        "both",
        "--reveal",
    ];
    let lines = run(&arguments, text.repeat(2)).lines();
    let names: Vec<_> =
        lines.iter().map(|line| line["runtime"].as_str().expect("a runtime")).collect();
    assert_eq!(names, ["2.11.2", "3.3.2/server", "3.3.2/worker"].repeat(2));
    assert_eq!(lines[1]["extra"], json!("{\"verify\": false}"));
    assert_eq!(lines[2]["extra"], json!("{\"verify\": \"false\"}"));
    let finding = &run(
        &[
            "check",
            "-",
            "--from",
            "uri",
            "--format",
            "json",
            "--airflow",
            "2.11,3.3",
            "--select",
            "AC206",
        ],
        text,
    )
    .findings()[0];
    assert_eq!(finding["runtime"], json!("3.3.2/server"));
    // The same runtime twice is one, and before Airflow 3 both sides are.
    let once = run(
        &[
            "inspect",
            "-",
            "--from",
            "uri",
            "--format",
            "jsonl",
            "--airflow",
            "2.11.2,2.11",
            "--side",
            "both",
        ],
        text,
    );
    assert_eq!(once.out.lines().count(), 1);
}

// --- the machine interface of inspect

#[test]
fn readings_that_differ_stand_side_by_side_in_a_table() {
    let ran = run(
        &["check", "--airflow", "2.4.3,2.5.3,2.6.3", "--select", "AC306", "--from", "uri", "-"],
        "http://https://api.example.com\nftp://files.example.com/in;type=a\n",
    );
    let table = [
        "          Airflow  2.4.3, 2.5.3  2.6.3",
        "          host     \"https\"       \"https://api.example.com\"",
        "          schema   \"***\"         \"\"",
        "          Airflow  2.4.3  2.5.3, 2.6.3",
        "          schema   \"in\"   \"***\"",
    ];
    for line in table {
        assert!(ran.out.lines().any(|is| is == line), "{line}: {ran:?}");
    }
}

fn inspected(input: &str, more: &[&str]) -> Vec<Value> {
    let ran = run(
        &[&["inspect", "-", "--from", "jsonl", "--format", "jsonl", "--reveal"], more].concat(),
        input,
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{input}");
    ran.lines()
}

#[test]
fn inspect_answers_every_form_of_a_line() {
    let want = json!({
        "conn_id": "a", "conn_type": "postgres", "description": null, "host": "h", "login": "u", "password": "p", "schema": "db",
        "port": 5432, "extra": "{\"sslmode\": \"require\"}", "uri": "postgres://u:p@h:5432/db?sslmode=require",
        "json": "{\"conn_type\": \"postgres\", \"host\": \"h\", \"login\": \"u\", \"password\": \"p\", \"schema\": \"db\", \"port\": 5432, \"extra\": {\"sslmode\": \"require\"}}",
    });
    let uri = "postgres://u:p@h:5432/db?sslmode=require";
    let text = "{\"conn_type\": \"postgres\", \"host\": \"h\", \"login\": \"u\", \"password\": \"p\", \"schema\": \"db\", \"port\": 5432, \"extra\": {\"sslmode\": \"require\"}}";
    let fields = json!({"conn_id": "a", "conn_type": "postgres", "description": null, "host": "h", "login": "u", "password": "p", "schema": "db", "port": 5432});
    let with = |extra: Value| {
        let mut fields = fields.clone();
        fields["extra"] = extra;
        fields
    };
    for line in [
        json!({"conn_id": "a", "value": uri}),
        json!({"conn_id": "a", "value": text}),
        json!({"conn_id": "a", "uri": uri}),
        json!({"conn_id": "a", "json": text}),
        with(json!("{\"sslmode\": \"require\"}")),
        with(json!({"sslmode": "require"})),
    ] {
        for side in ["server", "worker"] {
            // A worker's constructor keeps an object as it is; as text it is the same everywhere.
            if side == "worker" && line["extra"].is_object() {
                continue;
            }
            assert_eq!(
                inspected(&line.to_string(), &["--airflow", "3.3.2", "--side", side]),
                std::slice::from_ref(&want),
                "{side} {line}"
            );
        }
    }
    let nameless = inspected(&json!({"uri": "x://"}).to_string(), &["--airflow", "3.3.2"]);
    let empty = json!({
        "conn_id": null, "conn_type": "x", "description": null, "host": "", "login": null, "password": null, "schema": "", "port": null,
        "extra": null, "uri": "x://", "json": "{\"conn_type\": \"x\", \"host\": \"\", \"schema\": \"\"}",
    });
    assert_eq!(nameless, [empty]);
    let keys: Vec<String> = inspected("{\"uri\": \"x://\"}", &[])[0]
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    let order: Vec<String> =
        std::iter::once("conn_id").chain(FIELDS).chain(["uri", "json"]).map(String::from).collect();
    assert_eq!(keys, order);
}

#[test]
fn inspect_answers_with_the_exception_where_airflow_raises() {
    for (line, more, id, exception) in [
        (
            json!({"conn_id": "a", "uri": "x://u:p@h:port"}),
            &["--airflow", "3.3.2"][..],
            "AC102",
            "ValueError",
        ),
        (
            json!({"conn_id": "a", "uri": "a://b://c://d"}),
            &["--airflow", "3.3.2"],
            "AC102",
            "AirflowException",
        ),
        (json!({"conn_id": "a", "json": "{"}), &["--airflow", "3.3.2"], "AC103", "JSONDecodeError"),
        (
            json!({"conn_id": "a", "json": "{}"}),
            &["--airflow", "2.2.5"],
            "AC103",
            "NotImplementedError",
        ),
        (
            json!({"conn_id": "a", "conn_type": "x", "user": "u"}),
            &["--airflow", "3.3.2"],
            "AC103",
            "TypeError",
        ),
        (
            json!({"conn_id": "a", "conn_type": "x", "extra": "[1]"}),
            &["--airflow", "3.3.2"],
            "AC105",
            "ValueError",
        ),
        (json!({"conn_id": "a", "value": ""}), &["--airflow", "3.3.2"], "AC104", "LookupError"),
    ] {
        let answer = &inspected(&line.to_string(), more)[0];
        let keys: Vec<_> =
            answer.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["conn_id", "error"], "{line}");
        assert_eq!(answer["conn_id"], json!("a"));
        let keys: Vec<_> =
            answer["error"].as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "message", "exception"], "{line}");
        assert_eq!(
            (&answer["error"]["id"], &answer["error"]["exception"]),
            (&json!(id), &json!(exception)),
            "{line}"
        );
        assert!(answer["error"]["message"].as_str().is_some_and(|m| !m.is_empty()));
    }
    // `uri` and `json` are null where that Airflow lacks the function or raises in it.
    let old = &inspected(&json!({"uri": "x://h"}).to_string(), &["--airflow", "2.2.5"])[0];
    assert_eq!((&old["uri"], &old["json"]), (&json!("x://h"), &Value::Null));
    let odd = &inspected(
        &json!({"conn_type": "x", "extra": "[1]"}).to_string(),
        &["--airflow", "3.3.2", "--side", "worker"],
    )[0];
    assert_eq!((&odd["extra"], &odd["uri"]), (&json!("[1]"), &json!("x:///?__extra__=%5B1%5D")));
}

#[test]
fn inspect_answers_one_line_for_each_line_in_order() {
    let mut input = String::new();
    for i in 0..200 {
        let line = match i % 10 {
            0 => json!({"conn_id": format!("c{i}"), "uri": format!("x://h{i}")}).to_string(),
            1 => json!({"conn_id": format!("c{i}"), "value": "x://h:port"}).to_string(),
            2 => "{\"broken\": ".to_string(),
            3 => "[]".to_string(),
            4 => json!({"conn_id": format!("c{i}"), "uri": "x://h", "value": "x://h"}).to_string(),
            5 => json!({"conn_id": i, "uri": "x://h"}).to_string(),
            6 => "{\"uri\": \"x://\\ud800\"}".to_string(),
            7 => json!({"conn_id": format!("c{i}"), "value": null}).to_string(),
            8 => json!({"conn_id": format!("c{i}")}).to_string(),
            _ => json!({"conn_id": format!("c{i}"), "conn_type": "x", "description": "two\nlines \u{2028} \u{85}", "password": "x", "port": 80}).to_string(),
        };
        input += &line;
        input += if i % 3 == 0 { "\r\n" } else { "\n" };
    }
    for more in [
        &["--airflow", "3.3.2"][..],
        &["--airflow", "3.3.2", "--side", "worker"],
        &["--airflow", "1.10.15"],
    ] {
        let answers = inspected(&input, more);
        assert_eq!(answers.len(), 200, "{more:?}");
        for (i, answer) in answers.iter().enumerate() {
            if matches!(i % 10, 0 | 9) {
                assert_eq!(answer["conn_id"], json!(format!("c{i}")), "{answer}");
            }
            assert_eq!(
                answer.get("error").is_some(),
                !matches!(i % 10, 0 | 8) && (i % 10 != 9 || more.contains(&"1.10.15")),
                "{i} {answer}"
            );
        }
    }
}

#[test]
fn a_file_with_one_bad_entry_is_refused_as_a_whole() {
    let entries = |bad: &str| format!("{{\"a\": \"x://h\", \"b\": {bad}, \"c\": \"x://h\"}}");
    for (format, text, written) in [
        ("export-json", entries("\"x://h:port\""), 2),
        ("export-json", entries("5"), 2),
        ("export-json", entries("{\"conn_type\": \"x\", \"user\": \"u\"}"), 2),
        ("export-json", entries("[\"x://h\", \"x://h\"]"), 3),
        ("export-json", "{\"a\": \"x://h\", ".to_string(), 0),
        ("export-yaml", "a: x://h\nb: x://h:port\nc: x://h\n".to_string(), 2),
        ("export-yaml", "a: x://h\nb:\n  conn_type: x\n  user: u\n".to_string(), 1),
        ("export-yaml", "a: x://h\nb: [\n".to_string(), 0),
        ("airflow-env", "a=x://h\nb=x://h:port\nc=x://h\n".to_string(), 2),
        ("airflow-env", "a=x://h\nb\nc=\n".to_string(), 0),
        ("airflow-env", "a=x://h\na=x://h\n".to_string(), 1),
    ] {
        let ran = run(
            &["inspect", "-", "--from", format, "--format", "jsonl", "--airflow", "3.3.2"],
            &text,
        );
        let lines = ran.lines();
        assert_eq!((ran.code, lines.len()), (0, 1), "{format} {text} {ran:?}");
        assert!(lines[0]["error"].is_object(), "{text}");
        assert_eq!(
            run(&["inspect", "-", "--from", format, "--airflow", "3.3.2"], &text).code,
            1,
            "{text}"
        );
        // Airflow takes none of it, but each that can be read can be written.
        let converted = convert(&text, format, "jsonl", &["--airflow", "3.3.2"]);
        assert_eq!((converted.code, converted.out.lines().count()), (1, written), "{text}");
    }
    // A file of variables is not a file of Airflow's: there every entry stands for itself.
    let variables = "AIRFLOW_CONN_A=x://h\nAIRFLOW_CONN_B=x://h:port\nAIRFLOW_CONN_C=x://h\n";
    let lines = run(&["inspect", "-", "--from", "env", "--format", "jsonl"], variables).lines();
    assert_eq!(
        lines.iter().map(|l| l.get("error").is_some()).collect::<Vec<_>>(),
        [false, true, false]
    );
}

// --- what comes back

/// The connections of a text by their ids, as this Airflow reads them.
fn connections(text: &str, from: &str, airflow: &str) -> BTreeMap<String, Value> {
    let lines =
        good(&["convert", "-", "--from", from, "--to", "jsonl", "--airflow", airflow], text);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .enumerate()
        .map(|(i, mut line)| {
            let id = line
                .as_object_mut()
                .expect("an object")
                .remove("conn_id")
                .and_then(|id| id.as_str().map(str::to_lowercase));
            (id.unwrap_or_else(|| format!("{i:03}")), line)
        })
        .collect()
}

/// Fields that differ, null and empty text taken for the same and extra compared as what it decodes
/// to.
fn differing(a: &Value, b: &Value) -> Vec<&'static str> {
    let normal = |field: &str, v: &Value| match v.as_str() {
        Some("") => Value::Null,
        Some(text) if field == "extra" => serde_json::from_str(text).unwrap_or_else(|_| v.clone()),
        _ => v.clone(),
    };
    FIELDS.iter().copied().filter(|f| normal(f, &a[*f]) != normal(f, &b[*f])).collect()
}

#[test]
fn what_holds_everything_gives_everything_back() {
    let original = fixture_text("valid/connections.jsonl");
    let wanted: BTreeMap<String, Value> = original
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            let id = line.as_object_mut().expect("an object").remove("conn_id").expect("an id");
            (id.as_str().expect("an id").to_lowercase(), line)
        })
        .collect();
    assert_eq!(wanted.len(), 70);
    for format in ["jsonl", "export-json", "export-yaml"] {
        let ran = convert(&original, "jsonl", format, &[]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{format}");
        let back = connections(&ran.out, format, "3.3.2");
        assert_eq!(
            back, wanted,
            "{format}: fields to the letter, null and \"\" apart, extra to the byte"
        );
        assert_eq!(
            convert(&ran.out, format, format, &[]).out,
            ran.out,
            "{format}: written twice is written once"
        );
    }
}

#[test]
fn what_loses_something_says_so() {
    // An id that no variable of a shell can have.
    let original: String = fixture_text("valid/connections.jsonl")
        .split_inclusive('\n')
        .filter(|l| !l.contains("postgres-replica"))
        .collect();
    let all = connections(&original, "jsonl", "3.3.2");
    let ids: Vec<String> = original
        .lines()
        .map(|l| {
            serde_json::from_str::<Value>(l).expect("JSON")["conn_id"]
                .as_str()
                .unwrap_or_default()
                .to_string()
        })
        .collect();
    for (format, more) in
        [("env", &[][..]), ("env", &["--value", "json"]), ("airflow-env", &[]), ("uri", &[])]
    {
        for airflow in ["3.3.2", "2.11.2"] {
            // 2.11 repeats the type in front of these hosts and then refuses its own URI.
            let unreadable = |id: &str| {
                airflow == "2.11.2"
                    && !more.contains(&"json")
                    && ["http_same_protocol", "spark_default"].contains(&id)
            };
            let text: String = original
                .split_inclusive('\n')
                .zip(&ids)
                .filter(|(_, id)| !unreadable(id))
                .map(|(l, _)| l)
                .collect();
            let ran = convert(&text, "jsonl", format, &[more, &["--airflow", airflow]].concat());
            assert_eq!(ran.code, 0, "{format} {more:?} {}", ran.err);
            let back = connections(&ran.out, format, airflow);
            let mut lost = BTreeMap::new();
            for (i, id) in ids.iter().filter(|id| !unreadable(id)).enumerate() {
                let key = if format == "uri" { format!("{i:03}") } else { id.clone() };
                let fields = differing(
                    &all[id],
                    back.get(&key)
                        .unwrap_or_else(|| panic!("{id} did not come back from {format}")),
                );
                if !fields.is_empty() {
                    lost.insert(id.clone(), fields.join(", "));
                }
            }
            let warned: BTreeMap<String, String> = ran
                .err
                .lines()
                .filter_map(|line| {
                    line.strip_prefix("airconn: warning: connection `")?.split_once("`: ")
                })
                .map(|(id, rest)| {
                    (
                        id.to_string(),
                        rest.rsplit(" does not give back ").next().unwrap_or_default().to_string(),
                    )
                })
                .collect();
            let more_lost = ran.err.lines().find_map(|l| {
                l.strip_prefix("airconn: warning: and ")?.split(' ').next()?.parse::<usize>().ok()
            });
            assert_eq!(
                warned.len() + more_lost.unwrap_or(0),
                lost.len(),
                "{format} {more:?} {airflow}\n{}\n{lost:#?}",
                ran.err
            );
            assert!(
                warned.iter().all(|(id, fields)| lost.get(id) == Some(fields)),
                "{warned:#?} {lost:#?}"
            );
            assert_eq!(lost.is_empty(), more.contains(&"json"), "{format} {lost:?}");
        }
    }
    // Commands put the same into a store as the format that lists what is there.
    let described = r#"{"conn_id": "a", "conn_type": "x", "description": "d"}"#;
    for format in ["aws-secrets", "aws-secrets-commands"] {
        let ran = convert(described, "jsonl", format, &["--value", "json"]);
        assert_eq!(
            (ran.code, ran.err.matches("does not give back description").count()),
            (0, 1),
            "{format}: {}",
            ran.err
        );
    }
    let replica = convert(&fixture_text("valid/connections.jsonl"), "jsonl", "env", &[]);
    assert_eq!((replica.code, replica.out.contains("AIRFLOW_CONN_POSTGRES_DEFAULT=")), (1, true));
    assert!(!replica.out.contains("replica"), "{}", replica.out);
    assert!(
        replica.err.contains(
            "connection `postgres-replica.eu-1`: its id cannot be the name of a variable"
        ),
        "{}",
        replica.err
    );
}

#[test]
fn one_connection_as_json_comes_back() {
    for line in fixture_text("valid/connections.jsonl").lines() {
        let one = convert(line, "jsonl", "json", &[]);
        assert_eq!(one.code, 0, "{}", one.err);
        let id = serde_json::from_str::<Value>(line).expect("JSON")["conn_id"]
            .as_str()
            .expect("an id")
            .to_string();
        let back =
            run(&["convert", "-", "--from", "json", "--to", "jsonl", "--conn-id", &id], &one.out);
        let (a, b): (Value, Value) = (
            serde_json::from_str(line).expect("JSON"),
            serde_json::from_str(&back.out).expect("JSON"),
        );
        assert_eq!(a["conn_id"], b["conn_id"]);
        assert_eq!(differing(&a, &b), [""; 0], "{line}\n{}", one.out);
    }
    assert_eq!(
        good(
            &[
                "convert",
                &path("valid/connections.json"),
                "--to",
                "json",
                "--conn-id",
                "redshift_default"
            ],
            ""
        ),
        fixture_text("valid/single.json")
    );
}

#[test]
fn exports_of_airflow_are_written_byte_for_byte() {
    for (folder, airflow) in [("valid", "3.3.2"), ("valid/2.11.2", "2.11.2")] {
        let files = [("connections.json", "export-json"), ("connections.yaml", "export-yaml")];
        for (from, _) in files {
            for (to, format) in files {
                let made = good(
                    &[
                        "convert",
                        &path(&format!("{folder}/{from}")),
                        "--to",
                        format,
                        "--airflow",
                        airflow,
                    ],
                    "",
                );
                assert!(
                    made == fixture_text(&format!("{folder}/{to}")),
                    "{folder}: {from} to {to}"
                );
            }
            let from = path(&format!("{folder}/{from}"));
            for (to, more) in [("connections.env", "uri"), ("connections.json-values.env", "json")]
            {
                let made = good(
                    &[
                        "convert",
                        &from,
                        "--to",
                        "airflow-env",
                        "--value",
                        more,
                        "--airflow",
                        airflow,
                    ],
                    "",
                );
                assert!(
                    made == fixture_text(&format!("{folder}/{to}")),
                    "{folder}: {from} to {to}"
                );
            }
        }
    }
    let uris = good(&["convert", &path("valid/connections.yaml"), "--to", "uri"], "");
    assert!(uris == fixture_text("valid/connections.uris"));
    let of = |text: &str| {
        text.lines().map(|l| serde_json::from_str::<Value>(l).expect("JSON")).collect::<Vec<_>>()
    };
    assert_eq!(
        of(&good(&["convert", &path("valid/connections.yaml"), "--to", "jsonl"], "")),
        of(&fixture_text("valid/connections.jsonl"))
    );
}

#[test]
fn ids_are_given_and_chosen() {
    let given = good(
        &[
            "convert",
            "-",
            "--from",
            "uri",
            "--to",
            "airflow-env",
            "--conn-id",
            "a",
            "--conn-id",
            "b",
        ],
        "x://h\ny://h\n",
    );
    assert_eq!(given, "a=x://h\nb=y://h\n");
    let chosen = good(
        &[
            "convert",
            "-",
            "--from",
            "airflow-env",
            "--to",
            "uri",
            "--conn-id",
            "c",
            "--conn-id",
            "a",
        ],
        "a=x://h\nb=y://h\nc=z://h\n",
    );
    assert_eq!(chosen, "x://h\nz://h\n");
    for (stdin, from, ids) in [
        ("x://h\ny://h\n", "uri", &["--conn-id", "a"][..]),
        ("a=x://h\n", "airflow-env", &["--conn-id", "b"]),
    ] {
        let ran =
            run(&[&["convert", "-", "--from", from, "--to", "export-json"], ids].concat(), stdin);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    }
    // Ids that this Airflow would refuse are an error of ours, in every export of Airflow's.
    for to in ["export-json", "export-yaml", "airflow-env"] {
        let ran =
            run(&["convert", "-", "--from", "uri", "--to", to, "--conn-id", "two words"], FINE);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{to} {ran:?}");
        let nameless = convert(FINE, "uri", to, &[]);
        assert!(nameless.code == 1 && nameless.err.contains("--conn-id"), "{nameless:?}");
    }
}

// --- files with mistakes

/// Every file in fixtures/invalid has its findings beside it: id, level, line and column, in order.
#[test]
fn invalid_files_have_exactly_the_expected_findings() {
    let folder = fixture("invalid");
    let is_input = |path: &Path| {
        !path.to_string_lossy().ends_with(".expected.json")
            && path.file_name() != Some("README.md".as_ref())
    };
    let files: Vec<_> =
        common::files_below(&folder).into_iter().filter(|path| is_input(path)).collect();
    let mut failures = Vec::new();
    let mut rules = BTreeSet::new();
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(format!("{}.expected.json", file.display()))
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let expected: Value =
            serde_json::from_str(&expected).unwrap_or_else(|e| panic!("{name}: {e}"));
        let ran =
            run(&["check", &file.to_string_lossy(), "--format", "json", "--airflow", "3.3.2"], "");
        let keys = ["id", "level", "line", "column"];
        let found: Vec<Value> = ran
            .findings()
            .iter()
            .map(|f| {
                Value::Object(keys.map(|k| (k.to_string(), f[k].clone())).into_iter().collect())
            })
            .collect();
        rules.extend(found.iter().map(|f| f["id"].to_string()));
        if json!(found) != expected {
            let lines = |all: &Value| {
                all.as_array()
                    .expect("a list")
                    .iter()
                    .map(|f| format!("    {f}\n"))
                    .collect::<String>()
            };
            failures.push(format!(
                "{name}\n  expected\n{}  found\n{}",
                lines(&expected),
                lines(&json!(found))
            ));
        }
        let fails = found.iter().any(|f| f["level"] == json!("error"));
        assert_eq!(ran.code, i32::from(fails), "{name}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(files.len() >= 20 && rules.len() >= 15, "{} files, {} rules", files.len(), rules.len());
    let expectations = common::files_below(&folder)
        .iter()
        .filter(|p| p.to_string_lossy().ends_with(".expected.json"))
        .count();
    assert_eq!(expectations, files.len(), "an expectation without a file");
}

// --- what convert says of what it wrote

#[test]
fn a_team_that_is_lost_is_told() {
    const TEAM: &str =
        "AIRFLOW_CONN__TEAM_A___LAKE=aws://\nAIRFLOW_CONN_API=http://api.example.com\n";
    for (to, more, told) in [
        ("export-json", &[][..], true),
        ("aws-secrets", &[], true),
        ("terraform", &[], true),
        ("dotenv", &[], false),
        ("helm", &[], false),
        ("export-json", &["--airflow", "3.1.0"], false),
    ] {
        let ran = convert(TEAM, "env", to, more);
        assert_eq!(ran.code, 0, "{to}: {}", ran.err);
        assert_eq!(ran.err.contains("does not give back the team"), told, "{to}: {}", ran.err);
        assert!(!ran.err.contains("`api`"), "{to}: {}", ran.err);
    }
}

#[test]
fn quotes_are_written_as_readers_of_the_file_take_them() {
    for (login, differ) in [("it's", false), ("it's $5", false), ("it's `x`", true)] {
        let line = format!(
            "{{\"conn_id\": \"a\", \"conn_type\": \"http\", \"login\": \"{login}\", \"host\": \"h\"}}\n"
        );
        let ran = convert(&line, "jsonl", "env", &["--value", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(ran.err.contains("readers of this file differ"), differ, "{}", ran.err);
        let checked = run(&["check", "-", "--from", "env", "--format", "concise"], &ran.out);
        assert_eq!(checked.out.contains("AC809"), differ, "{}{}", ran.out, checked.out);
        let back = convert(&ran.out, "env", "jsonl", &[]);
        assert!(back.out.contains(login), "{}", back.out);
    }
}
