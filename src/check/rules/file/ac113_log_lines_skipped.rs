//! AC113: log lines stand ahead of what a command of Airflow printed.

use crate::check::{About, Check, Findings, Level, Reading, Rule};

pub static RULE: Rule = Rule {
    id: "AC113",
    name: "log-lines-skipped",
    level: Level::Info,
    page: include_str!("ac113_log_lines_skipped.md"),
    about: About::Text,
    checks: &[Check::Document(check)],
};

fn check(view: &Reading<'_>, findings: &mut Findings) {
    let Some(span) = view.skipped else { return };
    let message = "these lines are not part of the export: airconn passes over them, Airflow \
                   would refuse the text as a file";
    let help = "let Airflow write to a file: `airflow connections export connections.json`";
    findings.push(&RULE, "", Some(span), message).help(help);
}
