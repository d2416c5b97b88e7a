//! AC206: a value of the query is decoded as JSON by some runtimes and kept as text by others.

use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::catalog::CONVERTED;
use crate::check::rules::extra::ac402_stringly_boolean::reads_as_meant;
use crate::check::rules::shared::last_of_each_key;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC206",
    name: "typed-query-value",
    level: Level::Warning,
    page: include_str!("ac206_typed_query_value.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(parts) = case.anatomy().filter(|_| case.decodes_query()) else { return };
    let pairs = parts.pairs();
    if pairs.iter().any(|p| p.key.as_str() == "__extra__") {
        return;
    }
    let last = last_of_each_key(pairs);
    let decodes = |runtime: &&Runtime| case.entry.reader(runtime).behaviour.json_query;
    let (typed, text): (Vec<&Runtime>, Vec<&Runtime>) = case.aim.iter().partition(decodes);
    for (i, pair) in pairs.iter().enumerate() {
        let key = pair.key.as_str();
        let Some(kind) = kind(pair.value.as_str()).filter(|_| last.get(key) == Some(&i)) else {
            continue;
        };
        let name = case.names().or(key, "this value");
        let others = if text.is_empty() {
            "workers and Airflow before 3.1.6".to_string()
        } else {
            names(&text)
        };
        let mut message =
            format!("{name} is a JSON {kind} for {}, and text for {others}", names(&typed));
        let alike =
            case.connection().is_some_and(|c| alike(c.type_str(), key, pair.value.as_str(), kind));
        if alike {
            message.push_str("; the hook of this type makes the same of both");
        }
        let help = "say which is meant in `__extra__`, as JSON: {\"key\": false} or {\"key\": \
                    \"false\"}; or write the connection as JSON";
        let span = pair.raw_value.span();
        let at = pointer("/extra", key);
        // As this runtime reads it; whether that is what was meant, its author knows.
        let typed = loads(pair.value.as_str()).ok().map(|node| node.value.into_owned());
        let fix =
            typed.and_then(|value| case.fix(Safety::Unsafe, vec![Change::Set(at.clone(), value)]));
        let level = if alike { Level::Info } else { RULE.level };
        findings.push(&RULE, at, span, message).help(help).level(level).fix(fix);
    }
}

/// The names of runtimes, as far as they are easily read.
fn names(runtimes: &[&Runtime]) -> String {
    const MOST: usize = 4;
    let names: Vec<String> = runtimes.iter().take(MOST).map(|runtime| runtime.name()).collect();
    match runtimes.len().saturating_sub(MOST) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The hook is known to make the same of the value as of its text.
fn alike(conn_type: &str, key: &str, text: &str, kind: &str) -> bool {
    let converted =
        || CONVERTED.iter().any(|c| c.kind == kind && c.conn_type == conn_type && c.key == key);
    if kind == "boolean" { reads_as_meant(conn_type, key, text) } else { converted() }
}

/// What Python's json.loads makes of the text.
fn kind(text: &str) -> Option<&'static str> {
    Some(match loads(text).ok()?.value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Str(_) => "string, without its quotes",
        Value::List(_) => "list",
        Value::Dict(_) => "object",
        _ => "number",
    })
}
