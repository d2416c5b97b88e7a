//! What one environment makes of connections, and another does not: fields, the way to log in, what
//! reaches the driver.

use std::sync::Arc;

use super::environment::{Around, Environment};
use crate::airflow::runtime::{Runtime, Side};
use crate::check::rules::changes_meaning;
use crate::check::{Finding, Providers};
use crate::cli::input::Input;
use crate::cli::inspection::{self, Inspected};
use crate::cli::{inspect, resolution};
use crate::guard::guarded;
use crate::hooks::{Argument, Outcome, Resolution};
use crate::model::FIELDS;
use crate::privacy::argument_name;
use crate::source::{Span, Text};

/// What an environment makes of the connections of an input, for each of its runtimes.
pub(super) struct Meaning {
    runtimes: Vec<(Runtime, Vec<Inspected>)>,
    providers: Providers,
    spans: Vec<Option<Span>>,
}

impl Meaning {
    pub(super) fn of(input: &Input, environment: &Environment, around: &Around) -> Meaning {
        let (runtimes, providers) = environment.readers(around);
        let runtimes = providers.around(&runtimes);
        let text = Text::untraced(&input.source.text()[input.skip..]);
        let traced = input.source.traced().from(input.skip);
        let entries = || {
            let document = (input.format.read)(&traced, &runtimes[0]);
            document.entries.iter().map(|entry| entry.id_span).collect()
        };
        let spans = runtimes.first().and_then(|_| guarded(entries)).unwrap_or_default();
        let read = |runtime: Runtime| {
            let seen = inspect::inspect(input, &text, &runtime);
            (runtime, seen)
        };
        Meaning { runtimes: runtimes.into_iter().map(read).collect(), providers, spans }
    }

    /// The runtime that takes the place of one of `side`.
    fn in_place_of(&self, side: Side) -> Option<&(Runtime, Vec<Inspected>)> {
        let same = self.runtimes.iter().find(|(runtime, _)| runtime.side == side);
        same.or(self.runtimes.first())
    }
}

/// What means something else in the second than in the first. What fails is left to `check`.
pub(super) fn differences(before: &Meaning, after: &Meaning) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (runtime, all) in &after.runtimes {
        let Some((old_runtime, old)) = before.in_place_of(runtime.side) else { continue };
        let (old_set, new_set) = (inspection::set(old), inspection::set(all));
        for (index, now) in all.iter().enumerate() {
            let same = |then: &&Inspected| then.conn_id == now.conn_id && then.scope == now.scope;
            let at = old.get(index).filter(same).or_else(|| old.iter().find(same));
            let Some(then) = at else { continue };
            let mut say = |pointer: String, message: String| {
                let span = after.spans.get(index).copied().flatten();
                let conn_id = now.shown_id.clone();
                let known = found.iter_mut().find(|known| {
                    (&known.conn_id, &known.pointer, &known.message)
                        == (&conn_id, &pointer, &message)
                        && known.span == span
                });
                match known {
                    Some(known) => {
                        let names = known.runtimes.iter().cloned();
                        known.runtimes = names.chain([runtime.name()]).collect();
                    }
                    None => found.push(Finding {
                        runtimes: Arc::from([runtime.name()]),
                        ..changes_meaning(conn_id, pointer, span, message)
                    }),
                }
            };
            for field in unlike(then, now) {
                say(
                    format!("/{field}"),
                    format!("`{field}` is read as something else than before"),
                );
            }
            let of = |seen, set, providers| resolution::of(seen, set, providers, true);
            let beside_old = before.providers.beside(old_runtime);
            let beside_new = after.providers.beside(runtime);
            if now.doubt.is_none()
                && let Some(old) = of(then, &old_set, &beside_old)
                && let Some(new) = of(now, &new_set, &beside_new)
                && let Some(message) = otherwise(&old, &new)
            {
                say(String::new(), message);
            }
        }
    }
    found
}

/// The fields of a connection that two readings have otherwise. No text and an empty one are the
/// same.
fn unlike(then: &Inspected, now: &Inspected) -> Vec<&'static str> {
    let (Ok(old), Ok(new)) = (&then.result, &now.result) else { return Vec::new() };
    let empty = |field: &str, of: &crate::model::Connection| {
        of.field(field).is_none_or(|value| value.is_null() || value.as_str() == Some(""))
    };
    let differs = |field: &&'static str| {
        old.field(field) != new.field(field) && !(empty(field, old) && empty(field, new))
    };
    FIELDS.iter().copied().filter(differs).collect()
}

/// In words, what a hook does otherwise with a connection; none where it fails now, since `check`
/// says why.
fn otherwise(old: &Resolution, new: &Resolution) -> Option<String> {
    if matches!(new.outcome, Outcome::Fails { .. }) {
        return None;
    }
    if matches!(old.outcome, Outcome::Fails { .. }) {
        return Some("this failed before, and does not any more".to_string());
    }
    let (was, is) = (old.mode.name, new.mode.name);
    if was != is {
        return Some(format!("the hook logs in another way: `{is}`, and `{was}` before"));
    }
    let arguments = |resolution: &Resolution| resolution.connect_kwargs.clone().unwrap_or_default();
    let driver = changed(&arguments(old), &arguments(new));
    if !driver.is_empty() {
        return Some(format!("the driver gets something else for {}", driver.join(", ")));
    }
    let reads = |resolution: &Resolution| resolution.reads.clone().unwrap_or_default();
    let read = changed(&reads(old), &reads(new));
    if !read.is_empty() {
        return Some(format!("the hook reads something else for {}", read.join(", ")));
    }
    let callers = |resolution: &Resolution| {
        let calls = resolution.calls.iter();
        calls.map(|call| format!("{call:?}")).collect::<Vec<_>>()
    };
    (callers(old) != callers(new) || old.log_in != new.log_in)
        .then(|| "the hook asks AWS for something else".to_string())
}

/// The names of arguments that are new, gone or other, those that may be shown.
fn changed(old: &[Argument], new: &[Argument]) -> Vec<String> {
    let value = |all: &[Argument], name: &str| {
        let found = all.iter().find(|argument| argument.name == name);
        found.map(|argument| argument.value.clone())
    };
    let mut names: Vec<&str> = old.iter().chain(new).map(|argument| &*argument.name).collect();
    names.sort_unstable();
    names.dedup();
    let other = |name: &&str| value(old, name) != value(new, name);
    names.into_iter().filter(other).map(|name| format!("`{}`", argument_name(name))).collect()
}
