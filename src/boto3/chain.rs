//! The chain of providers: the first source that has something wins, or raises.

use super::ini::Section;
use super::session::{Session, load, text};
use super::shell::{expand_user, split};
use super::{Cause, Credentials, File, Handed, Keys, Raised, check_expiration};
use crate::airflow::python::json_loads::loads;
use crate::airflow::python::text::{is_space, splitlines};
use crate::model::{Secret, Value};

/// Where the credentials server of an ECS task is.
pub const CONTAINER_HOST: &str = "169.254.170.2";

/// The region that the global STS signs for, where none is given.
pub const NO_REGION: &str = "us-east-1";

type Found = Result<Option<Credentials>, Raised>;

impl Session<'_> {
    /// `session.get_credentials()`; `None` is what becomes NoCredentialsError with the first call.
    ///
    /// # Errors
    ///
    /// A source that is half there or contradicts itself.
    pub fn credentials(&self) -> Found {
        if let Some(explicit) = self.explicit()? {
            return Ok(Some(explicit));
        }
        let profile = self.profile_name();
        // A profile that is asked for in so many words switches the environment off; `AWS_PROFILE`
        // does not.
        let named = self.arguments.profile_name.is_some();
        if !named && let Some(found) = self.environment()? {
            return Ok(Some(found));
        }
        if let Some(found) = self.role(profile)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.of_profile(profile, named)? {
            return Ok(Some(found));
        }
        let further: [&dyn Fn() -> Found; 4] =
            [&|| self.ec2_file(), &|| self.boto2(), &|| self.container(), &|| self.instance()];
        further.iter().find_map(|source| source().transpose()).transpose()
    }

    /// What was handed to `Session`: half a pair is taken, too.
    fn explicit(&self) -> Found {
        let a = &self.arguments;
        let given = |secret: &Option<Secret>| {
            secret.as_ref().and_then(|s| s.expose().as_str()).is_some_and(|t| !t.is_empty())
        };
        let id = a.access_key_id.as_deref().filter(|id| !id.is_empty());
        if id.is_none() && !given(&a.secret_access_key) && !given(&a.session_token) {
            return Ok(None);
        }
        let Some(id) = id else { return Err(Raised::new("TypeError", Cause::KeysUnusable)) };
        // Without a secret botocore signs with the word `None`.
        let secret = a.secret_access_key.clone().unwrap_or_else(|| Secret::text("None"));
        let keys = Keys {
            access_key_id: id.to_string(),
            secret_access_key: secret,
            session_token: a.session_token.clone(),
        };
        Ok(Some(Credentials::Keys { method: "explicit", keys }))
    }

    /// `EnvProvider`.
    pub(super) fn environment(&self) -> Found {
        let variable = |name| self.around.variable(name).filter(|v: &&str| !v.is_empty());
        let Some(id) = variable("AWS_ACCESS_KEY_ID") else { return Ok(None) };
        let Some(secret) = variable("AWS_SECRET_ACCESS_KEY") else {
            return Err(Raised::partial("env", "AWS_SECRET_ACCESS_KEY"));
        };
        let token = variable("AWS_SECURITY_TOKEN").or_else(|| variable("AWS_SESSION_TOKEN"));
        // It is read at once, and compared with the clock where keys are used.
        let ends = self
            .environment_expires()
            .map(|end| check_expiration(&Value::text(end.to_string()), Handed::ByInstance, 0));
        if let Some(Err(raised)) = ends
            && raised.cause == Cause::ExpirationUnreadable
        {
            return Err(raised);
        }
        Ok(Some(Credentials::Keys { method: "env", keys: Keys::new(id, secret, token) }))
    }

    /// `AWS_CREDENTIAL_EXPIRATION`: when the keys of the environment end, which
    /// [`check_expiration`] judges.
    pub fn environment_expires(&self) -> Option<&str> {
        self.around.variable("AWS_CREDENTIAL_EXPIRATION").filter(|v| !v.is_empty())
    }

    /// `ProfileProviderBuilder.providers`: what a profile may hold, in their order.
    pub(super) fn of_profile(&self, profile: &str, no_environment: bool) -> Found {
        let empty = Section::new();
        let merged = self.config.profiles.get(profile).unwrap_or(&empty);
        if let Some(found) = self.web_identity(merged, no_environment)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.sso(merged)? {
            return Ok(Some(Credentials::Sso(found)));
        }
        if let Some(found) = self
            .config
            .credentials_file
            .get(profile)
            .and_then(|s| pair(s, "shared-credentials-file"))
        {
            return found.map(Some);
        }
        if merged.contains_key("login_session") {
            return Err(Raised::new("MissingDependencyException", Cause::LoginNeedsCrt));
        }
        if let Some(command) = text(merged, "credential_process") {
            return match split(command) {
                Some(command) => Ok(Some(Credentials::Process { command })),
                None => Err(Raised::new("ValueError", Cause::ProcessSyntax)),
            };
        }
        self.config.config_file.get(profile).and_then(|s| pair(s, "config-file")).transpose()
    }

    /// `AssumeRoleWithWebIdentityProvider`.
    fn web_identity(&self, profile: &Section, no_environment: bool) -> Found {
        let setting = |key, environment| {
            let environment = self.around.variable(environment).filter(|_| !no_environment);
            environment.or_else(|| text(profile, key))
        };
        let Some(token_file) = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
            .filter(|f| !f.is_empty())
        else {
            return Ok(None);
        };
        let Some(arn) = setting("role_arn", "AWS_ROLE_ARN").filter(|a| !a.is_empty()) else {
            return Err(Raised::config(Cause::RoleMissing));
        };
        let session_name = setting("role_session_name", "AWS_ROLE_SESSION_NAME").map(String::from);
        Ok(Some(Credentials::WebIdentity {
            token_file: token_file.to_string(),
            arn: arn.to_string(),
            session_name,
        }))
    }

    /// `OriginalEC2Provider`.
    fn ec2_file(&self) -> Found {
        let Some(path) = self.around.variable("AWS_CREDENTIAL_FILE") else { return Ok(None) };
        let path = expand_user(path, &self.around);
        let File::Content(bytes) = (self.around.read)(&path) else {
            return Err(Raised::new("ConfigNotFound", Cause::FileMissing(path)));
        };
        let content = String::from_utf8_lossy(&bytes);
        let setting = |name: &str| {
            let lines = splitlines(&content)
                .into_iter()
                .rev()
                .filter_map(|range| content[range].split_once('='));
            lines
                .map(|(k, v)| (k.trim_matches(is_space), v.trim_matches(is_space)))
                .find(|(k, _)| *k == name)
                .map(|(_, v)| v)
        };
        let Some(id) = setting("AWSAccessKeyId") else { return Ok(None) };
        match setting("AWSSecretKey") {
            Some(secret) => Ok(Some(Credentials::Keys {
                method: "ec2-credentials-file",
                keys: Keys::new(id, secret, None),
            })),
            None => {
                Err(Raised::new("KeyError", Cause::Partial("ec2-credentials-file", "AWSSecretKey")))
            }
        }
    }

    /// `BotoProvider`.
    fn boto2(&self) -> Found {
        let paths = match self.around.variable("BOTO_CONFIG") {
            Some(path) => vec![path],
            None => vec!["/etc/boto.cfg", "~/.boto"],
        };
        for path in paths {
            let found = load(path, &self.around)?.and_then(|sections| {
                sections.get("Credentials").and_then(|s| pair(s, "boto-config"))
            });
            if found.is_some() {
                return found.transpose();
            }
        }
        Ok(None)
    }

    /// `ContainerProvider`.
    pub(super) fn container(&self) -> Found {
        let variable = |name| self.around.variable(name);
        let url = match (
            variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
            variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        ) {
            (Some(path), _) => format!("http://{CONTAINER_HOST}{path}"),
            (None, Some(url)) => url.to_string(),
            (None, None) => return Ok(None),
        };
        let authorization = match variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            Some(path) => match (self.around.read)(path) {
                File::Content(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                _ => {
                    return Err(Raised::new(
                        "FileNotFoundError",
                        Cause::FileMissing(path.to_string()),
                    ));
                }
            },
            None => variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(String::from),
        };
        if authorization.as_deref().is_some_and(|token| token.contains(['\r', '\n'])) {
            return Err(Raised::new("ValueError", Cause::ContainerToken));
        }
        if !is_allowed(&url) {
            return Err(Raised::new("ValueError", Cause::ContainerHost));
        }
        Ok(Some(Credentials::Container {
            url,
            authorization: authorization.as_deref().map(Secret::text),
        }))
    }

    /// `InstanceMetadataProvider`.
    pub(super) fn instance(&self) -> Found {
        if self
            .around
            .variable("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|v| v.eq_ignore_ascii_case("true"))
        {
            return Ok(None);
        }
        let set = |key, environment| self.variable(key, environment).filter(|v| !v.is_empty());
        let ipv6 =
            set("ec2_metadata_service_endpoint_mode", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
                .map_or(
                    set("imds_use_ipv6", "AWS_IMDS_USE_IPV6")
                        .is_some_and(|v| v.eq_ignore_ascii_case("true")),
                    |m| m.eq_ignore_ascii_case("ipv6"),
                );
        let usual = if ipv6 { "http://[fd00:ec2::254]" } else { "http://169.254.169.254" };
        let endpoint = set("ec2_metadata_service_endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .unwrap_or(usual);
        if !endpoint.contains("://") {
            return Err(Raised::new("InvalidIMDSEndpointError", Cause::MetadataEndpoint));
        }
        let v2_only = set("ec2_metadata_v1_disabled", "AWS_EC2_METADATA_V1_DISABLED")
            .is_some_and(|v| v.eq_ignore_ascii_case("true"));
        Ok(Some(Credentials::Instance {
            endpoint: endpoint.trim_end_matches('/').to_string(),
            v2_only,
        }))
    }
}

/// Keys of a section of a file.
fn pair(section: &Section, method: &'static str) -> Option<Result<Credentials, Raised>> {
    let id = text(section, "aws_access_key_id")?;
    let Some(secret) = text(section, "aws_secret_access_key") else {
        return Some(Err(Raised::partial(method, "aws_secret_access_key")));
    };
    let token = match method {
        // boto 2 knew none.
        "boto-config" => None,
        _ => text(section, "aws_security_token").or_else(|| text(section, "aws_session_token")),
    };
    Some(Ok(Credentials::Keys { method, keys: Keys::new(id, secret, token) }))
}

/// `ContainerMetadataFetcher._validate_allowed_url`.
fn is_allowed(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let netloc = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = netloc.rsplit_once('@').map_or(netloc, |(_, host)| host);
    let host = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.to_lowercase();
    scheme == "https"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        || [CONTAINER_HOST, "169.254.170.23", "fd00:ec2::23", "localhost"].contains(&host.as_str())
}

/// What a `credential_process` printed.
///
/// # Errors
///
/// It failed, or printed something else, or keys that are over at this time, in seconds since the
/// epoch.
pub fn process_output(code: Option<i32>, stdout: &[u8], now: i64) -> Result<Keys, Raised> {
    let refused = |cause| Err(Raised::new("CredentialRetrievalError", cause));
    if code != Some(0) {
        return refused(Cause::ProcessFailed(code));
    }
    let text = String::from_utf8_lossy(stdout);
    let Ok(node) = loads(&text) else {
        return Err(Raised::new("JSONDecodeError", Cause::ProcessNoJson));
    };
    let Some(dict) = node.value.as_dict() else {
        return Err(Raised::new("AttributeError", Cause::ProcessNoObject));
    };
    let get = |key| dict.get(key).map(|n| &n.value);
    // To Python 1.0 and true are 1, too.
    if !matches!(get("Version"), Some(Value::Int(1) | Value::Bool(true)))
        && get("Version") != Some(&Value::Float(1.0))
    {
        return refused(Cause::ProcessVersion);
    }
    let Some(id) = get("AccessKeyId").and_then(Value::as_str) else {
        return refused(Cause::ProcessKey("AccessKeyId"));
    };
    let Some(secret) = get("SecretAccessKey").and_then(Value::as_str) else {
        return refused(Cause::ProcessKey("SecretAccessKey"));
    };
    if let Some(expiration) = get("Expiration").filter(|value| **value != Value::Null) {
        check_expiration(expiration, Handed::Out, now)?;
    }
    Ok(Keys::new(id, secret, get("SessionToken").and_then(Value::as_str)))
}
