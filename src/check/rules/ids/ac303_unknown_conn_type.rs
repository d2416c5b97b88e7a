//! AC303: a connection type that nobody is known to declare.

use crate::catalog::{self, called, meant, of_server};
use crate::check::rules::shared::{instead_of, is_known_type, spelled_alike};
use crate::check::rules::uri::ac210_not_a_database_url as ac210;
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety, is_type};
use crate::hooks::base_url;
use crate::model::Value;
use crate::privacy::Doubt;

pub static RULE: Rule = Rule {
    id: "AC303",
    name: "unknown-conn-type",
    level: Level::Warning,
    page: include_str!("ac303_unknown_conn_type.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

const AT: &str = "/conn_type";

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(asked) = &case.entry.asked_type {
        return replaced(case, asked.as_str(), findings);
    }
    let Some(connection) = case.connection() else { return };
    let given = connection.type_str();
    if let Some(instead) = instead_of(case, given) {
        let message = "no provider declares this connection type any more";
        let finding = findings.push(&RULE, AT, case.span(AT), message);
        finding.help(format!("write `{instead}`")).fix(renamed(case, given, instead));
        return;
    }
    // What has not the looks of a type is a piece of something else, which others report.
    if !is_type(given) && called(given).is_none()
        || is_known_type(case, given)
        || given.contains('-') && is_known_type(case, &given.replace('-', "_"))
        || given == "postgresql"
        || case.doubt() == Some(Doubt::NoScheme)
        || ac210::is_sqlalchemy(case)
    {
        return;
    }
    if let Some(url) = case.uri().and_then(|_| whole_url(case)) {
        return address(case, &url, findings);
    }
    let declared = case.providers.custom.keys().map(String::as_str);
    let Some(meant) = meant(given, declared) else {
        let message = "no provider of Airflow's community declares this connection type";
        let help =
            "if a package of yours does, name it in airconn.toml: [connection-types] NAME = {}";
        findings.push(&RULE, AT, case.span(AT), message).level(Level::Info).help(help);
        return;
    };
    let message = "no provider declares this connection type: `get_hook()` finds no hook";
    let finding = findings.push(&RULE, AT, case.span(AT), message);
    finding.help(format!("did you mean `{meant}`?")).fix(renamed(case, given, meant));
}

/// `connections add` does not keep a type that it does not know.
fn replaced(case: &Case<'_>, asked: &str, findings: &mut Findings) {
    let declared = || case.providers.custom.keys().map(String::as_str);
    if declared().any(|own| own == asked) {
        return;
    }
    let message = "no provider declares this connection type: `connections add` stores `generic` \
                   in its place";
    let meant = catalog::instead_of(asked).or_else(|| meant(asked, declared()));
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`airflow providers hooks` lists the types of an installation".to_string(),
    };
    let fix = meant.and_then(|meant| renamed(case, asked, meant));
    findings.push(&RULE, AT, case.span(AT), message).help(help).fix(fix);
}

/// The type under its right name. What is that name in other letters, or the label of it, can mean
/// nothing else.
fn renamed(case: &Case<'_>, given: &str, meant: &str) -> Option<Fix> {
    let certain = spelled_alike(given, meant) || called(given) == Some(meant) && !is_type(given);
    let safety = if certain { Safety::Safe } else { Safety::Unsafe };
    case.fix(safety, vec![Change::Set(AT.to_string(), Value::text(meant))])
}

/// The URL that a connection is, where people wrote one in the place of a connection.
fn whole_url(case: &Case<'_>) -> Option<String> {
    let connection = case.connection()?;
    (connection.type_str() == "https").then(|| base_url::meant(connection))?
}

/// The address of an API as a connection: Airflow takes the scheme for the type, and the path for
/// the schema.
fn address(case: &Case<'_>, url: &str, findings: &mut Findings) {
    let host = case.connection().and_then(|c| c.host.as_str()).unwrap_or_default();
    let set = |field: &str, value: &str| Change::Set(format!("/{field}"), Value::text(value));
    let remove = |field: &str| Change::Remove(format!("/{field}"));
    let (message, help, mut changes) = match of_server(host) {
        Some(meant) => (
            "an address is not a connection: no provider declares the type `https`",
            format!("write a connection of type `{meant}`, with the address as its password"),
            vec![set("conn_type", meant), set("password", url), remove("host")],
        ),
        None => (
            "an address is not a connection: no provider declares the type `https`, and a hook \
             for HTTP takes the path for the scheme, and no scheme for plain HTTP",
            "write a connection of type `http`, with the address as its host: {\"conn_type\": \
             \"http\", \"host\": \"https://…\"}"
                .to_string(),
            vec![set("conn_type", "http"), set("host", url)],
        ),
    };
    changes.extend([remove("schema"), remove("port")]);
    let given = |change: &Change| match change {
        Change::Remove(at) => {
            let field = at.trim_start_matches('/');
            case.connection().and_then(|c| c.field(field)).is_some_and(|v| !v.is_null())
        }
        _ => true,
    };
    changes.retain(given);
    let fix = case.fix(Safety::Unsafe, changes);
    findings.push(&RULE, AT, case.span(AT), message).help(help).fix(fix);
}
