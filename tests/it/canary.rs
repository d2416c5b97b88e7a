//! No slip of the pen shows a secret: in every form, with one character deleted or inserted around
//! the secret, whatever it is read by.
//!
//! Runs in process, [`CASES`] drawn by a seeded generator; `AIRCONN_CANARY_CASES` and
//! `AIRCONN_CANARY_SEED` say otherwise.

use crate::common;
use crate::common::spellings;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::check;
use airconn::cli::run_into;
use airconn::format::{FORMATS, Holds, Item, ValueForm, WriteOptions, by_name};
use airconn::model::{Connection, Secret, Value};
use airconn::report::{FileReport, RENDERERS, Report};
use airconn::source::Source;
use spellings::Spellings;

/// How many cases the suite has.
const CASES: usize = 20_000;

/// Secrets, and the pieces of each that must not be seen. None has a word that anything else
/// prints.
const SECRETS: &[(&str, &[&str])] = &[
    ("Zq7canary9XwLk2vBn5", &["Zq7canary9XwLk2vBn5"]),
    ("Zq7canary@9XwLk2#vBn5Hd4", &["Zq7canary", "9XwLk2", "vBn5Hd4"]),
    ("P@Zq7canary9Xw/Lk2vBn5", &["Zq7canary9Xw", "Lk2vBn5"]),
    ("P@Zq7canary9Xw?Lk2vBn5", &["Zq7canary9Xw", "Lk2vBn5"]),
    ("Zq7canary9XwLk2:vBn5Hd4Qr8", &["Zq7canary9XwLk2", "vBn5Hd4Qr8"]),
    ("bF23kzDQ#Hs6s9LLR", &["bF23kzDQ", "Hs6s9LLR"]),
    ("Zq7canary9XwLk2vBn5Hd4==", &["Zq7canary9XwLk2vBn5Hd4"]),
    ("kT8fRcanary7MDZq7bWmPdHsY9XwLk2vBn5Hd3Ge", &["kT8fRcanary7MDZq7bWmPdHsY9XwLk2vBn5Hd3Ge"]),
];

/// Characters that mean something to some form.
const SIGNS: &[char] = &[
    '@', ':', '/', '?', '#', '&', '=', '%', '"', '\'', '\\', ' ', '\n', '\r', '{', '}', '[', ']',
    ',', ';', '|', '<', '>', '-', '+', '$', '`', '!', '*', 'x', '7', 'é',
];

/// What a text is given to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Reader {
    /// Every renderer of `check`, through the library.
    Renderers,
    Diff,
    Table,
    Lines,
    Convert,
    Plan,
    PlanJson,
    Baseline,
    Causes,
    Upgrade,
}

const READERS: &[Reader] = &[
    Reader::Renderers,
    Reader::Diff,
    Reader::Table,
    Reader::Lines,
    Reader::Convert,
    Reader::Plan,
    Reader::PlanJson,
    Reader::Baseline,
    Reader::Causes,
    Reader::Upgrade,
];

