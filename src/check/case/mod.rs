//! What a rule sees: one connection as one runtime reads it, with the way back to the source.

mod edit;
mod places;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Providers;
use super::rules::of_fault;
use crate::airflow::environment::stripped;
use crate::airflow::extra::decoded;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::uri::{Anatomy, anatomy};
use crate::airflow::{Decoded, Fault, Raised, Raw};
use crate::format::{Entry, Format, node_text};
use crate::model::{Connection, Dict, Node, Value};
use crate::privacy::{Doubt, Placed, PlacedPart, doubt, may_be_cut};
use crate::source::{Span, Text};
use edit::Container;
pub(in crate::check) use edit::append;
pub use places::{Place, Places};

/// A connection that is written as a URI.
pub struct UriView<'a> {
    /// The URI as Airflow gets it, traced.
    pub text: Text<'a>,
    /// Its parts, unless Airflow raises before it has them.
    pub anatomy: Result<Anatomy<'a>, Raised>,
}

/// One connection as one runtime reads it.
pub struct Case<'c> {
    /// As it is written.
    pub entry: &'c Entry<'c>,
    /// Which connection of its document it is, from 0.
    pub index: usize,
    /// Who reads.
    pub runtime: &'c Runtime,
    /// All runtimes that are aimed at.
    pub aim: &'c [Runtime],
    /// The format it is written in.
    pub format: &'static Format,
    /// The packages around it.
    pub providers: &'c Providers,
    /// What the runtime makes of it; an error has its place in the source.
    pub parsed: Result<Connection, Raised>,
    uri: OnceCell<Option<UriView<'c>>>,
    places: OnceCell<Places>,
    doubt: OnceCell<Option<Doubt>>,
    /// What the connection decodes to, where it is one text of JSON and was read as such.
    decoded: Decoded,
    json: OnceCell<Option<(Arc<Node<'static>>, Text<'c>)>>,
    /// What holds members, by its pointer, as far as changes of them were asked for.
    containers: RefCell<BTreeMap<String, Option<Rc<Container<'c>>>>>,
}

