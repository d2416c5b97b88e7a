//! Which bytes of a source may be shown to people: those that are understood, and known to be no
//! secret.
//!
//! The rules are those by which `inspect` masks. A text is shown only where every runtime that is
//! aimed at agrees that it may be.

use super::doubt::Doubt;
use super::names::Names;
use super::public::{
    is_port, is_public_value, is_type, public_host, public_id, public_login_of, public_name,
    shown_id,
};
use crate::catalog::CONN_TYPES;
use crate::format::Entry;
use crate::model::{Connection, FIELDS, Value};
use crate::source::{Source, Span};

/// What stands between two parts of a connection is shown if it is no longer than this and has
/// nothing but [`STRUCTURE`].
const MAX_GAP: usize = 8;

/// No more than so many bytes are looked at for the beginning or end of a line: a line may be as
/// long as the file, and hold as many connections.
const NEAR: usize = 256;

/// Characters that separate parts in URIs, JSON, YAML and lines of variables.
const STRUCTURE: &str = "{}[]():,\"'\\=&?/@|>-";

/// Words that are not secret wherever they stand.
const WORDS: &[&str] =
    &["true", "false", "yes", "no", "on", "off", "null", "none", "~", "{}", "[]", "0", "1"];

/// A connection as one runtime reads it, and where it stands.
pub(crate) struct Placed<'c> {
    /// As it is written.
    pub(crate) entry: &'c Entry<'c>,
    /// What the runtime makes of it.
    pub(crate) connection: Option<&'c Connection>,
    /// What its extra decodes to.
    pub(crate) extra: Option<&'c Value<'static>>,
    /// Why its parts cannot be taken for what they are read as.
    pub(crate) doubt: Option<Doubt>,
    /// It is written as a URI.
    pub(crate) is_uri: bool,
    /// Its parts, in the order of their pointers.
    pub(crate) parts: Vec<PlacedPart<'c>>,
}

/// A part of a connection, and where it stands.
pub(crate) struct PlacedPart<'c> {
    /// JSON pointer into the connection.
    pub(crate) pointer: &'c str,
    /// Its key, if the form has keys.
    pub(crate) key: Option<Span>,
    /// Its value.
    pub(crate) value: Option<Span>,
}

/// What may be shown of the lines on which a connection stands, as each runtime reads it.
pub(crate) fn public_spans<'c>(
    source: &Source,
    readings: impl Iterator<Item = Placed<'c>>,
) -> Vec<Span> {
    let mut views = readings.map(|placed| View::of(source, &placed).shown());
    let first = views.next().unwrap_or_default();
    views.fold(first, |all, more| intersection(&all, &more))
}

/// The bytes that are in both of two sorted lists.
fn intersection(a: &[Span], b: &[Span]) -> Vec<Span> {
    let (mut i, mut j, mut both) = (0, 0, Vec::new());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let common = Span { start: x.start.max(y.start), end: x.end.min(y.end) };
        if common.start < common.end {
            both.push(common);
        }
        if x.end < y.end { i += 1 } else { j += 1 }
    }
    both
}

/// Keys beside the fields that are not secret.
const KEYS: &[&str] = &["conn_id", "uri", "value", "json", "__extra__", "extra_dejson"];

impl<'c> Placed<'c> {
    /// Whether this runtime reads a connection in which every part is what it seems to be: no slip
    /// of the pen left a piece of a secret where something else is read.
    fn is_sound(&self) -> bool {
        self.doubt.is_none() && self.connection.is_some_and(|c| is_type(c.type_str()))
    }

    /// What may be shown of the names of its keys.
    fn names(&self) -> Names {
        if self.is_uri && self.connection.is_none() {
            Names::DOUBTFUL
        } else {
            Names::of(self.doubt)
        }
    }

    /// Whether the text at this place is known to be no secret.
    fn is_public(&self, pointer: &str, text: &str, sound: bool) -> bool {
        match pointer {
            "/conn_type" => is_type(text) && (sound || CONN_TYPES.contains_key(text)),
            "/host" => sound && public_host(text),
            "/login" => {
                sound && self.connection.is_some_and(|connection| public_login_of(text, connection))
            }
            "/schema" => sound && public_name(text),
            "/port" => sound && is_port(text),
            _ => {
                let known = self.names().pointer_instead(pointer).is_none();
                match pointer.strip_prefix("/extra/").filter(|_| known) {
                    Some(name) => {
                        sound
                            && (WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
                                || is_public_value(name, text))
                    }
                    None => false,
                }
            }
        }
    }

    /// The text of a field or of an extra once it is decoded.
    fn decoded(&self, pointer: &str) -> Option<&'c str> {
        match pointer.strip_prefix("/extra/") {
            Some(name) => self.extra?.as_dict()?.get(name)?.value.as_str(),
            None => self.connection?.field(pointer.strip_prefix('/')?)?.as_str(),
        }
    }

    /// Whether parts stand inside of this one.
    fn is_container(&self, pointer: &str) -> bool {
        if self.is_uri && matches!(pointer, "/uri" | "/value") {
            return true;
        }
        let is_ahead = |part: &PlacedPart<'_>| {
            part.pointer.bytes().lt(pointer.bytes().chain(std::iter::once(b'/')))
        };
        let next = self.parts.get(self.parts.partition_point(is_ahead));
        next.and_then(|part| part.pointer.strip_prefix(pointer)).is_some_and(|p| p.starts_with('/'))
    }
}

