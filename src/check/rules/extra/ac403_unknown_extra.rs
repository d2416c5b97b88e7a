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
use crate::hooks::types::unread::nearest;
use crate::hooks::{self, Client, libpq_options, slip_of, takes_option};

pub static RULE: Rule = Rule {
    id: "AC403",
    name: "unknown-extra",
    level: Level::Warning,
    page: include_str!("ac403_unknown_extra.md"),
    about: About::Parts,
    checks: &[Check::Connection(misspelt), Check::Hook(find)],
};

/// For types of which only the names are known that their hooks read: an extra that is nearly one
/// of them.
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
        // Types that are known in detail say it themselves.
        .filter(|t| !t.passthrough && hooks::of_type(conn_type).is_none_or(|h| h.data.is_none()))
    else {
        return;
    };
    let is_gone =
        |key: &str| REMOVED_EXTRAS.iter().any(|row| row.conn_type == conn_type && row.key == key);
    for (key, _) in extra
        .named()
        .filter(|(key, _)| !known.extras.iter().any(|name| name == key))
        .filter(|(key, _)| !is_gone(key) && !key.starts_with("extra__"))
    {
        let mut alike = known.extras.iter().filter(|name| spelled_alike(name, key));
        let (is_alike, meant) = match (alike.next(), alike.next()) {
            (Some(meant), None) => (true, meant.as_str()),
            _ => match nearest(key, known.extras.iter().map(String::as_str)) {
                Some(meant) => (false, meant),
                None => continue,
            },
        };
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
        let fix = (is_alike && !given)
            .then(|| case.fix(Safety::Unsafe, vec![Change::Rename(at.clone(), meant.to_string())]))
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
