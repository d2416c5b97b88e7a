//! No text makes the library panic, and no bytes make the binary do so: a panic is our bug,
//! whatever the input.

use crate::common;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use airconn::airflow::create::create_connection;
use airconn::airflow::python::json_loads::loads_at;
use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::check;
use airconn::format::{FORMATS, Format, Item, Part, ValueForm, WriteOptions, guess};
use airconn::model::{Connection, Value};
use airconn::report::{FileReport, RENDERERS, Report};
use airconn::source::{Source, Text};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Every recorded runtime and a few between and beyond.
static RUNTIMES: LazyLock<Vec<Runtime>> = LazyLock::new(|| {
    let between = [
        Version(2, 0, 0),
        Version(2, 1, 1),
        Version(2, 6, 2),
        Version(3, 0, 0),
        Version(3, 1, 0),
        Version(3, 2, 0),
        Version(3, 3, 0),
    ];
    let between = between
        .into_iter()
        .flat_map(|v| [Runtime::new(v, Side::Server), Runtime::new(v, Side::Worker)]);
    Runtime::recorded().chain(between).collect()
});

/// Everything that airconn does with a text in a format, for these runtimes: read, parse, check,
/// report, write, guess.
fn everything(text: &str, format: &'static Format, runtimes: &[Runtime]) {
    for runtime in runtimes {
        for source in [Text::untraced(text), Text::at(text, 0)] {
            let document = (format.read)(&source, runtime);
            let parsed = document
                .entries
                .iter()
                .filter_map(|e| Some((e.conn_id.clone(), e.parse(runtime).ok()?)));
            let items: Vec<Item> =
                parsed.map(|(conn_id, connection)| item(conn_id, connection)).collect();
            write_everywhere(items, runtime);
        }
    }
    for runtime in runtimes {
        splitting_reads_the_same(text, format, runtime);
    }
    report(text, format, runtimes, 0);
    for piped in [true, false] {
        for name in [
            "-",
            "docker-compose.yml",
            "values.yaml",
            "x.tf",
            "airflow_settings.yaml",
            ".github/workflows/x.yml",
            "x.json",
            "x.yaml",
            "x.env",
            "x.jsonl",
            ".env",
        ] {
            if let Some(guessed) = guess(name, text, piped) {
                assert!(text.is_char_boundary(guessed.skip), "log lines end inside of a character");
                if guessed.skip > 0 {
                    report(text, guessed.format, runtimes, guessed.skip);
                }
            }
        }
    }
}

fn item(conn_id: Option<String>, connection: Connection) -> Item {
    Item { conn_id, connection, value: None }
}

/// A large file is split before it is read: what that gives must be what reading the whole gives.
fn splitting_reads_the_same(text: &str, format: &'static Format, runtime: &Runtime) {
    let Some(parts) = format.split.and_then(|split| split(text)) else { return };
    let read_part = |part: &Part<'_>| {
        let node = loads_at(text, part.span).ok()?;
        let key = Value::text(&*part.conn_id);
        Some(item(
            Some(part.conn_id.to_string()),
            create_connection(&key, &node, &runtime.of_files()).ok()?,
        ))
    };
    let Some(quickly) = parts.iter().map(read_part).collect::<Option<Vec<Item>>>() else { return };
    let source = Text::untraced(text);
    let document = (format.read)(&source, runtime);
    assert!(document.problems.is_empty(), "{}", document.problems[0].message);
    let slowly = document.entries.iter().map(|e| {
        item(e.conn_id.clone(), e.parse(runtime).unwrap_or_else(|e| panic!("{}", e.message)))
    });
    let slowly: Vec<Item> = slowly.collect();
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let written =
        |items: &[Item]| (jsonl.write)(items, &WriteOptions::new(runtime, ValueForm::Uri));
    assert_eq!(written(&quickly), written(&slowly));
}

fn write_everywhere(mut items: Vec<Item>, runtime: &Runtime) {
    for named in [false, true] {
        if named {
            items
                .iter_mut()
                .enumerate()
                .for_each(|(i, item)| item.conn_id = Some(format!("id_{i}")));
        }
        for format in FORMATS {
            for value in [ValueForm::Uri, ValueForm::Json] {
                if let Err(error) = (format.write)(&items, &WriteOptions::new(runtime, value)) {
                    assert!(!error.message.is_empty());
                }
            }
        }
    }
}

