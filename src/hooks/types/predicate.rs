//! The conditions of a data file, read from lists such as `["truthy", "extra.account"]`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::pem::Reader;
use super::shape::{Pattern, Shape};

/// A field, or an extra: `extra.NAME` or `extra.NAME.MEMBER`, where NAME may hold dots itself.
pub(super) type Path = String;

/// A condition about a connection.
#[derive(Debug)]
pub(crate) enum Predicate {
    True,
    /// Python's truth; what is absent is not true.
    Truthy(Path),
    /// The key stands there, even as null.
    Present(Path),
    /// It is there and not null.
    NotNull(Path),
    /// It is one of these values; booleans are no numbers.
    In(Path, Vec<Json>),
    /// It is of one of these types, by their names in JSON; never if it is absent.
    Is(Path, Vec<Type>),
    /// It is there, and of no type that its kind in `extras` allows.
    NotKind(Path),
    /// It is there, of no type that its kind allows, and of one of these types in the mode that
    /// was chosen, or in any (`""`); where that is asked, it is true to Python.
    RefusedKind(Path, bool, BTreeMap<String, Vec<Type>>),
    /// It is a text of this shape.
    Text(Path, Shape),
    /// It is a text that spells no boolean that is true.
    NotTrueWord(Path),
    /// It is a text of JSON.
    Json(Path),
    /// It is an object, or a text of JSON that holds one.
    Object(Path),
    /// It is such an object without this member.
    Lacks(Path, String),
    /// It is a text of JSON or YAML that holds a mapping.
    MappingText(Path),
    /// No item of this list in an object has the name that stands at another path.
    NoItemNamed(Path, String, Path),
    /// It is a text that this reader of keys does not take; the last is the path of the passphrase.
    NotAKey(Path, Reader, Option<Path>),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    /// One of these modes was chosen.
    Mode(Vec<String>),
    /// More than one of these is true.
    MoreThanOne(Vec<Path>),
    /// Of two exactly one is true.
    OneOfTwo(Path, Path),
    /// Of two both or neither is there.
    BothOrNeither(Path, Path),
    /// An extra that is neither read nor an argument of the driver.
    UnknownArgument,
    /// An extra that the hook gives the driver itself.
    TakenArgument,
    /// An extra that is not read by name, and is not a text.
    OtherNotText,
    /// An extra that is not read by name, and is a text that is no value of a header.
    OtherNotHeader,
    /// An extra that begins so and is not an argument of the driver.
    UnknownBeginning(String),
    /// An extra that begins so, but for these.
    Beginning(String, Vec<String>),
    /// An extra of one of these types.
    AnyExtraIs(Vec<Type>),
    /// An object has other members than these.
    OtherMembers(Path, Vec<String>),
    /// An object has members that are no arguments of the driver.
    NotArguments(Path),
    /// An object in which a key or a value is not what Python's `int()` takes.
    NotIntegers(Path),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Type {
    Null,
    Boolean,
    Number,
    String,
    List,
    Object,
}

/// The items behind the name of a condition.
struct Items<A>(A);

impl<'d, A: SeqAccess<'d>> Items<A> {
    fn next<T: Deserialize<'d>>(&mut self) -> Result<T, A::Error> {
        self.0.next_element()?.ok_or_else(|| A::Error::custom("an item is missing"))
    }

    fn rest<T: Deserialize<'d>>(&mut self) -> Result<Vec<T>, A::Error> {
        std::iter::from_fn(|| self.0.next_element().transpose()).collect()
    }
}

impl<'d> Deserialize<'d> for Predicate {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Predicate, D::Error> {
        struct List;
        impl<'d> Visitor<'d> for List {
            type Value = Predicate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition, which is a list")
            }

            fn visit_seq<A: SeqAccess<'d>>(self, list: A) -> Result<Predicate, A::Error> {
                let mut items = Items(list);
                let name: String = items.next()?;
                let read = Predicate::named(&name, &mut items)?;
                match items.0.next_element::<IgnoredAny>()? {
                    Some(_) => Err(A::Error::custom(format!("`{name}` has too many items"))),
                    None => Ok(read),
                }
            }
        }
        from.deserialize_seq(List)
    }
}

