//! AC105: extra is not JSON, or JSON that is not an object.

use crate::airflow::python::json_loads::loads;
use crate::airflow::{ExtraFault, Fault};
use crate::check::rules::diagnosis::Diagnosis;
use crate::check::rules::shared::{depth_of_extra, extra_node, extra_text, is_mask};
use crate::check::{About, Case, Check, Findings, Level, Rule};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC105",
    name: "extra-not-object",
    level: Level::Error,
    page: include_str!("ac105_extra_not_object.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let raised = case.raised(RULE.id);
    let text = extra_text(case);
    // AC108 and AC401 know better what is wrong with these.
    let is_deep = || depth_of_extra(case).is_some_and(|depth| depth > 1);
    if text.as_deref().is_some_and(|text| is_mask(text) || is_deep()) {
        return;
    }
    let (what, span) = match (&text, raised) {
        (Some(_), _) => match extra_node(case) {
            Some(node) => match node.value {
                Value::Dict(_) => return,
                Value::List(_) => ("a JSON list", None),
                Value::Str(_) => ("a JSON string", None),
                Value::Bool(_) => ("a JSON boolean", None),
                Value::Null => ("JSON null", None),
                _ => ("a JSON number", None),
            },
            None => (
                "not JSON",
                case.places().extra_text().and_then(|t| {
                    loads(t.as_str()).err()?.raised(Fault::Extra(ExtraFault::Syntax), t).span
                }),
            ),
        },
        (None, Some(raised)) => ("no JSON object", raised.span),
        (None, None) => return,
    };
    let effect = match (raised.is_some(), what) {
        (true, _) => "this Airflow refuses the connection",
        (false, "not JSON") => "this Airflow ignores it",
        _ => "this Airflow hands it to hooks that expect an object",
    };
    let quotes = text.as_deref().is_some_and(|t| t.trim_start().starts_with("{'"));
    let help = if quotes { "JSON needs double quotes" } else { "write a JSON object" };
    let span = span.or_else(|| raised.and_then(|r| r.span)).or_else(|| case.span("/extra"));
    // What is ignored may still log in: the hook sees an empty extra.
    let level = if raised.is_none() && what == "not JSON" { Level::Warning } else { RULE.level };
    findings
        .push(&RULE, "/extra", span, format!("extra is {what}: {effect}"))
        .help(help)
        .level(level);
}

/// The hook asks it for keys.
pub fn not_an_object() -> Diagnosis {
    RULE.error("extra is not a JSON object").help("write a JSON object")
}
