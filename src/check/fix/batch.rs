//! Applies many fixes in rounds: each round makes the next change of every fix on one parse.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Finding, Setting};
use crate::airflow::runtime::Runtime;
use crate::check::case::append;
use crate::check::reading::Documents;
use crate::check::{Case, Edits};
use crate::format::{Document, Grows};
use crate::model::{Connection, FIELDS, Value};
use crate::source::{Source, Taken, applied};

/// A text with fixes made.
pub(super) struct Made {
    /// The text afterwards, if it could be written.
    pub(super) text: Option<String>,
    /// Which of the fixes were made, in order. Others wait for these.
    pub(super) made: Vec<usize>,
    /// Which could not be made at all; then the text is none.
    pub(super) stuck: BTreeSet<usize>,
}

/// A change of one connection that several fixes want is made once; what another has claimed waits.
#[derive(Default)]
struct Claims<'f> {
    members: BTreeMap<(usize, &'f str), (usize, &'f Value<'static>)>,
    added: BTreeMap<&'f str, (usize, &'f Connection)>,
}

impl<'f> Claims<'f> {
    /// True if nobody before has claimed something else.
    fn claim(&mut self, by: usize, changes: &'f [Change]) -> bool {
        let free = changes.iter().all(|change| match change {
            Change::SetIn(entry, pointer, value) => {
                self.members.get(&(*entry, pointer)).is_none_or(|(_, known)| *known == value)
            }
            Change::Add(id, connection) => {
                self.added.get(id.as_str()).is_none_or(|(_, known)| same(known, connection))
            }
            _ => true,
        });
        for change in changes.iter().filter(|_| free) {
            match change {
                Change::SetIn(entry, pointer, value) => {
                    _ = self.members.entry((*entry, pointer)).or_insert((by, value))
                }
                Change::Add(id, connection) => _ = self.added.entry(id).or_insert((by, connection)),
                _ => {}
            }
        }
        free
    }

    /// Another makes this change.
    fn is_made_by_another(&self, by: usize, change: &Change) -> bool {
        match change {
            Change::SetIn(entry, pointer, _) => {
                self.members.get(&(*entry, pointer.as_str())).is_some_and(|(owner, _)| *owner != by)
            }
            Change::Add(id, _) => {
                self.added.get(id.as_str()).is_some_and(|(owner, _)| *owner != by)
            }
            _ => false,
        }
    }
}

/// A fix on its way.
struct Run<'f> {
    number: usize,
    finding: &'f Finding,
    left: Vec<&'f Change>,
}

/// Makes the fixes of these findings, as many as are not in each other's way.
pub(super) fn make(text: &str, setting: Setting<'_>, findings: &[&Finding]) -> Made {
    let mut claims = Claims::default();
    let fixes = findings
        .iter()
        .enumerate()
        .filter_map(|(number, finding)| Some((number, *finding, finding.fix.as_ref()?)));
    let fixes: Vec<_> =
        fixes.filter(|(number, _, fix)| claims.claim(*number, &fix.changes)).collect();
    let mut runs: Vec<Run<'_>> = Vec::new();
    for (number, finding, fix) in fixes {
        let own = fix.changes.iter().filter(|change| !claims.is_made_by_another(number, change));
        runs.push(Run { number, finding, left: own.rev().collect() });
    }
    let mut text = text.to_string();
    let mut grown = Grown::default();
    let mut first = true;
    while runs.iter().any(|run| !run.left.is_empty()) {
        let Round { edits, stuck, waiting } = round(&text, setting, &runs, &grown);
        if !stuck.is_empty() {
            return Made { text: None, made: Vec::new(), stuck };
        }
        // What has not begun yet can as well begin in the next pass.
        if first {
            runs.retain(|run| !waiting.contains(&run.number));
        }
        let mut steps = 0;
        for run in runs.iter_mut().filter(|run| !waiting.contains(&run.number)) {
            let change = run.left.pop();
            steps += usize::from(change.is_some());
            if let Some(Change::Add(id, _)) = change {
                grown.add(id);
            }
        }
        match applied(&text, &edits) {
            Some(next) if steps > 0 => text = next,
            _ if runs.is_empty() => break,
            _ => return Made { text: None, made: Vec::new(), stuck: BTreeSet::new() },
        }
        first = false;
    }
    Made {
        text: Some(text),
        made: runs.iter().map(|run| run.number).collect(),
        stuck: BTreeSet::new(),
    }
}

/// The ids of connections that fixes have added. Wherever they were put, the others keep their
/// numbers.
#[derive(Default)]
pub(super) struct Grown(BTreeSet<String>);

impl Grown {
    pub(super) fn add(&mut self, id: &str) {
        self.0.insert(id.to_lowercase());
    }

