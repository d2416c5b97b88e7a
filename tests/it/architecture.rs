//! The shape of the source tree: who may import whom, who may do I/O, and the habits that a reader
//! relies on.

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A source file: its path below `src`, its text, and its lines of code (no comments, no strings,
/// no unit tests).
struct File {
    path: String,
    text: String,
    code: Vec<(usize, String)>,
}

/// What of `check` a report may name.
const REPORT_MAY_NAME: &[&str] =
    &["Checked", "Finding", "LeftOut", "Level", "REACH", "Rule", "Safety", "rules"];

/// Only these modules do I/O.
const IO: &[&str] = &["cli", "probe", "files"];

/// The one file with `unsafe`: around the port of a C library.
const UNSAFE: &str = "airflow/libyaml.rs";

/// About so many lines; a file over it is split by noun.
const MAX_LINES: usize = 480;

/// Files that are longer, with the number of lines that they may have and the reason.
const LONGER: &[(&str, usize, &str)] = &[];

/// So wide may a line be.
const MAX_COLUMNS: usize = 100;

/// A word of this length leaves nowhere to break its line.
const LONG_WORD: usize = 80;

/// Files with wider lines, and why.
const WIDER: &[(&str, &str)] = &[("report/human.rs", "a report as it looks")];

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = common::files_below(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"));
    files
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let path =
                path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let code = code(&text);
            File { path, text, code }
        })
        .collect()
}

/// The numbered lines of a file without its comments, the insides of its literals, and its unit
/// tests.
fn code(text: &str) -> Vec<(usize, String)> {
    let blanked = blanked(text);
    let without_tests = match blanked.split_once("#[cfg(test)]\nmod tests {") {
        Some((before, rest)) => {
            let (tests, after) = rest.split_once("\n}\n").unwrap_or((rest, ""));
            format!("{before}{}{after}", "\n".repeat(tests.matches('\n').count() + 3))
        }
        None => blanked,
    };
    without_tests
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.to_string()))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect()
}

/// The text with blanks for comments and for the insides of strings and characters.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let hide = |from: usize, to: usize, out: &mut String| {
        out.extend(chars[from..to].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }))
    };
    while at < chars.len() {
        let rest = &chars[at..];
        let word_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
        let end = if rest.starts_with(&['/', '/']) {
            at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
        } else if rest[0] == 'r' && !word_before && rest.get(1 + hashes) == Some(&'"') {
            let close: Vec<char> =
                std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let start = 2 + hashes;
            at + rest[start..]
                .windows(close.len())
                .position(|w| w == close)
                .map_or(rest.len(), |n| start + n + close.len())
        } else if rest[0] == '"' {
            let mut escaped = false;
            let inside = rest[1..].iter().position(|c| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            at + inside.map_or(rest.len(), |n| n + 2)
        } else if rest.starts_with(&['\'', '\\']) {
            at + rest[3..].iter().position(|c| *c == '\'').map_or(rest.len(), |n| n + 4)
        } else if rest.len() > 2 && rest[0] == '\'' && rest[2] == '\'' {
            at + 3
        } else {
            out.push(rest[0]);
            at += 1;
            continue;
        };
        hide(at, end, &mut out);
        at = end;
    }
    out
}

