//! Python values as JSON and YAML reading produce them, with the place of each in the text that was
//! read.

mod equality;
mod members;

use std::borrow::Cow;

use crate::source::Span;
pub use members::Members;

/// Text as Python holds it: Unicode scalar values and perhaps lone surrogates (`"\ud800"` in JSON).
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Str<'a> {
    /// Ordinary text.
    Utf8(Cow<'a, str>),
    /// Text with at least one lone surrogate, in generalized UTF-8 (WTF-8).
    Lone(Vec<u8>),
}

impl Str<'_> {
    /// The text, unless it holds a lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Str::Utf8(text) => Some(text),
            Str::Lone(_) => None,
        }
    }

    /// True for `""`.
    pub fn is_empty(&self) -> bool {
        matches!(self, Str::Utf8(text) if text.is_empty())
    }

    /// Owned copy.
    pub fn into_owned(self) -> Str<'static> {
        match self {
            Str::Utf8(text) => Str::Utf8(Cow::Owned(text.into_owned())),
            Str::Lone(bytes) => Str::Lone(bytes),
        }
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Self {
        Str::Utf8(Cow::Borrowed(text))
    }
}

impl From<String> for Str<'_> {
    fn from(text: String) -> Self {
        Str::Utf8(Cow::Owned(text))
    }
}

/// How a scalar is written in the source: what must be undone to trace its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// Not a scalar with text of its own (containers, implied nulls).
    #[default]
    None,
    /// A list or mapping of YAML with an anchor to which no alias refers.
    Anchored,
    /// The same with an anchor to which aliases do.
    Shared,
    /// A JSON string or literal.
    Json,
    /// YAML, no quotes.
    Plain,
    /// YAML `'…'`.
    Single,
    /// YAML `"…"`.
    Double,
    /// YAML `|` or `>`.
    Block,
    /// The rest of a line of an `.env` file, as it stands.
    Line,
    /// HCL `"…"` or `<<EOT`.
    Hcl,
    /// An object or list of HCL that is the argument of `jsonencode`, which makes a text of it.
    Encoded,
    /// A string of TOML, in any quotes.
    Toml,
    /// A word of a shell, with its quotes.
    Shell,
    /// The part behind `=` of a word of a shell.
    ShellOption,
}

/// A Python value.
#[derive(Clone)]
pub enum Value<'a> {
    /// `None`.
    Null,
    /// `True`, `False`.
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// Any other integer, in decimal digits as `str()` writes them.
    BigInt(String),
    /// A float; may be NaN or infinite.
    Float(f64),
    /// Text.
    Str(Str<'a>),
    /// A list.
    List(Vec<Node<'a>>),
    /// A dict, in insertion order.
    Dict(Box<Dict<'a>>),
    /// What YAML makes and JSON cannot hold: a date, bytes, a set. With the name of its Python
    /// type.
    Opaque(&'static str),
    /// A YAML alias to a container that it stands in.
    Cycle,
}

/// A value and where it stands in the text that was read.
#[derive(Clone)]
pub struct Node<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Bytes of the text that was read, quotes included.
    pub span: Span,
    /// How it is written there.
    pub style: Style,
}

/// A member of a dict.
#[derive(Clone)]
pub struct Member<'a> {
    /// Where the key stands (of the last occurrence, if it is repeated).
    pub key_span: Span,
    /// The value.
    pub node: Node<'a>,
}

/// A dict key, equal to another as Python says: `1 == 1.0 == True`.
#[derive(Clone)]
pub struct Key<'a>(pub Value<'a>);

/// A Python dict.
#[derive(Clone, Default)]
pub struct Dict<'a> {
    /// The members; a repeated key has its first position and its last value.
    pub members: Members<'a>,
    /// Tells mappings of one YAML document apart; an alias has the identity of its anchor. 0 is no
    /// identity.
    pub identity: u32,
    /// Keys that were written more than once: the places of the values that lost.
    pub overwritten: Vec<Span>,
}

