//! The `.env` file of `airflow connections import` and `export`: `conn_id=URI` lines, nothing unquoted.

use super::{Document, Format, Grows, Holds, Item, ValueForm, WriteError, WriteOptions};
use crate::airflow::export::ExportFormat;
use crate::airflow::files::FileType;
use crate::airflow::runtime::Runtime;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "airflow-env",
    summary: "the .env of `airflow connections import` and `export`",
    read,
    write,
    whole: true,
    holds: Holds::UriOrFields,
    grows: Grows::Lines,
    split: None,
};

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    super::read_file(text, FileType::Env, ".env", runtime)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let format = match options.value {
        ValueForm::Uri => ExportFormat::EnvUri,
        ValueForm::Json => ExportFormat::EnvJson,
    };
    super::write_export(items, format, options.runtime)
}
