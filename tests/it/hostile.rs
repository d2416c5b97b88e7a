//! Files, repositories and programs that mean harm, or are not what they seem: each run comes to an
//! end, says what it could not read, and reports the rest.
#![cfg(unix)]

use crate::common;
use crate::common::deadline;

use std::path::Path;
use std::process::Command;

use common::{airconn, folder_with};
use deadline::{ended, pipe, sparse, told};

/// A connection with one error.
const BROKEN: &str = "AIRFLOW_CONN_A='postgres://user:pw@host:port/db'\n";

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = airconn();
    command.args(arguments).current_dir(folder).env("HOME", folder.join("home"));
    command.env_remove("GIT_DIR").env_remove("XDG_CONFIG_HOME");
    told(&ended(command))
}

fn link(to: &str, path: &Path) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::os::unix::fs::symlink(to, path).expect("a link");
}

/// How a file in a repository can be made to wait or never to end.
type Trap = fn(&Path);

const TRAPS: &[(&str, Trap)] = &[
    ("a pipe", |path| _ = pipe(path)),
    ("a link to a pipe", |path| {
        let to = pipe(&path.with_file_name("the-pipe"));
        link(to.to_str().expect("a path"), path);
    }),
    ("a device", |path| link("/dev/zero", path)),
    ("a terminal", |path| link("/dev/tty", path)),
    ("the kernel's messages", |path| link("/proc/kmsg", path)),
    ("what the kernel makes up", |path| link("/proc/self/environ", path)),
];

/// Names that a search reads, each in the place of a file: the search ends, finds the connection
/// beside it, and whatever was not read is told where it matters.
#[test]
fn a_search_waits_for_no_file() {
    for (turn, (what, trap)) in TRAPS.iter().enumerate() {
        let names = [
            ("b.env", false),
            ("k.yaml", false),
            ("sub/.env", false),
            (".gitignore", true),
            (".ignore", true),
            ("sub/.gitignore", true),
            (".git/info/exclude", true),
            ("home/.gitconfig", true),
            ("home/.config/git/ignore", true),
            ("airconn.toml", false),
            ("pyproject.toml", false),
        ];
        // Pipes stand for the others, each of which has a third of the places.
        for (_, (name, told)) in
            names.into_iter().enumerate().filter(|(i, _)| turn == 0 || (i + turn) % 3 == 0)
        {
            let folder = folder_with([("a.env", BROKEN), ("sub/c.env", BROKEN)]);
            trap(&folder.path().join(name));
            let (code, out, err) = run(folder.path(), &["check", "--format", "concise", "."]);
            let why = format!("{name} is {what}: {code} {out} {err}");
            assert_eq!(code, if told { 2 } else { 1 }, "{why}");
            assert_eq!(err.contains("is not read"), told, "{why}");
            assert!(out.contains("a.env:1:") && out.contains("sub/c.env:1:"), "{why}");
        }
    }
}

/// Beside a file that cannot be read, the others of a folder that is ignored elsewhere are found.
#[test]
fn what_is_ignored_elsewhere_stays_so() {
    let files = [("a.env", BROKEN), ("b.env", BROKEN), ("sub/c.env", BROKEN), ("d/e.env", BROKEN)];
    let folder = folder_with(files.into_iter().chain([(".gitignore", "b.env\nd/\n")]));
    pipe(&folder.path().join("sub/.gitignore"));
    pipe(&folder.path().join("d/.gitignore"));
    let (code, out, err) = run(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("nothing is ignored in sub: ") && !err.contains("in d"), "{err}");
    for (name, found) in
        [("a.env", true), ("b.env", false), ("sub/c.env", true), ("d/e.env", false)]
    {
        assert_eq!(out.contains(name), found, "{name}: {out}");
    }
}

/// The files that git is looked up in, where AC701 asks for it: a link of git in their places.
#[test]
fn git_is_not_waited_for() {
    let secret = "AIRFLOW_CONN_A='postgres://app:Tr0ub4dorQz8@db.example.com/app'\n";
    for (turn, (what, trap)) in TRAPS.iter().enumerate() {
        let names = [".git", ".git/HEAD", ".git/index", ".git/config", ".git/packed-refs"];
        for (_, name) in
            names.into_iter().enumerate().filter(|(i, _)| turn == 0 || (i + turn) % 3 == 0)
        {
            let folder = folder_with([("a.env", secret), ("b.env", BROKEN)]);
            if name != ".git" {
                let mut git = Command::new("git");
                git.args(["init", "--quiet"]).current_dir(folder.path()).env_remove("GIT_DIR");
                assert!(git.status().expect("git").success());
                let _ = std::fs::remove_file(folder.path().join(name));
            }
            trap(&folder.path().join(name));
            let (code, out, err) = run(folder.path(), &["check", "--format", "concise"]);
            assert!(
                (code == 1 || code == 2 && err.contains(".git is not read"))
                    && out.contains("b.env:1:"),
                "{name} is {what}: {code} {out} {err}"
            );
        }
    }
}

