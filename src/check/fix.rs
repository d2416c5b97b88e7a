//! Repairs: what a finding's fix changes, and how fixes are put into a source.
//!
//! A fix is applied only if reading the result shows that it worked: the finding is gone, every other connection reads as before, and
//! the repaired one still reads.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::edit::append;
use super::{Case, Checked, Edits, Finding, Providers, check_with};
use crate::airflow::runtime::Runtime;
use crate::format::{Document, Format};
use crate::model::{Connection, FIELDS, Value};
use crate::source::{Edit, Source};

/// How sure a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It has one right answer.
    Safe,
    /// Somebody has to decide whether it is meant.
    Unsafe,
}

/// Connections of more bytes than this are left to their owners.
pub(super) const MAX_REPAIRED: usize = 8 * 1024;

/// One change.
#[derive(Clone)]
pub enum Change {
    /// The member at a pointer gets a value; it is added if it is not there.
    Set(String, Value<'static>),
    /// The member at a pointer is gone.
    Remove(String),
    /// The member at a pointer has another key.
    Rename(String, String),
    /// Bytes of the text that the connection is written as become something else.
    Text(Edits),
    /// Another connection gets a member.
    SetIn(usize, String, Value<'static>),
    /// The file gets a further connection.
    Add(String, Box<Connection>),
}

/// Prints no values: they may be secret.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::Set(..) => f.write_str("Set"),
            Change::Remove(_) => f.write_str("Remove"),
            Change::Rename(..) => f.write_str("Rename"),
            Change::Text(_) => f.write_str("Text"),
            Change::SetIn(..) => f.write_str("SetIn"),
            Change::Add(..) => f.write_str("Add"),
        }
    }
}

/// The repair of a finding.
#[derive(Clone, Debug)]
pub struct Fix {
    /// How sure it is.
    pub safety: Safety,
    /// Which connection of the document it is about, from 0.
    pub entry: usize,
    /// What to change, in this order.
    pub changes: Vec<Change>,
}

impl Case<'_> {
    /// A fix of this connection, if its changes can be made where it stands.
    pub fn fix(&self, safety: Safety, changes: Vec<Change>) -> Option<Fix> {
        // Whether a change can be made is tried for each finding, which takes as long as the connection is.
        if self.whole().is_some_and(|span| span.range().len() > MAX_REPAIRED) {
            return None;
        }
        let possible = |change: &Change| match change {
            Change::SetIn(..) | Change::Add(..) => true,
            // An encoding may have encoded the same whole anew for each of two edits.
            change => self.edits(change).is_some_and(|edits| !overlap(&edits)),
        };
        // Later changes may stand on earlier ones: only the first is tried.
        changes.first().is_some_and(possible).then_some(Fix { safety, entry: self.index, changes })
    }

    fn edits(&self, change: &Change) -> Option<Edits> {
        match change {
            Change::Set(pointer, value) => self.set(pointer, value),
            Change::Remove(pointer) => self.remove(pointer),
            Change::Rename(pointer, to) => self.rename(pointer, to),
            Change::Text(edits) => Some(edits.clone()),
            Change::SetIn(..) | Change::Add(..) => None,
        }
    }
}

