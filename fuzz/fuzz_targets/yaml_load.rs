//! YAML of any kind: read without a panic, every scalar traced back into the text, and what is
//! written read again.
#![no_main]

use airconn::airflow::yaml_load::load;
use airconn::format::node_text;
use airconn::model::{Node, Value};
use airconn::source::Text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match load(text) {
        Ok(node) => walk(&node, text, 0),
        Err(error) => assert!(error.at <= text.len(), "at {} of {}", error.at, text.len()),
    }
});

fn walk(node: &Node<'_>, text: &str, depth: usize) {
    assert!(text.get(node.span.range()).is_some(), "{:?}", node.span);
    let base = Text::at(text, 0);
    if let (Some(traced), Some(value)) = (node_text(&base, node), node.value.as_str()) {
        assert_eq!(traced.as_str().len(), value.len());
        assert!(traced.span().is_none_or(|span| text.get(span.range()).is_some()));
        for (i, c) in value.char_indices().take(64) {
            let place = traced.span_of(i..i + c.len_utf8());
            assert!(place.is_none_or(|span| text.get(span.range()).is_some()), "{place:?}");
        }
    }
    // Aliases repeat what they stand for: a few levels are enough.
    match &node.value {
        Value::List(items) if depth < 6 => items.iter().take(50).for_each(|item| walk(item, text, depth + 1)),
        Value::Dict(dict) if depth < 6 => dict.iter().take(50).for_each(|(_, member)| walk(&member.node, text, depth + 1)),
        _ => {}
    }
}
