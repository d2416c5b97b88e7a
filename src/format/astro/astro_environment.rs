//! Connections of Astro's Environment Manager, as its API and `astro environment` commands print
//! them.

use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::plain::{
    Plain, entry, integer_port, json_object, json_string, renamed, set,
};
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Document, Format, Holds, Item, Likeness, Sample, WriteError, WriteOptions, id_of,
};
use crate::model::{Dict, Node, Value};
use crate::source::Text;

const NO_OBJECT: &str = "its extra is not a JSON object, which this format holds extra as";

pub(super) static FORMAT: Format = Format {
    name: "astro-environment",
    summary: "connections of Astro's Environment Manager in JSON",
    reader: "Astro, which mounts them for LocalFilesystemBackend",
    names: YAML_OR_JSON,
    sniff,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: &[FIELD_TYPE, NO_ID, NO_OBJECT], loses: &["description"] },
    ..Format::DEFAULT
};

const NAMES: &[(&str, &str)] = &[
    ("type", "conn_type"),
    ("host", "host"),
    ("login", "login"),
    ("password", "password"),
    ("schema", "schema"),
    ("port", "port"),
    ("extra", "extra"),
];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let keyed = sample.has_keys(&["objectKey"]) || sample.has_keys(&["environmentObjects"]);
    (sample.may_be_yaml() && keyed && sample.text.contains("objectKey")).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let (Some(id), Some(connection)) =
                (tree::get(node, "objectKey"), tree::get(node, "connection"))
            else {
                return;
            };
            let Value::Dict(given) = &connection.value else { return };
            let mut fields = renamed(given, NAMES);
            integer_port(&mut fields);
            if let Some(extra) = fields
                .get("extra")
                .filter(
                    |extra| matches!(&extra.value, Value::Dict(dict) if dict.members.is_empty()),
                )
                .cloned()
            {
                set(&mut fields, "extra", Value::text("{}"), &extra);
            }
            let node =
                Node { value: Value::dict(fields), span: connection.span, style: connection.style };
            document.entries.push(entry(&tree.base, Some(id), Raw::Stored, node));
        });
    }
    document.problems.extend(tree.problem);
    document
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let plain = Plain::of(item, i)?;
        let extra = match (&plain.extra, plain.extra_object()) {
            (None, _) => None,
            (Some(text), _) if text.is_empty() => None,
            (Some(_), Some(dict)) => Some(dumped(dict, i)?),
            (Some(_), None) => return Err(WriteError::at(i, NO_OBJECT)),
        };
        let text = |value: Option<&str>| value.map(json_string);
        let connection = json_object(&[
            ("type", text(plain.conn_type)),
            ("host", text(plain.host)),
            ("login", text(plain.login)),
            ("password", text(plain.password)),
            ("schema", text(plain.schema)),
            ("port", plain.port.map(|port| port.to_string())),
            ("extra", extra),
        ]);
        let id = Some(json_string(id_of(item, i)?));
        all.push(json_object(&[
            ("objectKey", id),
            ("objectType", Some(json_string("CONNECTION"))),
            ("connection", Some(connection)),
        ]));
    }
    Ok(format!("{{\"environmentObjects\": [\n  {}\n]}}\n", all.join(",\n  ")))
}

fn dumped(dict: Dict<'_>, index: usize) -> Result<String, WriteError> {
    crate::airflow::python::json_dumps::dumps(&Value::dict(dict))
        .map_err(|_| WriteError::at(index, "its extra cannot be written as JSON"))
}
