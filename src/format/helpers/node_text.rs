//! The text of a string node, with the way back to its source.

use super::{hcl, toml_text};
use crate::airflow::files;
use crate::airflow::python::json_loads::{JSON_STRING, trace_string};
use crate::airflow::yaml_trace::{self, trace_scalar};
use crate::format::shell::word_at;
use crate::model::{Node, Style, Value};
use crate::source::Text;

/// The text of a string node, traced if `base` is.
pub fn node_text<'a>(base: &Text<'a>, node: &Node<'_>) -> Option<Text<'a>> {
    let Value::Str(text) = &node.value else { return None };
    if matches!(node.style, Style::Shell | Style::ShellOption) {
        let start = node.span.start as usize;
        let word = word_at(base, start)?;
        let behind = |word: Text<'a>| word.split_once("=").map_or(word, |(_, value)| value);
        let word = if node.style == Style::ShellOption { behind(word) } else { word };
        // A variable that the script sets stands for another text.
        return Some(match base.span_of(node.span.range()) {
            Some(span) if word.as_str() != text.as_str()? => {
                Text::whole(text.as_str()?.to_string(), span)
            }
            None if word.as_str() != text.as_str()? => Text::owned(text.as_str()?.to_string()),
            _ => word,
        });
    }
    match node.style {
        Style::Hcl => return hcl::text(base, node),
        Style::Toml => return toml_text::text(base, node),
        _ => {}
    }
    let text = text.as_str()?;
    let range = node.span.range();
    let literal = match node.style {
        Style::Json | Style::Single | Style::Double => range.start + 1..range.end.saturating_sub(1),
        _ => range.clone(),
    };
    if base.as_str().get(literal.clone()) == Some(text) {
        let encoding = match node.style {
            Style::Json => &JSON_STRING,
            Style::Line => &files::ENV_VALUE,
            style => yaml_trace::encoding(style),
        };
        return Some(base.literal(range, literal, encoding));
    }
    if !base.is_traced() {
        return Some(Text::owned(text.to_string()));
    }
    match node.style {
        Style::Json => trace_string(base, node.span),
        style => Some(trace_scalar(base, node.span, style, text)),
    }
}
