//! Repairs: what a finding's fix changes, and how fixes are put into a source.
//!
//! A fix is applied only if reading the result shows that it worked: the finding is gone, every
//! other connection reads as before, and the repaired one still reads.

#[cfg(feature = "cli")]
mod alone;
mod batch;
mod pass;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Case, Change, Checked, Edits, Finding, Fix, Providers, Safety};
use crate::airflow::runtime::Runtime;
use crate::format::Format;
use crate::guard::seam;
use crate::source::{Source, Taken};
#[cfg(feature = "cli")]
pub(crate) use alone::{Edit, public_edit};
use batch::Grown;
use pass::Pass;

impl Case<'_> {
    /// A fix of this connection, if its changes can be made where it stands, and lose nothing
    /// there.
    pub fn fix(&self, safety: Safety, changes: Vec<Change>) -> Option<Fix> {
        if self.spares_repairs() {
            return None;
        }
        // What looks like a member may be half a password: it is encoded (AC201), and nothing is
        // taken away.
        if self.may_be_cut() && changes.iter().any(|c| !matches!(c, Change::Text(_))) {
            return None;
        }
        // In what this reader does not take for a URI, nothing is what it looks like.
        if self.uri().is_some() && self.connection().is_some_and(|c| !c.conn_type.truthy()) {
            return None;
        }
        let safety =
            if changes.iter().any(|c| self.retypes_others(c)) { Safety::Unsafe } else { safety };
        self.fix_as_it_stands(safety, changes)
    }

    /// The same for a text that is not a connection yet, and becomes one.
    pub(super) fn fix_as_it_stands(&self, safety: Safety, changes: Vec<Change>) -> Option<Fix> {
        if self.spares_repairs() {
            return None;
        }
        // What else reads the text may need it as it stands.
        let safety = if self.entry.shared { Safety::Unsafe } else { safety };
        let possible = |change: &Change| match change {
            Change::SetIn(..) | Change::Add(..) => true,
            // An encoding may have encoded the same whole anew for each of two edits.
            change => self.edits(change).is_some_and(|edits| Taken::default().take(&edits)),
        };
        // Later changes may stand on earlier ones: only the first is tried.
        changes.first().is_some_and(possible).then_some(Fix { safety, entry: self.index, changes })
    }

    fn edits(&self, change: &Change) -> Option<Edits> {
        match change {
            Change::Set(pointer, value) => self.set(pointer, value),
            Change::Remove(pointer) => self.remove(pointer),
            Change::Rename(pointer, to) => self.rename(pointer, to),
            Change::Text(edits) | Change::Whole(edits) => Some(edits.clone()),
            Change::SetIn(..) | Change::Add(..) => None,
        }
    }
}

/// What was repaired, and what is left.
pub struct Fixed {
    /// The whole text afterwards.
    pub text: String,
    /// The findings that were repaired. Fixes name connections by the numbers that they had before.
    pub applied: Vec<Finding>,
    /// What is found in the text afterwards. Fixes name connections by the same numbers.
    pub checked: Checked,
}

/// A source and all that decides how it is read.
#[derive(Clone, Copy)]
pub struct Setting<'s> {
    /// Bytes of log lines ahead of the connections.
    pub skip: usize,
    /// The format.
    pub format: &'static Format,
    /// Who reads.
    pub runtimes: &'s [Runtime],
    /// With which packages.
    pub providers: &'s Providers,
}

/// What is read, how far repairs go, and what is told afterwards.
#[derive(Clone, Copy)]
struct Aim<'s> {
    setting: Setting<'s>,
    allow: Safety,
    told: Told<'s>,
}

impl Aim<'_> {
    /// Whether a finding has a repair that is not too unsafe.
    fn may_make(&self, finding: &Finding) -> bool {
        finding.fix.as_ref().is_some_and(|fix| fix.safety <= self.allow)
    }
}

/// A repair may uncover the next finding: this often the source is looked at again.
const MAX_PASSES: usize = crate::bounds::FIX_PASSES.value;

/// Which findings are told of a text once it is repaired.
#[derive(Clone, Copy)]
pub struct Told<'s> {
    /// So many, the first by their places.
    pub most: usize,
    /// Gives a finding its level; false if nobody wants it.
    pub selects: &'s dyn Fn(&mut Finding) -> bool,
}

/// Repairs what `wants` accepts, as far as `allow` goes.
pub fn fix(
    source: &Source,
    setting: Setting<'_>,
    allow: Safety,
    wants: &dyn Fn(&Finding) -> bool,
) -> Fixed {
    fix_told(source, setting, allow, wants, Told { most: usize::MAX, selects: &|_| true })
}

