//! What needs no rule of a type: extras and fields that its hook never reads, and extras of another
//! kind than it takes.

use super::definition::Others;
use super::evaluation::Evaluation;
use super::fault::{Fault, What};
use crate::hooks::place::Place;
use crate::hooks::slips::are_far;
use crate::model::Value;

/// Fields of which the data of a type may say that nothing reads them.
const FIELDS: [&str; 5] = ["host", "schema", "login", "password", "port"];

/// Everything of a connection that nothing reads, or that is of a wrong kind.
pub(super) fn unread(evaluation: &Evaluation<'_>) -> Vec<Fault> {
    let facts = evaluation.facts;
    let mut faults = Vec::new();
    let mut say = |place: Place, what| {
        faults.push(Fault { what, places: vec![place], meant: None, certain: false });
    };
    for field in FIELDS.into_iter().filter(|field| facts.ignores(field)) {
        let value = evaluation.connection.field(field);
        if value.is_some_and(|value| value.truthy()) {
            say(Place::here(format!("/{field}")), What::UnreadField(field));
        }
    }
    for (key, extra) in &facts.extras {
        if evaluation.extra(key).is_some_and(|value| !extra.takes(value)) {
            say(evaluation.place(&format!("extra.{key}")), What::WrongKind { key, extra });
        } else if let Some(what) = evaluation.extra(key).and_then(Value::as_str).and_then(wrapping)
        {
            say(evaluation.place(&format!("extra.{key}")), What::Wrapped { key, what });
        }
    }
    for (key, _) in evaluation.extras.iter() {
        if let Some((key, what)) = facts.gone.get_key_value(key) {
            say(Place::extra(key), What::Gone { key, what });
        } else if let Some((key, meant)) = facts.misnamed.get_key_value(key) {
            say(Place::extra(key), What::Misnamed { key, meant });
        } else if let Some(meant) = judged(evaluation, key) {
            say(Place::extra(key), What::UnreadExtra { key: key.to_string(), meant });
        }
    }
    faults
}

/// What is around a text of one line and becomes a part of it, where nobody means that.
fn wrapping(text: &str) -> Option<&'static str> {
    let inner = text.trim();
    let quoted =
        |quote: char| inner.len() > 2 && inner.starts_with(quote) && inner.ends_with(quote);
    match text {
        // A key or a certificate ends with its line.
        _ if inner.is_empty() || inner.contains(['\n', '\r']) => None,
        _ if quoted('"') || quoted('\'') => {
            Some("there are quotes around the value, which belong to it")
        }
        _ if inner.len() < text.len() => {
            Some("there is a blank before or after the value, which belongs to it")
        }
        _ => None,
    }
}

/// Whether something is to be said of an extra that the type does not know: the inner option is the
/// name that may be meant.
fn judged(evaluation: &Evaluation<'_>, key: &str) -> Option<Option<&'static str>> {
    let facts = evaluation.facts;
    let is_read = facts.extras.contains_key(key)
        || key.starts_with("extra__")
        || facts.beginnings.keys().any(|start| key.starts_with(start.as_str()));
    if is_read {
        return None;
    }
    let near = || nearest(key, facts.extras.keys().map(String::as_str));
    match facts.others {
        // A name that is like none may be read by code of the project.
        Others::Ignored => near().map(Some),
        // Any name may be right; one that is nearly another is not meant.
        Others::Driver => near().filter(|name| !name.eq_ignore_ascii_case(key)).map(Some),
        // A header has its own names, and what the driver refuses a rule of the type says.
        Others::Header | Others::Refused => None,
    }
}

/// The name that is likely meant: one edit for each five letters away, the same but for capitals
/// and the ways of joining words, or one that it holds or begins like.
pub(crate) fn nearest<'n>(key: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    fn plain(name: &str) -> String {
        name.chars()
            .filter(|c| !matches!(c, '_' | '-' | '.' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect()
    }
    if key.len() > LONGEST {
        return None;
    }
    let given = plain(key);
    let bound = (key.chars().count() / 5).max(1);
    let is_kin = |other: &str| {
        let common = given.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        common >= KIN || other.len() >= KIN && given.contains(other)
    };
    names
        .map(|name| match plain(name) {
            same if same == given => (0, name),
            other if are_far(&given, &other, bound) => match is_kin(&other) {
                true => (FAR, name),
                false => (FAR + 1, name),
            },
            other => match 1 + strsim::damerau_levenshtein(&given, &other) {
                far if far > 1 + bound && is_kin(&other) => (FAR, name),
                distance => (distance, name),
            },
        })
        .filter(|(distance, _)| *distance <= 1 + bound || *distance == FAR)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// So many letters two names have in common by no chance.
const KIN: usize = 7;

/// Farther than any name that is a few edits away.
const FAR: usize = LONGEST + 1;

/// Longer names are not compared: no extra has one.
const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found() {
        let names = || {
            ["tenant_id", "account_url", "charset", "db", "private_key", "keyfile_dict"].into_iter()
        };
        for (given, want) in [
            ("tenantId", Some("tenant_id")),
            ("tenant-id", Some("tenant_id")),
            ("acount_url", Some("account_url")),
            ("charsets", Some("charset")),
            ("chraset", Some("charset")),
            ("warehouse", None),
            ("d", Some("db")),
            ("private_key_file", Some("private_key")),
            ("keyfile_json", Some("keyfile_dict")),
        ] {
            assert_eq!(nearest(given, names()), want, "{given}");
        }
    }
}