impl File {
    /// The module at the top of the crate that this file belongs to; `None` for lib.rs and main.rs.
    fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next().unwrap_or_default();
        Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|m| !matches!(*m, "lib" | "main"))
    }

    /// Every `crate::a::b…` of the code with the names that follow, groups taken apart:
    /// `crate::a::{b, c::d}` gives `a::b` and `a::c::d`.
    fn imports(&self) -> Vec<(usize, String)> {
        self.paths("crate::")
    }

    /// Where the file stands among the modules: `check/rules/mod.rs` is `["check", "rules"]`.
    fn place(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.trim_end_matches("mod").trim_end_matches('/');
        let whole = path.split('/').filter(|part| !matches!(*part, "" | "lib" | "main"));
        whole.map(str::to_string).collect()
    }

    /// Everything of the crate that the code names, from the top: `super::` is followed.
    fn uses(&self) -> Vec<(usize, Vec<String>)> {
        let parts = |path: &str| path.split("::").map(str::to_string).collect::<Vec<_>>();
        let crate_wide = self.imports().into_iter().map(|(line, path)| (line, parts(&path)));
        let above = self.paths("super::").into_iter().map(|(line, path)| {
            let mut place = self.place();
            place.pop();
            let path = parts(&path);
            let more = path.iter().take_while(|part| *part == "super").count();
            place.truncate(place.len().saturating_sub(more));
            (line, [place, path[more..].to_vec()].concat())
        });
        crate_wide.chain(above).collect()
    }

    /// The names that it hands on from others, each with what it stands for.
    fn handed_on(&self) -> Vec<(String, Vec<String>)> {
        let text: String =
            self.code.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n");
        let mut found = Vec::new();
        for (at, _) in text.match_indices(" use ") {
            let before = text[..at].rsplit('\n').next().unwrap_or_default().trim();
            if before != "pub" && !(before.starts_with("pub(") && before.ends_with(')')) {
                continue;
            }
            expand("", &text[at + " use ".len()..], &mut |path| {
                let parts: Vec<String> = path.split("::").map(str::to_string).collect();
                let mut from = match parts[0].as_str() {
                    "crate" => Vec::new(),
                    "super" => self.place()[..self.place().len().saturating_sub(1)].to_vec(),
                    _ => self.place(),
                };
                let relative = matches!(parts[0].as_str(), "crate" | "super" | "self");
                from.extend_from_slice(&parts[usize::from(relative)..]);
                found.push((parts[parts.len() - 1].clone(), from));
            });
        }
        found
    }

    /// The same for another root.
    fn paths(&self, root: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let text: String =
            self.code.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n");
        let lines: Vec<usize> = self.code.iter().map(|(number, _)| *number).collect();
        for (at, _) in text.match_indices(root) {
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || "_$:".contains(c)) {
                continue;
            }
            let line = lines[text[..at].matches('\n').count()];
            expand("", &text[at + root.len()..], &mut |path| found.push((line, path)));
        }
        found
    }
}

/// Reads a path of a `use`, or of an expression, at the start of `text`; returns what follows it.
fn expand<'t>(prefix: &str, text: &'t str, found: &mut dyn FnMut(String)) -> &'t str {
    let text = text.trim_start();
    if let Some(mut inside) = text.strip_prefix('{') {
        loop {
            inside = expand(prefix, inside, found).trim_start();
            match inside.strip_prefix(',') {
                Some(rest) if rest.trim_start().starts_with('}') => inside = rest.trim_start(),
                Some(rest) => {
                    inside = rest;
                    continue;
                }
                None => {}
            }
            return inside.strip_prefix('}').unwrap_or("");
        }
    }
    let end =
        text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}::{name}") };
    match rest.strip_prefix("::") {
        Some(rest)
            if rest
                .trim_start()
                .starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '{' || c == '*') =>
        {
            expand(&path, rest, found)
        }
        _ => {
            found(path);
            match rest.trim_start().strip_prefix("as ") {
                Some(renamed) => {
                    renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
                }
                None => rest,
            }
        }
    }
}

/// Every line of code that one of these patterns stands in, in files that `applies` picks.
fn offences(patterns: &[&str], applies: impl Fn(&File) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources().iter().filter(|f| applies(f)) {
        for (number, line) in &file.code {
            found.extend(
                patterns
                    .iter()
                    .filter(|p| holds(line, p))
                    .map(|p| format!("src/{}:{number}: {p}", file.path)),
            );
        }
    }
    found
}

