//! What a schema of a project costs to validate: counted before it is done, since a few lines of
//! references can ask for more than a machine has.
//!
//! The crate looks at a value once for each way that leads to a schema: `allOf` and its siblings,
//! `$ref`, and the members that a schema is about. The ways are walked here without validating, and
//! the walk is given up beyond a bound.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::bounds::{SCHEMA_DEPTH, SCHEMA_NODES, SCHEMA_PATTERNS, SCHEMA_STEPS};

/// Keywords whose schemas are about the same value.
const SAME: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/// The same, by names of members.
const SAME_BY_NAME: &[&str] = &["dependentSchemas", "dependencies"];

/// References.
const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// Keywords whose schemas are about every member or item, as far as is counted here.
const EACH: &[&str] = &[
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
];

/// Schemas inside of a schema that have a name of their own, each of which a reference may mean.
const RESOURCES: usize = 100;

/// What a walk may cost, and has cost.
struct Walk<'s, 'n> {
    schema: &'s Json,
    names: &'n Names<'s>,
    left: usize,
    depth: usize,
}

/// Whether a schema is one that can be validated at all: what is wrong, in words.
pub(super) fn refusal(schema: &Json) -> Option<String> {
    let (mut patterns, mut places) = (0, Vec::new());
    collect(schema, &mut patterns, &mut places);
    if patterns > SCHEMA_PATTERNS.value {
        return Some(format!("it has more than {}", SCHEMA_PATTERNS.words()));
    }
    let names = Names::of(schema);
    if names.resources.len() > RESOURCES {
        return Some(format!("it has more than {RESOURCES} schemas with an `$id` of their own"));
    }
    // What each place costs for one value; all of them together bound this walk itself.
    let mut all = 10 * SCHEMA_STEPS.value;
    for place in places {
        let most = SCHEMA_NODES.value.min(all);
        let mut walk = Walk { schema, names: &names, left: most, depth: 0 };
        if !walk.goes(place, None, &mut Vec::new()) {
            let (nodes, depth) = (SCHEMA_NODES.words(), SCHEMA_DEPTH.words());
            return Some(format!(
                "its references lead to more than {nodes} for one value, through more than \
                 {depth}, or back to where they begin"
            ));
        }
        all -= most - walk.left;
    }
    None
}

/// Whether validating this instance stays within bounds.
pub(super) fn fits(schema: &Json, instance: &Json) -> bool {
    let names = Names::of(schema);
    let mut walk = Walk { schema, names: &names, left: SCHEMA_STEPS.value, depth: 0 };
    walk.goes(schema, Some(instance), &mut Vec::new())
}

/// The places of a schema where a walk about one value can begin, and the number of patterns.
fn collect<'s>(schema: &'s Json, patterns: &mut usize, places: &mut Vec<&'s Json>) {
    match schema {
        Json::Object(members) => {
            places.push(schema);
            *patterns += usize::from(members.get("pattern").is_some_and(Json::is_string));
            *patterns +=
                members.get("patternProperties").and_then(Json::as_object).map_or(0, |p| p.len());
            members.values().for_each(|member| collect(member, patterns, places));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, patterns, places)),
        _ => {}
    }
}

impl<'s> Walk<'s, '_> {
    /// Walks what a schema looks at in a value; without one, only what is about the value itself.
    /// False where that is too much.
    fn goes(&mut self, schema: &'s Json, value: Option<&Json>, way: &mut Vec<*const Json>) -> bool {
        let Json::Object(members) = schema else { return true };
        let here: *const Json = schema;
        // About the same value it would never end; the crate ends, by trying every way round.
        if way.contains(&here) || self.left == 0 || self.depth >= SCHEMA_DEPTH.value {
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        way.push(here);
        let same = members.iter().all(|(keyword, sub)| self.same(keyword, sub, value, way));
        way.pop();
        let fits = same && value.is_none_or(|value| self.below(members, value));
        self.depth -= 1;
        fits
    }

    /// What a keyword says about the same value.
    fn same(
        &mut self,
        keyword: &str,
        sub: &'s Json,
        value: Option<&Json>,
        way: &mut Vec<*const Json>,
    ) -> bool {
        if SAME.contains(&keyword) {
            return match sub {
                Json::Array(all) => all.iter().all(|sub| self.goes(sub, value, way)),
                one => self.goes(one, value, way),
            };
        }
        match sub {
            Json::Object(named) if SAME_BY_NAME.contains(&keyword) => {
                named.values().all(|sub| self.goes(sub, value, way))
            }
            Json::String(reference) if REFERENCES.contains(&keyword) => self
                .names
                .targets(self.schema, reference)
                .into_iter()
                .all(|target| self.goes(target, value, way)),
            _ => true,
        }
    }

    /// What a schema says about what is in a value.
    fn below(&mut self, members: &'s serde_json::Map<String, Json>, value: &Json) -> bool {
        let children: Vec<&Json> = match value {
            Json::Object(inside) => inside.values().collect(),
            Json::Array(items) => items.iter().collect(),
            _ => return true,
        };
        let named = members.get("properties").and_then(Json::as_object);
        let of_name = |name: &str| value.get(name);
        for (name, sub) in named.into_iter().flatten() {
            if let Some(child) = of_name(name)
                && !self.goes(sub, Some(child), &mut Vec::new())
            {
                return false;
            }
        }
        for (item, sub) in
            members.get("prefixItems").and_then(Json::as_array).into_iter().flatten().enumerate()
        {
            if let Some(child) = value.get(item)
                && !self.goes(sub, Some(child), &mut Vec::new())
            {
                return false;
            }
        }
        let by_pattern = members.get("patternProperties").and_then(Json::as_object);
        let each = EACH.iter().filter_map(|keyword| members.get(*keyword));
        let mut each = each.chain(by_pattern.into_iter().flat_map(|p| p.values()));
        each.all(|sub| match sub {
            Json::Array(all) => all
                .iter()
                .zip(&children)
                .all(|(sub, child)| self.goes(sub, Some(child), &mut Vec::new())),
            one => children.iter().all(|child| self.goes(one, Some(child), &mut Vec::new())),
        })
    }
}

