//! Terraform: `airflow_connection` resources of the provider for Airflow's REST API, secrets that a
//! backend reads, and the variables of whatever else is set up.

mod connection;
mod releases;
mod resources;
mod secrets;

use self::resources::Resources;
use crate::airflow::runtime::Runtime;
use crate::format::anywhere::variables;
use crate::format::commands::Ahead;
use crate::format::helpers::environment::{Environment, PREFIX};
use crate::format::helpers::hcl::literal;
use crate::format::helpers::plain::Plain;
use crate::format::helpers::tree::Tree;
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::{
    Document, FileName, Format, Grows, Holds, Ids, Item, Likeness, Sample, WriteError,
    WriteOptions, id_of,
};
use crate::source::Text;

const NO_TYPE: &str = "it has no conn_type, which the provider demands";

pub(super) static FORMAT: Format = Format {
    name: "terraform",
    summary: "Terraform and other HCL: airflow_connection (which is written), secrets of backends, \
              AIRFLOW_CONN_<ID> anywhere",
    reader: "Terraform, then Airflow's REST API, a secrets backend or EnvironmentVariablesBackend",
    names: &[
        FileName::sure("*.tf"),
        FileName::sure("*.tofu"),
        FileName::sure("*.tfvars"),
        FileName::sure("*.hcl"),
        FileName::sure("*.nomad"),
        FileName::sure("*.tf.json"),
        FileName::sure("*.tfvars.json"),
    ],
    ids: Ids::Airflow,
    sniff,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: &[FIELD_TYPE, NO_ID, NO_TYPE], loses: &[] },
    grows: Grows::Named(grow),
    ..Format::DEFAULT
};

const KIND: &str = "airflow_connection";

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let in_json = [".tf.json", ".tfvars.json"].iter().any(|end| sample.path.ends_with(end));
    if in_json {
        return Some(Likeness::Certain);
    }
    let written = sample.text.contains("resource \"airflow_connection\"");
    (written && !sample.is_named_file()).then_some(Likeness::Sure)
}

/// A block that cannot be read would hold connections.
fn counts(block: &str) -> bool {
    block.contains(PREFIX)
        || block.starts_with("resource") && block.contains("\"airflow_connection\"")
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    if !may_hold(text.as_str()) {
        return environment.document;
    }
    // HCL begins with a name.
    let (tree, problems) = match text.as_str().trim_start().starts_with(['{', '[']) {
        true => (Tree::new(text), Vec::new()),
        false => Tree::hcl(text, counts),
    };
    environment.document.problems.extend(problems);
    for top in &tree.documents {
        let resources = Resources::of(&tree, top);
        connection::all(&resources, &mut environment);
        secrets::all(&resources, runtime, &mut environment);
        releases::all(&resources, &mut environment);
        variables::with_commands(&tree, top, Ahead::Nothing, runtime, &mut environment);
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

/// Words of which files with connections have one at least: most files have none of them.
fn may_hold(text: &str) -> bool {
    [PREFIX, KIND, "connection-id", "onnections", "conn_type"]
        .iter()
        .any(|word| text.contains(word))
}

/// Resources behind all others, set apart by an empty line. No two of a kind may have one name.
fn grow(text: &str, items: &[Item], options: &WriteOptions<'_>) -> Option<String> {
    let written = write(items, options).ok()?;
    let mut out = String::new();
    for line in written.lines() {
        if line.starts_with("resource ") {
            let name = line.split('"').nth(3)?;
            let (kind, name) = (format!("\"{KIND}\""), format!("\"{name}\""));
            if text
                .match_indices(&kind)
                .any(|(at, _)| text[at + kind.len()..].trim_start().starts_with(&name))
            {
                return None;
            }
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    Some(out)
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    let mut names = std::collections::HashSet::new();
    for (i, item) in items.iter().enumerate() {
        let plain = Plain::of(item, i)?;
        let id = id_of(item, i)?;
        let Some(conn_type) = plain.conn_type else {
            return Err(WriteError::at(i, NO_TYPE));
        };
        let mut name: String = id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert(0, '_');
        }
        while !names.insert(name.clone()) {
            name.push('_');
        }
        let members = [
            ("connection_id", Some(literal(id))),
            ("conn_type", Some(literal(conn_type))),
            ("description", plain.description.map(literal)),
            ("host", plain.host.map(literal)),
            ("login", plain.login.map(literal)),
            ("password", plain.password.map(literal)),
            ("schema", plain.schema.map(literal)),
            ("port", plain.port.map(|port| port.to_string())),
            ("extra", plain.extra.as_deref().filter(|extra| !extra.is_empty()).map(literal)),
        ];
        out.push_str(&format!("resource \"{KIND}\" \"{name}\" {{\n"));
        for (name, value) in members {
            if let Some(value) = value {
                out.push_str(&format!("  {name:<13} = {value}\n"));
            }
        }
        out.push_str("}\n");
    }
    Ok(out)
}
