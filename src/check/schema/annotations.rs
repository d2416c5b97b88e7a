//! What a schema says about itself beyond JSON Schema: the rule, level, words and versions of a
//! constraint.
//!
//! | keyword | meaning |
//! | --- | --- |
//! | `x-rule` | the rule that reports a violation, such as `AC509` |
//! | `x-level` | `warning`: it need not stop the connection; inherited by what stands inside |
//! | `x-since` | `{"amazon": "8.1.0"}`: holds from these versions on; inherited |
//! | `x-message`, `x-help` | words of its own, instead of those for the keyword |

use serde_json::Value as Json;

use crate::airflow::runtime::Version;
use crate::check::{Level, key_of};

/// The annotations in force at a constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Annotations {
    pub(super) rule: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) message: Option<String>,
    pub(super) help: Option<String>,
    pub(super) since: Vec<(String, Version)>,
}

/// Where a constraint stands: its schema, and what is in force there.
pub(super) struct Site<'s> {
    pub(super) schema: &'s Json,
    pub(super) annotations: Annotations,
}

impl Annotations {
    fn read(&mut self, schema: &Json) {
        let text = |key: &str| schema.get(key).and_then(Json::as_str).map(str::to_string);
        self.rule = text("x-rule").or(self.rule.take());
        self.message = text("x-message").or(self.message.take());
        self.help = text("x-help").or(self.help.take());
        self.level = match schema.get("x-level").and_then(Json::as_str) {
            Some("error") => Some(Level::Error),
            Some("warning") => Some(Level::Warning),
            Some("info") => Some(Level::Info),
            _ => self.level,
        };
        let since = schema.get("x-since").and_then(Json::as_object).into_iter().flatten();
        self.since.extend(since.filter_map(|(package, version)| {
            Some((package.clone(), Version::of_release(version.as_str()?)?))
        }));
    }

    /// Words and rule belong to one place of the instance; level and versions hold for what lies
    /// inside, too.
    fn enter(&mut self) {
        *self = Annotations {
            level: self.level,
            since: std::mem::take(&mut self.since),
            ..Annotations::default()
        };
    }
}

/// Follows an evaluation path (`/allOf/0/$ref/properties/host/type`) to the schema that its last
/// step is a keyword of.
pub(super) fn site<'s>(root: &'s Json, path: &str) -> Site<'s> {
    let mut site = Site { schema: root, annotations: Annotations::default() };
    site.annotations.read(root);
    let mut steps = path.split('/').skip(1).map(key_of);
    while let Some(step) = steps.next() {
        let here = site.schema;
        let child = match step.as_str() {
            "properties" | "patternProperties" | "dependentSchemas" | "allOf" | "anyOf"
            | "oneOf" | "prefixItems" => {
                steps.next().and_then(|inner| member(here.get(&step)?, &inner))
            }
            "$ref" => here
                .get("$ref")
                .and_then(Json::as_str)
                .and_then(|target| root.pointer(target.strip_prefix('#')?)),
            "items"
            | "additionalProperties"
            | "contains"
            | "propertyNames"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "if"
            | "then"
            | "else"
            | "not" => here.get(&step).filter(|inner| inner.is_object()),
            _ => None,
        };
        let Some(child) = child else { break };
        if matches!(
            step.as_str(),
            "properties"
                | "patternProperties"
                | "prefixItems"
                | "items"
                | "additionalProperties"
                | "contains"
                | "unevaluatedProperties"
        ) {
            site.annotations.enter();
        }
        site.annotations.read(child);
        site.schema = child;
    }
    site
}

/// The annotations of a property that is missing: those of its own schema.
pub(super) fn of_missing(root: &Json, site: &Site<'_>, property: &str) -> Annotations {
    let mut annotations = site.annotations.clone();
    if let Some(schema) = site.schema.get("properties").and_then(|p| p.get(property)) {
        annotations.enter();
        let target = schema
            .get("$ref")
            .and_then(Json::as_str)
            .and_then(|target| root.pointer(target.strip_prefix('#')?));
        target.into_iter().chain([schema]).for_each(|schema| annotations.read(schema));
    }
    annotations
}

fn member<'s>(container: &'s Json, step: &str) -> Option<&'s Json> {
    match container {
        Json::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => container.get(step),
    }
}
