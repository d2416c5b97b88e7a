//! Validation of a connection against a schema, with violations in words for people that quote
//! nothing of the connection.

use std::collections::HashMap;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{PatternOptions, ValidationError};
use serde_json::Value as Json;

use super::annotations::{self, Annotations};
use super::{cost, words};
use crate::airflow::runtime::Version;
use crate::bounds::PATTERN;
use crate::check::{Level, Names, key_of, last_key, pointer};

/// A compiled schema.
pub struct Validator {
    compiled: jsonschema::Validator,
    schema: Json,
    /// Where the schema stands in what was compiled.
    inside: &'static str,
}

/// Nothing outside of a schema is fetched, and patterns cost linear time.
fn options<'o>() -> jsonschema::ValidationOptions<'o> {
    jsonschema::options()
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN.value))
}

impl Validator {
    /// Compiles a schema. `$ref` to anything outside of it is refused, and patterns cost linear
    /// time.
    ///
    /// # Errors
    /// What is wrong with the schema, in a sentence.
    pub fn new(schema: Json) -> Result<Validator, String> {
        if let Some(reason) = cost::refusal(&schema) {
            return Err(reason);
        }
        let compiled = options().build(&schema).map_err(|error| error.to_string())?;
        Ok(Validator { compiled, schema, inside: "" })
    }

    /// Compiles a schema that is known to be one, which saves the compilation of the schema of
    /// schemas: nearly half of what a check of one connection costs. The crate looks only at the
    /// schema that it is given, so it is given one that refers to the other.
    ///
    /// # Errors
    /// What is wrong with the schema, in a sentence.
    pub(super) fn trusted(schema: Json) -> Result<Validator, String> {
        const NAME: &str = "urn:airconn:trusted";
        let wrong = |error: &dyn std::fmt::Display| error.to_string();
        let registry = jsonschema::Registry::new()
            .add(NAME, &schema)
            .and_then(|r| r.prepare())
            .map_err(|e| wrong(&e))?;
        let draft = "http://json-schema.org/draft-04/schema#";
        let outer = serde_json::json!({ "$schema": draft, "$ref": NAME });
        let compiled = options().with_registry(&registry).build(&outer).map_err(|e| wrong(&e))?;
        drop(registry);
        Ok(Validator { compiled, schema, inside: "/$ref" })
    }

    /// Whether an instance is validated within bounds: what a schema that refers to itself looks at
    /// may grow without any with the instance.
    pub fn fits(&self, instance: &Json) -> bool {
        cost::fits(&self.schema, instance)
    }

    /// The schema.
    pub fn schema(&self) -> &Json {
        &self.schema
    }
}

/// Prints no schema and no connection.
impl std::fmt::Debug for Validator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Validator")
    }
}

/// Something about a connection that its schema does not allow. Its texts hold nothing of the
/// connection but names that are public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the connection: to what is wrong, or to where what is missing would stand.
    pub pointer: String,
    /// The keyword of JSON Schema that is violated.
    pub keyword: String,
    /// The rule that reports it.
    pub rule: String,
    /// How bad it is, as the schema says.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// It holds only from these versions of packages (`amazon`, `postgres`, `redshift-connector`)
    /// on.
    pub since: Vec<(String, Version)>,
}

/// Everything that the schema does not allow in this connection, one for each place, in the order
/// of the schema.
pub fn violations(validator: &Validator, instance: &Json) -> Vec<Violation> {
    violations_at(validator, instance, Names::PLAIN, &|_| true)
}

/// The same of a connection whose keys have these names, at places that somebody asks about: most
/// are known already, and putting one into words takes longer than finding it.
pub fn violations_at(
    validator: &Validator,
    instance: &Json,
    names: Names,
    asked: &dyn Fn(&str) -> bool,
) -> Vec<Violation> {
    let mut found: Vec<Violation> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for error in validator.compiled.iter_errors(instance) {
        for violation in of_error(validator, &error, instance, names, asked) {
            match known.get(&violation.pointer) {
                Some(&at) if found[at].level < violation.level => found[at] = violation,
                Some(_) => {}
                None => {
                    known.insert(violation.pointer.clone(), found.len());
                    found.push(violation);
                }
            }
        }
    }
    found
}

