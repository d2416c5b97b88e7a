//! Every rule's page is its test: the bad examples must be found, the good ones must not.

use std::collections::BTreeSet;

use airconn::check::fix::{Setting, fix};
use airconn::check::rules::RULES;
use airconn::check::{Level, Providers, Safety, check};
use airconn::source::Source;

use crate::common::examples;

use examples::{examples, runtimes};

#[test]
fn pages_hold_what_they_promise() {
    let mut failures = Vec::new();
    let mut ran = 0;
    for rule in RULES {
        assert!(
            rule.page.starts_with(&format!("# {} {}\n\n", rule.id, rule.name)),
            "{} has another title",
            rule.id
        );
        for section in ["## What happens", "## Bad", "## Good", "## How to fix", "## Evidence"] {
            assert!(rule.page.contains(section), "{} has no section {section}", rule.id);
        }
        for (i, example) in examples(rule.page).iter().enumerate() {
            let bad_one = match example.section {
                "Bad" => true,
                "Good" => false,
                _ => continue,
            };
            let source = Source::new("example", example.content());
            let checked = check(&source, example.skip(), example.format(), &runtimes(example.info));
            let found = checked.findings.iter().any(|f| f.rule == rule.id);
            ran += 1;
            if found != bad_one {
                let all: Vec<_> = checked
                    .findings
                    .iter()
                    .map(|f| (f.rule, f.level, f.message.as_str()))
                    .collect();
                failures.push(format!(
                    "{} {} example {i}: {}\n{}  found: {all:?}",
                    rule.id, example.section, example.info, example.text
                ));
            }
            for finding in &checked.findings {
                assert!(
                    finding.span.is_some(),
                    "{} example {i}: {} has no place",
                    rule.id,
                    finding.rule
                );
                if !bad_one && finding.level == Level::Error {
                    failures.push(format!(
                        "{} good example {i} has the error {}: {}",
                        rule.id, finding.rule, finding.message
                    ));
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {ran} examples fail\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(ran > 100, "only {ran} examples");
}

/// Rules about what happens in one format only, and why.
const OF_ONE_FORMAT: &[(&str, &str)] = &[
    ("AC114", "a display of `airflow connections get`"),
    ("AC801", "what Compose does to `$`"),
    ("AC802", "`data` and `stringData` of Kubernetes"),
    ("AC804", "airflow_settings.yaml of the Astro CLI"),
    ("AC805", "keys that SecretsManagerBackend has names of its own for"),
    ("AC808", "`env_file` of Compose"),
    ("AC810", "services of Compose"),
];

/// Rules of which no text is an example, and why.
const WITHOUT_EXAMPLES: &[(&str, &str)] = &[
    ("AC003", "a text that does this is a bug, and is mended"),
    ("AC004", "a text that does this has ten thousand findings"),
    ("AC409", "it takes two environments: tests/it/upgrade.rs"),
];

/// A rule was seen to fire on three inputs of two formats or more, and to be silent on three that
/// are near.
#[test]
fn each_rule_fires_three_times_and_is_silent_three_times() {
    let mut failures = Vec::new();
    for rule in RULES.iter().filter(|rule| !WITHOUT_EXAMPLES.iter().any(|(id, _)| *id == rule.id)) {
        let examples = examples(rule.page);
        let of = |section: &str| {
            examples
                .iter()
                .filter(|e| e.section == section)
                .map(|e| e.format().name)
                .collect::<Vec<_>>()
        };
        let (bad, good) = (of("Bad"), of("Good"));
        let formats: BTreeSet<_> = bad.iter().collect();
        let bound = OF_ONE_FORMAT.iter().any(|(id, _)| *id == rule.id);
        if bad.len() < 3 || good.len() < 3 || (formats.len() < 2) != bound {
            failures.push(format!(
                "{}: {} bad ones in {formats:?}, {} good ones",
                rule.id,
                bad.len(),
                good.len()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn rules_are_sorted_and_named_once() {
    assert!(RULES.is_sorted_by_key(|r| r.id));
    for (i, rule) in RULES.iter().enumerate() {
        assert!(RULES[i + 1..].iter().all(|other| other.name != rule.name && other.id != rule.id));
        assert!(
            rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                && !rule.name.starts_with("no-"),
            "{}",
            rule.name
        );
        assert!(!rule.summary().is_empty() && !rule.summary().contains('\n'), "{}", rule.id);
    }
}

/// What a fix promises, it does: on every bad example, and in the form the example is in.
#[test]
fn bad_examples_are_repaired_where_a_fix_is_offered() {
    let mut repaired = 0;
    for rule in RULES {
        for example in examples(rule.page).iter().filter(|e| e.section == "Bad") {
            let (format, skip, text) = (example.format(), example.skip(), example.content());
            let runtimes = runtimes(example.info);
            let providers = Providers::default();
            let source = Source::new("example", text);
            let setting = Setting { skip, format, runtimes: &runtimes, providers: &providers };
            let offered = check(&source, skip, format, &runtimes)
                .findings
                .iter()
                .filter(|f| f.rule == rule.id && f.fix.is_some())
                .count();
            let fixed = fix(&source, setting, Safety::Unsafe, &|f| f.rule == rule.id);
            let left = fixed
                .checked
                .findings
                .iter()
                .filter(|f| f.rule == rule.id && f.fix.is_some())
                .count();
            assert!(
                offered == 0 || left == 0,
                "{} leaves {left} of {offered}:\n{text}\n{}",
                rule.id,
                fixed.text
            );
            repaired += fixed.applied.len();
        }
    }
    assert!(repaired > 60, "only {repaired} repairs");
}
