//! AC302: an id that Airflow's core keeps and that other doors, stores or shells refuse.

use crate::airflow::ids::{KeyProblem, sanitize_conn_id, validate_key};
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::format::Ids;

pub static RULE: Rule = Rule {
    id: "AC302",
    name: "conn-id-not-portable",
    level: Level::Warning,
    page: include_str!("ac302_conn_id_not_portable.md"),
    about: About::Text,
    checks: &[Check::Reader(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(id) = case.entry.conn_id.as_deref().filter(|_| case.connection().is_some()) else {
        return;
    };
    let reader = case.entry.reader(case.runtime);
    let is_shell = case.format.ids == Ids::Shell;
    // What is not kept at all is AC301.
    if !is_shell && sanitize_conn_id(id, &reader).is_none() {
        return;
    }
    let server = case.runtime.of_files();
    let (level, message) = match validate_key(id, &server) {
        _ if is_shell && !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => (
            Level::Warning,
            "no shell sets a variable of this name: it may have letters, digits and `_` only",
        ),
        Err(KeyProblem::Characters) => {
            let message = "this conn_id is kept, but `connections add`, `connections import` and \
                           the API refuse it: they take letters, digits and _ - . only";
            (Level::Warning, message)
        }
        Err(KeyProblem::TooLong) => {
            let message = "this conn_id is kept, but `connections add`, `connections import` and \
                           the API refuse it: they take 200 characters";
            (Level::Warning, message)
        }
        Err(KeyProblem::DoubleDot) => (
            Level::Warning,
            "this conn_id is kept, but `connections add` and `connections import` refuse `..` \
             since Airflow 3.3",
        ),
        // Others have names of variables or secrets.
        Ok(()) if case.format.ids != Ids::Airflow => return,
        Ok(()) if !id.is_ascii() => (
            Level::Info,
            "letters outside of ASCII cannot stand in the name of a variable or of a secret of \
             any secrets backend",
        ),
        Ok(()) if id.contains('.') => (
            Level::Info,
            "`.` cannot stand in the name of a shell's variable, of a secret of Google Secret \
             Manager, or of Azure Key Vault",
        ),
        Ok(()) if id.contains('-') => {
            (Level::Info, "`-` cannot stand in the name of a shell's variable")
        }
        Ok(()) => return,
    };
    let help = "letters, digits and `_` work everywhere; change the id in the DAGs, too";
    findings
        .push(&RULE, "/conn_id", case.entry.id_span.or_else(|| case.whole()), message)
        .level(level)
        .help(help);
}
