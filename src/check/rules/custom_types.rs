//! What a project's own schemas say about connections of its own types.

use super::ac003_internal_error::RULE as AC003;
use crate::bounds::SCHEMA_STEPS;
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
        let Some(connection) =
            case.connection().filter(|_| !case.doubt().is_some_and(Doubt::is_cut))
        else {
            continue;
        };
        let Some(Some(validator)) = view.providers.custom.get(connection.type_str()) else {
            continue;
        };
        let Some(instance) = instance(connection, &entry.reader(view.runtime).behaviour) else {
            continue;
        };
        if !validator.fits(&instance) {
            let message = format!(
                "the schema of `{}` asks for more than {}",
                connection.type_str(),
                SCHEMA_STEPS.words()
            );
            let finding = findings.push(
                &AC003,
                "",
                case.span(""),
                format!("{message}: this connection was not validated"),
            );
            finding
                .help("name less in the schema for the same value, or nest the extra less deeply")
                .conn_id = case.public_id();
            continue;
        }
        for violation in violations(validator, &instance) {
            let Some(rule) = super::by_name(&violation.rule) else { continue };
            let message = format!("{} (schema of `{}`)", violation.message, connection.type_str());
            let span = case.span(&violation.pointer);
            let finding =
                findings.push(rule, violation.pointer, span, message).level(violation.level);
            finding.conn_id = case.public_id();
            finding.help = violation.help;
        }
    }
}
