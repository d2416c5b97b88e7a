//! AC401: JSON inside a JSON string where an object is meant, or the reverse.

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::catalog::OBJECTS;
use crate::check::rules::shared::{condition_holds, depth_of_extra, depth_of_object, extra_text};
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC401",
    name: "double-encoded-extra",
    level: Level::Error,
    page: include_str!("ac401_double_encoded_extra.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(depth) = depth_of_extra(case).filter(|depth| *depth > 1) {
        let message = format!(
            "extra holds JSON inside a string ({depth} levels): Airflow 3 servers refuse it, \
             others hand a text to the hook"
        );
        let object = extra_text(case)
            .and_then(|text| innermost(&text))
            .and_then(|object| dumps(&object).ok());
        let fix = object.and_then(|text| {
            case.fix(Safety::Safe, vec![Change::Set("/extra".to_string(), Value::text(text))])
        });
        findings
            .push(&RULE, "/extra", case.span("/extra"), message)
            .help("write the object itself, without quotes around it")
            .fix(fix);
        return;
    }
    let Some(connection) = case.connection() else { return };
    for known in OBJECTS.iter().filter(|o| o.conn_type == connection.type_str()) {
        let Some(value) = case
            .extra_value(&known.key)
            .filter(|_| condition_holds(case, known.only_with.as_deref()))
        else {
            continue;
        };
        let depth = value.as_str().and_then(depth_of_object);
        let (wrong, help) = match (known.wants.as_str(), value, depth) {
            ("object", Value::Str(_), Some(depth)) => {
                (levels(depth, "an object"), "write the object itself, without quotes around it")
            }
            ("json-string", Value::Dict(_), _) => (
                "is an object; the hook expects a string that holds JSON".to_string(),
                "write it as a string of JSON",
            ),
            ("json-string" | "either", Value::Str(_), Some(depth)) if depth > 1 => {
                (levels(depth, "one level"), "encode it once")
            }
            _ => continue,
        };
        let at = pointer("/extra", &known.key);
        let object =
            value.as_str().and_then(innermost).or_else(|| value.as_dict().map(|_| value.clone()));
        let meant = object.and_then(|o| {
            if known.wants == "object" { Some(o) } else { dumps(&o).ok().map(Value::text) }
        });
        // A hook that takes the text, and perhaps does without what it says, works otherwise
        // afterwards.
        let safety = if known.refused && depth != Some(2) { Safety::Safe } else { Safety::Unsafe };
        let fix = meant.and_then(|value| case.fix(safety, vec![Change::Set(at.clone(), value)]));
        // Hooks of Redshift read it since each service has its endpoint there; before, S3 alone
        // did.
        let seldom = (known.conn_type.as_str(), known.key.as_str()) == ("aws", "service_config")
            && !case.providers.packages.amazon.behaviour.service_endpoints;
        let level = if seldom { Level::Warning } else { Level::Error };
        findings
            .push(&RULE, at.clone(), case.span(&at), format!("`{}` {wrong}", known.key))
            .level(level)
            .help(help)
            .fix(fix);
    }
}

/// The object inside of all the texts.
fn innermost(text: &str) -> Option<Value<'static>> {
    let mut text = text.to_string();
    loop {
        match loads(&text).ok()?.value.into_owned() {
            Value::Str(inner) => text = inner.as_str()?.to_string(),
            object => return Some(object),
        }
    }
}

fn levels(depth: usize, wanted: &str) -> String {
    let times = if depth == 1 { String::new() } else { format!(" ({depth} levels)") };
    format!("holds JSON inside a string{times}; the hook expects {wanted}")
}
