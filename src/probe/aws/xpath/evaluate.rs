//! What an expression selects.

use roxmltree::Node;

use super::Unread;
use super::parse::{Axis, Expression, Step, Test};

/// A node, or an attribute by its position among those of an element.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item<'x> {
    Node(Node<'x, 'x>),
    Attribute(Node<'x, 'x>, usize),
}

impl Item<'_> {
    /// The string value.
    pub(super) fn text(&self) -> String {
        match self {
            Item::Attribute(node, index) => {
                node.attributes().nth(*index).map(|a| a.value().to_string()).unwrap_or_default()
            }
            Item::Node(node) if node.is_element() || node.is_root() => {
                node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect()
            }
            Item::Node(node) => node.text().unwrap_or_default().to_string(),
        }
    }

    /// The local name.
    fn name(&self) -> String {
        match self {
            Item::Attribute(node, index) => {
                node.attributes().nth(*index).map(|a| a.name().to_string()).unwrap_or_default()
            }
            Item::Node(node) => node.tag_name().name().to_string(),
        }
    }

    /// In the order of the document, attributes behind their element.
    fn order(&self) -> (u32, usize) {
        match self {
            Item::Node(node) => (node.id().get(), 0),
            Item::Attribute(node, index) => (node.id().get(), index + 1),
        }
    }
}

pub(super) struct Context<'x> {
    pub(super) item: Item<'x>,
    pub(super) position: usize,
    pub(super) size: usize,
}

pub(super) enum Value<'x> {
    Nodes(Vec<Item<'x>>),
    Text(String),
    Number(f64),
    Bool(bool),
}

impl Value<'_> {
    fn truth(&self) -> bool {
        match self {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Bool(truth) => *truth,
        }
    }

    /// `string()`; numbers are whole ones here.
    fn text(&self) -> String {
        match self {
            Value::Nodes(nodes) => nodes.first().map(Item::text).unwrap_or_default(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
        }
    }

    /// `=`, or with `equal` false `!=`; a set of nodes by any of them.
    fn compares(&self, other: &Value<'_>, equal: bool) -> Result<bool, Unread> {
        match (self, other) {
            (Value::Nodes(a), Value::Nodes(b)) => {
                Ok(a.iter().any(|a| b.iter().any(|b| (a.text() == b.text()) == equal)))
            }
            (Value::Nodes(nodes), Value::Text(text)) | (Value::Text(text), Value::Nodes(nodes)) => {
                Ok(nodes.iter().any(|n| (n.text() == *text) == equal))
            }
            (Value::Text(a), Value::Text(b)) => Ok((a == b) == equal),
            (Value::Number(a), Value::Number(b)) => Ok((a == b) == equal),
            (Value::Bool(a), b) | (b, Value::Bool(a)) => Ok((*a == b.truth()) == equal),
            _ => Err(Unread::Beyond),
        }
    }
}

impl Expression {
    pub(super) fn value<'x>(&self, context: &Context<'x>) -> Result<Value<'x>, Unread> {
        Ok(match self {
            Expression::Literal(text) => Value::Text(text.clone()),
            Expression::Number(number) => Value::Number(*number),
            Expression::Or(a, b) => {
                Value::Bool(a.value(context)?.truth() || b.value(context)?.truth())
            }
            Expression::And(a, b) => {
                Value::Bool(a.value(context)?.truth() && b.value(context)?.truth())
            }
            Expression::Equal(a, b, equal) => {
                Value::Bool(a.value(context)?.compares(&b.value(context)?, *equal)?)
            }
            Expression::Union(a, b) => {
                let (Value::Nodes(mut nodes), Value::Nodes(more)) =
                    (a.value(context)?, b.value(context)?)
                else {
                    return Err(Unread::Beyond);
                };
                nodes.extend(more);
                Value::Nodes(sorted(nodes))
            }
            Expression::Call(name, arguments) => call(name, arguments, context)?,
            Expression::Path { absolute, steps } => {
                let start = match (absolute, context.item) {
                    (false, item) => item,
                    (true, Item::Node(node) | Item::Attribute(node, _)) => {
                        Item::Node(node.document().root())
                    }
                };
                Value::Nodes(walk(vec![start], steps)?)
            }
            Expression::Filter { inside, predicates, steps } => {
                let inside = inside.value(context)?;
                let Value::Nodes(nodes) = inside else {
                    return if predicates.is_empty() && steps.is_empty() {
                        Ok(inside)
                    } else {
                        Err(Unread::Beyond)
                    };
                };
                Value::Nodes(walk(filtered(nodes, predicates)?, steps)?)
            }
        })
    }
}

