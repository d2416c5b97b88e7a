//! No report is longer than anybody reads: the first findings of a file, and one that counts the
//! rest.

use super::{FileReport, Located, Report, fingerprint};
use crate::check::rules::{ALWAYS, too_many_findings};
use crate::check::{Checked, Finding};
use crate::source::Source;

impl Report {
    /// With no more than the first `most` findings of a file, and one that stands for the others.
    pub fn bounded(mut self, most: usize) -> Report {
        self.files.iter_mut().for_each(|file| file.bound(most));
        self
    }
}

impl FileReport {
    /// A report about the first `most` findings, and one that stands for the others. No place is
    /// looked up of those.
    pub fn of_first(
        most: usize,
        source: &Source,
        path: String,
        format: &'static str,
        mut checked: Checked,
    ) -> FileReport {
        let rest = bound(&mut checked.findings, most, |finding| finding);
        checked.findings.extend(rest);
        FileReport::new(source, path, format, checked)
    }

    fn bound(&mut self, most: usize) {
        if let Some(finding) = bound(&mut self.findings, most, |located| &located.finding) {
            let fingerprint = fingerprint::of(&finding, &self.path, 1);
            self.findings.push(Located { finding, place: None, excerpt: None, fingerprint });
        }
    }
}

/// Leaves the first `most`, and those that nobody can switch off; what stands for the others.
fn bound<T>(all: &mut Vec<T>, most: usize, of: impl Fn(&T) -> &Finding) -> Option<Finding> {
    let stays = |one: &T| ALWAYS.contains(&of(one).rule);
    let left_out = all.iter().skip(most).filter(|one| !stays(one));
    let told = too_many_findings(left_out.map(&of));
    let mut number = 0;
    all.retain(|one| {
        number += 1;
        number <= most || stays(one)
    });
    told
}
