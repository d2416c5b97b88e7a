//! AC213: a host that holds more than the name of a host.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Fix, Level, Rule, Safety};
use crate::hooks::{Place, syntax};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC213",
    name: "host-holds-more",
    level: Level::Error,
    page: include_str!("ac213_host_holds_more.md"),
    about: About::Parts,
    checks: &[],
};

/// A part of it is not a label.
pub fn label() -> Diagnosis {
    RULE.error("the host has an empty part or one of more than 63 characters")
        .help("give the name of a host")
}

/// Something else stands beside the name.
pub fn syntax() -> Diagnosis {
    RULE.error("the host holds more than the name of a host")
        .help("give the name alone; port and database have fields of their own")
        .repair(parts)
}

/// A host that holds a scheme, a port or a database: each goes where it belongs, if that is free.
fn parts(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    let written = subject.host().filter(|_| own(at) == Some("/host"))?.trim();
    let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    {
        return None;
    }
    let mut changes = vec![Change::Set("/host".to_string(), Value::text(host))];
    if !port.is_empty() {
        let number: i64 = port.parse().ok().filter(|n| (1..=65535).contains(n))?;
        match &subject.connection.port {
            Value::Null => changes.push(Change::Set("/port".to_string(), Value::Int(number))),
            Value::Int(same) if *same == number => {}
            _ => return None,
        }
    }
    let database = path.trim_end_matches('/');
    match subject.connection.schema.as_str().unwrap_or_default() {
        _ if database.is_empty() => {}
        _ if !syntax::is_db_user(database) => return None,
        "" => changes.push(Change::Set("/schema".to_string(), Value::text(database))),
        same if same == database => {}
        _ => return None,
    }
    subject.case.fix(Safety::Safe, changes)
}
