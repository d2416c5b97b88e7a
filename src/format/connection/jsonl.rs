//! JSON Lines, the machine interface: an object a line with an optional `conn_id` and one of
//! `value` (what a variable or secrets backend holds), `uri`, `json` (a text for from_json), or the
//! fields of a connection.

use std::sync::Arc;

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Raw};
use crate::format::helpers::lines::lines;
use crate::format::limits::Limits;
use crate::format::sample::JsonShape;
use crate::format::{
    Document, Entry, Evidence, FileName, Format, Grows, Ids, Item, Likeness, Sample, WriteError,
    WriteOptions, node_text,
};
use crate::model::{Dict, FIELDS, Node, Value};
use crate::source::{Span, Text};

const NO_JSON: &str = "a field is of a type that JSON does not have";

pub(super) static FORMAT: Format = Format {
    name: "jsonl",
    summary: "JSON Lines: conn_id and value, uri, json, or the fields",
    reader: "airconn itself: the machine interface",
    names: &[FileName::sure("*.jsonl"), FileName::sure("*.ndjson")],
    ids: Ids::Airflow,
    evidence: Evidence::Entry,
    sniff,
    read,
    write,
    limits: Limits { refuses: &[NO_JSON], loses: &[] },
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (sample.json_shape() == Some(JsonShape::Lines)).then_some(Likeness::Likely)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let lines = lines(text).filter(|line| !line.as_str().trim().is_empty());
    Document { entries: lines.map(entry).collect(), ..Document::default() }
}

fn entry<'a>(line: Text<'a>) -> Entry<'a> {
    let refuse = |raised: Raised, line: Text<'a>| {
        let place = line.span();
        let mut entry = Entry::of_text(None, Raw::Uri(Text::untraced("")));
        entry.refused = Some(raised.at(place));
        entry
    };
    let node = match loads(line.as_str()) {
        Ok(node) => node.into_owned(),
        Err(error) => {
            let raised = error.raised(Fault::Syntax(Language::Json), &line);
            return refuse(raised, line);
        }
    };
    let Value::Dict(dict) = &node.value else {
        return refuse(
            Raised::new("TypeError", Fault::Shape, "a line must be a JSON object"),
            line,
        );
    };
    let conn_id = dict.get("conn_id").filter(|n| !n.value.is_null());
    if conn_id.is_some_and(|n| n.value.as_str().is_none()) {
        return refuse(Raised::new("TypeError", Fault::Id, "`conn_id` is not a string"), line);
    }
    let id =
        conn_id.and_then(|n| Some((n.value.as_str()?.to_string(), line.span_of(n.span.range()))));
    let alone = |name: &str| {
        dict.get(name).filter(|_| dict.named().all(|(key, _)| key == name || key == "conn_id"))
    };
    type Kind<'t> = (&'static str, fn(Text<'t>) -> Raw<'t>);
    let kinds: [Kind<'a>; 3] = [("value", Raw::Value), ("uri", Raw::Uri), ("json", Raw::Json)];
    for (name, kind) in kinds {
        let Some(node) = alone(name) else { continue };
        return match node_text(&line, node) {
            Some(text) => Entry::of_text(id, kind(text)),
            None if node.value.has_lone_surrogate() => {
                let message =
                    "the text holds a lone surrogate, which no file or variable in UTF-8 can";
                refuse(Raised::new("UnicodeEncodeError", Fault::Encoding, message), line)
            }
            None => refuse(
                Raised::new("TypeError", Fault::Shape, format!("`{name}` is not a string")),
                line,
            ),
        };
    }
    let (conn_id, id_span) = id.unzip();
    let mut fields = dict.clone();
    fields.members.retain(|key| key.0.as_str() != Some("conn_id"));
    let node = Node { value: Value::Dict(fields), span: node.span, style: node.style };
    let id = conn_id.map(|id| (id, id_span.flatten()));
    Entry::of_node(id, Raw::Fields(node), &Arc::new(line))
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let mut line = Dict::default();
        if let Some(id) = &item.conn_id {
            line.insert(
                Value::Str("conn_id".into()),
                Span::default(),
                Node::bare(Value::Str(id.as_str().into())),
            );
        }
        for name in FIELDS {
            let value = item.connection.field(name).cloned().unwrap_or(Value::Null);
            line.insert(Value::Str(name.into()), Span::default(), Node::bare(value));
        }
        let text = dumps(&Value::dict(line)).map_err(|_| WriteError::at(i, NO_JSON))?;
        out.push_str(&text);
        out.push('\n');
    }
    Ok(out)
}
