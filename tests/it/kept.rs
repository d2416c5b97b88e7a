//! What is saved changes nothing that is told: a report that keeps fewer findings has the first of
//! all, and runtimes that share a reading find what each finds alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::{
    Checked, Finding, Level, Providers, Repairs, Wanted, check, check_wanted, rules,
};
use airconn::format::{FORMATS, Format};
use airconn::report::FileReport;
use airconn::source::{Source, Span};

use crate::growth::elements;

/// Small texts of every format that is read, each with something repeated.
fn texts() -> impl Iterator<Item = (&'static Format, String, Source)> {
    let read = FORMATS.iter().filter(|format| format.is_read());
    read.flat_map(|format| {
        elements::of(format, 1).into_iter().map(move |element| {
            let text = (element.text)(element.few.min(4));
            (*format, format!("{}, {}", format.name, element.name), Source::new("x", text))
        })
    })
}

/// Texts that are longer than what is shown around a finding, so that most of their connections lie
/// beyond what a short report keeps.
fn long_texts() -> Vec<(&'static Format, String, Source)> {
    const LINES: usize = 150;
    let lines = |line: &str| (0..LINES).map(|i| line.replace("{i}", &i.to_string())).collect();
    let lines: &dyn Fn(&str) -> String = &lines;
    let faulty = "redshift://u:p%@h/d?iam=false&ssl=true";
    let bad = lines("b{i}: {conn_type: redshift, host: h, login: u, extra: {iam: 'false'}}\n");
    let texts = [
        ("env", "lines", lines(&format!("AIRFLOW_CONN_A{{i}}='{faulty}'\n"))),
        ("jsonl", "lines", lines(&format!("{{\"conn_id\": \"a{{i}}\", \"uri\": \"{faulty}\"}}\n"))),
        ("export-json", "one line", {
            let members = lines(&format!("\"a{{i}}\": \"{faulty}\", "));
            format!("{{{members}\"z\": \"x://h\"}}")
        }),
        ("env", "a comment at the end", {
            let bad = lines(&format!("AIRFLOW_CONN_A{{i}}='{faulty}'\n"));
            format!("{bad}# airconn: ignore-file[AC506]\n")
        }),
        // The last connection needs something of the first one, which is told and mended there.
        ("env", "what refers back", {
            let bad = lines("AIRFLOW_CONN_B{i}='x://u:p%@h'\n");
            let host = "examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com";
            let extra = r#"{"iam": true, "cluster_identifier": "c"}"#;
            format!(
                "AIRFLOW_CONN_AWS_DEFAULT='aws://AKIAIOSFODNN7EXAMPLE:made-up@'\n{bad}\
                 AIRFLOW_CONN_Z='{{\"conn_type\": \"redshift\", \"host\": \"{host}\", \"extra\": {extra}}}'\n"
            )
        }),
        // The last connection has its finding where the first one stands.
        ("export-yaml", "what points back", {
            let first = "a: &x {conn_type: http, host: h, login: u, extra: {iam: 'false'}}\n";
            format!("{first}{bad}z: {{<<: *x, conn_type: redshift}}\n")
        }),
        (
            "export-yaml",
            "aliases",
            format!("a: &x {{conn_type: redshift, host: h}}\n{}{bad}", lines("c{i}: *x\n")),
        ),
    ];
    let by_name = |(format, name, text): (&str, &str, String)| {
        let format = airconn::format::by_name(format).expect("a format");
        (format, format!("{}, {name}", format.name), Source::new("x", text))
    };
    texts.into_iter().map(by_name).collect()
}

/// A finding as it is told, with the line that is shown.
fn told(report: &FileReport) -> Vec<String> {
    let all = report.findings.iter().map(|located| {
        let Finding {
            rule, detail, level, conn_id, runtimes, pointer, span, message, help, fix,
            consequences: _,
        } =
            &located.finding;
        let fix = fix.as_ref().map(|fix| fix.safety);
        let excerpt = located.excerpt.as_ref().map(|excerpt| excerpt.text.as_str());
        format!(
            "{rule} {detail:?} {level:?} {conn_id:?} {runtimes:?} {pointer} {span:?} {message} {help:?} {fix:?} {excerpt:?}"
        )
    });
    all.collect()
}

#[test]
fn the_first_findings_are_those_of_all() {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let (mut texts_with_findings, mut left_out) = (0, 0);
    for (format, name, source) in texts().chain(long_texts()) {
        let report =
            |checked: Checked| FileReport::new(&source, "x".to_string(), format.name, checked);
        let all = check(&source, 0, format, &runtimes);
        let levels: Vec<Level> = all.findings.iter().map(|finding| finding.level).collect();
        let (connections, all) = (all.connections, told(&report(all)));
        texts_with_findings += usize::from(!all.is_empty());
        for most in [0, 1, 2, 5, 40, all.len()] {
            let wanted = Wanted { most, selects: &|_| true, repairs: Repairs::Told };
            let providers = Providers::default();
            let kept = check_wanted(&source, 0, format, &runtimes, &providers, &wanted);
            for level in Level::ALL {
                let rest = levels.iter().skip(most).filter(|other| **other == level).count();
                assert_eq!(kept.left_out.of(level), rest, "{name}, {most}: {level:?}");
                left_out += rest;
            }
            assert_eq!(kept.connections, connections, "{name}");
            assert_eq!(told(&report(kept)), all[..most.min(all.len())], "{name}, {most}");
        }
    }
    assert!(texts_with_findings > 200 && left_out > 2_000, "{texts_with_findings} {left_out}");
}

/// Rules whose words name all runtimes that are aimed at.
const NAME_ALL: [&str; 2] = ["AC206", "AC306"];

#[test]
fn runtimes_find_together_what_each_finds_alone() {
    let mut runtimes = vec![
        Runtime::new(Version(1, 10, 15), Side::Server),
        Runtime::new(Version(2, 10, 5), Side::Server),
        Runtime::new(Version(2, 11, 2), Side::Server),
    ];
    for version in [Version(3, 1, 8), Version(3, 3, 2)] {
        runtimes.extend([Side::Server, Side::Worker].map(|side| Runtime::new(version, side)));
    }
    let mut shared = BTreeSet::new();
    for (format, name, source) in texts() {
        type Key = (&'static str, Option<Span>, String, String);
        let found = |runtimes: &[Runtime]| {
            let mut found: BTreeMap<Key, Arc<[String]>> = BTreeMap::new();
            for finding in check(&source, 0, format, runtimes).findings {
                if NAME_ALL.contains(&finding.rule) || finding.rule == "AC001" {
                    continue;
                }
                let key = (finding.rule, finding.span, finding.pointer, finding.message);
                found.insert(key, finding.runtimes);
            }
            found
        };
        let mut alone: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        for runtime in &runtimes {
            for key in found(std::slice::from_ref(runtime)).into_keys() {
                alone.entry(key).or_default().push(runtime.name());
            }
        }
        let together: BTreeMap<Key, Vec<String>> =
            found(&runtimes).into_iter().map(|(key, names)| (key, names.to_vec())).collect();
        shared.extend(together.iter().filter(|(_, by)| by.len() > 1).map(|((rule, ..), _)| *rule));
        assert_eq!(together, alone, "{name}");
    }
    assert!(shared.len() > 25, "{} of {} rules", shared.len(), rules::RULES.len());
}
