//! Google Secret Manager and Azure Key Vault: the answers of their commands. Both hand the value on
//! as it is; only the names differ.

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Refusal};
use crate::format::helpers::backend;
use crate::format::helpers::base64_text;
use crate::format::helpers::plain::{json_object, json_string};
use crate::format::helpers::shell_word::{option, quoted};
use crate::format::helpers::tree::{self, Tree};
use crate::format::limits::{ARGUMENT_NUL, AS_TEXT, Limits, NO_ID};
use crate::format::names::JSON;
use crate::format::{
    Direction, Document, Evidence, Format, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
    held, id_of,
};
use crate::source::Text;

const GOOGLE_NAME: &str = "its id cannot be the name of a secret (letters, digits, `_` and `-`)";
const AZURE_NAME: &str = "its id cannot be the name of a secret (letters, digits and `-`, 127 \
                          characters with the prefix)";
const GOOGLE_SIZE: &str = "it is longer than the 64 KiB that a secret of Google holds";
const AZURE_SIZE: &str = "it is longer than the 25 KiB that a secret of Key Vault holds";
const AZURE_TWICE: &str =
    "its id is that of connection … once `_` is `-`: one secret would overwrite the other";

pub(super) static GOOGLE: Format = Format {
    name: "gcp-secrets",
    summary: "Google Secret Manager: answers of `gcloud secrets versions access --format=json`",
    reader: "CloudSecretManagerBackend of the Google provider",
    names: JSON,
    evidence: Evidence::Secrets,
    sniff: sniff_google,
    read: read_google,
    write: write_google,
    holds: Holds::EitherText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, GOOGLE_NAME, GOOGLE_SIZE], loses: &[] },
    ..Format::DEFAULT
};

pub(super) static AZURE: Format = Format {
    name: "azure-secrets",
    summary: "Azure Key Vault: answers of `az keyvault secret show`",
    reader: "AzureKeyVaultBackend of the Azure provider",
    names: JSON,
    sniff: sniff_azure,
    read: read_azure,
    write: write_azure,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, AZURE_NAME, AZURE_TWICE, AZURE_SIZE],
        loses: &["id"],
    },
    ..GOOGLE
};

pub(super) static GOOGLE_COMMANDS: Format = Format {
    name: "gcp-secrets-commands",
    summary: "`gcloud secrets create` commands for a shell",
    direction: Direction::Out,
    names: &[],
    sniff: |_| None,
    read: Format::DEFAULT.read,
    write: commands_google,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, GOOGLE_NAME, GOOGLE_SIZE, ARGUMENT_NUL],
        loses: &[],
    },
    ..GOOGLE
};

pub(super) static AZURE_COMMANDS: Format = Format {
    name: "azure-secrets-commands",
    summary: "`az keyvault secret set` commands for a shell",
    direction: Direction::Out,
    names: &[],
    sniff: |_| None,
    read: Format::DEFAULT.read,
    write: commands_azure,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, AZURE_NAME, AZURE_TWICE, AZURE_SIZE, ARGUMENT_NUL],
        loses: &[],
    },
    ..AZURE
};

const PREFIX: &str = "airflow-connections-";

/// The longest values, in bytes: the quotas of Secret Manager, and what Key Vault documents as 25
/// KB.
const MAX_GOOGLE: usize = 65_536;
const MAX_AZURE: usize = 25_600;

fn sniff_google(sample: &Sample<'_>) -> Option<Likeness> {
    let json = sample.may_be_yaml() && sample.text.trim_start().starts_with(['{', '[']);
    (json && sample.has_keys(&["name", "payload"])).then_some(Likeness::Sure)
}

fn sniff_azure(sample: &Sample<'_>) -> Option<Likeness> {
    let json = sample.may_be_yaml() && sample.text.trim_start().starts_with(['{', '[']);
    let vault = sample.text.contains(".vault.") || sample.text.contains("airflow-connections");
    (json
        && vault
        && sample.has_keys(&["value"])
        && (sample.has_keys(&["attributes"]) || sample.has_keys(&["name"])))
    .then_some(Likeness::Sure)
}