/// The places of a schema that have names of their own, which a reference may use.
#[derive(Default)]
struct Names<'s> {
    resources: Vec<&'s Json>,
    anchors: BTreeMap<&'s str, Vec<&'s Json>>,
}

impl<'s> Names<'s> {
    fn of(schema: &'s Json) -> Names<'s> {
        let mut names = Names::default();
        names.add(schema);
        // The whole is reached without its name.
        names.resources.retain(|place| !std::ptr::eq(*place, schema));
        names
    }

    fn add(&mut self, schema: &'s Json) {
        match schema {
            Json::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Json::as_str);
                self.resources.extend(text("$id").map(|_| schema));
                for anchor in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(text) {
                    self.anchors.entry(anchor).or_default().push(schema);
                }
                members.values().for_each(|member| self.add(member));
            }
            Json::Array(items) => items.iter().for_each(|item| self.add(item)),
            _ => {}
        }
    }

    /// What a reference may mean: where several resources could be meant, each of them.
    fn targets(&self, whole: &'s Json, reference: &str) -> Vec<&'s Json> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.anchors.get(&*fragment).cloned().unwrap_or_default();
        }
        let whole = base.is_empty().then_some(whole);
        whole
            .into_iter()
            .chain(self.resources.iter().copied())
            .filter_map(|place| place.pointer(&fragment))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fits, refusal};
    use crate::bounds::SCHEMA_NODES;
    use crate::hooks::modes;

    /// Definitions, each of which refers twice to the one before, by one of these references.
    fn doubling(
        length: usize,
        keyword: &str,
        reference: &dyn Fn(usize) -> serde_json::Value,
    ) -> serde_json::Value {
        let mut all = serde_json::Map::new();
        all.insert("a0".to_string(), json!({ "$anchor": "a0", "type": "object" }));
        for i in 1..=length {
            let twice = [reference(i - 1), reference(i - 1)];
            all.insert(format!("a{i}"), json!({ "$anchor": format!("a{i}"), keyword: twice }));
        }
        json!({ "$defs": all, "$ref": format!("#/$defs/a{length}") })
    }

    #[test]
    fn references_that_multiply_are_refused() {
        let pointer = |i: usize| json!({ "$ref": format!("#/$defs/a{i}") });
        let anchor = |i: usize| json!({ "$ref": format!("#a{i}") });
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for reference in [&pointer as &dyn Fn(usize) -> serde_json::Value, &anchor] {
                assert!(refusal(&doubling(25, keyword, reference)).is_some(), "{keyword}");
                assert_eq!(refusal(&doubling(8, keyword, reference)), None, "{keyword}");
            }
        }
        // Everybody refers to everybody.
        let everybody: Vec<_> = (0..12).map(pointer).collect();
        let clique: serde_json::Map<_, _> =
            (0..12).map(|i| (format!("a{i}"), json!({ "allOf": everybody }))).collect();
        assert!(refusal(&json!({ "$defs": clique, "$ref": "#/$defs/a0" })).is_some());
        let long =
            (0..5_000).map(|i| (format!("a{}", i + 1), json!({ "$ref": format!("#/$defs/a{i}") })));
        let long: serde_json::Map<_, _> = long.chain([("a0".to_string(), json!(true))]).collect();
        assert!(refusal(&json!({ "$defs": long, "$ref": "#/$defs/a5000" })).is_some());
        let patterns: serde_json::Map<_, _> =
            (0..1_000).map(|i| (format!("p{i}"), json!({ "pattern": "^a$" }))).collect();
        assert!(refusal(&json!({ "properties": patterns })).is_some());
    }

    /// A tree is fine, and so is what says of a value what it says of each value in it, once.
    #[test]
    fn recursion_is_not_refused_where_it_ends() {
        let branch = json!({ "$ref": "#/$defs/t" });
        let branches = json!({ "properties": { "left": branch, "right": branch } });
        let tree = json!({ "$defs": { "t": branches }, "$ref": "#/$defs/t" });
        let each = json!({ "additionalProperties": { "$ref": "#" } });
        let twice =
            json!({ "additionalProperties": { "allOf": [{ "$ref": "#" }, { "$ref": "#" }] } });
        let mut deep = json!(1);
        for _ in 0..60 {
            deep = json!({ "left": deep });
        }
        for (schema, fine) in [(&tree, true), (&each, true), (&twice, false)] {
            assert_eq!(refusal(schema), None);
            assert_eq!(fits(schema, &deep), fine, "{schema}");
        }
        // About one and the same value there is none.
        assert!(refusal(&json!({ "$ref": "#" })).is_some());
    }

    /// Those of airconn are far from any bound.
    #[test]
    fn our_own_are_small() {
        for info in modes() {
            let text = crate::check::schema::text(info);
            let schema: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(refusal(&schema), None, "{}", info.name);
            let mut walk = super::Walk {
                schema: &schema,
                names: &super::Names::of(&schema),
                left: SCHEMA_NODES.value,
                depth: 0,
            };
            assert!(walk.goes(&schema, None, &mut Vec::new()));
            let used = SCHEMA_NODES.value - walk.left;
            assert!(used * 20 < SCHEMA_NODES.value, "{}: {used}", info.name);
        }
    }
}
