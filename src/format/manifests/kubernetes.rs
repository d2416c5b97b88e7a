//! Kubernetes manifests: Secrets (`data` in base64, `stringData`), ConfigMaps, the `env` of
//! containers, and the templates of SealedSecrets and ExternalSecrets; several documents and Lists
//! of them.

use super::compose::DOLLARS;
use crate::airflow::files::FileType;
use crate::airflow::runtime::Runtime;
use crate::format::anywhere::variables;
use crate::format::commands::Ahead;
use crate::format::container::{self, Container};
use crate::format::helpers::base64_text;
use crate::format::helpers::beside::Copied;
use crate::format::helpers::environment::{
    Environment, REFERENCE, braces, variables as to_variables,
};
use crate::format::helpers::secret_value::{decoded, looks_encoded};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text::scalar;
use crate::format::limits::VARIABLES;
use crate::format::names::YAML_OR_JSON;
use crate::format::{
    Document, Format, Grows, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
};
use crate::model::{Dict, Node, Value};
use crate::source::{Builder, Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "kubernetes",
    summary: "Kubernetes manifests: Secret (written with stringData), ConfigMap, env of \
              containers, templates of secrets",
    reader: "the kubelet, then EnvironmentVariablesBackend",
    names: YAML_OR_JSON,
    sniff,
    read,
    write: write_strings,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Beside,
    containers,
    ..Format::DEFAULT
};

pub(super) static DATA: Format = Format {
    name: "kubernetes-data",
    summary: "the same, a Secret written with data in base64",
    names: &[],
    sniff: |_| None,
    write: write_data,
    ..FORMAT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    (sample.may_be_yaml() && sample.has_keys(&["apiVersion", "kind"])).then_some(Likeness::Sure)
}

fn containers(text: &Text<'_>) -> Vec<Container> {
    let tree = Tree::new(text);
    let mut containers = Vec::new();
    for document in &tree.documents {
        container::below(&tree, document, &["env", "command", "args"], &mut containers);
    }
    containers
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for document in &tree.documents {
        let Value::Dict(_) = &document.value else { continue };
        match tree::get_str(document, "kind") {
            Some(kind) if kind.ends_with("List") => {
                tree::items(tree::get(document, "items"))
                    .iter()
                    .for_each(|item| object(&tree, item, runtime, &mut environment));
            }
            _ => object(&tree, document, runtime, &mut environment),
        }
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

/// One Kubernetes object.
pub(super) fn object<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    environment.scope += 1;
    let kind = tree::get_str(node, "kind").unwrap_or_default();
    let encoded = kind == "Secret";
    if encoded && of_backend(tree, node, environment) {
        return;
    }
    pairs(tree, tree::get(node, "stringData"), false, runtime, environment);
    pairs(tree, tree::get(node, "data"), encoded, runtime, environment);
    pairs(tree, tree::get(node, "binaryData"), true, runtime, environment);
    // Templates of secrets: what is made of them is a Secret, their text is not encoded.
    let spec = tree::get(node, "spec");
    let target = spec.and_then(|spec| tree::get(spec, "target"));
    for template in
        [spec, target].into_iter().flatten().filter_map(|holder| tree::get(holder, "template"))
    {
        for name in ["data", "stringData"] {
            pairs(tree, tree::get(template, name), false, runtime, environment);
        }
    }
    for (name, member) in tree::dict(spec.and_then(|spec| tree::get(spec, "encryptedData")))
        .into_iter()
        .flat_map(Dict::named)
    {
        environment.elsewhere(&tree.key(name, member), "the encrypted data");
    }
    for secret in tree::items(spec.and_then(|spec| tree::get(spec, "data"))) {
        if let Some(key) = tree::get(secret, "secretKey").and_then(|key| tree.text(key)) {
            environment.elsewhere(&key, "the store that is named here");
        }
    }
    tree::walk(node, &mut |mapping| {
        let list = tree::get(mapping, "env");
        if list.is_some() {
            environment.scope += 1;
        }
        environment.hold(tree, list, dollars_doubled);
        tree::items(list).iter().for_each(|variable| of_container(tree, variable, environment));
    });
    // What an operator makes of its own objects is not known: variables stand there as anywhere.
    if let Some(spec) = spec.filter(|_| !OF_SECRETS.contains(&kind)) {
        variables::with_commands(tree, spec, Ahead::Container, runtime, environment);
    }
}

/// Kinds whose values are data of secrets, read above.
const OF_SECRETS: &[&str] = &["Secret", "ConfigMap", "SealedSecret", "ExternalSecret"];

/// The label by which KubernetesSecretsBackend (cncf.kubernetes 10.25) finds a connection, and the
/// key of the Secret that holds it.
const LABEL: &str = "airflow.apache.org/connection-id";
const KEY: &str = "value";

/// A Secret of KubernetesSecretsBackend: the id is a label.
fn of_backend<'a>(
    tree: &Tree<'a>,
    node: &Node<'static>,
    environment: &mut Environment<'a>,
) -> bool {
    let labels = tree::get(node, "metadata").and_then(|metadata| tree::get(metadata, "labels"));
    let holders = [("stringData", false), ("data", true)]
        .map(|(holder, encoded)| (tree::get(node, holder), encoded));
    of_label(tree, labels, &holders, environment)
}

