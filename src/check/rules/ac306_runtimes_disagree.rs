//! AC306: the aimed-at runtimes read different connections from the same text.

use crate::airflow::python::json_loads::loads;
use crate::check::{Case, Check, Findings, Level, Rule};
use crate::model::{Connection, FIELDS, Value};

pub(super) static RULE: Rule = Rule {
    id: "AC306",
    name: "runtimes-disagree",
    level: Level::Warning,
    page: include_str!("ac306_runtimes_disagree.md"),
    check: Check::Across(check),
};

fn check(cases: &[Case<'_>], findings: &mut Findings) {
    let read: Vec<(&Case<'_>, &Connection)> = cases.iter().filter_map(|case| Some((case, case.connection()?))).collect();
    let Some(((first, a), rest)) = read.split_first() else { return };
    for (other, b) in rest {
        let differing: Vec<&str> = FIELDS.iter().copied().filter(|field| differs(field, a, b, first, other)).collect();
        if differing.is_empty() {
            continue;
        }
        let (one, two) = (first.runtime.name(), other.runtime.name());
        let message = format!("Airflow {one} and {two} read different connections from this text: {} differ", differing.join(", "));
        let message = if differing.len() == 1 { message.replace(" differ", " differs") } else { message };
        let pointer = if differing.len() == 1 { format!("/{}", differing[0]) } else { String::new() };
        findings.push(&RULE, pointer, first.whole(), message).help("`airconn inspect` shows them side by side");
        return;
    }
}

/// Null and empty text are the same here; what JSON decoding of the query makes of extra is AC206.
fn differs(field: &str, a: &Connection, b: &Connection, first: &Case<'_>, other: &Case<'_>) -> bool {
    let (Some(x), Some(y)) = (a.field(field), b.field(field)) else { return false };
    let empty = |v: &Value<'_>| v.is_null() || v.as_str() == Some("");
    if empty(x) && empty(y) || field == "description" && (first.runtime.behaviour.description != other.runtime.behaviour.description) {
        return false;
    }
    if field != "extra" {
        return x != y;
    }
    if first.decodes_query() != other.decodes_query() && first.uri().is_some() && other.uri().is_some() {
        return false;
    }
    let decoded = |v: &Value<'static>| v.as_str().map_or(Some(v.clone()), |t| loads(t).ok().map(|n| n.value.into_owned()));
    x != y && decoded(x) != decoded(y)
}
