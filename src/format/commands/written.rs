//! What commands write into files: `echo … >> .env`, `cat > x.yaml <<EOF`, `| tee`, and what
//! `kubectl apply -f -` reads. The reader of that kind of file gets it.

use super::absorbed::absorb;
use super::call::{Call, Reading, Value, is_shell};
use super::producer::{behind_wrappers, output};
use crate::format::helpers::environment::{PREFIX, assigns_connection};
use crate::format::shell::{Document, Output, Word};
use crate::format::{Format, by_name, guess, holds_connections};
use crate::model::Style;
use crate::source::Text;

/// Reads what is written.
pub(super) fn read<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let words = behind_wrappers(call.words());
    let first = words.first().map(Word::program).unwrap_or_default();
    if first == "tee" {
        if let (Some(input), Some(file)) =
            (call.input, words[1..].iter().find(|word| !word.as_str().starts_with('-')))
        {
            written(input, &name_of(file), reading);
        }
        return;
    }
    if let (Output::File(file), Some(text)) =
        (&call.command.output, output(call.command, call.input))
    {
        written(&text, &name_of(file), reading);
        return;
    }
    let reads = |name: &str, verbs: &[&str]| {
        first == name && words.iter().any(|word| verbs.contains(&word.as_str()))
    };
    let applied = reads("kubectl", &["apply", "create", "replace"])
        || reads("oc", &["apply", "create", "replace"])
        || reads("docker", &["compose"]) && words.iter().any(|word| word.as_str() == "-f");
    if applied
        && !words.iter().any(is_shell)
        && let Some(input) = call.input
    {
        written(input, "-", reading);
    }
}

/// The name of a file, as far as it is known.
fn name_of(file: &Word<'_>) -> String {
    let path = file.as_str();
    if path.contains("GITHUB_ENV") || path.contains("BASH_ENV") {
        return "env.list".to_string();
    }
    let known = file.fills.last().map_or(0, |fill| fill.inside.end);
    let name = &path[known.min(path.len())..];
    let name = name.trim_start_matches('/');
    if name.is_empty() { "-".to_string() } else { name.to_string() }
}

/// Text that comes to stand in a file of this name.
fn written<'a>(document: &Document<'a>, name: &str, reading: &mut Reading<'_, 'a>) {
    let Some(format) = format_of(&document.text, name) else { return };
    if format.is_named(SCRIPTS) {
        return reading.script(&document.text, &document.fills);
    }
    if holds_connections(name, document.text.as_str(), format) {
        let mut read = (format.read)(&document.text, reading.runtime);
        // What is rendered before a shell sees it may be what the reader of the file refuses.
        if document.text.as_str().contains("${") {
            read.problems.clear();
            if read.entries.is_empty() {
                return rendered(document, reading);
            }
        }
        let fills: Vec<_> = document
            .fills
            .iter()
            .filter_map(|fill| {
                let span = document.text.span_of(fill.inside.clone());
                Some((fill.what, span.or(reading.text.span_of(fill.place.clone()))?))
            })
            .collect();
        reading.apart(|reading| absorb(reading.environment, read, &fills));
    }
}

/// One line that sets a variable, whatever it holds.
fn rendered<'a>(document: &Document<'a>, reading: &mut Reading<'_, 'a>) {
    let text = &document.text;
    let Some((name, _)) =
        text.split_once("=").filter(|(name, _)| name.as_str().starts_with(PREFIX))
    else {
        return;
    };
    let range = 0..0;
    let whole =
        Value { text: text.clone(), fills: document.fills.clone(), range, style: Style::None };
    let end = text.as_str().trim_end_matches('\n').len();
    let value = whole.slice(name.as_str().len() + 1..end);
    reading.apart(|reading| reading.variable(&name, value));
}

/// A name that only scripts have.
const SCRIPTS: &str = "script.sh";

fn format_of(text: &Text<'_>, name: &str) -> Option<&'static Format> {
    let told = guess(name, text.as_str(), false).map(|guess| guess.format);
    let variables = || assigns_connection(text.as_str()).then(|| by_name("env")).flatten();
    told.or_else(variables).filter(|format| format.is_read())
}
