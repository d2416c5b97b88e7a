//! The forms of a report: each is judged by its schema or by what its reader takes, with places
//! that were counted by hand.

use crate::common;

use std::collections::BTreeSet;

use airconn::report::RENDERERS;
use common::{Ran, fixture_text, run};
use serde_json::{Value, json};

/// Two findings with places, in two lines; the second line begins with characters of two and four
/// bytes.
const INPUT: &str = "a=postgres://user:100%@host/db\né😀=x://u:sec%ret@h\n";

fn check(format: &str, more: &[&str]) -> Ran {
    let arguments = [
        &[
            "check",
            "-",
            "--stdin-filename",
            "some dir/a#b.env",
            "--from",
            "airflow-env",
            "--select",
            "AC202",
        ],
        more,
    ]
    .concat();
    run(&[&arguments[..], &["--format", format]].concat(), INPUT)
}

/// What a schema says against a value.
fn complaints(schema: &str, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn report_schema() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.json"))
        .expect("the schema")
}

/// Every invalid file of the fixtures, in one report.
fn everything(format: &str) -> Ran {
    let files = common::files_below(&common::fixture("invalid"));
    let files: Vec<_> = files
        .iter()
        .map(|f| f.to_string_lossy().into_owned())
        .filter(|f| !f.ends_with(".expected.json"))
        .collect();
    let files: Vec<_> =
        files.iter().map(String::as_str).filter(|f| !f.ends_with("README.md")).collect();
    assert!(files.len() > 20);
    run(&[&["check", "--format", format], &files[..]].concat(), "")
}

#[test]
fn json_is_what_its_schema_says() {
    for ran in [check("json", &[]), everything("json")] {
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(complaints(&report_schema(), &report), Vec::<String>::new());
    }
    let mut broken: Value = serde_json::from_str(&check("json", &[]).out).expect("JSON");
    broken["findings"][0]["level"] = json!("fatal");
    assert_eq!(complaints(&report_schema(), &broken).len(), 1);
}

#[test]
fn sarif_is_what_the_official_schema_says() {
    let schema = fixture_text("schemas/sarif-2.1.0.json");
    for ran in [check("sarif", &[]), everything("sarif")] {
        let log: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(complaints(&schema, &log), Vec::<String>::new());
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        let results = run["results"].as_array().expect("results");
        let mut prints = BTreeSet::new();
        for result in results {
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(result["message"]["text"].as_str().is_some_and(|t| !t.is_empty()));
            assert!(
                prints.insert(result["partialFingerprints"]["primaryLocationLineHash"].as_str()),
                "{result}"
            );
        }
        // What GitHub shows of a rule.
        for rule in rules {
            assert!(rule["help"]["markdown"].as_str().is_some_and(|t| t.len() > 100), "{rule}");
            assert!(
                rule["shortDescription"]["text"].is_string()
                    && rule["defaultConfiguration"]["level"].is_string()
            );
        }
    }
    let log: Value = serde_json::from_str(&check("sarif", &[]).out).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], json!("unicodeCodePoints"));
    let place = |i: usize| run["results"][i]["locations"][0]["physicalLocation"].clone();
    let artifact = json!({"uri": "some%20dir/a%23b.env", "uriBaseId": "%SRCROOT%"});
    assert_eq!(
        place(0),
        json!({"artifactLocation": artifact, "region": {"startLine": 1, "startColumn": 22, "endLine": 1, "endColumn": 23}})
    );
    assert_eq!(
        place(1)["region"],
        json!({"startLine": 2, "startColumn": 13, "endLine": 2, "endColumn": 14})
    );
    let mut broken = log.clone();
    broken["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!complaints(&schema, &broken).is_empty());
}

