//! One connection under all rules, as each runtime reads it.

use std::rc::Rc;

use super::checks::{self, Checks};
use super::merge::{Sink, Stage};
use super::reading::Readings;
use super::{Case, Names};
use crate::guard::seam;

/// A connection as each runtime reads it, with the numbers of these.
pub(super) type Cases<'d> = [(usize, Rc<Case<'d>>)];

/// Returns whether something is told of it, seen by itself.
pub(super) fn check_connection<'d>(
    cases: &Cases<'d>,
    readings: &Readings<'d>,
    checks: &Checks,
    all: &mut dyn Sink,
) -> bool {
    let alike = alike(cases);
    for group in &alike {
        among(group, cases, readings, checks, all);
    }
    let mut told = false;
    for group in &alike {
        // Of runtimes that make the same of it, the last is asked: a worker, where hooks run.
        let Some((_, case)) = group.last().map(|at| &cases[*at]) else { continue };
        seam("rules", case.connection().and_then(|c| c.host.as_str()).unwrap_or_default());
        let mut findings = checks::found(&checks.connection, |check, found| check(case, found));
        findings.without_parts(std::slice::from_ref(case));
        let by: Vec<usize> = group.iter().map(|at| cases[*at].0).collect();
        told |= all.add(findings.show(case.names()), Some(case), &by, Stage::Connection);
    }
    for (runtime, case) in cases {
        let mut findings = checks::found(&checks.reader, |check, found| check(case, found));
        findings.without_parts(std::slice::from_ref(case));
        told |= all.add(findings.show(case.names()), Some(case), &[*runtime], Stage::Connection);
    }
    let (by, cases): (Vec<usize>, Vec<Rc<Case<'_>>>) = cases.iter().cloned().unzip();
    let mut findings = checks::found(&checks.across, |check, found| check(&cases, found));
    findings.without_parts(&cases);
    let plain = cases.iter().all(|case| case.names() == Names::PLAIN);
    let names = if plain { Names::PLAIN } else { Names::DOUBTFUL };
    told | all.add(findings.show(names), cases.first(), &by, Stage::Connection)
}

/// The positions of cases of which rules find the same, in groups.
fn alike(cases: &Cases<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, (_, case)) in cases.iter().enumerate() {
        // Those of different packages are looked at one by one.
        let alike =
            |other: &Case<'_>| other.shares(case) && std::ptr::eq(other.providers, case.providers);
        match groups.iter_mut().find(|group| alike(&cases[group[0]].1)) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// Runs what looks at a connection among the others for a group of runtimes: at once, if they also
/// make the same of the others that were looked at.
fn among<'d>(
    group: &[usize],
    cases: &Cases<'d>,
    readings: &Readings<'d>,
    checks: &Checks,
    all: &mut dyn Sink,
) {
    let run = |at: usize| {
        let (runtime, case) = &cases[at];
        let reading = readings.of(*runtime);
        reading.take_asked();
        let findings = checks::found(&checks.among, |check, found| check(case, reading, found));
        (findings.show(case.names()), reading.take_asked())
    };
    let Some((last, rest)) = group.split_last() else { return };
    let (findings, asked) = run(*last);
    let reading = readings.of(cases[*last].0);
    let is_alike = rest.iter().all(|at| {
        let other = readings.of(cases[*at].0);
        asked.iter().all(|index| reading.reads_like(other, *index))
    });
    if is_alike {
        let by: Vec<usize> = group.iter().map(|at| cases[*at].0).collect();
        all.add(findings, None, &by, Stage::Document);
        return;
    }
    for at in rest {
        all.add(run(*at).0, None, &[cases[*at].0], Stage::Document);
    }
    all.add(findings, None, &[cases[*last].0], Stage::Document);
}
