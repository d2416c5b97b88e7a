//! Which services of a Compose file get a connection: one that is given to the webserver alone does
//! not reach the tasks of Airflow 2.

use crate::airflow::Fault;
use crate::format::helpers::environment::PREFIX;
use crate::format::helpers::tree::{self, Tree};
use crate::format::{Document, Grade, Remark};
use crate::model::{Dict, Node, Value};
use crate::source::Span;

/// Commands of Airflow that run tasks or what belongs to them.
const RUNNERS: &[&str] = &["scheduler", "worker", "triggerer"];

/// What a service does, as far as that matters here.
enum Role {
    Webserver,
    Runner,
}

/// Remarks about connections that only the webserver gets, where other services run the tasks.
/// Since Airflow 3 the API server answers tasks that ask for a connection.
pub(super) fn remark<'a>(tree: &Tree<'a>, services: &Dict<'static>, document: &mut Document<'a>) {
    let mut of_webserver: Vec<(&str, Option<Span>)> = Vec::new();
    let mut runs = false;
    for (name, service) in services.named() {
        let given = given(tree, &service.node);
        match role(name, &service.node) {
            Some(Role::Webserver) => of_webserver.extend(given),
            // Its connections may stand elsewhere.
            Some(Role::Runner) if tree::get(&service.node, "env_file").is_some() => return,
            Some(Role::Runner) => {
                runs = true;
                of_webserver.retain(|(name, _)| !given.iter().any(|(known, _)| known == name));
                if !given.is_empty() {
                    return;
                }
            }
            None => {}
        }
    }
    for (_, span) in of_webserver.into_iter().filter(|_| runs) {
        document.remarks.push(Remark {
            fault: Fault::WebserverOnly,
            grade: Grade::Info,
            conn_id: None,
            span,
            message:
                "only the webserver gets this connection: the services that run tasks have no \
                 connections"
                    .to_string(),
            help: "put it into the environment of scheduler, worker and triggerer, too",
            repair: None,
        });
    }
}

/// What a service does, by the command that it runs, or else by its name.
fn role(name: &str, service: &Node<'static>) -> Option<Role> {
    let command = tree::get(service, "command");
    let words: Vec<&str> = match command.map(|command| &command.value) {
        Some(Value::Str(text)) => text.as_str()?.split_whitespace().collect(),
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| item.value.as_str())
            .flat_map(str::split_whitespace)
            .collect(),
        _ => name.split(['-', '_']).collect(),
    };
    // Words of a script are no commands.
    if words.len() > 4 {
        return None;
    }
    if words.iter().any(|word| RUNNERS.contains(word)) {
        return Some(Role::Runner);
    }
    words.contains(&"webserver").then_some(Role::Webserver)
}

/// The variables with connections that stand in the environment of a service, and where.
fn given<'n>(tree: &Tree<'_>, service: &'n Node<'static>) -> Vec<(&'n str, Option<Span>)> {
    let environment = tree::get(service, "environment");
    match environment.map(|environment| &environment.value) {
        Some(Value::Dict(variables)) => variables
            .named()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, member)| (name, tree.key(name, member).span()))
            .collect(),
        Some(Value::List(items)) => {
            let one = |item: &'n Node<'static>| {
                let name = item.value.as_str()?.split('=').next()?;
                let span = tree.text(item).and_then(|text| text.span_of(0..name.len()));
                name.starts_with(PREFIX).then_some((name, span))
            };
            items.iter().filter_map(one).collect()
        }
        _ => Vec::new(),
    }
}
