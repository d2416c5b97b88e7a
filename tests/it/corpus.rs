//! Connections as public documentation, tests and tools write them (`fixtures/wild`): what `check`
//! says about each is expected, judged and argued in one file, for both lines of Airflow. An error
//! on a sample that works fails, and so does a finding that nobody has judged.

#![allow(clippy::print_stdout, reason = "tests say how much they compared")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use airconn::airflow::Raw;
use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::rules::about;
use airconn::check::{About, Finding, Level, check};
use airconn::format::{FORMATS, Format, by_name, guess};
use airconn::source::Source;
use common::{files_below, fixture, fixture_text};
use serde::Deserialize;

/// What teams aim at: one line of Airflow, the other, and both while they migrate.
const AIMS: [(&str, &[Version]); 3] = [
    ("2.11", &[Version(2, 11, 2)]),
    ("3.3", &[Version(3, 3, 2)]),
    ("2.11,3.3", &[Version(2, 11, 2), Version(3, 3, 2)]),
];

/// So many warnings on samples that are right are accepted. Lower it when one goes; raise it with a
/// reason.
const ACCEPTED_FALSE_WARNINGS: usize = 7;

/// A line of `expected.jsonl`: a sample, or a reason that several findings share.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    Sample(Sample),
    Reason(Reason),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// Below `fixtures/wild`.
    file: String,
    /// Its id; the number of its line where the format has no ids.
    id: String,
    /// The repository, the path and the commit, or the page, that it is rewritten from.
    source: String,
    /// The format that is guessed for the file.
    format: String,
    /// The format has to be named: another one looks the same.
    #[serde(default)]
    named: bool,
    /// No connection is read from it: its id is the line.
    #[serde(default)]
    unread: bool,
    #[serde(default)]
    findings: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: String,
    level: String,
    /// How many, in each of `aims`.
    #[serde(default = "one")]
    count: usize,
    /// What has to be aimed at; everything, if nothing is named.
    #[serde(default)]
    aims: Vec<String>,
    verdict: Verdict,
    /// The name of a reason, or the reason itself.
    why: String,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// The sample really has the trait that the finding names, and it matters.
    True,
    /// A false alarm that is accepted.
    False,
}

fn one() -> usize {
    1
}

