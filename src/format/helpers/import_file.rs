//! A file of connections as `airflow connections import` and LocalFilesystemBackend read it, for
//! the three formats of such files.

use std::sync::Arc;

use super::lines::goes_on;
use super::{meant, pem};
use crate::airflow::Raw;
use crate::airflow::files::{self, FileType};
use crate::airflow::runtime::Runtime;
use crate::format::{Around, Document, Entry};
use crate::source::Text;

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
    if let Some(document) = meant::read(text, &file, file_type, runtime) {
        return document;
    }
    let remark = meant::rename(&base, &mut file, file_type, runtime);
    let goes_on = |raw: &Raw<'_>| match raw {
        Raw::File { node, .. } => goes_on(base.as_str(), node.span.range().end),
        _ => false,
    };
    let entries = file.entries.into_iter().map(|entry| Entry {
        conn_id: Some(crate::airflow::python::repr::str_of(&entry.key)),
        id_span: base.span_of(entry.key_span.range()),
        in_key: pem::holds(&keys, entry.key_span.range().start),
        goes_on: file_type == FileType::Env && goes_on(&entry.raw),
        shared: false,
        raw: entry.raw,
        base: Arc::clone(&base),
        refused: entry.refused,
        holes: Vec::new(),
        scope: 0,
        beside: None,
        around: Around::default(),
        is_variable: false,
        asked_type: None,
        taken_from: None,
    });
    let overwritten =
        file.overwritten.iter().filter_map(|span| base.span_of(span.range())).collect();
    Document {
        entries: entries.collect(),
        problems: file.refused,
        overwritten,
        remarks: remark.into_iter().collect(),
        ..Document::default()
    }
}
