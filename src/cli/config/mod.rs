//! The configuration: `airconn.toml`, or `[tool.airconn]` in pyproject.toml, in the working folder
//! or the nearest above it.
//!
//! [`KEYS`] is the table of what it may say; `schemas/airconn.json` describes the same for editors,
//! and a test compares the two.

mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Trouble;
use super::globs::Globs;
use super::levels::FailOn;
use super::runtimes::SideArgument;
use super::selectors::specificity;
use super::suggest::unknown;
use crate::airflow::version::Version;
use crate::check::Level;
use crate::check::schema::Validator;
use crate::files::Named;
use crate::hooks::{PackageKind, packages_of};
use crate::source::{Source, Span};
use crate::{bounds, files};
use values::{Item, Wrong, boolean, expected, one_of, rule, rules, table, text, texts, versions};

/// Names of configuration files, the first one wins.
const FILES: &[&str] = &["airconn.toml", ".airconn.toml", "pyproject.toml"];

#[derive(Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct ConfigArguments {
    /// Read the configuration from this file [default: airconn.toml or pyproject.toml in this
    /// folder or one above]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    isolated: bool,
}

/// What the configuration says.
pub(super) struct Config {
    /// Where it stands: its paths and patterns count from there.
    pub(super) folder: PathBuf,
    pub(super) airflow: Vec<String>,
    pub(super) side: Option<SideArgument>,
    pub(super) providers: Vec<String>,
    pub(super) drivers: Vec<String>,
    pub(super) select: Vec<String>,
    pub(super) ignore: Vec<String>,
    pub(super) per_file_ignores: Vec<(Globs, Vec<String>)>,
    pub(super) severity: Vec<(String, Level)>,
    pub(super) exclude: Globs,
    pub(super) force_exclude: bool,
    pub(super) respect_gitignore: bool,
    pub(super) fail_on: Option<FailOn>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) connection_types: BTreeMap<String, Option<Validator>>,
    pub(super) detect: bool,
}

/// A key of the configuration.
struct Key {
    name: &'static str,
    set: fn(&mut Config, &Item<'_>) -> Result<(), Wrong>,
}

/// Every key, by name.
static KEYS: &[Key] = &[
    Key { name: "airflow", set: |c, item| versions(item).map(|v| c.airflow = v) },
    Key {
        name: "baseline",
        set: |c, item| text(item).map(|v| c.baseline = Some(PathBuf::from(v))),
    },
    Key { name: "connection-types", set: connection_types },
    Key { name: "detect", set: |c, item| boolean(item).map(|v| c.detect = v) },
    Key {
        name: "drivers",
        set: |c, item| packages(item, PackageKind::Driver).map(|v| c.drivers = v),
    },
    Key { name: "exclude", set: |c, item| globs(c, item, texts(item)?).map(|v| c.exclude = v) },
    Key { name: "fail-on", set: |c, item| one_of::<FailOn>(item).map(|v| c.fail_on = Some(v)) },
    Key { name: "force-exclude", set: |c, item| boolean(item).map(|v| c.force_exclude = v) },
    Key { name: "ignore", set: |c, item| rules(item).map(|v| c.ignore = v) },
    Key { name: "per-file-ignores", set: per_file_ignores },
    Key {
        name: "providers",
        set: |c, item| packages(item, PackageKind::Provider).map(|v| c.providers = v),
    },
    Key {
        name: "respect-gitignore",
        set: |c, item| boolean(item).map(|v| c.respect_gitignore = v),
    },
    Key { name: "select", set: |c, item| rules(item).map(|v| c.select = v) },
    Key { name: "severity", set: severity },
    Key { name: "side", set: |c, item| one_of::<SideArgument>(item).map(|v| c.side = Some(v)) },
];

impl ConfigArguments {
    /// The configuration that holds here.
    pub(super) fn read(&self) -> Result<Config, Trouble> {
        if self.isolated {
            return Config::none(Path::new(""));
        }
        if let Some(file) = &self.config {
            let text = files::text_as(file, Named::ByHand, bounds::CONFIG.value)
                .map_err(|e| Trouble::new(format!("cannot read {}: {e}", file.display())))?;
            return Config::of(file, &text)
                .map(|config| config.map_or_else(|| Config::none(folder_of(file)), Ok))?;
        }
        let here = std::env::current_dir().unwrap_or_default();
        for folder in here.ancestors() {
            for name in FILES {
                let file = folder.join(name);
                // Most folders have none, and a folder that may not be looked into has none for us.
                let Ok(text) = files::text(&file, bounds::CONFIG.value) else { continue };
                let shown = file.strip_prefix(&here).unwrap_or(&file);
                if let Some(config) = Config::of(shown, &text)? {
                    return Ok(config);
                }
            }
        }
        Config::none(Path::new(""))
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or_else(|| Path::new(""))
}

impl Config {
    fn none(folder: &Path) -> Result<Config, Trouble> {
        let exclude = Globs::new(folder, &[]).map_err(|(_, reason)| Trouble::new(reason))?;
        Ok(Config {
            folder: folder.to_path_buf(),
            airflow: Vec::new(),
            side: None,
            providers: Vec::new(),
            drivers: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            per_file_ignores: Vec::new(),
            severity: Vec::new(),
            exclude,
            force_exclude: false,
            respect_gitignore: true,
            fail_on: None,
            baseline: None,
            connection_types: BTreeMap::new(),
            detect: false,
        })
    }

