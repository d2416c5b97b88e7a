//! Changes of a connection where it stands: a member set, renamed, removed or added. Each becomes
//! edits of the source, through every layer that the connection is wrapped in.
//!
//! Members are addressed by JSON pointers, as in findings. What cannot be changed in place without
//! doubt (a member that a YAML alias brought in, a key that is written twice) gives `None`.

mod append;
mod object;
mod query;
mod uri;

pub(in crate::check) use append::append;
use object::Object;
use query::Query;

use std::rc::Rc;
use std::sync::Arc;

use super::Case;
use crate::airflow::Raw;
use crate::airflow::environment::stripped;
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::check::change::{Change, Edits};
use crate::model::{Dict, Node, Value, key_of};
use crate::source::{Span, Text};

/// An object or query that holds members.
pub(super) enum Container<'t> {
    /// JSON or a YAML mapping.
    Object(Object<'t>),
    /// The query of a URI, each pair a member of extra.
    Query(Query<'t>),
    /// The fields of a URI.
    Uri,
}

impl<'c> Case<'c> {
    /// The member behind `pointer` gets `value`; a member that is not there is added.
    pub fn set(&self, pointer: &str, value: &Value<'static>) -> Option<Edits> {
        let (parent, key) = split(pointer)?;
        let Some(container) = self.container(parent) else {
            return self.add_extra(parent, &key, value);
        };
        match &*container {
            Container::Object(object) if object.has(&key) => object.set(&key, value),
            Container::Object(object) => object.add(&key, value),
            Container::Query(query) => query.set(&key, value),
            Container::Uri => uri::set(self, &key, value),
        }
    }

    /// The member behind `pointer` is gone.
    pub fn remove(&self, pointer: &str) -> Option<Edits> {
        let (parent, key) = split(pointer)?;
        match &*self.container(parent)? {
            Container::Object(object) => object.remove(&key),
            Container::Query(query) => query.remove(&key),
            Container::Uri => uri::remove(self, &key),
        }
    }

    /// The member behind `pointer` has another key in the same object, where none of that name is
    /// yet.
    pub fn rename(&self, pointer: &str, to: &str) -> Option<Edits> {
        let (parent, key) = split(pointer)?;
        match &*self.container(parent)? {
            Container::Object(object) => object.rename(&key, to),
            Container::Query(query) => query.rename(&key, to),
            Container::Uri => None,
        }
    }

    /// Runtimes that read other members of a query differently would read them alike after this
    /// change.
    pub(in crate::check) fn retypes_others(&self, change: &Change) -> bool {
        let Change::Set(pointer, value) = change else { return false };
        let Some(rest) = pointer.strip_prefix("/extra/") else { return false };
        let key = key_of(rest.split('/').next().unwrap_or_default());
        match self.container("/extra").as_deref() {
            Some(Container::Query(query)) => {
                query.retypes_others(&key, if rest.contains('/') { None } else { Some(value) })
            }
            _ => false,
        }
    }

    /// The object of fields with the text in which its places count.
    fn fields(&self) -> Option<Object<'c>> {
        match &self.entry.raw {
            Raw::Uri(_) => None,
            Raw::Value(_) if self.uri().is_some() => None,
            Raw::Json(text) | Raw::Value(text) => match self.json() {
                Some((node, text)) => {
                    let dict = node.value.as_dict()?.clone();
                    Object::new(Arc::new(text.clone()), dict, node.span, node.style)
                }
                // A template is not text of a connection yet, but may be JSON.
                None if matches!(self.entry.raw, Raw::Value(_)) => Object::of_json(stripped(text)),
                None => None,
            },
            Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
                let Value::Dict(dict) = &node.value else { return None };
                (dict.get("uri").is_none()).then(|| {
                    Object::new(
                        Arc::clone(&self.entry.base),
                        (**dict).clone(),
                        node.span,
                        node.style,
                    )
                })?
            }
        }
    }

    fn has_own_names(&self) -> bool {
        matches!(self.entry.raw, Raw::Stored(_) | Raw::Object(_))
    }

    /// What holds the members behind `parent`, found once for all changes of this connection.
    fn container(&self, parent: &str) -> Option<Rc<Container<'c>>> {
        if let Some(known) = self.containers().borrow().get(parent) {
            return known.clone();
        }
        let found = self.find_container(parent).map(Rc::new);
        self.containers().borrow_mut().insert(parent.to_string(), found.clone());
        found
    }

    fn find_container(&self, parent: &str) -> Option<Container<'c>> {
        match parent {
            "" => match self.fields() {
                // Where the format has its own names for fields, only what stands inside of extra
                // is edited by its name.
                Some(_) if self.has_own_names() => None,
                Some(fields) => Some(Container::Object(fields)),
                None => self.uri().map(|_| Container::Uri),
            },
            "/extra" => match self.fields() {
                Some(fields) => fields.extra().map(Container::Object),
                None => match Query::of(self)? {
                    query if query.is_object() => {
                        Object::of_json(query.extra_text()?).map(Container::Object)
                    }
                    query if !query.is_empty() => Some(Container::Query(query)),
                    _ => None,
                },
            },
            _ => {
                let (outer, key) =
                    split(parent).filter(|(outer, _)| outer.starts_with("/extra"))?;
                match &*self.container(outer)? {
                    Container::Object(object) => object.inner(&key).map(Container::Object),
                    _ => None,
                }
            }
        }
    }

    /// A first extra, or a first member of an object inside of extra.
    fn add_extra(&self, parent: &str, key: &str, value: &Value<'static>) -> Option<Edits> {
        let mut inner = Dict::default();
        inner.insert(Value::text(key), Span::default(), Node::bare(value.clone()));
        let inner = Value::dict(inner);
        if parent != "/extra" {
            return self.set(parent, &inner);
        }
        let Some(fields) = self.fields() else { return Query::of(self)?.set(key, value) };
        // As Airflow itself writes it: JSON in a string in files, an object in the JSON form.
        let as_text = matches!(self.entry.raw, Raw::File { .. });
        let extra = if as_text { Value::text(dumps(&inner).ok()?) } else { inner };
        match fields.has("extra") {
            // What is there and cannot be changed in place is not written over.
            true if !fields.is_empty("extra") => None,
            true => fields.set("extra", &extra),
            false if self.has_own_names() => None,
            false => fields.add("extra", &extra),
        }
    }
}

/// The pointer of the parent, and the key.
fn split(pointer: &str) -> Option<(&str, String)> {
    let at = pointer.rfind('/')?;
    Some((&pointer[..at], key_of(&pointer[at + 1..])))
}

/// A dict that stands in a text of JSON, with its span.
fn json_dict(text: &Text<'_>) -> Option<(Dict<'static>, Span)> {
    let node = loads(text.as_str()).ok()?.into_owned();
    let Value::Dict(dict) = node.value else { return None };
    Some((*dict, node.span))
}

#[cfg(test)]
mod tests;
