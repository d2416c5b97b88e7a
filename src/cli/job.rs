//! What `check` does with each file: it is read, looked at and repaired, whatever becomes of the
//! others.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::Trouble;
use super::fix::{FixArguments, Pending};
use super::git::Repositories;
use super::input::{Input, InputArguments, Walked};
use super::read_for::{Read, Reads};
use super::reports::relative;
use super::settings::Selection;
use super::walk::Found;
use crate::airflow::Fault;
use crate::bounds;
use crate::check::fix::{Edit, Setting, Told, public_edit};
use crate::check::rules::of_fault;
use crate::check::{self, Checked, Finding, Level, Repairs, Wanted, internal_error};
use crate::guard::{Mistake, guarded, seam};
use crate::report::{FileReport, LocatedEdit};
use crate::source::Source;

/// What is done with each file.
pub(super) struct Job<'a> {
    pub(super) selection: Selection,
    pub(super) reads: Reads,
    pub(super) input: &'a InputArguments,
    pub(super) fix: &'a FixArguments,
    pub(super) repositories: Repositories,
    /// What to say of files that were named and hold nothing.
    pub(super) empty: Mutex<Vec<String>>,
    /// The report holds repairs as edits.
    pub(super) edits: bool,
    /// Findings are kept inside of what causes them.
    pub(super) relates: bool,
    /// So many findings of a file are reported.
    pub(super) most: usize,
}

impl Job<'_> {
    /// Reads and checks a file; `None` if nobody named it and it holds no connections.
    pub(super) fn file(&self, file: &Found) -> Result<Option<(FileReport, Pending)>, Trouble> {
        let done = guarded(|| {
            seam("files", &file.path.to_string_lossy());
            self.read(file)
        });
        done.unwrap_or_else(|| {
            Ok(Some((broken(&file.path.to_string_lossy(), None), Pending::default())))
        })
    }

    fn read(&self, file: &Found) -> Result<Option<(FileReport, Pending)>, Trouble> {
        let input = if file.walked {
            match self.input.read_found(&file.path)? {
                Walked::Holds(input) => Some(input),
                Walked::Left(_) => None,
            }
        } else {
            let input = self.input.read_one(&file.path)?;
            if let Some(note) = self.input.nothing_in(&input)? {
                self.empty.lock().unwrap_or_else(PoisonError::into_inner).push(note);
                let report = of_first(&input.source, input.format.name, Checked::default());
                return Ok(Some((report, Pending::default())));
            }
            Some(input)
        };
        input.map(|input| self.check(&input)).transpose()
    }

    pub(super) fn check(&self, input: &Input) -> Result<(FileReport, Pending), Trouble> {
        let read = self.reads.of(input);
        let setting = read.setting(input);
        let selected = self.selection.of(Path::new(input.source.name()));
        let wants = |finding: &Finding| selected.wants(finding.rule);
        let run = || self.told(input, |told| self.fix.run(input, setting, &wants, told));
        let repaired = guarded(run);
        let failed = repaired.is_none();
        if let Some(done) = repaired.transpose()?.flatten() {
            let left = match self.relates {
                true => self.told(input, |told| self.found(&done.source, setting, told)),
                false => done.checked,
            };
            let report = of_first(&done.source, input.format.name, read.weighed(left));
            return Ok((read.told(report), done.pending));
        }
        let mistake = failed.then(|| internal_error(Mistake::Repairing, None));
        Ok((self.report(input, &read, mistake), Pending::default()))
    }

    /// Does something for which it matters what is told of an input: what is wanted, and holds
    /// where the text comes from.
    fn told<R>(&self, input: &Input, work: impl FnOnce(Told<'_>) -> R) -> R {
        let selected = self.selection.of(Path::new(input.source.name()));
        let known = OnceCell::new();
        let path = input.path.as_deref();
        let selects = |finding: &mut Finding| {
            selected.takes(finding) && self.repositories.concerns(finding, path, &known)
        };
        // Changes are shown without a report.
        let most = if self.fix.is_diff() { 0 } else { self.most };
        work(Told { most, selects: &selects })
    }

    /// What is in a file now that could not be written. It may be gone.
    pub(super) fn unrepaired(&self, path: &Path) -> Option<FileReport> {
        let input = self.input.read_one(path).ok()?;
        Some(
            guarded(|| self.report(&input, &self.reads.of(&input), None))
                .unwrap_or_else(|| broken(input.source.name(), Some(input.format.name))),
        )
    }

    /// What is found in an input as it is.
    fn report(&self, input: &Input, read: &Read, mistake: Option<Finding>) -> FileReport {
        let mut checked = self.told(input, |Told { most, selects }| match &input.undecodable {
            Some(undecodable) => {
                let mut finding = unreadable(undecodable.message());
                let wanted = selects(&mut finding);
                Checked {
                    findings: wanted.then_some(finding).into_iter().collect(),
                    ..Checked::default()
                }
            }
            None => self.found(&input.source, read.setting(input), Told { most, selects }),
        });
        checked.findings.extend(mistake);
        let mut report =
            read.told(of_first(&input.source, input.format.name, read.weighed(checked)));
        if self.edits {
            self.add_edits(&mut report, input, read);
        }
        report
    }

    /// What is found in a text.
    fn found(&self, source: &Source, setting: Setting<'_>, told: Told<'_>) -> Checked {
        let Told { most, selects } = told;
        let wanted = Wanted { most, selects, repairs: Repairs::Told };
        if self.relates {
            return check::check_related(source, setting, &wanted);
        }
        let Setting { skip, format, runtimes, providers } = setting;
        check::check_wanted(source, skip, format, runtimes, providers, &wanted)
    }

    /// Adds what the repairs of findings put where, as far as anybody may see it.
    fn add_edits(&self, report: &mut FileReport, input: &Input, read: &Read) {
        let setting = read.setting(input);
        let repaired = report.findings.iter_mut().filter(|found| found.finding.fix.is_some());
        // Each takes the whole text: of a longer one fewer are tried, so that the work is linear.
        let tries = bounds::EDITED.value / input.source.text().len().max(1);
        for located in repaired.take(tries.min(bounds::EDITS.value)) {
            let edit = guarded(|| public_edit(&input.source, setting, &located.finding)).flatten();
            located.edit = edit.map(|Edit { span, text }| {
                let position = |offset| input.source.position(offset);
                LocatedEdit { place: (position(span.start), position(span.end)), text }
            });
        }
    }
}

fn of_first(source: &Source, format: &'static str, checked: Checked) -> FileReport {
    FileReport::of_first(source, relative(source.name()), format, checked)
}

/// The report about a file that could not be looked at to the end.
pub(super) fn broken(name: &str, format: Option<&'static str>) -> FileReport {
    let findings = vec![internal_error(Mistake::CheckingFile, None)];
    let checked = Checked { findings, ..Checked::default() };
    FileReport::new(&Source::new(name, ""), relative(name), format.unwrap_or_default(), checked)
}

fn unreadable(message: String) -> Finding {
    Finding {
        rule: of_fault(Fault::Encoding).id,
        detail: None,
        level: Level::Error,
        conn_id: None,
        runtimes: Arc::default(),
        pointer: String::new(),
        span: None,
        message,
        help: Some("save the file as UTF-8".to_string()),
        fix: None,
        consequences: Vec::new(),
    }
}
