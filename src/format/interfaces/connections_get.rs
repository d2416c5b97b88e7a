//! What `airflow connections get` and `list` print: a display, which with `-o json` and `-o yaml`
//! turns numbers and booleans into text. The types of an extra are taken from its `get_uri`. Tables
//! (`-o plain`, `-o table`) are read in [`crate::format::helpers::table`].

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::helpers::plain::{entry, integer_port, renamed, set, whole_extra};
use crate::format::helpers::table;
use crate::format::helpers::tree::Tree;
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Format, Grade, Ids, Item, Likeness, Remark, Sample, WriteError,
    WriteOptions,
};
use crate::model::{Node, Value};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "connections-get",
    summary: "what `airflow connections get` and `list --show-values` print with -o json, yaml, \
              plain or table",
    reader: "nobody: it is a display",
    names: YAML_OR_JSON,
    ids: Ids::Airflow,
    direction: Direction::In,
    sniff,
    read,
    write,
    ..Format::DEFAULT
};

const NAMES: &[(&str, &str)] = &[
    ("conn_type", "conn_type"),
    ("description", "description"),
    ("host", "host"),
    ("login", "login"),
    ("password", "password"),
    ("schema", "schema"),
    ("port", "port"),
    ("extra_dejson", "extra"),
];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    if table::is_table(sample.text) {
        return Some(Likeness::Sure);
    }
    let list = sample.text.trim_start().starts_with(['[', '-']);
    let shown = sample.has_keys(&["conn_id", "conn_type"])
        && (sample.has_keys(&["get_uri"]) || sample.has_keys(&["is_encrypted"]));
    let short = list && sample.has_keys(&["conn_id", "conn_type"]) && sample.keys().len() == 2;
    (sample.may_be_yaml() && (shown || short)).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    if table::is_table(text.as_str()) {
        return table::read(text);
    }
    let tree = Tree::new(text);
    let mut document = Document::default();
    for node in &tree.documents {
        match &node.value {
            Value::List(items) => {
                items.iter().for_each(|item| connection(&tree, item, &mut document))
            }
            Value::Dict(_) => connection(&tree, node, &mut document),
            Value::Null => {}
            _ => {
                let message = "a list of connections is expected";
                document.problems.push(
                    Raised::new(Refusal::Unparsable, Fault::Shape, message)
                        .at(tree.base.span_of(node.span.range())),
                );
            }
        }
    }
    document.problems.extend(tree.problem);
    document
}

fn connection<'a>(tree: &Tree<'a>, node: &Node<'static>, document: &mut Document<'a>) {
    let Value::Dict(shown) = &node.value else {
        let message = "a connection is an object here";
        document.problems.push(
            Raised::new(Refusal::Unparsable, Fault::Shape, message)
                .at(tree.base.span_of(node.span.range())),
        );
        return;
    };
    let mut fields = renamed(shown, NAMES);
    integer_port(&mut fields);
    let mut remark = None;
    let extra = shown.get("extra_dejson").filter(|extra| extra.value.truthy());
    let uri = shown.get("get_uri").filter(|uri| uri.value.truthy());
    match (extra, uri) {
        // An empty extra is displayed like none.
        (None, _) => fields.members.retain(|key| key.0.as_str() != Some("extra")),
        (Some(shown), Some(uri)) => {
            if let Some(text) = whole_extra(uri)
                && loads(&text).is_ok_and(|typed| dumps(&typed.value) != dumps(&shown.value))
            {
                set(&mut fields, "extra", Value::text(text), uri);
                remark = Some((
                    Grade::Info,
                    shown,
                    "the display shows numbers and booleans of this extra as text; they are taken \
                     from get_uri",
                ));
            }
        }
        (Some(shown), None) => {
            remark = Some((
                Grade::Warning,
                shown,
                "the display shows numbers and booleans of an extra as text, and there is no \
                 get_uri to tell",
            ));
        }
    }
    if fields.named().all(|(name, _)| name == "conn_type") {
        remark = Some((
            Grade::Warning,
            node,
            "the list shows ids and types only: there is nothing to read a connection from",
        ));
    }
    let node = Node { value: Value::dict(fields), span: node.span, style: node.style };
    let id = shown.get("conn_id");
    let entry = entry(&tree.base, id, Raw::Stored, node);
    if let Some((grade, place, message)) = remark {
        document.remarks.push(Remark {
            fault: Fault::Display,
            grade,
            conn_id: entry.conn_id.clone(),
            span: tree.base.span_of(place.span.range()),
            message: message.to_string(),
            help: "use `airflow connections export`, which keeps everything",
            repair: None,
        });
    }
    document.entries.push(entry);
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only(
        "connections-get",
        "a display of Airflow; use export-json or export-yaml",
    ))
}
