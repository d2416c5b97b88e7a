//! No report is longer than anybody reads: the first findings of a file, and one that counts the
//! rest.

use super::{FileReport, Located, Report, fingerprint};
use crate::check::rules::{ALWAYS, too_many_findings};
use crate::check::{Checked, LeftOut};
use crate::source::Source;

impl Report {
    /// With no more than the first `most` findings of a file, and one that stands for the others.
    pub fn bounded(mut self, most: usize) -> Report {
        self.files.iter_mut().for_each(|file| file.bound(most));
        self
    }
}

impl FileReport {
    /// A report about what was kept of the findings, and one that stands for the others.
    pub fn of_first(
        source: &Source,
        path: String,
        format: &'static str,
        mut checked: Checked,
    ) -> FileReport {
        checked.findings.extend(too_many_findings(&checked.left_out));
        FileReport::new(source, path, format, checked)
    }

    /// Leaves the first `most`, and those that nobody can switch off.
    fn bound(&mut self, most: usize) {
        let (mut number, mut left_out) = (0, LeftOut::default());
        self.findings.retain(|located| {
            number += 1;
            let stays = number <= most || ALWAYS.contains(&located.finding.rule);
            if !stays {
                left_out.add(located.finding.level);
            }
            stays
        });
        if let Some(finding) = too_many_findings(&left_out) {
            let fingerprint = fingerprint::of(&finding, &self.path, 1);
            self.findings.push(Located {
                finding,
                place: None,
                excerpt: None,
                fingerprint,
                edit: None,
                everywhere: true,
                consequences: Vec::new(),
            });
        }
    }
}
