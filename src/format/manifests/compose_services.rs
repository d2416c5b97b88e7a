//! Services of a Compose file: which image each runs, and what it is given.

use crate::airflow::runtime::Runtime;
use crate::format::commands::{self, Ahead};
use crate::format::container::Container;
use crate::format::helpers::environment::Environment;
use crate::format::helpers::script;
use crate::format::helpers::tree::{self, Tree};
use crate::model::{Node, Value};
use crate::source::Text;

/// What a service is given that may hold connections.
const HOLDERS: &[&str] = &["environment", "command", "entrypoint", "healthcheck", "post_start"];

/// The file with the steps of a build, where none is named.
const STEPS: &str = "Dockerfile";

/// The services, with what they merge.
pub(super) fn containers(text: &Text<'_>) -> Vec<Container> {
    let tree = Tree::new(text);
    let services = tree.documents.iter().filter_map(|top| tree::dict(tree::get(top, "services")));
    let services = services.flat_map(|services| services.members.values());
    let one = |service: &Node<'static>| {
        let mut container = Container::of(&tree, tree::get(service, "image"));
        container.build = tree::get(service, "build").and_then(build);
        HOLDERS.iter().for_each(|name| container.holds(&tree, tree::get(service, name)));
        container
    };
    services.map(|service| one(&service.node)).collect()
}

/// The folder and file of a build. What is handed to it may replace what the file says.
fn build(node: &Node<'static>) -> Option<(String, String)> {
    match &node.value {
        Value::Str(context) => Some((context.as_str()?.to_string(), STEPS.to_string())),
        Value::Dict(_) if tree::get(node, "args").is_none() => {
            let text = |name, absent: &str| match tree::get(node, name) {
                Some(given) => given.value.as_str().map(str::to_string),
                None => Some(absent.to_string()),
            };
            Some((text("context", ".")?, text("dockerfile", STEPS)?))
        }
        _ => None,
    }
}

/// What a service runs: the words of its entrypoint and of its command are one list.
pub(super) fn commands<'a>(
    tree: &Tree<'a>,
    service: &Node<'static>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let (entrypoint, command) = (tree::get(service, "entrypoint"), tree::get(service, "command"));
    let ahead = entrypoint.and_then(words).unwrap_or_default();
    let given = tree::items(command);
    if ahead.is_empty() || given.is_empty() {
        [entrypoint, command].into_iter().flatten().for_each(|node| {
            script::within(tree, node, Ahead::Dollars, runtime, environment);
        });
    } else {
        let all: Vec<_> = ahead.into_iter().chain(given.iter().cloned()).collect();
        commands::list(tree, &all, Ahead::Dollars, runtime, environment);
        let texts = tree::items(entrypoint).iter().chain(given);
        texts.for_each(|text| script::within(tree, text, Ahead::Dollars, runtime, environment));
    }
    if entrypoint.is_none_or(runs_airflow)
        && let Some(text) = command.and_then(|command| tree.text(command))
        && text.as_str().trim_start().starts_with("connections ")
        && commands::adds(&format!("airflow {}", text.as_str()))
    {
        environment.scope += 1;
        commands::read(&text, Ahead::Dollars, runtime, environment);
    }
    for name in ["healthcheck", "post_start"] {
        if let Some(node) = tree::get(service, name) {
            script::within(tree, node, Ahead::Dollars, runtime, environment);
        }
    }
}

/// The words of an entrypoint; none where quotes or dollars would have to be taken apart.
fn words(entrypoint: &Node<'static>) -> Option<Vec<Node<'static>>> {
    let Value::Str(text) = &entrypoint.value else {
        return Some(tree::items(Some(entrypoint)).to_vec());
    };
    let text = text.as_str()?;
    let word = |word: &str| Node { value: Value::text(word), ..entrypoint.clone() };
    (!text.contains(['"', '\'', '\\', '$'])).then(|| text.split_whitespace().map(word).collect())
}

/// Whether an entrypoint hands its command to Airflow: the program itself, and scripts of images,
/// which do so with what they do not know.
fn runs_airflow(entrypoint: &Node<'static>) -> bool {
    let last = words(entrypoint).and_then(|words| words.last().cloned());
    let last = last.as_ref().and_then(|last| last.value.as_str()).unwrap_or_default();
    last.ends_with("airflow") || last.contains("entrypoint")
}
