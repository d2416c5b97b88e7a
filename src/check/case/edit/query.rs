//! Pairs of the query of a URI, edited where they stand.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::airflow::python::unquote::{Pair, parse_qsl, quote, quote_plus_into};
use crate::check::Case;
use crate::check::change::Edits;
use crate::model::{Dict, Node, Value};
use crate::source::{Edit, Span, Text, Whole};

/// The key whose value is the whole of extra.
const EXTRA: &str = "__extra__";

/// A query, undecoded.
pub(crate) struct Query<'t> {
    text: Text<'t>,
    /// What comes ahead of a first pair: `?` where there is none yet, `&` behind other pairs.
    joint: &'static str,
    pairs: Vec<(Range<usize>, Pair<'t>)>,
    /// The pairs of each key.
    keys: BTreeMap<String, Vec<usize>>,
    /// How many of the pairs some readers decode as JSON and others take as text.
    typed: usize,
    /// This reader takes `__extra__` for the whole of extra.
    knows_extra: bool,
    /// So do all that are aimed at.
    all_know_extra: bool,
    /// The same pairs as one object.
    object: Arc<dyn Whole>,
}

/// The pairs of a query as they are written in `__extra__`, where some of them are nothing that a
/// pair could say.
struct AsObject {
    query: Text<'static>,
    members: Vec<(Range<usize>, String, Value<'static>)>,
}

impl Whole for AsObject {
    fn outer(&self) -> &Text<'static> {
        &self.query
    }

    /// Each change is an object with one member, for the pair that stands at its place, or for a
    /// further one.
    fn with(&self, changes: &[(Range<usize>, String)]) -> Option<String> {
        let changed: BTreeMap<usize, &str> =
            changes.iter().map(|(range, new)| (range.start, new.as_str())).collect();
        let mut dict = Dict::default();
        let mut put = |key: &str, value: Value<'static>| {
            dict.insert(Value::text(key.to_string()), Span::default(), Node::bare(value))
        };
        for (range, key, value) in &self.members {
            // A key that is changed keeps its position.
            put(key, if changed.contains_key(&range.start) { Value::Null } else { value.clone() });
        }
        for text in changed.values() {
            let node = loads(text).ok()?.into_owned();
            for (key, member) in node.value.as_dict()?.iter() {
                put(key.as_str()?, member.node.value.clone());
            }
        }
        Some(extra_pair(&dumps(&Value::dict(dict)).ok()?))
    }
}

/// A text that every reader of a query takes for that text.
fn plain<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.as_str().filter(|text| !text.is_empty() && loads(text).is_err())
}

/// The pair whose value is all of extra.
fn extra_pair(json: &str) -> String {
    let mut pair = format!("{EXTRA}=");
    quote_plus_into(json, &mut pair);
    pair
}

