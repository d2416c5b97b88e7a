//! What a rule sees: one connection as one runtime reads it, with the way back to the source.

mod edit;
mod places;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Providers;
use super::rules::of_fault;
pub use crate::airflow::UriView;
use crate::airflow::environment::stripped;
use crate::airflow::extra::decoded;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::uri::Anatomy;
use crate::airflow::{Fault, Kept, Raised, Raw};
use crate::format::{Entry, Format, node_text};
use crate::model::{Connection, Dict, FIELDS, Node, Value};
use crate::privacy::authority::Authority;
use crate::privacy::{Doubt, Names, Placed, PlacedPart, doubt, may_be_cut};
use crate::source::{Span, Text};
use edit::Container;
pub(in crate::check) use edit::append;
pub use places::{Place, Places};

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
    /// Nobody asks whether findings have repairs.
    spares_repairs: Cell<bool>,
    /// What the runtime makes of it; an error has its place in the source.
    parsed: Rc<Result<Connection, Raised>>,
    view: Rc<View<'c>>,
}

/// What is read of a connection once somebody asks, for all runtimes that make the same of it.
#[derive(Default)]
struct View<'c> {
    kept: Kept<'c>,
    places: OnceCell<Places>,
    doubt: OnceCell<Option<Doubt>>,
    may_be_cut: OnceCell<bool>,
    /// Of the URI; its text is elsewhere.
    authority: OnceCell<Option<Authority<'static>>>,
    public_id: OnceCell<Option<String>>,
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
        Case::beside(std::iter::empty(), entry, runtime, aim, format, providers)
    }

    /// Reads an entry that others have read. What they make of it is not made again, and what is
    /// the same is shared.
    pub(in crate::check) fn beside<'o>(
        others: impl Iterator<Item = &'o Case<'c>> + Clone,
        entry: &'c Entry<'c>,
        runtime: &'c Runtime,
        aim: &'c [Runtime],
        format: &'static Format,
        providers: &'c Providers,
    ) -> Case<'c>
    where
        'c: 'o,
    {
        let reader = entry.reader(runtime);
        for other in others.clone().filter(|other| is_one(other.entry, entry)) {
            let read = || entry.parse_keeping(runtime, Some(&other.view.kept));
            if *other.reader() == *reader
                || other.takes_apart_like(&reader) && other.has_made(&read())
            {
                return other.of(runtime, providers);
            }
        }
        // Who takes a text apart alike may still read its parts otherwise.
        let is_apart = |other: &&Case<'_>| {
            is_one(other.entry, entry) && other.reader().behaviour.parts_like(&reader.behaviour)
        };
        let kept = others.clone().find(is_apart).map(|other| other.view.kept.shared());
        let view = View { kept: kept.unwrap_or_default(), ..View::default() };
        let parsed = entry.parse_keeping(runtime, Some(&view.kept));
        let mut case = Case {
            entry,
            index: 0,
            runtime,
            aim,
            format,
            providers,
            spares_repairs: Cell::new(false),
            parsed: Rc::new(Ok(Connection::default())),
            view: Rc::new(view),
        };
        let parsed = parsed.map_err(|raised| case.located(raised));
        case.parsed = Rc::new(parsed);
        // What is doubtful depends on what was parsed.
        if let Some(view) = Rc::get_mut(&mut case.view) {
            view.doubt = OnceCell::new();
        }
        match others.clone().find(|other| other.is_like(&case)) {
            Some(other) => other.of(runtime, providers),
            None => case,
        }
    }

    /// What another runtime makes the same of.
    fn of(&self, runtime: &'c Runtime, providers: &'c Providers) -> Case<'c> {
        Case {
            runtime,
            providers,
            spares_repairs: Cell::new(false),
            parsed: Rc::clone(&self.parsed),
            view: Rc::clone(&self.view),
            ..*self
        }
    }

    /// Whether both runtimes make the same of the same text, so that rules find the same, but for
    /// those about readers ([`Check::Reader`](super::Check::Reader)).
    pub(in crate::check) fn is_like(&self, other: &Case<'_>) -> bool {
        if self.shares(other) {
            return true;
        }
        if !is_one(self.entry, other.entry) {
            return false;
        }
        self.takes_apart_like(&other.reader())
            && match (&*self.parsed, &*other.parsed) {
                (Err(one), Err(other)) => one == other,
                (Ok(_), made) => self.has_made(made),
                (Err(_), Ok(_)) => false,
            }
    }

    /// Whether a reader takes the text apart alike.
    fn takes_apart_like(&self, reader: &Runtime) -> bool {
        let own = self.reader();
        own.behaviour.parts_like(&reader.behaviour)
            && (own.behaviour.json_query == reader.behaviour.json_query
                || !self.may_have_typed_values())
    }

    /// Whether it is the connection that another runtime made.
    fn has_made(&self, made: &Result<Connection, Raised>) -> bool {
        matches!((&*self.parsed, made), (Ok(own), Ok(other)) if is_exactly(own, other))
    }

    /// Whether what is read of both is one.
    pub(in crate::check) fn shares(&self, other: &Case<'_>) -> bool {
        is_one(&*self.view, &*other.view)
    }

    /// Whether a value of the query may be JSON, at first glance.
    fn may_have_typed_values(&self) -> bool {
        let typed = |c: char| c.is_ascii_digit() || "-\"[{tfnNI".contains(c);
        self.uri().is_some_and(|view| match &view.anatomy {
            Ok(parts) => {
                let mut values = parts.pairs().iter().map(|pair| pair.value.as_str());
                values.any(|value| value.trim_start().starts_with(typed))
            }
            Err(_) => view.text.as_str().contains('?'),
        })
    }

    /// Nobody asks for the repairs of what is found here, or again somebody does.
    pub(in crate::check) fn spare_repairs(&self, spare: bool) {
        self.spares_repairs.set(spare);
    }

    /// Whether nobody asks for repairs.
    pub(in crate::check) fn spares_repairs(&self) -> bool {
        self.spares_repairs.get()
    }

    /// The same case with nothing but the connection: the rest is made again where it is asked for.
    pub(in crate::check) fn bare(self) -> Case<'c> {
        let view = View { doubt: self.view.doubt.clone(), ..View::default() };
        Case { view: Rc::new(view), ..self }
    }
    /// The same case, which is the connection of this number in its document, from 0.
    pub fn at(self, index: usize) -> Case<'c> {
        Case { index, ..self }
    }

    /// The connection, if this runtime reads one.
    pub fn connection(&self) -> Option<&Connection> {
        self.parsed.as_ref().as_ref().ok()
    }

    /// What this runtime raises, if the rule of this id reports it.
    pub fn raised(&self, rule: &str) -> Option<&Raised> {
        self.parsed.as_ref().as_ref().err().filter(|raised| of_fault(raised.fault).id == rule)
    }

    /// The id, if it may be shown.
    pub fn public_id(&self) -> Option<String> {
        self.view.public_id.get_or_init(|| crate::privacy::shown_id(self.entry)).clone()
    }

    /// Why its parts cannot be taken for what they are read as.
    pub fn doubt(&self) -> Option<Doubt> {
        *self.view.doubt.get_or_init(|| doubt(self.entry, self.connection()))
    }

    /// What may be shown of the names of its keys.
    pub fn names(&self) -> Names {
        let broken = self.connection().is_none() && self.uri().is_some();
        if broken { Names::DOUBTFUL } else { Names::of(self.doubt()) }
    }

    /// Path and query may be the rest of a login or password, for all that can be told: enough to
    /// leave them as they stand, where [`Case::doubt`] has enough to hide them.
    pub fn may_be_cut(&self) -> bool {
        let looked = || self.uri().is_some_and(|view| may_be_cut(view.text.as_str()));
        *self.view.may_be_cut.get_or_init(looked)
    }

    /// What holds members, by its pointer, as far as changes of them were asked for.
    fn containers(&self) -> &RefCell<BTreeMap<String, Option<Rc<Container<'c>>>>> {
        &self.view.containers
    }

    /// The URI, if the connection is written as one for this runtime.
    pub fn uri(&self) -> Option<&UriView<'c>> {
        let view = self.view.kept.uri.get_or_init(|| {
            let text = self.uri_text().filter(|_| !self.is_json_in_file())?;
            Some(Rc::new(UriView::of(text, &self.reader().behaviour)))
        });
        view.as_deref()
    }

    /// Where login and password of the URI were meant to end, if there is one.
    pub(in crate::check) fn authority(&self) -> Option<Authority<'_>> {
        let text = self.uri()?.text.as_str();
        let places = || Authority::of(text).map(|authority| authority.again(""));
        Some(self.view.authority.get_or_init(places).as_ref()?.again(text))
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
        self.view.json.get_or_init(|| self.read_json()).as_ref()
    }

    fn read_json(&self) -> Option<(Arc<Node<'static>>, Text<'c>)> {
        let text = match &self.entry.raw {
            Raw::Json(text) => text.clone(),
            Raw::Value(text) if self.reader().behaviour.env_json => {
                Some(stripped(text)).filter(|text| text.as_str().starts_with('{'))?
            }
            _ => return None,
        };
        let node = match self.view.kept.object.get() {
            Some(node) => Arc::clone(node),
            None => Arc::new(loads(text.as_str()).ok()?.into_owned()),
        };
        node.value.as_dict()?;
        Some((node, text))
    }

    /// Where the parts of the connection stand.
    pub fn places(&self) -> &Places {
        self.view.places.get_or_init(|| Places::of(self))
    }

    /// Where the value behind a JSON pointer stands; for what has no bytes of its own, what is
    /// nearest to it.
    pub fn span(&self, pointer: &str) -> Option<Span> {
        self.places().nearest(pointer).or_else(|| self.whole())
    }

    /// Where the key behind a JSON pointer stands; the value, where there is none.
    pub fn name_span(&self, pointer: &str) -> Option<Span> {
        let key = self.places().get(pointer).and_then(|place| place.key);
        key.or_else(|| self.span(pointer))
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

/// Whether both are the same thing in memory, whatever borrows they have.
fn is_one<A, B>(one: &A, other: &B) -> bool {
    std::ptr::eq(std::ptr::from_ref(one).cast::<()>(), std::ptr::from_ref(other).cast())
}

/// Whether two connections cannot be told apart. Values that hold others are not compared.
fn is_exactly(one: &Connection, other: &Connection) -> bool {
    FIELDS.iter().all(|field| match (one.field(field), other.field(field)) {
        (Some(Value::List(_) | Value::Dict(_)), _) => false,
        (Some(a), Some(b)) => a.type_name() == b.type_name() && a == b,
        (a, b) => a.is_none() && b.is_none(),
    })
}