#[test]
fn github_annotations() {
    let out = check("github", &[]).out;
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with(
            "::warning file=some dir/a#b.env,line=1,endLine=1,col=22,endColumn=23,title=AC202 malformed-percent::`%25` is not followed"
        ),
        "{out}"
    );
    assert!(lines[0].contains("%0Ain connection `a`, /password%0Ahelp"), "{out}");
    // A broken file is a line of its own, whatever is in it.
    let out = everything("github").out;
    let is_line = |line: &str| {
        ["error", "warning", "notice"]
            .iter()
            .any(|level| line.starts_with(&format!("::{level} file=")))
    };
    assert!(out.lines().count() > 30 && out.lines().all(is_line), "{out}");
}

#[test]
fn gitlab_code_quality() {
    for ran in [check("gitlab", &[]), everything("gitlab")] {
        let issues: Vec<Value> = serde_json::from_str(&ran.out).expect("a list");
        let mut prints = BTreeSet::new();
        for issue in &issues {
            assert!(
                ["description", "check_name", "fingerprint"]
                    .iter()
                    .all(|k| issue[*k].as_str().is_some_and(|t| !t.is_empty()))
            );
            assert!(
                ["info", "minor", "major", "critical", "blocker"]
                    .contains(&issue["severity"].as_str().unwrap_or_default())
            );
            assert!(
                issue["location"]["path"].is_string()
                    && issue["location"]["lines"]["begin"].as_u64() >= Some(1)
            );
            assert!(prints.insert(issue["fingerprint"].to_string()), "twice: {issue}");
        }
    }
    let issues: Vec<Value> = serde_json::from_str(&check("gitlab", &[]).out).expect("a list");
    assert_eq!(issues[1]["location"], json!({"path": "some dir/a#b.env", "lines": {"begin": 2}}));
}

#[test]
fn junit_xml() {
    let out = check("junit", &[]).out;
    assert!(
        out.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"airconn\" tests=\"2\" failures=\"2\">\n"),
        "{out}"
    );
    assert!(
        out.contains("<testcase name=\"AC202 malformed-percent /password\" classname=\"airconn\" file=\"some dir/a#b.env\" line=\"2\">"),
        "{out}"
    );
    let none = run(&["check", "-", "--from", "uri", "--format", "junit"], "generic://h\n").out;
    assert!(
        none.contains("tests=\"1\" failures=\"0\"") && none.contains("&lt;stdin&gt;"),
        "{none}"
    );
    // A note is no failure, and what stands twice has two names.
    let notes = "AIRFLOW_CONN_A='x://Host?a=1&b=2'\n";
    let notes = run(&["check", "-", "--from", "env", "--format", "junit"], notes).out;
    assert!(
        notes.contains("tests=\"4\" failures=\"2\"") && notes.contains("<system-out>"),
        "{notes}"
    );
    assert!(notes.contains("\"AC206 typed-query-value a /extra/*** (2)\""), "{notes}");
    // A reader of XML takes it: every tag that opens closes, in order.
    for text in [out, none, notes, everything("junit").out] {
        let mut open = Vec::new();
        for tag in text.split('<').skip(2).filter_map(|t| t.split('>').next()) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name.to_string()), "{text}"),
                None if tag.ends_with('/') => {}
                None => open.push(tag.split(' ').next().unwrap_or_default().to_string()),
            }
        }
        assert_eq!(open, Vec::<String>::new());
    }
}

#[test]
fn a_line_for_each_finding() {
    let out = check("concise", &[]).out;
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines[0].starts_with("some dir/a#b.env:1:22: warning[AC202] [*] malformed-percent: `%` is"),
        "{out}"
    );
    assert!(lines[0].ends_with(" (connection `a`, /password)"), "{out}");
    let ways_on = [
        "2 warnings in 2 connections (1 file), Airflow 3.3.2/server, 3.3.2/worker",
        "[*] 2 fixable with `--fix`; add `--diff` to see the changes first",
        "`airconn explain AC202` says more",
    ];
    assert_eq!(lines[2..], ways_on);
}