impl<'a> Value<'a> {
    /// `Value::Str` of ordinary text.
    pub fn text(text: impl Into<String>) -> Value<'static> {
        Value::Str(Str::from(text.into()))
    }

    /// `Value::Dict`, boxed: a dict is several times larger than any other value.
    pub fn dict(dict: Dict<'a>) -> Value<'a> {
        Value::Dict(Box::new(dict))
    }

    /// The text of a string without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => text.as_str(),
            _ => None,
        }
    }

    /// The dict, if it is one.
    pub fn as_dict(&self) -> Option<&Dict<'a>> {
        match self {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// `None`?
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// `bool(value)`.
    pub fn truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(f) => *f != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Dict(d) => !d.members.is_empty(),
            Value::BigInt(_) | Value::Opaque(_) | Value::Cycle => true,
        }
    }

    /// `type(value).__name__`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Opaque(name) => name,
            Value::Cycle => "dict",
        }
    }

    /// Owned copy.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(b) => Value::Bool(b),
            Value::Int(n) => Value::Int(n),
            Value::BigInt(n) => Value::BigInt(n),
            Value::Float(f) => Value::Float(f),
            Value::Str(s) => Value::Str(s.into_owned()),
            Value::List(l) => Value::List(l.into_iter().map(Node::into_owned).collect()),
            Value::Dict(d) => Value::dict(d.into_owned()),
            Value::Opaque(name) => Value::Opaque(name),
            Value::Cycle => Value::Cycle,
        }
    }

    /// True if a lone surrogate stands anywhere in it.
    pub fn has_lone_surrogate(&self) -> bool {
        match self {
            Value::Str(s) => s.as_str().is_none(),
            Value::List(l) => l.iter().any(|n| n.value.has_lone_surrogate()),
            Value::Dict(d) => d
                .members
                .iter()
                .any(|(k, m)| k.0.has_lone_surrogate() || m.node.value.has_lone_surrogate()),
            _ => false,
        }
    }
}

impl<'a> Dict<'a> {
    /// The value under a string key.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.member(key).map(|m| &m.node)
    }

    /// The value under a string key; null where there is none.
    pub fn value(&self, key: &str) -> &Value<'a> {
        self.get(key).map_or(&Value::Null, |node| &node.value)
    }

    /// The member under a string key.
    pub fn member(&self, key: &str) -> Option<&Member<'a>> {
        self.members.named(key)
    }

    /// Sets a key as Python does.
    pub fn insert(&mut self, key: Value<'a>, key_span: Span, node: Node<'a>) {
        if let Some(old) = self.members.insert(Key(key), Member { key_span, node }) {
            self.overwritten.push(old.key_span.cover(old.node.span));
        }
    }

    /// Members with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Value<'a>, &Member<'a>)> {
        self.members.iter().map(|(k, m)| (&k.0, m))
    }

    /// Members whose key is ordinary text.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Member<'a>)> {
        self.iter().filter_map(|(k, m)| k.as_str().map(|k| (k, m)))
    }

    fn into_owned(self) -> Dict<'static> {
        let members = self.members.into_iter();
        let members = members.map(|(k, m)| {
            (Key(k.0.into_owned()), Member { key_span: m.key_span, node: m.node.into_owned() })
        });
        Dict { members: members.collect(), identity: self.identity, overwritten: self.overwritten }
    }
}

impl<'a> Node<'a> {
    /// A value that stands nowhere.
    pub fn bare(value: Value<'a>) -> Node<'a> {
        Node { value, span: Span::default(), style: Style::None }
    }

    /// Owned copy.
    pub fn into_owned(self) -> Node<'static> {
        Node { value: self.value.into_owned(), span: self.span, style: self.style }
    }
}

/// Prints the shape and no content: it may hold secrets.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>", self.type_name())
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {:?}", self.value, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_equal_as_in_python() {
        let mut dict = Dict::default();
        let insert = |dict: &mut Dict<'static>, key, n| {
            dict.insert(key, Span::default(), Node::bare(Value::Int(n)))
        };
        insert(&mut dict, Value::Int(1), 10);
        insert(&mut dict, Value::text("1"), 20);
        insert(&mut dict, Value::Bool(true), 30);
        insert(&mut dict, Value::Float(1.0), 40);
        assert_eq!(dict.members.len(), 2);
        assert!(matches!(
            dict.members.values().next().map(|m| &m.node.value),
            Some(Value::Int(40))
        ));
        assert!(matches!(dict.get("1").map(|n| &n.value), Some(Value::Int(20))));
        assert_eq!(dict.overwritten.len(), 2);
    }

    #[test]
    fn nothing_that_may_be_secret_is_printed() {
        let node = Node::bare(Value::List(vec![Node::bare(Value::text("s3cret"))]));
        assert!(!format!("{node:?}").contains("s3cret"));
    }
}