fn of_error(
    validator: &Validator,
    error: &ValidationError<'_>,
    instance: &Json,
    names: Names,
    asked: &dyn Fn(&str) -> bool,
) -> Vec<Violation> {
    let kind = error.kind();
    let mut places = places(error, instance);
    places.retain(|place| asked(place));
    if places.is_empty() {
        return Vec::new();
    }
    let path = error.evaluation_path().as_str();
    let site =
        annotations::site(&validator.schema, path.strip_prefix(validator.inside).unwrap_or(path));
    let violation = |pointer: String, name: Option<&str>, annotations: Annotations| {
        let step = last_key(&pointer);
        let declared = is_declared(path, &step).then_some(&*step);
        let name = match name.or(declared).or_else(|| {
            names.shown(&step).or_else(|| crate::model::FIELDS.into_iter().find(|f| *f == step))
        }) {
            Some(name) => format!("`{name}`"),
            None if step.is_empty() => "the connection".to_string(),
            None => "this".to_string(),
        };
        Violation {
            keyword: kind.keyword().to_string(),
            rule: annotations.rule.unwrap_or_else(|| rule(kind).to_string()),
            level: annotations.level.unwrap_or(Level::Error),
            message: annotations
                .message
                .unwrap_or_else(|| words::of(&name, kind, error.instance(), &site)),
            help: annotations.help,
            since: annotations.since,
            pointer,
        }
    };
    let said = |place: String| match kind {
        // The name is the schema's, not the connection's.
        Kind::Required { property: Json::String(name) } => {
            violation(place, Some(name), annotations::of_missing(&validator.schema, &site, name))
        }
        _ => violation(place, None, site.annotations.clone()),
    };
    places.into_iter().map(said).collect()
}

/// Where a violation stands: what is missing or too much has a place of its own.
fn places(error: &ValidationError<'_>, instance: &Json) -> Vec<String> {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::Required { property: Json::String(name) } => vec![pointer(at, name)],
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| pointer(at, name)).collect()
        }
        // Without `properties` beside it, `additionalProperties: false` is told once, for the
        // object as a whole.
        Kind::FalseSchema
            if error.evaluation_path().as_str().ends_with("/additionalProperties") =>
        {
            let names = instance.pointer(at).and_then(Json::as_object).into_iter().flatten();
            names.map(|(name, _)| pointer(at, name)).collect()
        }
        _ => vec![at.to_string()],
    }
}

/// The way through the schema goes over a property of this name: it is a word of the schema's
/// author.
fn is_declared(path: &str, name: &str) -> bool {
    let steps: Vec<&str> = path.split('/').collect();
    steps.windows(2).any(|pair| pair[0] == "properties" && key_of(pair[1]) == name)
}

