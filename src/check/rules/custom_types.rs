//! What a project's own schemas say about connections of its own types.

use super::file::ac003_internal_error::RULE as AC003;
use crate::bounds::SCHEMA_STEPS;
use crate::check::schema::{instance, violations_at};
use crate::check::{Case, Check, Findings, Reading};
use crate::privacy::Doubt;

pub(super) const CHECK: Check = Check::Among(check);

fn check(case: &Case<'_>, reading: &Reading<'_>, findings: &mut Findings) {
    let custom = &reading.providers.custom;
    if custom.values().all(Option::is_none) {
        return;
    }
    let Some(connection) = case.connection().filter(|_| !case.doubt().is_some_and(Doubt::is_cut))
    else {
        return;
    };
    let Some(Some(validator)) = custom.get(connection.type_str()) else { return };
    let reader = case.entry.reader(reading.runtime);
    let Some(instance) = instance(connection, &reader.behaviour) else { return };
    if !validator.fits(&instance) {
        let message = format!(
            "the schema of `{}` asks for more than {}",
            connection.type_str(),
            SCHEMA_STEPS.words()
        );
        let message = format!("{message}: this connection was not validated");
        findings
            .push(&AC003, "", case.span(""), message)
            .help("name less in the schema for the same value, or nest the extra less deeply")
            .conn_id = case.public_id();
        return;
    }
    for violation in violations_at(validator, &instance, case.names(), &|_| true) {
        let Some(rule) = super::by_name(&violation.rule) else { continue };
        let message = format!("{} (schema of `{}`)", violation.message, connection.type_str());
        let span = case.span(&violation.pointer);
        let finding = findings.push(rule, violation.pointer, span, message).level(violation.level);
        finding.conn_id = case.public_id();
        finding.help = violation.help;
    }
}