fn read_google<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    let among = backend::names_connections(text.as_str());
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let data = tree::get(node, "payload")
                .and_then(|payload| tree::get(payload, "data"))
                .and_then(|data| tree.text(data));
            let (Some(data), Some(name)) =
                (data, tree::get(node, "name").and_then(|name| tree.text(name)))
            else {
                return;
            };
            // projects/P/secrets/NAME/versions/V
            let name = match name.split_once("/secrets/") {
                Some((_, rest)) => rest.split_once("/").map_or(rest, |(name, _)| name),
                None => name,
            };
            if backend::is_of_others(name.as_str()) {
                return;
            }
            match base64_text::decode(&data) {
                Ok(value) if backend::is_of_another(name.as_str(), value.as_str(), among) => {}
                Ok(value) => {
                    document.entries.push(backend::entry(Some(backend::id_in(&name, '-')), value))
                }
                Err(_) => {
                    document.problems.push(
                        Raised::new(
                            Refusal::Payload,
                            Fault::Encoding,
                            "the payload is not base64 of UTF-8 text",
                        )
                        .at(data.span()),
                    );
                }
            }
        });
    }
    document.problems.extend(tree.problem);
    document
}

fn read_azure<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    let among = backend::names_connections(text.as_str());
    for top in &tree.documents {
        tree::walk(top, &mut |node| {
            let Some(value) = tree::get(node, "value").and_then(|value| tree.text(value)) else {
                return;
            };
            let name = ["name", "id"].iter().find_map(|key| tree.text(tree::get(node, key)?));
            // https://VAULT.vault.azure.net/secrets/NAME/VERSION
            let name = name.map(|name| match name.split_once("/secrets/") {
                Some((_, rest)) => rest.split_once("/").map_or(rest, |(name, _)| name),
                None => name,
            });
            let is_another =
                |name: &Text<'_>| backend::is_of_another(name.as_str(), value.as_str(), among);
            if name.as_ref().is_some_and(is_another) {
                return;
            }
            document
                .entries
                .push(backend::entry(name.map(|name| backend::id_in(&name, '-')), value));
        });
    }
    document.problems.extend(tree.problem);
    document
}

fn name_google(item: &Item, index: usize) -> Result<String, WriteError> {
    let name = backend::name(PREFIX, item, index)?;
    let fits = name.len() <= 255
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    fits.then_some(name).ok_or_else(|| WriteError::at(index, GOOGLE_NAME))
}

/// Key Vault has no `_`: the backend looks for `-` in its place, so that two ids may be one secret.
fn names_azure(items: &[Item]) -> Result<Vec<String>, WriteError> {
    let mut seen = std::collections::HashMap::new();
    let mut names = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let name = format!("{PREFIX}{}", id_of(item, i)?.replace('_', "-"));
        if name.len() > 127 || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(WriteError::at(i, AZURE_NAME));
        }
        if let Some(first) = seen.insert(name.to_lowercase(), i) {
            let message = format!(
                "its id is that of connection {} of the input once `_` is `-`: one secret would \
                 overwrite the other",
                first + 1
            );
            return Err(WriteError::at(i, message));
        }
        names.push(name);
    }
    Ok(names)
}

fn list(secrets: &[String]) -> String {
    format!("[\n  {}\n]\n", secrets.join(",\n  "))
}

fn write_google(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let data = json_object(&[(
            "data",
            Some(json_string(&base64_text::encode(&backend::value(
                item,
                i,
                options,
                MAX_GOOGLE,
                GOOGLE_SIZE,
            )?))),
        )]);
        all.push(json_object(&[
            ("name", Some(json_string(&name_google(item, i)?))),
            ("payload", Some(data)),
        ]));
    }
    Ok(list(&all))
}

fn write_azure(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (i, (item, name)) in items.iter().zip(names_azure(items)?).enumerate() {
        let value = backend::value(item, i, options, MAX_AZURE, AZURE_SIZE)?;
        all.push(json_object(&[
            ("name", Some(json_string(&name))),
            ("value", Some(json_string(&value))),
        ]));
    }
    Ok(list(&all))
}

/// A value that an argument of a command can hold.
fn argument<V: AsRef<str>>(item: &Item, index: usize, value: V) -> Result<V, WriteError> {
    let has_nul = |text: &str| text.contains('\0');
    if has_nul(value.as_ref()) {
        return Err(held(item, index, ARGUMENT_NUL, has_nul));
    }
    Ok(value)
}

fn commands_google(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let (name, value) =
            (name_google(item, i)?, backend::value(item, i, options, MAX_GOOGLE, GOOGLE_SIZE)?);
        let value = argument(item, i, value)?;
        out.push_str(&format!(
            "printf '%s' {} | gcloud secrets create {name} --data-file=-\n",
            quoted(&value)
        ));
    }
    Ok(out)
}

fn commands_azure(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, (item, name)) in items.iter().zip(names_azure(items)?).enumerate() {
        let value = argument(item, i, backend::value(item, i, options, MAX_AZURE, AZURE_SIZE)?)?;
        out.push_str(&format!(
            "az keyvault secret set --vault-name \"$VAULT\" --name {name} {}\n",
            option("--value", &value)
        ));
    }
    Ok(out)
}
