//! `Connection(…)`: the constructor, the setters of password and extra, environment values,
//! `extra_dejson`.

use std::borrow::Cow;
use std::sync::Arc;

use super::python::json_dumps::dumps;
use super::python::json_loads::{MAX_DEPTH, loads};
use super::python::text::is_space;
use super::runtime::{Behaviour, Runtime};
use super::{Decoded, ExtraFault, Fault, FieldsFault, Raised, json, uri};
use crate::model::{Connection, Dict, Field, Node, Secret, Value};
use crate::source::Text;

/// Keyword arguments that every constructor takes besides those that come and go with versions.
const PARAMETERS: &[&str] =
    &["conn_id", "conn_type", "host", "login", "password", "schema", "port", "extra"];

/// Fields that must not stand beside a `uri`.
const EXCLUDED_BY_URI: &[&str] =
    &["conn_type", "host", "login", "password", "schema", "port", "extra"];

/// `Connection(**fields)`.
pub fn from_fields(node: &Node<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    let Value::Dict(fields) = &node.value else {
        return Err(Raised::new(
            "TypeError",
            Fault::Fields(FieldsFault::Shape),
            "a connection must be an object of fields",
        )
        .at(Some(node.span)));
    };
    from_keywords(fields, Prepared::default(), runtime)
}

/// How a keyword argument reaches the constructor.
#[derive(Default)]
pub enum Passed {
    /// As it stands in the dict.
    #[default]
    AsWritten,
    /// Not at all.
    Dropped,
    /// As this value instead.
    Value(Field),
}

/// What a reader does to the keyword arguments before it calls the constructor.
#[derive(Default)]
pub struct Prepared {
    /// `extra`.
    pub extra: Passed,
    /// `conn_type`.
    pub conn_type: Passed,
    /// `port`.
    pub port: Passed,
    /// Keys that the reader keeps to itself.
    pub ignored: &'static [&'static str],
}

impl Prepared {
    fn of(&self, name: &str) -> &Passed {
        match name {
            "extra" => &self.extra,
            "conn_type" => &self.conn_type,
            "port" => &self.port,
            _ => &Passed::AsWritten,
        }
    }

    /// The value that reaches the constructor; `None` without one.
    fn value<'v>(&'v self, fields: &'v Dict<'_>, name: &str) -> Option<&'v Value<'v>> {
        match self.of(name) {
            Passed::AsWritten => {
                fields.get(name).map(|n| &n.value).filter(|_| !self.ignored.contains(&name))
            }
            Passed::Dropped => None,
            Passed::Value(value) => Some(value),
        }
    }
}