    /// What the fix of a finding adds.
    pub(super) fn add_all(&mut self, finding: &Finding) {
        for change in finding.fix.iter().flat_map(|fix| &fix.changes) {
            if let Change::Add(id, _) = change {
                self.add(id);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Variables have their ids in lower case.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        !self.0.is_empty() && id.is_some_and(|id| self.0.contains(&id.to_lowercase()))
    }
}

/// The next change of each fix.
struct Round {
    edits: Edits,
    /// Which cannot be made where they are now.
    stuck: BTreeSet<usize>,
    /// Which are in the way of others.
    waiting: BTreeSet<usize>,
}

fn round(text: &str, setting: Setting<'_>, runs: &[Run<'_>], grown: &Grown) -> Round {
    let source = Source::new("", text);
    let whole = source.traced().from(setting.skip);
    let documents = Documents::read(&source, &whole, setting.format, setting.runtimes);
    let ids: BTreeSet<&str> = documents
        .distinct()
        .flat_map(|d| d.entries.iter().filter_map(|e| e.conn_id.as_deref()))
        .collect();
    let known = |d: &Document<'_>| {
        (0..d.entries.len()).filter(|i| !grown.has(d.entries[*i].conn_id.as_deref())).collect()
    };
    let all = 0..setting.runtimes.len();
    let numbers: Vec<Vec<usize>> = all.map(|at| known(documents.of(at))).collect();
    let last = setting.runtimes.len().checked_sub(1).map(|at| documents.of(at));
    let mut cases = Cases {
        setting,
        documents: &documents,
        numbers: &numbers,
        own: None,
        read: BTreeMap::new(),
        others: BTreeMap::new(),
    };
    let mut found = Round { edits: Vec::new(), stuck: BTreeSet::new(), waiting: BTreeSet::new() };
    let mut taken = Taken::default();
    let mut added: Vec<(usize, &str, &Connection)> = Vec::new();
    for run in runs {
        let edits = match run.left.last() {
            None => continue,
            Some(Change::Add(id, _)) if ids.contains(id.as_str()) => None,
            Some(Change::Add(id, connection)) if matches!(setting.format.grows, Grows::Beside) => {
                cases.beside(run.finding, id, connection)
            }
            Some(Change::Add(id, connection)) => {
                added.push((run.number, id, connection));
                continue;
            }
            Some(change) => cases.edits(run.finding, change),
        };
        match edits {
            None => _ = found.stuck.insert(run.number),
            Some(edits) if taken.take(&edits) => found.edits.extend(edits),
            Some(_) => _ = found.waiting.insert(run.number),
        }
    }
    if let (false, Some(document), Some(runtime)) =
        (added.is_empty(), last, setting.runtimes.last())
    {
        let connections: Vec<(&str, &Connection)> =
            added.iter().map(|(_, id, connection)| (*id, *connection)).collect();
        let numbers = added.iter().map(|(number, ..)| *number);
        match append(&whole, document, setting.format, &connections, runtime) {
            None => found.stuck.extend(numbers),
            Some(edits) if taken.take(&edits) => found.edits.extend(edits),
            Some(_) => found.waiting.extend(numbers),
        }
    }
    found
}

/// The connections of a text as each runtime reads them, each looked at once: the fixes of one
/// follow each other.
struct Cases<'r> {
    setting: Setting<'r>,
    documents: &'r Documents<'r>,
    /// For each runtime the entries that were not added by a fix.
    numbers: &'r [Vec<usize>],
    /// The connection whose fixes are made.
    own: Option<usize>,
    /// It, by runtimes.
    read: BTreeMap<usize, Case<'r>>,
    /// Connections that others change.
    others: BTreeMap<(usize, usize), Case<'r>>,
}

impl Cases<'_> {
    /// What is edited so that a connection stands beside the one that needs it.
    fn beside(&self, finding: &Finding, id: &str, connection: &Connection) -> Option<Edits> {
        let (numbers, runtime) = (self.numbers.last()?, self.setting.runtimes.last()?);
        let document = self.documents.of(self.numbers.len() - 1);
        let entry = document.entries.get(*numbers.get(finding.fix.as_ref()?.entry)?)?;
        Some(vec![entry.grow(id, connection, runtime)?])
    }

    /// What is edited for a change. Where runtimes read one text differently, the last one that has
    /// the finding, a worker, runs the hook.
    fn edits(&mut self, finding: &Finding, change: &Change) -> Option<Edits> {
        let own = finding.fix.as_ref()?.entry;
        if self.own != Some(own) {
            self.own = Some(own);
            self.read.clear();
        }
        let (entry, is_other) = match change {
            Change::SetIn(entry, ..) => (*entry, true),
            _ => (own, false),
        };
        let Setting { runtimes, format, providers, .. } = self.setting;
        let has = |runtime: &Runtime| {
            finding.runtimes.is_empty() || finding.runtimes.contains(&runtime.name())
        };
        runtimes.iter().enumerate().rev().filter(|(_, runtime)| has(runtime)).find_map(
            |(at, runtime)| {
                let read = self.documents.of(at).entries.get(*self.numbers[at].get(entry)?)?;
                let case = || Case::new(read, runtime, runtimes, format, providers);
                let case = match is_other {
                    true => self.others.entry((at, entry)).or_insert_with(case),
                    false => self.read.entry(at).or_insert_with(case),
                };
                match change {
                    Change::SetIn(_, pointer, value) => case.set(pointer, value),
                    change => case.edits(change),
                }
            },
        )
    }
}

/// Whether two connections have the same fields, of the same types.
pub(super) fn same(a: &Connection, b: &Connection) -> bool {
    FIELDS.iter().all(|field| match (a.field(field), b.field(field)) {
        (Some(a), Some(b)) => a.type_name() == b.type_name() && a == b,
        (a, b) => a.is_none() && b.is_none(),
    })
}
