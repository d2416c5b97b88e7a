//! The words for identities and calls.

use crate::hooks::{Call, Caller, Identity, Source};
use crate::model::Value;
use crate::privacy::public_text;

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
    let arguments: Vec<_> = call
        .arguments
        .iter()
        .map(|(name, value)| format!("{name}={}", show(name, value)))
        .collect();
    let region = call
        .region
        .as_deref()
        .filter(|r| public_text(r))
        .map(|r| format!(" in {r}"))
        .unwrap_or_default();
    format!("{}:{}({}){region}", call.service, call.operation, arguments.join(", "))
}
