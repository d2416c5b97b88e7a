//! AWS Systems Manager Parameter Store: the answers of its API.

use crate::airflow::runtime::Runtime;
use crate::format::helpers::backend;
use crate::format::helpers::environment::braces;
use crate::format::helpers::plain::{json_object, json_string};
use crate::format::helpers::shell_word::quoted;
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{AS_TEXT, Limits, NO_ID};
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Direction, Document, Evidence, Format, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
    held, value_of,
};
use crate::source::Text;

const NAME: &str = "its id cannot be the name of a parameter (letters, digits, `_`, `.`, `-`, `/`)";

const NESTED: &str =
    "… holds `{{` and `}}`, which Parameter Store takes for a reference to another parameter";

const SIZE: &str = "it is longer than the 8 KiB that a parameter holds";

pub(super) static FORMAT: Format = Format {
    name: "ssm",
    summary: "AWS Parameter Store: answers of get-parameter and get-parameters-by-path, input of \
              put-parameter (which is written, one a line)",
    reader: "SystemsManagerParameterStoreBackend of the Amazon provider",
    names: YAML_OR_JSON,
    evidence: Evidence::Secrets,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, NAME, NESTED, SIZE], loses: &[] },
    ..Format::DEFAULT
};

pub(super) static COMMANDS: Format = Format {
    name: "ssm-commands",
    summary: "`aws ssm put-parameter` commands for a shell",
    direction: Direction::Out,
    names: &[],
    sniff: |_| None,
    read: Format::DEFAULT.read,
    write: write_commands,
    ..FORMAT
};

const PREFIX: &str = "/airflow/connections/";

/// The longest value of a parameter of the standard tier, in bytes; the advanced tier has twice as
/// much.
const STANDARD: usize = 4096;

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    // In a template of CloudFormation `Parameters` is a mapping.
    let listed = || {
        let behind = sample.text.split_once("Parameters").map_or("", |(_, rest)| rest);
        let value = behind.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':');
        value.is_some_and(|value| value.trim_start().starts_with(['[', '-']))
    };
    let answer = sample.has_keys(&["Parameter"]) || sample.has_keys(&["Parameters"]) && listed();
    let named = |key: &str| {
        sample.text.contains(&format!("\"{key}\"")) || sample.text.contains(&format!(" {key}: "))
    };
    let put = sample.has_keys(&["Name", "Value"])
        && (sample.has_keys(&["Type"]) || sample.text.contains("connections/"));
    (sample.may_be_yaml() && (answer && named("Value") && named("Name") || put))
        .then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    let among = backend::names_connections(text.as_str());
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let name = tree::get(node, "Name").and_then(|name| tree.text(name));
            let value = tree::get(node, "Value").and_then(|value| tree.text(value));
            if let (Some(name), Some(value)) = (name, value)
                && !backend::is_of_another(name.as_str(), value.as_str(), among)
            {
                document.entries.push(backend::entry(Some(backend::id_in(&name, '/')), value));
            }
        });
    }
    document.problems.extend(tree.problem);
    document
}

/// The input of put-parameter for each connection.
fn parameters(items: &[Item], options: &WriteOptions<'_>) -> Result<Vec<String>, WriteError> {
    let parameter = |(i, item): (usize, &Item)| {
        let (name, value) = (backend::name(PREFIX, item, i)?, value_of(item, i, options)?);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
        if !name.chars().all(fits) {
            return Err(WriteError::at(i, NAME));
        }
        if braces(&value).is_some() {
            return Err(held(item, i, NESTED, |text| braces(text).is_some()));
        }
        let tier = (value.len() > STANDARD).then(|| json_string("Advanced"));
        if value.len() > 2 * STANDARD {
            return Err(WriteError::at(i, SIZE));
        }
        let (name, value) = (Some(json_string(&name)), Some(json_string(&value)));
        let (kind, anew) = (Some(json_string("SecureString")), Some("true".to_string()));
        Ok(json_object(&[
            ("Name", name),
            ("Type", kind),
            ("Tier", tier),
            ("Value", value),
            ("Overwrite", anew),
        ]))
    };
    items.iter().enumerate().map(parameter).collect()
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    Ok(parameters(items, options)?.into_iter().map(|input| input + "\n").collect())
}

fn write_commands(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let command =
        |input: String| format!("aws ssm put-parameter --cli-input-json {}\n", quoted(&input));
    Ok(parameters(items, options)?.into_iter().map(command).collect())
}