/// A generator of numbers (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A text with a secret in it.
struct Form {
    format: &'static str,
    text: String,
    secret: usize,
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

/// A connection with the secret in one of its fields; where that is the login, nothing stands
/// beside it.
fn connections(secret: &str) -> Vec<Connection> {
    let text = |text: &str| Value::text(text.to_string());
    let mut all = Vec::new();
    for (conn_type, host) in [
        ("postgres", "db.example.com"),
        ("redshift", "dwh.example.com"),
        ("aws", ""),
        ("http", "api.example.com"),
        ("slack", ""),
        ("sendgrid", ""),
        ("databricks", "dbc.example.com"),
        ("ssh", "bastion.example.com"),
    ] {
        let whole = Connection {
            conn_type: text(conn_type),
            host: text(host),
            login: text(if conn_type == "aws" { "AKIAIOSFODNN7EXAMPLE" } else { "etl" }),
            password: Secret::new(text(secret)),
            schema: text("dev"),
            port: if host.is_empty() { Value::Null } else { Value::Int(5439) },
            ..Connection::default()
        };
        all.push(Connection {
            login: text(secret),
            password: Secret::new(Value::Null),
            ..whole.clone()
        });
        all.push(Connection { host: text(secret), ..whole.clone() });
        all.push(Connection { schema: text(secret), ..whole.clone() });
        all.push(Connection { description: text(secret), ..whole.clone() });
        for extra in [
            "{\"token\": \"{s}\"}",
            "{\"private_key\": \"{s}\", \"iam\": true}",
            "{\"{s}\": 1}",
            "{\"role_arn\": \"{s}\"}",
        ] {
            let extra = Secret::new(text(&extra.replace("{s}", secret)));
            all.push(Connection {
                extra,
                password: Secret::new(text("Tide4low")),
                ..whole.clone()
            });
        }
        all.push(whole);
    }
    all
}

/// Every form with every secret: what writers write, and the forms of `fixtures/forms/read.txt`.
fn forms() -> Vec<Form> {
    let runtime = Runtime::newest(Side::Server);
    let mut forms = Vec::new();
    for (number, (secret, _)) in SECRETS.iter().enumerate() {
        let mut add = |format: &'static str, text: String| {
            // What a careless hand writes: nothing is encoded.
            let raw = SIGNS.iter().fold(text.clone(), |raw, sign| {
                raw.replace(&format!("%{:02X}", *sign as u32), &sign.to_string())
            });
            let is_there = |text: &String| text.contains(secret);
            forms.extend([raw, text].into_iter().filter(is_there).map(|text| Form {
                format,
                text,
                secret: number,
            }));
        };
        for format in FORMATS.iter().filter(|format| format.is_read() && format.is_written()) {
            for connection in connections(secret) {
                for value in [ValueForm::Uri, ValueForm::Json] {
                    let item = Item {
                        conn_id: Some("dwh".to_string()),
                        connection: connection.clone(),
                        value: None,
                    };
                    let options = WriteOptions::new(&runtime, value);
                    if let Ok(text) = (format.write)(&[item], &options) {
                        add(format.name, text);
                    }
                    if !matches!(format.holds, Holds::EitherText | Holds::UriOrFields) {
                        break;
                    }
                }
            }
        }
        for section in common::fixture_text("forms/read.txt").split("\n### ").skip(1) {
            let (head, text) =
                section.split_once("\n----\n").expect("a line ---- ahead of the text");
            let format = head
                .lines()
                .find_map(|line| line.strip_prefix("format: "))
                .and_then(by_name)
                .expect("a format");
            let masked: Vec<&str> = text.split('«').collect();
            let end = |piece: &str| piece.split_once('»').map(|(_, rest)| rest.to_string());
            let parts = masked.iter().enumerate().map(|(i, piece)| match end(piece) {
                Some(rest) if i > 0 => format!("{secret}{rest}"),
                _ => (*piece).to_string(),
            });
            add(format.name, parts.collect());
        }
    }
    forms
}

/// The text with one character deleted or inserted close to the secret.
fn slipped(text: &str, secret: &str, numbers: &mut Numbers) -> String {
    let places: Vec<usize> = text.match_indices(secret).map(|(at, _)| at).collect();
    let start = *numbers.of(&places);
    let end = start + secret.len();
    let near = |from: usize| -> Vec<usize> {
        let before = text[..from].char_indices().rev().take(4).map(|(at, _)| at);
        let behind = text[from..].char_indices().take(4).map(|(at, _)| from + at);
        before.chain(behind).filter(|at| *at < start || *at >= end).collect()
    };
    let places: Vec<usize> = near(start).into_iter().chain(near(end)).collect();
    let mut slipped = text.to_string();
    match numbers.below(3) {
        0 if !places.is_empty() => _ = slipped.remove(*numbers.of(&places)),
        1 => slipped.insert(*numbers.of(&[start, end]), *numbers.of(SIGNS)),
        _ => {
            let at = *numbers.of(&[places, vec![start, end]].concat());
            slipped.insert(at, *numbers.of(SIGNS));
        }
    }
    slipped
}