/// What was repaired, and what is left.
pub struct Fixed {
    /// The whole text afterwards.
    pub text: String,
    /// The findings that were repaired.
    pub applied: Vec<Finding>,
    /// What is found in the text afterwards.
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

/// A repair may uncover the next finding: this often the source is looked at again.
const MAX_PASSES: usize = 20;

/// Repairs what `wants` accepts, as far as `allow` goes.
pub fn fix(source: &Source, setting: Setting<'_>, allow: Safety, wants: &dyn Fn(&Finding) -> bool) -> Fixed {
    let runtimes = setting.providers.around(setting.runtimes);
    let setting = Setting { runtimes: &runtimes, ..setting };
    let mut text = source.text().to_string();
    let mut applied = Vec::new();
    let mut refused = BTreeSet::new();
    for _ in 0..MAX_PASSES {
        let pass = Pass::new(source.name(), text, setting);
        let chosen = |f: &&Finding| f.fix.as_ref().is_some_and(|fix| fix.safety <= allow) && wants(f) && !refused.contains(&key(f));
        let todo: Vec<&Finding> = pass.checked.findings.iter().filter(chosen).collect();
        if todo.is_empty() {
            return Fixed { text: pass.source.text().to_string(), applied, checked: pass.checked };
        }
        let (good, next) = pass.apply(&todo);
        // What was not tried for another that stands in its way is tried next time; what did not work is left alone.
        refused.extend(pass.failed.take());
        applied.extend(good.into_iter().cloned());
        text = next;
    }
    let pass = Pass::new(source.name(), text, setting);
    Fixed { text: pass.source.text().to_string(), applied, checked: pass.checked }
}

type Key = (&'static str, usize, String, String);

fn key(finding: &Finding) -> Key {
    let entry = finding.fix.as_ref().map_or(usize::MAX, |fix| fix.entry);
    (finding.rule, entry, finding.pointer.clone(), finding.message.clone())
}

/// One look at a text.
struct Pass<'s> {
    source: Source,
    setting: Setting<'s>,
    checked: Checked,
    before: Vec<Vec<Option<Connection>>>,
    failed: std::cell::RefCell<Vec<Key>>,
}

impl<'s> Pass<'s> {
    fn new(name: &str, text: String, setting: Setting<'s>) -> Pass<'s> {
        let source = Source::new(name, text);
        let checked = check_with(&source, setting.skip, setting.format, setting.runtimes, setting.providers);
        let before = connections(&source, setting);
        Pass { source, setting, checked, before, failed: std::cell::RefCell::default() }
    }

    /// Applies as many of the fixes as work together; those and the text with them.
    fn apply<'f>(&self, todo: &[&'f Finding]) -> (Vec<&'f Finding>, String) {
        let mut single: Vec<(&Finding, Edits)> = Vec::new();
        let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
        let document = self.document();
        for finding in todo {
            let Some(edits) = self.edits(&document, finding) else { continue };
            // Two that touch wait for each other.
            let free = |e: &Edit| {
                let before = taken.range(..=e.span.end).next_back();
                before.is_none_or(|(_, end)| *end < e.span.start)
            };
            if edits.iter().all(free) {
                taken.extend(edits.iter().map(|e| (e.span.start, e.span.end)));
                single.push((finding, edits));
            }
        }
        let mut good: Vec<(&Finding, Edits)> = Vec::new();
        self.largest(single, &mut good);
        if !good.is_empty() {
            let text = self.with(&good);
            return (good.into_iter().map(|(f, _)| f).collect(), text);
        }
        // Those of several steps one after the other: they name places by pointers, which stay what they are.
        let mut text = self.source.text().to_string();
        let mut done: Vec<&Finding> = Vec::new();
        for finding in todo.iter().filter(|f| !self.failed.borrow().contains(&key(f))) {
            let made = self.steps(&text, finding).filter(|text| self.works(text, done.iter().copied().chain([*finding])));
            match made {
                Some(next) => {
                    text = next;
                    done.push(finding);
                }
                None if done.is_empty() => self.failed.borrow_mut().push(key(finding)),
                // Perhaps an earlier one stands in the way: it is tried again on the next pass.
                None => {}
            }
        }
        (done, text)
    }

