//! The connection that a value in a file of connections makes.

use super::connection::{self, Passed, Prepared};
use super::extra::dump_extra;
use super::runtime::Runtime;
use super::{Fault, FieldsFault, Raised};
use crate::model::{Connection, Node, Value};
use crate::source::{Span, Text};

/// The connection that a value in a file makes (`create_connection`).
pub fn create_connection(
    key: &Value<'_>,
    node: &Node<'_>,
    runtime: &Runtime,
) -> Result<Connection, Raised> {
    let b = &runtime.behaviour;
    let raise = |exception, message: &str| {
        Raised::new(exception, Fault::Fields(FieldsFault::Type), message).at(Some(node.span))
    };
    let fields = match &node.value {
        Value::Str(text) => {
            let uri = text
                .as_str()
                .ok_or_else(|| raise("UnicodeEncodeError", "the URI holds a lone surrogate"))?;
            return super::uri::from_uri(&Text::untraced(uri), runtime)
                .map_err(|e| e.at(Some(node.span)));
        }
        Value::Dict(fields) => fields,
        _ => {
            return Err(raise(
                "AirflowException",
                "a connection must be a URI (a string) or an object of fields",
            ));
        }
    };
    let is_known = |name: &str| match name {
        "conn_id" | "conn_type" | "host" | "login" | "password" | "schema" | "port" | "extra"
        | "uri" => true,
        "description" => b.description,
        "extra_dejson" => b.extra_dejson_key,
        "team_id" => b.team_id_key,
        "team_name" => b.team_name,
        _ => false,
    };
    let mut unknown = fields.iter().filter(|(k, _)| !k.as_str().is_some_and(is_known)).peekable();
    if let Some((_, member)) = unknown.peek() {
        let place = Some(member.key_span);
        let exception = if unknown.all(|(k, _)| matches!(k, Value::Str(_))) {
            "AirflowException"
        } else {
            "TypeError"
        };
        return Err(Raised::new(
            exception,
            Fault::Fields(FieldsFault::Unknown),
            "this is not a field of a connection",
        )
        .at(place));
    }
    if b.extra_dejson_key && fields.get("extra").is_some() && fields.get("extra_dejson").is_some() {
        return Err(raise("AirflowException", "`extra` and `extra_dejson` stand side by side"));
    }
    let mut prepared =
        Prepared { ignored: &["extra_dejson", "conn_id", "team_id"], ..Prepared::default() };
    if let Some(member) = fields.member("extra_dejson") {
        let text = dump_extra(&member.node.value).map_err(|e| e.at(Some(member.node.span)))?;
        prepared.extra = Passed::Value(Value::text(text));
    }
    if let Some(member) = fields.member("conn_id").filter(|m| m.node.value != *key) {
        let text = matches!(member.node.value, Value::Str(_));
        let exception =
            if b.concatenates_conn_id && !text { "TypeError" } else { "AirflowException" };
        let message = "`conn_id` differs from the key it stands under (a YAML alias to a whole \
                       connection carries the id of the first)";
        return Err(Raised::new(exception, Fault::Fields(FieldsFault::Conflict), message)
            .at(Some(member.node.span).filter(|s| *s != Span::default()).or(Some(node.span))));
    }
    connection::from_keywords(fields, prepared, runtime).map_err(|e| e.at(Some(node.span)))
}
