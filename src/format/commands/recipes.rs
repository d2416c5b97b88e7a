//! Scripts that stand in files of other languages: recipes of Makefiles and justfiles, `sh` steps
//! of Jenkinsfiles, provisioners of Vagrantfiles.

use std::ops::Range;

use super::call::Ahead;
use super::quoted::quoted;
use super::vagrant;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::{Environment, PREFIX};
use crate::format::helpers::shell_word::Filled;
use crate::source::{Builder, Encoding, Text};

/// Reads a text that is a script, or holds some.
pub(crate) fn read<'a>(text: &Text<'a>, runtime: &Runtime, environment: &mut Environment<'a>) {
    let raw = text.as_str();
    if vagrant::is(raw) {
        return vagrant::read(text, runtime, environment);
    }
    if is_pipeline(raw) {
        for step in steps(text) {
            super::read(&step, Ahead::Nothing, runtime, environment);
        }
        return;
    }
    let Some(make) = has_recipes(raw) else {
        return super::read(text, Ahead::Nothing, runtime, environment);
    };
    let ahead = if make { Ahead::Dollars } else { Ahead::Nothing };
    let (mut at, mut recipe) = (0, None::<Range<usize>>);
    for line in raw.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let indented = line.starts_with(['\t', ' ']) || line.trim().is_empty();
        if indented && let Some(range) = &mut recipe {
            range.end = at;
            // In a Makefile each line has a shell of its own.
            if make && !line.trim_end().ends_with('\\') {
                lines(text, recipe.replace(at..at), ahead, runtime, environment);
            }
            continue;
        }
        lines(text, recipe.take(), ahead, runtime, environment);
        if is_target(line) {
            recipe = Some(at..at);
        } else {
            exported(text, start..at, make, environment);
        }
    }
    lines(text, recipe, ahead, runtime, environment);
}

/// Whether recipes stand in a text, and whether they are those of make.
fn has_recipes(raw: &str) -> Option<bool> {
    if raw.starts_with("#!") {
        return None;
    }
    let mut below = false;
    for line in raw.lines() {
        if below && line.starts_with('\t') {
            return Some(true);
        }
        if below && line.starts_with("  ") {
            return Some(false);
        }
        below = is_target(line) || below && line.trim().is_empty();
    }
    None
}

/// A line that begins a recipe.
fn is_target(line: &str) -> bool {
    line.split_once(':').is_some_and(|(target, rest)| {
        target.starts_with(|c: char| c.is_alphanumeric() || "_.$%@/".contains(c))
            && !target.contains(['=', '"', '\'', '('])
            && !rest.starts_with(['=', '/', ':'])
    })
}

/// Lines of a recipe without their indentation, and without what make takes off.
static RECIPE: Encoding = Encoding {
    name: "recipe",
    part: |new, _| (!new.contains('\n')).then(|| new.to_string()),
    whole: |new, _| (!new.contains('\n')).then(|| new.to_string()),
};

fn lines<'a>(
    text: &Text<'a>,
    range: Option<Range<usize>>,
    ahead: Ahead,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let Some(range) = range.filter(|range| {
        let raw = &text.as_str()[range.clone()];
        super::adds(raw) || raw.contains(PREFIX)
    }) else {
        return;
    };
    let mut built = Builder::new(text);
    let mut at = range.start;
    for line in text.as_str()[range.clone()].split_inclusive('\n') {
        let marks = |c: char| matches!(c, ' ' | '\t' | '@' | '-' | '+');
        let skip = line.len() - line.trim_start_matches(marks).len();
        // Only ahead of the first line are `@`, `-` and `+` for make.
        let skip = if at == range.start {
            skip
        } else {
            line.len() - line.trim_start_matches([' ', '\t']).len()
        };
        built.copy(at + skip..at + line.len());
        at += line.len();
    }
    let script: Text<'a> = built.finish_in(&RECIPE, range.clone(), range);
    super::read(&script, ahead, runtime, environment);
}

/// `export NAME = value` of a Makefile, which goes to all recipes; `export NAME := "value"` of a
/// justfile.
fn exported<'a>(
    text: &Text<'a>,
    line: Range<usize>,
    make: bool,
    environment: &mut Environment<'a>,
) {
    let raw = &text.as_str()[line.clone()];
    let Some(rest) = raw.strip_prefix("export ").map(str::trim_start) else { return };
    let Some((name, value)) = rest.split_once('=').filter(|_| rest.starts_with(PREFIX)) else {
        return;
    };
    let plain = name.trim_end_matches([':', '?', '+', ' ', '\t']);
    let start = line.start + raw.len() - rest.len();
    let value_start = start + rest.len() - value.trim_start().len();
    let mut range = value_start..value_start + value.trim().len();
    let quoted = |quote| value.trim().len() > 1 && value.trim().starts_with(quote);
    if !make && (quoted('"') || quoted('\'')) {
        range = range.start + 1..range.end - 1;
    } else if make && let Some(comment) = text.as_str()[range.clone()].find('#') {
        range.end = range.start + comment;
    }
    let held = &text.as_str()[range.clone()];
    let filled = held.find("$(").or_else(|| held.find("${")).or_else(|| held.find("{{"));
    let name = text.slice(start..start + plain.len());
    if !held.is_empty()
        && environment.add(&name, text.slice(range.clone()), None)
        && let Some(at) = filled
    {
        let span = text.span_of(range.start + at..range.end);
        environment.filled(Filled::Variable, span);
    }
}

/// A Jenkinsfile.
fn is_pipeline(raw: &str) -> bool {
    (raw.contains("pipeline {") || raw.contains("node {") || raw.contains("node("))
        && ["sh '", "sh \"", "sh(", "sh ("].iter().any(|step| raw.contains(step))
}

/// The scripts of `sh '…'`, `sh """…"""`, `sh(script: '…')`.
fn steps<'a>(text: &Text<'a>) -> Vec<Text<'a>> {
    let raw = text.as_str();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(step) = raw[at..].find("sh").map(|n| at + n) {
        at = step + 2;
        if raw[..step].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let blank = |c: char| c.is_whitespace() || c == '(';
        let behind = raw[at..].trim_start_matches(blank);
        let behind = behind.strip_prefix("script:").unwrap_or(behind).trim_start();
        let start = raw.len() - behind.len();
        let Some(quote) = ["'''", "\"\"\"", "'", "\""].iter().find(|q| behind.starts_with(**q))
        else {
            continue;
        };
        let Some((script, end)) = quoted(text, start, quote) else { continue };
        found.push(script);
        at = end;
    }
    found
}
