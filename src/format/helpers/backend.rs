//! What secrets backends share: the answers of their services as trees, and the ids in the names of
//! secrets.

use std::sync::Arc;

use crate::airflow::Raw;
use crate::airflow::environment::stripped;
use crate::airflow::python::json_loads::loads;
use crate::format::{Entry, Item, WriteError, WriteOptions, id_of, value_of};
use crate::model::{Node, Value};
use crate::source::Text;

/// The id in the name of a secret: behind the prefix that the backend's documentation has, or
/// behind the last separator.
pub(crate) fn id_in(name: &Text<'_>, separator: char) -> (String, Option<crate::source::Span>) {
    let text = name.as_str();
    let prefix = format!("connections{separator}");
    let start = match text.find(&prefix) {
        Some(at) => at + prefix.len(),
        None => text.rfind('/').map_or(0, |at| at + 1),
    };
    (text[start..].to_string(), name.span_of(start..text.len()))
}

/// The names of secrets in a file that sets up stores and backends: which of them are connections.
pub(crate) struct Names {
    /// What `connections_prefix` and its like are set to in the same file.
    prefixes: Vec<String>,
    /// The file says that it is about Airflow.
    about_airflow: bool,
}

/// Arguments of backends that say where connections stand.
const PLACES: &[&str] = &["connections_prefix", "connections_path"];

/// Words of prefixes that name Airflow, or a service that runs it.
const OF_AIRFLOW: &[&str] = &["airflow", "mwaa", "composer"];

impl Names {
    pub(crate) fn of(text: &str) -> Names {
        let behind = |argument: &'static str| {
            text.match_indices(argument).filter_map(move |(at, _)| {
                let rest = &text[at + argument.len()..];
                let value = rest.trim_start_matches(|c: char| "\\\"' \t:=".contains(c));
                let end = value.find(|c: char| !is_of_name(c)).unwrap_or(value.len());
                let value = value[..end].trim_matches('/');
                (!value.is_empty() && value.len() < rest.len()).then(|| value.to_string())
            })
        };
        let lower = text.to_ascii_lowercase();
        Names {
            prefixes: PLACES.iter().copied().flat_map(behind).collect(),
            about_airflow: ["airflow", "mwaa"].iter().any(|word| lower.contains(word)),
        }
    }

    /// The id in the name of a secret, if a backend looks for connections there: below a prefix
    /// that is set in the same file, or below one that names Airflow, as those of all documentation
    /// do.
    pub(crate) fn id<'a>(&self, name: &Text<'a>) -> Option<Text<'a>> {
        let text = name.as_str();
        let start = text.len() - text.trim_start_matches('/').len();
        let separated = |at: usize| {
            let next = text[at..].chars().next()?;
            (matches!(next, '/' | '-' | '_') && at + 1 < text.len()).then_some(at + 1)
        };
        let configured = self.prefixes.iter().find_map(|prefix| {
            text[start..].strip_prefix(prefix.as_str())?;
            separated(start + prefix.len())
        });
        let lower = text.to_ascii_lowercase();
        let usual = || {
            lower.match_indices("connections").find_map(|(at, word)| {
                let (before, end) = (&lower[..at], at + word.len());
                let separator = lower[end..].chars().next()?;
                let of_airflow = |text: &str| OF_AIRFLOW.iter().any(|word| text.contains(word));
                // `airflow/…/connections/ID`, or `airflow-connections-ID`: not `max-connections-x`.
                let begins = match before.chars().next_back() {
                    None | Some('/') => separator == '/' || before.is_empty(),
                    Some('-' | '_') => {
                        let word =
                            before.trim_end_matches(['-', '_']).rsplit(['/', '-', '_']).next();
                        word.is_some_and(|word| of_airflow(word) || word.ends_with('}'))
                    }
                    Some(last) => last == '}',
                };
                let filled = before.trim_matches('/').is_empty() || before.contains("${");
                let meant = of_airflow(before) || filled && self.about_airflow;
                separated(end).filter(|_| begins && meant)
            })
        };
        configured.or_else(usual).map(|at| name.from(at))
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/_+=.@-".contains(c)
}

