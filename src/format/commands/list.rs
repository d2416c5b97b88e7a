//! Commands that stand as lists of words in a tree: `args: [airflow, connections, add, …]`.

use std::sync::Arc;

use super::call::{Ahead, Call, Reading};
use super::{adds, airflow, airflowctl, keeper, marked};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::Environment;
use crate::format::helpers::shell_word::Filled;
use crate::format::helpers::tree::Tree;
use crate::format::shell::{Command, Fill, Word};
use crate::model::Node;

/// Reads a list, if it is a command.
pub(crate) fn list<'a>(
    tree: &Tree<'a>,
    items: &[Node<'static>],
    ahead: Ahead,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let texts: Vec<_> = items.iter().filter_map(|item| item.value.as_str()).collect();
    if texts.len() < 3
        || texts.len() < items.len()
        || !adds(&format!("airflow {} ", texts.join(" ")))
    {
        return;
    }
    // What is a script itself is read as such.
    if texts.iter().any(|text| adds(text)) {
        return;
    }
    let word = |item: &Node<'static>| {
        let value = tree.text(item)?;
        let place = item.span.range();
        let fills = holes(value.as_str(), ahead).into_iter();
        let fills = fills.map(|inside| Fill {
            what: Filled::Braces,
            place: place.clone(),
            inside,
            many: false,
        });
        let fills = fills.collect();
        Some(Word { value, range: place.clone(), style: item.style, fills, quoted: true })
    };
    let Some(words) = items.iter().map(word).collect::<Option<Vec<_>>>() else { return };
    let command = Command { words, ..Command::default() };
    let call = Call { command: &command, input: None };
    environment.scope += 1;
    let base = Arc::clone(&tree.base);
    let mut reading = Reading::new(&base, 0, runtime, environment);
    for read in [airflow::read, airflowctl::read, keeper::read] {
        read(&call, &mut reading);
    }
}

/// What is filled in before the words are handed on.
fn holes(text: &str, ahead: Ahead) -> Vec<std::ops::Range<usize>> {
    let mut found = marked(text);
    let opens: &[(&str, char)] = match ahead {
        Ahead::Nothing => &[],
        Ahead::Dollars => &[("${", '}'), ("$(", ')')],
        Ahead::Container => &[("$(", ')')],
    };
    for (open, close) in opens {
        for (at, _) in text.match_indices(open) {
            // What closes none of them closes no later one.
            let Some(end) = text[at..].find(*close) else { break };
            if !text[..at].ends_with('$') {
                found.push(at..at + end + 1);
            }
        }
    }
    found.sort_by_key(|hole| hole.start);
    found
}