/// Checks and renders; places must lie inside of the text and be in order.
fn report(text: &str, format: &'static Format, runtimes: &[Runtime], skip: usize) {
    let source = Source::new("x", text);
    let checked = check(&source, skip, format, runtimes);
    for finding in &checked.findings {
        if let Some(span) = finding.span {
            let range = span.range();
            assert!(
                range.start <= range.end && range.end <= text.len(),
                "{}: {span:?} of {} bytes",
                finding.rule,
                text.len()
            );
            assert!(
                text.is_char_boundary(range.start) && text.is_char_boundary(range.end),
                "{}: {span:?}",
                finding.rule
            );
        }
    }
    let checked_nothing = checked.findings.is_empty();
    let file = FileReport::new(&source, "x".to_string(), format.name, checked);
    let report = Report::new(vec![file], vec![String::new()]);
    for renderer in RENDERERS {
        let nothing_to_say = renderer.name == "github" && checked_nothing;
        assert!(nothing_to_say || !(renderer.render)(&report).is_empty(), "{}", renderer.name);
    }
}

/// Pieces that mean something to at least one reader.
const PIECES: &[&str] = &[
    "://",
    "@",
    "[",
    "]",
    "%zz",
    "%",
    "%41",
    "%C3",
    "%25",
    "%00",
    "#",
    "\"",
    "'",
    "`",
    "$",
    "AIRFLOW_CONN_",
    "AIRFLOW_CONN_A=",
    "export ",
    "{\"",
    "\": \"",
    "\"}",
    "{",
    "}",
    "\"a\":",
    ",",
    "&a",
    "*a",
    "&a [*a]",
    "<<:",
    "<<: *a",
    "- ",
    "|",
    "|\n  ",
    ">",
    ">-\n  ",
    "|2\n",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "\n  ",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{1c}",
    "\u{a0}",
    "😀",
    "é",
    "\u{301}",
    "\\",
    "\\\n",
    "\\u00e9",
    "\\ud800",
    "\\ud83d\\ude00",
    "\\x41",
    "\\q",
    "1234567890123456789012345678901234567890",
    "1e400",
    "-0.0",
    "0x1F",
    "1:30:45",
    "2024-13-01",
    "2024-12-01",
    "NaN",
    ".inf",
    "null",
    "~",
    "true",
    "yes",
    "__extra__=",
    "__extra__=%7B%7D",
    "?",
    "? ",
    "&",
    "=",
    "+",
    ":",
    ": ",
    "/",
    "//",
    "!",
    "!!str ",
    "!!binary ",
    "!!omap",
    "!!set",
    "!!x%ED%A0%80 ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "conn_type",
    "conn_id",
    "\"conn_type\": ",
    "\"extra\": ",
    "\"uri\": ",
    "\"value\": ",
    "\"json\": ",
    "extra_dejson: ",
    "extra: ",
    "uri: ",
    "port: ",
    "password: ",
    "a:\n  ",
    "a: ",
    "postgres",
    "postgresql://",
    "redshift://u:p@h:5439/d?",
    "http://https://",
    "iam=true",
    "***",
    "[::1]",
    "[v1.x]",
    ":65536",
    ":٣",
    " ",
    "x://h\n",
    "a=x://h\n",
    "ⅷ",
    "℀",
    "İ",
    "ß",
    "{\"a\": {\"conn_type\": \"x\"}}",
    "[2026-11-23] INFO - x\n",
    "${",
    "${X}",
    "$$",
    "$(",
    "{{",
    "}}",
    "{{ .x }}",
    "services:\n  a:\n    environment:\n      ",
    "AIRFLOW_CONN_A: ",
    "AIRFLOW__SECRETS__BACKEND_KWARGS=",
    "apiVersion: v1\nkind: Secret\n",
    "data:\n  ",
    "stringData:\n  ",
    "eDovL3U6cCVAaA==\n",
    "env:\n- name: AIRFLOW_CONN_A\n  value: ",
    "extraSecrets:\n  a:\n    data: |\n      ",
    "connections.yaml: |\n    ",
    "resource \"airflow_connection\" \"a\" {\n",
    "extra = jsonencode({",
    "password = ",
    "<<EOT\n",
    "EOT\n",
    "airflow:\n  connections:\n    - conn_id: a\n      ",
    "conn_extra: ",
    "[{\"conn_id\": \"a\", ",
    "\"extra_dejson\": ",
    "\"get_uri\": ",
    "{\"connection_id\": \"a\", ",
    "{\"Name\": \"a\", \"SecretString\": ",
    "{\"data\": ",
    "\"conn_uri\": ",
    "\"engine\": ",
];