impl<'c> Case<'c> {
    /// Reads an entry.
    pub fn new(
        entry: &'c Entry<'c>,
        runtime: &'c Runtime,
        aim: &'c [Runtime],
        format: &'static Format,
        providers: &'c Providers,
    ) -> Case<'c> {
        let decoded = Decoded::new();
        let parsed = entry.parse_keeping(runtime, Some(&decoded));
        let case = Case {
            entry,
            index: 0,
            runtime,
            aim,
            format,
            providers,
            parsed: Ok(Connection::default()),
            uri: OnceCell::new(),
            places: OnceCell::new(),
            doubt: OnceCell::new(),
            decoded,
            json: OnceCell::new(),
            containers: RefCell::default(),
        };
        let parsed = parsed.map_err(|raised| case.located(raised));
        Case { parsed, doubt: OnceCell::new(), ..case }
    }

    /// The same case with nothing but the connection: the rest is made again where it is asked for.
    pub(in crate::check) fn bare(self) -> Case<'c> {
        Case {
            uri: OnceCell::new(),
            places: OnceCell::new(),
            decoded: Decoded::new(),
            json: OnceCell::new(),
            containers: RefCell::default(),
            ..self
        }
    }

    /// The same case, which is the connection of this number in its document, from 0.
    pub fn at(self, index: usize) -> Case<'c> {
        Case { index, ..self }
    }

    /// The connection, if this runtime reads one.
    pub fn connection(&self) -> Option<&Connection> {
        self.parsed.as_ref().ok()
    }

    /// What this runtime raises, if the rule of this id reports it.
    pub fn raised(&self, rule: &str) -> Option<&Raised> {
        self.parsed.as_ref().err().filter(|raised| of_fault(raised.fault).id == rule)
    }

    /// The id, if it may be shown.
    pub fn public_id(&self) -> Option<String> {
        crate::privacy::shown_id(self.entry)
    }

    /// Why its parts cannot be taken for what they are read as.
    pub fn doubt(&self) -> Option<Doubt> {
        *self.doubt.get_or_init(|| doubt(self.entry, self.connection()))
    }

    /// Path and query may be the rest of a login or password, for all that can be told: enough to
    /// leave them as they stand, where [`Case::doubt`] has enough to hide them.
    pub fn may_be_cut(&self) -> bool {
        self.uri().is_some_and(|view| may_be_cut(view.text.as_str()))
    }

    /// The URI, if the connection is written as one for this runtime.
    pub fn uri(&self) -> Option<&UriView<'c>> {
        let view = self.uri.get_or_init(|| {
            let text = self.uri_text().filter(|_| !self.is_json_in_file())?;
            let anatomy = anatomy(&text, &self.reader().behaviour);
            Some(UriView { text, anatomy })
        });
        view.as_ref()
    }

    /// The parts of the URI, if there is one and this runtime gets them.
    pub fn anatomy(&self) -> Option<&Anatomy<'c>> {
        self.uri().and_then(|view| view.anatomy.as_ref().ok())
    }

    /// The runtime whose rules apply to the text: for environment values of the first workers it is
    /// the core.
    pub(in crate::check) fn reader(&self) -> std::borrow::Cow<'_, Runtime> {
        self.entry.reader(self.runtime)
    }

    /// True if the runtime that reads this text decodes query values as JSON.
    pub fn decodes_query(&self) -> bool {
        self.reader().behaviour.json_query
    }

    /// What a template engine will fill in is not text of a connection yet.
    fn is_template(&self) -> bool {
        self.entry.refused.as_ref().is_some_and(|raised| raised.fault == Fault::Template)
    }

    /// The text of an entry in a file for import that is JSON as only environment values may be:
    /// Airflow takes it for a URI, and nothing that rules know about URIs applies to it.
    pub(in crate::check) fn is_json_in_file(&self) -> bool {
        let Raw::File { node, .. } = &self.entry.raw else { return false };
        node.value.as_str().is_some_and(|text| text.trim_start().starts_with('{'))
    }

    /// The text that this runtime takes for a URI, whether it is one or not.
    pub(in crate::check) fn uri_text(&self) -> Option<Text<'c>> {
        if self.is_template() {
            return None;
        }
        match &self.entry.raw {
            Raw::Uri(text) => Some(text.clone()),
            Raw::Json(_) => None,
            Raw::Value(text) => {
                if !self.reader().behaviour.env_json {
                    return Some(text.clone());
                }
                let text = stripped(text);
                (!text.as_str().starts_with('{')).then_some(text)
            }
            Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
                match &node.value {
                    Value::Str(_) => node_text(&self.entry.base, node),
                    Value::Dict(dict) => {
                        dict.get("uri").and_then(|node| node_text(&self.entry.base, node))
                    }
                    _ => None,
                }
            }
        }
    }

    /// The fields, if the connection is written as an object, and the text in which their places
    /// count.
    pub fn object(&self) -> Option<(&Dict<'_>, &Text<'_>)> {
        match self.entry.raw.node() {
            Some(node) => Some((node.value.as_dict()?, &*self.entry.base)),
            None => {
                let (node, text) = self.json()?;
                Some((node.value.as_dict()?, text))
            }
        }
    }

    /// The object that a connection decodes to which is one text of JSON, and that text.
    pub(in crate::check) fn json(&self) -> Option<&(Arc<Node<'static>>, Text<'c>)> {
        self.json.get_or_init(|| self.read_json()).as_ref()
    }

    fn read_json(&self) -> Option<(Arc<Node<'static>>, Text<'c>)> {
        let text = match &self.entry.raw {
            Raw::Json(text) => text.clone(),
            Raw::Value(text) if self.reader().behaviour.env_json => {
                Some(stripped(text)).filter(|text| text.as_str().starts_with('{'))?
            }
            _ => return None,
        };
        let node = match self.decoded.get() {
            Some(node) => Arc::clone(node),
            None => Arc::new(loads(text.as_str()).ok()?.into_owned()),
        };
        node.value.as_dict()?;
        Some((node, text))
    }

    /// Where the parts of the connection stand.
    pub fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::of(self))
    }

    /// Where the value behind a JSON pointer stands; for what has no bytes of its own, what is
    /// nearest to it.
    pub fn span(&self, pointer: &str) -> Option<Span> {
        self.places().nearest(pointer).or_else(|| self.whole())
    }

    /// What decides which bytes of it may be shown.
    pub(in crate::check) fn placed(&self) -> Placed<'_> {
        let part = |(pointer, Place { key, value })| PlacedPart { pointer, key, value };
        Placed {
            entry: self.entry,
            connection: self.connection(),
            extra: self.extra().map(|node| &node.value),
            doubt: self.doubt(),
            is_uri: self.uri().is_some(),
            parts: self.places().all_from("").map(part).collect(),
        }
    }

    /// Where the whole connection stands.
    pub fn whole(&self) -> Option<Span> {
        self.entry.span()
    }

    /// The decoded extra, if it is JSON.
    pub fn extra(&self) -> Option<&Node<'static>> {
        decoded(&self.connection()?.extra).map(|node| &**node)
    }

    /// What a text decodes to that stands in the place of the extra.
    pub(in crate::check) fn read_extra(&self, text: &str) -> Option<Arc<Node<'static>>> {
        match self.connection() {
            Some(connection) if connection.extra.expose().as_str() == Some(text) => {
                decoded(&connection.extra).cloned()
            }
            _ => Some(Arc::new(loads(text).ok()?.into_owned())),
        }
    }

    /// An extra by its key.
    pub fn extra_value(&self, key: &str) -> Option<&Value<'static>> {
        self.extra()?.value.as_dict()?.get(key).map(|n| &n.value)
    }

    /// Gives an error its place in the source, as far inside as can be told.
    fn located(&self, raised: Raised) -> Raised {
        if self.entry.refused.is_some() {
            return raised.at(self.whole());
        }
        let in_nodes = self.entry.raw.node().is_some();
        let outer =
            if in_nodes { raised.span.and_then(|s| self.entry.span_of(s)) } else { raised.span };
        let inner = match raised.fault {
            Fault::Extra(_) => self.places().extra_text().and_then(|text| {
                let checked = crate::airflow::extra::check_extra(text, &self.reader().behaviour);
                checked.err().and_then(|e| e.span)
            }),
            _ if in_nodes => self.uri_text().and_then(|text| {
                let read = crate::airflow::uri::from_uri(&text, &self.reader());
                read.err().and_then(|e| e.span)
            }),
            _ => None,
        };
        Raised { span: inner.or(outer).or_else(|| self.whole()), ..raised }
    }
}