/// An index of 3 GB, which takes no room on the disk, is not read into memory.
#[test]
fn a_large_index_is_not_read() {
    let secret = "AIRFLOW_CONN_A='postgres://app:Tr0ub4dorQz8@db.example.com/app'\n";
    let folder = folder_with([("a.env", secret), ("b.env", BROKEN), (".git/HEAD", "ref: x\n")]);
    sparse(&folder.path().join(".git/index"), 3 << 30, b"DIRC\0\0\0\x02\0\0\0\x01");
    let mut command = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_airconn");
    command.args(["-c", "ulimit -v 1500000 && exec \"$@\"", "x", binary, "check"]);
    command.args(["--format", "concise"]).current_dir(folder.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let (code, out, err) = told(&ended(command));
    assert!(code == 1 && out.contains("b.env:1:"), "{code} {out} {err}");
    assert!(err.contains("AC701 is silent") && err.contains("256 MiB"), "{err}");
}

/// Ignore files that no repository has: not read whole, and told.
#[test]
fn a_large_ignore_file_is_not_read() {
    let folder = folder_with([("a.env", BROKEN)]);
    sparse(&folder.path().join(".gitignore"), 3 << 30, b"*.env\n");
    let (code, out, err) = run(folder.path(), &["check", "--format", "concise"]);
    assert!(code == 2 && out.contains("a.env:1:") && err.contains("256 KiB"), "{code} {out} {err}");
}

/// What a user names may be a pipe: of the shell, with a name, or standard input.
#[test]
fn pipes_that_are_named_are_read() {
    let folder = folder_with([("a.env", BROKEN)]);
    let binary = env!("CARGO_BIN_EXE_airconn");
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.args(["-c", script, "bash", binary]).current_dir(folder.path());
        command.env("HOME", folder.path());
        told(&ended(command))
    };
    pipe(&folder.path().join("named"));
    for script in [
        "\"$1\" check --isolated --from env <(cat a.env)",
        "\"$1\" check --isolated --from env <(sleep 0.3; cat a.env)",
        "cat a.env | \"$1\" check --isolated --from env /dev/stdin",
        "\"$1\" check --isolated --from env /dev/stdin < a.env",
        "(sleep 0.3; cat a.env > named) & \"$1\" check --isolated --from env named; x=$?; wait; exit $x",
        "\"$1\" check --config <(printf 'fail-on = \"error\"') a.env",
    ] {
        let (code, out, err) = shell(script);
        assert!(code == 1 && out.contains("AC102"), "{script}: {code} {out} {err}");
    }
    // Nobody has it open for writing: that comes to an end, too.
    let all = "for c in check inspect 'convert --to jsonl' 'probe --dry-run'; do \
        \"$1\" $c --isolated --from env named || echo $? & done; wait";
    let (_, out, err) = shell(all);
    assert_eq!(
        (out.as_str(), err.matches("nobody writes into this pipe").count()),
        ("2\n2\n2\n2\n", 4),
        "{err}"
    );
    let (code, out, err) = shell("\"$1\" check --isolated --from env <(true)");
    assert!(code == 0 && out.contains("no findings"), "{code} {out} {err}");
}

/// The kernel's messages, which wait for more, named by hand.
#[test]
fn what_never_ends_is_told() {
    let folder = folder_with([("a.env", BROKEN)]);
    let (code, _, err) = run(folder.path(), &["check", "--isolated", "--from", "env", "/dev/zero"]);
    assert!(code == 2 && err.contains("32 MiB"), "{code} {err}");
    let (code, _, err) =
        run(folder.path(), &["check", "--isolated", "--from", "env", "/proc/kmsg"]);
    // Who is not root may not read it; what is left of it is not a connection.
    assert!(code <= 2, "{code} {err}");
}

