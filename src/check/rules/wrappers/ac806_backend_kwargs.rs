//! AC806: a variable that Airflow does not read as it is meant.

use crate::check::{About, Case, Check, Findings, Level, Rule, public_id};

pub static RULE: Rule = Rule {
    id: "AC806",
    name: "backend-kwargs",
    level: Level::Error,
    page: include_str!("ac806_backend_kwargs.md"),
    about: About::Text,
    checks: &[Check::Reader(check)],
};

/// A connection of a team, for an Airflow that knows none.
fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some((_, id)) = case.entry.team() else { return };
    if case.runtime.behaviour.team_variables {
        return;
    }
    let id = public_id(id).map_or_else(|| "its id".to_string(), |id| format!("`{id}`"));
    let message = format!(
        "only Airflow 3.2 and newer have variables of teams: here, a task that asks for {id} does \
         not find this one"
    );
    findings
        .push(&RULE, "", case.entry.id_span, message)
        .level(Level::Warning)
        .help("leave the team out of the name: AIRFLOW_CONN_<CONN_ID>");
}
