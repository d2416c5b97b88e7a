//! One connection as a JSON object, as `Connection.from_json` and `as_json` have it.

use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::limits::{AS_TEXT, Limits};
use crate::format::names::JSON;
use crate::format::sample::JsonShape;
use crate::format::{
    Document, Entry, Evidence, Format, Holds, Ids, Item, Likeness, Sample, ValueForm, WriteError,
    WriteOptions,
};
use crate::source::Text;

const ONE: &str = "the format `json` holds one connection; use jsonl or export-json, or choose one \
                   with --conn-id";

pub(super) static FORMAT: Format = Format {
    name: "json",
    summary: "one connection as a JSON object (from_json, as_json)",
    reader: "Connection.from_json",
    names: JSON,
    ids: Ids::None,
    evidence: Evidence::Entries,
    sniff,
    read,
    write,
    holds: Holds::Text(ValueForm::Json),
    limits: Limits { refuses: &[AS_TEXT, ONE], loses: &["id", "conn_type"] },
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (sample.json_shape() == Some(JsonShape::Connection)).then_some(Likeness::Likely)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    Document { entries: vec![Entry::of_text(None, Raw::Json(text.clone()))], ..Document::default() }
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    if items.len() > 1 {
        return Err(WriteError { index: None, message: ONE.to_string() });
    }
    let options = WriteOptions { value: crate::format::ValueForm::Json, ..*options };
    let texts = items
        .iter()
        .enumerate()
        .map(|(i, item)| crate::format::value_of(item, i, &options).map(|t| format!("{t}\n")));
    texts.collect()
}
