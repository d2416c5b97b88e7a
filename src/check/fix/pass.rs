//! One look at a text: which of its fixes work together, and what the text is with them.
//!
//! All fixes are made at once and read again once. What reading shows to have failed is left out,
//! and the rest is made again; only where nobody can be blamed are they tried in halves. So the
//! work grows with the text and not with its findings.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::batch::{Grown, Made, make, same};
use super::{Blamed, Change, Finding, Fix, Fixed, Numbers, Setting};
use crate::airflow::runtime::Runtime;
use crate::check::{Checked, check_with};
use crate::format::Entry;
use crate::model::Connection;
use crate::source::{Source, Text};

/// A text, what is found in it, and how its connections read.
pub(super) struct Pass<'s> {
    source: Source,
    setting: Setting<'s>,
    /// What is found in it.
    pub(super) checked: Checked,
    /// Every connection as every runtime reads it.
    read: Vec<Vec<Seen>>,
}

/// A connection as a runtime reads it.
struct Seen {
    id: Option<String>,
    connection: Option<Connection>,
}

/// The fixes that work together, and the text with them; none if there are no such fixes.
#[derive(Default)]
pub(super) struct Kept<'f, 's> {
    pub(super) findings: Vec<&'f Finding>,
    pub(super) after: Option<Pass<'s>>,
}

/// Why fixes do not work together.
enum Refusal {
    /// These did not work, by their numbers.
    Of(BTreeSet<usize>),
    /// Something else changed, and nobody knows by which of them.
    Unknown,
}

impl<'s> Pass<'s> {
    pub(super) fn new(name: &str, text: String, setting: Setting<'s>) -> Pass<'s> {
        let source = Source::new(name, text);
        let read = connections(&source, setting);
        Pass::checked(source, read, setting)
    }

    fn checked(source: Source, read: Vec<Vec<Seen>>, setting: Setting<'s>) -> Pass<'s> {
        let checked =
            check_with(&source, setting.skip, setting.format, setting.runtimes, setting.providers);
        Pass { source, setting, checked, read }
    }

    pub(super) fn finish(mut self, applied: Vec<Finding>, numbers: &Numbers) -> Fixed {
        for finding in &mut self.checked.findings {
            if let Cow::Owned(told) = numbers.of(finding) {
                *finding = told;
            }
        }
        Fixed { text: self.source.text().to_string(), applied, checked: self.checked }
    }

    /// The numbers that connections had before these were added, as the last runtime reads them.
    pub(super) fn numbers(&self, grown: &Grown) -> Numbers {
        let Some(read) = self.read.last().filter(|_| !grown.is_empty()) else {
            return Numbers::default();
        };
        let mut next = 0;
        let number = |seen: &Seen| {
            if grown.has(seen.id.as_deref()) {
                return usize::MAX;
            }
            next += 1;
            next - 1
        };
        Numbers(Some(read.iter().map(number).collect()))
    }

    /// Applies as many of the fixes as work together.
    pub(super) fn apply<'f>(&self, todo: &[&'f Finding], blamed: &mut Blamed) -> Kept<'f, 's> {
        // Those of one change first: what they change may spare the others.
        let (simple, others): (Vec<&Finding>, Vec<&Finding>) =
            todo.iter().partition(|f| f.fix.as_ref().is_some_and(Fix::is_simple));
        let kept = self.keep(chosen(simple, blamed), blamed);
        if kept.findings.is_empty() { self.keep(chosen(others, blamed), blamed) } else { kept }
    }