/// The same, where labels and values stand. True if it is one.
pub(super) fn of_label<'a>(
    tree: &Tree<'a>,
    labels: Option<&Node<'static>>,
    holders: &[(Option<&Node<'static>>, bool)],
    environment: &mut Environment<'a>,
) -> bool {
    let Some(id) = labels.and_then(|labels| tree.text(tree::get(labels, LABEL)?)) else {
        return false;
    };
    environment.named_by_id = true;
    for (holder, encoded) in holders {
        let Some(value) = holder.and_then(|holder| tree::get(holder, KEY)) else { continue };
        if let Some(written) = tree.text(value) {
            secret_value(tree, &id, (value, written), *encoded, environment);
        }
    }
    environment.named_by_id = false;
    true
}

/// A value of a Secret.
fn secret_value<'a>(
    tree: &Tree<'a>,
    key: &Text<'_>,
    (node, written): (&Node<'static>, Text<'a>),
    encoded: bool,
    environment: &mut Environment<'a>,
) {
    let filled = match (tree.hole(node), braces(written.as_str())) {
        (Some(hole), _) => Some((REFERENCE, tree.base.span_of(hole.range()))),
        (None, Some(range)) => Some(("a template `{{ … }}`", written.span_of(range))),
        (None, None) => None,
    };
    if let Some((what, span)) = filled {
        if environment.add(key, written, Some(node.span)) {
            environment.template(what, span);
        }
    } else if encoded {
        decoded(key, &written, node.span, environment);
    } else {
        looks_encoded(key, written, node.span, environment);
    }
}

/// Names and values of a Secret or ConfigMap: variables, or whole files of connections.
pub(super) fn pairs<'a>(
    tree: &Tree<'a>,
    node: Option<&Node<'static>>,
    encoded: bool,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let Some(pairs) = tree::dict(node) else { return };
    environment.hold(tree, node, if encoded { base64_text::encode } else { tree.encode });
    for (name, member) in pairs.named() {
        let Some(written) = tree.text(&member.node) else { continue };
        let key = tree.key(name, member);
        environment.stands(Copied::member(member));
        if let Some(file_type) = file_type(name) {
            let decoded = if encoded {
                base64_text::decode(&written).ok()
            } else {
                Some(written.into_static())
            };
            if let Some(file) = decoded.filter(|text| braces(text.as_str()).is_none()) {
                inner_file(&file, file_type, runtime, environment);
            }
        } else {
            secret_value(tree, &key, (&member.node, written), encoded, environment);
        }
    }
}

