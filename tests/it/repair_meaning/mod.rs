//! A repair loses no meaning: what each runtime and each modelled hook reads before and after
//! differs only in what the finding named, and after a safe one nothing that worked works
//! otherwise.
//!
//! Every fix of every finding is made alone, in all bad examples of the pages, in fixtures, and in
//! generated connections; then every runtime reads both texts. What hooks of Redshift, PostgreSQL
//! and AWS make of both is resolved; of others there are recordings (`recorded.rs`).

use std::collections::BTreeMap;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::fix::{Setting, fix};
use airconn::check::rules::RULES;
use airconn::check::{Finding, Providers, Safety, check_with};
use airconn::format::{Format, by_name};
use airconn::hooks::{PROVIDERS, PackageKind, package_named};
use airconn::source::Source;

mod differences;
mod effects;
use crate::common::examples;
mod generated;
mod recorded;

use differences::{Reading, changed, names};
use effects::works_otherwise;
use examples::examples;

/// Rules that offer repairs. One that offers none any more, or a new one, is a difference.
const FIXERS: &[&str] = &[
    "AC101", "AC103", "AC106", "AC109", "AC110", "AC112", "AC201", "AC202", "AC203", "AC204",
    "AC206", "AC209", "AC210", "AC213", "AC303", "AC304", "AC307", "AC401", "AC402", "AC403",
    "AC404", "AC405", "AC407", "AC408", "AC414", "AC415", "AC503", "AC504", "AC505", "AC506",
    "AC507", "AC508", "AC509", "AC510", "AC511", "AC512", "AC517", "AC519", "AC602", "AC605",
    "AC607", "AC801", "AC802", "AC803", "AC804", "AC809",
];

/// So often each of them has to be seen to repair something.
const TIMES: usize = 3;

/// A text in which repairs are made.
pub(crate) struct Input<'i> {
    pub(crate) format: &'static Format,
    pub(crate) skip: usize,
    pub(crate) text: &'i str,
    /// Who is aimed at.
    pub(crate) aim: &'i [Runtime],
    pub(crate) providers: &'i Providers,
}

