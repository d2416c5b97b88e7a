//! Which bytes of a source may be shown to people: those that are understood, and known to be no
//! secret.
//!
//! The rules are those by which `inspect` masks. A text is shown only where every runtime that is
//! aimed at agrees that it may be.

use std::rc::Rc;

use super::Case;
use super::places::Place;
use crate::model::FIELDS;
use crate::privacy::{
    is_port, is_public_value, is_type, public_host, public_id, public_key, public_login_of,
    public_name, public_pointer,
};
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

/// What may be shown of the lines on which a connection stands.
pub(super) fn shown(source: &Source, cases: &[Rc<Case<'_>>]) -> Vec<Span> {
    let mut views = cases.iter().map(|case| View::of(source, case).shown());
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

/// Whether this runtime reads a connection in which every part is what it seems to be: no slip of
/// the pen left a piece of a secret where something else is read.
fn is_sound(case: &Case<'_>) -> bool {
    case.doubt().is_none() && case.connection().is_some_and(|c| is_type(c.type_str()))
}

/// Whether the text at this place is known to be no secret.
fn is_public(case: &Case<'_>, pointer: &str, text: &str, sound: bool) -> bool {
    match pointer {
        "/conn_type" => is_type(text) && (sound || super::CONN_TYPES.contains_key(text)),
        "/host" => sound && public_host(text),
        "/login" => {
            sound && case.connection().is_some_and(|connection| public_login_of(text, connection))
        }
        "/schema" => sound && public_name(text),
        "/port" => sound && is_port(text),
        _ => match pointer.strip_prefix("/extra/").filter(|_| public_pointer(pointer) == pointer) {
            Some(name) => {
                sound
                    && (WORDS.contains(&text.to_ascii_lowercase().as_str())
                        || is_public_value(name, text))
            }
            None => false,
        },
    }
}

/// The text of a field or of an extra once it is decoded.
fn decoded<'c>(case: &'c Case<'_>, pointer: &str) -> Option<&'c str> {
    match pointer.strip_prefix("/extra/") {
        Some(name) => case.extra_value(name)?.as_str(),
        None => case.connection()?.field(pointer.strip_prefix('/')?)?.as_str(),
    }
}

/// Without the quotes around it, escaped or not.
fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\'', '\\'])
}

/// Sorted, and without overlaps.
pub(super) fn union(mut spans: Vec<Span>) -> Vec<Span> {
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
    fn of(source: &'s Source, case: &Case<'_>) -> View<'s> {
        let text = source.text();
        let mut view = View { text, parts: Vec::new() };
        let sound = is_sound(case);
        if let Some(span) = case.entry.id_span {
            // What stands there may be encoded: base64 of anything looks like an id.
            let known = case.public_id().is_some();
            view.add(Some(span), |slice| known && public_id(slice).is_some());
        }
        let places = case.places();
        let is_container = |pointer: &str| {
            if case.uri().is_some() && matches!(pointer, "/uri" | "/value") {
                return true;
            }
            let below = format!("{pointer}/");
            places.all_from(&below).next().is_some_and(|(next, _)| next.starts_with(&below))
        };
        for (pointer, Place { key, value }) in places.all_from("") {
            view.add(key, |slice| {
                FIELDS.contains(&slice) || KEYS.contains(&slice) || public_key(slice).is_some()
            });
            if !is_container(pointer) {
                // Base64 of anything looks like a name: what is written and what it means must both
                // be public.
                let means =
                    decoded(case, pointer).is_none_or(|text| is_public(case, pointer, text, sound));
                view.add(value, |slice| means && is_public(case, pointer, slice, sound));
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
            words.split_whitespace().all(|w| matches!(w, "export" | "set" | "-" | "AIRFLOW_CONN_"))
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

#[cfg(test)]
mod tests {
    use crate::airflow::runtime::{Runtime, Side};
    use crate::format::by_name;
    use crate::source::Source;

    /// The text with a star for every byte that is not shown, if anything was found.
    fn masked(format: &str, text: &str) -> String {
        let source = Source::new("x", text);
        let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
        let checked =
            crate::check::check(&source, 0, by_name(format).expect("a format"), &runtimes);
        let is_shown = |at: usize| checked.shown.iter().any(|s| s.range().contains(&at));
        text.char_indices().map(|(at, c)| if is_shown(at) || c == '\n' { c } else { '*' }).collect()
    }

    #[test]
    fn only_what_is_understood_and_public_is_shown() {
        for (format, text, want) in [
            (
                "uri",
                "redshift://etl:Se%2Fcret@h.example.com:5439/dev?iam=false",
                "redshift://etl:*********@h.example.com:5439/dev?iam=false",
            ),
            (
                "uri",
                "redshift://etl:secret@h/dev?iam=false&x1=false",
                "redshift://etl:******@h/dev?iam=false&**=*****",
            ),
            // The `#` ends the authority: the rest of the password is a fragment, and its beginning
            // a port.
            (
                "uri",
                "postgres://app:tide#4-low@db.example.com/app",
                "postgres://***:*****************************",
            ),
            ("uri", "postgres://app:12/34@db/app", "postgres://***:**/*********"),
            ("uri", "app:tide@db.example.com/app", "***************************"),
            ("env", "export AIRFLOW_CONN_A='x://u:100%@h'", "export AIRFLOW_CONN_A='x://u:****@h'"),
            (
                "env",
                "AIRFLOW_CONN_A='x://u:100%@h' # secret",
                "AIRFLOW_CONN_A='x://u:****@h**********",
            ),
            ("airflow-env", "a=x://u:100%@h?a=2", "a=x://u:****@h?*=*"),
            (
                "export-json",
                r#"{"a": {"conn_type": "redshift", "password": "pw1", "port": "x", "extra": "{\"iam\": \"false\", \"region\": \"q\"}"}}"#,
                r#"{"a": {"conn_type": "redshift", "password": *****, "port": ***, "extra": "{\"iam\": \"false\", \"region\": \"q\"}"}}"#,
            ),
            (
                "export-yaml",
                "a:\n  conn_type: x\n  password: pw1 # an old one\n  port: x\n  nonsense: pw2\n",
                "a:\n  conn_type: *\n  password: ****************\n  port: *\n  ********: ***\n",
            ),
            // `http://user:1234//piece@host`, and a zero: the piece of the password is a name as
            // long as nobody decodes it.
            (
                "gcp-secrets",
                r#"{"name": "a", "payload": {"data": "aHR0cDovL3VzZXI6MTIzNC8vcGllY2VAaG9zdAA="}}"#,
                r#"**********a************************aHR0cD***3VzZXI************************="}}"#,
            ),
        ] {
            assert_eq!(masked(format, text), want, "{text}");
        }
    }
}
