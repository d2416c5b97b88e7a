//! AC403 for types whose hooks are known: an extra that differs from one that the hook reads only
//! in hyphens, underscores and capitals.

use crate::catalog::REMOVED_EXTRAS;
use crate::check::rules::redshift::aws_rules::AC403;
use crate::check::rules::shared::spelled_alike;
use crate::check::{CONN_TYPES, Case, Change, Check, Findings, Safety, pointer, public_key};
use crate::hooks;

pub static CHECK: Check = Check::Connection(check);

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(connection), Some(extra)) =
        (case.connection(), case.extra().and_then(|node| node.value.as_dict()))
    else {
        return;
    };
    let conn_type = connection.type_str();
    // What is handed on to a driver may be right under any name.
    let Some(known) = CONN_TYPES
        .get(conn_type)
        // Of types that are known in detail AC403, AC503, AC519 and AC602 speak.
        .filter(|t| !t.passthrough && hooks::of_type(conn_type).is_none())
    else {
        return;
    };
    let is_gone =
        |key: &str| REMOVED_EXTRAS.iter().any(|row| row.conn_type == conn_type && row.key == key);
    for (key, _) in extra
        .named()
        .filter(|(key, _)| !known.extras.iter().any(|name| name == key) && !is_gone(key))
    {
        let mut alike = known.extras.iter().filter(|name| spelled_alike(name, key));
        let (Some(meant), None) = (alike.next(), alike.next()) else { continue };
        let at = pointer("/extra", key);
        let name = public_key(key)
            .map_or_else(|| "an extra of this name".to_string(), |key| format!("`{key}`"));
        let message = format!("the hook of this type does not read {name}; it reads `{meant}`");
        let given = extra.get(meant).is_some();
        let help = if given {
            format!("remove it: `{meant}` is given, too")
        } else {
            format!("write `{meant}`")
        };
        // Until now it had no effect.
        let fix = (!given)
            .then(|| case.fix(Safety::Unsafe, vec![Change::Rename(at.clone(), meant.clone())]))
            .flatten();
        findings.push(&AC403, at.clone(), case.span(&at), message).help(help).fix(fix);
    }
}
