//! Repairs of what the data of a connection type finds wrong.

use super::repairs::own;
use super::shared::spelled_alike;
use super::subject::Subject;
use crate::airflow::python::json_loads::loads;
use crate::check::{Change, Fix, Safety, last_key};
use crate::hooks::types::definition::{Extra, Mending};
use crate::hooks::{Place, Spells, base_url, spells};
use crate::model::Value;

/// The repair that a rule of a type names.
pub(super) fn named(mending: Mending, subject: &Subject<'_, '_>, place: &Place) -> Option<Fix> {
    let safety = subject.unless_it_works();
    match mending {
        Mending::Drop => subject.remove(safety, own(place)?),
        Mending::WholeUrl => {
            // Of another type than its hook's, AC303 has a repair of its own.
            let url = base_url::meant(subject.case.connection()?)?;
            let mut changes = vec![Change::Set("/host".to_string(), Value::text(url))];
            for field in ["schema", "port"] {
                if subject.connection.field(field).is_some_and(|value| !value.is_null()) {
                    changes.push(Change::Remove(format!("/{field}")));
                }
            }
            subject.case.fix(safety, changes)
        }
    }
}

/// An extra of another kind than its reader takes, or another word than it knows: what can be
/// meant by its value, if that is one thing. Whether nothing works with it today, nobody recorded.
pub(super) fn value(subject: &Subject<'_, '_>, place: &Place) -> Option<Fix> {
    let at = own(place)?;
    let key = at.strip_prefix("/extra/").filter(|key| !key.contains('/'))?;
    let facts = subject.hook.data?.read();
    let extra = facts.extras.get(last_key(at).as_str()).or_else(|| facts.extras.get(key))?;
    let value = subject.case.extra_value(&last_key(at))?;
    let meant = meant(extra, value).filter(|meant| extra.takes(meant))?;
    subject.set(Safety::Unsafe, at, meant)
}

/// A text without the quotes and blanks around it.
pub(super) fn unwrapped(subject: &Subject<'_, '_>, place: &Place) -> Option<Fix> {
    let at = own(place)?;
    let text = subject.case.extra_value(&last_key(at))?.as_str()?.trim();
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let text = inner('"').or_else(|| inner('\'')).unwrap_or(text);
    subject.set(Safety::Unsafe, at, Value::text(text))
}

/// The value of the right kind.
fn meant(extra: &Extra, value: &Value<'static>) -> Option<Value<'static>> {
    let wanted = |name: &str| extra.kind.json_types().contains(&name);
    let Some(text) = value.as_str() else {
        return match value {
            Value::Int(number) if wanted("string") => Some(Value::text(number.to_string())),
            _ => None,
        };
    };
    let text = text.trim();
    if let Some(word) = extra.words.iter().find(|word| spelled_alike(word, text)) {
        return Some(Value::text(word.as_str()));
    }
    if wanted("boolean") {
        return match spells(&Value::text(text)) {
            Spells::True => Some(Value::Bool(true)),
            Spells::False => Some(Value::Bool(false)),
            _ => None,
        };
    }
    if wanted("number") {
        return text.parse().ok().map(Value::Int);
    }
    let read = loads(text).ok()?.value.into_owned();
    let fits = match &read {
        Value::Dict(_) => wanted("object"),
        Value::List(_) => wanted("array"),
        _ => false,
    };
    fits.then_some(read)
}

/// An extra under the name that is read, if that is free: until now it had no effect.
pub(super) fn rename(subject: &Subject<'_, '_>, place: &Place, meant: &str) -> Option<Fix> {
    subject.rename(Safety::Unsafe, own(place)?, meant)
}