/// What was seen, and what should not have been.
#[derive(Default)]
pub(crate) struct Seen {
    made: BTreeMap<&'static str, usize>,
    /// By rule and what is wrong, how often, and the first time.
    wrong: BTreeMap<(&'static str, String), (usize, String)>,
}

fn identity(finding: &Finding) -> (&str, Option<&str>, &str, &str) {
    (finding.rule, finding.conn_id.as_deref(), &finding.pointer, &finding.message)
}

/// Makes each repair that is offered, alone.
pub(crate) fn each_repair(input: &Input<'_>, seen: &mut Seen) {
    let source = Source::new("x", input.text);
    let setting = Setting {
        skip: input.skip,
        format: input.format,
        runtimes: input.aim,
        providers: input.providers,
    };
    let before = check_with(&source, input.skip, input.format, input.aim, input.providers);
    let mut told = Vec::new();
    for finding in before.findings.iter().filter(|f| f.fix.is_some()) {
        if told.contains(&identity(finding)) {
            continue;
        }
        told.push(identity(finding));
        let wants = |f: &Finding| identity(f) == identity(finding);
        let fixed = fix(&source, setting, Safety::Unsafe, &wants);
        if fixed.applied.is_empty() {
            continue;
        }
        *seen.made.entry(finding.rule).or_default() += fixed.applied.len();
        let mut wrong = |what: String| {
            let aim: Vec<String> = input.aim.iter().map(Runtime::name).collect();
            let Finding { rule, pointer, .. } = finding;
            let (format, text, after) = (input.format.name, input.text, &fixed.text);
            let kind: String = what.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            let told = format!("{rule} {pointer} ({format}, {aim:?}): {what}\n  {text}\n  {after}");
            seen.wrong.entry((rule, kind)).or_insert((0, told)).0 += 1;
        };
        // Twice is once.
        let again = fix(&Source::new("x", &fixed.text), setting, Safety::Unsafe, &wants);
        if !again.applied.is_empty() || again.text != fixed.text {
            wrong(format!("once more makes something else: {}", again.text));
        }
        let (old, new) = (Reading::of(input, input.text), Reading::of(input, &fixed.text));
        let named = names(&fixed.applied, old.aimed(input));
        let safe = fixed
            .applied
            .iter()
            .filter_map(|f| f.fix.as_ref())
            .all(|fix| fix.safety == Safety::Safe);
        for (runtime, what) in changed(&old, &new, &named, input, safe) {
            wrong(format!("{runtime} reads otherwise {what}"));
        }
        if safe && let Some(what) = works_otherwise(finding.rule, &old, &new, input) {
            wrong(format!("a safe repair, and {what}"));
        }
    }
}

/// The newest Airflow, and one after the other of the recorded ones.
fn aims() -> Vec<Vec<Runtime>> {
    let both = vec![Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let mut aims = vec![both];
    aims.extend(Runtime::recorded().map(|runtime| vec![runtime]));
    aims
}

/// The packages of each recorded provider's time.
fn providers() -> Vec<Providers> {
    let of = |version: &airconn::airflow::runtime::Version| {
        let mut providers = Providers::default();
        let amazon = package_named(PackageKind::Provider, "amazon").expect("a package");
        providers.packages.set(amazon, *version);
        providers
    };
    PROVIDERS.iter().map(of).collect()
}

/// More for a long run.
fn count() -> usize {
    std::env::var("AIRCONN_REPAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(600)
}

fn hold(seen: &Seen) {
    let mut told = BTreeMap::<&str, usize>::new();
    let mut seldom = |rule: &'static str| {
        let times = told.entry(rule).or_default();
        *times += 1;
        *times <= 3
    };
    let few = seen.wrong.iter().filter(|((rule, _), _)| seldom(rule));
    let shown: Vec<String> =
        few.map(|(_, (times, first))| format!("{times} times: {first}")).collect();
    assert!(seen.wrong.is_empty(), "{} kinds are wrong:\n{}", seen.wrong.len(), shown.join("\n"));
}

#[test]
fn repairs_change_what_their_findings_name() {
    let newest = Providers::default();
    let mut seen = Seen::default();
    let aims = aims();
    for (number, rule) in RULES.iter().enumerate() {
        for (i, example) in examples(rule.page).iter().filter(|e| e.section == "Bad").enumerate() {
            let own = examples::runtimes(example.info);
            let one = |step: usize| &aims[1 + (number + i + step) % (aims.len() - 1)];
            for aim in [&own, one(0), one(5), one(7)] {
                let (format, skip, text) = (example.format(), example.skip(), example.content());
                each_repair(&Input { format, skip, text, aim, providers: &newest }, &mut seen);
            }
        }
    }
    let providers = providers();
    for (number, (format, text)) in generated::texts(20_261_130, count()).enumerate() {
        let format = by_name(format).expect("a format");
        let aim = &aims[if number % 3 == 0 { 1 + number / 3 % (aims.len() - 1) } else { 0 }];
        let packages =
            if number % 4 == 1 { &providers[number / 4 % providers.len()] } else { &newest };
        each_repair(&Input { format, skip: 0, text: &text, aim, providers: packages }, &mut seen);
    }
    hold(&seen);
    let offered: Vec<&str> = seen.made.keys().copied().collect();
    assert_eq!(offered, FIXERS, "{:?}", seen.made);
    let seldom: Vec<_> = seen.made.iter().filter(|(_, times)| **times < TIMES).collect();
    assert!(seldom.is_empty(), "seldom seen: {seldom:?}");
}

#[test]
fn repairs_of_fixtures_change_what_their_findings_name() {
    let newest = Providers::default();
    let both = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let mut seen = Seen::default();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/invalid");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let Some(guess) = airconn::format::guess(name, &text, false) else { continue };
        let input = Input {
            format: guess.format,
            skip: guess.skip,
            text: &text,
            aim: &both,
            providers: &newest,
        };
        each_repair(&input, &mut seen);
    }
    hold(&seen);
    assert!(seen.made.values().sum::<usize>() >= 8, "{:?}", seen.made);
}

/// Instances of repairs that lost something: the text, after `--fix`, and after `--fix=unsafe`;
/// none is the text before.
#[test]
fn nothing_is_lost() {
    for (format, before, safe, all) in
        include_str!("instances.txt").split("\n\n").filter(|b| !b.starts_with('#')).map(|block| {
            let mut lines = block.lines();
            let (head, before) =
                (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
            let next = |line: Option<&str>, same: &str| match line {
                None | Some("=") => same.to_string(),
                Some(text) => text.to_string(),
            };
            let safe = next(lines.next(), before);
            let all = next(lines.next(), &safe);
            (head, before, safe, all)
        })
    {
        let (name, aim) = format.split_once(' ').unwrap_or((format, ""));
        let aim = if aim.is_empty() { "json" } else { aim };
        let runtimes = examples::runtimes(aim);
        let providers = Providers::default();
        let setting = Setting {
            skip: 0,
            format: by_name(name).expect("a format"),
            runtimes: &runtimes,
            providers: &providers,
        };
        let made = |allow| fix(&Source::new("x", before), setting, allow, &|_| true).text;
        assert_eq!(made(Safety::Safe), safe, "--fix of {before}");
        assert_eq!(made(Safety::Unsafe), all, "--fix=unsafe of {before}");
    }
}
