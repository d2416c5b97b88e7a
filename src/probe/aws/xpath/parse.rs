//! From the text of an expression to what it is made of.

use super::Unread;

/// Reads a whole expression.
pub(super) fn parse(xpath: &str) -> Result<Expression, Unread> {
    let mut parser = Parser { rest: xpath.trim_start(), depth: 0 };
    let expression = parser.or()?;
    if parser.rest.is_empty() { Ok(expression) } else { Err(Unread::Beyond) }
}

#[derive(Clone, Copy)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Itself,
    Parent,
    Attribute,
}

pub(super) enum Test {
    /// `*`
    Any,
    /// `node()`
    Node,
    /// `text()`
    Text,
    Name(String),
}

pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expression>,
}

pub(super) enum Expression {
    Literal(String),
    Number(f64),
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Equal(Box<Expression>, Box<Expression>, bool),
    Union(Box<Expression>, Box<Expression>),
    Call(String, Vec<Expression>),
    Path { absolute: bool, steps: Vec<Step> },
    Filter { inside: Box<Expression>, predicates: Vec<Expression>, steps: Vec<Step> },
}

/// How deep an expression may nest.
const DEEPEST: usize = crate::bounds::XPATH_DEPTH.value;

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn eats(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn needs(&mut self, token: &str) -> Result<(), Unread> {
        if self.eats(token) { Ok(()) } else { Err(Unread::Beyond) }
    }

    /// A word such as `and`, with something else behind it.
    fn word(&mut self, word: &str) -> bool {
        let behind = self.rest.strip_prefix(word).and_then(|r| r.chars().next());
        behind.is_some_and(|c| !is_name(c)) && self.eats(word)
    }

    fn name(&mut self) -> Option<&'t str> {
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        self.rest = rest.trim_start();
        Some(name)
    }

    fn or(&mut self) -> Result<Expression, Unread> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unread::Beyond);
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, Unread> {
        let mut left = self.equality()?;
        while self.word("and") {
            left = Expression::And(Box::new(left), Box::new(self.equality()?));
        }
        Ok(left)
    }

    fn equality(&mut self) -> Result<Expression, Unread> {
        let mut left = self.union()?;
        loop {
            let equal = if self.eats("!=") { false } else { self.eats("=") || return Ok(left) };
            left = Expression::Equal(Box::new(left), Box::new(self.union()?), equal);
        }
    }

    fn union(&mut self) -> Result<Expression, Unread> {
        let mut left = self.path()?;
        while self.eats("|") {
            left = Expression::Union(Box::new(left), Box::new(self.path()?));
        }
        Ok(left)
    }

    fn path(&mut self) -> Result<Expression, Unread> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            let (text, rest) = self.rest[1..].split_once(quote).ok_or(Unread::Beyond)?;
            self.rest = rest.trim_start();
            return Ok(Expression::Literal(text.to_string()));
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let end = self
                .rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(self.rest.len());
            let number = self.rest[..end].parse().map_err(|_| Unread::Beyond)?;
            self.rest = self.rest[end..].trim_start();
            return Ok(Expression::Number(number));
        }
        if self.eats("(") {
            let inside = self.or()?;
            self.needs(")")?;
            let predicates = self.predicates()?;
            let steps = if self.rest.starts_with('/') { self.steps(true)? } else { Vec::new() };
            return Ok(Expression::Filter { inside: Box::new(inside), predicates, steps });
        }
        if let Some(call) = self.call()? {
            return Ok(call);
        }
        let absolute = self.rest.starts_with('/');
        if absolute && self.rest.len() == 1 {
            return Err(Unread::Beyond);
        }
        Ok(Expression::Path { absolute, steps: self.steps(absolute)? })
    }

    /// A function with its arguments, unless a test of nodes stands there.
    fn call(&mut self) -> Result<Option<Expression>, Unread> {
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, behind) = self.rest.split_at(end);
        let Some(inside) = behind.trim_start().strip_prefix('(') else { return Ok(None) };
        if matches!(name, "text" | "node") {
            return Ok(None);
        }
        self.rest = inside.trim_start();
        let mut arguments = Vec::new();
        while !self.eats(")") {
            if !arguments.is_empty() {
                self.needs(",")?;
            }
            arguments.push(self.or()?);
        }
        Ok(Some(Expression::Call(name.to_string(), arguments)))
    }

    /// Steps of a path; a leading slash is that of an absolute path or of one behind a filter.
    fn steps(&mut self, slash: bool) -> Result<Vec<Step>, Unread> {
        let anywhere =
            || Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() };
        let mut steps = Vec::new();
        if slash {
            // libxml2 takes `//` twice at the beginning, and a single one behind the first.
            if self.eats("//") {
                steps.push(anywhere());
                if self.eats("//") {
                    steps.push(anywhere());
                } else {
                    self.eats("/");
                }
            } else {
                self.needs("/")?;
            }
        }
        loop {
            steps.push(self.step()?);
            if self.eats("//") {
                steps.push(anywhere());
            } else if !self.eats("/") {
                return Ok(steps);
            }
        }
    }

    fn step(&mut self) -> Result<Step, Unread> {
        if self.eats("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: Vec::new() });
        }
        if self.eats(".") {
            return Ok(Step { axis: Axis::Itself, test: Test::Node, predicates: Vec::new() });
        }
        let axis = if self.eats("@") { Axis::Attribute } else { self.axis()? };
        let test = if self.eats("*") {
            Test::Any
        } else {
            let name = self.name().ok_or(Unread::Beyond)?;
            match name {
                _ if self.rest.starts_with("::") => return Err(Unread::Beyond),
                "xml" if self.rest.starts_with(':') => return Err(Unread::Beyond),
                _ if self.rest.starts_with(':') => return Err(Unread::Prefix),
                "text" if self.eats("(") => self.needs(")").map(|()| Test::Text)?,
                "node" if self.eats("(") => self.needs(")").map(|()| Test::Node)?,
                _ if self.rest.starts_with('(') => return Err(Unread::Beyond),
                name => Test::Name(name.to_string()),
            }
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&mut self) -> Result<Axis, Unread> {
        let axes = [
            ("child", Axis::Child),
            ("descendant-or-self", Axis::DescendantOrSelf),
            ("descendant", Axis::Descendant),
            ("self", Axis::Itself),
            ("parent", Axis::Parent),
            ("attribute", Axis::Attribute),
        ];
        let found = axes.into_iter().find(|(name, _)| {
            self.rest.strip_prefix(name).is_some_and(|r| r.trim_start().starts_with("::"))
        });
        let Some((name, axis)) = found else { return Ok(Axis::Child) };
        self.eats(name);
        self.needs("::")?;
        Ok(axis)
    }

    fn predicates(&mut self) -> Result<Vec<Expression>, Unread> {
        let mut predicates = Vec::new();
        while self.eats("[") {
            predicates.push(self.or()?);
            self.needs("]")?;
        }
        Ok(predicates)
    }
}

/// Characters of names without a prefix.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