/// `Connection(**fields)` after a reader has prepared them.
pub fn from_keywords(
    fields: &Dict<'_>,
    mut prepared: Prepared,
    runtime: &Runtime,
) -> Result<Connection, Raised> {
    let b = &runtime.behaviour;
    let place = |name: &str| fields.member(name).map(|m| m.key_span.cover(m.node.span));
    let mixed = || {
        Raised::new(
            "AirflowException",
            Fault::Fields(FieldsFault::Conflict),
            "`uri` stands beside other fields",
        )
        .at(place("uri"))
    };
    let reaches = |key: &str, prepared: &Prepared| {
        !prepared.ignored.contains(&key) && !matches!(prepared.of(key), Passed::Dropped)
    };
    if b.sdk && b.uri_parameter && fields.get("uri").is_some_and(|n| !n.value.is_null()) {
        let beside = |key: &Value<'_>| {
            key.as_str()
                .is_none_or(|key| !matches!(key, "uri" | "conn_id") && reaches(key, &prepared))
        };
        if fields.iter().any(|(key, _)| beside(key)) {
            return Err(mixed());
        }
    }
    for (key, member) in fields.iter() {
        let known = key.as_str().is_some_and(|key| {
            PARAMETERS.contains(&key)
                || key == "description" && b.description
                || key == "uri" && b.uri_parameter
                || key == "team_name" && b.team_name
                || prepared.ignored.contains(&key)
        });
        if !known {
            return Err(Raised::new(
                "TypeError",
                Fault::Fields(FieldsFault::Unknown),
                "this is not a field of a connection",
            )
            .at(Some(member.key_span)));
        }
    }
    if b.dumps_extra
        && let Some(extra) =
            prepared.value(fields, "extra").filter(|e| e.truthy() && !matches!(e, Value::Str(_)))
    {
        let text = dump_extra(extra).map_err(|e| e.at(place("extra")))?;
        prepared.extra = Passed::Value(Value::text(text));
    }
    let owned = |name: &str| {
        prepared.value(fields, name).map_or(Value::Null, |value| value.clone().into_owned())
    };
    if let Some(member) = fields.member("uri") {
        let given = &member.node.value;
        let beside = || {
            EXCLUDED_BY_URI
                .iter()
                .any(|name| prepared.value(fields, name).is_some_and(Value::truthy))
        };
        if !b.sdk && b.refuses_mix && given.truthy() && beside() {
            return Err(mixed());
        }
        if if b.sdk { !given.is_null() } else { given.truthy() } {
            let Some(text) = given.as_str() else {
                return Err(Raised::new(
                    "AttributeError",
                    Fault::Fields(FieldsFault::Type),
                    "`uri` is not a string",
                )
                .at(place("uri")));
            };
            let mut connection =
                uri::from_uri(&Text::untraced(text), runtime).map_err(|e| e.at(place("uri")))?;
            if !b.sdk {
                connection.description = owned("description");
            } else if b.uri_keeps_dict {
                let dict = extra_dejson(&connection, b)
                    .map_or(Value::Null, |dict| dict.into_owned().into_owned());
                connection.extra = Secret::new(dict);
            }
            return Ok(connection);
        }
    }
    if b.type_required && prepared.value(fields, "conn_type").is_none() {
        return Err(Raised::new("TypeError", Fault::NoType, "conn_type is missing"));
    }
    Ok(Connection {
        conn_type: owned("conn_type"),
        description: owned("description"),
        host: owned("host"),
        login: owned("login"),
        password: password(owned("password"), b).map_err(|e| e.at(place("password")))?,
        schema: owned("schema"),
        port: owned("port"),
        extra: checked_extra(owned("extra"), b).map_err(|e| e.at(place("extra")))?,
    })
}

/// `json.dumps(extra)` of an extra that is not text.
pub fn dump_extra(extra: &Value<'_>) -> Result<String, Raised> {
    dumps(extra).map_err(|exception| {
        Raised::new(
            exception,
            Fault::Extra(ExtraFault::Type),
            "this extra cannot be written as JSON",
        )
    })
}

/// The core encrypts the password: what is falsy stays null, what is not text raises. The Task SDK
/// keeps anything.
fn password(value: Field, b: &Behaviour) -> Result<Secret, Raised> {
    if b.sdk {
        return Ok(Secret::new(value));
    }
    match &value {
        value if !value.truthy() => return Ok(Secret::new(Value::Null)),
        Value::Str(text) if text.as_str().is_none() => {
            return Err(Raised::new(
                "UnicodeEncodeError",
                Fault::Fields(FieldsFault::Type),
                "the password holds a lone surrogate",
            ));
        }
        Value::Str(_) => {}
        _ => {
            return Err(Raised::new(
                "TypeError",
                Fault::Fields(FieldsFault::Type),
                "the password is not a string; put it in quotes",
            ));
        }
    }
    Ok(Secret::new(value))
}

fn checked_extra(value: Field, b: &Behaviour) -> Result<Secret, Raised> {
    let extra = Secret::new(value);
    if b.sdk || !extra.expose().truthy() {
        return Ok(extra);
    }
    let Value::Str(text) = extra.expose() else {
        let message = "this Airflow takes extra only as a string of JSON";
        return Err(Raised::new("TypeError", Fault::Extra(ExtraFault::Type), message));
    };
    let Some(text) = text.as_str() else {
        let fault = Fault::Extra(ExtraFault::Type);
        return Err(Raised::new("UnicodeEncodeError", fault, "extra holds a lone surrogate"));
    };
    check_secret(&extra, &Text::untraced(text), b)?;
    Ok(extra)
}

/// [`check_extra`] of an extra that is kept, and with it what was read; `text` is the same text.
pub(super) fn check_secret(extra: &Secret, text: &Text<'_>, b: &Behaviour) -> Result<(), Raised> {
    let holds =
        b.strict_extra && decoded(extra).is_some_and(|node| matches!(node.value, Value::Dict(_)));
    if holds { Ok(()) } else { check_extra(text, b) }
}

