//! Variables of connections that a command sets, or hands to a program: `AIRFLOW_CONN_X=…` ahead
//! of it, behind `export`, `env`, `-e`, `--env=`, and in lists with commas.

use super::call::{Call, Reading, Value};
use crate::format::helpers::environment::PREFIX;
use crate::format::shell::Word;

/// Options whose value is a list of variables with commas between them, or with what stands between
/// two `^` ahead of it (`gcloud topic escaping`).
const LISTS: &[&str] = &[
    "--set-env-vars",
    "--update-env-vars",
    "--update-env-variables",
    "--env-variables",
    "--update-build-env-vars",
    "--set-build-env-vars",
    "--container-env",
    "--set-secrets",
];

/// Reads the variables.
pub(super) fn read<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let first = call.words().first().map(Word::program).unwrap_or_default();
    match first {
        "" | "export" | "declare" | "typeset" | "readonly" | "local" => set(call, reading),
        // What a program is given is its own.
        _ => reading.apart(|reading| set(call, reading)),
    }
}

fn set<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let words = call.words();
    call.command.assigned.iter().for_each(|word| assignment(word, reading));
    let listed = |word: &Word<'_>| LISTS.contains(&word.as_str());
    for (i, word) in words.iter().enumerate() {
        if !word.as_str().contains(PREFIX) {
            continue;
        }
        if i > 0 && listed(&words[i - 1]) {
            list(&Value::of(word), reading);
        } else if word.as_str().starts_with(PREFIX) {
            assignment(word, reading);
        } else if let Some((name, value)) = option(word) {
            if LISTS.contains(&name.as_str()) {
                list(&value, reading);
            } else {
                whole(&value, reading);
            }
        }
    }
}

/// `--option=AIRFLOW_CONN_X=…`, `-eAIRFLOW_CONN_X=…`.
fn option<'a>(word: &Word<'a>) -> Option<(String, Value<'a>)> {
    let text = word.as_str();
    if let Some(rest) = text.strip_prefix("-e").filter(|rest| rest.starts_with(PREFIX)) {
        let start = text.len() - rest.len();
        return Some(("-e".to_string(), Value::of(word).slice(start..text.len())));
    }
    let (name, value) = Value::behind_equals(word)?;
    name.as_str().starts_with('-').then(|| (name.as_str().to_string(), value))
}

fn assignment<'a>(word: &Word<'a>, reading: &mut Reading<'_, 'a>) {
    if word.as_str().starts_with(PREFIX) {
        whole(&Value::of(word), reading);
    }
}

/// `NAME=value`.
fn whole<'a>(assigned: &Value<'a>, reading: &mut Reading<'_, 'a>) {
    let Some((name, _)) = assigned.text.split_once("=") else { return };
    let length = name.as_str().len();
    let id = name.as_str().strip_prefix(PREFIX).unwrap_or_default();
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        reading.variable(&name, assigned.slice(length + 1..assigned.as_str().len()));
    }
}

/// `A=1,B=2`, or `^:^A=1:B=2`.
fn list<'a>(value: &Value<'a>, reading: &mut Reading<'_, 'a>) {
    let text = value.as_str();
    let own = text.strip_prefix('^').and_then(|rest| rest.split_once('^'));
    let (separator, mut at) = match own {
        Some((separator, _)) if !separator.is_empty() => (separator, separator.len() + 2),
        _ => (",", 0),
    };
    while at <= text.len() {
        let end = text[at..].find(separator).map_or(text.len(), |n| at + n);
        if text[at..end].starts_with(PREFIX) {
            whole(&value.slice(at..end), reading);
        }
        at = end + separator.len();
    }
}
