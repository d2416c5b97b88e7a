//! What an extra may be, as its reader takes it.

use serde::Deserialize;

use super::shape::{is_float, is_int};
use crate::airflow::python::json_loads::loads;
use crate::model::Value;

/// What an extra may be. Null is as good as nothing to all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Any,
    /// Whatever it is, only its truth is tested.
    Truthy,
    String,
    Number,
    Boolean,
    List,
    Object,
    /// A number, or a text that Python's `int()` takes.
    IntText,
    /// The same for `float()`.
    FloatText,
    /// A boolean, or a text that is compared with words.
    BoolText,
    /// A boolean, or the path of a file.
    BoolOrPath,
    /// A text that holds JSON.
    JsonText,
    /// An object, or a text that holds one.
    ObjectOrJsonText,
    StringOrList,
}

impl Kind {
    /// Whether a reader takes this value.
    pub(super) fn takes(self, value: &Value<'_>) -> bool {
        let text = value.as_str();
        let is_number = matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_));
        let is_text = matches!(value, Value::Str(_));
        value.is_null()
            || match self {
                Kind::Any | Kind::Truthy => true,
                Kind::String => is_text,
                Kind::Number => is_number,
                Kind::Boolean => matches!(value, Value::Bool(_)),
                Kind::List => matches!(value, Value::List(_)),
                Kind::Object => value.as_dict().is_some(),
                Kind::IntText => is_number || text.is_some_and(|t| t.is_empty() || is_int(t)),
                Kind::FloatText => is_number || text.is_some_and(|t| t.is_empty() || is_float(t)),
                Kind::BoolText | Kind::BoolOrPath => is_text || matches!(value, Value::Bool(_)),
                Kind::JsonText => text.is_some_and(|text| text.is_empty() || loads(text).is_ok()),
                Kind::ObjectOrJsonText => {
                    value.as_dict().is_some()
                        || text.is_some_and(|text| text.is_empty() || loads(text).is_ok())
                }
                Kind::StringOrList => is_text || matches!(value, Value::List(_)),
            }
    }

    /// The types of JSON that it may be; none where any may.
    pub(crate) fn json_types(self) -> &'static [&'static str] {
        match self {
            Kind::Any | Kind::Truthy => &[],
            Kind::String | Kind::JsonText => &["string", "null"],
            Kind::Number => &["number", "null"],
            Kind::Boolean => &["boolean", "null"],
            Kind::List => &["array", "null"],
            Kind::Object => &["object", "null"],
            Kind::IntText | Kind::FloatText => &["number", "string", "null"],
            Kind::BoolText | Kind::BoolOrPath => &["boolean", "string", "null"],
            Kind::ObjectOrJsonText => &["object", "string", "null"],
            Kind::StringOrList => &["string", "array", "null"],
        }
    }

    /// The pattern that a text must have, as JSON Schema writes it.
    pub(crate) fn pattern(self) -> Option<&'static str> {
        match self {
            Kind::IntText => Some(r"^\s*([+-]?[0-9]+(_[0-9]+)*)?\s*$"),
            Kind::FloatText => Some(
                r"^\s*([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN]))?\s*$",
            ),
            _ => None,
        }
    }

    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Kind::Any => "any value",
            Kind::Truthy => "any value, of which only the truth is tested",
            Kind::String => "a text",
            Kind::Number => "a number",
            Kind::Boolean => "a boolean",
            Kind::List => "a list",
            Kind::Object => "an object",
            Kind::IntText => "an integer, or the text of one",
            Kind::FloatText => "a number, or the text of one",
            Kind::BoolText => "a boolean, or the text of one",
            Kind::BoolOrPath => "a boolean, or the path of a file",
            Kind::JsonText => "a text that holds JSON",
            Kind::ObjectOrJsonText => "an object, or a text that holds one",
            Kind::StringOrList => "a text, or a list of texts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::model::Value;

    #[test]
    fn readers_take_what_python_takes() {
        for (kind, text, want) in [
            (Kind::IntText, "30", true),
            (Kind::IntText, " +1_000 ", true),
            (Kind::IntText, "30s", false),
            (Kind::FloatText, "1e3", true),
            (Kind::FloatText, "never", false),
            (Kind::Number, "30", false),
            (Kind::ObjectOrJsonText, "{}", true),
            (Kind::ObjectOrJsonText, "{'a': 1}", false),
            (Kind::String, "", true),
            (Kind::BoolText, "true", true),
            (Kind::List, "a,b", false),
        ] {
            assert_eq!(kind.takes(&Value::text(text)), want, "{kind:?} {text}");
        }
        assert!(!Kind::String.takes(&Value::Int(7)) && !Kind::Number.takes(&Value::Bool(true)));
        assert!(Kind::String.takes(&Value::Null) && Kind::Truthy.takes(&Value::text("no")));
    }
}
