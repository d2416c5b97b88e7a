//! SARIF 2.1.0 as code scanning takes it: one run, the rules that found something, relative paths,
//! columns in Unicode code points.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{FileReport, Located, LocatedEdit, Report, address, filled, json_text};
use crate::check::{Level, Rule, rules};
use crate::source::Position;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Characters that a path keeps in a URI (RFC 3986, pchar and `/`; `:` would make a scheme of what
/// stands before it).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'+');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Item<'r>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: String,
    short_description: Message<'static>,
    full_description: Message<'static>,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Message<'r> {
    text: std::borrow::Cow<'r, str>,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'r>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
    partial_fingerprints: BTreeMap<&'static str, &'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Fix<'r>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'r> {
    description: Message<'r>,
    artifact_changes: [ArtifactChange<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: Artifact,
    replacements: [Replacement<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Message<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

/// Where something is that is there because of a finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Related {
    id: usize,
    physical_location: Physical,
    message: Message<'static>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

/// The log and a newline.
pub(super) fn render(report: &Report) -> String {
    let mut found: Vec<&'static str> =
        report.findings().map(|(_, located)| located.finding.rule).collect();
    found.sort_unstable();
    found.dedup();
    let descriptors = found
        .iter()
        .filter_map(|id| rules::by_name(id))
        .map(|rule| descriptor(report, rule))
        .collect();
    let driver = Driver {
        name: "airconn",
        semantic_version: report.version,
        information_uri: address::PROJECT,
        rules: descriptors,
    };
    let results = report.findings().map(|(file, located)| item(file, located, &found)).collect();
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    json_text(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }) + "\n"
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn descriptor(report: &Report, rule: &'static Rule) -> Descriptor {
    Descriptor {
        id: rule.id,
        // SARIF wants an identifier in Pascal case.
        name: rule
            .name
            .split('-')
            .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
            .collect(),
        short_description: Message { text: rule.summary().into() },
        full_description: Message { text: rule.description().into() },
        help: Help { text: rule.page, markdown: rule.page },
        help_uri: report
            .page(rule.id, rule.name)
            .unwrap_or_else(|| filled(&address::page_of_rule(), rule.id, rule.name)),
        default_configuration: Configuration { level: level(rule.level) },
    }
}

fn item<'r>(file: &'r FileReport, located: &'r Located, rules: &[&'static str]) -> Item<'r> {
    let finding = &located.finding;
    let about = Some(located.about())
        .filter(|a| !a.is_empty())
        .map(|a| format!(" (in {a})"))
        .unwrap_or_default();
    let help = finding.help.as_ref().map(|h| format!(" Help: {h}.")).unwrap_or_default();
    let place = located.place;
    let region = region(located.line(), place);
    let uri = utf8_percent_encode(&file.path, PATH).to_string();
    let artifact_location = Artifact { uri, uri_base_id: "%SRCROOT%" };
    let fixes = located.edit.as_ref().map(|edit| [fix(edit, located, artifact_location.clone())]);
    let related = located.consequences.iter().zip(located.told_consequences()).enumerate();
    let related = related.map(|(at, (consequence, text))| Related {
        id: at + 1,
        physical_location: Physical {
            artifact_location: artifact_location.clone(),
            region: self::region(consequence.line(), consequence.place),
        },
        message: Message { text: format!("because of this: {text}").into() },
    });
    let related_locations = related.collect();
    let physical_location = Physical { artifact_location, region };
    Item {
        rule_id: finding.rule,
        rule_index: rules.binary_search(&finding.rule).unwrap_or_default(),
        level: level(finding.level),
        message: Message {
            text: format!("{}: {}{about}.{help}", located.name(), finding.message).into(),
        },
        locations: [Location { physical_location }],
        related_locations,
        // The second is the only one that GitHub looks at.
        partial_fingerprints: [
            ("airconn/v1", located.fingerprint.as_str()),
            ("primaryLocationLineHash", &located.fingerprint),
        ]
        .into(),
        fixes,
    }
}

/// A place; a whole line where there is none.
fn region(line: u32, place: Option<(Position, Position)>) -> Region {
    Region {
        start_line: line,
        start_column: place.map(|(start, _)| start.column),
        end_line: place.map(|(_, end)| end.line),
        end_column: place.map(|(_, end)| end.column),
    }
}

fn fix<'r>(edit: &'r LocatedEdit, located: &'r Located, artifact_location: Artifact) -> Fix<'r> {
    let replacement = Replacement {
        deleted_region: region(edit.place.0.line, Some(edit.place)),
        inserted_content: Message { text: edit.text.as_str().into() },
    };
    let finding = &located.finding;
    let description = finding.help.as_deref().unwrap_or(&finding.message);
    Fix {
        description: Message { text: description.into() },
        artifact_changes: [ArtifactChange { artifact_location, replacements: [replacement] }],
    }
}
