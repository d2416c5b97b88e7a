//! Which values of arguments may be shown: those whose name says that they are no secret and that
//! look like what they should be.

use super::MASK;
use super::names::Names;
use super::public::{is_public_name, is_public_value, public_login};
use crate::airflow::python::repr::str_of;
use crate::hooks;
use crate::hooks::Packages;
use crate::model::Value;

/// The name of an argument of a driver, or a mask where it may be a piece of the input.
pub fn argument_name(name: &str) -> &str {
    if hooks::is_argument(Packages::newest(), name) {
        name
    } else {
        Names::PLAIN.shown(name).unwrap_or(MASK)
    }
}

/// The name of a parameter of AWS, or a mask where it may be a piece of the input:
/// `assume_role_kwargs` has any.
pub fn parameter_name(name: &str) -> &str {
    let is_word = name.len() <= 32 && name.chars().all(|c| c.is_ascii_alphabetic());
    if is_word { name } else { MASK }
}

/// An argument of a driver, if it may be shown: a user with this password beside it is not a
/// secret.
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

/// An argument of a planned call: the ARN that it is about, or as [`masked_value`].
pub fn planned_value(name: &str, value: &Value<'_>) -> String {
    arn(name, value).unwrap_or_else(|| masked_value(name, value))
}

/// A value for people: itself, or a mask.
pub fn masked_value(name: &str, value: &Value<'_>) -> String {
    public_value(name, value).unwrap_or_else(|| MASK.to_string())
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
