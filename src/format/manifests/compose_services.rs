//! Services of a Compose file: which image each runs, and what it is given.

use crate::format::container::Container;
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
