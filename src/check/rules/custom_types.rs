//! What a project's own schemas say about connections of its own types.

use crate::check::schema::{instance, violations};
use crate::check::{Check, DocumentView, Findings};
use crate::privacy::Doubt;

pub(super) static CHECK: Check = Check::Document(check);

fn check(view: &DocumentView<'_>, findings: &mut Findings) {
    if view.providers.custom.values().all(Option::is_none) {
        return;
    }
    for (index, entry) in view.document.entries.iter().enumerate() {
        let case = view.case(entry).at(index);
        let Some(connection) = case.connection().filter(|_| !case.doubt().is_some_and(Doubt::is_cut)) else { continue };
        let Some(Some(validator)) = view.providers.custom.get(connection.type_str()) else { continue };
        let Some(instance) = instance(connection, &entry.reader(view.runtime).behaviour) else { continue };
        for violation in violations(validator, &instance) {
            let Some(rule) = super::by_name(&violation.rule) else { continue };
            let message = format!("{} (schema of `{}`)", violation.message, connection.type_str());
            let span = case.span(&violation.pointer);
            let finding = findings.push(rule, violation.pointer, span, message).level(violation.level);
            finding.conn_id = case.public_id();
            finding.help = violation.help;
        }
    }
}
