//! Roles of profiles: `role_arn` with `source_profile` or `credential_source`, and chains of them.

use super::ini::Section;
use super::session::{Session, text};
use super::{Cause, Credentials, Raised};
use crate::bounds::PROFILES;

/// The sources that `credential_source` may name; botocore compares the case here.
const SOURCES: [&str; 3] = ["Environment", "EcsContainer", "Ec2InstanceMetadata"];

fn assumes(profile: &Section) -> bool {
    profile.contains_key("role_arn") && !profile.contains_key("web_identity_token_file")
}

fn has_keys(profile: &Section) -> bool {
    profile.contains_key("aws_secret_access_key") || profile.contains_key("aws_access_key_id")
}

/// The shortest session of a role, in seconds: botocore's model of STS has this limit, and none
/// above.
const SHORTEST: i64 = 900;

/// How long a role is assumed for, as `client.assume_role` of botocore takes it: in seconds.
///
/// # Errors
///
/// It is shorter than botocore lets go out.
pub fn session_length(seconds: Option<i64>) -> Result<Option<u64>, Raised> {
    let length = |seconds: i64| u64::try_from(seconds).ok().filter(|_| seconds >= SHORTEST);
    let too_short = || Raised::new("ParamValidationError", Cause::DurationTooShort);
    seconds.map(|seconds| length(seconds).ok_or_else(too_short)).transpose()
}

impl Session<'_> {
    /// `AssumeRoleProvider`.
    pub(super) fn role(&self, profile: &str) -> Result<Option<Credentials>, Raised> {
        if self.config.profiles.get(profile).is_none_or(|section| !assumes(section)) {
            return Ok(None);
        }
        let mut visited = vec![profile.to_string()];
        self.assumed(profile, &mut visited).map(Some)
    }

    fn assumed(&self, name: &str, visited: &mut Vec<String>) -> Result<Credentials, Raised> {
        let empty = Section::new();
        let profile = self.config.profiles.get(name).unwrap_or(&empty);
        let setting = |key: &str| text(profile, key).map(String::from);
        let source = match (text(profile, "source_profile"), text(profile, "credential_source")) {
            (Some(_), Some(_)) => return Err(Raised::config(Cause::TwoSources(name.to_string()))),
            (None, None) => {
                return Err(Raised::partial("assume-role", "source_profile or credential_source"));
            }
            (Some(source), None) => self.source_profile(name, source, visited)?,
            (None, Some(source)) => self.named_source(source)?,
        };
        Ok(Credentials::Role {
            source: Box::new(source),
            arn: setting("role_arn").unwrap_or_default(),
            session_name: setting("role_session_name"),
            external_id: setting("external_id"),
            // What is not a number is passed over.
            duration: text(profile, "duration_seconds").and_then(|s| s.trim().parse().ok()),
            mfa_serial: setting("mfa_serial"),
        })
    }

    fn named_source(&self, source: &str) -> Result<Credentials, Raised> {
        if !SOURCES.contains(&source) {
            return Err(Raised::config(Cause::SourceUnknown));
        }
        let found = match source {
            "Environment" => self.environment()?,
            "EcsContainer" => self.container()?,
            _ => self.instance()?,
        };
        found.ok_or_else(|| Raised::new("CredentialRetrievalError", Cause::SourceEmpty))
    }

    fn source_profile(
        &self,
        parent: &str,
        name: &str,
        visited: &mut Vec<String>,
    ) -> Result<Credentials, Raised> {
        let Some(profile) = self.config.profiles.get(name) else {
            return Err(Raised::config(Cause::SourceProfileMissing(name.to_string())));
        };
        // A profile may take its own keys for its own role.
        if visited.iter().any(|v| v == name) && (name != parent || !has_keys(profile)) {
            return Err(Raised::new("InfiniteLoopConfigError", Cause::Circle(name.to_string())));
        }
        if visited.len() >= PROFILES.value {
            return Err(Raised::new("RecursionError", Cause::ChainTooLong));
        }
        visited.push(name.to_string());
        if has_keys(profile) || !assumes(profile) {
            let found = self.of_profile(name, true)?;
            return found
                .ok_or_else(|| Raised::config(Cause::SourceProfileEmpty(name.to_string())));
        }
        self.assumed(name, visited)
    }
}
