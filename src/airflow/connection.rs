//! `Connection(…)`: the constructor, and the setter of the password.

use super::extra::{checked_extra, dump_extra, extra_dejson};
use super::runtime::{Behaviour, Runtime};
use super::{Fault, FieldsFault, Raised, uri};
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

/// What a door of the server makes of fields: an extra beside a URI is set once the URI is read,
/// and takes the place of what its query holds (`connections_add`).
pub fn stored(node: &Node<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    let Value::Dict(fields) = &node.value else { return from_fields(node, runtime) };
    let given = |name: &str| fields.get(name).filter(|node| !node.value.is_null());
    let (Some(_), Some(extra)) = (given("uri").filter(|uri| uri.value.truthy()), given("extra"))
    else {
        return from_fields(node, runtime);
    };
    let prepared = Prepared { extra: Passed::Dropped, ..Prepared::default() };
    let mut connection = from_keywords(fields, prepared, runtime)?;
    let place = fields.member("extra").map(|m| m.key_span.cover(m.node.span));
    connection.extra = checked_extra(extra.value.clone().into_owned(), &runtime.behaviour)
        .map_err(|raised| raised.at(place))?;
    Ok(connection)
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
