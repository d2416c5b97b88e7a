//! Where the pieces of a connection stand that something else fills in, and what may be filled in
//! at each place.

mod placeholder;
mod variable;

use std::collections::HashMap;
use std::ops::Range;

use crate::airflow::Raw;
use crate::format::hole::Hole;
use crate::source::{Span, Text};

pub use variable::holds_variable;

/// The holes of a connection, in the order of their places. None where nothing can be said of it:
/// all of it is filled in, or where it begins, or something that is not found here.
pub(crate) fn of(raw: &Raw<'_>, base: &Text<'_>, known: Option<Span>) -> Vec<Hole> {
    let holes = found(raw, base, next).unwrap_or_default();
    let covers = |span: Span| {
        holes.first().is_some_and(|hole| hole.span.start <= span.start)
            && holes.last().is_some_and(|hole| span.end <= hole.span.end)
    };
    let is_whole = holes.iter().any(|hole| hole.fills == CONNECTION);
    if known.is_some_and(covers) && !is_whole { holes } else { Vec::new() }
}

/// The places of a connection that whoever copies its file fills in: all of it, if it is empty.
pub fn placeholders(raw: &Raw<'_>, base: &Text<'_>) -> Vec<Hole> {
    if let Raw::Value(text) = raw
        && text.as_str().trim().is_empty()
        && let Some(span) = text.span()
    {
        return vec![Hole { span, fills: CONNECTION, open: true }];
    }
    found(raw, base, placeholder::next).unwrap_or_default()
}

