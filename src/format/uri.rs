//! Connection URIs, one a line; empty lines and lines that begin with `#` are skipped.

use super::guess::is_uri;
use super::limits::{AS_TEXT, Limits};
use super::{
    Direction, Document, Entry, Format, Grows, Holds, Item, Likeness, Sample, ValueForm,
    WriteError, WriteOptions,
};
use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::source::Text;

const LINE_END: &str = "its conn_type holds a line end, which stays one in its URI";

pub(super) static FORMAT: Format = Format {
    name: "uri",
    summary: "connection URIs, one a line",
    reader: "Connection(uri=…), Connection.from_uri",
    direction: Direction::Both,
    sniff,
    read,
    write,
    whole: false,
    holds: Holds::Text(ValueForm::Uri),
    limits: Limits {
        refuses: &[AS_TEXT, LINE_END],
        loses: &["id", "conn_type", "description", "host", "extra"],
    },
    grows: Grows::No,
    split: None,
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    if matches!(sample.extension, "uri" | "uris") {
        return Some(Likeness::Sure);
    }
    let mut lines = sample.lines().peekable();
    (!sample.is_named_file() && lines.peek().is_some() && lines.all(is_uri))
        .then_some(Likeness::Likely)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut document = Document::default();
    for line in lines(text) {
        if !line.as_str().trim().is_empty() && !line.as_str().trim_start().starts_with('#') {
            document.entries.push(Entry::of_text(None, Raw::Uri(line)));
        }
    }
    document
}

/// Lines that end at LF or CRLF.
pub(super) fn lines<'a>(text: &Text<'a>) -> Vec<Text<'a>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.as_str().split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').unwrap_or(content);
        lines.push(text.slice(start..start + content.len()));
        start += line.len();
    }
    lines
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let options = WriteOptions { value: super::ValueForm::Uri, ..*options };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let uri = super::value_of(item, i, &options)?;
        if uri.contains(['\n', '\r']) {
            return Err(WriteError::at(i, LINE_END));
        }
        out.push_str(&uri);
        out.push('\n');
    }
    Ok(out)
}
