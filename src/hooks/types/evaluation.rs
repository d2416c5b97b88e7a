//! Holds the conditions of a type against a connection.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::definition::Type;
use super::pem;
use super::predicate::{Predicate, Type as JsonType};
use super::shape::is_int;
use crate::airflow::python::json_loads::loads;
use crate::airflow::yaml_load::load;
use crate::hooks::place::Place;
use crate::hooks::python::{Extras, Spells, spells};
use crate::model::{Connection, Value, pointer};

/// A connection of a type, and the way to log in that its hook chooses.
pub(super) struct Evaluation<'e> {
    pub(super) facts: &'static Type,
    pub(super) connection: &'e Connection,
    pub(super) extras: &'e Extras,
    /// The number of the mode.
    pub(super) mode: Option<usize>,
    /// How long names begin, if the hook reads them and there are some.
    long_names: Option<&'static str>,
}

/// A value on the way: it may stand in a text of JSON, and be made for the look.
type Found<'v> = Cow<'v, Value<'static>>;

impl<'e> Evaluation<'e> {
    /// Chooses the mode.
    pub(super) fn new(
        facts: &'static Type,
        connection: &'e Connection,
        extras: &'e Extras,
    ) -> Evaluation<'e> {
        let long_names = facts.long_names.as_deref();
        let long_names =
            long_names.filter(|start| extras.iter().any(|(key, _)| key.starts_with(start)));
        let mut evaluation = Evaluation { facts, connection, extras, mode: None, long_names };
        evaluation.mode = facts.ways.iter().position(|way| evaluation.holds(&way.when));
        evaluation
    }

    /// What stands at a path; `None` where nothing does.
    pub(super) fn get(&self, path: &str) -> Option<Found<'e>> {
        let Some(rest) = path.strip_prefix("extra.") else {
            let value = self.connection.field(path)?;
            return (!value.is_null()).then_some(Cow::Borrowed(value));
        };
        let (name, members) = self.split(rest)?;
        let mut value = Cow::Borrowed(self.extra(name)?);
        for member in members.split('.').filter(|member| !member.is_empty()) {
            value = Cow::Owned(inside(&value)?.as_dict()?.get(member)?.value.clone());
        }
        Some(value)
    }

    /// The longest name of an extra that a path begins with, and the rest.
    fn split<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let ends = path.rmatch_indices('.').map(|(at, _)| at);
        std::iter::once(path.len())
            .chain(ends)
            .map(|end| (&path[..end], path[end..].trim_start_matches('.')))
            .find(|(name, _)| self.extra(name).is_some())
    }

    /// An extra by its short name, under which old long ones may be read, too.
    pub(super) fn extra(&self, name: &str) -> Option<&'e Value<'static>> {
        let long = || self.extras.find(&format!("{}{name}", self.long_names?));
        self.extras.find(name).or_else(long)
    }

    pub(super) fn truthy(&self, path: &str) -> bool {
        self.get(path).is_some_and(|value| value.truthy())
    }

    fn object(&self, path: &str) -> Option<Found<'e>> {
        let found = self.get(path)?;
        let value = inside(&found)?;
        value.as_dict().is_some().then_some(Cow::Owned(value))
    }

    /// Extras that the hook does not read by their names.
    fn others(&self) -> impl Iterator<Item = (&'e str, &'e Value<'static>)> {
        let is_other = |key: &str| {
            !self.facts.extras.contains_key(key)
                && !self.facts.gone.contains_key(key)
                && !key.starts_with("extra__")
        };
        self.extras.iter().filter(move |(key, _)| is_other(key))
    }

    /// The driver takes an argument of this name.
    pub(super) fn is_argument(&self, key: &str) -> bool {
        let arguments = &self.facts.arguments;
        arguments.contains(key) || self.facts.any_case && arguments.contains(&key.to_lowercase())
    }

    /// Extras of which a condition about extras in general speaks.
    fn spoken_of(&self, condition: &Predicate) -> Vec<&'e str> {
        let all = self.extras.iter();
        let keys = |(key, _)| key;
        match condition {
            Predicate::UnknownArgument => {
                let is_long = |key: &str| key.starts_with("extra__");
                let other = self.others().map(keys).filter(|key| !self.is_argument(key));
                other.chain(all.map(keys).filter(|key| is_long(key))).collect()
            }
            Predicate::TakenArgument => {
                all.map(keys).filter(|key| self.facts.taken.iter().any(|t| t == key)).collect()
            }
            Predicate::OtherNotText => self
                .others()
                .filter(|(_, v)| !matches!(v, Value::Str(_) | Value::Null))
                .map(keys)
                .collect(),
            Predicate::OtherNotHeader => {
                let unfit = |text: &str| {
                    text.starts_with(char::is_whitespace) || text.contains(['\r', '\n'])
                };
                self.others().filter(|(_, v)| v.as_str().is_some_and(unfit)).map(keys).collect()
            }
            Predicate::UnknownBeginning(start) => all
                .map(keys)
                .filter(|key| key.starts_with(start.as_str()) && !self.is_argument(key))
                .collect(),
            Predicate::Beginning(start, but) => all
                .map(keys)
                .filter(|key| key.starts_with(start.as_str()) && !but.iter().any(|b| b == key))
                .collect(),
            Predicate::AnyExtraIs(types) => {
                all.filter(|(_, value)| types.contains(&type_of(value))).map(keys).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Members of an object of which a condition speaks.
    fn has_other_members(&self, path: &str, known: &dyn Fn(&str) -> bool) -> bool {
        let value = self.get(path);
        let members = value.as_deref().and_then(Value::as_dict);
        members.is_some_and(|dict| dict.named().any(|(name, _)| !known(name)))
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, condition: &Predicate) -> bool {
        use Predicate as P;
        let text = |path: &str, fits: &dyn Fn(&str) -> bool| {
            self.get(path).as_deref().and_then(Value::as_str).is_some_and(fits)
        };
        match condition {
            P::True => true,
            P::Truthy(path) => self.truthy(path),
            P::Present(path) => self.get(path).is_some(),
            P::NotNull(path) => self.get(path).is_some_and(|value| !value.is_null()),
            P::In(path, values) => {
                self.get(path).is_some_and(|v| values.iter().any(|one| is_value(&v, one)))
            }
            P::Is(path, types) => self.get(path).is_some_and(|v| types.contains(&type_of(&v))),
            P::NotKind(path) => self.is_of_no_kind(path),
            P::RefusedKind(path, is_true, types) => {
                let mode = self.mode.map(|at| self.facts.ways[at].mode.as_str());
                let is = |types: &Vec<JsonType>| {
                    self.get(path).is_some_and(|value| types.contains(&type_of(&value)))
                };
                [Some(""), mode].into_iter().flatten().any(|mode| types.get(mode).is_some_and(is))
                    && (!is_true || self.truthy(path))
                    && self.is_of_no_kind(path)
            }
            P::Text(path, shape) => text(path, &|text| shape.fits(text)),
            P::NotTrueWord(path) => self.get(path).is_some_and(|value| {
                matches!(&*value, Value::Str(_)) && value.truthy() && spells(&value) != Spells::True
            }),
            P::Json(path) => text(path, &|text| loads(text).is_ok()),
            P::Object(path) => self.object(path).is_some(),
            P::Lacks(path, member) => self
                .object(path)
                .is_some_and(|o| o.as_dict().is_some_and(|dict| dict.get(member).is_none())),
            P::MappingText(path) => text(path, &is_mapping),
            P::NoItemNamed(path, list, name) => self.lacks_item(path, list, name),
            P::NotAKey(path, reader, passphrase) => {
                let given = passphrase.as_ref().is_some_and(|path| self.truthy(path));
                text(path, &|text| !text.is_empty() && pem::is_refused(text, *reader, given))
            }
            P::All(all) => all.iter().all(|one| self.holds(one)),
            P::Any(all) => all.iter().any(|one| self.holds(one)),
            P::Not(inner) => !self.holds(inner),
            P::Mode(names) => self
                .mode
                .is_some_and(|at| names.iter().any(|name| *name == self.facts.ways[at].mode)),
            P::MoreThanOne(paths) => paths.iter().filter(|path| self.truthy(path)).count() > 1,
            P::OneOfTwo(one, two) => self.truthy(one) != self.truthy(two),
            P::BothOrNeither(one, two) => self.get(one).is_some() == self.get(two).is_some(),
            P::OtherMembers(path, known) => {
                self.has_other_members(path, &|name| known.iter().any(|k| k == name))
            }
            P::NotArguments(path) => self.has_other_members(path, &|name| self.is_argument(name)),
            P::NotIntegers(path) => {
                let value = self.get(path);
                let dict = value.as_deref().and_then(Value::as_dict);
                dict.is_some_and(|dict| {
                    dict.named().any(|(k, m)| !is_int(k) || !is_integer(&m.node.value))
                })
            }
            about_extras => !self.spoken_of(about_extras).is_empty(),
        }
    }

    /// An extra is there, and of no type that its kind allows.
    fn is_of_no_kind(&self, path: &str) -> bool {
        let known = path.strip_prefix("extra.").and_then(|name| {
            let extra = self.extra(name)?;
            Some(!self.facts.extras.get(name)?.takes(extra))
        });
        known.unwrap_or(false)
    }

    fn lacks_item(&self, path: &str, list: &str, name: &str) -> bool {
        let Some(object) = self.object(path) else { return false };
        let wanted = self.get(name);
        let wanted = wanted.as_deref().and_then(Value::as_str);
        let items = object.as_dict().and_then(|dict| dict.get(list)).map(|node| &node.value);
        let items = if let Some(Value::List(items)) = items { items.as_slice() } else { &[] };
        let is_named = |value: &Value<'_>| {
            value.as_dict().and_then(|item| item.get("name")).and_then(|n| n.value.as_str())
                == wanted
        };
        !items.iter().any(|item| is_named(&item.value))
    }

    /// Whether a condition is about extras in general.
    fn is_of_extras(&self, condition: &Predicate) -> bool {
        !self.spoken_of(condition).is_empty()
    }

    /// The places that a condition which holds is about: of several that could hold those that do.
    pub(super) fn places(&self, condition: &Predicate) -> Vec<Place> {
        use Predicate as P;
        match condition {
            P::All(all) => {
                let wide = |one: &&Predicate| matches!(one, P::Any(_)) || self.is_of_extras(one);
                let chosen: Vec<&Predicate> = all.iter().filter(wide).collect();
                let chosen = if chosen.is_empty() { all.iter().collect() } else { chosen };
                chosen.into_iter().flat_map(|one| self.places(one)).collect()
            }
            P::Any(all) => {
                all.iter().filter(|one| self.holds(one)).flat_map(|one| self.places(one)).collect()
            }
            P::Truthy(path)
            | P::Is(path, _)
            | P::NotKind(path)
            | P::RefusedKind(path, ..)
            | P::Text(path, _)
            | P::In(path, _)
            | P::Present(path)
            | P::NotTrueWord(path) => vec![self.place(path)],
            P::MoreThanOne(paths) => {
                paths.iter().filter(|p| self.truthy(p)).map(|p| self.place(p)).collect()
            }
            // What is not there has no place among what is.
            P::Not(inner) => match &**inner {
                P::Truthy(path) | P::Present(path) => vec![self.place(path)],
                _ => Vec::new(),
            },
            about_extras => self.spoken_of(about_extras).into_iter().map(Place::extra).collect(),
        }
    }

    /// Where a path points at: at an extra, if its members stand in a text.
    pub(super) fn place(&self, path: &str) -> Place {
        let Some(rest) = path.strip_prefix("extra.") else {
            return Place::here(format!("/{path}"));
        };
        let Some((name, members)) = self.split(rest) else { return Place::extra(rest) };
        let long = self.facts.long_names.as_ref().map(|start| format!("{start}{name}"));
        let written = long.filter(|_| !self.extras.has(name));
        let extra = Place::extra(written.as_deref().unwrap_or(name));
        if members.is_empty() || self.extra(name).is_none_or(|v| v.as_dict().is_none()) {
            return extra;
        }
        let at = members.split('.').fold(extra.pointer, |at, member| pointer(&at, member));
        Place::here(at)
    }
}