/// The variables in a connection of a file in which nothing is filled in.
pub fn variables(raw: &Raw<'_>, base: &Text<'_>) -> Vec<Hole> {
    if written(raw, base).is_some_and(|text| text.contains('$')) {
        found(raw, base, variable::next).unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// Pieces of a connection that look as if something filled them in, though its reader knows of
/// nothing that does.
pub fn suspected(raw: &Raw<'_>, base: &Text<'_>) -> Vec<Hole> {
    match written(raw, base) {
        Some(text) if text.contains("${") || text.contains("{{") => {
            found(raw, base, next).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn written<'t>(raw: &'t Raw<'_>, base: &'t Text<'_>) -> Option<&'t str> {
    match raw {
        Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => Some(text.as_str()),
        Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
            base.as_str().get(node.span.range())
        }
    }
}

/// The next piece from a byte on that is filled in, and what stands in for it.
type Next = fn(&str, usize, &mut Ends) -> Option<(Range<usize>, Option<Range<usize>>)>;

fn found(raw: &Raw<'_>, base: &Text<'_>, next: Next) -> Option<Vec<Hole>> {
    let (text, range, shape) = match raw {
        Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => {
            (text, 0..text.as_str().len(), Shape::Value)
        }
        Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
            (base, node.span.range(), Shape::Members)
        }
    };
    if !text.is_traced() {
        return None;
    }
    let written = text.as_str().get(range.clone())?;
    let outline = Outline::of(written, next);
    let span =
        |place: &Range<usize>| text.span_of(range.start + place.start..range.start + place.end);
    let holes = outline
        .fills(shape)?
        .into_iter()
        .map(|(place, fills, open)| Some(Hole { fills, open, span: span(&place)? }));
    let taken = outline.taken.iter().map(|place| span(place).map(Hole::taken_out));
    let mut holes = holes.chain(taken).collect::<Option<Vec<Hole>>>()?;
    holes.retain(|hole| hole.span.start < hole.span.end);
    holes.sort_by_key(|hole| hole.span);
    Some(holes)
}

/// How a connection is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A URI, or JSON.
    Value,
    /// Options of a command, or members of an object.
    Members,
}

/// What opens and closes a piece that is filled in.
const MARKS: &[(&str, &str)] = &[
    ("${{", "}}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("<%", "%>"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}"),
    ("%(", ")s"),
];

/// So deep may defaults stand in defaults.
const MAX_DEPTH: usize = 8;

/// So many holes may a connection have; of one with more, nothing can be said.
const MAX_HOLES: usize = 64;

/// Where the marks of a text end, each looked for once.
#[derive(Default)]
struct Ends {
    /// Whether nothing closes a mark any more, for each of [`MARKS`].
    missing: [bool; MARKS.len()],
    /// Behind the brace that closes each opened one, by the place of that.
    braces: Option<HashMap<usize, usize>>,
}

impl Ends {
    /// Behind what closes the mark of this number that stands at a byte of the text.
    fn of(&mut self, mark: usize, text: &str, start: usize) -> Option<usize> {
        let (open, close) = MARKS[mark];
        if open == "${" {
            return self.braces.get_or_insert_with(|| braces(text)).get(&(start + 1)).copied();
        }
        if self.missing[mark] {
            return None;
        }
        let end = text[start..].find(close).map(|at| start + at + close.len());
        self.missing[mark] = end.is_none();
        end
    }
}

/// Behind the brace that closes each opened one, by the place of that.
fn braces(text: &str) -> HashMap<usize, usize> {
    let (mut open, mut closed) = (Vec::new(), HashMap::new());
    for (at, c) in text.bytes().enumerate() {
        match c {
            b'{' => open.push(at),
            b'}' => {
                if let Some(start) = open.pop() {
                    closed.insert(start, at + 1);
                }
            }
            _ => {}
        }
    }
    closed
}

/// A text without the signs around values that stand in for unset variables, with its holes.
#[derive(Default)]
struct Outline {
    /// What is left, with [`HOLE`] for each hole.
    text: String,
    /// The holes, and where they are in `text`.
    holes: Vec<(Range<usize>, usize)>,
    /// What is taken out.
    taken: Vec<Range<usize>>,
}

/// Stands for what is filled in.
const HOLE: char = '\u{fffc}';

impl Outline {
    fn of(written: &str, next: Next) -> Outline {
        let mut outline = Outline::default();
        outline.add(written, 0, 0, next);
        outline
    }

    /// Adds a part of the text that begins at byte `start` of it.
    fn add(&mut self, part: &str, start: usize, depth: usize, next: Next) {
        let (mut at, mut ends) = (0, Ends::default());
        while self.holes.len() <= MAX_HOLES
            && let Some((place, default)) = next(part, at, &mut ends)
        {
            self.text.push_str(&part[at..place.start]);
            at = place.end;
            match default.filter(|default| !default.is_empty() && depth < MAX_DEPTH) {
                Some(default) => {
                    self.taken.push(start + place.start..start + default.start);
                    self.add(&part[default.clone()], start + default.start, depth + 1, next);
                    self.taken.push(start + default.end..start + place.end);
                }
                None => {
                    self.holes.push((start + place.start..start + place.end, self.text.len()));
                    self.text.push(HOLE);
                }
            }
        }
        self.text.push_str(&part[at..]);
    }

    /// What may be filled in at each hole; `None` where that cannot be told.
    fn fills(&self, shape: Shape) -> Option<Vec<(Range<usize>, Fills, bool)>> {
        if self.holes.len() > MAX_HOLES {
            return None;
        }
        let json = shape == Shape::Value && self.text.trim_start().starts_with('{');
        let text = self.text.trim_start();
        let whole = text.strip_prefix(HOLE).is_some_and(|rest| !rest.starts_with("://"));
        let begin = self.text.len() - text.len();
        let fills = self.holes.iter().map(|(place, at)| {
            let (before, after) = (&self.text[..*at], &self.text[at + HOLE.len_utf8()..]);
            let (fills, open) = match shape {
                Shape::Value if whole && *at == begin => (CONNECTION, true),
                Shape::Value if json => in_json(before),
                Shape::Value => in_uri(before, after),
                Shape::Members => in_members(before, after)?,
            };
            Some((place.clone(), fills, open))
        });
        fills.collect()
    }
}

/// What an engine, a shell or a runner replaces.
fn next(text: &str, from: usize, ends: &mut Ends) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let mut at = from;
    while let Some(start) = text[at..].find(['$', '{', '<', '#', '%']).map(|n| at + n) {
        let rest = &text[start..];
        if let Some(mark) = MARKS.iter().position(|(open, _)| rest.starts_with(open))
            && let Some(end) = ends.of(mark, text, start)
        {
            let default = if MARKS[mark].0 == "${" { default(text, start..end) } else { None };
            return Some((start..end, default));
        }
        let begins = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'@' | b'*');
        if rest.starts_with('$') && rest.as_bytes().get(1).copied().is_some_and(begins) {
            let name = rest[1..].len()
                - rest[1..]
                    .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    .len();
            return Some((start..start + 1 + name.max(1), None));
        }
        at = start + 1;
    }
    None
}