/// The pattern stands in the line, not as the end of a longer name.
fn holds(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !pattern.starts_with(char::is_alphabetic)
            || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn this_test_can_read_rust() {
    assert_eq!(
        blanked("a \"x // \\\" y\" b // c\n'\\'' r#\"q\"\"# 'l: '\"' d").replace(' ', ""),
        "ab\n'l:d"
    );
    let file = |text: &str| File {
        path: "check/x.rs".to_string(),
        text: text.to_string(),
        code: code(text),
    };
    let paths =
        |text: &str| file(text).imports().into_iter().map(|(_, path)| path).collect::<Vec<_>>();
    assert_eq!(paths("use crate::{a, b::{c, d::e,},};"), ["a", "b::c", "b::d::e"]);
    assert_eq!(
        paths("pub(in crate::a) fn f() { crate::b::c::<D>(); } // crate::no"),
        ["a", "b::c"]
    );
    assert_eq!(
        paths(
            "let x = \"crate::no\";\n\nuse crate::model::*;\n#[cfg(test)]\nmod tests {\n use crate::cli;\n}\n\nuse crate::z;"
        ),
        ["model::*", "z"]
    );
    assert_eq!(file("\n\n crate::a").imports(), [(3, "a".to_string())]);
    assert!(
        holds("x.unwrap()", ".unwrap()")
            && holds("std::fs::read", "std::fs")
            && !holds("my_unsafe fn", "unsafe ")
    );
}

/// What each module may use, as the table of ARCHITECTURE.md has it: what a module may use, its
/// users may use too, unless the table says that they see only a part of it.
fn layers() -> BTreeMap<String, BTreeSet<String>> {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md"))
            .expect("ARCHITECTURE.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|l| l.starts_with("| `src/"))
        .map(|l| l.split('|').map(str::trim).collect())
        .collect();
    let name = |row: &[&str]| {
        row[1]
            .trim_matches('`')
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .trim_end_matches('/')
            .to_string()
    };
    let all: BTreeSet<String> = rows.iter().map(|row| name(row)).collect();
    let mut layers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        let quoted = row[3].split('`').skip(1).step_by(2).map(str::to_string);
        let mut uses: BTreeSet<String> =
            if row[3] == "everything" { all.clone() } else { quoted.collect() };
        assert!(
            uses.is_subset(&all),
            "{}: {:?} has no line of its own",
            row[1],
            uses.difference(&all).next()
        );
        if !row[3].contains("only") {
            let below: Vec<String> =
                uses.iter().filter_map(|used| layers.get(used)).flatten().cloned().collect();
            uses.extend(below);
        }
        uses.remove(&name(row));
        layers.insert(name(row), uses);
    }
    layers
}

