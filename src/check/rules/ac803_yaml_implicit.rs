//! AC803: YAML reads a field or an id as something else than text.

use crate::airflow::Raw;
use crate::check::{Case, Check, Findings, Level, Rule, pointer};
use crate::model::{Node, Style, Value};

pub(super) static RULE: Rule = Rule {
    id: "AC803",
    name: "yaml-implicit",
    level: Level::Error,
    page: include_str!("ac803_yaml_implicit.md"),
    check: Check::Connection(check),
};

/// Fields that are text.
const TEXTS: &[&str] = &["login", "password", "host", "schema", "description", "conn_type"];

const HELP: &str = "put it in quotes";

/// What YAML takes a plain scalar for, unless it is text or nothing.
fn implicit(node: &Node<'_>) -> Option<&'static str> {
    (node.style == Style::Plain).then_some(())?;
    Some(match node.value {
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::BigInt(_) => "a whole number (with a leading 0 an octal one, with `:` one of base 60)",
        Value::Float(_) => "a floating-point number",
        Value::Opaque("date" | "datetime") => "a date",
        _ => return None,
    })
}

/// The fields of a connection that YAML does not read as text.
fn fields<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (&'static str, &'static str)> + use<'c> {
    let dict = match &case.entry.raw {
        Raw::File { node, .. } | Raw::Stored(node) => node.value.as_dict(),
        _ => None,
    };
    TEXTS.iter().filter_map(move |name| Some((*name, implicit(dict?.get(name)?)?)))
}

/// The rule has something to say about a field.
pub(super) fn fires(case: &Case<'_>) -> bool {
    fields(case).next().is_some()
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for (name, kind) in fields(case) {
        let at = pointer("", name);
        findings.push(&RULE, &at, case.span(&at), format!("YAML reads this {name} as {kind}, not as text")).help(HELP);
    }
    if let Raw::File { key, .. } = &case.entry.raw
        && !matches!(key, Value::Str(_))
    {
        let message = "YAML reads this id as something else than text: Airflow looks for the connection under another name";
        findings.push(&RULE, "", case.entry.id_span, message).help(HELP);
    }
}