/// The value behind `:-` or `-` in `${NAME:-value}`.
fn default(text: &str, place: Range<usize>) -> Option<Range<usize>> {
    let start = place.start + 2;
    let inside = &text[start..place.end - 1];
    let name = inside.len()
        - inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let sign = [":-", "-"].iter().find(|sign| name > 0 && inside[name..].starts_with(**sign))?;
    Some(start + name + sign.len()..place.end - 1)
}

type Fills = &'static [&'static str];

/// Anything that is text: a word, nothing, a number, what is a truth value, a region.
const TEXT: Fills = &["kelp", "", "5432", "true", "us-east-1"];

/// A whole connection, or what one begins with.
const CONNECTION: Fills = &["mysql://kelp", "http://kelp", "ftp://kelp"];

/// An id.
const WORD: Fills = &["kelp", "tide"];

/// A port.
const NUMBER: Fills = &["5432", "5439"];

/// A type of connections.
const TYPE: Fills = &["mysql", "http", "ftp"];

/// A host, of which region and cluster may be read off, or part of one.
const HOST: Fills = &[
    "db.example.com",
    "kelp",
    "tide.abc123xyz789.us-west-1.redshift.amazonaws.com",
    "kelp.123456789012.us-east-1.redshift-serverless.amazonaws.com",
];

/// What stands ahead of a path: a host, perhaps with its port, perhaps with a login.
const AUTHORITY: Fills = &[
    "db.example.com:5432",
    "kelp",
    "kelp:tide@db.example.com",
    "tide.abc123xyz789.us-west-1.redshift.amazonaws.com:5439",
    "kelp.123456789012.us-east-1.redshift-serverless.amazonaws.com",
];

/// A login, perhaps with its password.
const USERINFO: Fills = &["kelp:tide", "kelp", ""];

/// A query, or a piece of one.
const QUERY: Fills = &["kelp=tide", ""];

/// A value of JSON.
const JSON: Fills = &["5432", "null", "\"kelp\"", "true", "{}"];

/// A member of an object of JSON.
const MEMBER: Fills = &["\"description\": \"kelp\""];

/// An object of JSON.
const OBJECT: Fills = &["{}", "null", "\"\""];

/// An object of JSON that stands as a text.
const OBJECT_AS_TEXT: Fills = &["{}", ""];

fn in_json(before: &str) -> (Fills, bool) {
    let key = key(before);
    if is_open_string(before) {
        return match key {
            Some("conn_type") => (TYPE, false),
            Some("extra" | "__extra__") => (OBJECT_AS_TEXT, true),
            Some("port") => (NUMBER, false),
            _ => (TEXT, false),
        };
    }
    match (before.trim_end().chars().next_back(), key) {
        (Some(':'), Some("port")) => (NUMBER, false),
        (Some(':'), Some("extra" | "__extra__")) => (OBJECT, true),
        (Some(':'), _) => (JSON, false),
        (Some('{' | ','), _) => (MEMBER, true),
        _ => (TEXT, true),
    }
}

/// Whether a string of JSON is open at the end of a text.
fn is_open_string(before: &str) -> bool {
    let (mut open, mut escaped) = (false, false);
    for c in before.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if open => escaped = true,
            '"' => open = !open,
            _ => {}
        }
    }
    open
}

/// The name in front of a value that begins where the text ends: `"port": "`, `--conn-port=`.
fn key(before: &str) -> Option<&str> {
    let key = before.trim_end_matches(['"', '\'', ' ', '\t', '\n', '\\', ':', '=']);
    let start = key.rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
    (key.len() < before.len()).then(|| {
        &key[start.map_or(0, |at| at + key[at..].chars().next().map_or(1, char::len_utf8))..]
    })
}