/// A reader that goes away changes neither what is done nor how it ends.
#[test]
fn a_reader_that_goes_away_changes_no_answer() {
    let many: String =
        (0..4_000).map(|i| format!("AIRFLOW_CONN_A{i}='x://u:p@h:port/'\n")).collect();
    let one = |name: &str| {
        folder_with([(name, many.as_str()), ("b.env", "AIRFLOW_CONN_B='redshift://u:p%@h/d'\n")])
    };
    let binary = env!("CARGO_BIN_EXE_airconn");
    let shell = |folder: &Path, script: &str| {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("set -o pipefail; {script}"), "bash", binary]);
        command.current_dir(folder).env("HOME", folder);
        told(&ended(command))
    };
    let folder = one("a.env");
    for (script, want) in [
        ("\"$1\" check --isolated a.env | head -1", 1),
        ("\"$1\" check --isolated --format json a.env | head -c 10", 1),
        ("\"$1\" check --isolated --exit-zero a.env | head -1", 0),
        ("\"$1\" check --isolated a.env nothing.env 2>&1 | true", 2),
        ("\"$1\" inspect --isolated a.env | head -1", 1),
        ("\"$1\" inspect --isolated a.env 2>&1 | true", 1),
        ("\"$1\" convert --isolated --to jsonl b.env | true", 0),
        ("\"$1\" probe --isolated --dry-run b.env | true", 0),
        ("\"$1\" rules | true", 0),
    ] {
        let (code, _, err) = shell(folder.path(), script);
        assert_eq!((code, err.as_str()), (want, ""), "{script}");
    }
    // Every file is repaired all the same.
    let (code, ..) = shell(folder.path(), "\"$1\" check --isolated --fix a.env b.env 2>&1 | true");
    let repaired = std::fs::read_to_string(folder.path().join("b.env")).expect("b.env");
    assert!(code == 1 && repaired.contains("p%25@"), "{code} {repaired}");
}

/// Definitions of a schema, each of which refers to the one before in this way.
fn doubling(length: usize, one: &dyn Fn(usize) -> String) -> String {
    let all = (1..=length).map(|i| format!(",\"a{i}\": {}", one(i - 1))).collect::<String>();
    format!(
        "{{\"$defs\": {{\"a0\": {{\"$anchor\": \"a0\", \"type\": \"object\"}}{all}}}, \"$ref\": \"#/$defs/a{length}\"}}"
    )
}

/// Schemas of a few lines that ask for more than a machine has: the configuration is refused, and
/// what depends on the connection is a finding.
#[test]
fn schemas_that_explode_are_refused() {
    let twice = |keyword: &'static str| {
        move |i: usize| {
            format!(
                "{{\"{keyword}\": [{{\"$ref\": \"#/$defs/a{i}\"}}, {{\"$ref\": \"#/$defs/a{i}\"}}]}}"
            )
        }
    };
    let anchors = |i: usize| {
        let (next, one) = (i + 1, format!("{{\"$ref\": \"#a{i}\"}}"));
        format!("{{\"$anchor\": \"a{next}\", \"allOf\": [{one}, {one}]}}")
    };
    let everybody =
        (0..12).map(|i| format!("{{\"$ref\": \"#/$defs/a{i}\"}}")).collect::<Vec<_>>().join(",");
    let clique = (0..12)
        .map(|i| format!("\"a{i}\": {{\"allOf\": [{everybody}]}}"))
        .collect::<Vec<_>>()
        .join(",");
    let patterns = (0..200)
        .map(|i| format!("\"p{i}\": {{\"pattern\": \"(\\\\w{{90}}){{{i}}}\"}}"))
        .collect::<Vec<_>>()
        .join(",");
    let deep = "{\"a\":".repeat(400) + "1" + &"}".repeat(400);
    let connection = format!(
        "{{\"conn_id\": \"a\", \"conn_type\": \"our_api\", \"host\": \"h\", \"extra\": {deep}}}\n"
    );
    for (what, schema, refused) in [
        ("allOf", doubling(25, &twice("allOf")), true),
        ("oneOf", doubling(25, &twice("oneOf")), true),
        ("anyOf", doubling(25, &twice("anyOf")), true),
        ("anchors", doubling(25, &anchors), true),
        ("a chain", doubling(20_000, &|i| format!("{{\"$ref\": \"#/$defs/a{i}\"}}")), true),
        ("everybody", format!("{{\"$defs\": {{{clique}}}, \"$ref\": \"#/$defs/a0\"}}"), true),
        ("patterns", format!("{{\"properties\": {{{patterns}}}}}"), true),
        ("a long text", format!("{{\"description\": \"{}\"}}", "x".repeat(2 << 20)), true),
        (
            "twice in each",
            "{\"additionalProperties\": {\"allOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}}"
                .to_string(),
            false,
        ),
    ] {
        let config = "[connection-types]\nour_api.schema = \"s.json\"\n";
        let files = [
            ("c.jsonl", connection.as_str()),
            ("a.env", BROKEN),
            ("s.json", schema.as_str()),
            ("airconn.toml", config),
        ];
        let folder = folder_with(files);
        let (code, out, err) =
            run(folder.path(), &["check", "--format", "concise", "c.jsonl", "a.env"]);
        assert_eq!(code, 2, "{what}: {out} {err}");
        if refused {
            assert!(err.contains("airconn.toml:2:") && err.contains("s.json: "), "{what}: {err}");
        } else {
            assert!(
                out.contains("AC003") && out.contains("not validated") && out.contains("a.env:1:"),
                "{what}: {out} {err}"
            );
        }
    }
}

