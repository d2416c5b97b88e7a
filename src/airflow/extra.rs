//! The extra of a connection: how it is checked when it is set, and what it decodes to.

use std::borrow::Cow;
use std::sync::Arc;

use super::python::json_dumps::dumps;
use super::python::json_loads::{MAX_DEPTH, loads};
use super::runtime::Behaviour;
use super::{ExtraFault, Fault, Raised};
use crate::model::{Connection, Dict, Field, Node, Secret, Value};
use crate::source::Text;

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

/// The extra as the constructor keeps it.
pub(super) fn checked_extra(value: Field, b: &Behaviour) -> Result<Secret, Raised> {
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
