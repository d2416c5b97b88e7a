//! Templates of AWS CloudFormation and SAM: secrets and parameters that a backend reads, and the
//! variables of whatever else is set up.

mod functions;

use crate::airflow::Fault;
use crate::airflow::runtime::Runtime;
use crate::format::anywhere::variables;
use crate::format::commands::Ahead;
use crate::format::helpers::backend::{self, Names};
use crate::format::helpers::environment::{Environment, PREFIX, REFERENCE};
use crate::format::helpers::tree::{self, Tree};
use crate::format::names::{JSON, YAML};
use crate::format::secrets::aws_secrets;
use crate::format::{
    Direction, Document, Evidence, FileName, Format, Grade, Grows, Holds, Item, Likeness, Remark,
    Sample, WriteError, WriteOptions,
};
use crate::model::Node;
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "cloudformation",
    summary: "templates of AWS CloudFormation and SAM: secrets and parameters of backends, \
              AIRFLOW_CONN_<ID> anywhere",
    reader: "CloudFormation, then a secrets backend or EnvironmentVariablesBackend",
    names: &[YAML[0], YAML[1], JSON[0], FileName::sure("*.cfn"), FileName::searched("*.template")],
    direction: Direction::In,
    evidence: Evidence::Found,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    grows: Grows::Beside,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let readable = sample.may_be_yaml() || matches!(sample.extension, "template" | "cfn");
    let written = || {
        sample.has_keys(&["AWSTemplateFormatVersion"])
            || sample.has_keys(&["Resources"]) && sample.text.contains("AWS::")
    };
    (readable && written()).then_some(Likeness::Certain)
}

/// The type of a resource, the property that holds the value, and whether SecretsManagerBackend
/// reads it with its own words.
const STORES: &[(&str, &str, bool)] = &[
    ("AWS::SecretsManager::Secret", "SecretString", true),
    ("AWS::SSM::Parameter", "Value", false),
];

/// Of which a template with connections has one at least.
const WORDS: &[&str] = &[PREFIX, "onnections"];

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    if !WORDS.iter().any(|word| text.as_str().contains(word)) {
        return environment.document;
    }
    let tree = functions::tree(text);
    let names = Names::of(text.as_str());
    for top in &tree.documents {
        for (_, member) in
            tree::dict(tree::get(top, "Resources")).into_iter().flat_map(|r| r.named())
        {
            secret(&tree, &member.node, &names, runtime, &mut environment);
        }
        variables::with_commands(&tree, top, Ahead::Nothing, runtime, &mut environment);
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

fn secret<'a>(
    tree: &Tree<'a>,
    resource: &Node<'static>,
    names: &Names,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let kind = tree::get_str(resource, "Type").unwrap_or_default();
    let Some((_, property, words)) = STORES.iter().find(|(store, ..)| *store == kind) else {
        return;
    };
    let Some(properties) = tree::get(resource, "Properties") else { return };
    let Some(name) = tree::get(properties, "Name").and_then(|name| tree.text(name)) else { return };
    let Some(id) = names.id(&name) else { return };
    let id = (!id.as_str().contains("${")).then(|| (id.as_str().to_string(), id.span()));
    environment.scope += 1;
    let value = tree::get(properties, property);
    let Some((node, text)) = value.and_then(|node| Some((node, tree.text(node)?))) else {
        let place = tree::get(properties, "GenerateSecretString").or(value);
        if place.is_some() {
            environment.document.remarks.push(generated(id.map(|(id, _)| id), &name));
        }
        return;
    };
    let before = environment.document.entries.len();
    match words {
        true => aws_secrets::read_secret(id, text, runtime, &mut environment.document),
        false => environment.document.entries.push(backend::entry(id, text)),
    }
    if environment.document.entries.len() > before
        && let Some(hole) = tree.hole(node)
    {
        environment.template(REFERENCE, tree.base.span_of(hole.range()));
    }
}

/// A secret that is made, or that stands elsewhere.
fn generated(conn_id: Option<String>, name: &Text<'_>) -> Remark {
    Remark {
        fault: Fault::Template,
        grade: Grade::Info,
        conn_id,
        span: name.span(),
        message: "the value of this connection is made or filled in when the stack is set up: it \
                  was not looked at"
            .to_string(),
        help: "check what is put in there as well",
        repair: None,
    }
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    Err(WriteError::read_only(
        "cloudformation",
        "no place for secrets; put the value into Secrets Manager (--to aws-secrets-commands)",
    ))
}
