//! The text of a string node, with the way back to its source.

use super::{hcl, shell_word, toml_text};
use crate::airflow::files;
use crate::airflow::python::json_loads::{JSON_STRING, trace_string};
use crate::airflow::yaml_trace::{self, trace_scalar};
use crate::model::{Node, Style, Value};
use crate::source::Text;

/// The text of a string node, traced if `base` is.
pub fn node_text<'a>(base: &Text<'a>, node: &Node<'_>) -> Option<Text<'a>> {
    let Value::Str(text) = &node.value else { return None };
    if matches!(node.style, Style::Shell | Style::ShellOption) {
        let start = node.span.start as usize;
        let word = shell_word::word(base, start, shell_word::ends_in_command).ok()?.value;
        let behind = |word: Text<'a>| word.split_once("=").map_or(word, |(_, value)| value);
        return Some(if node.style == Style::ShellOption { behind(word) } else { word });
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
