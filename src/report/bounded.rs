//! No report is longer than anybody reads: the first findings of a file, and one that counts the
//! rest.

use super::{FileReport, Located, Report, fingerprint};
use crate::check::rules::{ALWAYS, too_many_findings};

impl Report {
    /// With no more than the first `most` findings of a file, and one that stands for the others.
    pub fn bounded(mut self, most: usize) -> Report {
        self.files.iter_mut().for_each(|file| file.bound(most));
        self
    }
}

impl FileReport {
    fn bound(&mut self, most: usize) {
        let behind = self.findings.drain(most.min(self.findings.len())..);
        let (always, left_out): (Vec<_>, Vec<_>) =
            behind.partition(|located| ALWAYS.contains(&located.finding.rule));
        self.findings.extend(always);
        if let Some(finding) = too_many_findings(left_out.iter().map(|located| &located.finding)) {
            let fingerprint = fingerprint::of(&finding, &self.path, 1);
            self.findings.push(Located { finding, place: None, excerpt: None, fingerprint });
        }
    }
}