/// The files that a user would have, whole lines of which are mutated.
static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut samples: Vec<String> = common::files_below(&common::fixture("valid"))
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.lines().take(40).collect::<Vec<_>>().join("\n") + "\n")
        .collect();
    samples.extend(["a: &x\n  conn_type: x\n  extra: |\n    {\"a\": \"é\"}\nb: *x\n".to_string()]);
    samples
});

fn from_pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// A few neighbouring lines of a sample with pieces put in, taken out or doubled.
fn mutated() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..4u8,
        prop::sample::select(PIECES),
    );
    (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        1..14usize,
        prop::collection::vec(edit, 0..6),
    )
        .prop_map(|(which, from, lines, edits)| {
            let sample = which.get(&SAMPLES);
            let all: Vec<&str> = sample.split_inclusive('\n').collect();
            let start = from.index(all.len());
            let mut text = all[start..(start + lines).min(all.len())].concat();
            for (a, b, kind, piece) in edits {
                let boundary = |at: usize, text: &str| {
                    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
                };
                let mut ends = [
                    boundary(a.index(text.len() + 1), &text),
                    boundary(b.index(text.len() + 1), &text),
                ];
                ends.sort_unstable();
                let [start, end] = ends;
                match kind {
                    0 => text.insert_str(start, piece),
                    1 => text
                        .replace_range(start..end.min(boundary(start + 40, &text).max(start)), ""),
                    2 => text.replace_range(
                        start..end.min(boundary(start + 8, &text).max(start)),
                        piece,
                    ),
                    _ => text.truncate(end),
                }
            }
            text
        })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![1 => any::<String>(), 4 => from_pieces(), 4 => mutated(), 1 => "[\\PC\\n\\t\"'%@:/]{0,40}"]
}

/// The same texts in every run: a failure is found again.
fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