/// What an extra decodes to, if it does: read once for all copies. An extra that is a dict is one.
pub fn decoded(extra: &Secret) -> Option<&Arc<Node<'static>>> {
    extra.decoded(|value| match value {
        Value::Str(text) => Some(loads(text.as_str()?).ok()?.into_owned()),
        Value::Dict(_) => Some(Node::bare(value.clone())),
        _ => None,
    })
}

/// The core reads a non-empty extra when the connection is made, and from Airflow 3 on demands that
/// it is a JSON object.
pub fn check_extra(extra: &Text<'_>, b: &Behaviour) -> Result<(), Raised> {
    if !b.reads_extra || extra.as_str().is_empty() {
        return Ok(());
    }
    // What Python cannot hold is longer than this: where faults only warn, short texts need no
    // reading.
    if !b.strict_extra && extra.as_str().len() < MAX_DEPTH {
        return Ok(());
    }
    match loads(extra.as_str()) {
        Ok(node) if matches!(node.value, Value::Dict(_)) || !b.strict_extra => Ok(()),
        Err(error) if error.is_decode_error() && !b.strict_extra => Ok(()),
        Ok(_) => Err(Raised::value_error(
            Fault::Extra(ExtraFault::Shape),
            "extra is JSON, but not an object",
        )
        .at(extra.span())),
        Err(error) if error.is_decode_error() => {
            let place = error.raised(Fault::Extra(ExtraFault::Syntax), extra).span;
            Err(Raised::value_error(
                Fault::Extra(ExtraFault::Syntax),
                format!("extra is not JSON: {}", error.message()),
            )
            .at(place)
            .at(extra.span()))
        }
        Err(error) => Err(error.raised(Fault::Extra(ExtraFault::Syntax), extra)),
    }
}

/// `extra_dejson`: what extra decodes to; undecodable text is `{}`. The error is the type of the
/// exception.
pub fn extra_dejson<'c>(
    connection: &'c Connection,
    b: &Behaviour,
) -> Result<Cow<'c, Value<'c>>, &'static str> {
    let nothing = || Ok(Cow::Owned(Value::dict(Dict::default())));
    let extra = connection.extra.expose();
    if !extra.truthy() {
        return nothing();
    }
    let Value::Str(text) = extra else { return Err("TypeError") };
    let Some(text) = text.as_str() else { return nothing() };
    let value = match connection.extra.known() {
        Some(node) => Cow::Borrowed(&node.value),
        None => match loads(text) {
            Ok(node) => Cow::Owned(node.value),
            Err(error) if error.is_decode_error() => return nothing(),
            Err(error) => return Err(error.exception()),
        },
    };
    if b.masker_refuses_surrogates && has_lone_text(&value) {
        return Err("UnicodeEncodeError");
    }
    Ok(value)
}

/// A lone surrogate in a value (the log masker does not look at keys).
fn has_lone_text(value: &Value<'_>) -> bool {
    match value {
        Value::Dict(dict) => dict.members.values().any(|m| has_lone_text(&m.node.value)),
        Value::List(items) => items.iter().any(|n| has_lone_text(&n.value)),
        other => other.has_lone_surrogate(),
    }
}

/// What the environment backend makes of the value of `AIRFLOW_CONN_…`.
pub fn from_environment(
    value: &Text<'_>,
    runtime: &Runtime,
    keep: Option<&Decoded>,
) -> Result<Connection, Raised> {
    let runtime = &*runtime.of_environment();
    let b = &runtime.behaviour;
    if value.as_str().is_empty() {
        return Err(Raised::new(
            "LookupError",
            Fault::Blank,
            "an empty value: the connection is not defined",
        )
        .at(value.span()));
    }
    if !b.env_json {
        return uri::from_uri(value, runtime);
    }
    let stripped = stripped(value);
    match stripped.as_str().chars().next() {
        None => {
            Err(Raised::new("IndexError", Fault::Blank, "a value of blanks only").at(value.span()))
        }
        Some('{') => json::from_json_keeping(&stripped, runtime, keep),
        Some(_) => uri::from_uri(&stripped, runtime),
    }
}

/// `value.strip()`.
pub fn stripped<'a>(value: &Text<'a>) -> Text<'a> {
    let text = value.as_str();
    let start = text.len() - text.trim_start_matches(is_space).len();
    let end = start + text[start..].trim_end_matches(is_space).len();
    value.slice(start..end)
}
