//! The `.env` file of `airflow connections import` and `export`: `conn_id=URI` lines, nothing
//! unquoted.

use crate::airflow::export::ExportFormat;
use crate::airflow::files::FileType;
use crate::airflow::runtime::Runtime;
use crate::format::limits::EXPORT;
use crate::format::sample::is_uri_assignment;
use crate::format::{
    Document, Evidence, FileName, Format, Grows, Holds, Ids, Item, Likeness, Sample, ValueForm,
    WriteError, WriteOptions,
};
use crate::source::Text;

/// What values in JSON are to the import of such a file.
const JSON_VALUES: &str = "`airflow connections import` reads these values as URIs; they are right \
                           only as values of AIRFLOW_CONN_ variables";

pub(super) static FORMAT: Format = Format {
    name: "airflow-env",
    summary: "the .env of `airflow connections import` and `export`",
    reader: "load_connections_dict (import, LocalFilesystemBackend)",
    names: &[FileName::fallback(".env"), FileName::fallback(".env.*"), FileName::fallback("*.env")],
    ids: Ids::Airflow,
    evidence: Evidence::Entries,
    sniff,
    read,
    write,
    whole: true,
    holds: Holds::UriOrFields,
    limits: EXPORT,
    grows: Grows::Lines,
    warning: Some((ValueForm::Json, JSON_VALUES)),
    literal: true,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let mut lines = sample.lines().peekable();
    let assigned = lines.peek().is_some_and(|first| is_uri_assignment(first))
        && lines.all(|line| line.contains('='));
    (!sample.is_named_file() && assigned).then_some(Likeness::Fallback)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    crate::format::helpers::import_file::read_file(text, FileType::Env, ".env", runtime)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let format = match options.value {
        ValueForm::Uri => ExportFormat::EnvUri,
        ValueForm::Json => ExportFormat::EnvJson,
    };
    crate::format::write_export(items, format, options.runtime)
}
