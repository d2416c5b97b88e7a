//! One look at a text: which of its fixes work together, and what the text is with them.
//!
//! All fixes are made at once and read again once. What reading shows to have failed is left out,
//! and the rest is made again; only where nobody can be blamed are they tried in halves. So the
//! work grows with the text and not with its findings.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::batch::{Grown, Made, make, same};
use super::{Aim, Blamed, Change, Finding, Fix, Fixed, Numbers, Setting};
use crate::check::engine::{Beside, look};
use crate::check::merge::identity;
use crate::check::reading::Documents;
use crate::check::{Checked, Repairs, Wanted};
use crate::model::Connection;
use crate::source::{Source, Text};

/// A text, what is found in it, and how its connections read.
pub(super) struct Pass<'s> {
    source: Source,
    aim: Aim<'s>,
    /// What is found in it, as far as it is told.
    checked: Checked,
    /// What else is to be repaired, and how many findings look the same.
    beside: Beside,
    /// Every connection as every runtime reads it.
    read: Vec<Vec<Seen>>,
}

/// A connection as a runtime reads it.
struct Seen {
    id: Option<Rc<str>>,
    connection: Option<Rc<Connection>>,
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
    pub(super) fn new(name: &str, text: String, aim: Aim<'s>) -> Pass<'s> {
        let source = Source::new(name, text);
        let read = connections(&source, aim.setting);
        Pass::checked(source, read, aim)
    }

    fn checked(source: Source, read: Vec<Vec<Seen>>, aim: Aim<'s>) -> Pass<'s> {
        let Setting { skip, format, runtimes, providers } = aim.setting;
        let may_make = |finding: &Finding| aim.may_make(finding);
        let repairs = Repairs::Made(&may_make);
        let wanted = Wanted { most: aim.told.most, selects: aim.told.selects, repairs };
        let (checked, beside) = look(&source, skip, format, runtimes, providers, &wanted);
        Pass { source, aim, checked, beside, read }
    }

    /// What is found in it, as far as it is told or may be repaired, in the order of places.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checked.findings.iter().chain(&self.beside.apart)
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
        let Made { text, made, stuck } = make(self.source.text(), self.aim.setting, fixes);
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
        let is_whole = |i: &usize| {
            let fix = fixes[*i].fix.as_ref();
            fix.is_some_and(|fix| fix.changes.iter().any(|c| matches!(c, Change::Whole(_))))
        };
        let whole = made.iter().any(is_whole);
        let mut bad = BTreeSet::new();
        let read = connections(&source, self.aim.setting);
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
                    (None, Some(_), None) if whole => {}
                    (Some(before), Some(after), None) if same(before, after) => {}
                    _ => return Err(Refusal::Unknown),
                }
            }
        }
        if !bad.is_empty() {
            return Err(Refusal::Of(bad));
        }
        let pass = Pass::checked(source, read, self.aim);
        // The same finding may stand at several connections without an id: one that is left proves
        // nothing.
        let left = |f: &Finding| {
            let identity = identity(f);
            pass.beside.times.contains_key(&identity)
                && self.beside.times.get(&identity).is_none_or(|times| *times < 2)
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
        let elsewhere = |change: &Change| matches!(change, Change::SetIn(..) | Change::Add(..));
        matches!(&self.changes[..], [change] if !elsewhere(change))
    }
}

/// Every connection as every runtime reads it: what two read as the same Airflow is read once.
fn connections(source: &Source, setting: Setting<'_>) -> Vec<Vec<Seen>> {
    let Setting { skip, format, runtimes, .. } = setting;
    let text = Text::untraced(source.text()).from(skip);
    let documents = Documents::read(source, &text, format, runtimes);
    let mut all: Vec<Vec<Seen>> = Vec::new();
    for (at, runtime) in runtimes.iter().enumerate() {
        let document = documents.of(at);
        let twin = (0..at).find(|other| std::ptr::eq(documents.of(*other), document));
        let mut read = Vec::with_capacity(document.entries.len());
        for (index, entry) in document.entries.iter().enumerate() {
            let known = twin.map(|twin| &all[twin][index]);
            let id = match known {
                Some(known) => known.id.clone(),
                None => entry.conn_id.as_deref().map(Rc::from),
            };
            let same_reader =
                twin.is_some_and(|t| entry.reader(&runtimes[t]) == entry.reader(runtime));
            let connection = match known.filter(|_| same_reader) {
                Some(known) => known.connection.clone(),
                None => entry.parse(runtime).ok().map(Rc::new),
            };
            read.push(Seen { id, connection });
        }
        all.push(read);
    }
    all
}
