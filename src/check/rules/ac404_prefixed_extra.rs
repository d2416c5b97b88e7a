//! AC404: an extra under the long name that old providers gave it.

use crate::check::{CONN_TYPES, Case, Change, Check, Findings, Level, Rule, Safety, pointer, public_key};

pub(super) static RULE: Rule = Rule {
    id: "AC404",
    name: "prefixed-extra",
    level: Level::Warning,
    page: include_str!("ac404_prefixed_extra.md"),
    check: Check::Connection(check),
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(connection), Some(extra)) = (case.connection(), case.extra().and_then(|node| node.value.as_dict())) else { return };
    for (key, _) in extra.named() {
        let Some((_, field)) = key.strip_prefix("extra__").and_then(|rest| rest.split_once("__")).filter(|(_, f)| !f.is_empty()) else {
            continue;
        };
        let known = CONN_TYPES.get(connection.type_str()).is_some_and(|known| known.extras.iter().any(|extra| extra == field));
        let at = pointer("/extra", key);
        let name = public_key(field).map_or_else(|| "the name without the prefix".to_string(), |field| format!("`{field}`"));
        let message = "an extra under the name that the forms of old providers gave it (`extra__TYPE__NAME`)";
        let fix = known.then(|| case.fix(Safety::Safe, vec![Change::Rename(at.clone(), field.to_string())])).flatten();
        let help = if extra.get(field).is_some() { format!("remove it: {name} is given, too") } else { format!("write {name}") };
        findings.push(&RULE, at.clone(), case.span(&at), message).help(help).fix(fix.filter(|_| extra.get(field).is_none()));
    }
}
