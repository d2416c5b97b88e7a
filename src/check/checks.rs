//! The checks of a run, by what they look at, without those whose findings nobody wants.

use std::rc::Rc;

use super::merge::Merge;
use super::{Case, Check, Findings, Reading, rules};

/// A check, and the rule of all that it finds, if that is one.
pub(super) struct Of<F> {
    rule: Option<&'static str>,
    pub(super) run: F,
}

/// What looks at one connection.
type OfOne = fn(&Case<'_>, &mut Findings);
/// What looks at one connection as all runtimes read it.
type OfAll = fn(&[Rc<Case<'_>>], &mut Findings);
/// What looks at one connection among the others.
type OfSet = for<'d> fn(&Case<'d>, &Reading<'d>, &mut Findings);
/// What looks at a document.
type OfDocument = fn(&Reading<'_>, &mut Findings);

/// The checks of a run.
#[derive(Default)]
pub(super) struct Checks {
    pub(super) connection: Vec<Of<OfOne>>,
    pub(super) reader: Vec<Of<OfOne>>,
    pub(super) across: Vec<Of<OfAll>>,
    pub(super) among: Vec<Of<OfSet>>,
    pub(super) document: Vec<Of<OfDocument>>,
    /// How many rules were unwanted when it was looked last.
    unwanted: usize,
}

impl Checks {
    /// All of them.
    pub(super) fn all() -> Checks {
        let mut all = Checks::default();
        for (rule, check) in rules::checks() {
            let rule = rule.map(|rule| rule.id);
            match check {
                Check::Connection(run) => all.connection.push(Of { rule, run: *run }),
                Check::Reader(run) => all.reader.push(Of { rule, run: *run }),
                Check::Across(run) => all.across.push(Of { rule, run: *run }),
                Check::Among(run) => all.among.push(Of { rule, run: *run }),
                Check::Document(run) => all.document.push(Of { rule, run: *run }),
                // Asked by what resolves a connection.
                Check::Hook(_) => {}
            }
        }
        all
    }

    /// Leaves out those of rules that turned out to be unwanted.
    pub(super) fn keep_wanted(&mut self, merge: &Merge<'_>) {
        fn keep<F>(of: &mut Vec<Of<F>>, merge: &Merge<'_>) {
            of.retain(|check| !check.rule.is_some_and(|rule| merge.is_unwanted(rule)));
        }
        if self.unwanted != merge.unwanted() {
            self.unwanted = merge.unwanted();
            keep(&mut self.connection, merge);
            keep(&mut self.reader, merge);
            keep(&mut self.across, merge);
            keep(&mut self.among, merge);
        }
    }
}

/// What checks find, one behind the other.
pub(super) fn found<F>(checks: &[Of<F>], run: impl Fn(&F, &mut Findings)) -> Findings {
    let mut findings = Findings::default();
    for check in checks {
        let before = findings.len();
        run(&check.run, &mut findings);
        debug_assert!(
            check.rule.is_none_or(|rule| findings.found[before..].iter().all(|f| f.rule == rule)),
            "a check of {:?} finds what another rule says",
            check.rule
        );
    }
    findings
}