/// How often a rule speaks about a sample at a level, by what is aimed at.
type Told = BTreeMap<(String, String, String, String, &'static str), usize>;

fn expectations() -> (Vec<Sample>, BTreeMap<String, String>) {
    let (mut samples, mut reasons) = (Vec::new(), BTreeMap::new());
    for (i, line) in fixture_text("wild/expected.jsonl").lines().enumerate() {
        match serde_json::from_str(line).unwrap_or_else(|e| panic!("expected.jsonl:{}: {e}", i + 1))
        {
            Line::Sample(sample) => samples.push(sample),
            Line::Reason(Reason { reason, why }) => {
                assert!(reasons.insert(reason, why).is_none(), "line {}: given twice", i + 1)
            }
        }
    }
    (samples, reasons)
}

/// The sample that a finding belongs to: by its id, else by the line that it points at.
fn sample_of(finding: &Finding, source: &Source, only: Option<&str>) -> String {
    let line = || {
        finding
            .span
            .map_or(0, |span| source.text()[..span.start as usize].matches('\n').count() + 1)
            .to_string()
    };
    finding.conn_id.clone().or(only.map(str::to_string)).unwrap_or_else(line)
}

#[test]
fn samples_have_exactly_the_findings_that_are_judged() {
    let (samples, reasons) = expectations();
    let (mut told, mut wanted, mut failures) = (Told::new(), Told::new(), Vec::new());
    let (mut seen, mut types, mut formats) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for path in files_below(&fixture("wild")) {
        let file =
            path.strip_prefix(fixture("wild")).expect("below").to_string_lossy().into_owned();
        if file == "README.md" || file == "expected.jsonl" {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let named = samples
            .iter()
            .find(|sample| sample.file == file && sample.named)
            .map(|sample| sample.format.as_str());
        let Some(format) =
            named.and_then(by_name).or_else(|| Some(guess(&file, &text, false)?.format))
        else {
            failures.push(format!("{file}: no format is guessed"));
            continue;
        };
        formats.insert(format.name);
        let source = Source::new(file.as_str(), text.as_str());
        for (aim, versions) in AIMS {
            let sides = [Side::Server, Side::Worker];
            let mut runtimes: Vec<Runtime> =
                versions.iter().flat_map(|v| sides.map(|side| Runtime::new(*v, side))).collect();
            runtimes.dedup();
            let traced = source.traced();
            let document = (format.read)(&traced, &runtimes[0]);
            let ids: Vec<String> = document
                .entries
                .iter()
                .enumerate()
                .map(|(i, e)| e.conn_id.clone().unwrap_or_else(|| (i + 1).to_string()))
                .collect();
            types.extend(
                document
                    .entries
                    .iter()
                    .filter_map(|e| Some(e.parse(&runtimes[0]).ok()?.type_str().to_string())),
            );
            seen.extend(ids.iter().map(|id| (file.clone(), id.clone(), format.name.to_string())));
            let only = ids.first().filter(|_| ids.len() == 1).map(String::as_str);
            // Whether git tracks a sample is nothing to it.
            for finding in check(&source, 0, format, &runtimes)
                .findings
                .into_iter()
                .filter(|f| about(f.rule) != Some(About::Tracked))
            {
                let id = sample_of(&finding, &source, only);
                *told
                    .entry((
                        file.clone(),
                        id,
                        finding.rule.to_string(),
                        finding.level.name().to_string(),
                        aim,
                    ))
                    .or_default() += 1;
            }
        }
    }
    let read: Vec<&Sample> = samples.iter().filter(|sample| !sample.unread).collect();
    let listed: BTreeSet<_> =
        read.iter().map(|s| (s.file.clone(), s.id.clone(), s.format.clone())).collect();
    assert_eq!(listed.len(), read.len(), "a sample is listed twice");
    failures.extend(seen.difference(&listed).map(|s| format!("not in expected.jsonl: {s:?}")));
    failures.extend(
        listed.difference(&seen).map(|s| format!("not in the files, or of another format: {s:?}")),
    );
    let (mut right, mut wrong) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for sample in &samples {
        assert!(sample.source.len() > 10, "{}: no source for {}", sample.file, sample.id);
        for expected in &sample.findings {
            let why = reasons.get(&expected.why).unwrap_or(&expected.why);
            assert!(
                why.len() > 20,
                "{} {}: {} is not argued",
                sample.file,
                sample.id,
                expected.rule
            );
            let all = expected.aims.is_empty();
            for (aim, _) in
                AIMS.iter().filter(|(aim, _)| all || expected.aims.iter().any(|a| a == aim))
            {
                let key = (
                    sample.file.clone(),
                    sample.id.clone(),
                    expected.rule.clone(),
                    expected.level.clone(),
                    *aim,
                );
                *wanted.entry(key).or_default() += expected.count;
            }
            *(if expected.verdict == Verdict::True { &mut right } else { &mut wrong })
                .entry(&expected.level)
                .or_default() += expected.count;
        }
    }
    for (key, count) in &told {
        if wanted.get(key) != Some(count) {
            failures.push(format!(
                "{key:?}: found {count}, expected {}",
                wanted.get(key).unwrap_or(&0)
            ));
        }
    }
    failures.extend(
        wanted
            .iter()
            .filter(|(key, _)| !told.contains_key(*key))
            .map(|(key, count)| format!("{key:?}: expected {count}, found 0")),
    );
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
    println!(
        "{} samples of {} types in {} formats; right: {right:?}; false alarms: {wrong:?}",
        samples.len(),
        types.len(),
        formats.len()
    );
    assert_eq!(wrong.get(Level::Error.name()), None, "an error on a sample that works");
    assert_eq!(wrong.get(Level::Warning.name()).copied().unwrap_or(0), ACCEPTED_FALSE_WARNINGS);
    // No connection is read from a template, or from what is encrypted.
    let holds_some = |f: &&&Format| f.is_read() && !matches!(f.name, "template" | "encrypted");
    let readable: BTreeSet<_> = FORMATS.iter().filter(holds_some).map(|f| f.name).collect();
    let missing: Vec<_> = readable.difference(&formats).collect();
    assert!(missing.is_empty(), "no sample of {missing:?}");
    assert!(
        samples.len() >= 450 && types.len() >= 100,
        "{} samples, {} types",
        samples.len(),
        types.len()
    );
    let used: BTreeSet<_> =
        samples.iter().flat_map(|s| &s.findings).map(|f| f.why.as_str()).collect();
    let idle: Vec<_> = reasons.keys().filter(|reason| !used.contains(reason.as_str())).collect();
    assert!(idle.is_empty(), "reasons that nothing refers to: {idle:?}");
}

/// What a shell or docker hands over of a sample is what the reader takes from the file. What
/// Airflow makes of that value is compared by `tests/it/conformance.rs`.
#[test]
fn values_are_those_that_airflow_was_asked_about() {
    let packed = std::fs::File::open(fixture("airflow/wild.jsonl.gz"))
        .expect("recorded by tools/recorders/record_wild.py");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzip of UTF-8");
    let runtime = Runtime::newest(Side::Worker);
    let (mut compared, mut failures) = (0, Vec::new());
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case");
        let (Some(file), Some(id), Some(value)) =
            (case["file"].as_str(), case["conn_id"].as_str(), case["value"].as_str())
        else {
            continue;
        };
        let held = fixture_text(&format!("wild/{file}"));
        let format = guess(file, &held, false).expect("a format").format;
        let source = Source::new(file, held.as_str());
        let traced = source.traced();
        let document = (format.read)(&traced, &runtime);
        let entry = document.entries.iter().find(|entry| entry.conn_id.as_deref() == Some(id));
        let ours = entry.and_then(|entry| match &entry.raw {
            Raw::Value(text) => Some(text.as_str().to_string()),
            _ => None,
        });
        compared += 1;
        if ours.as_deref() != Some(value) {
            failures.push(format!("{file} {id}: {ours:?}, but Airflow gets {value:?}"));
        }
    }
    println!("{compared} values");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(compared >= 90, "only {compared} values");
}