#[test]
fn modules_use_only_what_is_below_them() {
    let layers = layers();
    assert!(
        layers["source"].is_empty()
            && layers["airflow"].contains("source")
            && !layers["report"].contains("model"),
        "{layers:#?}"
    );
    for (module, uses) in &layers {
        assert!(
            uses.iter().all(|used| !layers[used].contains(module)),
            "{module} uses what uses it"
        );
    }
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(module) = file.module() else { continue };
        let allowed = layers.get(module).unwrap_or_else(|| {
            panic!("src/{}: {module} has no line in ARCHITECTURE.md", file.path)
        });
        for (line, path) in file.uses() {
            let used = path.first().map_or("", String::as_str);
            if used != module && !allowed.contains(used) {
                let path = path.join("::");
                wrong.push(format!("src/{}:{line}: {module} must not use {path}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Which files use each other in a circle: all that are left when those are taken away, again and
/// again, that use none of the others or are used by none. A file that names modules below it is
/// their parent, and may be used by them.
fn circles(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let by_place: BTreeMap<Vec<String>, &File> =
        files.iter().filter(|f| f.path != "main.rs").map(|file| (file.place(), file)).collect();
    let mut handed_on: BTreeMap<(Vec<String>, String), Vec<String>> = BTreeMap::new();
    for file in files {
        for (name, from) in file.handed_on() {
            handed_on.insert((file.place(), name), from);
        }
    }
    // The file in which a path ends: names are followed to where they come from.
    let file_of = |path: &[String]| {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let known = (0..=path.len()).rev().find(|n| by_place.contains_key(&path[..*n]))?;
            let next = path
                .get(known)
                .and_then(|name| handed_on.get(&(path[..known].to_vec(), name.clone())));
            match next {
                Some(from) if *from != path => path = [from, &path[known + 1..]].concat(),
                _ => return by_place.get(&path[..known]).copied(),
            }
        }
        None
    };
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let used = file.uses().into_iter().filter_map(|(_, path)| file_of(&path));
        let is_child = |other: &File| {
            file.path.ends_with("mod.rs") && other.place().starts_with(&file.place())
        };
        let others = used.filter(|other| other.path != file.path && !is_child(other));
        edges.insert(file.path.clone(), others.map(|other| other.path.clone()).collect());
    }
    loop {
        let used: BTreeSet<String> = edges.values().flatten().cloned().collect();
        let before = edges.len();
        edges.retain(|file, others| !others.is_empty() && used.contains(file));
        let left: BTreeSet<String> = edges.keys().cloned().collect();
        edges.values_mut().for_each(|others| others.retain(|other| left.contains(other)));
        if edges.len() == before {
            return edges;
        }
    }
}

#[test]
fn files_do_not_use_each_other() {
    let file = |path: &str, text: &str| File {
        path: path.to_string(),
        text: text.to_string(),
        code: code(text),
    };
    let found = |files: &[File]| circles(files).into_keys().collect::<Vec<_>>();
    // A parent and its children, and a name that is handed on.
    let mut files = vec![
        file("a/mod.rs", "pub mod b;\npub mod c;\npub use b::B;\nuse c::C as D;"),
        file("a/b.rs", "use super::c::{C as E, F};\nuse super::X;"),
        file("a/c.rs", "use super::X;"),
        file("d.rs", "use crate::a::{self as z, B};"),
    ];
    assert_eq!(found(&files), [""; 0]);
    files[2] = file("a/c.rs", "fn f() { super::super::d::g() }");
    assert_eq!(found(&files), ["a/b.rs", "a/c.rs", "d.rs"]);
    files[2] = file("a/c.rs", "use crate::a::B;");
    assert_eq!(found(&files), ["a/b.rs", "a/c.rs"]);

    let circles = circles(&sources());
    assert!(circles.is_empty(), "{circles:#?}");
}

/// What is read has kinds of faults; `check` alone knows which rule reports them. Unit tests may
/// name rules, and the table of the probe's steps has ids of its own.
#[test]
fn only_check_knows_rules() {
    const WHOLE_TABLES: &[&str] = &["probe/steps.rs"];
    let is_rule = |rest: &str| {
        let id = rest.as_bytes();
        id.len() > 3 && id[..3].iter().all(u8::is_ascii_digit) && id[3] == b'"'
    };
    let mut found = Vec::new();
    for file in sources() {
        if file.module() == Some("check") || WHOLE_TABLES.contains(&file.path.as_str()) {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().collect();
        for line in file.code.iter().map(|(number, _)| number) {
            if lines[line - 1].split("\"AC").skip(1).any(is_rule) {
                found.push(format!("src/{}:{line}: {}", file.path, lines[line - 1].trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn reports_see_findings_and_positions_only() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|f| f.module() == Some("report")) {
        for (line, path) in file.imports() {
            let mut parts = path.split("::");
            let fine = match (parts.next(), parts.next()) {
                (Some("check"), Some(name)) => REPORT_MAY_NAME.contains(&name),
                (Some("source"), _) | (Some("report"), _) => true,
                _ => false,
            };
            if !fine {
                wrong.push(format!("src/{}:{line}: {path}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_and_the_probe_do_io() {
    // Addresses are values, and `Write` is whatever the caller gives: a report is written into
    // memory.
    const NO_IO: &[&str] =
        &["net::IpAddr", "net::Ipv4Addr", "net::Ipv6Addr", "io::Write", "io::Result"];
    let mut found = Vec::new();
    for file in sources().iter().filter(|f| f.module().is_some_and(|m| !IO.contains(&m))) {
        for (line, path) in file.paths("std::") {
            let module = path.split("::").next().unwrap_or_default();
            let does_io =
                ["io", "fs", "env", "net", "process", "thread", "time", "os"].contains(&module);
            if does_io && !NO_IO.iter().any(|fine| path.starts_with(fine)) {
                found.push(format!("src/{}:{line}: std::{path}", file.path));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let patterns = [
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "tokio::",
        "aws_sdk",
        "aws_config",
        "tokio_postgres",
    ];
    let found = offences(&patterns, |file| file.module().is_some_and(|m| !IO.contains(&m)));
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The command line writes through its own output, too.
    let found = offences(&["print!", "println!", "eprint!", "eprintln!"], |file| {
        file.module().is_some_and(|m| IO.contains(&m))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Opening waits for the other end of a pipe, and reading for what never comes: `src/files` alone
/// knows how not to. Files that a repair has made beside another are looked at by name before.
#[test]
fn files_are_opened_in_one_place() {
    const MAY: &[&str] = &["cli/replace/beside.rs", "probe/x509/tests.rs"];
    let patterns =
        ["fs::read(", "fs::read_to_string(", "File::open(", "::pem_file_iter(", "::from_pem_file("];
    let found = offences(&patterns, |file| {
        file.module() != Some("files") && !MAY.contains(&file.path.as_str())
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn unsafe_stands_in_one_file() {
    let found =
        offences(&["unsafe ", "unsafe{", "allow(unsafe_code", "expect(unsafe_code"], |file| {
            file.path != UNSAFE
        });
    assert!(found.is_empty(), "{}", found.join("\n"));
    let around = sources().into_iter().find(|f| f.path == UNSAFE).expect("the file with unsafe");
    let blocks = around.code.iter().filter(|(_, line)| holds(line, "unsafe {")).count();
    assert!(
        blocks <= around.text.matches("// SAFETY:").count(),
        "{blocks} blocks, and not every one says why it is sound"
    );
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        let limit = LONGER
            .iter()
            .find(|(path, ..)| *path == file.path)
            .map_or(MAX_LINES, |(_, limit, _)| *limit);
        if lines > limit {
            wrong.push(format!(
                "src/{}: {lines} lines, at most {limit}; split it by noun",
                file.path
            ));
        }
    }
    for (path, limit, reason) in LONGER {
        let lines =
            sources().iter().find(|f| f.path == *path).map_or(0, |f| f.text.lines().count());
        assert!(
            lines > MAX_LINES && *limit > MAX_LINES && !reason.is_empty(),
            "{path} is no exception any more"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|f| !f.text.starts_with("//! ")).map(|f| f.path).collect();
    assert!(silent.is_empty(), "no sentence at the top: {silent:?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let found = offences(
        &[
            ".unwrap()",
            "dbg!",
            "todo!",
            "unimplemented!",
            "panic!",
            ".unwrap_unchecked(",
            "process::exit",
            "allow(dead_code",
            "allow(unused",
        ],
        |_| true,
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
    let words: Vec<_> = sources()
        .iter()
        .flat_map(|f| {
            f.text
                .lines()
                .enumerate()
                .map(|(i, l)| (format!("src/{}:{}", f.path, i + 1), l.to_string()))
                .collect::<Vec<_>>()
        })
        .filter(|(_, line)| ["TODO", "FIXME", "XXX", "HACK"].iter().any(|word| line.contains(word)))
        .collect();
    assert!(words.is_empty(), "{words:?}");
}

#[test]
fn nobody_imports_everything() {
    let found = offences(&["super::*;", "self::*;", "::*;", "::*,", "::*}"], |_| true);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What is special about a connection type that is known in detail stands in its line of `HOOKS`:
/// whoever tells such types apart by name elsewhere has a second list. These files name them for
/// another reason.
const NAME_TYPES: &[(&str, &str)] = &[
    ("airflow/uri/mod.rs", "Airflow's own normalisation of `postgresql`"),
    ("check/rules/extra/ac401_double_encoded_extra.rs", "one extra of the catalogue"),
    ("check/rules/extra/ac402_stringly_boolean.rs", "extras called `redshift…`"),
    ("check/rules/extra/ac406_hidden_field_filled.rs", "rows by type, of types without a hook too"),
    ("check/rules/extra/ac407_private_key_shape.rs", "rows by type, of types without a hook too"),
    ("catalog/meant.rs", "names that people write for a type"),
    ("check/rules/ids/ac304_conn_type_normalised.rs", "Airflow's own normalisation"),
    ("check/rules/mod.rs", "names of groups of rules"),
    ("check/rules/redshift/ac515_ignored_extra.rs", "an extra called `redshift`"),
    ("check/rules/repairs.rs", "an extra called `redshift`, and a connection that is made"),
    ("check/rules/uri/ac210_not_a_database_url.rs", "SQLAlchemy's dialects"),
    ("cli/probe/human.rs", "the name of a fact in a report"),
    ("format/commands/keeper.rs", "the name of a command"),
    ("format/clients/dbt.rs", "dbt's names of its adapters"),
    ("format/clients/jdbc.rs", "what a URL of each driver becomes"),
    ("format/clients/libpq.rs", "what a string of libpq becomes"),
    ("format/clients/redshift_connector.rs", "what arguments of this driver become"),
    ("format/clients/sqlalchemy.rs", "SQLAlchemy's dialects"),
    ("probe/aws/answers.rs", "the name of a service of AWS"),
    ("probe/aws/calls.rs", "the name of a service of AWS"),
    ("probe/aws/iam.rs", "the name of a service of AWS, and of a partition"),
    ("probe/wire/query.rs", "the name of a fact in a report"),
];

#[test]
fn hooks_alone_tell_their_types_apart() {
    let types: Vec<String> = airconn::hooks::HOOKS
        .iter()
        // Those that are data are named in data alone; many have the name of a scheme.
        .filter(|hook| hook.data.is_none())
        .map(|hook| format!("\"{}\"", hook.conn_type))
        .collect();
    let (mut wrong, mut named) = (Vec::new(), BTreeSet::new());
    for file in sources() {
        if file.module().is_none_or(|m| m == "hooks") {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().collect();
        for (number, _) in &file.code {
            let line = lines[number - 1];
            if !types.iter().any(|name| line.contains(name.as_str())) {
                continue;
            }
            match NAME_TYPES.iter().find(|(path, _)| *path == file.path) {
                Some((path, _)) => drop(named.insert(*path)),
                None => wrong.push(format!("src/{}:{number}: {}", file.path, line.trim())),
            }
        }
    }
    assert!(wrong.is_empty(), "ask the line of HOOKS instead:\n{}", wrong.join("\n"));
    let idle: Vec<_> = NAME_TYPES.iter().filter(|(path, _)| !named.contains(path)).collect();
    assert!(idle.is_empty(), "these name no type any more: {idle:?}");
}

#[test]
fn lines_are_within_a_hundred_columns() {
    let excused = |path: &str| WIDER.iter().any(|(file, _)| *file == path);
    let mut wide = Vec::new();
    for file in sources().iter().filter(|file| !excused(&file.path)) {
        for (number, line) in file.text.lines().enumerate() {
            let long_word = || line.split(' ').any(|word| word.chars().count() > LONG_WORD);
            if line.chars().count() > MAX_COLUMNS && !long_word() {
                wide.push(format!("src/{}:{}", file.path, number + 1));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}
