//! Scripts of the shell provisioners of a Vagrantfile: here-documents of Ruby and `inline` strings.

use std::ops::Range;

use super::call::Ahead;
use super::quoted::quoted;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::Environment;
use crate::format::helpers::script::is_script;
use crate::source::Text;

/// Whether a text is a Vagrantfile.
pub(super) fn is(raw: &str) -> bool {
    raw.contains("Vagrant.configure") || raw.contains("Vagrant::Config.run")
}

/// Reads the scripts.
pub(super) fn read<'a>(text: &Text<'a>, runtime: &Runtime, environment: &mut Environment<'a>) {
    let mut at = 0;
    while let Some(Inline { end, script, fills }) = next(text, at) {
        at = end;
        if !is_script(script.as_str()) {
            continue;
        }
        let holes = if fills { filled(script.as_str()) } else { Vec::new() };
        environment.scope += 1;
        super::read_below(&script, &holes, Ahead::Nothing, 0, runtime, environment);
    }
}

/// A script in a Vagrantfile.
struct Inline<'a> {
    /// Where to look on.
    end: usize,
    script: Text<'a>,
    /// Ruby fills in `#{…}`.
    fills: bool,
}

/// The next script from a byte on.
fn next<'a>(text: &Text<'a>, from: usize) -> Option<Inline<'a>> {
    let raw = text.as_str();
    let mut at = from;
    while at < raw.len() {
        let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n + 1);
        let line = &raw[at..end];
        if line.trim_start().starts_with('#') {
            at = end;
            continue;
        }
        if let Some((name, is_raw)) = opened(line) {
            let mut stop = end;
            for below in raw[end..].split_inclusive('\n') {
                if below.trim() == name {
                    break;
                }
                stop += below.len();
            }
            let script = text.slice(end..stop);
            return Some(Inline { end: stop, script, fills: !is_raw });
        }
        let inline = line.find("inline").map(|n| at + n + "inline".len());
        if let Some(behind) = inline {
            let sign = |c: char| c.is_whitespace() || "\"':=>".contains(c);
            let rest = raw[behind..end].trim_start_matches(sign);
            let start = end - rest.len();
            let quote = raw[behind..start].chars().next_back();
            if let Some(quote) = quote.filter(|c| matches!(c, '"' | '\''))
                && let Some((script, close)) = quoted(text, start - 1, &quote.to_string())
            {
                return Some(Inline { end: close, script, fills: quote == '"' });
            }
        }
        at = end;
    }
    None
}

/// The name of a here-document that a line opens, and whether nothing in it is filled in.
fn opened(line: &str) -> Option<(&str, bool)> {
    let (_, rest) = line.split_once("<<")?;
    let rest = rest.trim_start_matches(['-', '~']);
    let is_raw = rest.starts_with('\'');
    let rest = rest.trim_start_matches(['\'', '"']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let name = &rest[..end];
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some((name, is_raw))
}

/// What Ruby fills in: `#{…}`.
fn filled(script: &str) -> Vec<Range<usize>> {
    let found = script.match_indices("#{");
    found.filter_map(|(at, _)| Some(at..at + script[at..].find('}')? + 1)).collect()
}
