//! Members of a JSON object or of a YAML mapping, edited where they stand.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use super::json_dict;
use crate::airflow::python::json_dumps::dumps;
use crate::airflow::yaml_trace::{scalar, unshared};
use crate::check::change::Edits;
use crate::format::node_text;
use crate::model::{Dict, Member, Node, Style, Value};
use crate::source::{Span, Text, line_end};

/// An object and the text in which its places count.
pub(crate) struct Object<'t> {
    text: Arc<Text<'t>>,
    dict: Dict<'static>,
    /// The whole object; a YAML mapping may end before its closing brace.
    span: Range<usize>,
    /// A YAML mapping without braces.
    block: bool,
    /// The members that stand here, in the order of the text; `None` if one of them stands
    /// elsewhere.
    members: OnceCell<Option<Members>>,
}

/// The places of keys and values.
type Members = Vec<(Range<usize>, Range<usize>)>;

impl<'t> Object<'t> {
    pub(super) fn new(
        text: Arc<Text<'t>>,
        dict: Dict<'_>,
        span: Span,
        style: Style,
    ) -> Option<Object<'t>> {
        let Value::Dict(dict) = Value::dict(dict).into_owned() else { return None };
        let written = unshared(text.as_str(), span, style)?;
        let start = span.range().end - written.len();
        let block = !written.starts_with('{');
        Some(Object {
            block,
            text,
            dict: *dict,
            span: start..span.range().end,
            members: OnceCell::new(),
        })
    }

    pub(super) fn of_json(text: Text<'t>) -> Option<Object<'t>> {
        let (dict, span) = json_dict(&text)?;
        Object::new(Arc::new(text), dict, span, Style::Json)
    }

    /// A YAML mapping without braces.
    pub(super) fn is_block(&self) -> bool {
        self.block
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.dict.get(key).is_some()
    }

    /// The member is there, and holds nothing.
    pub(super) fn is_empty(&self, key: &str) -> bool {
        self.dict.get(key).is_some_and(|node| !node.value.truthy())
    }

    /// The object of extra: where it is a text, inside of that text.
    pub(super) fn extra(&self) -> Option<Object<'t>> {
        let key = if self.has("extra") { "extra" } else { "extra_dejson" };
        let node = self.dict.get(key)?;
        match &node.value {
            Value::Str(text) if !text.is_empty() => {
                Object::of_json(node_text(&self.text, node)?.into_static())
            }
            Value::Dict(_) => self.inner(key),
            _ => None,
        }
    }

    /// An object that is a member of this one.
    pub(super) fn inner(&self, key: &str) -> Option<Object<'t>> {
        let node = &self.own(key)?.node;
        Object::new(Arc::clone(&self.text), node.value.as_dict()?.clone(), node.span, node.style)
    }

    /// A member that stands inside of this object, not one that an alias or a merge brought in.
    fn own(&self, key: &str) -> Option<&Member<'static>> {
        let member = self.dict.member(key)?;
        let (key, value) = (member.key_span.range(), member.node.span.range());
        let outer = self.span.start..self.text.as_str().len();
        let here = key.start < key.end
            && outer.contains(&key.start)
            && key.end <= value.start
            && value.end <= outer.end;
        let once = self.dict.overwritten.is_empty();
        (here && once && !self.aliased(&key, &value)).then_some(member)
    }

    /// An alias stands between a key and its value, which is written elsewhere; or there is nothing
    /// to be seen of the value.
    fn aliased(&self, key: &Range<usize>, value: &Range<usize>) -> bool {
        let between = self.text.as_str().get(key.end..value.start).unwrap_or("*");
        between.contains(['*', '{', ',']) || self.block && between.matches('\n').count() > 1
    }

    /// The members that stand here, in the order of the text.
    fn members(&self) -> Option<&Members> {
        let members = || {
            let mut members = Vec::new();
            for (key, _) in self.dict.iter() {
                let member = self.own(key.as_str()?)?;
                let value = closed(self.text.as_str(), member.node.span.range())?;
                members.push((member.key_span.range(), value));
            }
            members.sort_by_key(|(key, _)| key.start);
            Some(members)
        };
        self.members.get_or_init(members).as_ref()
    }

    pub(super) fn set(&self, key: &str, value: &Value<'static>) -> Option<Edits> {
        let member = self.own(key)?;
        let node = &member.node;
        if let (Value::Str(_), Some(new), false) =
            (&node.value, value.as_str(), node.style == Style::None)
        {
            let old = node_text(&self.text, node)?;
            return Some(vec![old.edit(0..old.as_str().len(), new)?]);
        }
        let mut range = closed(self.text.as_str(), node.span.range())?;
        if range.is_empty() {
            // `key:` without a value.
            return Some(vec![self.text.edit(range, &format!(" {}", self.written(value)?))?]);
        }
        if self.block && !matches!(node.value, Value::Dict(_) | Value::List(_)) {
            range.end = range.start + self.text.as_str()[range.clone()].trim_end().len();
        } else if self.block && !self.text.as_str()[range.clone()].starts_with(['{', '[']) {
            // A block of lines does not become a value on one line without moving others.
            return None;
        }
        Some(vec![self.text.edit(range, &self.written(value)?)?])
    }

    pub(super) fn rename(&self, key: &str, to: &str) -> Option<Edits> {
        if self.has(to) {
            return None;
        }
        let place = self.own(key)?.key_span;
        let written = self.text.as_str().get(place.range())?;
        let style = match written.as_bytes().first()? {
            b'"' if self.block => Style::Double,
            b'"' => Style::Json,
            b'\'' => Style::Single,
            _ => Style::Plain,
        };
        let node = Node { value: Value::text(key), span: place, style };
        let old = node_text(&self.text, &node)?;
        Some(vec![old.edit(0..old.as_str().len(), to)?])
    }

    pub(super) fn remove(&self, key: &str) -> Option<Edits> {
        let member = self.own(key)?;
        let members = self.members()?;
        let at = members
            .binary_search_by_key(&member.key_span.range().start, |(key, _)| key.start)
            .ok()?;
        let (key, value) = members[at].clone();
        if members.len() == 1 {
            // An empty block mapping would be read as null.
            let inside = if self.block { self.lines(&key, &value)? } else { key.start..value.end };
            let instead = if self.block {
                format!("{}{{}}\n", " ".repeat(self.indent(&key)?))
            } else {
                String::new()
            };
            return Some(vec![self.text.edit(inside, &instead)?]);
        }
        if self.block {
            let gone = self.text.edit(self.lines(&key, &value)?, "")?;
            // The first does not go together with the last: one of them has to be the only one.
            let last = members.last()?.0.start;
            let stays = (at == 0).then(|| self.text.edit(last..last, ""));
            return Some(stays.into_iter().flatten().chain([gone]).collect());
        }
        let range = if at + 1 < members.len() {
            key.start..members[at + 1].0.start
        } else {
            members[at - 1].1.end..value.end
        };
        Some(vec![self.text.edit(range, "")?])
    }

    pub(super) fn add(&self, key: &str, value: &Value<'static>) -> Option<Edits> {
        let written = self.written(value)?;
        let members = self.members()?;
        let Some((first, _)) = members.first() else {
            let at = self.span.start + 1;
            return (!self.block).then(|| {
                self.text.edit(at..at, &format!("{}: {written}", self.key(key)?)).map(|e| vec![e])
            })?;
        };
        let (_, last) = members.last()?;
        if !self.block {
            let text = self.text.as_str();
            // The blanks that stand ahead of the last member stand ahead of the new one.
            let (ahead, first_line) = match &members[..] {
                [.., (_, before), (key, _)] => (before.end..key.start, false),
                _ => (self.span.start + 1..first.start, true),
            };
            let blanks = text.get(ahead)?.trim_start_matches(',');
            let blanks = if first_line && !blanks.contains('\n') { " " } else { blanks };
            if !blanks.trim().is_empty() {
                return None;
            }
            return Some(vec![
                self.text
                    .edit(last.end..last.end, &format!(",{blanks}{}: {written}", self.key(key)?))?,
            ]);
        }
        let indent = " ".repeat(self.indent(first)?);
        let end = self.lines(&members.last()?.0, last)?.end;
        let (line, ends) =
            (format!("{indent}{}: {written}", self.key(key)?), line_end(self.text.as_str()));
        let ended = self.text.as_str()[..end].ends_with('\n');
        let line = if ended { format!("{line}{ends}") } else { format!("{ends}{line}") };
        Some(vec![self.text.edit(end..end, &line)?])
    }

    /// The column of a key that is the first thing on its line.
    fn indent(&self, key: &Range<usize>) -> Option<usize> {
        let text = self.text.as_str();
        let line = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
        text[line..key.start].bytes().all(|b| b == b' ').then_some(key.start - line)
    }

    /// The lines of a member of a block mapping.
    fn lines(&self, key: &Range<usize>, value: &Range<usize>) -> Option<Range<usize>> {
        let text = self.text.as_str();
        let start = key.start - self.indent(key)?;
        let seen = text[..value.end].trim_end_matches([' ', '\r', '\n']).len().max(key.end);
        let end = text[seen..].find('\n').map_or(text.len(), |at| seen + at + 1);
        Some(start..end)
    }

    fn key(&self, key: &str) -> Option<String> {
        if self.block { Some(scalar(key)) } else { dumps(&Value::text(key)).ok() }
    }

    /// A value as it is written here. JSON is YAML, too.
    fn written(&self, value: &Value<'static>) -> Option<String> {
        match value {
            Value::Str(text) if self.block => Some(scalar(text.as_str()?)),
            other => dumps(other).ok(),
        }
    }
}

/// The range of a value with all its brackets: the place of a mapping or list in brackets ends
/// before the last ones in YAML.
fn closed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let rest = text.get(range.start..)?;
    if !rest.starts_with(['{', '[']) {
        return Some(range);
    }
    let (mut open, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in rest.char_indices() {
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', Some('"')) => escaped = true,
            (c, Some(end)) if c == end => quote = None,
            (_, Some(_)) => {}
            // Only ahead of a scalar: `it's` is a plain one.
            ('"' | '\'', None) if rest[..at].trim_end().ends_with(['{', '[', ',', ':']) => {
                quote = Some(c)
            }
            ('{' | '[', None) => open += 1,
            ('}' | ']', None) => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(range.start..(range.start + at + c.len_utf8()).max(range.end));
        }
    }
    None
}