fn sorted(mut nodes: Vec<Item<'_>>) -> Vec<Item<'_>> {
    nodes.sort_by_key(Item::order);
    nodes.dedup();
    nodes
}

fn walk<'x>(mut nodes: Vec<Item<'x>>, steps: &[Step]) -> Result<Vec<Item<'x>>, Unread> {
    for step in steps {
        let mut next = Vec::new();
        for item in nodes {
            next.extend(filtered(step.of(item), &step.predicates)?);
        }
        nodes = sorted(next);
    }
    Ok(nodes)
}

fn filtered<'x>(
    mut nodes: Vec<Item<'x>>,
    predicates: &[Expression],
) -> Result<Vec<Item<'x>>, Unread> {
    for predicate in predicates {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, item) in nodes.into_iter().enumerate() {
            let position = index + 1;
            let keep = match predicate.value(&Context { item, position, size })? {
                Value::Number(number) => number == index_number(position),
                value => value.truth(),
            };
            if keep {
                kept.push(item);
            }
        }
        nodes = kept;
    }
    Ok(nodes)
}

/// Positions are far below what a float holds.
fn index_number(position: usize) -> f64 {
    u32::try_from(position).map_or(f64::INFINITY, f64::from)
}

impl Step {
    fn of<'x>(&self, item: Item<'x>) -> Vec<Item<'x>> {
        let Item::Node(node) = item else {
            let Item::Attribute(owner, _) = item else { return Vec::new() };
            return match (self.axis, &self.test) {
                (Axis::Itself | Axis::DescendantOrSelf, Test::Node) => vec![item],
                (Axis::Parent, _) if self.fits(owner) => vec![Item::Node(owner)],
                _ => Vec::new(),
            };
        };
        let nodes: Vec<Node<'x, 'x>> = match self.axis {
            Axis::Child => node.children().collect(),
            Axis::Descendant => node.descendants().skip(1).collect(),
            Axis::DescendantOrSelf => node.descendants().collect(),
            Axis::Itself => vec![node],
            Axis::Parent => node.parent().into_iter().collect(),
            Axis::Attribute => {
                let fits = |a: &roxmltree::Attribute<'_, '_>| match &self.test {
                    Test::Any | Test::Node => true,
                    Test::Name(name) => a.name() == name && a.namespace().is_none(),
                    Test::Text => false,
                };
                return node
                    .attributes()
                    .enumerate()
                    .filter(|(_, a)| fits(a))
                    .map(|(i, _)| Item::Attribute(node, i))
                    .collect();
            }
        };
        nodes.into_iter().filter(|n| self.fits(*n)).map(Item::Node).collect()
    }

    fn fits(&self, node: Node<'_, '_>) -> bool {
        match &self.test {
            Test::Any => node.is_element(),
            Test::Node => true,
            Test::Text => node.is_text(),
            Test::Name(name) => {
                node.is_element()
                    && node.tag_name().name() == name
                    && node.tag_name().namespace().is_none()
            }
        }
    }
}

fn call<'x>(
    name: &str,
    arguments: &[Expression],
    context: &Context<'x>,
) -> Result<Value<'x>, Unread> {
    let texts = |count: usize| -> Result<Vec<String>, Unread> {
        if arguments.len() != count {
            return Err(Unread::Beyond);
        }
        arguments.iter().map(|a| a.value(context).map(|v| v.text())).collect()
    };
    let own = |of: fn(&Item<'_>) -> String| match arguments {
        [] => Ok(of(&context.item)),
        [argument] => match argument.value(context)? {
            Value::Nodes(nodes) => Ok(nodes.first().map(of).unwrap_or_default()),
            value => Ok(value.text()),
        },
        _ => Err(Unread::Beyond),
    };
    Ok(match name {
        "string" => Value::Text(own(|item| item.text())?),
        "normalize-space" => Value::Text(
            own(|item| item.text())?.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
        ),
        "local-name" => Value::Text(own(|item| item.name())?),
        "contains" => Value::Bool(texts(2).map(|t| t[0].contains(&t[1]))?),
        "starts-with" => Value::Bool(texts(2).map(|t| t[0].starts_with(&t[1]))?),
        "concat" => Value::Text(texts(arguments.len())?.concat()),
        "not" => match arguments {
            [argument] => Value::Bool(!argument.value(context)?.truth()),
            _ => return Err(Unread::Beyond),
        },
        "position" if arguments.is_empty() => Value::Number(index_number(context.position)),
        "last" if arguments.is_empty() => Value::Number(index_number(context.size)),
        "count" => match arguments {
            [argument] => match argument.value(context)? {
                Value::Nodes(nodes) => Value::Number(index_number(nodes.len())),
                _ => return Err(Unread::Beyond),
            },
            _ => return Err(Unread::Beyond),
        },
        _ => return Err(Unread::Beyond),
    })
}
