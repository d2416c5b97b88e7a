//! The file of `airflow connections import` and `export` in YAML: connections under their ids.

use crate::airflow::export::ExportFormat;
use crate::airflow::files::FileType;
use crate::airflow::runtime::Runtime;
use crate::format::limits::EXPORT;
use crate::format::sample::looks_like_yaml;
use crate::format::{
    Document, Evidence, FileName, Format, Grows, Ids, Item, Likeness, Sample, WriteError,
    WriteOptions,
};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "export-yaml",
    summary: "the .yaml of `airflow connections import` and `export`",
    reader: "load_connections_dict (import, LocalFilesystemBackend)",
    names: &[FileName::fallback("*.yaml"), FileName::fallback("*.yml")],
    ids: Ids::Airflow,
    evidence: Evidence::Entries,
    sniff,
    read,
    write,
    whole: true,
    limits: EXPORT,
    grows: Grows::Members,
    literal: true,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (!sample.is_named_file() && looks_like_yaml(sample.text)).then_some(Likeness::Fallback)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    crate::format::helpers::import_file::read_file(text, FileType::Yaml, ".yaml", runtime)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    crate::format::write_export(items, ExportFormat::Yaml, options.runtime)
}
