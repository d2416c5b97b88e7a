//! What commands of a script do with connections: a file for each kind of command, and the table of
//! them.

mod absorbed;
mod airflow;
mod airflowctl;
mod arguments;
mod call;
mod keeper;
mod list;
mod producer;
mod quoted;
pub(crate) mod recipes;
mod vagrant;
mod variables;
mod written;

use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::{Environment, braces};
use crate::format::helpers::lines::goes_on;
use crate::format::shell::Script;
use crate::source::Text;
pub(crate) use call::Ahead;
#[cfg(test)]
pub(crate) use call::is_shell;
use call::{Call, Reading};
pub(crate) use list::list;

/// A kind of command.
struct Kind {
    /// Reads a command, if it is one of the kind.
    read: for<'a> fn(&Call<'_, 'a>, &mut Reading<'_, 'a>),
    /// Programs that only show something may be of it.
    shows: bool,
}

/// Every kind of command.
static KINDS: &[Kind] = &[
    Kind { read: airflow::read, shows: false },
    Kind { read: airflowctl::read, shows: false },
    Kind { read: variables::read, shows: false },
    Kind { read: keeper::read, shows: false },
    Kind { read: call::scripts, shows: false },
    Kind { read: written::read, shows: true },
];

/// Programs that show, look for or compare what they are given: nothing of it is set.
const SHOWS: &[&str] = &[
    "echo", "printf", "grep", "egrep", "fgrep", "rg", "sed", "awk", "test", "[", "[[", "cat",
    "log", "info", "warn", "error", "die", "fail", "usage", "man", "which", "alias",
];

/// Words that stand together in commands that put connections into a store.
const KEEPS: &[&[&str]] = &[
    &["secretsmanager create-secret", "connections/"],
    &["secretsmanager put-secret-value", "connections/"],
    &["secretsmanager update-secret", "connections/"],
    &["ssm put-parameter", "connections/"],
    &["gcloud", "secrets create", "connections-"],
    &["gcloud", "secrets versions add", "connections-"],
    &["keyvault secret set", "connections-"],
    &["vault kv p", "connections/"],
    &["vault kv p", "conn_uri"],
    &["vault kv p", "conn_type"],
];

/// So deep may one script be an argument of a shell in another.
const MAX_SCRIPTS: usize = 3;

/// Whether a text has a command that adds a connection.
pub(crate) fn adds(text: &str) -> bool {
    let verbs = |rest: &str| {
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
        let rest = rest.strip_prefix("-- ").map_or(rest, str::trim_start);
        airflow::VERBS.iter().any(|verb| {
            rest.strip_prefix(verb).is_some_and(|rest| rest.starts_with([' ', '\t', '\\']))
        })
    };
    ["airflow", "composer", "astro "].iter().any(|program| text.contains(program))
        && text.match_indices("connections").any(|(at, word)| verbs(&text[at + word.len()..]))
        || KEEPS.iter().any(|words| words.iter().all(|word| text.contains(word)))
}

/// Reads a script. `ahead` is what is done to it before a shell sees it.
pub(crate) fn read<'a>(
    text: &Text<'a>,
    ahead: Ahead,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    read_below(text, &[], ahead, 0, runtime, environment);
}

fn read_below<'a>(
    text: &Text<'a>,
    holes: &[std::ops::Range<usize>],
    ahead: Ahead,
    depth: usize,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let (text, mut all) = call::prepared(text, ahead);
    all.extend(holes.iter().cloned());
    all.sort_by_key(|hole| (hole.start, hole.end));
    all.dedup_by(|next, kept| next.start < kept.end);
    let script = Script::new(&text, &all);
    let mut reading = Reading::new(&text, depth, runtime, environment);
    let contents = producer::contents(&script.commands);
    for (i, command) in script.commands.iter().enumerate() {
        let call = Call { command, input: contents[i].as_ref() };
        let shows = call.words().first().is_some_and(|word| SHOWS.contains(&word.program()));
        let all = |reading: &mut Reading<'_, 'a>| {
            for kind in KINDS.iter().filter(|kind| kind.shows || !shows) {
                (kind.read)(&call, reading);
            }
        };
        let known = reading.environment.document.entries.len();
        if command.inside {
            reading.apart(all)
        } else {
            all(&mut reading)
        }
        let end = command.words.last().map_or(text.as_str().len(), |word| word.range.end);
        let added = reading.environment.document.entries.iter_mut().skip(known);
        if added.len() > 0 && goes_on(text.as_str(), end) {
            added.for_each(|entry| entry.goes_on = true);
        }
    }
    reading.unclosed(&script.unclosed);
    let free = reading.free;
    environment.scope = environment.scope.max(free);
}

/// The pieces of a text that an engine fills in.
fn marked(text: &str) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(place) = braces(&text[at..]) {
        let start = at + place.start;
        let dollar = usize::from(text[..start].ends_with('$'));
        found.push(start - dollar..at + place.end);
        at += place.end;
    }
    found
}