#[test]
fn runtimes_are_named_where_they_differ() {
    let input = "AIRFLOW_CONN_A='http://u:100%@h/?k=5'\n";
    let ran = run(&["check", "--format", "concise", "--stdin-filename", ".env", "-"], input);
    let named = |rule: &str| {
        let line = ran.out.lines().find(|line| line.contains(rule)).expect(rule);
        line.contains("Airflow 3.3.2/")
    };
    assert!(named("AC206") && !named("AC202"), "{}", ran.out);
}

// --- where they go

#[test]
fn several_reports_of_one_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a report");
    let (sarif, human, json) =
        (format!("sarif={}", file("a.sarif")), format!("human={}", file("a.txt")), file("a.json"));
    let ran = check("concise", &["--format", &sarif, "--format", &human]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, check("concise", &[]).out);
    assert_eq!(read("a.sarif"), check("sarif", &[]).out);
    assert_eq!(read("a.txt"), check("human", &[]).out);
    // A file has no colours, whatever the terminal has.
    assert!(!read("a.txt").contains('\u{1b}'));
    let ran = check("json", &["-o", &json]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(read("a.json"), check("json", &[]).out);
    // With --output standard output stays free for nothing: a second form needs a file of its own.
    assert_eq!(check("json", &["--output", &json, "--format", &sarif]).code, 0);
    for wrong in [
        &["--format", "human"][..],
        &["--format", "xml"],
        &["--format", "sarif="],
        &["--format", &sarif, "--format", &sarif],
    ] {
        let ran = check("json", wrong);
        assert!(ran.code == 2 && ran.out.is_empty() && !ran.err.is_empty(), "{wrong:?} {ran:?}");
    }
    let unknown = check("xml", &[]).err;
    assert!(RENDERERS.iter().all(|r| unknown.contains(r.name)), "{unknown}");
    assert_eq!(check("json", &["-o", &file("no/such/folder/x")]).code, 2);
}

// --- fingerprints

#[test]
fn fingerprints_outlive_edits_and_hold_no_value() {
    let prints = |text: &str| -> Vec<String> {
        let ran = run(
            &["check", "-", "--from", "airflow-env", "--format", "gitlab", "--select", "AC202"],
            text,
        );
        let issues: Vec<Value> = serde_json::from_str(&ran.out).expect("a list");
        issues.iter().map(|i| i["fingerprint"].as_str().expect("a text").to_string()).collect()
    };
    let before = prints("a=x://u:1%@h\nb=x://u:2%@h\n");
    assert_eq!(before.len(), 2);
    // Another place and another password: the same findings.
    assert_eq!(prints("# new\n\na=x://user:other%@h?a=b\nb=x://u:2%@h\n"), before);
    // Another connection, another number of them: others.
    assert_eq!(prints("c=x://u:1%@h\n").iter().filter(|p| before.contains(p)).count(), 0);
    let twice = prints("a=x://u:1%2@h:1/%zz\na=x://u:1%@h\n");
    assert_eq!(twice.iter().collect::<BTreeSet<_>>().len(), twice.len());
}

/// What `check` says about the sample of the README.
fn sample(more: &[&str]) -> Ran {
    let file = common::fixture("sample/connections.env");
    run(&[&["check", file.to_str().expect("a path in UTF-8")], more].concat(), "")
}

