//! Connection URIs, one a line; empty lines and lines that begin with `#` are skipped.

use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::lines::{goes_on, lines_and_ends};
use crate::format::limits::{AS_TEXT, Limits};
use crate::format::sample::is_uri;
use crate::format::{
    Document, Entry, FileName, Format, Holds, Ids, Item, Likeness, Sample, ValueForm, WriteError,
    WriteOptions,
};
use crate::source::Text;

const LINE_END: &str = "its conn_type holds a line end, which stays one in its URI";

pub(super) static FORMAT: Format = Format {
    name: "uri",
    summary: "connection URIs, one a line",
    reader: "Connection(uri=…), Connection.from_uri",
    names: &[FileName::sure("*.uri"), FileName::sure("*.uris")],
    ids: Ids::None,
    sniff,
    read,
    write,
    holds: Holds::Text(ValueForm::Uri),
    limits: Limits {
        refuses: &[AS_TEXT, LINE_END],
        loses: &["id", "conn_type", "description", "host", "extra"],
    },
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let mut lines = sample.lines().peekable();
    (!sample.is_named_file() && lines.peek().is_some() && lines.all(is_uri))
        .then_some(Likeness::Likely)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut document = Document::default();
    for (line, end) in lines_and_ends(text) {
        if !line.as_str().trim().is_empty() && !line.as_str().trim_start().starts_with('#') {
            let goes_on = goes_on(text.as_str(), end);
            document.entries.push(Entry { goes_on, ..Entry::of_text(None, Raw::Uri(line)) });
        }
    }
    document
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let options = WriteOptions { value: crate::format::ValueForm::Uri, ..*options };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let uri = crate::format::value_of(item, i, &options)?;
        if uri.contains(['\n', '\r']) {
            return Err(WriteError::at(i, LINE_END));
        }
        out.push_str(&uri);
        out.push('\n');
    }
    Ok(out)
}
