//! `boto3.session.Session`: the two files, the profile, the region, endpoints.

use indexmap::IndexMap;

use super::ini::{self, Section, Setting};
use super::shell::{expand_user, expand_vars, split};
use super::{Arguments, Cause, File, Raised, Surroundings};

/// The files as botocore merges them.
#[derive(Default)]
pub(super) struct Config {
    /// Profiles of the config file, each with what the credentials file has under the same name.
    pub(super) profiles: IndexMap<String, Section>,
    /// `[sso-session …]` of the config file.
    pub(super) sso_sessions: IndexMap<String, Section>,
    /// `[services …]` of the config file.
    services: IndexMap<String, Section>,
    /// Profiles of the config file alone.
    pub(super) config_file: IndexMap<String, Section>,
    /// Sections of the credentials file.
    pub(super) credentials_file: IndexMap<String, Section>,
}

/// A session.
pub struct Session<'a> {
    pub(super) around: Surroundings<'a>,
    pub(super) config: Config,
    pub(super) arguments: Arguments,
    profile: Option<String>,
}

/// Where the client of a service sends its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The region of the client; the one of the signature, too, but for the global STS.
    pub region: String,
    /// A URL instead of the one that follows from the region.
    pub url: Option<String>,
    /// FIPS endpoints.
    pub fips: bool,
    /// Dual-stack endpoints.
    pub dual_stack: bool,
}

/// Text of a setting.
pub(super) fn text<'s>(section: &'s Section, key: &str) -> Option<&'s str> {
    match section.get(key) {
        Some(Setting::Text(text)) => Some(text),
        Some(Setting::Block(_)) | None => None,
    }
}