#[test]
fn findings_are_counted_by_rule() {
    let json = sample(&["--statistics", "--format", "json"]).out;
    let counts: Value = serde_json::from_str(&json).expect("JSON");
    let counts = counts.as_array().expect("a list");
    let report: Value = serde_json::from_str(&sample(&["--format", "json"]).out).expect("a report");
    let found = report["findings"].as_array().expect("findings");
    assert!(counts.len() > 5, "{json}");
    for count in counts {
        let of = |what: &str, is: Value| {
            found.iter().filter(|f| f["id"] == count["id"] && f[what] == is).count()
        };
        let id = &count["id"];
        assert_eq!(count["count"], found.iter().filter(|f| f["id"] == *id).count(), "{id}");
        assert_eq!(count["safe"], of("fix", json!("safe")), "{id}");
        assert_eq!(count["unsafe"], of("fix", json!("unsafe")), "{id}");
    }
    assert!(counts.is_sorted_by(|a, b| a["count"].as_u64() >= b["count"].as_u64()), "{json}");

    let ran = sample(&["--statistics"]);
    let most = counts[0]["count"].to_string() + "  ";
    assert!(ran.out.starts_with(&most), "{}", ran.out);
    assert_eq!(ran.out.matches("airconn explain").count(), 1, "{}", ran.out);
    assert_eq!(ran.code, sample(&[]).code);

    let refused = sample(&["--statistics", "--format", "sarif"]);
    assert!(refused.err.contains("human, concise or json, not sarif"), "{}", refused.err);
    assert_eq!(refused.code, 2);
}

#[test]
fn help_says_what_to_type_and_where_the_other_is() {
    let text = "AIRFLOW_CONN_A=postgres://u:p@h.example.com/d?sslmode=requre\n\n\
                AIRFLOW_CONN_A=postgres://u:p@h.example.com/d\n";
    let ran = run(&["check", "--from", "env", "-", "--format", "json"], text);
    let report: Value = serde_json::from_str(&ran.out).expect("a report");
    let helps = |id: &str| {
        let found = report["findings"].as_array().expect("findings").iter();
        found.filter(|f| f["id"] == id).map(|f| f["help"].clone()).collect::<Vec<_>>()
    };
    let modes = "write one of disable, allow, prefer, require, verify-ca, verify-full";
    assert_eq!(helps("AC408"), [modes]);
    let other = "the other is in line 1: remove one, or give it an id of its own";
    assert_eq!(helps("AC107"), [other]);
}

#[test]
fn quiet_leaves_notes_and_sums_out_and_verbose_says_what_was_read() {
    let usual = sample(&["--format", "concise"]).out;
    let quiet = sample(&["--quiet", "--format", "concise"]).out;
    let lines: Vec<&str> = usual.lines().collect();
    let findings = lines.iter().filter(|line| line.contains("connections.env:"));
    assert_eq!(quiet.lines().collect::<Vec<_>>(), findings.copied().collect::<Vec<_>>());
    let nothing = tempfile::tempdir().expect("a folder");
    let folder = nothing.path().to_str().expect("a path in UTF-8");
    assert!(run(&["check", folder], "").err.contains("no file with connections"));
    assert_eq!(run(&["check", "-q", folder], "").err, "");
    let verbose = sample(&["-v"]).err;
    assert!(verbose.contains("connections.env: env, 5 connections, Airflow 3.3.2/"), "{verbose}");
    assert_eq!(sample(&[]).err, "");
}

#[test]
fn a_diff_has_the_colours_of_git() {
    let plain = sample(&["--diff", "--color", "never"]).out;
    let coloured = sample(&["--diff", "--color", "always"]).out;
    for (sign, colour) in [("---", 1), ("+++", 1), ("@@", 36), ("-AIRFLOW", 31), ("+AIRFLOW", 32)] {
        assert!(plain.contains(&format!("\n{sign}")) || plain.starts_with(sign), "{plain}");
        assert!(coloured.contains(&format!("\u{1b}[{colour}m{sign}")), "{coloured}");
    }
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

/// Reads standard output until it holds a text.
fn until(lines: &mut impl std::io::BufRead, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        let bytes = lines.read_line(&mut read).expect("text");
        assert!(bytes > 0, "it ended: {read}");
    }
    read
}

