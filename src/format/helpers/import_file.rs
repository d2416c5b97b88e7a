//! A file of connections as `airflow connections import` and LocalFilesystemBackend read it, for
//! the three formats of such files.

use std::sync::Arc;

use super::pem;
use crate::airflow::files::{self, FileEntry, FileType};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, FieldsFault, Raised};
use crate::format::{Around, Document, Entry};
use crate::model::Dict;
use crate::source::Text;

/// What people put around connections, and Airflow takes for an id.
pub(crate) const WRAPPER: &str = "connections";

const WRAPPED: &str = "`connections` is taken for the id of one connection: Airflow knows no such wrapper, and the \
     ids of connections are the keys at the margin";

/// All that the file holds stands below a wrapper: a list of connections with their ids, or a
/// mapping of ids to connections.
fn is_wrapped(entries: &[FileEntry<'_>]) -> bool {
    let typed = |dict: &Dict<'_>| dict.get("conn_type").is_some_and(|n| n.value.as_str().is_some());
    !entries.is_empty()
        && entries.iter().all(|entry| {
            entry.key.as_str() == Some(WRAPPER)
                && entry.raw.node().and_then(|node| node.value.as_dict()).is_some_and(|dict| {
                    dict.get("conn_id").is_some() && typed(dict)
                        || !dict.members.is_empty()
                            && dict
                                .members
                                .values()
                                .all(|member| member.node.value.as_dict().is_some_and(typed))
                })
        })
}

/// A file of connections as Airflow reads it.
pub(crate) fn read_file<'a>(
    text: &Text<'a>,
    file_type: FileType,
    extension: &str,
    runtime: &Runtime,
) -> Document<'a> {
    if let Err(raised) = files::file_type(extension, &runtime.of_files()) {
        return Document { problems: vec![raised.at(text.span_of(0..0))], ..Document::default() };
    }
    let base = Arc::new(if file_type == FileType::Yaml {
        files::normal_lines(text)
    } else {
        text.clone()
    });
    let file = files::read(text, file_type, runtime);
    let keys = if file_type == FileType::Env { pem::blocks(text.as_str()) } else { Vec::new() };
    let mut file = file;
    if is_wrapped(&file.entries) {
        // One wrong shape is one finding, where it begins.
        file.entries.truncate(1);
        file.overwritten.clear();
        let key = base.span_of(file.entries[0].key_span.range());
        file.entries[0].refused = Some(
            Raised::new("AirflowException", Fault::Fields(FieldsFault::Shape), WRAPPED).at(key),
        );
    }
    let entries = file.entries.into_iter().map(|entry| Entry {
        conn_id: Some(crate::airflow::python::repr::str_of(&entry.key)),
        id_span: base.span_of(entry.key_span.range()),
        in_key: pem::holds(&keys, entry.key_span.range().start),
        raw: entry.raw,
        base: Arc::clone(&base),
        refused: entry.refused,
        holes: Vec::new(),
        scope: 0,
        beside: None,
        around: Around::default(),
        is_variable: false,
        asked_type: None,
    });
    let overwritten =
        file.overwritten.iter().filter_map(|span| base.span_of(span.range())).collect();
    Document {
        entries: entries.collect(),
        problems: file.refused,
        overwritten,
        ..Document::default()
    }
}
