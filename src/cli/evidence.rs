//! Whether a file that nobody named holds connections, as far as its content tells.

use crate::airflow::Raw;
use crate::airflow::runtime::{Runtime, Side};
use crate::check::CONN_TYPES;
use crate::format::{Entry, Evidence, Format};
use crate::model::{Node, Value};
use crate::source::Text;

/// What only files about connections have in them.
const HINTS: &[&str] = &["conn_type", "AIRFLOW_CONN_"];

/// Whether bytes that are not text hold connections all the same.
pub(super) fn hints_at_connections(bytes: &[u8]) -> bool {
    HINTS.iter().any(|hint| bytes.windows(hint.len()).any(|window| window == hint.as_bytes()))
}

/// Whether a file that nobody named holds connections, as far as its content tells. A text that was
/// meant as such and is broken counts.
pub(super) fn holds_connections(name: &str, text: &str, format: &'static Format) -> bool {
    let is_script = name.to_ascii_lowercase().ends_with(".sh");
    let hinted = HINTS.iter().any(|hint| text.contains(hint));
    let document = (format.read)(&Text::untraced(text), &Runtime::newest(Side::Server));
    // Scripts set variables in many ways; what they export is not read as if they were files of
    // variables.
    if is_script && !format.is_named("script.sh") {
        return false;
    }
    match format.evidence {
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
            broken && hinted
                || typed > 0 && with_uris() * 3 >= document.entries.len()
                || document.problems.is_empty() && uris()
        }
        Evidence::Words => hinted,
        Evidence::Entry => document.entries.iter().any(|entry| has_type(entry) || is_uri(entry)),
        Evidence::Form => hinted || !document.entries.is_empty(),
    }
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
