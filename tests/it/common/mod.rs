//! What several tests need: the binary in surroundings of the test's own, and the fixtures.
#![allow(dead_code, reason = "every test uses its own part of this module")]

pub(crate) mod deadline;
pub(crate) mod examples;
pub(crate) mod messages;
pub(crate) mod spellings;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// The findings of `check --format json`, and behind each what is there because of it.
    pub(crate) fn findings(&self) -> Vec<serde_json::Value> {
        let report: serde_json::Value =
            serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no report ({e}): {self:?}"));
        let findings = report["findings"].as_array().expect("findings");
        let inside = |finding: &serde_json::Value| {
            let inside = finding["consequences"].as_array();
            inside.cloned().unwrap_or_default()
        };
        findings.iter().flat_map(|f| std::iter::once(f.clone()).chain(inside(f))).collect()
    }

    /// One JSON value for each line of standard output.
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }
}

/// The binary, without anything of the surroundings that could change what it does.
pub(crate) fn airconn() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_airconn"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let one = [
            "CI",
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
            "COLUMNS",
            "TERM",
            "RUST_BACKTRACE",
            "GITHUB_ACTIONS",
        ];
        if ["AIRCONN_", "AIRFLOW_", "AWS_", "GIT_", "PG"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
            || one.contains(&&*text)
        {
            command.env_remove(name);
        }
    }
    // Whether the fixtures stand in a repository is nothing to the tests; one that is about git
    // takes this away.
    command.env("GIT_DIR", "/nowhere");
    command
}

/// A folder with these files.
pub(crate) fn folder_with<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Runs the binary with these arguments and this standard input.
pub(crate) fn run(arguments: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
    let mut command = airconn();
    command.args(arguments);
    feed(command, stdin.as_ref())
}

/// Runs a command with this standard input.
pub(crate) fn feed(mut command: Command, stdin: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let bytes = stdin.to_vec();
    // A program that does not read its input closes the pipe: no error of the test.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// The path of a file under `fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The text of a file under `fixtures/`.
pub(crate) fn fixture_text(name: &str) -> String {
    let path = fixture(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
