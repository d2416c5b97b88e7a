//! Texts that people read are plain English: phrases that once had to be read twice do not come
//! back.

use std::path::Path;

use crate::common;

/// Phrases, and what is said instead.
const PHRASES: &[(&str, &str)] = &[
    ("in earnest", "read by"),
    ("leaves the others alone", "the others are still read"),
    ("others that are aimed at", "the names of the runtimes"),
    ("is lost without a word", "silently replaces"),
    ("does not keep this conn_id", "drops it and stores the connection without an id"),
    ("the driver stumbles over", "the driver raises an exception"),
    ("somebody must sit before it", "needs a browser"),
    ("what people read has colours", "when to use colors"),
    ("tells more, not needed", "optional"),
    ("what is written is not used to log in", "this is ignored"),
    ("The least level of findings", "if a finding has this level or a higher one"),
    ("that this project began with", "a tutorial"),
    ("Beside what people do", "Compared with other tools"),
    ("the road", "step, the probe, stops at"),
    ("Only the connections of this id", "Inspect only the connection of this id"),
];

/// `is no JSON` is not English: `is not JSON`. (`there is no …` is.)
const THINGS: &[&str] = &[
    "field",
    "IP address",
    "integer",
    "JSON",
    "UTF-8",
    "argument",
    "boolean",
    "private key",
    "baseline",
    "Airflow version",
    "assignment",
    "YAML",
    "base64",
    "URL",
    "text",
    "XML",
    "HTTP",
    "number",
    "address",
    "database",
    "Redshift",
    "object",
    "URI",
    "regular file",
];

/// The faults of a text, each with its line.
fn faults(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (phrase, instead) in PHRASES {
            if line.contains(phrase) {
                found.push(format!("{}: `{phrase}`: say `{instead}`", number + 1));
            }
        }
        for verb in [" is no ", " are no "] {
            for (at, _) in line.match_indices(verb) {
                let there = line[..at].ends_with("there") || line[..at].ends_with("There");
                let rest = &line[at + verb.len()..];
                let thing = THINGS.iter().find(|thing| {
                    rest.strip_prefix(**thing)
                        .is_some_and(|end| !end.starts_with(|c: char| c.is_alphanumeric()))
                });
                if let Some(thing) = thing.filter(|_| !there) {
                    found.push(format!("{}: `{verb}{thing}`: say `not`", number + 1));
                }
            }
        }
    }
    found
}

#[test]
fn texts_are_plain_english() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = common::files_below(&root.join("src"));
    files.extend(common::files_below(&root.join("docs")));
    files.extend(["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(|name| root.join(name)));
    let mut all = Vec::new();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "rs" || e == "md")) {
        let text = std::fs::read_to_string(file).expect("text");
        let name = file.strip_prefix(root).expect("below").display();
        all.extend(faults(&text).into_iter().map(|fault| format!("{name}:{fault}")));
    }
    assert!(files.len() > 400, "{} files", files.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn faults_are_seen() {
    for (text, count) in [
        ("extra is no JSON object", 1),
        ("these bytes are no UTF-8.", 1),
        ("there is no database of this name", 0),
        ("this is no longer text", 0),
        ("which is no textbook", 0),
        ("this plugin opens a browser: somebody must sit before it", 1),
    ] {
        assert_eq!(faults(text).len(), count, "{text}");
    }
}
