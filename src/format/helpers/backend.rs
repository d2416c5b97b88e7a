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
