//! Expressions of HCL as nodes: literals, what `jsonencode` and its like make of literals, and what
//! refers to a literal of the same file. All else is a hole, which stands as `${…}`.

use std::collections::HashMap;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::template::Element;

use super::text::{meaning, shifted};
use crate::format::helpers::base64_text;
use crate::model::{Dict, Node, Style, Value};
use crate::source::Span;

/// An expression that a name stands for, and where the text that it was parsed from begins.
pub(super) struct Named {
    pub(super) offset: usize,
    pub(super) expression: Expression,
}

/// What reads expressions of one text; places count in the whole of it.
pub(super) struct Evaluator<'t> {
    pub(super) text: &'t str,
    /// `local.NAME`.
    pub(super) locals: &'t HashMap<String, Named>,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Node<'static>, Node<'static>)>,
    /// What is not known.
    pub(super) holes: Vec<Span>,
    /// So many nodes may be made yet.
    pub(super) budget: usize,
    /// How many names were followed to get here.
    pub(super) followed: usize,
}

/// Names that stand for names that stand for names.
const MAX_FOLLOWED: usize = 16;

impl Evaluator<'_> {
    /// The node of an expression of a text that begins at `offset`.
    pub(super) fn node(&mut self, expression: &Expression, offset: usize) -> Node<'static> {
        let span = shifted(expression.span(), offset);
        if self.budget == 0 {
            return self.hole(span);
        }
        self.budget -= 1;
        let plain = |value| Node { value, span, style: Style::Json };
        match expression {
            Expression::Null(_) => plain(Value::Null),
            Expression::Bool(value) => plain(Value::Bool(**value)),
            Expression::Number(number) => match number.as_i64() {
                Some(number) => plain(Value::Int(number)),
                None => plain(Value::Float(number.as_f64().unwrap_or_default())),
            },
            Expression::String(text) => {
                Node { value: Value::text(text.as_str()), span, style: Style::Hcl }
            }
            Expression::StringTemplate(template) => {
                let elements: Vec<&Element> = template.iter().collect();
                self.template(&elements, span, offset)
            }
            Expression::HeredocTemplate(heredoc) => {
                let elements: Vec<&Element> = heredoc.template.iter().collect();
                self.template(&elements, span, offset)
            }
            Expression::Parenthesis(inner) => self.node(inner.inner(), offset),
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.node(item, offset)).collect();
                plain(Value::List(items))
            }
            Expression::Object(object) => plain(Value::dict(self.object(object, offset))),
            Expression::FuncCall(call) => self.call(call, span, offset),
            Expression::Traversal(traversal) => {
                self.follow(traversal, offset).unwrap_or_else(|| self.hole(span))
            }
            Expression::Conditional(either) => {
                let both = [&either.true_expr, &either.false_expr];
                self.any_of(&both, span, offset)
            }
            Expression::ForExpr(each) => self.any_of(&[&each.value_expr], span, offset),
            _ => self.hole(span),
        }
    }

    fn object(&mut self, object: &Object, offset: usize) -> Dict<'static> {
        let mut dict = Dict::default();
        for (key, value) in object.iter() {
            let (name, place) = match key {
                ObjectKey::Ident(name) => (name.as_str().to_string(), name.span()),
                ObjectKey::Expression(other) => {
                    let place = other.span();
                    let node = self.node(other, offset);
                    (node.value.as_str().unwrap_or_default().to_string(), place)
                }
            };
            let node = self.node(value.expr(), offset);
            dict.insert(Value::text(name), shifted(place, offset), node);
        }
        dict
    }

    /// What is not known, as it is written.
    fn hole(&mut self, span: Span) -> Node<'static> {
        self.holes.push(span);
        let written = self.text.get(span.range()).unwrap_or_default();
        let text =
            if written.contains('\n') { "${…}".to_string() } else { format!("${{{written}}}") };
        Node { value: Value::text(text), span, style: Style::None }
    }

    /// One of these, or something made of them: what is written out in them is looked at all the
    /// same.
    fn any_of(&mut self, all: &[&Expression], span: Span, offset: usize) -> Node<'static> {
        if !all.iter().any(|one| holds_more(one)) {
            return self.hole(span);
        }
        self.holes.push(span);
        let items = all.iter().map(|one| self.node(one, offset)).collect();
        Node { value: Value::List(items), span, style: Style::None }
    }

    /// A string or heredoc, in which what is known takes the place of its template.
    fn template(&mut self, elements: &[&Element], span: Span, offset: usize) -> Node<'static> {
        let written = meaning(self.text, span.range());
        let mut known = String::new();
        let mut resolved = false;
        let mut holes = Vec::new();
        for element in elements {
            match element {
                Element::Literal(text) => known.push_str(text.as_str()),
                Element::Interpolation(inner) => {
                    let before = self.holes.len();
                    let node = self.node(&inner.expr, offset);
                    let known_all = self.holes.len() == before;
                    // `"${x}"` alone is x itself.
                    if elements.len() == 1 && known_all {
                        return node;
                    }
                    self.holes.truncate(before);
                    let text = match &node.value {
                        _ if !known_all => None,
                        Value::Str(text) => text.as_str().map(str::to_string),
                        Value::Int(number) => Some(number.to_string()),
                        Value::Bool(is) => Some(is.to_string()),
                        _ => None,
                    };
                    let place = shifted(inner.span(), offset);
                    match text {
                        Some(text) => {
                            resolved = true;
                            known.push_str(&text);
                        }
                        None => {
                            known.push_str(self.text.get(place.range()).unwrap_or_default());
                            holes.push(place);
                        }
                    }
                }
                Element::Directive(directive) => {
                    let place = shifted(directive.span(), offset);
                    known.push_str(self.text.get(place.range()).unwrap_or_default());
                    holes.push(place);
                }
            }
        }
        let style = if holes.is_empty() || !resolved { Style::Hcl } else { Style::None };
        self.holes.append(&mut holes);
        let text = written.filter(|_| !resolved).unwrap_or(known);
        Node { value: Value::text(text), span, style }
    }

    fn call(&mut self, call: &FuncCall, span: Span, offset: usize) -> Node<'static> {
        let arguments: Vec<&Expression> = call.args.iter().collect();
        let name = if call.name.is_namespaced() { "" } else { call.name.name.as_str() };
        match (name, arguments.as_slice()) {
            ("jsonencode" | "yamlencode", [argument]) => {
                let mut node = self.node(argument, offset);
                if matches!(node.value, Value::Dict(_) | Value::List(_)) {
                    node.style = Style::Encoded;
                }
                node
            }
            (
                "sensitive" | "nonsensitive" | "tostring" | "tomap" | "tolist" | "toset",
                [argument],
            ) => self.node(argument, offset),
            ("base64encode", [argument]) => {
                let before = self.holes.len();
                let node = self.node(argument, offset);
                match node.value.as_str() {
                    Some(text) if self.holes.len() == before => {
                        let value = Value::text(base64_text::encode(text));
                        Node { value, span, style: Style::Hcl }
                    }
                    _ => self.hole(span),
                }
            }
            ("trimspace" | "chomp", [argument]) => {
                let node = self.node(argument, offset);
                match node.value.as_str() {
                    Some(text) => {
                        let trimmed =
                            if name == "chomp" { text.trim_end_matches('\n') } else { text.trim() };
                        Node { value: Value::text(trimmed), ..node.clone() }
                    }
                    None => node,
                }
            }
            ("merge", all) => {
                let nodes: Vec<Node<'static>> =
                    all.iter().map(|argument| self.node(argument, offset)).collect();
                let mut merged = Dict::default();
                for node in &nodes {
                    let Value::Dict(dict) = &node.value else {
                        return Node { value: Value::List(nodes), span, style: Style::None };
                    };
                    for (name, member) in dict.named() {
                        merged.insert(Value::text(name), member.key_span, member.node.clone());
                    }
                }
                Node { value: Value::dict(merged), span, style: Style::None }
            }
            (_, all) => self.any_of(all, span, offset),
        }
    }

    /// `local.NAME`, `each.key`, `each.value`, and members of them.
    fn follow(&mut self, traversal: &Traversal, offset: usize) -> Option<Node<'static>> {
        let Expression::Variable(root) = &traversal.expr else { return None };
        let mut operators = traversal.operators.iter();
        let TraversalOperator::GetAttr(first) = operators.next()?.value() else { return None };
        let mut node = match (root.as_str(), first.as_str()) {
            ("each", "key") => self.each.as_ref()?.0.clone(),
            ("each", "value") => self.each.as_ref()?.1.clone(),
            ("local", name) => {
                (self.followed < MAX_FOLLOWED).then_some(())?;
                let locals = self.locals;
                let named = locals.get(name)?;
                self.followed += 1;
                let node = self.node(&named.expression, named.offset);
                self.followed -= 1;
                node
            }
            _ => return None,
        };
        for operator in operators {
            node = match operator.value() {
                TraversalOperator::GetAttr(name) => member(node, name.as_str())?,
                TraversalOperator::Index(index) => {
                    let index = self.node(index, offset);
                    match (&index.value, node.value) {
                        (Value::Str(name), value) => {
                            member(Node { value, ..index.clone() }, name.as_str()?)?
                        }
                        (Value::Int(at), Value::List(mut items)) => {
                            let at = usize::try_from(*at).ok().filter(|at| *at < items.len())?;
                            items.swap_remove(at)
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            };
        }
        // What is not known there is not known here.
        (node.style != Style::None || !matches!(node.value, Value::Str(_))).then_some(node)
    }
}

fn member(node: Node<'static>, name: &str) -> Option<Node<'static>> {
    match node.value {
        Value::Dict(dict) => dict.get(name).cloned(),
        _ => None,
    }
}

/// There is an object, a list or a call in it, in which variables may be written out.
fn holds_more(expression: &Expression) -> bool {
    match expression {
        Expression::Object(_) | Expression::Array(_) => true,
        Expression::Parenthesis(inner) => holds_more(inner.inner()),
        Expression::FuncCall(call) => call.args.iter().any(holds_more),
        Expression::Conditional(either) => {
            holds_more(&either.true_expr) || holds_more(&either.false_expr)
        }
        Expression::ForExpr(each) => holds_more(&each.value_expr),
        Expression::HeredocTemplate(_) => true,
        _ => false,
    }
}
