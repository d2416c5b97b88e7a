//! The catalogue of connection types and of extras whose type matters: data generated from the
//! providers, read once.

mod meant;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use meant::{called, instead_of, meant, of_server};

/// A table of the catalogue.
fn read<T: DeserializeOwned>(table: &str) -> T {
    serde_json::from_str(table).expect("the catalogue is checked by a test")
}

/// A connection type as a provider declares it.
#[derive(Deserialize)]
pub struct ConnType {
    /// The name of its hook in Airflow's form.
    pub hook_name: Option<String>,
    /// The package it comes from.
    pub provider: Option<String>,
    /// The names of extras that its hook reads or its form has.
    #[serde(default)]
    pub extras: Vec<String>,
    /// True if extras are handed on to a driver, so that any name may be right.
    #[serde(default)]
    pub passthrough: bool,
}

/// Every known connection type.
pub static CONN_TYPES: LazyLock<BTreeMap<String, ConnType>> =
    LazyLock::new(|| read(include_str!("conn_types.json")));

/// Fields of a connection type that its form hides and that nothing in its provider reads.
#[derive(Deserialize)]
pub(crate) struct HiddenFields {
    /// The connection type.
    pub conn_type: String,
    /// The names of the fields.
    pub fields: Vec<String>,
}

/// Made by `tools/generators/gen_hidden_fields.py`; every entry says of which hook and provider.
pub(crate) static HIDDEN_FIELDS: LazyLock<Vec<HiddenFields>> =
    LazyLock::new(|| read(include_str!("hidden_fields.json")));

static KNOWN_EXTRAS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    CONN_TYPES.values().flat_map(|t| t.extras.iter().map(String::as_str)).collect()
});

/// The names in the data files of connection types, sorted: asking them would parse them all.
static NAMES_OF_TYPES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("extra_names.txt").lines().collect());

/// An extra of this name is known to some connection type.
pub(crate) fn is_known_extra(key: &str) -> bool {
    KNOWN_EXTRAS.contains(key) || NAMES_OF_TYPES.binary_search(&key).is_ok()
}

/// The names of all extras that some connection type knows.
pub(crate) fn known_extras() -> impl Iterator<Item = &'static str> {
    KNOWN_EXTRAS.iter().copied()
}

/// How a hook reads an extra that means a boolean.
#[derive(Deserialize)]
pub(crate) struct BooleanExtra {
    /// The connection type.
    pub conn_type: String,
    /// The extra.
    pub key: String,
    /// `truthy`, `parsed` or `path`.
    pub test: String,
    /// Fires only if this other extra is set, `KEY` or `KEY=VALUE`, or is not, `!KEY`.
    #[serde(default)]
    pub only_with: Option<String>,
    /// `parsed`: texts that the hook reads as true.
    #[serde(default)]
    pub true_words: Vec<String>,
    /// `parsed`: texts that the hook reads as false.
    #[serde(default)]
    pub false_words: Vec<String>,
    /// `parsed`: what any other text becomes: `true`, `false`, `unset`, `error`.
    #[serde(default)]
    pub otherwise: Option<String>,
    /// `parsed`: `ignore` or `exact`.
    #[serde(default)]
    pub case: Option<String>,
    /// Why a text need not be wrong, where it need not: another hook of the same type takes it, or
    /// the extra may have no effect.
    #[serde(default)]
    pub uncertain: Option<String>,
}

/// Extras that mean booleans, verified in the providers' sources.
pub(crate) static BOOLEANS: LazyLock<Vec<BooleanExtra>> =
    LazyLock::new(|| read(include_str!("booleans.json")));

/// An extra that is not text, and whose hook takes a text of it as well.
#[derive(Deserialize)]
pub(crate) struct ConvertedExtra {
    /// The connection type.
    pub conn_type: String,
    /// The extra.
    pub key: String,
    /// `number` or `object`.
    pub kind: String,
}

/// Extras that hooks convert themselves (`int`, `float`, `json.loads`), verified in the providers'
/// sources.
pub(crate) static CONVERTED: LazyLock<Vec<ConvertedExtra>> =
    LazyLock::new(|| read(include_str!("converted.json")));

static KNOWN_TYPES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| read(include_str!("known_types.json")));

/// Airflow or one of its providers declares, or once declared, a connection type of this name.
pub(crate) fn is_known_type(name: &str) -> bool {
    KNOWN_TYPES.contains_key(name)
}

/// The names of all connection types, in their order.
pub(crate) fn known_types() -> impl Iterator<Item = &'static str> {
    KNOWN_TYPES.keys().map(String::as_str)
}