/// The same, with no more findings than are told afterwards.
pub fn fix_told(
    source: &Source,
    setting: Setting<'_>,
    allow: Safety,
    wants: &dyn Fn(&Finding) -> bool,
    told: Told<'_>,
) -> Fixed {
    let runtimes = setting.providers.around(setting.runtimes);
    let setting = Setting { runtimes: &runtimes, ..setting };
    seam("fixing", source.text());
    let aim = Aim { setting, allow, told };
    let mut pass = Pass::new(source.name(), source.text().to_string(), aim);
    let mut applied: Vec<Finding> = Vec::new();
    let mut blamed = Blamed::default();
    let mut grown = Grown::default();
    for _ in 0..MAX_PASSES {
        let numbers = pass.numbers(&grown);
        let told = |f: &Finding| wants(&numbers.of(f));
        let chosen = |f: &&Finding| aim.may_make(f) && told(f) && !blamed.refuses(f);
        let todo: Vec<&Finding> = pass.findings().filter(chosen).collect();
        if todo.is_empty() {
            break;
        }
        // What was not tried for another that stands in its way is tried next time; what did not
        // work is left alone.
        let known = blamed.findings.len();
        let kept = pass.apply(&todo, &mut blamed);
        let nothing = kept.after.is_none() && blamed.findings.len() == known;
        for finding in kept.findings {
            grown.add_all(finding);
            applied.push(numbers.of(finding).into_owned());
        }
        pass = kept.after.unwrap_or(pass);
        if nothing && blamed.trials > MAX_TRIALS {
            break;
        }
    }
    let numbers = pass.numbers(&grown);
    pass.finish(applied, &numbers)
}

/// A text in which one finding is repaired, whatever else that does; none where the repair cannot
/// be made.
pub(super) fn repaired(source: &Source, setting: Setting<'_>, finding: &Finding) -> Option<String> {
    let made = batch::make(source.text(), setting, &[finding]);
    made.text.filter(|text| text != source.text())
}

/// The numbers that connections had before fixes added others; none if none were added.
#[derive(Default)]
struct Numbers(Option<Vec<usize>>);

impl Numbers {
    /// A finding that names connections by the numbers that they had. One that was added has a
    /// number of none.
    fn of<'f>(&self, finding: &'f Finding) -> Cow<'f, Finding> {
        let (Some(numbers), Some(fix)) = (&self.0, &finding.fix) else {
            return Cow::Borrowed(finding);
        };
        let number = |now: usize| numbers.get(now).copied().unwrap_or(usize::MAX);
        let changes = fix.changes.iter().map(|change| match change {
            Change::SetIn(entry, pointer, value) => {
                Change::SetIn(number(*entry), pointer.clone(), value.clone())
            }
            change => change.clone(),
        });
        let fix = Fix { safety: fix.safety, entry: number(fix.entry), changes: changes.collect() };
        Cow::Owned(Finding { fix: Some(fix), ..finding.clone() })
    }
}

/// What names a finding in one text and the next.
type Key = (&'static str, usize, String, String);

fn key(finding: &Finding) -> Key {
    let entry = finding.fix.as_ref().map_or(usize::MAX, |fix| fix.entry);
    (finding.rule, entry, finding.pointer.clone(), finding.message.clone())
}

/// This often fixes are made and read again; what is left then is left alone.
const MAX_TRIALS: usize = 60;

/// Findings whose fixes did not work. One that had others beside it in its connection gets a second
/// chance, alone.
#[derive(Default)]
struct Blamed {
    findings: BTreeMap<Key, bool>,
    trials: usize,
}

impl Blamed {
    fn may_try(&mut self) -> bool {
        self.trials += 1;
        self.trials <= MAX_TRIALS
    }

    fn add(&mut self, finding: &Finding, alone: bool) {
        self.findings.insert(key(finding), alone);
    }

    fn is_doubted(&self, finding: &Finding) -> bool {
        self.findings.contains_key(&key(finding))
    }

    fn refuses(&self, finding: &Finding) -> bool {
        self.findings.get(&key(finding)).is_some_and(|alone| *alone)
    }
}

impl Fix {
    /// The connections that it changes.
    fn touched(&self) -> impl Iterator<Item = usize> + '_ {
        let others = self.changes.iter().filter_map(|change| match change {
            Change::SetIn(entry, ..) => Some(*entry),
            _ => None,
        });
        std::iter::once(self.entry).chain(others)
    }
}
