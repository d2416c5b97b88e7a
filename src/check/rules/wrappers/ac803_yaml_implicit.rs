//! AC803: YAML reads a field or an id as something else than text.

use crate::airflow::Raw;
use crate::airflow::yaml_trace::quoted;
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety, pointer};
use crate::model::{Node, Style, Value};
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC803",
    name: "yaml-implicit",
    level: Level::Error,
    page: include_str!("ac803_yaml_implicit.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Fields that are text.
const TEXTS: &[&str] = &["login", "password", "host", "schema", "description", "conn_type"];

const HELP: &str = "put it in quotes";

/// What YAML takes a plain scalar for, unless it is text or nothing.
fn implicit(node: &Node<'_>) -> Option<&'static str> {
    (node.style == Style::Plain).then_some(())?;
    Some(match node.value {
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::BigInt(_) => {
            "a whole number (with a leading 0 an octal one, with `:` one of base 60)"
        }
        Value::Float(_) => "a floating-point number",
        Value::Opaque("date" | "datetime") => "a date",
        _ => return None,
    })
}

/// The fields of a connection that YAML does not read as text.
fn fields<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (&'static str, &'static str, Span)> + use<'c> {
    let dict = match &case.entry.raw {
        Raw::File { node, .. } | Raw::Stored(node) => node.value.as_dict(),
        _ => None,
    };
    let field = move |name: &&'static str| {
        let node = dict?.get(name)?;
        Some((*name, implicit(node)?, node.span))
    };
    TEXTS.iter().filter_map(field)
}

/// The rule has something to say about a field.
pub fn fires(case: &Case<'_>) -> bool {
    fields(case).next().is_some()
}

/// The scalar as it is written, as text.
fn in_quotes(case: &Case<'_>, span: Span) -> Option<Fix> {
    let written = case.entry.base.as_str().get(span.range())?;
    let edit = case.entry.base.edit(span.range(), &quoted(written))?;
    case.fix(Safety::Safe, vec![Change::Text(vec![edit])])
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for (name, kind, span) in fields(case) {
        let at = pointer("", name);
        let fix = in_quotes(case, span);
        findings
            .push(
                &RULE,
                &at,
                case.span(&at),
                format!("YAML reads this {name} as {kind}, not as text"),
            )
            .help(HELP)
            .fix(fix);
    }
    if let Raw::File { key, .. } = &case.entry.raw
        && !matches!(key, Value::Str(_))
    {
        let message = "YAML reads this id as something else than text: Airflow looks for the \
                       connection under another name";
        // Places of ids count in the source, where they are the same in the text that holds the
        // connection.
        let place = case.entry.id_span.filter(|span| case.entry.span_of(*span) == Some(*span));
        let fix = place.and_then(|span| in_quotes(case, span));
        findings.push(&RULE, "", case.entry.id_span, message).help(HELP).fix(fix);
    }
}