    fn document(&self) -> Document<'_> {
        let runtime = &self.setting.runtimes[0];
        (self.setting.format.read)(&self.source.traced().from(self.setting.skip), runtime)
    }

    /// The edits of a fix of one change to one connection.
    fn edits(&self, document: &Document<'_>, finding: &Finding) -> Option<Edits> {
        let fix = finding.fix.as_ref()?;
        let [change] = &fix.changes[..] else { return None };
        let entry = document.entries.get(fix.entry)?;
        let runtimes = self.setting.runtimes;
        let mut all: Vec<Option<Edits>> = Vec::new();
        for runtime in runtimes.iter().filter(|r| finding.runtimes.is_empty() || finding.runtimes.contains(&r.name())) {
            all.push(Case::new(entry, runtime, runtimes, self.setting.format, self.setting.providers).edits(change));
        }
        // Where runtimes read one text differently, the last one that has the finding, a worker, runs the hook.
        all.into_iter().flatten().last()
    }

    /// Adds to `good` as many of the fixes as work together with it.
    fn largest<'f>(&self, fixes: Vec<(&'f Finding, Edits)>, good: &mut Vec<(&'f Finding, Edits)>) {
        if fixes.is_empty() {
            return;
        }
        let known = good.len();
        good.extend(fixes);
        if self.works(&self.with(good), good.iter().map(|(f, _)| *f)) {
            return;
        }
        let mut fixes = good.split_off(known);
        if fixes.len() == 1 {
            self.failed.borrow_mut().push(key(fixes[0].0));
            return;
        }
        let second = fixes.split_off(fixes.len() / 2);
        self.largest(fixes, good);
        self.largest(second, good);
    }

    fn with(&self, fixes: &[(&Finding, Edits)]) -> String {
        applied(self.source.text(), fixes.iter().flat_map(|(_, edits)| edits))
    }

    /// A fix of several changes: each is made in the text that the one before it left.
    fn steps(&self, text: &str, finding: &Finding) -> Option<String> {
        let fix = finding.fix.as_ref()?;
        let setting = self.setting;
        // Settings of hooks are made for those who run them: the last of the runtimes that have the finding.
        let runtime = setting.runtimes.iter().rfind(|r| finding.runtimes.is_empty() || finding.runtimes.contains(&r.name()))?;
        let mut text = text.to_string();
        for change in &fix.changes {
            let source = Source::new("", text.clone());
            let whole = source.traced().from(setting.skip);
            let document = (setting.format.read)(&whole, runtime);
            let case = |index: usize| {
                let entry = document.entries.get(index)?;
                Some(Case::new(entry, runtime, setting.runtimes, setting.format, setting.providers))
            };
            let edits = match change {
                Change::SetIn(entry, pointer, value) => case(*entry)?.set(pointer, value)?,
                Change::Add(id, _) if document.entries.iter().any(|e| e.conn_id.as_deref() == Some(id)) => return None,
                Change::Add(id, connection) => append(&whole, &document, setting.format, id, connection, runtime)?,
                change => case(fix.entry)?.edits(change)?,
            };
            text = applied(&text, edits.iter());
        }
        Some(text)
    }

    /// The findings are gone, and nothing else has changed.
    fn works<'f>(&self, text: &str, fixes: impl Iterator<Item = &'f Finding> + Clone) -> bool {
        let source = Source::new(self.source.name(), text);
        let after = connections(&source, self.setting);
        let touched: BTreeSet<usize> = fixes.clone().filter_map(|f| f.fix.as_ref()).flat_map(Fix::touched).collect();
        let kept = self.before.iter().zip(&after).all(|(before, after)| {
            after.len() >= before.len()
                && before.iter().zip(after).enumerate().all(|(i, (before, after))| match (before, after) {
                    (Some(_), None) => false,
                    (Some(before), Some(after)) => touched.contains(&i) || same(before, after),
                    (None, after) => touched.contains(&i) || after.is_none(),
                })
        });
        if !kept {
            return false;
        }
        let checked = check_with(&source, self.setting.skip, self.setting.format, self.setting.runtimes, self.setting.providers);
        let there: BTreeSet<(&str, Option<&str>, &str, &str)> = checked.findings.iter().map(identity).collect();
        fixes.into_iter().all(|f| !there.contains(&identity(f)) || self.repeated(f))
    }

    /// The same finding stands at several connections without an id: one that is left proves nothing.
    fn repeated(&self, finding: &Finding) -> bool {
        self.checked.findings.iter().filter(|f| identity(f) == identity(finding)).count() > 1
    }
}

impl Fix {
    /// The connections that it changes.
    fn touched(&self) -> Vec<usize> {
        let others = self.changes.iter().filter_map(|change| match change {
            Change::SetIn(entry, ..) => Some(*entry),
            _ => None,
        });
        std::iter::once(self.entry).chain(others).collect()
    }
}

fn identity(finding: &Finding) -> (&str, Option<&str>, &str, &str) {
    (finding.rule, finding.conn_id.as_deref(), &finding.pointer, &finding.message)
}

/// Every connection as every runtime reads it.
fn connections(source: &Source, setting: Setting<'_>) -> Vec<Vec<Option<Connection>>> {
    let text = crate::source::Text::untraced(source.text()).from(setting.skip);
    let read = |runtime: &Runtime| (setting.format.read)(&text, runtime).entries.iter().map(|e| e.parse(runtime).ok()).collect();
    setting.runtimes.iter().map(read).collect()
}

fn same(a: &Connection, b: &Connection) -> bool {
    FIELDS.iter().all(|field| match (a.field(field), b.field(field)) {
        (Some(a), Some(b)) => a.type_name() == b.type_name() && a == b,
        (a, b) => a.is_none() && b.is_none(),
    })
}

fn overlap(edits: &[Edit]) -> bool {
    let mut spans: Vec<_> = edits.iter().map(|edit| (edit.span.start, edit.span.end)).collect();
    spans.sort_unstable();
    spans.windows(2).any(|pair| pair[1].0 < pair[0].1)
}

/// A text with its edits made. They must not overlap; of two at one place the first stands first.
pub fn applied<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by_key(|e| e.span.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        out.push_str(&text[done..range.start]);
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}
