//! Every rule's page is its test: the bad examples must be found, the good ones must not.

use airconn::airflow::runtime::{Resolved, Runtime, Side, Version};
use airconn::check::rules::RULES;
use airconn::check::{Level, check};
use airconn::format::by_name;
use airconn::source::Source;

struct Example<'p> {
    section: &'p str,
    info: &'p str,
    text: String,
}

fn examples(page: &str) -> Vec<Example<'_>> {
    let mut section = "";
    let mut open: Option<Example<'_>> = None;
    let mut all = Vec::new();
    for line in page.lines() {
        match &mut open {
            Some(example) if line == "```" => {
                all.push(Example { text: std::mem::take(&mut example.text), ..*example });
                open = None;
            }
            Some(example) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    section = title;
                } else if let Some(info) = line.strip_prefix("```") {
                    open = Some(Example { section, info, text: String::new() });
                }
            }
        }
    }
    all
}

fn runtimes(info: &str) -> Vec<Runtime> {
    let attribute = |name: &str| info.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let sides: &[Side] = match attribute("side") {
        Some("server") => &[Side::Server],
        Some("worker") => &[Side::Worker],
        _ => &[Side::Server, Side::Worker],
    };
    let versions = attribute("airflow").unwrap_or("3.3.2").split(',');
    let versions = versions.map(|text| match Version::parse(text) {
        Some(Resolved::Exact(version)) => version,
        other => panic!("{text}: {other:?}"),
    });
    let all = versions.flat_map(|version| sides.iter().map(move |side| Runtime::new(version, *side)));
    let mut kept: Vec<Runtime> = Vec::new();
    all.for_each(|runtime| {
        if !kept.contains(&runtime) {
            kept.push(runtime);
        }
    });
    kept
}

#[test]
fn pages_hold_what_they_promise() {
    let mut failures = Vec::new();
    let mut ran = 0;
    for rule in RULES {
        assert!(rule.page.starts_with(&format!("# {} {}\n\n", rule.id, rule.name)), "{} has another title", rule.id);
        for section in ["## What happens", "## Bad", "## Good", "## How to fix", "## Evidence"] {
            assert!(rule.page.contains(section), "{} has no section {section}", rule.id);
        }
        let (mut bad, mut good) = (0, 0);
        for (i, example) in examples(rule.page).iter().enumerate() {
            let bad_one = match example.section {
                "Bad" => true,
                "Good" => false,
                _ => continue,
            };
            *(if bad_one { &mut bad } else { &mut good }) += 1;
            let name = example.info.split(' ').next().unwrap_or_default();
            let format = by_name(name).unwrap_or_else(|| panic!("{} names no format: {}", rule.id, example.info));
            let text = if name == "json" { example.text.trim_end() } else { &example.text };
            let checked = check(&Source::new("example", text), 0, format, &runtimes(example.info));
            let found = checked.findings.iter().any(|f| f.rule == rule.id);
            ran += 1;
            if found != bad_one {
                let all: Vec<_> = checked.findings.iter().map(|f| (f.rule, f.level, f.message.as_str())).collect();
                failures.push(format!("{} {} example {i}: {}\n{}  found: {all:?}", rule.id, example.section, example.info, example.text));
            }
            for finding in &checked.findings {
                assert!(finding.span.is_some(), "{} example {i}: {} has no place", rule.id, finding.rule);
                if !bad_one && finding.level == Level::Error {
                    failures.push(format!("{} good example {i} has the error {}: {}", rule.id, finding.rule, finding.message));
                }
            }
        }
        assert!(bad >= 2 && good >= 2, "{} has {bad} bad and {good} good examples", rule.id);
    }
    assert!(failures.is_empty(), "{} of {ran} examples fail\n{}", failures.len(), failures.join("\n"));
    assert!(ran > 100, "only {ran} examples");
}

#[test]
fn rules_are_sorted_and_named_once() {
    assert!(RULES.is_sorted_by_key(|r| r.id));
    for (i, rule) in RULES.iter().enumerate() {
        assert!(RULES[i + 1..].iter().all(|other| other.name != rule.name && other.id != rule.id));
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !rule.name.starts_with("no-"), "{}", rule.name);
        assert!(!rule.summary().is_empty() && !rule.summary().contains('\n'), "{}", rule.id);
    }
}
