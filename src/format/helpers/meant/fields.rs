//! The fields of a connection under the names that other tools have for them.

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::format::helpers::plain::{integer_port, set, whole_extra};
use crate::model::{Dict, FIELDS, Member, Node, Value};
use crate::source::Span;

/// Who calls a field so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// `airflow connections get` and `list` show it.
    Display,
    /// The Astro CLI, in its settings.
    Astro,
    /// The REST API.
    Api,
    /// People.
    Anybody,
}

/// What is done with a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    /// It is the id.
    Id,
    /// It is this field.
    Field(&'static str),
    /// Nothing that a connection has.
    Nothing,
}

/// Names that Airflow's import does not know.
static FOREIGN: &[(&str, Whose, Means)] = &[
    ("id", Whose::Display, Means::Nothing),
    ("is_encrypted", Whose::Display, Means::Nothing),
    ("is_extra_encrypted", Whose::Display, Means::Nothing),
    ("get_uri", Whose::Display, Means::Nothing),
    ("connection_id", Whose::Api, Means::Id),
    ("conn_host", Whose::Astro, Means::Field("host")),
    ("conn_schema", Whose::Astro, Means::Field("schema")),
    ("conn_login", Whose::Astro, Means::Field("login")),
    ("conn_password", Whose::Astro, Means::Field("password")),
    ("conn_port", Whose::Astro, Means::Field("port")),
    ("conn_extra", Whose::Astro, Means::Field("extra")),
    ("conn_uri", Whose::Astro, Means::Field("uri")),
    ("extras", Whose::Anybody, Means::Field("extra")),
    ("user", Whose::Anybody, Means::Field("login")),
    ("username", Whose::Anybody, Means::Field("login")),
    ("pass", Whose::Anybody, Means::Field("password")),
    ("database", Whose::Anybody, Means::Field("schema")),
    ("db", Whose::Anybody, Means::Field("schema")),
    ("dbname", Whose::Anybody, Means::Field("schema")),
    ("type", Whose::Anybody, Means::Field("conn_type")),
];

/// Names beside the fields that Airflow's import takes.
const OWN: &[&str] = &["conn_id", "uri", "extra_dejson", "team_id", "team_name"];

/// A field, or a name that some tool has for one.
pub(super) fn is_field_or_foreign(name: &str) -> bool {
    FIELDS.contains(&name) || OWN.contains(&name) || foreign(name).is_some()
}

/// The field that is meant by a name that Airflow does not know; `Some(None)` if it says nothing
/// that a connection has.
pub(crate) fn field_meant(name: &str) -> Option<Option<&'static str>> {
    match foreign(name)?.2 {
        Means::Field(field) => Some(Some(field)),
        Means::Id | Means::Nothing => Some(None),
    }
}

fn foreign(name: &str) -> Option<(&'static str, Whose, Means)> {
    FOREIGN.iter().find(|(known, ..)| *known == name).copied()
}

/// What becomes of a member in the text.
#[derive(Clone)]
pub(super) enum Change {
    /// It stays.
    Keep,
    /// It has another key.
    Rename(&'static str),
    /// It goes.
    Drop,
    /// It has another value, in JSON.
    Value(String),
}

/// A member that stands in the text.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) key: Span,
    pub(super) value: Span,
    pub(super) change: Change,
}

/// The fields of one object, as they were meant.
#[derive(Clone)]
pub(super) struct Fields {
    /// Under Airflow's names.
    pub(super) dict: Dict<'static>,
    /// The id among them, and its place.
    pub(super) id: Option<(String, Span)>,
    /// The key of the first that Airflow refuses.
    pub(super) first: Option<Span>,
    /// Its name.
    name: &'static str,
    /// The members, in the order of the text.
    pub(super) members: Vec<Written>,
}

