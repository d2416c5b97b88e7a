//! What the reader of a wrapper (Compose, Kubernetes, a display of Airflow) noticed, as findings of
//! its rule.

use crate::airflow::Fault;
use crate::check::{Change, Check, Findings, Fix, Level, Reading, Safety, public_id};
use crate::format::Grade;

/// Stands for every rule of the 8xx group.
pub(super) const CHECK: Check = Check::Document(remarks);

fn remarks(view: &Reading<'_>, findings: &mut Findings) {
    for remark in &view.document.remarks {
        let finding =
            findings.push(super::of_fault(remark.fault), "", remark.span, &remark.message);
        finding.conn_id = remark.conn_id.as_deref().and_then(public_id);
        let shared = |entry: usize| view.document.entries.get(entry).is_some_and(|e| e.shared);
        finding.fix = remark.repair.as_ref().map(|repair| Fix {
            safety: match repair.safe && !shared(repair.entry) {
                true => Safety::Safe,
                false => Safety::Unsafe,
            },
            entry: repair.entry,
            changes: vec![match remark.fault {
                Fault::Form | Fault::Shape => Change::Whole(vec![repair.edit.clone()]),
                _ => Change::Text(vec![repair.edit.clone()]),
            }],
        });
        finding.help(remark.help).level(match remark.grade {
            Grade::Error => Level::Error,
            Grade::Warning => Level::Warning,
            Grade::Info => Level::Info,
        });
    }
}
