//! Finds the notes on AWS connections: what is not read, half key pairs, what AWS refuses.

use crate::airflow::runtime::Version;
use crate::hooks::collector::Notes;
use crate::hooks::notes::{NoteKind, Thing};
use crate::hooks::outcome::{Place, Trace};
use crate::hooks::python::{Extras, number, text};
use crate::hooks::{Scene, syntax};
use crate::model::Connection;

/// Extras of AWS connections that are not read, with the spelling that is; `true` where older
/// providers read them.
static IGNORED_AWS: &[(&str, Option<&str>, bool)] = &[
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

/// The provider has said since then that `session_kwargs` is for old connections only.
const SESSION_KWARGS_DEPRECATED: Version = Version(5, 1, 0);

/// Notes on an `aws` connection.
pub(crate) fn of(connection: &Connection, extras: &Extras, scene: &Scene<'_>, trace: &mut Trace) {
    let mut notes = Notes { extras, trace };
    let old = scene.provider.behaviour.deprecated_aws_extras;
    for (key, instead, older) in IGNORED_AWS {
        let pair = !(old && *older)
            || matches!(*key, "aws_account_id" | "aws_iam_role") && extras.truthy("role_arn");
        // S3ToRedshiftOperator reads `region` for COPY, whatever `region_name` says.
        let of_operator = *key == "region" && extras.truthy("region_name");
        if extras.has(key) && pair && !of_operator {
            notes.extra(NoteKind::IgnoredAwsExtra(*instead), key);
        }
    }
    if connection.host.truthy() {
        notes.add(NoteKind::IgnoredAwsExtra(Some("endpoint_url")), Place::here("/host"));
    }
    if let (false, Some(session)) = (old, extras.get("session_kwargs").as_dict()) {
        for (key, _) in
            session.named().filter(|(key, _)| matches!(*key, "region_name" | "profile_name"))
        {
            let instead = if key == "region_name" { "region_name" } else { "profile_name" };
            notes.add(
                NoteKind::IgnoredAwsExtra(Some(instead)),
                Place::extra("session_kwargs").below(key),
            );
        }
    }
    if extras.truthy("session_kwargs") && scene.provider.version >= SESSION_KWARGS_DEPRECATED {
        notes.extra(NoteKind::RemovedExtra("amazon", SESSION_KWARGS_DEPRECATED), "session_kwargs");
    }
    let (login, password) = (connection.login.truthy(), connection.password.expose().truthy());
    if login != password {
        notes.add(NoteKind::HalfKeyPair, Place::here(if login { "/password" } else { "/login" }));
    }
    let (key, secret) =
        (extras.truthy("aws_access_key_id"), extras.truthy("aws_secret_access_key"));
    if key != secret && !(login && password) {
        notes.extra(
            NoteKind::HalfKeyPair,
            if key { "aws_secret_access_key" } else { "aws_access_key_id" },
        );
    }
    if !extras.truthy("role_arn") {
        for key in [
            "assume_role_method",
            "assume_role_kwargs",
            "assume_role_with_saml",
            "assume_role_with_web_identity_federation",
        ] {
            if extras.has(key) && !(old && extras.truthy("aws_iam_role")) {
                notes.extra(NoteKind::IgnoredAwsExtra(Some("role_arn")), key);
            }
        }
    }
    notes.syntax(
        Thing::RoleArn,
        extras.text("role_arn"),
        syntax::is_role_arn,
        Place::extra("role_arn"),
    );
    let region = extras.text("region_name").filter(|r| !r.is_empty());
    notes.syntax(Thing::Region, region, syntax::is_region, Place::extra("region_name"));
    if region.is_some_and(|r| syntax::is_region(r) && !syntax::is_known_region(r)) {
        notes.extra(NoteKind::RegionUnknown, "region_name");
    }
    if let Some(kwargs) = extras.get("assume_role_kwargs").as_dict() {
        let at = |key: &str| Place::extra("assume_role_kwargs").below(key);
        let value = |key: &str| kwargs.get(key).map(|n| &n.value);
        notes.syntax(
            Thing::SessionName,
            value("RoleSessionName").and_then(text),
            syntax::is_session_name,
            at("RoleSessionName"),
        );
        notes.syntax(
            Thing::ExternalId,
            value("ExternalId").and_then(text),
            syntax::is_external_id,
            at("ExternalId"),
        );
        if value("DurationSeconds")
            .and_then(number)
            .is_some_and(|n| !(900.0..=43200.0).contains(&n))
        {
            notes.add(NoteKind::Syntax(Thing::Duration), at("DurationSeconds"));
        }
    }
}
