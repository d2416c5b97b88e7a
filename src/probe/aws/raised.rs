//! What boto3 raises before anything is sent, as the end of a step.

use crate::boto3::{Cause, Raised};
use crate::bounds::PROFILES;
use crate::check::public_text;
use crate::probe::Outcome;

/// The end of a step. Names of profiles and files come from outside: they are shown where they look
/// like what they are.
pub(super) fn outcome(raised: &Raised) -> Outcome {
    let named = |what: &str, name: &str| {
        let shown = !name.is_empty() && public_text(name);
        if shown { format!("the {what} `{name}`") } else { format!("the {what}") }
    };
    let path = |path: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        if path.chars().all(fits) { path.to_string() } else { "a file".to_string() }
    };
    let failed = |cause: &'static str, message: &str| Outcome::failed(cause, message);
    let outcome = match &raised.cause {
        Cause::Nothing => failed(
            "no-credentials",
            "there are no AWS credentials: not in the connection, the environment or the files, \
             and this machine has no role",
        )
        .hint(
            "the AWS connection (`aws_default` if none is named) is missing or has neither keys \
             nor a profile",
        )
        .hint(
            "the variables or files that you know of belong to another user than the one who \
             runs this",
        ),
        Cause::Partial(source, missing) => failed(
            "partial-credentials",
            &format!(
                "the credentials \
                 of `{source}` \
                 lack `{missing}`"
            ),
        )
        .hint(
            "boto3 stops at the first source that has something: complete it, or remove what \
             is there",
        ),
        Cause::KeysUnusable => failed(
            "partial-credentials",
            "a secret key or a token is given \
             without the id of a key",
        ),
        Cause::ProfileMissing(name) => failed(
            "profile-missing",
            &format!(
                "{} is in neither file \
                 of this machine",
                named("profile", name)
            ),
        )
        .hint(
            "the section is `[profile NAME]` in ~/.aws/config, and `[NAME]` in \
             ~/.aws/credentials",
        )
        .hint(
            "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE points to other files, or HOME \
             is another one than on the worker",
        )
        .hint(
            "AWS_PROFILE names a profile that is not there: then nothing works, even with \
             keys in the connection",
        ),
        Cause::File(file, fault) => failed(
            "file-refused",
            &format!(
                "line {} of {} {}: boto3 refuses the whole \
                 file",
                fault.line,
                path(file),
                fault.kind.words()
            ),
        ),
        Cause::FileMissing(file) => failed(
            "file-missing",
            &format!(
                "{} is not there, or may not \
                 be read",
                path(file)
            ),
        )
        .hint("the file exists on another machine, or is mounted into other containers only"),
        Cause::SourceProfileMissing(name) => failed(
            "source-profile",
            &format!(
                "{} that a role takes its credentials from is not \
                 there",
                named("profile", name)
            ),
        ),
        Cause::SourceProfileEmpty(name) => failed(
            "source-profile",
            &format!(
                "{} that a role takes its credentials from has \
                 none",
                named("profile", name)
            ),
        ),
        Cause::Circle(name) => failed(
            "source-profile",
            &format!(
                "the source profiles of a role lead in a circle, \
                 by {}",
                named("profile", name)
            ),
        ),
        Cause::ChainTooLong => failed(
            "source-profile",
            &format!(
                "more than {} take their credentials from each other \
                 by `source_profile`",
                PROFILES.words()
            ),
        ),
        Cause::TwoSources(name) => failed(
            "source-profile",
            &format!(
                "{} has both `source_profile` and \
                 `credential_source`",
                named("profile", name)
            ),
        ),
        Cause::SourceUnknown => failed(
            "source-profile",
            "`credential_source` is none of Environment, EcsContainer and \
             Ec2InstanceMetadata",
        ),
        Cause::SourceEmpty => failed(
            "source-profile",
            "the `credential_source` of the profile has \
             no credentials",
        ),
        Cause::DurationTooShort => failed("bad-duration", "the session may not be that short")
            .hint(
                "`duration_seconds` of the profile is 900 to what the role allows (3600 unless \
                 raised)",
            ),
        Cause::RoleMissing => failed(
            "role-missing",
            "there is a web identity token file, and no \
             role to assume with it",
        )
        .hint("set AWS_ROLE_ARN, or `role_arn` in the profile"),
        Cause::SsoIncomplete(missing) => failed(
            "sso-incomplete",
            &format!(
                "the profile is for Identity Center, and it or its `[sso-session …]` \
                 lacks {}",
                missing.join(", ")
            ),
        ),
        Cause::SsoSessionMissing => failed(
            "sso-incomplete",
            "the `[sso-session …]` that the \
             profile names is not there",
        ),
        Cause::SsoContradiction => failed(
            "sso-incomplete",
            "the profile and its `[sso-session …]` \
             contradict each other",
        ),
        Cause::SsoTokenMissing => failed(
            "sso-log-in",
            "nobody has logged in with `aws sso login` \
             as this user on this machine",
        )
        .hint("a person must log in: not for a worker, which needs a role"),
        Cause::SsoTokenExpired => failed(
            "sso-log-in",
            "the log-in of `aws sso login` is \
             over",
        )
        .hint("run `aws sso login` again"),
        Cause::LoginNeedsCrt => failed(
            "login-unsupported",
            "the profile comes from `aws login`, \
             for which boto3 needs \
             `botocore[crt]`",
        ),
        Cause::ProcessMissing => failed(
            "process-failed",
            "the program of `credential_process` \
             cannot be started",
        ),
        Cause::ProcessSyntax => failed("process-failed", "`credential_process` has an open quote"),
        Cause::ProcessFailed(Some(code)) => failed(
            "process-failed",
            &format!(
                "the program of `credential_process` ended with code \
                 {code}"
            ),
        ),
        Cause::ProcessFailed(None) => failed(
            "process-failed",
            "the program of \
             `credential_process` was killed",
        ),
        Cause::ProcessNoJson => failed(
            "process-failed",
            "the program of `credential_process` \
             prints no JSON",
        ),
        Cause::ProcessVersion => failed(
            "process-failed",
            "the program of `credential_process` \
             prints no credentials of version 1",
        ),
        Cause::ProcessKey(key) => failed(
            "process-failed",
            &format!(
                "what the program of \
                 `credential_process` prints \
                 lacks `{key}`"
            ),
        ),
        Cause::ContainerHost => failed(
            "container-refused",
            "boto3 does not ask the host of AWS_CONTAINER_CREDENTIALS_FULL_URI: it is not a \
             loopback address and none of the well-known ones",
        ),
        Cause::ContainerToken => failed(
            "container-refused",
            "the authorization token for the \
             container's credentials has a line \
             end",
        ),
        Cause::Expired => failed(
            "expired-credentials",
            "the credentials of the environment are \
             over (AWS_CREDENTIAL_EXPIRATION)",
        ),
        Cause::KeysExpired => failed(
            "expired-credentials",
            "the keys that were handed out are \
             over already, and boto3 does not take \
             such",
        )
        .hint("what hands them out keeps them too long: a cache, or a clock that is wrong"),
        Cause::ExpirationUnreadable => failed(
            "expiration-unreadable",
            "the keys that were handed out end at something that \
             is not a time, and boto3 stumbles over it",
        )
        .hint("the expiration is a text such as 2026-11-24T10:00:00Z"),
        Cause::ExpirationWithoutZone => failed(
            "expiration-unreadable",
            "the keys that were handed out end at a time without a \
             zone, and boto3 stumbles over it",
        )
        .hint("the expiration is a text such as 2026-11-24T10:00:00Z"),
        Cause::ExpirationMissing => failed(
            "expiration-unreadable",
            "nothing is said about when the keys that were handed \
             out end, which boto3 wants to know",
        ),
        Cause::ExpirationUnclear => Outcome::skipped(
            "expiration-unclear",
            "the keys that were handed out end at a time in a form that this probe does not read, \
             while boto3 may",
        ),
        Cause::ProcessNoObject => failed(
            "process-failed",
            "the program of `credential_process` \
             prints JSON that is not an object",
        ),
        Cause::NoRegion => failed("no-region", "there is no region")
            .hint("set `region_name` in the extra of the AWS connection")
            .hint("boto3 reads AWS_DEFAULT_REGION and the profile; it does not read AWS_REGION"),
        Cause::RegionSyntax => failed(
            "region-invalid",
            "the region is not a name that a region \
             can have",
        ),
        Cause::RegionEmpty => failed(
            "region-invalid",
            "the region is \
             empty",
        )
        .hint(
            "AWS_DEFAULT_REGION is set to nothing: unset \
             it, or give it a value",
        ),
        Cause::EndpointSyntax => failed("endpoint-invalid", "the endpoint is not a URL").hint(
            "AWS_ENDPOINT_URL, `endpoint_url` of the profile or of the connection needs \
             `http://` or `https://`",
        ),
        Cause::ServicesMissing(name) => failed(
            "services-missing",
            &format!(
                "the profile names {}, which is not \
                 there",
                named("services section", name)
            ),
        ),
        Cause::MetadataEndpoint => failed(
            "endpoint-invalid",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT \
             is not a URL",
        ),
    };
    if raised.exception.is_empty() { outcome } else { outcome.code(raised.exception) }
}