fn in_uri(before: &str, after: &str) -> (Fills, bool) {
    let Some((_, rest)) = before.split_once("://") else {
        return if after.starts_with("://") && before.is_empty() {
            (TYPE, false)
        } else {
            (TEXT, true)
        };
    };
    if rest.contains(['/', '?', '#']) {
        return match rest.split_once('?') {
            Some((_, query)) if query.ends_with("__extra__=") => (OBJECT_AS_TEXT, true),
            Some((_, query)) if query.is_empty() || query.ends_with('&') => {
                (if after.starts_with('=') { TEXT } else { QUERY }, true)
            }
            _ => (TEXT, false),
        };
    }
    let behind = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
    if behind.contains('@') {
        return if rest.is_empty() && behind.starts_with('@') {
            (USERINFO, false)
        } else {
            (TEXT, false)
        };
    }
    let host = rest.rsplit('@').next().unwrap_or(rest);
    match (host.is_empty(), behind.is_empty()) {
        _ if host.ends_with(':') => (NUMBER, false),
        (true, true) if rest.is_empty() => (AUTHORITY, after.is_empty()),
        (true, true) => (&AUTHORITY_BEHIND, false),
        (true, false) => (HOST, false),
        _ => (WORD, false),
    }
}

/// A host behind an `@`, perhaps with its port.
const AUTHORITY_BEHIND: [&str; 4] = [
    "db.example.com:5432",
    "kelp",
    "tide.abc123xyz789.us-west-1.redshift.amazonaws.com:5439",
    "kelp.123456789012.us-east-1.redshift-serverless.amazonaws.com",
];

/// Options, or members of an object. `None` where a whole connection is filled in, or words that
/// may be several options.
fn in_members(before: &str, after: &str) -> Option<(Fills, bool)> {
    let ends = after.is_empty() || after.starts_with(['"', '\'', ' ', '\n', '\r', ',', '}', ')']);
    let ahead = before.trim_end_matches(['"', '\'']);
    let is_word = ahead.ends_with([' ', '\t', '\n']);
    let last = ahead.split_whitespace().next_back().unwrap_or_default();
    if is_word && !last.starts_with('-') && !last.ends_with([':', '=', ',', '{', '[']) {
        // The id stands behind `connections add`.
        let is_id = ahead.split_whitespace().count() <= 2 && after.contains("--");
        return is_id.then_some((WORD, false));
    }
    let key = key(before).unwrap_or_default().trim_start_matches('-').replace('_', "-");
    Some(match key.strip_prefix("conn-").unwrap_or(&key) {
        "uri" | "json" if ends => return None,
        "port" => (NUMBER, false),
        "type" => (TYPE, false),
        "extra" if ends => (OBJECT_AS_TEXT, true),
        "host" => (HOST, false),
        _ => (TEXT, false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_with_what_may_stand_there() {
        for (value, want) in [
            ("postgres://${U}:$P@${H}:${N}/{{ db }}?a=#{x}", "TEXT TEXT HOST NUMBER TEXT TEXT"),
            ("{{ t }}://%(h)s", "TYPE AUTHORITY"),
            ("x://${C}@h/d?${Q}", "USERINFO QUERY"),
            (
                "{\"port\": ${P}, \"login\": \"${U}\", \"extra\": ${E}, ${M}}",
                "NUMBER TEXT OBJECT MEMBER",
            ),
            ("{\"a\": \"\\\"${U}\"}", "TEXT"),
            ("${X}", ""),
            ("${X}/d", ""),
            ("${X:-${Y}}", ""),
            ("${X:-}", ""),
            ("x://u:${P:-a${Q-b}}@h", "out out out out"),
            ("x://u:${P?e}@${H:+h}", "TEXT AUTHORITY_BEHIND"),
        ] {
            let known = value.find("${").or_else(|| value.find("{{")).unwrap_or_default();
            let known = Span::new(known..known);
            let found = of(&Raw::Value(Text::at(value, 0)), &Text::untraced(""), Some(known));
            let names: Vec<&str> = found.iter().map(|hole| name(hole)).collect();
            assert_eq!(names.join(" "), want, "{value}");
        }
    }

    fn name(hole: &Hole) -> &'static str {
        [
            (TEXT, "TEXT"),
            (NUMBER, "NUMBER"),
            (WORD, "WORD"),
            (TYPE, "TYPE"),
            (HOST, "HOST"),
            (AUTHORITY, "AUTHORITY"),
            (&AUTHORITY_BEHIND, "AUTHORITY_BEHIND"),
            (USERINFO, "USERINFO"),
            (QUERY, "QUERY"),
            (JSON, "JSON"),
            (MEMBER, "MEMBER"),
            (OBJECT, "OBJECT"),
            (&[""], "out"),
        ]
        .into_iter()
        .find_map(|(fills, name)| (hole.fills == fills).then_some(name))
        .unwrap_or("?")
    }
}
