//! One cause, one finding: what would be gone once the repair of another finding of the same
//! connection is made is a consequence of that, and is kept inside of it.
//!
//! Nothing knows which rules go together. The repair is made on a copy of the text, and the
//! connection is looked at again. Where a text is too long for that, only what names the same thing
//! is related: what a misspelt name would supply, and what is said in the same words of two places.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::change::Change;
use super::engine::{Again, Kind, check_wanted, kind};
use super::fix::Setting;
use super::rules::{ALWAYS, about};
use super::{About, Checked, Finding, Repairs, Wanted};
use crate::bounds;
use crate::guard::guarded;
use crate::source::Source;

/// Checks a source, as [`check_wanted`] does, and relates what it finds in each connection: the
/// cause has the highest level of what it explains, and the worst comes first.
pub fn check_related(source: &Source, setting: Setting<'_>, wanted: &Wanted<'_>) -> Checked {
    let Setting { skip, format, runtimes, providers } = setting;
    let is_short = source.text().len() <= bounds::RELATED.value;
    // Their changes are needed to make them.
    let repairs = if is_short { Repairs::Made(&|_| false) } else { wanted.repairs };
    let wanted = Wanted { repairs, ..*wanted };
    let mut checked = check_wanted(source, skip, format, runtimes, providers, &wanted);
    let again = Again::new(source, setting);
    // Each reads the whole text again.
    let affordable = bounds::RELATED_AGAIN.value / source.text().len().max(1);
    let mut trials = if is_short { bounds::RELATIONS.value.min(affordable) } else { 0 };
    let mut found_after = |finding: &Finding| {
        trials = trials.checked_sub(1)?;
        guarded(|| again.found_after(finding)).flatten()
    };
    let findings = std::mem::take(&mut checked.findings);
    let groups = groups(source, checked.connections, findings);
    checked.findings =
        groups.into_iter().flat_map(|group| relate(group, &mut found_after)).collect();
    checked
}

/// What findings are about.
#[derive(PartialEq, Eq, Hash)]
enum Subject {
    Id(String),
    /// The only connection of the text.
    Only,
    /// The one on this line.
    Line(u32),
    /// No connection: the number of a finding.
    None(usize),
}

/// Findings of one connection each, in the order of their first. What is about no connection stands
/// alone.
fn groups(source: &Source, connections: usize, findings: Vec<Finding>) -> Vec<Vec<Finding>> {
    let mut groups: IndexMap<Subject, Vec<Finding>> = IndexMap::new();
    for (number, finding) in findings.into_iter().enumerate() {
        let subject = match (&finding.conn_id, finding.span) {
            _ if ALWAYS.contains(&finding.rule) => Subject::None(number),
            (Some(id), _) => Subject::Id(id.clone()),
            (None, Some(_)) if connections == 1 => Subject::Only,
            (None, Some(span)) => Subject::Line(source.position(span.start).line),
            (None, None) => Subject::None(number),
        };
        groups.entry(subject).or_default().push(finding);
    }
    groups.into_values().collect()
}

/// The findings of one connection, with what each explains inside of it, the worst first.
fn relate(
    group: Vec<Finding>,
    found_after: &mut dyn FnMut(&Finding) -> Option<BTreeSet<Kind>>,
) -> Vec<Finding> {
    if group.len() < 2 {
        return group;
    }
    let owner = owners(&group, &reasons(&group, found_after));
    let mut causes: Vec<Option<Finding>> = group.into_iter().map(Some).collect();
    for (other, cause) in owner.iter().enumerate() {
        let Some(cause) = cause else { continue };
        if let (Some(consequence), Some(cause)) = (causes[other].take(), &mut causes[*cause]) {
            cause.level = cause.level.max(consequence.level);
            cause.consequences.push(consequence);
        }
    }
    let mut related: Vec<Finding> = causes.into_iter().flatten().collect();
    related.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    related
}

/// Why findings belong together.
enum Reason {
    /// These are there because of that one.
    Cause(usize, Vec<usize>),
    /// All say the same of several places: the first stands for the others.
    SameWords(Vec<usize>),
}

