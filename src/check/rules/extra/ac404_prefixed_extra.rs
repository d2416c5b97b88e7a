//! AC404: an extra under the long name that old providers gave it.

use crate::airflow::runtime::{Runtime, Version};
use crate::catalog::{PREFIXED, Prefixed};
use crate::check::{
    About, CONN_TYPES, Case, Change, Check, Findings, Level, Rule, Safety, pointer,
};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC404",
    name: "prefixed-extra",
    level: Level::Warning,
    page: include_str!("ac404_prefixed_extra.md"),
    about: About::Parts,
    checks: &[Check::Reader(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(connection), Some(extra)) =
        (case.connection(), case.extra().and_then(|node| node.value.as_dict()))
    else {
        return;
    };
    let conn_type = connection.type_str();
    for (key, member) in extra.named() {
        let Some((prefix, field)) = key
            .strip_prefix("extra__")
            .and_then(|rest| rest.split_once("__"))
            .filter(|(_, f)| !f.is_empty())
        else {
            continue;
        };
        let read = PREFIXED.iter().find(|row| row.conn_type == conn_type && row.prefix == prefix);
        // The providers of this Airflow read the long name and no other.
        if read.is_some_and(|row| !reads_short(row, case.runtime)) {
            continue;
        }
        let known = CONN_TYPES
            .get(conn_type)
            .is_some_and(|known| known.extras.iter().any(|extra| extra == field));
        let at = pointer("/extra", key);
        let name = case.names().or(field, "the name without the prefix");
        let message =
            "an extra under the name that the forms of old providers gave it (`extra__TYPE__NAME`)";
        let help = if extra.get(field).is_some() {
            format!("remove it: {name} is given, too")
        } else {
            format!("write {name}")
        };
        // All that are aimed at have to read the short name.
        let offered = known
            && extra.get(field).is_none()
            && read.is_none_or(|row| case.aim.iter().all(|r| reads_short(row, r)));
        let fix = offered.then(|| {
            let safe = read.is_some_and(|row| is_read_alike(row, field, &member.node.value));
            // Elsewhere it has no effect now, or another one: under its short name another log-in
            // may begin.
            let safety = if safe { Safety::Safe } else { Safety::Unsafe };
            case.fix(safety, vec![Change::Rename(at.clone(), field.to_string())])
        });
        findings
            .push(&RULE, at.clone(), case.name_span(&at), message)
            .help(help)
            .fix(fix.flatten());
    }
}

/// Providers that came with this Airflow read the short name, too.
fn reads_short(row: &Prefixed, runtime: &Runtime) -> bool {
    let (major, minor) = row.short_since_airflow;
    runtime.version >= Version(major, minor, 0)
}

/// The hook makes the same of the value under both names. An empty one is often passed over under
/// the long name, and taken under the short one.
fn is_read_alike(row: &Prefixed, field: &str, value: &Value<'_>) -> bool {
    row.fields.iter().any(|name| name == field) && value.truthy()
}
