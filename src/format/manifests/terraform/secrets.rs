//! Secrets that a backend of Airflow finds by their names: the resources of the clouds' stores, of
//! Vault and of Kubernetes.

use super::resources::{Resource, Resources};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::backend::{self, Names};
use crate::format::helpers::base64_text;
use crate::format::helpers::environment::{Environment, REFERENCE};
use crate::format::helpers::tree::{self, Tree};
use crate::format::manifests::kubernetes;
use crate::format::secrets::{aws_secrets, vault};
use crate::model::{Node, Style, Value};
use crate::source::Span;

/// A resource, or a module, whose value a backend reads.
struct Store {
    /// The kind of the resource, or what the source of a module holds.
    kind: &'static str,
    /// Arguments that hold the name, or refer to the resource that has it.
    names: &'static [&'static str],
    /// Arguments that hold the value.
    values: &'static [&'static str],
    backend: Backend,
}

/// What is made of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backend {
    /// SecretsManagerBackend has words of its own.
    Words,
    /// It is handed on as it is.
    AsIs,
    /// VaultBackend takes an object, or `conn_uri` in it.
    Vault,
}

const STORES: &[Store] = &[
    Store {
        kind: "aws_secretsmanager_secret_version",
        names: &["secret_id"],
        values: &["secret_string", "secret_string_wo"],
        backend: Backend::Words,
    },
    Store {
        kind: "aws_ssm_parameter",
        names: &["name"],
        values: &["value", "value_wo", "insecure_value"],
        backend: Backend::AsIs,
    },
    Store {
        kind: "google_secret_manager_secret_version",
        names: &["secret"],
        values: &["secret_data", "secret_data_wo"],
        backend: Backend::AsIs,
    },
    Store {
        kind: "google_secret_manager_regional_secret_version",
        names: &["secret"],
        values: &["secret_data", "secret_data_wo"],
        backend: Backend::AsIs,
    },
    Store {
        kind: "azurerm_key_vault_secret",
        names: &["name"],
        values: &["value", "value_wo"],
        backend: Backend::AsIs,
    },
    Store {
        kind: "vault_kv_secret_v2",
        names: &["name"],
        values: &["data_json", "data_json_wo"],
        backend: Backend::Vault,
    },
    Store {
        kind: "vault_kv_secret",
        names: &["path"],
        values: &["data_json"],
        backend: Backend::Vault,
    },
    Store {
        kind: "vault_generic_secret",
        names: &["path"],
        values: &["data_json"],
        backend: Backend::Vault,
    },
];

/// Modules by a part of their source.
const MODULES: &[Store] = &[
    Store {
        kind: "terraform-aws-modules/secrets-manager/",
        names: &["name", "name_prefix"],
        values: &["secret_string", "secret_string_wo"],
        backend: Backend::Words,
    },
    Store {
        kind: "terraform-aws-modules/ssm-parameter/",
        names: &["name"],
        values: &["value", "value_wo"],
        backend: Backend::AsIs,
    },
];

/// Arguments of the resource that is referred to that hold its name.
const OF_NEIGHBOUR: &[&str] = &["name", "name_prefix", "secret_id"];

/// Arguments of Secrets and ConfigMaps that hold values, and whether these are in base64.
const OF_KUBERNETES: &[(&str, bool)] =
    &[("data", false), ("data_wo", false), ("binary_data", true), ("binary_data_wo", true)];

pub(super) fn all<'a>(
    resources: &Resources<'_, 'a>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let names = Names::of(resources.tree.base.as_str());
    for resource in &resources.all {
        if let Some(store) = STORES.iter().find(|store| store.kind == resource.kind) {
            secret(resources, resource, store, &names, runtime, environment);
        } else if is_kubernetes(resource.kind) {
            of_kubernetes(resources.tree, resource, runtime, environment);
        } else if resource.kind == "kubernetes_manifest"
            && let Some(manifest) = tree::get(resource.body, "manifest")
        {
            kubernetes::object(resources.tree, manifest, runtime, environment);
        }
    }
    for module in &resources.modules {
        let source = tree::get_str(module.body, "source").unwrap_or_default();
        if let Some(store) = MODULES.iter().find(|store| source.contains(store.kind)) {
            secret(resources, module, store, &names, runtime, environment);
        }
    }
}