/// Without the quotes around it, escaped or not.
fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\'', '\\'])
}

/// Sorted, and without overlaps.
pub(crate) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start <= last.end => *last = last.cover(span),
            _ => all.push(span),
        }
    }
    all
}

/// A part of a connection.
struct Part {
    span: Span,
    public: bool,
}

/// The parts of a connection as one runtime reads it.
struct View<'s> {
    text: &'s str,
    parts: Vec<Part>,
}

impl<'s> View<'s> {
    fn of(source: &'s Source, placed: &Placed<'_>) -> View<'s> {
        let mut view = View { text: source.text(), parts: Vec::new() };
        let (sound, names) = (placed.is_sound(), placed.names());
        if let Some(span) = placed.entry.id_span {
            // What stands there may be encoded: base64 of anything looks like an id.
            let known = shown_id(placed.entry).is_some();
            view.add(Some(span), |slice| known && public_id(slice).is_some());
        }
        for PlacedPart { pointer, key, value } in &placed.parts {
            view.add(*key, |slice| {
                FIELDS.contains(&slice) || KEYS.contains(&slice) || names.shown(slice).is_some()
            });
            if !placed.is_container(pointer) {
                // Base64 of anything looks like a name: what is written and what it means must both
                // be public.
                let is_public = |text: &str| placed.is_public(pointer, text, sound);
                let means = placed.decoded(pointer).is_none_or(is_public);
                view.add(*value, |slice| means && is_public(slice));
            }
        }
        view.parts.sort_by_key(|part| (part.span.start, part.span.end));
        view
    }

    fn add(&mut self, span: Option<Span>, public: impl Fn(&str) -> bool) {
        let Some(span) = span.filter(|s| s.start < s.end) else { return };
        let Some(slice) = self.text.get(span.range()) else { return };
        self.parts.push(Part { span, public: public(unquoted(slice)) });
    }

    /// Public parts and the structure between parts, sorted, without what a part that is not public
    /// covers.
    fn shown(&self) -> Vec<Span> {
        let mut shown: Vec<Span> = Vec::new();
        // Bytes before this one belong to parts that were seen.
        let mut seen = None;
        for part in &self.parts {
            match seen {
                None => shown.extend(self.before(part.span.start)),
                Some(end) if end < part.span.start => {
                    let gap = Span { start: end, end: part.span.start };
                    shown.extend(if self.is_structure(gap) {
                        Some(gap)
                    } else {
                        self.indentation(gap)
                    });
                }
                Some(_) => {}
            }
            if part.public && seen.is_none_or(|end| end <= part.span.start) {
                shown.push(part.span);
            } else {
                // Two parts that share bytes: what one hides the other does not show.
                while shown.last().is_some_and(|s| s.end > part.span.start) {
                    shown.pop();
                }
            }
            seen = seen.max(Some(part.span.end));
        }
        shown.extend(seen.and_then(|end| self.after(end)));
        shown
    }

    /// From the beginning of the line to the first part: structure, and the words in front of a
    /// variable's name.
    fn before(&self, start: u32) -> Option<Span> {
        let to = start as usize;
        let near = self.boundary(to.saturating_sub(NEAR));
        let from = match self.text[near..to].rfind(['\n', '\r']) {
            Some(at) => near + at + 1,
            None if near == 0 => 0,
            None => return None,
        };
        let known = |words: &str| {
            words.split_whitespace().all(|w| {
                matches!(
                    w,
                    "export" | "set" | "-" | "AIRFLOW_CONN_" | "conn_id:" | "connection_id:"
                )
            })
        };
        let span = Span::new(from..to);
        (self.is_structure(span) || known(&self.text[from..to].replace(['"', '\''], " ")))
            .then_some(span)
    }

    /// The blanks at the end of a gap, if a line begins with them.
    fn indentation(&self, gap: Span) -> Option<Span> {
        let text = self.text.get(gap.range())?;
        let from = text.rfind('\n')? + 1;
        text[from..]
            .bytes()
            .all(|b| b == b' ')
            .then(|| Span { start: gap.start + Span::new(from..from).start, end: gap.end })
    }

    /// From the last part to the end of the line, if that is structure.
    fn after(&self, end: u32) -> Option<Span> {
        let from = end as usize;
        let near = self.boundary((from + NEAR).min(self.text.len()));
        let to = match self.text[from..near].find(['\n', '\r']) {
            Some(at) => from + at,
            None if near == self.text.len() => near,
            None => return None,
        };
        Some(Span::new(from..to)).filter(|span| self.is_structure(*span))
    }

    /// The beginning of the character at a byte.
    fn boundary(&self, at: usize) -> usize {
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    fn is_structure(&self, span: Span) -> bool {
        let text = self.text.get(span.range()).unwrap_or_default();
        let marks = || text.chars().filter(|c| !c.is_ascii_whitespace());
        marks().nth(MAX_GAP).is_none() && marks().all(|c| STRUCTURE.contains(c))
    }
}