/// A setting by which a connection gives up the protection that its hook has without it.
#[derive(Deserialize)]
pub(crate) struct WeakTls {
    /// The connection type.
    pub conn_type: String,
    /// The extra.
    pub key: String,
    /// Its values that weaken; texts in any case.
    pub weak: Vec<serde_json::Value>,
    /// `off`: nothing is encrypted; `unverified`: anybody may answer in the server's place.
    pub effect: String,
    /// Matters only if this other extra is set: `KEY` or `KEY=VALUE`.
    #[serde(default)]
    pub only_with: Option<String>,
    /// Matters only if this begins with `https`: `host` for the address that an HTTP hook makes of
    /// host and schema, or an extra.
    #[serde(default)]
    pub https: Option<String>,
    /// The extra that holds the address of the server, where it is not the host; without it the
    /// server is a remote one.
    #[serde(default)]
    pub address: Option<String>,
}

/// Settings that weaken TLS, verified in the sources of providers and drivers.
pub(crate) static WEAK_TLS: LazyLock<Vec<WeakTls>> =
    LazyLock::new(|| read(include_str!("weak_tls.json")));

/// An extra that a provider read once.
#[derive(Deserialize)]
pub(crate) struct RemovedExtra {
    /// The connection type.
    pub conn_type: String,
    /// The extra.
    pub key: String,
    /// The provider and the first of its versions that was seen without it.
    pub since: String,
    /// What became of it: `renamed`, `argument` (of the hook), `configured` (read if a setting
    /// allows it), `password` (read from there), `refused`, `ignored`.
    pub then: String,
    /// The new name, or the setting.
    #[serde(default)]
    pub instead: Option<String>,
    /// It belongs to a log-in that older providers know, and that stands nowhere else.
    #[serde(default)]
    pub credential: bool,
}

/// Extras that are gone, each with the versions of the provider that were compared.
pub(crate) static REMOVED_EXTRAS: LazyLock<Vec<RemovedExtra>> =
    LazyLock::new(|| read(include_str!("removed_extras.json")));

/// A connection type whose hook reads extras under their long names, where the short ones are
/// missing.
#[derive(Deserialize)]
pub(super) struct Prefixed {
    /// The connection type.
    pub conn_type: String,
    /// What stands between `extra__` and `__`.
    pub prefix: String,
    /// The extras of which the hook makes the same under both names, by their short ones.
    pub fields: Vec<String>,
    /// The first Airflow (major, minor) whose constraints have a provider that reads the short
    /// names.
    pub short_since_airflow: (u16, u16),
}

/// Long names that are read: what hooks made of both names is recorded in `fixtures/repairs`.
pub(super) static PREFIXED: LazyLock<Vec<Prefixed>> =
    LazyLock::new(|| read(include_str!("prefixed_extras.json")));

/// An extra whose hook wants an object, or JSON in a string.
#[derive(Deserialize)]
pub(crate) struct ObjectExtra {
    /// The connection type.
    pub conn_type: String,
    /// The extra.
    pub key: String,
    /// `object`, `json-string` or `either`.
    pub wants: String,
    /// Fires only if this other extra is set: `KEY` or `KEY=VALUE`.
    #[serde(default)]
    pub only_with: Option<String>,
    /// Whatever the hook is used for, it raises where it gets the one in place of the other:
    /// recorded in `fixtures/repairs`, or resolved in [`crate::hooks`].
    #[serde(default)]
    pub refused: bool,
}

/// Extras that hold objects, verified in the providers' sources.
pub(crate) static OBJECTS: LazyLock<Vec<ObjectExtra>> =
    LazyLock::new(|| read(include_str!("objects.json")));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_can_be_read() {
        assert!(CONN_TYPES.len() > 100 && CONN_TYPES.contains_key("redshift"));
        assert!(BOOLEANS.iter().all(|b| ["truthy", "parsed", "path"].contains(&b.test.as_str())));
        assert!(
            OBJECTS.iter().all(|o| ["object", "json-string", "either"].contains(&o.wants.as_str()))
        );
        assert!(CONVERTED.iter().all(|c| ["number", "object"].contains(&c.kind.as_str())
            && CONN_TYPES.contains_key(&c.conn_type)));
        let then = ["renamed", "argument", "configured", "password", "refused", "ignored"];
        assert!(
            REMOVED_EXTRAS
                .iter()
                .all(|r| then.contains(&r.then.as_str()) && KNOWN_TYPES.contains_key(&r.conn_type))
        );
        let replaced = |then: &str| matches!(then, "renamed" | "configured");
        assert!(REMOVED_EXTRAS.iter().all(|r| replaced(&r.then) == r.instead.is_some()));
        assert!(is_known_extra("sslmode"));
        assert!(
            CONN_TYPES
                .keys()
                .chain(WEAK_TLS.iter().map(|w| &w.conn_type))
                .all(|name| KNOWN_TYPES.contains_key(name))
        );
        assert!(
            ["generic", "email", "fs", "s3"].into_iter().all(is_known_type)
                && !is_known_type("postgresql")
        );
        assert!(
            WEAK_TLS
                .iter()
                .all(|w| ["off", "unverified"].contains(&w.effect.as_str()) && !w.weak.is_empty())
        );
    }
}
