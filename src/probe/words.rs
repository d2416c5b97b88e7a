//! The words for identities and calls. Values are shown only where their name says that they are no
//! secret and they look like what they should be.

use crate::airflow::python::repr::str_of;
use crate::hooks::{Call, Caller, Identity, Source};
use crate::model::Value;
use crate::privacy::{is_public_name, is_public_value, public_login, public_text};

/// An argument of a driver, if it may be shown: a user with this password beside it is not a secret.
pub fn public_argument(name: &str, value: &Value<'_>, password: Option<&str>) -> Option<String> {
    match value.as_str() {
        Some(text) if name == "user" => public_login(text, password).then(|| text.to_string()),
        _ => public_value(name, value),
    }
}

/// A value under a name, if it may be shown.
pub fn public_value(name: &str, value: &Value<'_>) -> Option<String> {
    let public = match value {
        Value::Null | Value::Bool(_) => true,
        Value::Int(_) => {
            is_public_name(name) || matches!(name, "durationSeconds" | "DurationSeconds")
        }
        Value::Str(text) => text.as_str().is_some_and(|text| is_public_value(name, text)),
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

/// The ARN of a role or of an identity provider, if it has the looks of one: it names what a policy
/// is about, and is not a secret.
pub fn arn(name: &str, value: &Value<'_>) -> Option<String> {
    let named = matches!(name, "RoleArn" | "PrincipalArn" | "role_arn" | "principal_arn");
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/:".contains(c);
    let text = value.as_str().filter(|_| named)?;
    let (partition, rest) = text.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, what) = rest.split_at_checked(12)?;
    let is = partition.len() <= 12 && account.bytes().all(|b| b.is_ascii_digit());
    let of = what.starts_with(":role/") || what.starts_with(":saml-provider/");
    (is && of && text.len() <= 256 && text.chars().all(fits)).then(|| text.to_string())
}

/// An argument of a planned call: the ARN that it is about, or as [`masked`].
pub fn planned(name: &str, value: &Value<'_>) -> String {
    arn(name, value).unwrap_or_else(|| masked(name, value))
}

/// A value for people: itself, or a mask.
pub fn masked(name: &str, value: &Value<'_>) -> String {
    public_value(name, value).unwrap_or_else(|| "***".to_string())
}

#[cfg(test)]
mod tests {
    use super::arn;
    use crate::model::Value;

    #[test]
    fn arns_are_shown_where_they_have_the_looks_of_one() {
        for (name, text, shown) in [
            ("RoleArn", "arn:aws:iam::123456789012:role/team/etl", true),
            ("principal_arn", "arn:aws-cn:iam::123456789012:saml-provider/example", true),
            ("ExternalId", "arn:aws:iam::123456789012:role/etl", false),
            ("role_arn", "arn:aws:iam::123456789012:role/a b", false),
            ("role_arn", "arn:aws:iam::12345:role/etl", false),
            ("role_arn", "arn:aws:iam::123456789012:user/etl", false),
            ("role_arn", "secret", false),
        ] {
            assert_eq!(arn(name, &Value::text(text)).is_some(), shown, "{name} {text}");
        }
    }
}
