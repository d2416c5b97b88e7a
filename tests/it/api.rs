//! The public names of the library are those of `fixtures/api.txt`: whoever changes them sees that
//! a user's program may no longer compile. `AIRCONN_BLESS=1` writes the list anew.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common;

/// The names that `lib.rs` exports, and the functions of its types.
fn names() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a source file");
    let mut exported = BTreeSet::new();
    for part in read(&root.join("lib.rs")).split("\npub use ").skip(1) {
        let part = part.split(';').next().expect("a part");
        let list = part.split_once("::").map_or(part, |(_, list)| list);
        let names = list.split(|c: char| !c.is_alphanumeric() && c != '_');
        exported.extend(names.filter(|name| !name.is_empty()).map(String::from));
    }
    let mut names = exported.clone();
    for path in common::files_below(&root.join("facade")) {
        let mut of = String::new();
        for line in read(&path).lines() {
            if line.starts_with("impl") {
                let head = line.trim_end_matches(" {").rsplit(' ').next().unwrap_or_default();
                of = head.split('<').next().unwrap_or_default().to_string();
            }
            if let Some(rest) = line.strip_prefix("    pub fn ")
                && exported.contains(&of)
            {
                let name = rest.split(['(', '<']).next().expect("a name");
                names.insert(format!("{of}::{name}"));
            }
        }
    }
    names
}

#[test]
fn public_names_are_those_that_are_listed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/api.txt");
    let names = names();
    assert!(names.contains("Checker::check_str") && names.contains("parse_uri"), "{names:?}");
    let text: String = names.iter().map(|name| format!("{name}\n")).collect();
    if std::env::var_os("AIRCONN_BLESS").is_some() {
        std::fs::write(&file, &text).expect("the list");
    }
    let listed = std::fs::read_to_string(&file).expect("the list");
    assert_eq!(listed, text, "run AIRCONN_BLESS=1 cargo test --test it api:: if that is meant");
}

#[test]
fn the_facade_is_small() {
    let types = names().into_iter().filter(|name| !name.contains("::")).count();
    assert!((10..=24).contains(&types), "{types} names");
}