/// The fields of an object; `None` if one of them has a name that nobody knows, or two are one.
pub(super) fn fields_of(given: &Dict<'static>) -> Option<Fields> {
    let mut fields = Fields {
        dict: Dict::default(),
        id: None,
        first: None,
        name: "",
        members: Vec::with_capacity(given.members.len()),
    };
    let shown =
        given.named().any(|(name, _)| matches!(foreign(name), Some((_, Whose::Display, _))));
    for (key, member) in given.iter() {
        let name = key.as_str()?;
        let change = match foreign(name) {
            None if name == "conn_id" => {
                fields.take_id(member)?;
                Change::Drop
            }
            // An empty extra is displayed like none.
            None if shown && name == "extra_dejson" && !member.node.value.truthy() => Change::Drop,
            None if shown && name == "extra_dejson" && member.node.value.as_str().is_some() => {
                let key = Value::text("extra");
                fields.dict.insert(key, member.key_span, member.node.clone());
                Change::Rename("extra")
            }
            None if FIELDS.contains(&name) || OWN.contains(&name) => {
                fields.dict.insert(key.clone(), member.key_span, member.node.clone());
                Change::Keep
            }
            None => return None,
            Some((known, _, means)) => {
                if fields.first.is_none() {
                    (fields.first, fields.name) = (Some(member.key_span), known);
                }
                match means {
                    Means::Nothing => Change::Drop,
                    Means::Id => {
                        fields.take_id(member)?;
                        Change::Drop
                    }
                    Means::Field(field) => {
                        let key = Value::text(field);
                        fields.dict.insert(key, member.key_span, member.node.clone());
                        Change::Rename(field)
                    }
                }
            }
        };
        fields.members.push(Written { key: member.key_span, value: member.node.span, change });
    }
    let apart = fields.dict.overwritten.is_empty() && given.overwritten.is_empty();
    let twice = given.get("extra").is_some() && given.get("extra_dejson").is_some();
    if shown {
        fields.types_of_display(given);
    }
    fields.members.sort_by_key(|member| member.key.start);
    (apart && !twice).then_some(fields)
}

impl Fields {
    fn take_id(&mut self, member: &Member<'static>) -> Option<()> {
        let id = member.node.value.as_str().filter(|id| !id.is_empty())?;
        let twice = self.id.replace((id.to_string(), member.node.span)).is_some();
        (!twice).then_some(())
    }

    /// A display turns numbers and booleans into text; its URI tells which.
    fn types_of_display(&mut self, given: &Dict<'static>) {
        let before = self.dict.get("port").cloned();
        integer_port(&mut self.dict);
        if let (Some(before), Some(Value::Int(port))) =
            (before, self.dict.get("port").map(|node| &node.value))
            && before.value.as_str().is_some()
        {
            let port = port.to_string();
            self.revalue(&before, port);
        }
        let (shown, uri) = (given.get("extra_dejson"), given.get("get_uri"));
        let typed = uri.and_then(whole_extra);
        let typed = typed.and_then(|text| Some(loads(&text).ok()?.value.into_owned()));
        if let (Some(shown), Some(typed)) = (shown, typed)
            && let (Ok(written), shown_as) = (dumps(&typed), dumps(&shown.value))
            && shown_as.as_ref() != Ok(&written)
        {
            set(&mut self.dict, "extra_dejson", typed, shown);
            self.revalue(shown, written);
        }
    }

    fn revalue(&mut self, node: &Node<'static>, written: String) {
        if let Some(member) = self.members.iter_mut().find(|member| member.value == node.span) {
            member.change = Change::Value(written);
        }
    }

    pub(super) fn message(&self) -> String {
        let name = self.name;
        match foreign(name) {
            Some((_, Whose::Display, _)) => format!(
                "`{name}` is not a field of a connection: `airflow connections get` shows it, and \
                 `airflow connections import` does not take it back"
            ),
            Some((_, Whose::Astro, _)) => format!(
                "`{name}` is not a field of a connection: only the Astro CLI calls it so, in its \
                 airflow_settings.yaml"
            ),
            Some((_, Whose::Api, _)) => {
                format!("`{name}` is not a field of a connection: only the REST API calls it so")
            }
            _ => format!("`{name}` is not a field of a connection"),
        }
    }

    pub(super) fn help(&self) -> &'static str {
        match foreign(self.name).map(|(_, _, means)| means) {
            Some(Means::Field("conn_type")) => "Airflow calls it `conn_type`",
            Some(Means::Field("extra")) => "Airflow calls it `extra`",
            Some(Means::Field("host")) => "Airflow calls it `host`",
            Some(Means::Field("login")) => "Airflow calls it `login`",
            Some(Means::Field("password")) => "Airflow calls it `password`",
            Some(Means::Field("port")) => "Airflow calls it `port`",
            Some(Means::Field("schema")) => "Airflow calls it `schema`",
            Some(Means::Field(_)) => "Airflow calls it `uri`",
            Some(Means::Id) => "the key that the connection stands under is its id",
            _ => {
                "remove it: the fields are conn_type, description, host, login, password, schema, \
                 port and extra"
            }
        }
    }
}