/// `utils.ensure_boolean`.
fn boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Regions whose STS is the global one under `AWS_STS_REGIONAL_ENDPOINTS=legacy` (botocore's
/// endpoint rule set of STS).
const GLOBAL_STS: &[&str] = &[
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "aws-global",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

impl<'a> Session<'a> {
    /// `boto3.session.Session(**arguments)`.
    ///
    /// # Errors
    ///
    /// A file that is refused, and a profile that is asked for and missing.
    pub fn new(arguments: Arguments, around: Surroundings<'a>) -> Result<Session<'a>, Raised> {
        let config = Config::load(&around)?;
        let named = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]
            .iter()
            .find_map(|name| around.variable(name))
            .map(String::from);
        let profile = arguments.profile_name.clone().or(named);
        if let Some(name) = profile.as_ref().filter(|name| !config.profiles.contains_key(*name)) {
            return Err(Raised::new("ProfileNotFound", Cause::ProfileMissing(name.clone())));
        }
        Ok(Session { around, config, arguments, profile })
    }

    /// The settings of the profile.
    pub(super) fn scoped(&self) -> Option<&Section> {
        self.config.profiles.get(self.profile.as_deref().unwrap_or("default"))
    }

    /// The name of the profile whose credentials are looked for.
    pub fn profile_name(&self) -> &str {
        self.profile.as_deref().filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// `get_config_variable`: the environment before the profile.
    pub(super) fn variable(&self, key: &str, environment: &str) -> Option<&str> {
        self.around.variable(environment).or_else(|| self.scoped().and_then(|s| text(s, key)))
    }

    /// `session.region_name`.
    pub fn region(&self) -> Option<&str> {
        self.arguments
            .region_name
            .as_deref()
            .or_else(|| self.variable("region", "AWS_DEFAULT_REGION"))
    }

    /// A file of root certificates (`AWS_CA_BUNDLE`, `ca_bundle`; the HTTP session falls back to
    /// `REQUESTS_CA_BUNDLE`).
    pub fn ca_bundle(&self) -> Option<&str> {
        self.variable("ca_bundle", "AWS_CA_BUNDLE")
            .or_else(|| self.around.variable("REQUESTS_CA_BUNDLE"))
    }

    /// `session.client(service, region_name=region, endpoint_url=url)`: where requests go.
    ///
    /// # Errors
    ///
    /// No region, one that is not a host label, an endpoint that is not a URL, a section of
    /// services that is missing.
    pub fn endpoint(
        &self,
        service: &str,
        region: Option<&str>,
        url: Option<&str>,
    ) -> Result<Endpoint, Raised> {
        let region = region.or_else(|| self.region());
        let label = |name: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
            name.len() < 64
                && !name.starts_with('-')
                && !name.ends_with('-')
                && name.chars().all(fits)
        };
        if region.is_some_and(|name| !label(name)) {
            return Err(Raised::new("InvalidRegionError", Cause::RegionSyntax));
        }
        let flag = |key, environment| self.variable(key, environment).is_some_and(boolean);
        let ignored =
            flag("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let mut url = match url {
            Some(url) => Some(url.to_string()),
            None if ignored => None,
            None => self.configured_url(service)?,
        };
        if url.as_deref().is_some_and(|url| !is_url(url)) {
            return Err(Raised::new("ValueError", Cause::EndpointSyntax));
        }
        let (fips, dual_stack) = (
            flag("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"),
            flag("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"),
        );
        if service == "sts" && url.is_none() {
            let legacy = self
                .variable("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS")
                .is_some_and(|m| m.eq_ignore_ascii_case("legacy"));
            let global = region
                .is_none_or(|name| name == "aws-global" || legacy && GLOBAL_STS.contains(&name));
            if global && !fips && !dual_stack {
                return Ok(Endpoint {
                    region: "us-east-1".to_string(),
                    url: Some("https://sts.amazonaws.com".to_string()),
                    fips,
                    dual_stack,
                });
            }
        }
        match region {
            Some("") if url.is_none() => Err(Raised::new("ValueError", Cause::RegionEmpty)),
            // The global STS is an endpoint of its own: with another one a region is needed.
            None if service != "sts" || url.is_some() => {
                Err(Raised::new("NoRegionError", Cause::NoRegion))
            }
            region => {
                let region =
                    region.filter(|r| *r != "aws-global").unwrap_or("us-east-1").to_string();
                Ok(Endpoint { region, url: url.take(), fips, dual_stack })
            }
        }
    }

    /// `ConfiguredEndpointProvider`.
    fn configured_url(&self, service: &str) -> Result<Option<String>, Raised> {
        let id = service.replace('-', "_");
        let given = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(String::from);
        let from_environment =
            given(self.around.variable(&format!("AWS_ENDPOINT_URL_{}", id.to_uppercase())))
                .or_else(|| given(self.around.variable("AWS_ENDPOINT_URL")));
        if from_environment.is_some() {
            return Ok(from_environment);
        }
        let Some(scoped) = self.scoped() else { return Ok(None) };
        let mut own = None;
        if let Some(name) = text(scoped, "services") {
            let missing = || Raised::config(Cause::ServicesMissing(name.to_string()));
            let services =
                self.config.services.get(name).filter(|s| !s.is_empty()).ok_or_else(missing)?;
            if let Some(Setting::Block(block)) = services.get(&id) {
                own = given(block.get("endpoint_url").map(String::as_str));
            }
        }
        Ok(own.or_else(|| given(text(scoped, "endpoint_url"))))
    }
}

/// `is_valid_endpoint_url`, roughly: a scheme's two slashes and a host made of labels.
fn is_url(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("//") else { return false };
    let netloc = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = netloc.rsplit_once('@').map_or(netloc, |(_, host)| host);
    let name = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((address, _)) => return address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let fits = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= 255 && name.strip_suffix('.').unwrap_or(name).split('.').all(fits)
}

impl Config {
    /// `Session.full_config`.
    fn load(around: &Surroundings<'_>) -> Result<Config, Raised> {
        let mut config = Config::default();
        let path = around.variable("AWS_CONFIG_FILE").unwrap_or("~/.aws/config");
        for (name, section) in load(path, around)?.unwrap_or_default() {
            let below = if name.starts_with("profile") {
                &mut config.profiles
            } else if name.starts_with("sso-session") {
                &mut config.sso_sessions
            } else if name.starts_with("services") {
                &mut config.services
            } else {
                if name == "default" {
                    config.profiles.insert(name, section);
                }
                continue;
            };
            // `[profile 'my etl']`: words of a shell; anything but two of them is dropped.
            if let Some([_, second]) = split(&name).as_deref() {
                below.insert(second.clone(), section);
            }
        }
        config.config_file.clone_from(&config.profiles);
        let path = around.variable("AWS_SHARED_CREDENTIALS_FILE").unwrap_or("~/.aws/credentials");
        config.credentials_file = load(path, around)?.unwrap_or_default();
        for (name, section) in &config.credentials_file {
            config.profiles.entry(name.clone()).or_default().extend(section.clone());
        }
        Ok(config)
    }
}

/// `raw_config_parse`; `None` where there is no such file.
pub(super) fn load(
    path: &str,
    around: &Surroundings<'_>,
) -> Result<Option<IndexMap<String, Section>>, Raised> {
    let full = expand_user(&expand_vars(path, around), around);
    match (around.read)(&full) {
        File::Missing => Ok(None),
        File::Unreadable => Ok(Some(IndexMap::new())),
        File::Content(bytes) => ini::parse(&bytes)
            .map(Some)
            .map_err(|fault| Raised::new("ConfigParseError", Cause::File(full.clone(), fault))),
    }
}