fn is_kubernetes(kind: &str) -> bool {
    let plain = kind.strip_suffix("_v1").unwrap_or(kind);
    matches!(plain, "kubernetes_secret" | "kubernetes_config_map")
}

fn secret<'a>(
    resources: &Resources<'_, 'a>,
    resource: &Resource<'_>,
    store: &Store,
    names: &Names,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let body = resource.body;
    let given = |name: &&&'static str| tree::get(body, name).is_some_and(|n| !n.value.is_null());
    let Some(value) = store.values.iter().find(given).and_then(|name| tree::get(body, name)) else {
        return;
    };
    let name = store.names.iter().find_map(|name| {
        let node = tree::get(body, name)?;
        let text = resources.tree.text(node)?;
        let neighbour = OF_NEIGHBOUR
            .iter()
            .find_map(|argument| resources.followed(resource, text.as_str(), argument));
        match neighbour {
            Some(node) => resources.tree.text(node),
            // What refers to another file is not a name.
            None => (!is_reference(text.as_str())).then_some(text),
        }
    });
    let id = match &name {
        Some(name) => match names.id(name) {
            // What is filled in is not known.
            Some(id) if id.as_str().contains("${") => None,
            Some(id) => Some((id.as_str().to_string(), id.span())),
            None => return,
        },
        None if says_type(value) => None,
        None => return,
    };
    let before = environment.document.entries.len();
    let decoded = tree::get(body, "is_secret_data_base64")
        .is_some_and(|is| matches!(is.value, Value::Bool(true)));
    read(resources.tree, (value, decoded), id, store.backend, runtime, environment);
    if environment.document.entries.len() > before
        && let Some(hole) = resources.hole(value)
    {
        environment.template(REFERENCE, hole);
    }
}

type Id = Option<(String, Option<Span>)>;

fn read<'a>(
    tree: &Tree<'a>,
    (value, encoded): (&Node<'static>, bool),
    id: Id,
    backend: Backend,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    environment.scope += 1;
    let document = &mut environment.document;
    if backend == Backend::Vault {
        if value.style == Style::Encoded {
            return vault::secret(tree, value, id, document);
        }
        let Some(text) = tree.text(value) else { return };
        let inner = Tree::new(&text);
        if let [top] = &inner.documents[..]
            && top.value.as_dict().is_some()
        {
            vault::secret(&inner, top, id, document);
        }
        return;
    }
    let Some(text) = tree.text(value) else { return };
    let text = match encoded.then(|| base64_text::decode(&text)) {
        Some(Ok(decoded)) => decoded,
        Some(Err(_)) => return,
        None => text,
    };
    match backend {
        Backend::Words => aws_secrets::read_secret(id, text, runtime, document),
        _ => document.entries.push(backend::entry(id, text)),
    }
}

/// The whole of it refers to something.
fn is_reference(text: &str) -> bool {
    let inside = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inside.is_some_and(|inside| !inside.contains(['{', '}']))
}

/// An object that has the type of a connection, so that it is one whatever its name.
fn says_type(value: &Node<'static>) -> bool {
    tree::get_str(value, "conn_type").is_some_and(|kind| !kind.contains("${"))
}

/// Secrets whose values are variables, or which KubernetesSecretsBackend finds by their label.
fn of_kubernetes<'a>(
    tree: &Tree<'a>,
    resource: &Resource<'_>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let metadata = tree::get(resource.body, "metadata");
    let metadata = tree::items(metadata).first().or(metadata);
    let labels = metadata.and_then(|metadata| tree::get(metadata, "labels"));
    let holders: Vec<(Option<&Node<'static>>, bool)> = OF_KUBERNETES
        .iter()
        .map(|(name, encoded)| (tree::get(resource.body, name), *encoded))
        .collect();
    environment.scope += 1;
    if kubernetes::of_label(tree, labels, &holders, environment) {
        return;
    }
    for (holder, encoded) in holders {
        kubernetes::pairs(tree, holder, encoded, runtime, environment);
    }
}
