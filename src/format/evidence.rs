//! Whether a file that nobody named holds connections, as far as its content tells.

use std::cell::LazyCell;

use super::helpers::backend::names_connections;
use super::names::{DOTENV, fits, unified};
use super::sample::is_uri_assignment;
use super::{Entry, Evidence, Format, Meant};
use crate::airflow::Raw;
use crate::airflow::runtime::{Runtime, Side};
use crate::catalog::CONN_TYPES;
use crate::model::{FIELDS, Node, Value};
use crate::source::Text;

/// What only files about connections have in them.
const HINTS: &[&str] = &["conn_type", "AIRFLOW_CONN_"];

/// Whether bytes that are not text hold connections all the same.
pub fn hints_at_connections(bytes: &[u8]) -> bool {
    HINTS.iter().any(|hint| bytes.windows(hint.len()).any(|window| window == hint.as_bytes()))
}

/// Whether a file that nobody named holds connections, as far as its content tells. A text that was
/// meant as such and is broken counts.
pub fn holds_connections(name: &str, text: &str, format: &'static Format) -> bool {
    let is_script = name.to_ascii_lowercase().ends_with(".sh");
    let hinted = HINTS.iter().any(|hint| text.contains(hint));
    // Scripts set variables in many ways; what they export is not read as if they were files of
    // variables.
    if is_script && !format.is_named("script.sh") {
        return false;
    }
    let read = || (format.read)(&Text::untraced(text), &Runtime::newest(Side::Server));
    let document = LazyCell::new(read);
    match format.evidence {
        // Airflow does not read it: it may well be the file of another program.
        Evidence::Entries if document.meant == Some(Meant::Elsewhere) => false,
        Evidence::Entries => {
            let broken = document.entries.is_empty() && !document.problems.is_empty();
            let uris = || !document.entries.is_empty() && document.entries.iter().all(is_uri);
            // One section with a type among many others does not make a file of connections.
            let typed = document.entries.iter().filter(|entry| has_type(entry)).count();
            // Beside an object with a type, a URI is another connection, whatever its id looks
            // like.
            let with_uris = || {
                document
                    .entries
                    .iter()
                    .filter(|entry| has_type(entry) || has_known_scheme(entry))
                    .count()
            };
            broken && hinted && is_meant(text)
                || typed > 0 && with_uris() * 3 >= document.entries.len()
                || document.problems.is_empty() && uris()
        }
        Evidence::Words => hinted,
        Evidence::Entry => document
            .entries
            .iter()
            .any(|entry| (has_type(entry) || is_uri(entry)) && has_only_fields(entry)),
        Evidence::Secrets => {
            !document.entries.is_empty()
                && (names_connections(text)
                    || text.contains("conn_uri")
                    || document.entries.iter().any(|entry| has_type(entry) || is_uri(entry)))
        }
        Evidence::Found => !document.entries.is_empty() || !document.remarks.is_empty(),
        Evidence::Form => hinted || !document.entries.is_empty(),
    }
}

/// What a file that somebody named turns out to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Connections, or what was meant as such.
    Connections,
    /// None: it is in this format, and there are none in it.
    Nothing,
    /// None, and nothing but its name says that it is in this format.
    Other,
}

/// So much of a large file of variables tells what it is.
const BEGINNING: usize = 16 * 1024;

/// What a file that somebody named turns out to hold, in the format that its name and content tell.
pub fn held_in(name: &str, text: &str, format: &'static Format) -> Held {
    let read = |text| (format.read)(&Text::untraced(text), &Runtime::newest(Side::Server));
    let is_dotenv = DOTENV.iter().any(|known| fits(known.glob, &unified(name)));
    // Variables stand one behind the other: what begins with some has some.
    let begins = text.get(..text.floor_char_boundary(BEGINNING)).filter(|_| is_dotenv);
    if matches!(format.evidence, Evidence::Words)
        && text.len() > 2 * BEGINNING
        && begins.is_some_and(|text| read(text).entries.len() > 1)
    {
        return Held::Connections;
    }
    let document = read(text);
    let (entries, problems) = (&document.entries, document.problems.len());
    if entries.is_empty() && problems == 0 {
        let is_told = !document.remarks.is_empty();
        return if is_told { Held::Connections } else { Held::Nothing };
    }
    let like = entries.iter().filter(|entry| is_like_a_connection(entry)).count();
    match format.evidence {
        // Among many others one that has a field by chance makes no connections of the rest.
        Evidence::Entries if like * 3 < entries.len() && !holds_connections(name, text, format) => {
            if is_dotenv && like == 0 {
                Held::Nothing
            } else {
                Held::Other
            }
        }
        // Lines that are assignments among others that are not.
        Evidence::Words
            if !is_dotenv
                && problems > 0
                && (is_prose(name) || problems > MANY.max(entries.len())) =>
        {
            Held::Other
        }
        _ => Held::Connections,
    }
}

