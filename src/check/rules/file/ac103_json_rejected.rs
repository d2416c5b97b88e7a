//! AC103: Airflow raises on a connection written as an object.

use crate::check::rules::wrappers::ac803_yaml_implicit as ac803;
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC103",
    name: "json-rejected",
    level: Level::Error,
    page: include_str!("ac103_json_rejected.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Names that people write, and Airflow's.
const RENAMED: &[(&str, &str)] = &[
    ("user", "login"),
    ("username", "login"),
    ("database", "schema"),
    ("db", "schema"),
    ("dbname", "schema"),
    ("pass", "password"),
    ("type", "conn_type"),
    ("extras", "extra"),
    ("extra_dejson", "extra"),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(raised) = case.raised(RULE.id).filter(|_| !ac803::fires(case)) else { return };
    let exception = raised.exception();
    let key = case.object().and_then(|(dict, base)| {
        let at = |span: Span| base.span_of(span.range()) == raised.span;

        dict.named().find(|(_, member)| at(member.key_span)).map(|(name, _)| name.to_string())
    });
    let known = key.as_deref().and_then(|key| RENAMED.iter().find(|(wrong, _)| *wrong == key));
    let message = match known {
        Some((wrong, _)) => format!(
            "Airflow refuses this connection ({exception}): `{wrong}` is not a field of a \
             connection"
        ),
        None => format!("Airflow refuses this connection ({exception}): {}", raised.message),
    };
    let help = match known {
        Some((_, right)) => format!("Airflow calls it `{right}`"),
        None if raised.message.contains("no field") => {
            "the fields are conn_type, description, host, login, password, schema, port and \
             extra; all else goes into extra"
                .to_string()
        }
        None if raised.message.contains("conn_id") => "remove `conn_id`".to_string(),
        None => "correct the marked place".to_string(),
    };
    findings.push(&RULE, "", raised.span, message).help(help);
}