#[test]
fn a_watch_checks_again_when_a_file_changes() {
    const BAD: &str = "AIRFLOW_CONN_A='postgres://u:p#w@h/d'\n";
    let folder = common::folder_with([("a.env", BAD)]);
    let mut command = common::airconn();
    command.args(["check", "--watch", "--format", "concise", "--select", "AC201,AC303", "."]);
    command.current_dir(folder.path()).stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("it starts");
    let mut out = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    // A watch that sees nothing would never end: its end is the end of the pipe.
    let (seen, waits) = std::sync::mpsc::channel::<()>();
    let end = std::thread::spawn(move || {
        let seen = waits.recv_timeout(common::deadline::LONG);
        child.kill().expect("a child of ours");
        child.wait().expect("a child of ours");
        seen.is_ok()
    });
    let first = until(&mut out, "1 error in 1 connection");
    assert!(first.contains("AC201"), "{first}");
    let bad_type = "AIRFLOW_CONN_A='postgress://u:p@h/d'\n";
    std::fs::write(folder.path().join("a.env"), bad_type).expect("a file");
    let second = until(&mut out, "in 1 connection");
    assert!(second.contains("[AC303]") && !second.contains("[AC201]"), "{second}");
    // As editors do: a new file takes the place of the old one.
    std::fs::write(folder.path().join("b.txt"), BAD).expect("a file");
    std::fs::rename(folder.path().join("b.txt"), folder.path().join("a.env")).expect("a file");
    let third = until(&mut out, "1 error in 1 connection");
    assert!(third.contains("AC201"), "{third}");
    seen.send(()).expect("somebody waits");
    assert!(end.join().expect("a thread"));
}

#[test]
fn a_watch_is_for_files() {
    for arguments in [&["check", "--watch", "-"][..], &["check", "--watch", "--fix", "."]] {
        assert_eq!(run(arguments, "").code, 2, "{arguments:?}");
    }
}

#[test]
fn sarif_holds_repairs_as_edits_unless_they_are_secret() {
    let text = "AIRFLOW_CONN_A='{\"conn_type\": \"postgres\", \"host\": \"h\", \"user\": \"bi\"}'\n\
                AIRFLOW_CONN_É='postgres://app:tide#4-low@h/d'\n";
    let arguments = ["check", "-", "--stdin-filename", "a.env", "--select", "AC103,AC201"];
    let ran = run(&[&arguments[..], &["--format", "sarif"]].concat(), text);
    let log: Value = serde_json::from_str(&ran.out).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let fixes = |rule: &str| {
        let of_rule = results.iter().find(|r| r["ruleId"] == rule).expect("a finding of the rule");
        of_rule["fixes"].clone()
    };
    assert_eq!(fixes("AC201"), Value::Null, "a password that is encoded is still the password");
    let change = &fixes("AC103")[0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a.env");
    let edit = &change["replacements"][0];
    let column = |name: &str| {
        assert_eq!(edit["deletedRegion"][name.replace("Column", "Line")], 1);
        edit["deletedRegion"][name].as_u64().expect("a column") as usize - 1
    };
    let (start, end) = (column("startColumn"), column("endColumn"));
    let inserted = edit["insertedContent"]["text"].as_str().expect("a text");
    let line = text.lines().next().expect("a line");
    assert_eq!(
        format!("{}{inserted}{}", &line[..start], &line[end..]),
        "AIRFLOW_CONN_A='{\"conn_type\": \"postgres\", \"host\": \"h\", \"login\": \"bi\"}'"
    );
}

/// What GitHub's code scanning asks of rules (GH2012 of Microsoft's validator), and the address of
/// a page.
#[test]
fn sarif_describes_its_rules() {
    let log: Value = serde_json::from_str(&everything("sarif").out).expect("JSON");
    let driver = &log["runs"][0]["tool"]["driver"];
    assert!(driver["informationUri"].as_str().is_some_and(|uri| uri.starts_with("https://")));
    let rules = driver["rules"].as_array().expect("rules");
    assert!(rules.len() > 15, "{}", rules.len());
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        let full = rule["fullDescription"]["text"].as_str().expect("a description");
        assert!((20..=1024).contains(&full.len()) && !full.starts_with(['|', '#']), "{id}: {full}");
        let page = rule["helpUri"].as_str().expect("an address");
        assert!(page.ends_with(&format!("/rules/{id}/")), "{page}");
    }
}
