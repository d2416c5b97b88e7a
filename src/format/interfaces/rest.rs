//! Bodies of Airflow's REST API: one connection, the lists that it answers with, and the bulk body
//! of version 2.

use crate::airflow::python::json_loads::loads;
use crate::airflow::python::text::is_word;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, FieldsFault, Raised, Raw, Refusal};
use crate::format::helpers::plain::{Plain, entry, json_object, json_string, set, validated_port};
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Document, Entry, Format, Holds, Ids, Item, Likeness, Sample, WriteError, WriteOptions, id_of,
};
use crate::model::{Dict, Node, Value};
use crate::source::{Span, Text};

const ID: &str = "the API refuses its id: 1 to 200 letters, digits, `_`, `-` and `.`";
const NO_TYPE: &str = "it has no conn_type, which the API demands";
const NO_OBJECT: &str = "its extra is not a JSON object, which the API demands";
pub(super) const LIMITS: Limits =
    Limits { refuses: &[FIELD_TYPE, NO_ID, ID, NO_TYPE, NO_OBJECT], loses: &[] };

pub(super) static FORMAT: Format = Format {
    name: "rest",
    summary: "REST API: a connection, a list of connections, or the bulk body of version 2 (which \
              is written)",
    reader: "ConnectionBody of the API server",
    names: YAML_OR_JSON,
    ids: Ids::Airflow,
    sniff,
    read,
    write,
    holds: Holds::Mapped,
    limits: LIMITS,
    ..Format::DEFAULT
};

/// What the API takes; version 1 knows no team_name.
const KEYS: &[&str] = &[
    "connection_id",
    "conn_type",
    "description",
    "host",
    "login",
    "password",
    "schema",
    "port",
    "extra",
    "team_name",
];

/// The longest name of a team, in characters.
const MAX_TEAM: usize = 50;

/// The longest id that version 2 takes, in characters.
const MAX_ID: usize = 200;

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let bulk = sample.has_keys(&["actions"]) && sample.text.contains("entities");
    let list = sample.has_keys(&["connections"]) && sample.text.contains("connection_id");
    (sample.may_be_yaml() && (bulk || list || sample.has_keys(&["connection_id"])))
        .then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        let actions = tree::items(tree::get(top, "actions"));
        let entities = actions.iter().flat_map(|action| tree::items(tree::get(action, "entities")));
        let listed = tree::items(tree::get(top, "connections")).iter();
        let bare = if tree::get(top, "actions").is_some() || tree::get(top, "connections").is_some()
        {
            &[][..]
        } else {
            bodies(top)
        };
        for body in entities.chain(listed).chain(bare) {
            // A bulk delete names ids only.
            if !matches!(body.value, Value::Str(_)) {
                document.entries.push(connection(&tree, body));
            }
        }
    }
    document.problems.extend(tree.problem);
    document
}