impl<'t> Query<'t> {
    pub(super) fn of(case: &Case<'t>) -> Option<Query<'t>> {
        let parts = case.anatomy()?;
        let text = parts.query.clone();
        let mut pairs: Vec<(Range<usize>, Pair<'t>)> = Vec::new();
        let mut start = 0;
        for item in text.as_str().split('&') {
            let range = start..start + item.len();
            start = range.end + 1;
            pairs.extend(
                parse_qsl(&text.slice(range.clone())).into_iter().map(|pair| (range.clone(), pair)),
            );
        }
        let uri = case.uri()?.text.as_str();
        let asks = uri[..uri.find('#').unwrap_or(uri.len())].contains('?');
        let joint = if !text.as_str().is_empty() {
            "&"
        } else if asks {
            ""
        } else {
            "?"
        };
        let mut keys: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut members = Vec::new();
        let mut typed = 0;
        for (i, (range, pair)) in pairs.iter().enumerate() {
            let (key, value) = (pair.key.as_str(), pair.value.as_str());
            keys.entry(key.to_string()).or_default().push(i);
            let read = loads(value).ok().map(|node| node.value.into_owned());
            typed += usize::from(read.is_some());
            let read = read.filter(|_| case.decodes_query());
            members.push((
                range.clone(),
                key.to_string(),
                read.unwrap_or_else(|| Value::text(value.to_string())),
            ));
        }
        let object = Arc::new(AsObject { query: text.clone().into_static(), members });
        let knows_extra = case.reader().behaviour.extra_key;
        let all_know_extra =
            knows_extra && case.aim.iter().all(|r| case.entry.reader(r).behaviour.extra_key);
        Some(Query { text, joint, pairs, keys, typed, knows_extra, all_know_extra, object })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The decoded value of `__extra__`.
    pub(super) fn extra_text(&self) -> Option<Text<'t>> {
        self.pairs
            .iter()
            .rfind(|(_, pair)| pair.key.as_str() == EXTRA)
            .map(|(_, pair)| pair.value.clone())
    }

    /// `__extra__` is the whole of extra.
    pub(super) fn is_object(&self) -> bool {
        self.knows_extra && self.extra_text().is_some()
    }

    /// Writing this value (none: something else than text) brings all pairs into `__extra__`, and
    /// one of the others is a text to some readers and something else to others.
    pub(super) fn retypes_others(&self, key: &str, value: Option<&Value<'static>>) -> bool {
        let typed = |at: &&usize| loads(self.pairs[**at].1.value.as_str()).is_ok();
        let own = self.keys.get(key).map_or(0, |pairs| pairs.iter().filter(typed).count());
        self.typed > own && value.and_then(plain).is_none()
    }

    /// The one pair of this key.
    fn one(&self, key: &str) -> Option<&(Range<usize>, Pair<'t>)> {
        match self.keys.get(key)?[..] {
            [at] => self.pairs.get(at),
            _ => None,
        }
    }

    /// A text stays a pair where every reader takes it for that text; anything else is only said in
    /// `__extra__`.
    pub(super) fn set(&self, key: &str, value: &Value<'static>) -> Option<Edits> {
        let Some(text) = plain(value) else { return self.whole(key, value) };
        let encoded = quote(text);
        if let Some((range, pair)) = self.one(key) {
            let name = &self.text.as_str()[range.clone()][..pair.raw_key.as_str().len()];
            return Some(vec![self.text.edit(range.clone(), &format!("{name}={encoded}"))?]);
        }
        if self.keys.contains_key(key) {
            return None;
        }
        self.append(&format!("{}={encoded}", quote(key)))
    }

    fn append(&self, pair: &str) -> Option<Edits> {
        let end = self.text.as_str().len();
        Some(vec![self.text.edit(end..end, &format!("{}{pair}", self.joint))?])
    }

    /// All pairs as JSON in `__extra__`, as this reader takes them, with one of them changed.
    fn whole(&self, key: &str, value: &Value<'static>) -> Option<Edits> {
        // To a reader that does not know the key, all extras would be gone.
        self.all_know_extra.then_some(())?;
        let mut member = Dict::default();
        member.insert(Value::text(key.to_string()), Span::default(), Node::bare(value.clone()));
        let member = dumps(&Value::dict(member)).ok()?;
        let end = self.text.as_str().len();
        if self.pairs.is_empty() && self.joint != "&" {
            return self.append(&extra_pair(&member));
        }
        let range = match self.keys.get(key).and_then(|all| all.last()) {
            Some(at) => self.pairs[*at].0.clone(),
            None => end..end,
        };
        Some(vec![Edit::part(Arc::clone(&self.object), range, member)?])
    }

    pub(super) fn remove(&self, key: &str) -> Option<Edits> {
        let (range, _) = self.one(key)?;
        let text = self.text.as_str();
        let range = match (text[range.end..].starts_with('&'), text[..range.start].ends_with('&')) {
            (true, _) => range.start..range.end + 1,
            (false, true) => range.start - 1..range.end,
            _ => range.clone(),
        };
        Some(vec![self.text.edit(range, "")?])
    }

    pub(super) fn rename(&self, key: &str, to: &str) -> Option<Edits> {
        if self.keys.contains_key(to) {
            return None;
        }
        let (range, pair) = self.one(key)?;
        let name = range.start..range.start + pair.raw_key.as_str().len();
        Some(vec![self.text.edit(name, &quote(to))?])
    }
}
