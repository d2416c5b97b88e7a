//! The file of `airflow connections import` and `export` in JSON: connections under their ids.

use crate::airflow::export::ExportFormat;
use crate::airflow::files::FileType;
use crate::airflow::python::json_loads::outline;
use crate::airflow::runtime::Runtime;
use crate::format::limits::EXPORT;
use crate::format::sample::JsonShape;
use crate::format::{
    Document, Evidence, FileName, Format, Grows, Ids, Item, Likeness, Part, Sample, WriteError,
    WriteOptions,
};
use crate::model::Str;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "export-json",
    summary: "the .json of `airflow connections import` and `export`",
    reader: "load_connections_dict (import, LocalFilesystemBackend)",
    names: &[FileName::fallback("*.json")],
    ids: Ids::Airflow,
    evidence: Evidence::Entries,
    sniff,
    read,
    write,
    whole: true,
    limits: EXPORT,
    grows: Grows::Members,
    split: Some(split),
    literal: true,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (sample.json_shape() == Some(JsonShape::Connections)).then_some(Likeness::Likely)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    crate::format::helpers::import_file::read_file(text, FileType::Json, ".json", runtime)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    crate::format::write_export(items, ExportFormat::Json, options.runtime)
}

/// Nothing is split that Airflow would not read as it stands: ids must be plain text and different
/// from each other.
fn split(text: &str) -> Option<Vec<Part<'_>>> {
    let members = outline(text)?;
    let mut ids = std::collections::HashSet::with_capacity(members.len());
    let mut parts = Vec::with_capacity(members.len());
    for (key, span) in members {
        let Str::Utf8(conn_id) = key else { return None };
        parts.push(Part { conn_id, span });
    }
    // The fields of one connection are not ids.
    let is_body = parts.iter().any(|part| part.conn_id == "conn_type");
    (!is_body && parts.iter().all(|part| ids.insert(&*part.conn_id))).then_some(parts)
}