/// The value, or what a text of JSON holds.
fn inside(value: &Value<'static>) -> Option<Value<'static>> {
    match value.as_str() {
        Some(text) => Some(loads(text).ok()?.value.into_owned()),
        None => Some(value.clone()),
    }
}

fn type_of(value: &Value<'_>) -> JsonType {
    match value {
        Value::Null => JsonType::Null,
        Value::Bool(_) => JsonType::Boolean,
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => JsonType::Number,
        Value::List(_) => JsonType::List,
        Value::Dict(_) | Value::Cycle => JsonType::Object,
        Value::Str(_) | Value::Opaque(_) => JsonType::String,
    }
}

fn is_value(value: &Value<'_>, wanted: &Json) -> bool {
    match (value, wanted) {
        (Value::Bool(one), Json::Bool(other)) => one == other,
        (Value::Int(one), Json::Number(other)) => other.as_i64() == Some(*one),
        (Value::Str(_), Json::String(other)) => value.as_str() == Some(other),
        (Value::Null, Json::Null) => true,
        _ => false,
    }
}

fn is_integer(value: &Value<'_>) -> bool {
    match value {
        Value::Str(_) => value.as_str().is_some_and(is_int),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_) => true,
        _ => false,
    }
}

/// A text of JSON or YAML that holds a mapping.
fn is_mapping(text: &str) -> bool {
    load(text).is_ok_and(|node| node.value.as_dict().is_some())
}
