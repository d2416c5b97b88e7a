//! AC103: Airflow raises on a connection written as an object.

use crate::airflow::{Fault, FieldsFault, Raised, Raw};
use crate::check::rules::wrappers::ac803_yaml_implicit as ac803;
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety, pointer};
use crate::format::field_meant;
use crate::hooks::slip_of;
use crate::model::FIELDS;
use crate::source::Span;

pub static RULE: Rule = Rule {
    id: "AC103",
    name: "json-rejected",
    level: Level::Error,
    page: include_str!("ac103_json_rejected.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// What is said once for the whole file is not said of each connection.
fn raised<'c>(case: &'c Case<'_>) -> Option<&'c Raised> {
    case.raised(RULE.id).filter(|raised| raised.fault != Fault::Form && !ac803::fires(case))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(raised) = raised(case) else { return };
    let exception = raised.exception();
    let key = case.object().and_then(|(dict, base)| {
        let at = |span: Span| base.span_of(span.range()) == raised.span;

        dict.named().find(|(_, member)| at(member.key_span)).map(|(name, _)| name.to_string())
    });
    let twice = raised.message.starts_with("`conn_id` inside");
    let key = key.or_else(|| twice.then(|| "conn_id".to_string()));
    let key = key.as_deref().filter(|key| match raised.fault {
        Fault::Fields(FieldsFault::Unknown) => true,
        // The variable has the id already, or the key that the connection stands under.
        _ => *key == "conn_id" && !matches!(case.entry.raw, Raw::File { .. }),
    });
    let named = key.filter(|key| *key != "conn_id").and_then(|key| case.names().shown(key));
    let message = match named {
        Some(key) => format!(
            "Airflow refuses this connection ({exception}): `{key}` is not a field of a connection"
        ),
        None => format!("Airflow refuses this connection ({exception}): {}", raised.message),
    };
    let help = match key.map(|key| (meant(key), slip_of(key, FIELDS.into_iter()))) {
        Some((Some(Some(field)), _)) => format!("Airflow calls it `{field}`"),
        Some((None, Some(field))) => format!("did you mean `{field}`?"),
        Some((Some(None), _)) => "remove what is not a field of a connection".to_string(),
        Some((None, None)) => {
            "the fields are conn_type, description, host, login, password, schema, port and \
             extra; all else goes into extra"
                .to_string()
        }
        None if raised.message.contains("conn_id") => "remove `conn_id`".to_string(),
        None => "correct the marked place".to_string(),
    };
    let fix = key.and_then(|_| repair(case));
    findings.push(&RULE, "", raised.span, message).help(help).fix(fix);
}

/// The field that is meant by a name; `Some(None)` if nothing of a connection is.
fn meant(key: &str) -> Option<Option<&'static str>> {
    match key {
        "extra_dejson" => Some(Some("extra")),
        // It is the name of the variable, or the key that the connection stands under.
        "conn_id" => Some(None),
        key => field_meant(key),
    }
}

/// One repair for all names of the connection, if each is known: Airflow names only the first.
fn repair(case: &Case<'_>) -> Option<Fix> {
    let (dict, _) = case.object()?;
    let is_text = !matches!(case.entry.raw, Raw::File { .. });
    let unknown = dict.named().map(|(key, _)| key).filter(|key| {
        let own = FIELDS.contains(key) || *key == "uri" || *key == "team_name";
        !own && (is_text || !matches!(*key, "conn_id" | "extra_dejson"))
    });
    let mut changes = unknown
        .map(|key| {
            let at = pointer("", key);
            Some(match meant(key)? {
                Some(field) => Change::Rename(at, field.to_string()),
                None => Change::Remove(at),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    // What has two names is not decided here.
    let mut names: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Rename(_, to) => Some(to.as_str()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    if names.windows(2).any(|two| two[0] == two[1])
        || names.iter().any(|name| dict.get(name).is_some())
    {
        return None;
    }
    // Names first: what goes leaves them where they are.
    changes.sort_by_key(|change| matches!(change, Change::Remove(_)));
    case.fix_as_it_stands(Safety::Safe, changes)
}