/// A file of connections that a pod mounts.
fn file_type(name: &str) -> Option<FileType> {
    let (stem, extension) = name.rsplit_once('.')?;
    stem.contains("conn").then_some(())?;
    match extension {
        "json" => Some(FileType::Json),
        "yaml" | "yml" => Some(FileType::Yaml),
        "env" => Some(FileType::Env),
        _ => None,
    }
}

fn inner_file<'a>(
    text: &Text<'static>,
    file_type: FileType,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let extension = match file_type {
        FileType::Env => ".env",
        FileType::Json => ".json",
        FileType::Yaml => ".yaml",
    };
    let mut document =
        crate::format::helpers::import_file::read_file(text, file_type, extension, runtime);
    document.entries.iter_mut().for_each(|entry| entry.scope = environment.scope);
    environment.document.entries.append(&mut document.entries);
    environment.document.problems.append(&mut document.problems);
    environment.document.overwritten.append(&mut document.overwritten);
}

/// A variable of a container: `name` and `value`; references to secrets hold no value.
pub(super) fn of_container<'a>(
    tree: &Tree<'a>,
    variable: &Node<'static>,
    environment: &mut Environment<'a>,
) {
    let Some(name) = tree::get(variable, "name").and_then(|node| tree.text(node)) else { return };
    if tree::get(variable, "valueFrom").is_some() {
        environment.elsewhere(&name, "a Secret or ConfigMap that is named here");
    }
    let Some(node) = tree::get(variable, "value") else { return };
    let Some(value) = tree.text(node) else { return };
    let template =
        braces(value.as_str()).map(|range| ("a template `{{ … }}`", value.span_of(range)));
    let (expanded, reference) = expand(&value);
    environment
        .stands(tree::get(variable, "name").and_then(|name| Copied::pair(variable, name, node)));
    if environment.add(&name, expanded, Some(node.span))
        && let Some((what, span)) =
            template.or(reference.map(|span| ("`$(…)`, which Kubernetes fills in,", span)))
    {
        environment.template(what, span);
    }
}

/// As it stands in the value of a container's variable.
pub(super) fn dollars_doubled(value: &str) -> String {
    value.replace('$', "$$")
}

/// `$$` becomes `$`, as the kubelet has it, and the place of the first `$(NAME)` is found.
fn expand<'a>(value: &Text<'a>) -> (Text<'a>, Option<Option<Span>>) {
    let text = value.as_str();
    if !text.contains("$$") && !text.contains("$(") {
        return (value.clone(), None);
    }
    let mut built = Builder::new(value);
    let (mut at, mut reference) = (0, None);
    while let Some(next) = text[at..].find('$').map(|n| at + n) {
        built.copy(at..next);
        let rest = &text[next + 1..];
        if rest.starts_with('$') {
            built.decode("$", next..next + 2);
            at = next + 2;
            continue;
        }
        if let Some(end) = rest.strip_prefix('(').and_then(|inside| inside.find(')')) {
            reference = reference.or(Some(value.span_of(next..next + end + 3)));
        }
        built.copy(next..next + 1);
        at = next + 1;
    }
    built.copy(at..text.len());
    (built.finish(&DOLLARS), reference)
}

fn secret(
    items: &[Item],
    options: &WriteOptions<'_>,
    field: &str,
    value: fn(&str) -> String,
) -> Result<String, WriteError> {
    let variables = to_variables(items, options)?;
    let mut out = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: airflow-connections\ntype: \
         Opaque\n{field}:"
    );
    out.push_str(if variables.is_empty() { " {}\n" } else { "\n" });
    for (name, text) in variables {
        out.push_str(&format!("  {name}: {}\n", value(&text)));
    }
    Ok(out)
}

fn write_strings(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    secret(items, options, "stringData", scalar)
}

fn write_data(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    secret(items, options, "data", base64_text::encode)
}