    /// What a file says; `None` if it is a pyproject.toml without a word about airconn.
    fn of(file: &Path, text: &str) -> Result<Option<Config>, Trouble> {
        let trouble = |wrong: Wrong| {
            let place = Source::new("", text).position(Span::new(wrong.at).start);
            Trouble::new(format!(
                "{}:{}:{}: {}",
                file.display(),
                place.line,
                place.column,
                wrong.message
            ))
        };
        let is_project = file.file_name().is_some_and(|name| name == "pyproject.toml");
        if is_project && !text.contains("airconn") {
            return Ok(None);
        }
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or_default();
            trouble(Wrong { at, message: error.message().replace('\n', ", ") })
        })?;
        let table = if is_project {
            let tool =
                document.get_ref().get("tool").and_then(|tool| tool.get_ref().get("airconn"));
            match tool.map(Spanned::get_ref) {
                None => return Ok(None),
                Some(DeValue::Table(table)) => table,
                Some(_) => {
                    return Err(Trouble::new(format!(
                        "{}: tool.airconn is not a table",
                        file.display()
                    )));
                }
            }
        } else {
            document.get_ref()
        };
        let mut config = Config::none(folder_of(file))?;
        for (name, item) in table {
            let key = KEYS.iter().find(|key| key.name == name.get_ref().as_ref());
            let names = KEYS.iter().map(|key| key.name);
            let unknown =
                || Wrong { at: name.span(), message: unknown("key", name.get_ref(), names) };
            key.ok_or_else(unknown)
                .and_then(|key| (key.set)(&mut config, item))
                .map_err(trouble)?;
        }
        Ok(Some(config))
    }
}

fn globs(config: &Config, item: &Item<'_>, patterns: Vec<String>) -> Result<Globs, Wrong> {
    let folder = &config.folder;
    Globs::new(folder, &patterns)
        .map_err(|(glob, reason)| Wrong { at: item.span(), message: format!("`{glob}`: {reason}") })
}

/// `name = "version"` for each package that is known, as `name=version`.
fn packages(item: &Item<'_>, kind: PackageKind) -> Result<Vec<String>, Wrong> {
    let known: Vec<&str> = packages_of(kind).map(|package| package.name).collect();
    let one = |(name, item): (&Spanned<toml::de::DeString<'_>>, &Item<'_>)| {
        let given = name.get_ref().as_ref();
        if !known.contains(&given) {
            return Err(Wrong {
                at: name.span(),
                message: unknown("package", given, known.iter().copied()),
            });
        }
        let version = text(item)?;
        if Version::of_release(&version).is_some() {
            Ok(format!("{given}={version}"))
        } else {
            expected(item, "a version, such as \"9.39.0\",")
        }
    };
    table(item)?.iter().map(one).collect()
}