#[test]
fn any_text_in_any_format_for_any_runtime() {
    let picks = prop::collection::vec(0..RUNTIMES.len(), 1..4);
    runner(30_000)
        .run(&(any_text(), 0..FORMATS.len(), picks), |(text, format, picks)| {
            let mut runtimes: Vec<Runtime> =
                picks.into_iter().map(|i| RUNTIMES[i].clone()).collect();
            runtimes.dedup();
            everything(&text, FORMATS[format], &runtimes);
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

/// Commands on a file in a format that is named, in one process.
#[cfg(feature = "cli")]
const COMMANDS: &[&[&str]] = &[
    &["check", "--format", "json"],
    &["check", "--format", "sarif"],
    &["check", "--diff"],
    &["check", "--diff", "--fix=unsafe"],
    &["inspect"],
    &["inspect", "--format", "jsonl", "--hook"],
    &["convert", "--to", "jsonl"],
    &["convert", "--to", "export-yaml"],
    &["convert", "--to", "uri"],
    &["probe", "--dry-run"],
    &["probe", "--dry-run", "--format", "json"],
];

/// No command fails at any text in any format by a mistake of its own. `AIRCONN_CASES` is how many
/// are tried; what was tried is printed by command and format.
#[cfg(feature = "cli")]
#[test]
fn any_text_through_any_command() {
    let cases =
        std::env::var("AIRCONN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600);
    let read: Vec<&'static Format> =
        FORMATS.iter().copied().filter(|format| format.is_read()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x");
    let name = file.to_string_lossy().into_owned();
    let tried = std::cell::RefCell::new(std::collections::BTreeMap::<(String, &str), u32>::new());
    let picks = (any_text(), 0..read.len(), 0..COMMANDS.len());
    let ran = runner(cases).run(&picks, |(text, format, command)| {
        std::fs::write(&file, &text).expect("a file");
        let format = read[format].name;
        let arguments =
            [&["airconn"], COMMANDS[command], &["--isolated", "--from", format, &name]].concat();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let given = arguments.into_iter().map(std::ffi::OsString::from);
        let _ = airconn::cli::run_into(given, &mut out, &mut err);
        *tried.borrow_mut().entry((COMMANDS[command].join(" "), format)).or_default() += 1;
        for said in [out, err] {
            let said = String::from_utf8_lossy(&said);
            prop_assert!(
                !said.contains("AC003") && !said.contains("mistake of its own"),
                "{format}: {said}"
            );
        }
        Ok(())
    });
    ran.unwrap_or_else(|e| panic!("{e}"));
    let tried = tried.into_inner();
    let mut commands = std::collections::BTreeMap::<&str, u32>::new();
    tried.iter().for_each(|((command, _), times)| *commands.entry(command).or_default() += times);
    let mut formats = std::collections::BTreeMap::<&str, u32>::new();
    tried.iter().for_each(|((_, format), times)| *formats.entry(format).or_default() += times);
    #[expect(clippy::print_stderr, reason = "a long run tells how many it tried")]
    {
        eprintln!("{cases} cases\n{commands:#?}\n{formats:#?}");
    }
}

#[test]
fn every_sample_in_every_format_for_every_runtime() {
    for (i, sample) in SAMPLES.iter().enumerate() {
        let text: String = sample.split_inclusive('\n').take(8).collect();
        for (j, format) in FORMATS.iter().enumerate() {
            let runtimes: Vec<Runtime> =
                RUNTIMES.iter().skip((i + j) % 4).step_by(4).cloned().collect();
            everything(&text, format, &runtimes);
        }
    }
}

#[test]
fn what_is_split_reads_as_a_whole() {
    for text in [
        r#"{"a": "x://h", "b": {"conn_type": "x"}}"#,
        r#"{"a": "x://h", "a": "y://h"}"#,
        r#"{"a": "x://h", "\u0061": "y://h"}"#,
        r#"{"\ud800": "x://h"}"#,
        r#"{"\ud83d\ude00é": "x://\u00e9"}"#,
        r#"{"a": ["x://h"], "b": ["x://h", "y://h"]}"#,
        r#"{"a": ["x://h", "y://h"]}"#,
        r#"{"a": []}"#,
        r#"{"": "x://h", "a b": "x://h"}"#,
        r#"{"a": {"conn_type": "x", "conn_id": "a"}, "b": {"conn_id": "a"}}"#,
        r#"{"a": {"conn_type": "x", "port": NaN, "extra": {"a": [1e400, 123456789012345678901234567890]}}}"#,
        r#"{"a": {"conn_type": "x", "conn_type": "y", "extra": "}"}}"#,
        " \t\r\n{ \"a\" : \"x://h\" , \"b\" : \"x://h\" } \n",
        "{\"a\": \"x://h\",}",
        "{x\"a\": \"x://h\"}",
        "\u{feff}{\"a\": \"x://h\"}",
        "{}",
    ] {
        for format in FORMATS {
            RUNTIMES.iter().for_each(|runtime| splitting_reads_the_same(text, format, runtime));
        }
    }
}

/// A runtime of each kind, for the texts that cost time.
fn few() -> Vec<Runtime> {
    vec![
        Runtime::new(Version(2, 2, 5), Side::Server),
        Runtime::newest(Side::Server),
        Runtime::newest(Side::Worker),
    ]
}

/// Read, parsed, checked, guessed and written, once each.
fn lightly(text: &str, format: &'static Format) {
    for runtime in few() {
        let source = Text::untraced(text);
        let document = (format.read)(&source, &runtime);
        let parsed = document.entries.iter().filter_map(|e| e.parse(&runtime).ok());
        let items: Vec<Item> =
            parsed.map(|connection| item(Some("a".to_string()), connection)).collect();
        for format in FORMATS {
            let _ = (format.write)(&items, &WriteOptions::new(&runtime, ValueForm::Uri));
        }
    }
    report(text, format, &[Runtime::newest(Side::Server)], 0);
    let _ = guess("-", text, true);
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 50_000;
    for open in
        ["[", "{\"a\":", "{a: ", "- ", "? ", "(", "%5B", "[[[ ", "{\"extra\": ", "a: [", "\"\\\""]
    {
        let deep = open.repeat(DEPTH / open.len().min(4));
        for text in [
            deep.clone(),
            format!("{deep}{}", "]".repeat(DEPTH)),
            format!("x://h?__extra__={deep}\n"),
            format!("{{\"a\": {deep}"),
            format!("{{\"conn_type\": \"x\", \"extra\": {deep}"),
            format!("AIRFLOW_CONN_A='{{\"extra\": {deep}'\n"),
            format!("a: {deep}\n"),
            format!("a=x://h?k={deep}\n"),
            format!(
                "{{\"conn_id\": \"a\", \"extra\": \"{}\"}}\n",
                deep.replace('\\', "\\\\").replace('"', "\\\"")
            ),
        ] {
            for format in FORMATS {
                lightly(&text, format);
            }
        }
    }
}

#[test]
fn long_lines() {
    const LEN: usize = 300_000;
    for piece in [
        "a",
        "%",
        "%41",
        "é",
        "&",
        "a=b&",
        "#",
        "@",
        ":",
        "'",
        "\"",
        "\\",
        " ",
        "\\u00e9",
        "1",
        "://",
        "*",
        "\r",
        "AIRFLOW_CONN_",
        "{",
    ] {
        let long = piece.repeat(LEN / piece.len());
        for (format, text) in [
            ("uri", format!("x://u:{long}@h?{long}")),
            ("json", format!("{{\"conn_type\": \"x\", \"extra\": \"{long}\"}}")),
            ("jsonl", format!("{{\"uri\": \"x://{long}\"}}")),
            ("env", format!("AIRFLOW_CONN_A=\"{long}\"\nAIRFLOW_CONN_B={long}")),
            ("airflow-env", format!("a=x://{long}\n{long}=y://h")),
            ("export-json", format!("{{\"a\": \"x://{long}\", \"{long}\": 5}}")),
            ("systemd-env", format!("AIRFLOW_CONN_A=\"{long}\"\nAIRFLOW_CONN_B={long}")),
            (
                "dockerfile",
                format!(
                    "ENV AIRFLOW_CONN_A=\"{long}\" B={long}\\\n{long}\nENV AIRFLOW_CONN_B {long}\nRUN <<{long}\n"
                ),
            ),
            (
                "compose",
                format!(
                    "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: \"{long}\"\n      AIRFLOW_CONN_B: {long}\n"
                ),
            ),
            (
                "kubernetes",
                format!(
                    "kind: Secret\ndata:\n  AIRFLOW_CONN_A: \"{long}\"\nstringData:\n  AIRFLOW_CONN_A: 'x://{long}'\n"
                ),
            ),
            ("helm", format!("extraSecrets:\n  a:\n    data: |\n      AIRFLOW_CONN_A: {long}\n")),
            (
                "terraform",
                format!(
                    "resource \"airflow_connection\" \"a\" {{\n  extra = \"{long}\"\n  host = {long}\n}}\n"
                ),
            ),
            ("aws-secrets", format!("{{\"Name\": \"{long}\", \"SecretString\": \"{long}\"}}")),
            ("export-yaml", format!("a: \"x://{long}\"\nb: {long}\nc: |\n  {long}\n")),
        ] {
            let format = FORMATS.iter().find(|f| f.name == format).expect("a format");
            let runtime = Runtime::newest(Side::Server);
            let source = Text::at(&text, 0);
            for entry in (format.read)(&source, &runtime).entries {
                let _ = entry.parse(&runtime);
            }
            report(&text, format, &[runtime], 0);
            let _ = guess("-", &text, true);
        }
    }
}

/// Shapes whose work must grow as the text does: each is read, checked and reported, or guessed, at
/// two sizes.
#[test]
fn work_is_linear() {
    let few = shapes(LEN / TIMES);
    let many = shapes(LEN);
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    for ((name, few), (_, many)) in few.iter().zip(&many) {
        let format = FORMATS.iter().find(|f| f.name == *name).expect("a format");
        grows_as_the_text(few, many, &|text| report(text, format, &runtimes, 0));
    }
    for (few, many) in log_lines(LEN / TIMES).iter().zip(&log_lines(LEN)) {
        grows_as_the_text(few, many, &|text| {
            assert!(guess("-", text, true).is_none_or(|g| g.skip <= text.len()))
        });
    }
}

/// Of the large text.
const LEN: usize = 200_000;

/// So many times the small text fits into the large one.
const TIMES: usize = 4;

/// Compares what two sizes of one shape cost this thread: work in proportion gives the ratio of the
/// sizes, work of the second order its square. What else the machine does lengthens the one or the
/// other, so that the least of several attempts counts.
fn grows_as_the_text(few: &str, many: &str, work: &dyn Fn(&str)) {
    let cost = |text: &str| {
        let before = processor_time();
        work(text);
        processor_time() - before
    };
    let (mut least_few, mut least_many) = (Duration::MAX, Duration::MAX);
    for _ in 0..4 {
        least_few = least_few.min(cost(few));
        least_many = least_many.min(cost(many));
        // What is as short as this tells more of the clock than of the work.
        if least_many < Duration::from_millis(20)
            || least_many < least_few * 2 * u32::try_from(TIMES).expect("a small number")
        {
            return;
        }
    }
    let shown: String = many.chars().take(60).collect();
    panic!(
        "{shown:?}…: {} bytes take {least_few:?}, {} bytes take {least_many:?}",
        few.len(),
        many.len()
    );
}

/// What this thread has had of a processor, which waiting for others does not lengthen; where the
/// system does not tell, the time that passed.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .filter(|nanoseconds| *nanoseconds > 0);
    spent.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

#[test]
fn work_of_the_second_order_is_seen() {
    let pairs = |text: &str| {
        assert!(text.bytes().map(|a| text.bytes().filter(|b| *b == a).count()).sum::<usize>() > 0)
    };
    let text = "ab".repeat(LEN / 40);
    let seen =
        std::panic::catch_unwind(|| grows_as_the_text(&text[..text.len() / TIMES], &text, &pairs));
    assert!(seen.is_err());
}

fn log_lines(len: usize) -> [String; 4] {
    let repeated = |piece: &str| piece.repeat(len / piece.len());
    [
        repeated("a:\n") + "b: [\n",
        "x\n".to_string() + &repeated("a:\n  b: c\n") + "b: [\n",
        "x\n".to_string() + &repeated("{\n"),
        repeated("a=x://h\n") + "x\n",
    ]
}

fn shapes(target: usize) -> Vec<(&'static str, String)> {
    let numbered = |each: &dyn Fn(usize) -> String| {
        (0..)
            .map(each)
            .scan(0, |len, piece| {
                *len += piece.len();
                (*len < target).then_some(piece)
            })
            .collect::<String>()
    };
    let repeated = |piece: &str| piece.repeat(target / piece.len());
    vec![
        ("uri", format!("x://h?{}", numbered(&|i| format!("k{i}=v&")))),
        ("uri", format!("x://h?{}", numbered(&|i| format!("k{i}=1&")))),
        ("uri", format!("x://u:p{}@h/d", repeated("?"))),
        ("uri", format!("x://u:p{}@h/d", repeated("@?a!"))),
        ("uri", format!("x://u:p{}h/d", repeated("@["))),
        ("uri", format!("x://u:p{}h/d", repeated("@a"))),
        ("uri", format!("x://u:p{}@h/d", repeated("#"))),
        ("uri", format!("x://u:p{}@h/d", repeated("%C3"))),
        ("uri", format!("x://u:p{}@h/d", repeated("%2541"))),
        ("uri", repeated("x://u:100%@h?a=1\n")),
        ("env", repeated("AIRFLOW_CONN_A=x://u:100%@h?a=1\n")),
        ("env", repeated("A=\"x\\\"\n")),
        ("env", repeated("A='\n")),
        ("env", repeated("no assignment\n")),
        ("airflow-env", repeated("a=x://u:100%@h?a=1\n")),
        ("airflow-env", numbered(&|i| format!("a{i}=x://u:100%@h?a=1\n"))),
        ("jsonl", repeated("{\"conn_id\": \"a\", \"uri\": \"x://u:100%@h?a=1\"}\n")),
        (
            "json",
            format!(
                "{{\"conn_type\": \"x\", \"extra\": {{{}\"z\": 1}}}}",
                numbered(&|i| format!("\"a{i}\": \"***\","))
            ),
        ),
        (
            "json",
            format!(
                "{{\"conn_type\": \"x\", \"extra\": {{{}\"z\": 1}}}}",
                repeated("\"a\": \"***\",")
            ),
        ),
        (
            "json",
            format!(
                "{{\"conn_type\": \"aws\", \"extra\": {{{}\"z\": 1}}}}",
                numbered(&|i| format!("\"a{i}\": \"x\","))
            ),
        ),
        (
            "json",
            format!(
                "{{\"conn_type\": \"redshift\", \"extra\": {{{}\"z\": 1}}}}",
                numbered(&|i| format!("\"a{i}\": \"x\","))
            ),
        ),
        (
            "export-json",
            format!("{{{}\"z\": 1}}", numbered(&|i| format!("\"a{i}\": \"x://u:100%@h\","))),
        ),
        ("export-json", format!("{{{}\"z\": 1}}", repeated("\"a\": \"x://u:100%@h\","))),
        ("export-json", format!("{{\"a\": [{}1]}}", repeated("\"x://u:100%@h\","))),
        ("export-yaml", numbered(&|i| format!("a{i}: 'x://u:100%@h'\r\n"))),
        (
            "export-yaml",
            format!(
                "a: &x {{conn_type: x, password: '***'}}\n{}",
                numbered(&|i| format!("a{i}: *x\n"))
            ),
        ),
        (
            "export-yaml",
            format!(
                "a:\n  conn_type: x\n  extra:\n{}",
                numbered(&|i| format!("    a{i}: '***'\n"))
            ),
        ),
        ("export-yaml", format!("a: [{}]\n", repeated("[x],"))),
        ("export-yaml", format!("a: \"{}\"\n", repeated("x\\n"))),
        ("export-yaml", format!("a: >\n{}", repeated("  x\n\n"))),
        ("docker-env", repeated("AIRFLOW_CONN_A=x://u:100%@h?a=1\n")),
        ("systemd-env", repeated("AIRFLOW_CONN_A=x://u:100%@h?a=1\\\n")),
        ("systemd-env", repeated("A='\n")),
        ("dockerfile", numbered(&|i| format!("RUN <<E{i}\nE{i}\n"))),
        ("dockerfile", repeated("ENV AIRFLOW_CONN_A=x://u:100%@h?a=$1\n")),
        (
            "dockerfile",
            format!("ENV {}", numbered(&|i| format!("AIRFLOW_CONN_A{i}=x://u:100%@h \\\n"))),
        ),
        (
            "compose",
            format!(
                "services:\n  a:\n    environment:\n{}",
                numbered(&|i| format!("      AIRFLOW_CONN_A{i}: x://u:$${{X}}$$@h\n"))
            ),
        ),
        (
            "compose",
            format!(
                "x-a: &a\n{}{}",
                numbered(&|i| format!("  AIRFLOW_CONN_A{i}: x://h\n")),
                "services: {a: {environment: *a}}\n"
            ),
        ),
        (
            "compose",
            format!("services: {{a: {{environment: {{AIRFLOW_CONN_A: '{}'}}}}}}\n", repeated("$$")),
        ),
        (
            "kubernetes",
            numbered(&|i| {
                format!("---\nkind: Secret\ndata: {{AIRFLOW_CONN_A{i}: eDovL3U6cCVAaA==}}\n")
            }),
        ),
        ("kubernetes", format!("kind: Secret\ndata: {{AIRFLOW_CONN_A: '{}'}}\n", repeated("YWFh"))),
        (
            "helm",
            format!(
                "extraSecrets: {{a: {{data: \"{}\"}}}}\n",
                numbered(&|i| format!("AIRFLOW_CONN_A{i}: eDovL3U6cCVAaA==\\n"))
            ),
        ),
        (
            "terraform",
            numbered(&|i| {
                format!("resource \"airflow_connection\" \"a{i}\" {{\n  password = \"***\"\n}}\n")
            }),
        ),
        ("terraform", repeated("resource \"airflow_connection\" \"a\" {\n")),
        (
            "terraform",
            format!("resource \"airflow_connection\" \"a\" {{\n  extra = \"{}", repeated("${\"")),
        ),
        (
            "connections-get",
            format!(
                "[{}{{}}]",
                numbered(&|i| format!(
                    "{{\"conn_id\": \"a{i}\", \"conn_type\": \"x\", \"password\": \"***\"}},"
                ))
            ),
        ),
        (
            "rest",
            format!(
                "{{\"connections\": [{}{{}}]}}",
                numbered(&|i| format!("{{\"connection_id\": \"a{i}\", \"conn_type\": \"x\"}},"))
            ),
        ),
        (
            "aws-secrets",
            format!(
                "[{}{{}}]",
                numbered(&|i| format!(
                    "{{\"Name\": \"a{i}\", \"SecretString\": \"{{\\\"dbname\\\": 1}}\"}},"
                ))
            ),
        ),
    ]
}

#[test]
fn nothing_and_blanks() {
    for text in [
        "",
        " ",
        "\n",
        "\r\n\r\n",
        "\t \n",
        "\u{feff}",
        "\u{feff}\n",
        "\u{a0}",
        "\u{2028}\u{85}",
        "\0",
        "#",
        "---",
        "...",
        "{}",
        "[]",
        "null",
    ] {
        for format in FORMATS {
            everything(text, format, &RUNTIMES);
        }
    }
}

/// Bytes that are not text: the binary says so, with exit code 1 for findings and for what could not
/// be converted.
#[test]
fn bytes_that_are_no_text() {
    let utf16 = |text: &str, little: bool| -> Vec<u8> {
        std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    };
    let binary: Vec<u8> = (0..=255u8).cycle().take(4096).collect();
    let latin = b"x://u:p\xe9@h\n".to_vec();
    let late = [b"x://h\n".repeat(1000), vec![0xc3]].concat();
    for (bytes, message) in [
        (latin, "byte 7 is not UTF-8, and Airflow reads nothing else"),
        (late, "byte 6000 is not UTF-8, and Airflow reads nothing else"),
        (binary, "byte 128 is not UTF-8, and Airflow reads nothing else"),
        (utf16("x://h\n", true), "the file is UTF-16; Airflow reads UTF-8"),
        (utf16("x://h\n", false), "the file is UTF-16; Airflow reads UTF-8"),
        (vec![0xed, 0xa0, 0x80], "byte 0 is not UTF-8, and Airflow reads nothing else"),
    ] {
        for name in ["<stdin>", "x.env", "x.json", "x.yaml", "x.uri", "x.jsonl"] {
            let checked =
                common::run(&["check", "-", "--stdin-filename", name, "--format", "json"], &bytes);
            assert_eq!((checked.code, checked.err.as_str()), (1, ""), "{name} {checked:?}");
            let findings = checked.findings();
            assert_eq!(findings.len(), 1, "{name}");
            assert_eq!(
                (findings[0]["id"].as_str(), findings[0]["message"].as_str()),
                (Some("AC101"), Some(message)),
                "{name}"
            );
            let converted =
                common::run(&["convert", "-", "--stdin-filename", name, "--to", "uri"], &bytes);
            assert_eq!((converted.code, converted.out.as_str()), (1, ""), "{name}");
            assert!(converted.err.starts_with(&format!("{name}: {message}\n")), "{converted:?}");
            let inspected = common::run(
                &["inspect", "-", "--stdin-filename", name, "--format", "jsonl"],
                &bytes,
            );
            assert_eq!((inspected.code, inspected.err.as_str()), (0, ""), "{inspected:?}");
            let lines = inspected.lines();
            assert_eq!(lines.len(), 1, "{inspected:?}");
            assert_eq!(lines[0]["error"]["exception"].as_str(), Some("UnicodeDecodeError"));
            assert_eq!(common::run(&["inspect", "-", "--stdin-filename", name], &bytes).code, 1);
        }
    }
}