/// The rule for a violation whose schema names none.
fn rule(kind: &Kind) -> &'static str {
    match kind {
        Kind::Required { .. } | Kind::MinLength { limit: 1 } | Kind::MinProperties { .. } => {
            "AC501"
        }
        Kind::Pattern { .. }
        | Kind::MinLength { .. }
        | Kind::MaxLength { .. }
        | Kind::Format { .. } => "AC516",
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::PropertyNames { .. } => "AC403",
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            "AC502"
        }
        _ => "AC408",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: Json, instance: &Json) -> Vec<Violation> {
        violations(&Validator::new(schema).expect("a schema"), instance)
    }

    #[test]
    fn violations_are_worded_by_keyword() {
        let properties = |property: Json| {
            let extra = json!({"properties": {"timeout": property}});
            json!({"type": "object", "properties": {"extra": extra}})
        };
        for (schema, value, want) in [
            (
                json!({"type": "integer"}),
                json!("canary"),
                "AC408 `timeout` must be an integer, not a string",
            ),
            (
                json!({"type": ["integer", "boolean", "null"]}),
                json!([1]),
                "AC408 `timeout` must be an integer or a boolean, not a list",
            ),
            (json!({"type": "string"}), json!(null), "AC408 `timeout` is empty"),
            (json!({"type": "null"}), json!(1), "AC408 `timeout` does not belong here"),
            (
                json!({"enum": [null, "", false]}),
                json!("canary"),
                "AC408 `timeout` does not belong here",
            ),
            (
                json!({"enum": ["a", "b", null]}),
                json!("canary"),
                "AC408 `timeout` must be \"a\" or \"b\"",
            ),
            (json!({"const": true}), json!("canary"), "AC408 `timeout` must be true"),
            (
                json!({"pattern": "^a"}),
                json!("canary"),
                "AC516 `timeout` is not written as it must be",
            ),
            (json!({"minLength": 1}), json!(""), "AC501 `timeout` is empty"),
            (
                json!({"minLength": 9}),
                json!("canary"),
                "AC516 `timeout` is shorter than 9 characters",
            ),
            (json!({"minimum": 10}), json!(3), "AC408 `timeout` must be at least 10"),
            (json!({"exclusiveMinimum": 0}), json!(0), "AC408 `timeout` must be more than 0"),
            (json!({"maximum": 10}), json!(30), "AC408 `timeout` must be at most 10"),
            (
                json!({"maxItems": 0}),
                json!(["canary"]),
                "AC408 `timeout` may have at most 0 elements",
            ),
            (
                json!({"not": {}}),
                json!("canary"),
                "AC408 `timeout` does not belong here, or not with this value",
            ),
            (
                json!({"anyOf": [{"const": 1}, {"const": 2}]}),
                json!("canary"),
                "AC502 `timeout` fits none of the forms that are allowed",
            ),
            (
                json!({"type": "integer", "x-rule": "AC514", "x-message": "no"}),
                json!("canary"),
                "AC514 no",
            ),
        ] {
            let instance = json!({"extra": {"timeout": value}});
            let found: Vec<String> = of(properties(schema), &instance)
                .iter()
                .map(|v| format!("{} {}", v.rule, v.message))
                .collect();
            assert_eq!(found, [want], "{instance}");
        }
    }

    #[test]
    fn what_is_missing_or_too_much_has_a_place_of_its_own() {
        let schema = json!({
            "required": ["login"],
            "properties": {
                "login": {
                    "x-rule": "AC509", "x-help": "give it", "x-level": "warning",
                    "x-since": {"amazon": "8.1"}
                },
                "extra": {"additionalProperties": false, "x-rule": "AC503"}
            }
        });
        let found = of(schema, &json!({"extra": {"canary with a blank": 1, "region_name": 2}}));
        let found: Vec<_> = found
            .iter()
            .map(|v| (v.pointer.as_str(), v.rule.as_str(), v.level, v.message.as_str()))
            .collect();
        let error = Level::Error;
        assert!(
            found.contains(&("/login", "AC509", Level::Warning, "`login` is missing")),
            "{found:?}"
        );
        assert!(
            found.contains(&(
                "/extra/region_name",
                "AC503",
                error,
                "`region_name` is not known here"
            )),
            "{found:?}"
        );
        // A name that is not known to be public is not shown.
        assert!(
            found.contains(&(
                "/extra/canary with a blank",
                "AC503",
                error,
                "this is not known here"
            )),
            "{found:?}"
        );
    }

    #[test]
    fn annotations_follow_the_way_through_the_schema() {
        let schema = json!({
            "allOf": [{"$ref": "#/$defs/a", "x-level": "warning"}],
            "$defs": {"a": {
                "x-since": {"postgres": "7.0.0"},
                "if": {"required": ["port"]},
                "else": {"required": ["host"], "x-rule": "AC501"}
            }}
        });
        let found = of(schema, &json!({}));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].level, found[0].rule.as_str()), (Level::Warning, "AC501"));
        assert_eq!(found[0].since, [("postgres".to_string(), Version(7, 0, 0))]);
    }

    #[test]
    fn schemas_that_reach_outside_are_refused() {
        for schema in [
            json!({"$ref": "https://example.com/x.json"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"type": 5}),
        ] {
            assert!(Validator::new(schema).is_err());
        }
    }
}
