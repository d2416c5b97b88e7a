//! AC303: a connection type that nobody is known to declare.

use crate::catalog::{instead_of, meant};
use crate::check::rules::shared::is_known_type;
use crate::check::rules::uri::ac210_not_a_database_url as ac210;
use crate::check::{About, Case, Check, Findings, Level, Rule, is_type};
use crate::privacy::Doubt;

pub static RULE: Rule = Rule {
    id: "AC303",
    name: "unknown-conn-type",
    level: Level::Warning,
    page: include_str!("ac303_unknown_conn_type.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(asked) = &case.entry.asked_type {
        return replaced(case, asked.as_str(), findings);
    }
    let Some(connection) = case.connection() else { return };
    let given = connection.type_str();
    // What has not the looks of a type is a piece of something else, which others report.
    if !is_type(given)
        || is_known_type(case, given)
        || given.contains('-') && is_known_type(case, &given.replace('-', "_"))
        || given == "postgresql"
        || case.doubt() == Some(Doubt::NoScheme)
        || ac210::is_sqlalchemy(case)
    {
        return;
    }
    let declared = case.providers.custom.keys().map(String::as_str);
    let (level, message, help) = match meant(given, declared) {
        Some(meant) => (
            Level::Warning,
            "no provider declares this connection type: `get_hook()` finds no hook",
            format!("did you mean `{meant}`?"),
        ),
        None => {
            let message = "no provider of Airflow's community declares this connection type";
            let help =
                "if a package of yours does, name it in airconn.toml: [connection-types] NAME = {}";
            (Level::Info, message, help.to_string())
        }
    };
    findings.push(&RULE, "/conn_type", case.span("/conn_type"), message).level(level).help(help);
}

/// `connections add` does not keep a type that it does not know.
fn replaced(case: &Case<'_>, asked: &str, findings: &mut Findings) {
    let declared = || case.providers.custom.keys().map(String::as_str);
    if declared().any(|own| own == asked) {
        return;
    }
    let message = "no provider declares this connection type: `connections add` stores `generic` in its place";
    let meant = instead_of(asked).or_else(|| meant(asked, declared()));
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`airflow providers hooks` lists the types of an installation".to_string(),
    };
    findings.push(&RULE, "/conn_type", case.span("/conn_type"), message).help(help);
}