impl Predicate {
    fn named<'d, A: SeqAccess<'d>>(
        name: &str,
        items: &mut Items<A>,
    ) -> Result<Predicate, A::Error> {
        let not = |inner| Predicate::Not(Box::new(inner));
        Ok(match name {
            "true" => Predicate::True,
            "truthy" => Predicate::Truthy(items.next()?),
            "falsy" => not(Predicate::Truthy(items.next()?)),
            "present" => Predicate::Present(items.next()?),
            "absent" => not(Predicate::Present(items.next()?)),
            "not-null" => Predicate::NotNull(items.next()?),
            "is-value" => Predicate::In(items.next()?, vec![items.next()?]),
            "in" => Predicate::In(items.next()?, items.next()?),
            "is" => Predicate::Is(items.next()?, items.next()?),
            "not-kind" => Predicate::NotKind(items.next()?),
            "refused-kind" => Predicate::RefusedKind(items.next()?, true, items.next()?),
            "refused-value" => Predicate::RefusedKind(items.next()?, false, items.next()?),
            "not-true-word" => Predicate::NotTrueWord(items.next()?),
            "json" => Predicate::Json(items.next()?),
            "object" => Predicate::Object(items.next()?),
            "lacks" => Predicate::Lacks(items.next()?, items.next()?),
            "mapping-text" => Predicate::MappingText(items.next()?),
            "no-item-named" => Predicate::NoItemNamed(items.next()?, items.next()?, items.next()?),
            "not-a-key" => Predicate::NotAKey(items.next()?, items.next()?, items.next()?),
            "all" => Predicate::All(items.rest()?),
            "any" => Predicate::Any(items.rest()?),
            "not" => not(items.next()?),
            "mode" => Predicate::Mode(items.rest()?),
            "more-than-one" => Predicate::MoreThanOne(items.rest()?),
            "one-of-two" => Predicate::OneOfTwo(items.next()?, items.next()?),
            "both-or-neither" => Predicate::BothOrNeither(items.next()?, items.next()?),
            "unknown-argument" => Predicate::UnknownArgument,
            "taken-argument" => Predicate::TakenArgument,
            "other-not-text" => Predicate::OtherNotText,
            "other-not-header" => Predicate::OtherNotHeader,
            "unknown-beginning" => Predicate::UnknownBeginning(items.next()?),
            "beginning" => Predicate::Beginning(items.next()?, items.next()?),
            "any-extra-is" => Predicate::AnyExtraIs(items.next()?),
            "other-members" => Predicate::OtherMembers(items.next()?, items.next()?),
            "not-arguments" => Predicate::NotArguments(items.next()?),
            "not-integers" => Predicate::NotIntegers(items.next()?),
            shape => Predicate::Text(items.next()?, Shape::named(shape, items)?),
        })
    }
}

impl Shape {
    fn named<'d, A: SeqAccess<'d>>(name: &str, items: &mut Items<A>) -> Result<Shape, A::Error> {
        Ok(match name {
            "word" => Shape::Word(items.next()?),
            "contains" => Shape::Contains(items.next()?),
            "begins" => Shape::Begins(items.next()?),
            "ends" => Shape::Ends(items.next()?),
            "only" => Shape::Only(items.next()?),
            "int-text" => Shape::Int,
            "float-text" => Shape::Float,
            "impossible-host" => Shape::ImpossibleHost,
            "base64" => Shape::Base64,
            "connection-string" => Shape::ConnectionString,
            "url" => Shape::Url,
            "matches" => {
                let text: String = items.next()?;
                Shape::Matches(Pattern::new(text))
            }
            other => return Err(A::Error::custom(format!("there is no condition `{other}`"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::Predicate;

    #[test]
    fn conditions_are_read_or_refused() {
        for good in [
            json!(["true"]),
            json!(["all", ["truthy", "host"], ["not", ["contains", "host", ["://"]]]]),
            json!(["in", "extra.auth", ["jwt", 1, true]]),
            json!(["matches", "host", "[a-z]+"]),
            json!(["refused-kind", "extra.ssl", {"": ["list"], "password": ["number"]}]),
        ] {
            assert!(from_value::<Predicate>(good.clone()).is_ok(), "{good}");
        }
        for bad in [
            json!("true"),
            json!([]),
            json!(["truthy"]),
            json!(["truthy", "host", "port"]),
            json!(["nothing", "host"]),
            json!(["is", "host", ["text"]]),
            json!(["all", ["absnt", "host"]]),
        ] {
            assert!(from_value::<Predicate>(bad.clone()).is_err(), "{bad}");
        }
    }
}