/// What is nested as deeply as Python reads it, in two files, each on a thread of its own.
#[test]
fn nesting_fits_the_stack() {
    let deep = |open: &str, close: &str| open.repeat(980) + "1" + &close.repeat(980);
    let connection = |id: &str, extra: &str| {
        format!(
            "{{\"conn_id\": \"{id}\", \"conn_type\": \"redshift\", \"host\": \"h\", \"login\": \"u\", \"password\": \"p%\", \"extra\": {extra}}}\n"
        )
    };
    let object = "{\"x\": ".to_string() + &deep("[", "]") + "}";
    let a = connection("a", &deep("{\"a\":", "}")) + &connection("b", &object);
    let folder = folder_with([("a.jsonl", a.as_str()), ("b.jsonl", a.as_str())]);
    for (arguments, codes) in [
        (&["check", "a.jsonl", "b.jsonl"][..], [0, 1]),
        (&["check", "--fix=unsafe", "--diff", "a.jsonl", "b.jsonl"], [0, 1]),
        (&["inspect", "a.jsonl", "b.jsonl"], [0, 1]),
        (&["inspect", "--format", "jsonl", "--hook", "a.jsonl"], [0, 1]),
        (&["convert", "--to", "export-yaml", "a.jsonl"], [0, 1]),
        (&["convert", "--to", "uri", "a.jsonl"], [0, 1]),
        (&["convert", "--to", "terraform", "a.jsonl"], [0, 1]),
        (&["probe", "--dry-run", "a.jsonl", "b.jsonl"], [0, 1]),
    ] {
        let mut command = Command::new("sh");
        let binary = env!("CARGO_BIN_EXE_airconn");
        command
            .args(["-c", "ulimit -s 1024 && exec \"$@\"", "x", binary])
            .args(arguments)
            .arg("--isolated");
        command.current_dir(folder.path()).env("HOME", folder.path());
        let (code, _, err) = told(&ended(command));
        assert!(codes.contains(&code), "{arguments:?}: {code} {err}");
    }
}

/// A `check --fix` that is told to end: every file is the old or the new one, the report tells
/// which, and who is gone does not keep it from ending.
#[test]
fn repairs_that_are_told_to_end_leave_a_report() {
    let one = |i: usize| format!("AIRFLOW_CONN_A{i}='postgres://u:p%@h/d'\n");
    let text: String = (0..400).map(one).collect();
    let repaired = text.replace("p%@", "p%25@");
    let names: Vec<String> = (0..60).map(|i| format!("f{i:02}.env")).collect();
    for (signal, wait) in [("TERM", 300), ("HUP", 700), ("INT", 1_500)] {
        let folder = folder_with(names.iter().map(|name| (name.as_str(), text.as_str())));
        let mut command = airconn();
        command.args(["check", "--isolated", "--fix", "--format", "json"]).args(&names);
        command.current_dir(folder.path()).stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let sent =
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        let (code, out, err) = told(&deadline::end_of(child, signal));
        let changed = |name: &&String| {
            let now = std::fs::read_to_string(folder.path().join(name)).expect("a file");
            assert!(now == text || now == repaired, "{name} is neither the old nor the new one");
            now == repaired
        };
        let done = names.iter().filter(changed).count();
        // Who was too late to stop it finds everything done.
        if done < names.len() {
            assert_eq!(code, 2, "{signal}: {err}");
            assert!(
                err.contains("told to end") || err.contains("ended before its report"),
                "{signal}: {err}"
            );
        }
        if let Ok(report) = serde_json::from_str::<serde_json::Value>(&out) {
            let findings = report["findings"].as_array().expect("findings");
            for finding in findings.iter().filter(|finding| finding["id"] == "AC202") {
                let name = finding["file"].as_str().expect("a name").to_string();
                assert!(!changed(&&name), "{name} is reported as it was, and was changed");
            }
        } else {
            assert!(err.contains("ended before its report"), "{signal}: {out} {err}");
        }
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, names.len(), "{signal}: something is left behind");
    }
}
