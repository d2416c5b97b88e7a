//! AC108: stars that a display showed for a secret were saved as the value.

use crate::check::rules::shared::{extra_text, is_mask};
use crate::check::{About, Case, Check, Findings, Level, Rule, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC108",
    name: "masked-value",
    level: Level::Error,
    page: include_str!("ac108_masked_value.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let mut report = |at: &str, name: &str| {
        let message = format!(
            "{name} holds a mask, not a value: it was copied from a display that hides secrets"
        );
        let help = "put the real value here; `airflow connections export` on the server or the \
                    secrets backend has it";
        findings.push(&RULE, at, case.span(at), message).help(help);
    };
    if let Some(connection) = case.connection() {
        for name in ["password", "login", "host", "schema"] {
            if connection.field(name).and_then(Value::as_str).is_some_and(is_mask) {
                report(&format!("/{name}"), name);
            }
        }
    }
    match case.extra().map(|n| &n.value) {
        Some(Value::Dict(extra)) => {
            for (key, member) in extra.named() {
                let name = || {
                    case.names()
                        .shown(key)
                        .map_or_else(|| "an extra".to_string(), |key| format!("the extra `{key}`"))
                };
                let at = || pointer("/extra", key);
                walk(&at, &member.node.value, &mut |at| report(at, &name()));
            }
        }
        _ if extra_text(case).is_some_and(|t| is_mask(&t)) => report("/extra", "extra"),
        _ => {}
    }
}

/// Pointers are made where something is found.
fn walk(at: &dyn Fn() -> String, value: &Value<'_>, report: &mut dyn FnMut(&str)) {
    match value {
        Value::Str(text) if text.as_str().is_some_and(is_mask) => report(&at()),
        Value::Dict(dict) => dict
            .named()
            .for_each(|(key, member)| walk(&|| pointer(&at(), key), &member.node.value, report)),
        Value::List(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, item)| walk(&|| format!("{}/{i}", at()), &item.value, report)),
        _ => {}
    }
}
