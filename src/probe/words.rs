//! The words for identities and calls. Values are shown only where their name says that they are no secret and they look like what they should be.

use crate::airflow::python::repr::str_of;
use crate::check::{is_public_name, public_text};
use crate::model::Value;
use crate::redshift::{Call, Caller, Identity, Source};

/// A value under a name, if it may be shown.
pub fn public_value(name: &str, value: &Value<'_>) -> Option<String> {
    let public = match value {
        Value::Null | Value::Bool(_) => true,
        Value::Int(_) => is_public_name(name) || matches!(name, "durationSeconds" | "DurationSeconds"),
        Value::Str(text) => is_public_name(name) && text.as_str().is_some_and(public_text),
        _ => false,
    };
    public.then(|| str_of(value))
}

/// Who calls.
pub fn identity(identity: &Identity) -> String {
    let caller = match identity.caller {
        Caller::Hook => "the hook",
        Caller::Driver => "the driver",
    };
    let source = match &identity.source {
        Source::Keys(_) => "keys that are given",
        Source::Profile(_) => "a profile",
        Source::Ambient => "whatever boto3 finds (environment, profile, role of the machine)",
        Source::Plugin => "a plugin",
        Source::Unsigned => "no credentials",
    };
    let role = if identity.role.is_some() { ", assuming a role" } else { "" };
    format!("{caller} with {source}{role}")
}

/// A call with its arguments.
pub fn call(call: &Call, show: impl Fn(&str, &Value<'_>) -> String) -> String {
    let arguments: Vec<_> = call.arguments.iter().map(|(name, value)| format!("{name}={}", show(name, value))).collect();
    let region = call.region.as_deref().filter(|r| public_text(r)).map(|r| format!(" in {r}")).unwrap_or_default();
    format!("{}:{}({}){region}", call.service, call.operation, arguments.join(", "))
}

/// A value for people: itself, or a mask.
pub fn masked(name: &str, value: &Value<'_>) -> String {
    public_value(name, value).unwrap_or_else(|| "***".to_string())
}
