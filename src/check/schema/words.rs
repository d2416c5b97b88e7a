//! What a schema does not allow, in words for people that quote nothing of the connection.

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::annotations::Site;

/// What is wrong with a value of this name.
pub(super) fn of(name: &str, kind: &Kind, value: &Json, site: &Site<'_>) -> String {
    match kind {
        Kind::Required { .. } => format!("{name} is missing"),
        Kind::Type { .. } if value.is_null() => format!("{name} is empty"),
        Kind::Type { .. } => match types(site.schema) {
            Some(types) if types == "null" => format!("{name} does not belong here"),
            Some(types) => format!("{name} must be {types}, not {}", type_of(value)),
            None => format!("{name} is of a wrong type"),
        },
        Kind::Enum { options } => match options.as_array().filter(|all| !all.iter().all(nothing)) {
            Some(all) => format!(
                "{name} must be {}",
                list(all.iter().filter(|v| !v.is_null()).map(Json::to_string).collect())
            ),
            None => format!("{name} does not belong here"),
        },
        Kind::Constant { expected_value } => format!("{name} must be {expected_value}"),
        Kind::Pattern { .. } | Kind::Format { .. } => {
            format!("{name} is not written as it must be")
        }
        Kind::MinLength { limit: 1 } => format!("{name} is empty"),
        Kind::MinLength { limit } => format!("{name} is shorter than {limit} characters"),
        Kind::MaxLength { limit } => format!("{name} is longer than {limit} characters"),
        Kind::Minimum { limit } => format!("{name} must be at least {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("{name} must be more than {limit}"),
        Kind::Maximum { limit } => format!("{name} must be at most {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("{name} must be less than {limit}"),
        Kind::MinItems { limit } => format!("{name} needs at least {limit} elements"),
        Kind::MaxItems { limit } => format!("{name} may have at most {limit} elements"),
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::PropertyNames { .. } => {
            format!("{name} is not known here")
        }
        Kind::FalseSchema if site.schema.get("additionalProperties").is_some() => {
            format!("{name} is not known here")
        }
        Kind::Not { .. } | Kind::FalseSchema => {
            format!("{name} does not belong here, or not with this value")
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            format!("{name} fits none of the forms that are allowed")
        }
        Kind::OneOfMultipleValid { .. } => {
            format!("{name} mixes forms of which only one is allowed")
        }
        other => format!("{name} breaks `{}` of the schema", other.keyword()),
    }
}

/// What counts as not there.
fn nothing(value: &Json) -> bool {
    matches!(value, Json::Null | Json::Bool(false))
        || value.as_str() == Some("")
        || value.as_i64() == Some(0)
}

fn types(schema: &Json) -> Option<String> {
    let name = |t: &Json| {
        Some(match t.as_str()? {
            "boolean" => "a boolean",
            "integer" => "an integer",
            "number" => "a number",
            "string" => "a string",
            "array" => "a list",
            "object" => "an object",
            _ => "null",
        })
    };
    match schema.get("type")? {
        Json::Array(all) if all.len() > 1 => Some(list(
            all.iter()
                .filter(|t| t.as_str() != Some("null"))
                .filter_map(name)
                .map(str::to_string)
                .collect(),
        )),
        Json::Array(all) => name(all.first()?).map(str::to_string),
        one => name(one).map(str::to_string),
    }
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// `a`, `a or b`, `a, b or c`.
fn list(mut all: Vec<String>) -> String {
    match all.pop() {
        Some(last) if all.is_empty() => last,
        Some(last) => format!("{} or {last}", all.join(", ")),
        None => String::new(),
    }
}