/// A fingerprint has so many digits that some are those of the secret by chance.
fn without_fingerprints(text: &str) -> String {
    let is_fingerprint = |piece: &str| {
        piece.len() == 32 && piece.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    text.split('"')
        .map(|piece| if is_fingerprint(piece) { "fingerprint" } else { piece })
        .collect::<Vec<_>>()
        .join("\"")
}

/// The part of a line that gives the secret away, with what stands around it.
fn around(line: &str, spellings: &Spellings) -> String {
    let line = without_fingerprints(line);
    let at = spellings.seen(&line).and_then(|piece| line.find(piece)).unwrap_or(0);
    line.chars().skip(at.saturating_sub(80)).take(200).collect()
}

/// What all forms of a report print.
fn rendered(format: &str, text: &str) -> String {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let source = Source::new("x", text);
    let format = by_name(format).expect("a format");
    let checked = check(&source, 0, format, &runtimes);
    let file = FileReport::new(&source, "x".to_string(), format.name, checked);
    let report = Report::new(vec![file], runtimes.iter().map(Runtime::name).collect());
    RENDERERS.iter().map(|renderer| (renderer.render)(&report)).collect::<Vec<_>>().join("\n")
}

/// What the command prints about these files.
fn printed(reader: Reader, format: &str, files: &[PathBuf], folder: &Path) -> String {
    let known = folder.join("known.json");
    let known = known.to_string_lossy();
    let arguments: Vec<&str> = match reader {
        Reader::Renderers => return String::new(),
        Reader::Diff => vec!["check", "--isolated", "--diff", "--fix=unsafe"],
        Reader::Table => vec!["inspect"],
        Reader::Lines => vec!["inspect", "--format", "jsonl", "--hook"],
        Reader::Convert => vec!["convert", "--to", "export-json"],
        Reader::Plan => vec!["probe", "--dry-run"],
        Reader::PlanJson => vec!["probe", "--dry-run", "--format", "json"],
        Reader::Causes => vec!["check", "--isolated", "--exit-zero", "--causes"],
        Reader::Upgrade => {
            vec!["upgrade", "--isolated", "--from", "airflow=1.10.15", "--to", "airflow=3.3"]
        }
        Reader::Baseline => vec!["check", "--isolated", "--write-baseline", &known],
    };
    // There `--from` is a version, and the format is guessed.
    let from = ["--from", format].into_iter().filter(|_| reader != Reader::Upgrade);
    let arguments = ["airconn"].into_iter().chain(arguments).chain(from).map(OsString::from);
    let arguments = arguments.chain(files.iter().map(|file| file.clone().into_os_string()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    run_into(arguments, &mut out, &mut err);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    match reader {
        // What is written holds the secret: that is its job.
        Reader::Convert => text(err),
        Reader::Baseline => {
            text(out) + &text(err) + &std::fs::read_to_string(&*known).unwrap_or_default()
        }
        _ => text(out) + &text(err),
    }
}

/// Texts for one reader and format, until there are enough for a run.
#[derive(Default)]
struct Batch {
    texts: Vec<String>,
}

struct Hunt {
    folder: tempfile::TempDir,
    spellings: Spellings,
    found: Vec<String>,
}

impl Hunt {
    fn write(&self, texts: &[String]) -> Vec<PathBuf> {
        let write = |(i, text): (usize, &String)| {
            let path = self.folder.path().join(format!("{i:03}"));
            std::fs::write(&path, text).expect("a file in a folder of our own");
            path
        };
        texts.iter().enumerate().map(write).collect()
    }

    fn run(&mut self, reader: Reader, format: &str, texts: &[String]) {
        let files = self.write(texts);
        let seen = |text: &str| self.spellings.seen(&without_fingerprints(text)).is_some();
        if !seen(&printed(reader, format, &files, self.folder.path())) {
            return;
        }
        for (text, file) in texts.iter().zip(&files) {
            let out = printed(reader, format, std::slice::from_ref(file), self.folder.path());
            if let Some(line) = out.lines().find(|line| seen(line)) {
                self.found.push(format!(
                    "{reader:?} of {format}\n  input  {text:?}\n  output {}",
                    around(line, &self.spellings)
                ));
            }
        }
    }
}

#[test]
fn no_slip_of_the_pen_shows_a_secret() {
    let cases = number("AIRCONN_CANARY_CASES", CASES);
    let mut numbers = Numbers(number("AIRCONN_CANARY_SEED", 7) as u64);
    let pieces: Vec<&str> = SECRETS.iter().flat_map(|(_, pieces)| pieces.iter().copied()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut hunt = Hunt { folder, spellings: Spellings::of(&pieces), found: Vec::new() };
    let forms = forms();
    assert!(forms.len() > 5_000, "only {} forms", forms.len());
    let mut batches: BTreeMap<(Reader, &str), Batch> = BTreeMap::new();
    for _ in 0..cases {
        let form = numbers.of(&forms);
        let text = slipped(&form.text, SECRETS[form.secret].0, &mut numbers);
        let reader = *numbers.of(READERS);
        if reader == Reader::Renderers {
            let out = rendered(form.format, &text);
            if let Some(line) =
                out.lines().find(|line| hunt.spellings.seen(&without_fingerprints(line)).is_some())
            {
                hunt.found.push(format!(
                    "{reader:?} of {}\n  input  {text:?}\n  output {}",
                    form.format,
                    around(line, &hunt.spellings)
                ));
            }
            continue;
        }
        let batch = batches.entry((reader, form.format)).or_default();
        batch.texts.push(text);
        if batch.texts.len() == 100 {
            let texts = std::mem::take(&mut batch.texts);
            hunt.run(reader, form.format, &texts);
        }
    }
    for ((reader, format), batch) in batches {
        hunt.run(reader, format, &batch.texts);
    }
    let shown = hunt.found.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    // The command's own hook says of a panic only where it was.
    #[expect(clippy::print_stderr, reason = "a long run tells how many it tried")]
    {
        eprintln!("{} of {cases} give the secret away\n{shown}", hunt.found.len());
    }
    assert!(hunt.found.is_empty(), "the first stand above");
}
