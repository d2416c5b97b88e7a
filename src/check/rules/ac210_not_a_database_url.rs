//! AC210: the URL of a database library where Airflow expects its own URI.

use crate::check::{Case, Change, Check, Findings, Level, Rule, Safety};

pub(super) static RULE: Rule = Rule {
    id: "AC210",
    name: "not-a-database-url",
    level: Level::Error,
    page: include_str!("ac210_not_a_database_url.md"),
    check: Check::Connection(check),
};

/// A dialect of SQLAlchemy, and the connection type for the same database.
static DIALECTS: &[(&str, &str)] = &[
    ("mssql", "mssql"),
    ("mysql", "mysql"),
    ("oracle", "oracle"),
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("redshift", "redshift"),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(view), Some(_)) = (case.uri(), case.connection()) else { return };
    let text = view.text.as_str();
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:")) && !text[5..].starts_with("//") {
        let message = "a JDBC URL: Airflow reads the type `jdbc` without a host, and the rest as schema";
        let help =
            "write TYPE://LOGIN:PASSWORD@HOST:PORT/SCHEMA; for a connection of the type jdbc, the JDBC URL is the host of its JSON form";
        findings.push(&RULE, "", view.text.span_of(0..text.len()), message).help(help);
        return;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return };
    let Some((dialect, _)) = scheme.split_once('+') else { return };
    let Some((_, conn_type)) = DIALECTS.iter().find(|(name, _)| dialect.eq_ignore_ascii_case(name)) else { return };
    let message = "a URL of SQLAlchemy: its dialect and driver become the connection type, and no hook has a type of that name";
    // What the query means to a driver, it need not mean to the hook.
    let safety = if rest.contains('?') { Safety::Unsafe } else { Safety::Safe };
    let edit = view.text.edit(0..scheme.len(), conn_type);
    let fix = edit.and_then(|edit| case.fix(safety, vec![Change::Text(vec![edit])]));
    findings.push(&RULE, "/conn_type", view.text.span_of(0..scheme.len()), message).help(format!("write {conn_type}://")).fix(fix);
}
