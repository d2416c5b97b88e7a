//! Pairs of the query of a URI, edited where they stand.

use std::ops::Range;

use super::Edits;
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::airflow::python::unquote::{Pair, parse_qsl, quote, quote_plus_into};
use crate::check::Case;
use crate::model::{Dict, Node, Value};
use crate::source::{Span, Text};

/// The key whose value is the whole of extra.
const EXTRA: &str = "__extra__";

/// A query, undecoded.
pub(super) struct Query<'t> {
    text: Text<'t>,
    /// What comes ahead of a first pair: `?` where there is none yet, `&` behind other pairs.
    joint: &'static str,
    pairs: Vec<(Range<usize>, Pair<'t>)>,
}

impl<'t> Query<'t> {
    pub(super) fn of(case: &'t Case<'_>) -> Option<Query<'t>> {
        let parts = case.anatomy()?;
        let text = parts.query.clone();
        let mut pairs = Vec::new();
        let mut start = 0;
        for item in text.as_str().split('&') {
            let range = start..start + item.len();
            start = range.end + 1;
            pairs.extend(parse_qsl(&text.slice(range.clone())).into_iter().map(|pair| (range.clone(), pair)));
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
        Some(Query { text, joint, pairs })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The decoded value of `__extra__`.
    pub(super) fn extra_text(&self) -> Option<Text<'t>> {
        self.pairs.iter().rfind(|(_, pair)| pair.key.as_str() == EXTRA).map(|(_, pair)| pair.value.clone())
    }

    /// The one pair of this key.
    fn one(&self, key: &str) -> Option<&(Range<usize>, Pair<'t>)> {
        let mut found = self.pairs.iter().filter(|(_, pair)| pair.key.as_str() == key);
        found.next().filter(|_| found.next().is_none())
    }

    /// A text stays a pair where every reader takes it for that text; anything else is only said in `__extra__`.
    pub(super) fn set(&self, key: &str, value: &Value<'static>, decodes: bool) -> Option<Edits> {
        let plain = value.as_str().filter(|text| !text.is_empty() && loads(text).is_err());
        let Some(text) = plain else { return self.whole(key, value, decodes) };
        let encoded = quote(text);
        if let Some((range, pair)) = self.one(key) {
            let name = &self.text.as_str()[range.clone()][..pair.raw_key.as_str().len()];
            return Some(vec![self.text.edit(range.clone(), &format!("{name}={encoded}"))?]);
        }
        if self.pairs.iter().any(|(_, pair)| pair.key.as_str() == key) {
            return None;
        }
        self.append(&format!("{}={encoded}", quote(key)))
    }

    fn append(&self, pair: &str) -> Option<Edits> {
        let end = self.text.as_str().len();
        Some(vec![self.text.edit(end..end, &format!("{}{pair}", self.joint))?])
    }

    /// All pairs as JSON in `__extra__`, as this reader takes them, with one of them changed.
    fn whole(&self, key: &str, value: &Value<'static>, decodes: bool) -> Option<Edits> {
        let mut dict = Dict::default();
        for (_, pair) in &self.pairs {
            let text = pair.value.as_str();
            let read = loads(text).ok().filter(|_| decodes && !text.is_empty()).map(|node| node.value.into_owned());
            dict.insert(Value::text(pair.key.as_str()), Span::default(), Node::bare(read.unwrap_or_else(|| Value::text(text))));
        }
        dict.insert(Value::text(key), Span::default(), Node::bare(value.clone()));
        let mut pair = format!("{EXTRA}=");
        quote_plus_into(&dumps(&Value::dict(dict)).ok()?, &mut pair);
        if self.pairs.is_empty() && self.joint != "&" {
            return self.append(&pair);
        }
        Some(vec![self.text.edit(0..self.text.as_str().len(), &pair)?])
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
        if self.pairs.iter().any(|(_, pair)| pair.key.as_str() == to) {
            return None;
        }
        let (range, pair) = self.one(key)?;
        let name = range.start..range.start + pair.raw_key.as_str().len();
        Some(vec![self.text.edit(name, &quote(to))?])
    }
}
