//! The JSON Schema of a way to log in, made from the data of its type: what JSON Schema can say of
//! it, as warnings, since a hook's argument may supply what the connection lacks.

use serde_json::{Map, Value as Json, json};

use crate::hooks::types::definition::{Extra, Others, Type, TypeMode};

/// The schema of a mode, as it stands in `schemas/TYPE/MODE.json`.
pub(super) fn schema(facts: &Type, way: &TypeMode) -> String {
    let name = format!("{}/{}", facts.conn_type, way.mode);
    let versions = facts
        .history
        .iter()
        .map(|step| json!({"package": step.package, "version": step.version, "what": step.what}));
    let mistakes = way
        .mistakes
        .iter()
        .map(|it| json!({"title": it.title, "level": "error", "connection": it.connection}));
    let mut properties = Map::new();
    properties.insert("conn_type".to_string(), json!({"type": "string"}));
    for (field, meaning) in &facts.fields {
        properties.insert(field.clone(), of_field(field, meaning.as_deref(), way));
    }
    properties.insert("extra".to_string(), of_extra(way));
    let needed = fields_needed(way);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:airconn:schema:{name}"),
        "title": way.title,
        "description": way.description,
        "x-selector": way.taken,
        "x-identity": way.identity,
        "x-situation": situation(way),
        "x-read-from": facts.source(),
        "x-versions": versions.collect::<Vec<_>>(),
        "x-level": "warning",
        "type": "object",
        "required": needed,
        "properties": properties,
        "examples": way.examples,
        "x-counterexamples": mistakes.collect::<Vec<_>>(),
        "$defs": {"extras": extras(facts)},
    });
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What to know of a mode.
fn situation(way: &TypeMode) -> Vec<String> {
    let names: Vec<String> = way.uses.iter().map(|path| format!("`{path}`")).collect();
    let uses =
        (!names.is_empty()).then(|| format!("It takes {}, too, if given.", names.join(", ")));
    way.note.iter().map(|note| sentence(note)).chain(uses).collect()
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let mut chars = note.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

fn fields_needed(way: &TypeMode) -> Vec<&str> {
    way.needs.iter().map(String::as_str).filter(|need| !need.starts_with("extra.")).collect()
}

/// What is needed is there and not empty.
fn needed(name: &str) -> Json {
    json!({
        "not": {"enum": [null, ""]},
        "x-rule": "AC411",
        "x-level": "warning",
        "x-message": format!("`{name}` is missing or empty"),
        "x-help": format!("give it, unless the hook or operator is given one"),
    })
}

fn of_field(field: &str, meaning: Option<&str>, way: &TypeMode) -> Json {
    let mut schema =
        if way.needs.iter().any(|need| need == field) { needed(field) } else { json!({}) };
    schema["description"] =
        json!(meaning.map_or_else(|| "Nothing reads it.".to_string(), sentence));
    schema
}

/// The extras of a mode: those of its type, and which of them it needs.
fn of_extra(way: &TypeMode) -> Json {
    let names: Vec<&str> =
        way.needs.iter().filter_map(|need| need.strip_prefix("extra.")).collect();
    let properties: Map<String, Json> =
        names.iter().map(|name| ((*name).to_string(), needed(name))).collect();
    let mut schema = json!({"$ref": "#/$defs/extras"});
    if !names.is_empty() {
        schema["required"] = json!(names);
        schema["properties"] = Json::Object(properties);
    }
    schema
}

/// The extras that a hook reads, the same for all modes of its type.
fn extras(facts: &Type) -> Json {
    let mut properties: Map<String, Json> =
        facts.extras.iter().map(|(name, extra)| (name.clone(), of_one(extra))).collect();
    for name in facts.arguments.iter().filter(|_| facts.others == Others::Refused) {
        let argument = || json!({"description": "An argument of the driver."});
        properties.entry(name.clone()).or_insert_with(argument);
    }
    let others = match facts.others {
        Others::Ignored => "Nothing reads other extras.",
        Others::Refused => "Others are handed to the driver, which refuses what it does not know.",
        Others::Driver => "Others are handed to the driver.",
        Others::Header => "Others become headers, whose values are texts.",
    };
    json!({"type": "object", "description": others, "properties": properties})
}

fn of_one(extra: &Extra) -> Json {
    let kind = extra.kind;
    let mut schema = json!({"description": sentence(kind.words())});
    if !kind.json_types().is_empty() {
        schema["type"] = json!(kind.json_types());
    }
    if let Some(pattern) = kind.pattern() {
        schema["pattern"] = json!(pattern);
        schema["x-rule"] = json!("AC408");
        schema["x-message"] = json!(format!("it must be {}", kind.words()));
    }
    if let Some((least, most)) = extra.range {
        schema["minimum"] = json!(least);
        schema["maximum"] = json!(most);
    }
    if !extra.words.is_empty() || extra.range.is_some() {
        schema["description"] = json!(sentence(&extra.wanted()));
        // A word may stand in place of a number, in any case of letters.
        if let Some(object) = schema.as_object_mut() {
            object.remove("pattern");
            object.remove("x-message");
        }
    }
    if extra.secret {
        schema["writeOnly"] = json!(true);
    }
    schema
}
