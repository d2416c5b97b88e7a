//! AC304: a connection type that is written in another way than hooks are registered.

use crate::check::rules::shared::is_known_type;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC304",
    name: "conn-type-normalised",
    level: Level::Warning,
    page: include_str!("ac304_conn_type_normalised.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let read = connection.type_str();
    let written = match case.object() {
        Some((dict, _)) if dict.get("uri").is_none() => {
            dict.get("conn_type").and_then(|node| node.value.as_str()).map(str::to_string)
        }
        _ => case.anatomy().map(|parts| parts.raw_scheme.as_str().to_lowercase()),
    };
    let Some(written) = written.filter(|written| written.contains('-') || written == "postgresql")
    else {
        return;
    };
    let registered =
        if written == "postgresql" { "postgres".to_string() } else { written.replace('-', "_") };
    let declared = case.providers.custom.contains_key(&written);
    let at = "/conn_type";
    if declared && read != written {
        let message = "every `-` of a type becomes `_` when Airflow reads it here: the hook that \
                       your project declares is never found";
        let help = "declare the type with `_`, or keep the connection in the database, where the \
                    type stays as it is";
        findings.push(&RULE, at, case.span(at), message).help(help);
        return;
    }
    // In a URI `-` is how Airflow itself writes `_`.
    if declared || case.uri().is_some() || !is_known_type(case, &registered) {
        return;
    }
    let fix =
        case.fix(Safety::Safe, vec![Change::Set(at.to_string(), Value::text(registered.clone()))]);
    let help = format!("write `{registered}`");
    if read == written {
        let message = format!(
            "the type stays as it is here, and no hook has it: `{registered}` is registered"
        );
        findings.push(&RULE, at, case.span(at), message).help(help).fix(fix);
    } else {
        let message = format!(
            "Airflow reads this type as `{registered}` here; in a file for `connections import` \
             it would stay as it is"
        );
        findings.push(&RULE, at, case.span(at), message).level(Level::Info).help(help).fix(fix);
    }
}