/// Every reason that some of these findings have, without those for which nothing is explained.
fn reasons(
    group: &[Finding],
    found_after: &mut dyn FnMut(&Finding) -> Option<BTreeSet<Kind>>,
) -> Vec<Reason> {
    // Whether git tracks a file is nothing that a repair in it changes.
    let is_tracked = |at: &usize| about(group[*at].rule) == Some(About::Tracked);
    let all: Vec<usize> = (0..group.len()).filter(|at| !is_tracked(at)).collect();
    let is_tried = group.len() <= bounds::RELATED_FINDINGS.value;
    let mut by_pointer: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_words: IndexMap<_, Vec<usize>> = IndexMap::new();
    for at in &all {
        let Finding { rule, detail, message, pointer, fix, .. } = &group[*at];
        by_pointer.entry(pointer).or_default().push(*at);
        if fix.is_none() {
            by_words.entry((rule, detail, message)).or_default().push(*at);
        }
    }
    let mut reasons = Vec::new();
    for cause in &all {
        let finding = &group[*cause];
        let after = finding.fix.as_ref().filter(|_| is_tried).and_then(|_| found_after(finding));
        let ends = |after: &BTreeSet<Kind>, other: &usize| !after.contains(&kind(&group[*other]));
        let mut explained: Vec<usize> = match &after {
            Some(after) if ends(after, cause) => {
                all.iter().copied().filter(|other| ends(after, other)).collect()
            }
            Some(_) => Vec::new(),
            None => {
                supplied(finding).filter_map(|at| by_pointer.get(&*at)).flatten().copied().collect()
            }
        };
        let unknown = UNKNOWN.iter().filter(|(reason, _)| finding.rule == *reason);
        let follows = unknown.flat_map(|(_, follows)| *follows).copied().collect::<Vec<_>>();
        let beside = by_pointer.get(&*finding.pointer).into_iter().flatten();
        explained.extend(beside.filter(|other| follows.contains(&group[**other].rule)));
        explained.sort_unstable();
        explained.dedup();
        explained.retain(|other| other != cause);
        if !explained.is_empty() {
            reasons.push(Reason::Cause(*cause, explained));
        }
    }
    let several = by_words.into_values().filter(|members| members.len() > 1);
    reasons.extend(several.map(Reason::SameWords));
    reasons
}

/// The cause of each finding that has one: of the reasons that are left the one that explains most,
/// until none explains anything; of two that explain as much that of the first finding.
fn owners(group: &[Finding], reasons: &[Reason]) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; group.len()];
    let mut owns = vec![false; group.len()];
    loop {
        let is_free = |at: &usize| owner[*at].is_none() && !owns[*at];
        let of = |reason: &Reason| -> Option<(usize, Vec<usize>)> {
            let free = |of: &[usize]| of.iter().copied().filter(is_free).collect::<Vec<_>>();
            match reason {
                Reason::Cause(cause, others) => is_free(cause).then(|| (*cause, free(others))),
                Reason::SameWords(members) => {
                    let free = free(members);
                    free.split_first().map(|(first, rest)| (*first, rest.to_vec()))
                }
            }
        };
        let best = reasons.iter().filter_map(of).filter(|(_, others)| !others.is_empty());
        let Some((cause, others)) =
            best.max_by_key(|(cause, others)| (others.len(), std::cmp::Reverse(*cause)))
        else {
            return owner;
        };
        owns[cause] = true;
        others.into_iter().for_each(|other| owner[other] = Some(cause));
    }
}

/// What cannot be known where something is not among the connections: what an AWS connection that
/// is missing would give.
const UNKNOWN: &[(&str, &[&str])] = &[("AC605", &["AC501", "AC510"])];

/// Where a repair puts something that may be missing.
fn supplied(finding: &Finding) -> impl Iterator<Item = String> + '_ {
    let changes = finding.fix.iter().flat_map(|fix| &fix.changes);
    changes.filter_map(|change| match change {
        Change::Rename(from, to) => {
            let parent = from.rsplit_once('/').map_or("", |(parent, _)| parent);
            Some(super::pointer(parent, to))
        }
        Change::Set(to, _) => Some(to.clone()),
        _ => None,
    })
}
