//! One cause, one finding: what would be gone once the repair of another finding of the same
//! connection is made is a consequence of that, and is kept inside of it.
//!
//! Nothing knows which rules go together. The repair is made on a copy of the text, and the
//! connection is looked at again. Where a text is too long for that, only what names the same thing
//! is related: what a misspelt name would supply, and what is said in the same words of two places.

use std::collections::BTreeSet;

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
    let mut trials = if is_short { bounds::RELATIONS.value } else { 0 };
    let mut found_after = |finding: &Finding| {
        trials = trials.checked_sub(1)?;
        guarded(|| again.found_after(finding)).flatten()
    };
    let mut related = Vec::with_capacity(checked.findings.len());
    for group in groups(source, checked.connections, std::mem::take(&mut checked.findings)) {
        related.extend(relate(group, &mut found_after));
    }
    checked.findings = related;
    checked
}

/// Findings of one connection each, in the order of their first. What is about no connection stands
/// alone.
fn groups(source: &Source, connections: usize, findings: Vec<Finding>) -> Vec<Vec<Finding>> {
    let mut groups: Vec<(Option<String>, Vec<Finding>)> = Vec::new();
    for finding in findings {
        let key = match (&finding.conn_id, finding.span) {
            _ if ALWAYS.contains(&finding.rule) => None,
            (Some(id), _) => Some(format!("id {id}")),
            (None, Some(_)) if connections == 1 => Some(String::new()),
            (None, Some(span)) => Some(format!("line {}", source.position(span.start).line)),
            (None, None) => None,
        };
        match groups.iter_mut().rev().find(|(known, _)| key.is_some() && *known == key) {
            Some((_, group)) => group.push(finding),
            None => groups.push((key, vec![finding])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The findings of one connection, with what each explains inside of it, the worst first.
fn relate(
    mut group: Vec<Finding>,
    found_after: &mut dyn FnMut(&Finding) -> Option<BTreeSet<Kind>>,
) -> Vec<Finding> {
    if group.len() > 1 {
        let afters: Vec<Option<BTreeSet<Kind>>> = group
            .iter()
            .map(|finding| finding.fix.as_ref().and_then(|_| found_after(finding)))
            .collect();
        let explains = |cause: usize, other: usize| {
            cause != other && is_explained(&group[cause], afters[cause].as_ref(), &group[other])
        };
        let mut owner: Vec<Option<usize>> = vec![None; group.len()];
        loop {
            let is_free = |at: &usize| owner[*at].is_none() && !owner.contains(&Some(*at));
            let explained = |cause: usize| -> Vec<usize> {
                (0..group.len()).filter(is_free).filter(|other| explains(cause, *other)).collect()
            };
            let free = (0..group.len()).filter(is_free);
            // Of two that explain as much the first is taken.
            let best = free.map(|cause| (cause, explained(cause)));
            let best = best.reduce(|a, b| if b.1.len() > a.1.len() { b } else { a });
            match best.filter(|(_, explained)| !explained.is_empty()) {
                Some((cause, others)) => {
                    others.into_iter().for_each(|other| owner[other] = Some(cause))
                }
                None => break,
            }
        }
        let mut causes: Vec<Option<Finding>> = group.into_iter().map(Some).collect();
        for (other, cause) in owner.iter().enumerate() {
            let Some(cause) = cause else { continue };
            if let (Some(consequence), Some(cause)) = (causes[other].take(), &mut causes[*cause]) {
                cause.level = cause.level.max(consequence.level);
                cause.consequences.push(consequence);
            }
        }
        group = causes.into_iter().flatten().collect();
        group.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    }
    group
}

/// Whether a finding is there because of another; `after` is what is found once that is repaired.
fn is_explained(cause: &Finding, after: Option<&BTreeSet<Kind>>, other: &Finding) -> bool {
    // Whether git tracks a file is nothing that a repair in it changes.
    if about(other.rule) == Some(About::Tracked) || about(cause.rule) == Some(About::Tracked) {
        return false;
    }
    let same_words = (cause.rule, cause.detail, &cause.message)
        == (other.rule, other.detail, &other.message)
        && cause.span <= other.span
        && cause.fix.is_none();
    if same_words {
        return true;
    }
    let is_unknown = |(reason, follows): &(&str, &[&str])| {
        cause.rule == *reason && follows.contains(&other.rule) && cause.pointer == other.pointer
    };
    if UNKNOWN.iter().any(is_unknown) {
        return true;
    }
    match after {
        Some(after) => !after.contains(&kind(cause)) && !after.contains(&kind(other)),
        None => {
            let changes = cause.fix.iter().flat_map(|fix| &fix.changes);
            changes.into_iter().any(|change| supplies(change, &other.pointer))
        }
    }
}

/// What cannot be known where something is not among the connections: what an AWS connection that
/// is missing would give.
const UNKNOWN: &[(&str, &[&str])] = &[("AC605", &["AC501", "AC510"])];

/// Whether a change puts something at a place where it is missing.
fn supplies(change: &Change, pointer: &str) -> bool {
    match change {
        Change::Rename(from, to) => {
            let parent = from.rsplit_once('/').map_or("", |(parent, _)| parent);
            pointer == super::pointer(parent, to)
        }
        Change::Set(to, _) => to == pointer,
        _ => false,
    }
}
