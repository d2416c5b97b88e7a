//! AC306: the aimed-at runtimes read different connections from the same text.

use std::rc::Rc;

use crate::airflow::extra::decoded;
use crate::airflow::python::json_dumps::dumps;
use crate::check::{About, Case, Check, Findings, Level, Rule, masked_field};
use crate::model::{Connection, FIELDS, Secret, Value};

pub static RULE: Rule = Rule {
    id: "AC306",
    name: "runtimes-disagree",
    level: Level::Warning,
    page: include_str!("ac306_runtimes_disagree.md"),
    about: About::Text,
    checks: &[Check::Across(check)],
};

fn check(cases: &[Rc<Case<'_>>], findings: &mut Findings) {
    let read: Vec<(&Case<'_>, &Connection)> =
        cases.iter().filter_map(|case| Some((&**case, case.connection()?))).collect();
    let Some(((first, a), rest)) = read.split_first() else { return };
    for (other, b) in rest {
        let differing: Vec<&str> =
            FIELDS.iter().copied().filter(|field| differs(field, a, b, first, other)).collect();
        if differing.is_empty() {
            continue;
        }
        let (one, two) = (first.runtime.name(), other.runtime.name());
        let fields = differing.join(", ");
        let verb = if differing.len() == 1 { "differs" } else { "differ" };
        let message = format!(
            "Airflow {one} and {two} read different connections from this text: {fields} {verb}"
        );
        let pointer =
            if differing.len() == 1 { format!("/{}", differing[0]) } else { String::new() };
        findings
            .push(&RULE, pointer, first.whole(), message)
            .help(format!("`airconn inspect` shows them whole\n{}", table(&read)));
        return;
    }
}

/// The fields that are not the same for all, a column for each reading; what may be secret is
/// hidden.
fn table(read: &[(&Case<'_>, &Connection)]) -> String {
    let mut readings: Vec<(String, &Case<'_>, &Connection)> = Vec::new();
    for (case, connection) in read {
        let same = |(_, other, known): &&mut (String, &Case<'_>, &Connection)| {
            FIELDS.iter().all(|field| !differs(field, known, connection, other, case))
        };
        match readings.iter_mut().find(same) {
            Some((names, ..)) => *names += &format!(", {}", case.runtime.name()),
            None => readings.push((case.runtime.name(), case, connection)),
        }
    }
    let unlike = |field: &&str| {
        readings.iter().any(|(_, case, connection)| {
            differs(field, readings[0].2, connection, readings[0].1, case)
        })
    };
    let fields: Vec<&str> = FIELDS.iter().copied().filter(unlike).collect();
    let mut columns = vec![
        std::iter::once("Airflow")
            .chain(fields.iter().copied())
            .map(String::from)
            .collect::<Vec<_>>(),
    ];
    for (names, case, connection) in &readings {
        let cell = |field: &&str| {
            let value = connection
                .field(field)
                .map(|value| masked_field(field, value, connection, case.doubt().is_some()));
            value.map_or_else(String::new, |value| dumps(&value).unwrap_or_default())
        };
        columns.push(std::iter::once(names.clone()).chain(fields.iter().map(cell)).collect());
    }
    let width =
        |column: &Vec<String>| column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let row = |n: usize| {
        let cells: Vec<String> =
            columns.iter().map(|column| format!("{:<1$}", column[n], width(column))).collect();
        cells.join("  ").trim_end().to_string()
    };
    (0..=fields.len()).map(row).collect::<Vec<_>>().join("\n")
}

/// Null and empty text are the same here; what JSON decoding of the query makes of extra is AC206.
fn differs(
    field: &str,
    a: &Connection,
    b: &Connection,
    first: &Case<'_>,
    other: &Case<'_>,
) -> bool {
    let (Some(x), Some(y)) = (a.field(field), b.field(field)) else { return false };
    let empty = |v: &Value<'_>| v.is_null() || v.as_str() == Some("");
    if empty(x) && empty(y)
        || field == "description"
            && (first.runtime.behaviour.description != other.runtime.behaviour.description)
    {
        return false;
    }
    if field != "extra" {
        return x != y;
    }
    if first.decodes_query() != other.decodes_query()
        && first.uri().is_some()
        && other.uri().is_some()
    {
        return false;
    }
    let meant = |extra: &Secret| match extra.expose().as_str() {
        Some(_) => decoded(extra).map(|node| node.value.clone()),
        None => Some(extra.expose().clone()),
    };
    x != y && meant(&a.extra) != meant(&b.extra)
}
