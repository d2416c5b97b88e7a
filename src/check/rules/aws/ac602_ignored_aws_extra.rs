//! AC602: an extra of an AWS connection that is not read under this name.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Check, Fix, Level, Names, Rule, Safety, last_key};
use crate::hooks::{Place, syntax};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC602",
    name: "ignored-aws-extra",
    level: Level::Warning,
    page: include_str!("ac602_ignored_aws_extra.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// Extras that are not read, with the spelling that is; `true` where older providers read them.
static IGNORED: &[(&str, Option<&str>, bool)] = &[
    ("region", Some("region_name"), false),
    ("aws_region", Some("region_name"), false),
    ("AWS_DEFAULT_REGION", Some("region_name"), false),
    ("aws_default_region", Some("region_name"), false),
    ("profile", Some("profile_name"), false),
    ("aws_profile", Some("profile_name"), false),
    ("access_key_id", Some("aws_access_key_id"), false),
    ("secret_access_key", Some("aws_secret_access_key"), false),
    ("session_token", Some("aws_session_token"), false),
    ("external_id", Some("assume_role_kwargs/ExternalId"), true),
    ("ExternalId", Some("assume_role_kwargs/ExternalId"), false),
    ("RoleSessionName", Some("assume_role_kwargs/RoleSessionName"), false),
    ("role_session_name", Some("assume_role_kwargs/RoleSessionName"), false),
    ("duration_seconds", Some("assume_role_kwargs/DurationSeconds"), false),
    ("aws_account_id", Some("role_arn"), true),
    ("aws_iam_role", Some("role_arn"), true),
    ("iam_role", Some("role_arn"), false),
    ("role", Some("role_arn"), false),
    ("host", Some("endpoint_url"), true),
    ("endpoint", Some("endpoint_url"), false),
    ("test_endpoint_url", Some("service_config/sts/endpoint_url"), true),
    ("s3_config_file", None, true),
    ("s3_config_format", None, true),
];

/// What counts only beside `role_arn`.
static OF_ROLE: &[&str] = &[
    "assume_role_method",
    "assume_role_kwargs",
    "assume_role_with_saml",
    "assume_role_with_web_identity_federation",
];

/// Extras of another name that are read under this one, with the same value.
static RENAMED: &[&str] = &[
    "region_name",
    "profile_name",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
];

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_aws() {
        return;
    }
    let extras = subject.extras;
    let mut ignored = |place: Place, right: Option<&'static str>| {
        said.at(place.clone(), is_not_read(&place, right))
    };
    let old = subject.scene.packages.amazon.behaviour.deprecated_aws_extras;
    for (key, instead, older) in IGNORED {
        let pair = !(old && *older)
            || matches!(*key, "aws_account_id" | "aws_iam_role") && extras.truthy("role_arn");
        // S3ToRedshiftOperator reads `region` for COPY, whatever `region_name` says.
        let of_operator = *key == "region" && extras.truthy("region_name");
        if extras.has(key) && pair && !of_operator {
            ignored(Place::extra(key), *instead);
        }
    }
    if subject.connection.host.truthy() {
        ignored(Place::here("/host"), Some("endpoint_url"));
    }
    if let (false, Some(session)) = (old, extras.get("session_kwargs").as_dict()) {
        for key in ["region_name", "profile_name"] {
            if session.get(key).is_some() {
                ignored(Place::extra("session_kwargs").below(key), Some(key));
            }
        }
    }
    let has_role = extras.truthy("role_arn") || old && extras.truthy("aws_iam_role");
    if !has_role {
        for key in OF_ROLE.iter().filter(|key| extras.has(key)) {
            ignored(Place::extra(key), Some("role_arn"));
        }
    }
}

fn is_not_read(place: &Place, right: Option<&'static str>) -> Diagnosis {
    let message = match Names::PLAIN.extra(&last_key(&place.pointer)).as_str() {
        "`region`" => "`region` is not the region of an AWS connection: S3ToRedshiftOperator \
                       alone reads it"
            .to_string(),
        extra => format!("{extra} has no effect on an AWS connection"),
    };
    match right {
        Some(right) => RULE
            .warning(message)
            .help(format!("`{right}` works"))
            .of_name()
            .repair(move |subject, at| under_its_name(subject, own(at)?, right)),
        None => RULE.warning(message).help("remove it").of_name(),
    }
}

fn under_its_name(subject: &Subject<'_, '_>, at: &str, right: &str) -> Option<Fix> {
    let case = subject.case;
    let name = last_key(at);
    let unsafely = |changes| case.fix(Safety::Unsafe, changes);
    let moved = |to: String, value: Value<'static>| {
        unsafely(vec![Change::Set(to, value), Change::Remove(at.to_string())])
    };
    let is_free = |key: &str| case.extra_value(key).is_none();
    if at.starts_with("/extra/session_kwargs/") {
        let value = case.extra_value("session_kwargs")?.as_dict()?.get(&name)?.value.clone();
        return is_free(right).then(|| moved(format!("/extra/{right}"), value))?;
    }
    if !at.starts_with("/extra/") {
        return None;
    }
    let value = case.extra_value(&name)?.clone();
    if name == "region" {
        // S3ToRedshiftOperator reads it for COPY, and nothing else does: it stays.
        let to = format!("/extra/{right}");
        return is_free(right).then(|| subject.set(Safety::Unsafe, &to, value))?;
    }
    // Today region and credentials come from elsewhere, and may be good.
    if RENAMED.contains(&right) {
        return subject.rename(Safety::Unsafe, at, right);
    }
    if let Some(argument) = right.strip_prefix("assume_role_kwargs/") {
        let kwargs = case.extra_value("assume_role_kwargs").and_then(Value::as_dict);
        let given = kwargs.is_some_and(|d| d.get(argument).is_some());
        let to = format!("/extra/assume_role_kwargs/{argument}");
        return (!given).then(|| moved(to, value))?;
    }
    if matches!(name.as_str(), "aws_account_id" | "aws_iam_role") {
        let part = |key: &str| case.extra_value(key).and_then(Value::as_str);
        let arn =
            format!("arn:aws:iam::{}:role/{}", part("aws_account_id")?, part("aws_iam_role")?);
        let changes = vec![
            Change::Set("/extra/role_arn".to_string(), Value::text(arn.as_str())),
            Change::Remove("/extra/aws_account_id".to_string()),
            Change::Remove("/extra/aws_iam_role".to_string()),
        ];
        return (is_free("role_arn") && syntax::is_role_arn(&arn)).then(|| unsafely(changes))?;
    }
    let renames = right == "endpoint_url"
        || right == "role_arn" && value.as_str().is_some_and(syntax::is_role_arn);
    renames.then(|| subject.rename(Safety::Unsafe, at, right))?
}
