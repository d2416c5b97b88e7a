//! JSON of any kind: read without a panic, strings traced, written and read again, and split as it
//! is read.
#![no_main]

use airconn::airflow::python::json_dumps::{dumps, dumps_indented};
use airconn::airflow::python::json_loads::{loads, loads_at, outline, trace_string};
use airconn::model::{Node, Style, Value};
use airconn::source::Text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let node = match loads(text) {
        Ok(node) => node,
        Err(error) => {
            assert!(error.at <= text.len());
            let place = error.raised("AC101", &Text::at(text, 0)).span;
            assert!(place.is_some_and(|span| text.get(span.range()).is_some()), "{place:?}");
            // What is split may still hold faults inside of its values, none outside of them.
            if let Some(members) = outline(text) {
                assert!(
                    members.iter().any(|(_, span)| loads_at(text, *span).is_err()),
                    "split, sound in every part, and refused as a whole"
                );
            }
            return;
        }
    };
    walk(&node, text, 0);
    if let Ok(written) = dumps(&node.value) {
        let again = loads(&written).expect("what was written is JSON");
        assert_eq!(dumps(&again.value), Ok(written));
    }
    let _ = dumps_indented(&node.value);
    let members = node.value.as_dict().map_or(0, |dict| dict.members.len() + dict.overwritten.len());
    match outline(text) {
        Some(split) => {
            assert_eq!(split.len(), members);
            assert!(split.iter().all(|(_, span)| loads_at(text, *span).is_ok()));
        }
        None => assert!(node.value.as_dict().is_none(), "an object that cannot be split"),
    }
});

fn walk(node: &Node<'_>, text: &str, depth: usize) {
    let written = text.get(node.span.range());
    assert!(written.is_some_and(|w| !w.is_empty()), "{:?}", node.span);
    if let (Some(value), Style::Json) = (node.value.as_str(), node.style) {
        let base = Text::at(text, 0);
        let traced = trace_string(&base, node.span).expect("a string without lone surrogates");
        assert_eq!(traced.as_str(), value);
    }
    match &node.value {
        Value::List(items) if depth < 100 => items.iter().for_each(|item| walk(item, text, depth + 1)),
        Value::Dict(dict) if depth < 100 => dict.iter().for_each(|(_, member)| walk(&member.node, text, depth + 1)),
        _ => {}
    }
}
