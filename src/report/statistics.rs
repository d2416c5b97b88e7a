//! Findings counted by rule: `check --statistics`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{Report, json_text};
use crate::check::{Level, Safety};

/// How often a rule found something.
#[derive(Serialize)]
struct Count {
    count: usize,
    id: &'static str,
    name: &'static str,
    /// The highest of its findings.
    level: &'static str,
    /// How many `--fix` repairs.
    safe: usize,
    /// How many only `--fix=unsafe` repairs.
    #[serde(rename = "unsafe")]
    not_safe: usize,
}

/// Rules by how often they found something, the most frequent first: a line each for people, for
/// machines one JSON array and a newline.
pub(crate) fn statistics(report: &Report, machine: bool) -> String {
    let mut counts: BTreeMap<&'static str, (Count, Level)> = BTreeMap::new();
    for (_, located) in report.findings() {
        let finding = &located.finding;
        let none = || {
            let (id, name) = (finding.rule, located.name());
            (Count { count: 0, id, name, level: "", safe: 0, not_safe: 0 }, finding.level)
        };
        let (count, level) = counts.entry(finding.rule).or_insert_with(none);
        count.count += 1;
        *level = finding.level.max(*level);
        match finding.fix.as_ref().map(|fix| fix.safety) {
            Some(Safety::Safe) => count.safe += 1,
            Some(Safety::Unsafe) => count.not_safe += 1,
            None => {}
        }
    }
    let with_level = |(count, level): (Count, Level)| Count { level: level.name(), ..count };
    let mut counts: Vec<Count> = counts.into_values().map(with_level).collect();
    counts.sort_by_key(|count| (Reverse(count.count), count.id));
    if machine {
        return json_text(&counts) + "\n";
    }
    let digits = counts.first().map_or(1, |most| most.count.to_string().len());
    let line = |count: &Count| {
        let mark = match (count.safe, count.not_safe) {
            (0, 0) => "   ",
            (0, _) => "[!]",
            _ => "[*]",
        };
        let Count { count, id, name, level, .. } = count;
        format!("{count:>digits$}  {level:<7}  {id}  {mark} {name}\n")
    };
    counts.iter().map(line).collect::<String>() + &report.summary()
}