    fn keep<'f>(&self, group: Vec<&'f Finding>, blamed: &mut Blamed) -> Kept<'f, 's> {
        let mut kept = Kept::default();
        let mut open = vec![group];
        while let Some(mut group) = open.pop() {
            if group.is_empty() {
                continue;
            }
            if !blamed.may_try() {
                break;
            }
            let known = kept.findings.len();
            let all: Vec<&Finding> = kept.findings.iter().chain(&group).copied().collect();
            match self.attempt(&all) {
                Ok(made) => kept = made,
                Err(Refusal::Of(bad)) if bad.iter().any(|i| *i >= known) => {
                    let mut touching: BTreeMap<usize, usize> = BTreeMap::new();
                    entries(&all).for_each(|(_, entry)| *touching.entry(entry).or_default() += 1);
                    for finding in bad.iter().filter(|i| **i >= known).map(|i| all[*i]) {
                        blamed.add(
                            finding,
                            entries(&[finding]).all(|(_, entry)| touching.get(&entry) == Some(&1)),
                        );
                    }
                    let rest = all
                        .iter()
                        .enumerate()
                        .skip(known)
                        .filter(|(i, _)| !bad.contains(i))
                        .map(|(_, f)| *f);
                    open.push(rest.collect());
                }
                Err(_) if group.len() == 1 => blamed.add(group[0], true),
                Err(_) => {
                    let second = group.split_off(group.len() / 2);
                    open.extend([second, group]);
                }
            }
        }
        kept
    }

    /// Makes fixes, reads what comes of them, and sees whether that is what was wanted.
    fn attempt<'f>(&self, fixes: &[&'f Finding]) -> Result<Kept<'f, 's>, Refusal> {
        let Made { text, made, stuck } = make(self.source.text(), self.setting, fixes);
        if !stuck.is_empty() {
            return Err(Refusal::Of(stuck));
        }
        let after = self.judge(text.ok_or(Refusal::Unknown)?, fixes, &made)?;
        Ok(Kept { findings: made.iter().map(|i| fixes[*i]).collect(), after: Some(after) })
    }

    /// The findings are gone, and nothing else has changed.
    fn judge(&self, text: String, fixes: &[&Finding], made: &[usize]) -> Result<Pass<'s>, Refusal> {
        let source = Source::new(self.source.name(), text);
        let mut touched: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, entry) in entries(fixes).filter(|(i, _)| made.binary_search(i).is_ok()) {
            touched.entry(entry).or_default().push(i);
        }
        let mut grown = Grown::default();
        made.iter().for_each(|i| grown.add_all(fixes[*i]));
        let mut bad = BTreeSet::new();
        let read = connections(&source, self.setting);
        for (before, after) in self.read.iter().zip(&read) {
            let after: Vec<&Seen> =
                after.iter().filter(|seen| !grown.has(seen.id.as_deref())).collect();
            if after.len() < before.len() {
                return Err(Refusal::Unknown);
            }
            for (entry, (before, after)) in before.iter().zip(after).enumerate() {
                match (&before.connection, &after.connection, touched.get(&entry)) {
                    (Some(_), None, Some(fixes)) => bad.extend(fixes),
                    (_, _, Some(_)) | (None, None, None) => {}
                    (Some(before), Some(after), None) if same(before, after) => {}
                    _ => return Err(Refusal::Unknown),
                }
            }
        }
        if !bad.is_empty() {
            return Err(Refusal::Of(bad));
        }
        let pass = Pass::checked(source, read, self.setting);
        let there: BTreeSet<_> = pass.checked.findings.iter().map(identity).collect();
        // The same finding may stand at several connections without an id: one that is left proves
        // nothing.
        let mut times: BTreeMap<_, usize> = BTreeMap::new();
        self.checked.findings.iter().for_each(|f| *times.entry(identity(f)).or_default() += 1);
        let left = |f: &Finding| {
            there.contains(&identity(f)) && times.get(&identity(f)).is_none_or(|times| *times < 2)
        };
        let bad: BTreeSet<usize> = made.iter().copied().filter(|i| left(fixes[*i])).collect();
        if bad.is_empty() { Ok(pass) } else { Err(Refusal::Of(bad)) }
    }
}

/// What is tried: of a connection in which fixes did not work, those that are not doubted, or else
/// one that is.
fn chosen<'f>(todo: Vec<&'f Finding>, blamed: &Blamed) -> Vec<&'f Finding> {
    let entry = |f: &Finding| f.fix.as_ref().map(|fix| fix.entry);
    let undoubted: BTreeSet<_> =
        todo.iter().filter(|f| !blamed.is_doubted(f)).map(|f| entry(f)).collect();
    let mut alone = BTreeSet::new();
    todo.into_iter()
        .filter(|f| match undoubted.contains(&entry(f)) {
            true => !blamed.is_doubted(f),
            false => alone.insert(entry(f)),
        })
        .collect()
}

/// The numbers of fixes with each connection that they change.
fn entries(fixes: &[&Finding]) -> impl Iterator<Item = (usize, usize)> {
    fixes
        .iter()
        .enumerate()
        .flat_map(|(i, f)| f.fix.iter().flat_map(Fix::touched).map(move |entry| (i, entry)))
}

impl Fix {
    /// One change of its own connection.
    fn is_simple(&self) -> bool {
        matches!(&self.changes[..], [change] if !matches!(change, Change::SetIn(..) | Change::Add(..)))
    }
}

fn identity(finding: &Finding) -> (&str, Option<&str>, &str, &str) {
    (finding.rule, finding.conn_id.as_deref(), &finding.pointer, &finding.message)
}

/// Every connection as every runtime reads it.
fn connections(source: &Source, setting: Setting<'_>) -> Vec<Vec<Seen>> {
    let text = Text::untraced(source.text()).from(setting.skip);
    let read = |runtime: &Runtime| {
        let seen =
            |entry: Entry<'_>| Seen { connection: entry.parse(runtime).ok(), id: entry.conn_id };
        (setting.format.read)(&text, runtime).entries.into_iter().map(seen).collect()
    };
    setting.runtimes.iter().map(read).collect()
}
