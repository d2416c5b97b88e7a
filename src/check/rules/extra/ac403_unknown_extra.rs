//! AC403: an extra that nobody reads.

use crate::catalog::REMOVED_EXTRAS;
use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::redshift::ac519_postgres_spelling as ac519;
use crate::check::rules::redshift::meant::repair;
use crate::check::rules::shared::spelled_alike;
use crate::check::rules::subject::Subject;
use crate::check::{
    About, CONN_TYPES, Case, Change, Check, Findings, Level, Names, Rule, Safety, pointer,
};
use crate::hooks::{self, Client, libpq_options, slip_of, takes_option};

pub static RULE: Rule = Rule {
    id: "AC403",
    name: "unknown-extra",
    level: Level::Warning,
    page: include_str!("ac403_unknown_extra.md"),
    about: About::Parts,
    checks: &[Check::Connection(misspelt), Check::Hook(find)],
};

/// Spellings that their hooks read beside another one.
static ALSO_READ: &[(&[&str], &str)] = &[(&["msgraph", "powerbi"], "tenantId")];

/// Types whose driver takes the names of its options in any case.
static ANY_CASE: &[&str] = &["mongo"];

/// For types whose hooks are known: an extra that differs from one that the hook reads only in
/// hyphens, underscores and capitals.
fn misspelt(case: &Case<'_>, findings: &mut Findings) {
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
    let is_read = |key: &str| {
        let also = |(types, name): &(&[&str], &str)| types.contains(&conn_type) && *name == key;
        let in_any_case = || known.extras.iter().any(|name| name.eq_ignore_ascii_case(key));
        ALSO_READ.iter().any(also) || ANY_CASE.contains(&conn_type) && in_any_case()
    };
    let is_gone =
        |key: &str| REMOVED_EXTRAS.iter().any(|row| row.conn_type == conn_type && row.key == key);
    for (key, _) in extra
        .named()
        .filter(|(key, _)| !known.extras.iter().any(|name| name == key))
        .filter(|(key, _)| !is_gone(key) && !is_read(key))
    {
        let mut alike = known.extras.iter().filter(|name| spelled_alike(name, key));
        let (Some(meant), None) = (alike.next(), alike.next()) else { continue };
        let at = pointer("/extra", key);
        let name = case.names().or(key, "an extra of this name");
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
        findings.push(&RULE, at.clone(), case.name_span(&at), message).help(help).fix(fix);
    }
}

/// What PostgresHook hands on and libpq does not know.
fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_for(Client::Libpq) {
        return;
    }
    let postgres = subject.scene.postgres();
    let failed = subject.refused();
    for (key, _) in subject
        .extras
        .iter()
        .filter(|(key, value)| !value.is_null() && !takes_option(key, &postgres))
        .filter(|(key, _)| ac519::of_this_hook(subject, key).is_none())
    {
        let names = subject.case.names();
        let unknown =
            match failed.as_ref().filter(|(_, here)| here.contains(&*pointer("/extra", key))) {
                // libpq names the first, and would refuse this one next.
                Some((exception, _)) => {
                    let mut unknown = refused(key, names);
                    unknown.message = format!("{} ({exception})", unknown.message);
                    unknown
                }
                None => {
                    let message = format!("{} is not an argument of the driver", names.extra(key));
                    RULE.warning(message).of_name().repair(|subject, at| repair(subject, at, None))
                }
            };
        said.extra(key, unknown);
    }
}

/// libpq raises for it.
pub fn refused(option: &str, names: Names) -> Diagnosis {
    let meant = slip_of(option, libpq_options());
    let help =
        meant.map_or_else(|| "remove it".to_string(), |meant| format!("did you mean `{meant}`?"));
    RULE.error(format!("the PostgreSQL driver has no {}", names.after("option", option)))
        .help(help)
        .of_name()
        .repair(move |subject, at| repair(subject, at, meant))
}
