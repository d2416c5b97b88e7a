//! The file of `airflow connections import` and `export` in YAML: connections under their ids.

use super::{Document, Format, Grows, Holds, Item, WriteError, WriteOptions};
use crate::airflow::export::ExportFormat;
use crate::airflow::files::FileType;
use crate::airflow::runtime::Runtime;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "export-yaml",
    summary: "the .yaml of `airflow connections import` and `export`",
    read,
    write,
    whole: true,
    holds: Holds::Fields,
    grows: Grows::Members,
    split: None,
};

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    super::read_file(text, FileType::Yaml, ".yaml", runtime)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    super::write_export(items, ExportFormat::Yaml, options.runtime)
}
