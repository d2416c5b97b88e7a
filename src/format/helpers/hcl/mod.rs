//! HCL as a tree of nodes, which is that of its JSON syntax: an attribute is a member, the blocks
//! of one type are a list, and each label of a block is a mapping of its own. All that is written
//! in HCL is read here, whoever it is for.

mod expression;
mod pieces;
mod text;

use std::collections::HashMap;

use hcl_edit::Span as _;
use hcl_edit::structure::{Block, Body, Structure};

use self::expression::{Evaluator, Named};
use self::pieces::{Piece, pieces, spread};
use self::text::shifted;
pub(crate) use self::text::{doubled, encoded, literal, text};
use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

/// A text of HCL.
pub(crate) struct Hcl {
    /// What was understood.
    pub(crate) top: Node<'static>,
    /// What is filled in, in the order of the text.
    pub(crate) holes: Vec<Span>,
    /// What is not HCL, of what `wanted` says that it would count.
    pub(crate) problems: Vec<Raised>,
}

/// The member in which a block that is made for each of several has the key of its own.
pub(crate) const EACH_KEY: &str = "each.key";

/// Reads a text.
pub(crate) fn read(text: &Text<'_>, wanted: fn(&str) -> bool) -> Hcl {
    let raw = text.as_str();
    let (mut problems, mut bodies) = (Vec::new(), Vec::new());
    for Piece { range, fits } in pieces(raw) {
        // The line end of Windows may be halved between two pieces.
        let written = raw[range.clone()].trim_end_matches('\r');
        let parsed = fits.then(|| {
            let parsed = written.parse::<Body>();
            if parsed.is_err() {
                return spread(written).parse::<Body>().or(parsed);
            }
            parsed
        });
        match parsed {
            Some(Ok(body)) => bodies.push((range.start, body)),
            // What is rendered first is not HCL yet.
            _ if !wanted(written)
                || ["{{", "{%", "<%"].iter().any(|mark| written.contains(mark)) => {}
            Some(Err(error)) => {
                let above =
                    written.split_inclusive('\n').take(error.location().line().saturating_sub(1));
                let at = range.start + above.map(str::len).sum::<usize>();
                let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n);
                problems.push(broken("this is not HCL").at(text.span_of(at..end)));
            }
            None => {
                let head = written.find(|c: char| !c.is_alphanumeric()).unwrap_or(written.len());
                let message = "nested too deeply, or a resource of more than 1 MiB";
                problems.push(broken(message).at(text.span_of(range.start..range.start + head)));
            }
        }
    }
    let locals = locals(&bodies);
    let mut evaluator = Evaluator {
        text: raw,
        locals: &locals,
        each: None,
        holes: Vec::new(),
        budget: 10_000 + raw.len(),
        followed: 0,
    };
    let mut top = Members::default();
    for (offset, body) in &bodies {
        structures(body, *offset, &mut evaluator, &mut top);
    }
    let span = Span::new(0..raw.len());
    let top = Node { value: top.finish(), span, style: Style::None };
    let mut holes = evaluator.holes;
    holes.sort_by_key(|hole| (hole.start, hole.end));
    holes.dedup();
    Hcl { top, holes, problems }
}

fn broken(message: &str) -> Raised {
    Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Hcl), message)
}

/// What `local.NAME` stands for.
fn locals(bodies: &[(usize, Body)]) -> HashMap<String, Named> {
    let mut locals = HashMap::new();
    for (offset, body) in bodies {
        for block in body.blocks().filter(|block| block.ident.as_str() == "locals") {
            for attribute in block.body.attributes() {
                let named = Named { offset: *offset, expression: attribute.value.clone() };
                locals.insert(attribute.key.as_str().to_string(), named);
            }
        }
    }
    locals
}

/// The members of a body as they come: the blocks of one type become one list.
#[derive(Default)]
struct Members {
    order: Vec<(String, Span)>,
    attributes: HashMap<String, Node<'static>>,
    blocks: HashMap<String, Vec<Node<'static>>>,
}

impl Members {
    fn name(&mut self, name: &str, span: Span) {
        if !self.attributes.contains_key(name) && !self.blocks.contains_key(name) {
            self.order.push((name.to_string(), span));
        }
    }

    fn finish(mut self) -> Value<'static> {
        let mut dict = Dict::default();
        for (name, span) in self.order {
            let node = self.attributes.remove(&name).or_else(|| {
                let items = self.blocks.remove(&name)?;
                let (first, last) = (items.first()?.span, items.last()?.span);
                Some(Node {
                    value: Value::List(items),
                    span: first.cover(last),
                    style: Style::None,
                })
            });
            if let Some(node) = node {
                dict.insert(Value::text(name), span, node);
            }
        }
        Value::dict(dict)
    }
}

fn structures(body: &Body, offset: usize, evaluator: &mut Evaluator<'_>, members: &mut Members) {
    for structure in body.iter() {
        match structure {
            Structure::Attribute(attribute) => {
                let (name, span) = (attribute.key.as_str(), shifted(attribute.key.span(), offset));
                let node = evaluator.node(&attribute.value, offset);
                members.name(name, span);
                members.attributes.insert(name.to_string(), node);
            }
            Structure::Block(block) => {
                let (name, span) = (block.ident.as_str(), shifted(block.ident.span(), offset));
                members.name(name, span);
                let made = each(block, offset, evaluator);
                members.blocks.entry(name.to_string()).or_default().extend(made);
            }
        }
    }
}

/// A block, once for each of what `for_each` names where that is written out.
fn each(block: &Block, offset: usize, evaluator: &mut Evaluator<'_>) -> Vec<Node<'static>> {
    let over = block.body.get_attribute("for_each").filter(|_| evaluator.each.is_none());
    let Some(over) = over.map(|attribute| evaluator.node(&attribute.value, offset)) else {
        return vec![labelled(block, offset, None, evaluator)];
    };
    let text = |text: &str, span| Node { value: Value::text(text), span, style: Style::Hcl };
    let pairs: Vec<(Node<'static>, Node<'static>)> = match &over.value {
        Value::Dict(dict) => dict
            .named()
            .map(|(name, member)| (text(name, member.key_span), member.node.clone()))
            .collect(),
        Value::List(items) if items.iter().all(|item| item.style == Style::Hcl) => {
            items.iter().map(|item| (item.clone(), item.clone())).collect()
        }
        _ => Vec::new(),
    };
    if pairs.is_empty() {
        return vec![labelled(block, offset, None, evaluator)];
    }
    let mut made = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        evaluator.each = Some((key.clone(), value));
        made.push(labelled(block, offset, Some(key), evaluator));
        evaluator.each = None;
    }
    made
}

/// The mapping of a body, below one for each label.
fn labelled(
    block: &Block,
    offset: usize,
    key: Option<Node<'static>>,
    evaluator: &mut Evaluator<'_>,
) -> Node<'static> {
    let span = shifted(block.span(), offset);
    let mut members = Members::default();
    if let Some(key) = key {
        members.name(EACH_KEY, Span::default());
        members.attributes.insert(EACH_KEY.to_string(), key);
    }
    structures(&block.body, offset, evaluator, &mut members);
    let mut node = Node { value: members.finish(), span, style: Style::None };
    for label in block.labels.iter().rev() {
        let mut dict = Dict::default();
        dict.insert(Value::text(label.as_str()), shifted(label.span(), offset), node);
        node = Node { value: Value::dict(dict), span, style: Style::None };
    }
    node
}
