//! The functions of CloudFormation: what `!Sub` and `!Join` make of texts is a text, and what is
//! filled in is a hole.

use std::sync::Arc;

use crate::airflow::files::normal_lines;
use crate::airflow::yaml_load::load_functions;
use crate::format::helpers::tree::Tree;
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

/// The tree of a template, in which functions of texts are texts.
pub(super) fn tree<'a>(text: &Text<'a>) -> Tree<'a> {
    let json = text.as_str().trim_start().starts_with('{');
    let plain = Tree::new(text);
    let mut tree = match plain.problem.is_none() && (json || !text.as_str().contains('!')) {
        true => plain,
        // Short tags are YAML only.
        false => {
            let lines = normal_lines(text);
            let (documents, failed) = load_functions(lines.as_str());
            match failed {
                None => Tree { base: Arc::new(lines), documents, ..plain },
                Some(_) => plain,
            }
        }
    };
    let mut holes = Vec::new();
    let documents = std::mem::take(&mut tree.documents);
    tree.documents = documents.into_iter().map(|top| evaluated(top, &mut holes)).collect();
    holes.sort_by_key(|hole| (hole.start, hole.end));
    holes.dedup();
    tree.holes = Some(holes);
    tree
}

fn evaluated(node: Node<'static>, holes: &mut Vec<Span>) -> Node<'static> {
    let Node { value, span, style } = node;
    let value = match value {
        Value::List(items) => {
            Value::List(items.into_iter().map(|item| evaluated(item, holes)).collect())
        }
        Value::Dict(dict) => {
            let mut made = Dict { identity: dict.identity, ..Dict::default() };
            for (key, member) in dict.iter() {
                let node = evaluated(member.node.clone(), holes);
                made.insert(key.clone().into_owned(), member.key_span, node);
            }
            if let Some(node) = call(&made, span, holes) {
                return node;
            }
            Value::dict(made)
        }
        Value::Str(text) => {
            // A dynamic reference: what stands in a store.
            if text.as_str().is_some_and(|text| text.contains("{{resolve:")) {
                holes.push(span);
            }
            Value::Str(text)
        }
        other => other,
    };
    Node { value, span, style }
}

/// What a function makes of its arguments, if that is a text.
fn call(dict: &Dict<'static>, span: Span, holes: &mut Vec<Span>) -> Option<Node<'static>> {
    let mut members = dict.named();
    let (name, argument) = members.next().filter(|_| dict.members.len() == 1)?;
    let argument = &argument.node;
    match (name.trim_start_matches("Fn::"), &argument.value) {
        ("Sub", Value::Str(text)) => {
            if text.as_str().is_some_and(|text| text.contains("${")) {
                holes.push(argument.span);
            }
            Some(argument.clone())
        }
        ("Sub", Value::List(items)) => {
            let text = items.first().filter(|text| text.value.as_str().is_some())?;
            holes.push(text.span);
            Some(text.clone())
        }
        ("Join", Value::List(items)) => {
            let [between, Node { value: Value::List(parts), .. }] = &items[..] else { return None };
            let between = between.value.as_str()?;
            let written: Vec<String> = parts
                .iter()
                .map(|part| match part.value.as_str() {
                    Some(text) => text.to_string(),
                    None => {
                        holes.push(span);
                        "${…}".to_string()
                    }
                })
                .collect();
            let value = Value::text(written.join(between));
            Some(Node { value, span, style: Style::None })
        }
        ("Ref" | "GetAtt" | "ImportValue" | "FindInMap" | "Select" | "If", _) => {
            holes.push(span);
            let value = Value::text(format!("${{{}}}", argument.value.as_str().unwrap_or("…")));
            Some(Node { value, span, style: Style::None })
        }
        _ => None,
    }
}