/// So many lines that are not understood are not slips of the pen.
const MANY: usize = 3;

/// Its name says that it is for people, or a program.
fn is_prose(name: &str) -> bool {
    const ENDINGS: &[&str] =
        &[".md", ".mdx", ".rst", ".adoc", ".txt", ".html", ".csv", ".tsv", ".ipynb", ".py", ".log"];
    let lower = name.to_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// It has a field of a connection, or is a text that may be meant as a URI or JSON.
fn is_like_a_connection(entry: &Entry<'_>) -> bool {
    let is_text = |text: &str| text.contains(":/") || text.contains('@') || text.starts_with('{');
    entry.refused.is_some()
        || match (&entry.raw, entry.raw.node().map(|node| &node.value)) {
            (_, Some(Value::Dict(dict))) => dict
                .named()
                .any(|(name, _)| FIELDS.contains(&name) || matches!(name, "uri" | "conn_id")),
            (_, Some(other)) => other.as_str().is_some_and(is_text),
            (Raw::Uri(text) | Raw::Json(text) | Raw::Value(text), None) => is_text(text.as_str()),
            _ => true,
        }
}

/// A text that cannot be read was meant as connections under their ids: below a key at the margin
/// stands a type with a value.
fn is_meant(text: &str) -> bool {
    if text.trim_start().starts_with('{') {
        return below_first_keys(text, "conn_type");
    }
    let mut id = false;
    text.lines().any(|line| {
        let inner = line.trim_start();
        let indented = inner.len() < line.len();
        if !indented {
            id = inner.trim_end().strip_suffix(':').is_some_and(|key| !key.starts_with(['-', '#']))
                || is_uri_assignment(inner);
            return is_uri_assignment(inner);
        }
        let key = inner.trim_start_matches(['"', '\'']);
        id && key
            .strip_prefix("conn_type")
            .map(|rest| rest.trim_start_matches(['"', '\'']).trim_start())
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|value| !value.trim().is_empty())
    })
}

/// A JSON text, whole or broken, has a member of this name with a text in an object that is a
/// member of the outermost one.
fn below_first_keys(text: &str, wanted: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut open, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => open.push(*byte),
            b'}' | b']' => _ = open.pop(),
            b'"' => {
                let start = at + 1;
                at = start;
                while bytes.get(at).is_some_and(|b| *b != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let value = || text.get(at + 1..)?.trim_start().strip_prefix(':');
                if open == [b'{', b'{']
                    && text.get(start..at) == Some(wanted)
                    && value().is_some_and(|value| value.trim_start().starts_with('"'))
                {
                    return true;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// It is an object that says its type.
fn has_type(entry: &Entry<'_>) -> bool {
    let in_text = |text: &str| text.trim_start().starts_with('{') && text.contains("\"conn_type\"");
    match (&entry.raw, entry.raw.node()) {
        (_, Some(Node { value: Value::Str(text), .. })) => text.as_str().is_some_and(in_text),
        (_, Some(node)) => node
            .value
            .as_dict()
            .and_then(|dict| dict.get("conn_type"))
            .is_some_and(|node| node.value.as_str().is_some()),
        (Raw::Json(text) | Raw::Value(text), None) => in_text(text.as_str()),
        _ => false,
    }
}

/// Whatever is an object in it has no members but those of a connection: lines of a log have
/// others.
fn has_only_fields(entry: &Entry<'_>) -> bool {
    const OTHERS: &[&str] = &["conn_id", "uri", "value", "json", "extra_dejson"];
    entry.raw.node().and_then(|node| node.value.as_dict()).is_none_or(|dict| {
        dict.named().all(|(name, _)| FIELDS.contains(&name) || OTHERS.contains(&name))
    })
}

/// It is a URI of a type that is known and is not an address of the web, under an id that is no
/// variable's name.
fn is_uri(entry: &Entry<'_>) -> bool {
    let variable =
        entry.conn_id.as_deref().is_some_and(|id| !id.contains(|c: char| c.is_lowercase()));
    has_known_scheme(entry) && !variable
}

/// It is a URI of a type that is known and is not an address of the web.
fn has_known_scheme(entry: &Entry<'_>) -> bool {
    let text = match (&entry.raw, entry.raw.node().map(|node| &node.value)) {
        (Raw::Uri(text) | Raw::Value(text), _) => Some(text.as_str()),
        (_, Some(Value::Dict(dict))) => {
            dict.get("uri").or_else(|| dict.get("value")).and_then(|node| node.value.as_str())
        }
        (_, Some(other)) => other.as_str(),
        _ => None,
    };
    let is_known =
        |scheme: &str| scheme == "postgresql" || CONN_TYPES.contains_key(&scheme.replace('-', "_"));
    let scheme =
        text.and_then(|text| text.split_once("://")).map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| {
        is_known(&scheme) && !matches!(scheme.as_str(), "http" | "https" | "ftp")
    })
}