/// A name in this text is that of a connection: `airflow/connections/ID`, `airflow-connections-ID`.
pub(crate) fn names_connections(text: &str) -> bool {
    ["connections/", "connections-"].iter().any(|prefix| text.contains(prefix))
}

/// A secret of another program among some that are connections by their names.
pub(crate) fn is_of_another(name: &str, value: &str, among_connections: bool) -> bool {
    let is_like = value.contains("://") || value.contains("conn_type");
    is_of_others(name) || among_connections && !names_connections(name) && !is_like
}

/// A secret whose name says that the backend is asked for a variable or an option of Airflow by it,
/// under the prefixes that its documentation has.
pub(crate) fn is_of_others(name: &str) -> bool {
    ["variables", "config"].iter().any(|kind| {
        ["airflow/", "airflow-"].iter().any(|start| {
            let behind = name.trim_start_matches('/').strip_prefix(start);
            behind
                .and_then(|rest| rest.strip_prefix(kind))
                .is_some_and(|rest| rest.starts_with(['/', '-']) || rest.is_empty())
        })
    })
}

/// The object that a secret holds, if it holds JSON of one, and the text in which its places count.
pub(crate) fn object<'a>(secret: &Text<'a>) -> Option<(Node<'static>, Arc<Text<'a>>)> {
    let text = stripped(secret);
    text.as_str().starts_with('{').then_some(())?;
    let node = loads(text.as_str()).ok()?.into_owned();
    matches!(node.value, Value::Dict(_)).then(|| (node, Arc::new(text)))
}

/// A secret that the backend hands on as it is.
pub(crate) fn entry<'a>(
    id: Option<(String, Option<crate::source::Span>)>,
    secret: Text<'a>,
) -> Entry<'a> {
    Entry::of_text(id, Raw::Value(secret))
}

/// The value of a secret, which its service takes up to so many bytes.
pub(crate) fn value<'i>(
    item: &'i Item,
    index: usize,
    options: &WriteOptions<'_>,
    most: usize,
    reason: &str,
) -> Result<std::borrow::Cow<'i, str>, WriteError> {
    let value = value_of(item, index, options)?;
    if value.len() > most { Err(WriteError::at(index, reason)) } else { Ok(value) }
}

/// The name of the secret of an item.
pub(crate) fn name(prefix: &str, item: &Item, index: usize) -> Result<String, WriteError> {
    Ok(format!("{prefix}{}", id_of(item, index)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_secrets_are_connections() {
        let names = Names::of("airflow {\"connections_prefix\": \"team/conn\"}");
        for (name, id) in [
            ("airflow/connections/a_b", Some("a_b")),
            ("/airflow/connections/a", Some("a")),
            ("airflow-connections-a-b", Some("a-b")),
            ("dev-airflow-connections-a", Some("a")),
            ("MWAA/dev/connections/a/b", Some("a/b")),
            ("team/conn/a", Some("a")),
            ("/team/conn/a", Some("a")),
            ("connections/a", Some("a")),
            ("${var.stage}/connections/a", Some("a")),
            ("${var.stage}-connections-a", Some("a")),
            ("team/connection/a", None),
            ("orders/connections/a", None),
            ("airflow/max-connections-limit", None),
            ("airflow/connections-limit", None),
            ("airflow/variables/a", None),
            ("airflow/connections", None),
            ("airflow/connections/", None),
        ] {
            let got = names.id(&Text::untraced(name));
            assert_eq!(got.as_ref().map(Text::as_str), id, "{name}");
        }
        let others = Names::of("connections_prefix = \"\"");
        assert!(others.id(&Text::untraced("${var.stage}/connections/a")).is_none());
    }
}