/// `NAME.schema = "FILE"`: a JSON Schema of the project for connections of its own type;
/// `NAME = {}` says only that there is one.
fn connection_types(config: &mut Config, item: &Item<'_>) -> Result<(), Wrong> {
    for (name, item) in table(item)? {
        config.connection_types.insert(name.get_ref().to_string(), None);
        for (key, item) in table(item)? {
            if key.get_ref() != "schema" {
                return Err(Wrong {
                    at: key.span(),
                    message: unknown("key", key.get_ref(), ["schema"].into_iter()),
                });
            }
            let file = config.folder.join(text(item)?);
            let wrong = |reason: String| Wrong {
                at: item.span(),
                message: format!("{}: {reason}", file.display()),
            };
            let schema = files::text(&file, bounds::SCHEMA_FILE.value)
                .map_err(|e| wrong(format!("cannot be read: {e}")))?;
            let schema = serde_json::from_str(&schema).map_err(|e| wrong(e.to_string()))?;
            config
                .connection_types
                .insert(name.get_ref().to_string(), Some(Validator::new(schema).map_err(wrong)?));
        }
    }
    Ok(())
}

fn per_file_ignores(config: &mut Config, item: &Item<'_>) -> Result<(), Wrong> {
    for (pattern, item) in table(item)? {
        let globs = globs(config, item, vec![pattern.get_ref().to_string()])?;
        config.per_file_ignores.push((globs, rules(item)?));
    }
    Ok(())
}

fn severity(config: &mut Config, item: &Item<'_>) -> Result<(), Wrong> {
    for (name, item) in table(item)? {
        rule(name.get_ref(), name.span())?;
        config.severity.push((name.get_ref().to_string(), one_of::<Level>(item)?));
    }
    config.severity.sort_by_key(|(name, _)| specificity(name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of the schema for editors are those of the table.
    #[test]
    fn the_schema_for_editors_has_every_key() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../schemas/airconn.json")).expect("JSON");
        let known: Vec<&str> = schema["properties"]
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(known, KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        for (text, want) in [
            ("airflow = [\"3.3\"\n", "airconn.toml:1:"),
            (
                "x = 1\n\nairflw = \"3.3\"\n",
                "airconn.toml:3:1: there is no key `airflw`; did you mean `airflow`?",
            ),
            (
                "airflow = \"newest\"\n",
                "airconn.toml:1:11: expected a version of Airflow, such as \"3.3.2\" or \"2.11\", \
                 here",
            ),
            ("airflow = 3.3\n", "airconn.toml:1:11: expected a text, in quotes, here"),
            ("side = \"scheduler\"\n", "airconn.toml:1:8: expected server, worker, both here"),
            ("select = [\"AC2\", \"AC999\"]\n", "airconn.toml:1:18: there is no rule `AC999`"),
            (
                "ignore = \"typed-query-valu\"\n",
                "airconn.toml:1:10: there is no rule `typed-query-valu`; did you mean \
                 `typed-query-value`?",
            ),
            (
                "side = \"bth\"\n",
                "airconn.toml:1:8: expected server, worker, both here; did you mean `both`?",
            ),
            ("fail-on = true\n", "airconn.toml:1:11: expected a text, in quotes, here"),
            ("force-exclude = 1\n", "airconn.toml:1:17: expected true or false here"),
            (
                "[providers]\namazonn = \"9.1\"\n",
                "airconn.toml:2:1: there is no package `amazonn`; did you mean `amazon`?",
            ),
            (
                "[providers]\namazon = \"new\"\n",
                "airconn.toml:2:10: expected a version, such as \"9.39.0\", here",
            ),
            (
                "[severity]\nAC206 = \"fatal\"\n",
                "airconn.toml:2:9: expected error, warning, info here",
            ),
            ("[per-file-ignores]\n\"a{\" = \"AC2\"\n", "airconn.toml:2:8: `a{`: "),
            ("exclude = [\"[\"]\n", "airconn.toml:1:11: `[`: "),
        ] {
            let message = Config::of(Path::new("airconn.toml"), text)
                .err()
                .map(|trouble| trouble.message)
                .unwrap_or_default();
            assert!(
                message.contains(want.trim_start_matches("x")) || message.starts_with(want),
                "{text:?}: {message}"
            );
        }
    }
}
