//! Small repositories, one text file each (`fixtures/trees`): what a walk reads in them, and every
//! finding that it makes, none in most.

use std::collections::BTreeMap;

use crate::common::{Ran, airconn, feed, files_below, fixture, folder_with};

/// A tree as it stands in its file.
struct Tree {
    /// What it is called.
    name: String,
    /// The arguments of `check`; `.` where none are given.
    arguments: Vec<String>,
    /// How many connections are read, if that is said.
    reads: Option<u64>,
    /// The exit code, if another than that of the findings.
    exits: Option<i32>,
    /// Words that standard error holds.
    says: Vec<String>,
    /// `FILE:LINE LEVEL RULE`, sorted.
    findings: Vec<String>,
    /// Names and texts of its files.
    files: Vec<(String, String)>,
}

/// What it is about stands first, then what is expected, then its files, each behind a line
/// `--- NAME ---`.
fn parsed(name: &str, text: &str) -> Tree {
    let mut tree = Tree {
        name: name.to_string(),
        arguments: vec![".".to_string()],
        reads: None,
        exits: None,
        says: Vec::new(),
        findings: Vec::new(),
        files: Vec::new(),
    };
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if let Some(file) = bare.strip_prefix("--- ").and_then(|rest| rest.strip_suffix(" ---")) {
            tree.files.push((file.to_string(), String::new()));
        } else if let Some((_, text)) = tree.files.last_mut() {
            text.push_str(line);
        } else if let Some(arguments) = bare.strip_prefix("> check ") {
            tree.arguments = arguments.split(' ').map(str::to_string).collect();
        } else if let Some(count) = bare.strip_prefix("reads ") {
            tree.reads = Some(count.parse().unwrap_or_else(|e| panic!("{name}: {bare}: {e}")));
        } else if let Some(code) = bare.strip_prefix("exits ") {
            tree.exits = Some(code.parse().unwrap_or_else(|e| panic!("{name}: {bare}: {e}")));
        } else if let Some(words) = bare.strip_prefix("says ") {
            tree.says.push(words.to_string());
        } else if [" error AC", " warning AC", " info AC"].iter().any(|mark| bare.contains(mark)) {
            tree.findings.push(bare.to_string());
        }
    }
    assert!(!tree.files.is_empty(), "{name}: no files");
    tree.findings.sort();
    tree
}

impl Tree {
    fn checked(&self) -> Ran {
        let folder = folder_with(self.files.iter().map(|(name, text)| (&**name, &**text)));
        let mut command = airconn();
        command.arg("check").args(["--format", "json"]).args(&self.arguments);
        command.current_dir(folder.path());
        command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        feed(command, b"")
    }

    /// What differs from what is expected.
    fn faults(&self) -> Vec<String> {
        let ran = self.checked();
        let Ok(report) = serde_json::from_str::<serde_json::Value>(&ran.out) else {
            let expected = self.exits == Some(ran.code) && self.findings.is_empty();
            let said = self.says.iter().all(|words| ran.err.contains(words));
            return if expected && said { Vec::new() } else { vec![format!("{ran:?}")] };
        };
        let mut faults = Vec::new();
        let mut counted: BTreeMap<String, i32> = BTreeMap::new();
        for finding in report["findings"].as_array().expect("findings") {
            let level = finding["level"].as_str().expect("a level");
            *counted
                .entry(format!(
                    "{}:{} {level} {}",
                    finding["file"].as_str().expect("a file"),
                    finding["line"],
                    finding["id"].as_str().expect("a rule"),
                ))
                .or_default() += 1;
        }
        self.findings.iter().for_each(|f| *counted.entry(f.clone()).or_default() -= 1);
        for (finding, count) in counted.into_iter().filter(|(_, count)| *count != 0) {
            faults.push(format!(
                "{finding}: {} than expected",
                if count > 0 { "more" } else { "less" }
            ));
        }
        let read = &report["summary"]["connections"];
        if self.reads.is_some_and(|reads| *read != reads) {
            faults.push(format!("{read} connections are read, not {:?}", self.reads));
        }
        if self.exits.is_some_and(|code| code != ran.code) {
            faults.push(format!("exit code {}, not {:?}", ran.code, self.exits));
        }
        for words in self.says.iter().filter(|words| !ran.err.contains(*words)) {
            faults.push(format!("standard error does not say `{words}`: {}", ran.err));
        }
        faults
    }
}

#[test]
fn trees_have_exactly_the_findings_that_are_due() {
    let trees: Vec<Tree> = files_below(&fixture("trees"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            parsed(&name, &std::fs::read_to_string(path).expect("UTF-8"))
        })
        .collect();
    let silent = trees.iter().filter(|tree| tree.findings.is_empty()).count();
    let faults: Vec<String> = trees
        .iter()
        .flat_map(|tree| {
            let faults = tree.faults();
            faults.into_iter().map(|fault| format!("{}: {fault}", tree.name))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(trees.len() >= TREES && silent >= SILENT, "{} trees, {silent} silent", trees.len());
}

/// So many there are at least, and so many of them without a finding.
const TREES: usize = 357;
const SILENT: usize = 157;