fn bodies<'n>(top: &'n Node<'static>) -> &'n [Node<'static>] {
    match &top.value {
        Value::List(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(top),
    }
}

/// A connection as the API's model of its body takes it (422 for what it does not).
fn connection<'a>(tree: &Tree<'a>, body: &Node<'static>) -> Entry<'a> {
    let refuse = |message: &str, span: Span| {
        Some(
            Raised::new(Refusal::Unprocessable, Fault::Fields(FieldsFault::Type), message)
                .at(tree.base.span_of(span.range())),
        )
    };
    let Value::Dict(given) = &body.value else {
        let mut entry = Entry::of_node(None, Raw::Stored(body.clone()), &tree.base);
        entry.refused = refuse("a connection is an object", body.span);
        return entry;
    };
    let mut fields = Dict::default();
    let mut refused = None;
    for (name, member) in given.named() {
        match name {
            "connection_id" => {}
            "team_name" => {
                let team = &member.node.value;
                let fits = team.as_str().is_some_and(|team| team.chars().count() <= MAX_TEAM);
                if !fits && !team.is_null() {
                    let message = "`team_name` must be text of at most 50 characters, or null";
                    refused = refused.or(refuse(message, member.node.span));
                }
            }
            // The model calls it so, since its own class has a `schema`, and takes both.
            "schema_" => {
                fields.insert(Value::text("schema"), member.key_span, member.node.clone());
            }
            name if KEYS.contains(&name) => {
                fields.insert(Value::text(name), member.key_span, member.node.clone());
            }
            _ => {
                refused = refused.or(refuse("the API takes no field of this name", member.key_span))
            }
        }
    }
    validated_port(&mut fields);
    for (name, member) in fields.named() {
        let (value, span) = (&member.node.value, member.node.span);
        let fits = match name {
            _ if value.is_null() => true,
            "port" => matches!(value, Value::Int(_) | Value::BigInt(_)),
            // What is said of these stands below.
            "conn_type" | "extra" => true,
            _ => matches!(value, Value::Str(_)),
        };
        if !fits {
            let message = if name == "port" {
                "the API takes a whole number for the port".to_string()
            } else {
                format!("the API takes text for `{name}`")
            };
            refused = refused.or(refuse(&message, span));
        }
    }
    if let Some(extra) = fields.get("extra").cloned() {
        match &extra.value {
            // What the API makes of an empty text.
            Value::Str(text) if text.is_empty() => {
                set(&mut fields, "extra", Value::text("{}"), &extra)
            }
            Value::Str(_) | Value::Null => {}
            _ => {
                refused = refused.or(refuse(
                    "the API takes extra as text with JSON in it, not as JSON",
                    extra.span,
                ))
            }
        }
    }
    let id = given.get("connection_id");
    let id_text = id.and_then(|id| id.value.as_str());
    if !id_text.is_some_and(is_id) {
        let message = "`connection_id` must be there: 1 to 200 letters, digits, `_`, `-` and `.`";
        refused = refused.or(refuse(message, id.unwrap_or(body).span));
    }
    if !given.get("conn_type").is_some_and(|t| matches!(t.value, Value::Str(_))) {
        refused = refused.or(refuse(
            "`conn_type` must be there and be text",
            given.get("conn_type").unwrap_or(body).span,
        ));
    }
    let mut entry = entry(
        &tree.base,
        id,
        Raw::Stored,
        Node { value: Value::dict(fields), span: body.span, style: body.style },
    );
    entry.refused = refused;
    entry
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.chars().count() <= MAX_ID
        && id.chars().all(|c| is_word(c) || matches!(c, '-' | '.'))
}

/// The members of a body, for the two forms that are sent to the API.
pub(super) fn members(
    item: &Item,
    index: usize,
) -> Result<Vec<(&'static str, Option<String>)>, WriteError> {
    let plain = Plain::of(item, index)?;
    let id = id_of(item, index)?;
    if !is_id(id) {
        return Err(WriteError::at(index, ID));
    }
    let Some(conn_type) = plain.conn_type else {
        return Err(WriteError::at(index, NO_TYPE));
    };
    if let Some(extra) = plain.extra.as_deref().filter(|extra| !extra.is_empty())
        && !loads(extra).is_ok_and(|node| matches!(node.value, Value::Dict(_)))
    {
        return Err(WriteError::at(index, NO_OBJECT));
    }
    let text = |value: Option<&str>| value.map(json_string);
    Ok(vec![
        ("connection_id", Some(json_string(id))),
        ("conn_type", Some(json_string(conn_type))),
        ("description", text(plain.description)),
        ("host", text(plain.host)),
        ("login", text(plain.login)),
        ("password", text(plain.password)),
        ("schema", text(plain.schema)),
        ("port", plain.port.map(|port| port.to_string())),
        ("extra", text(plain.extra.as_deref().filter(|extra| !extra.is_empty()))),
    ])
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut entities = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        entities.push(format!("    {}", json_object(&members(item, i)?)));
    }
    let entities = entities.join(",\n");
    Ok(format!(
        "{{\"actions\": [{{\n  \"action\": \"create\",\n  \
         \"action_on_existence\": \"overwrite\",\n  \"entities\": [\n{entities}\n  ]\n}}]}}\n"
    ))
}
