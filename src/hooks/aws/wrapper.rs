//! `AwsConnectionWrapper`: what an AWS connection gives (keys, profile, role, configuration), and
//! the client that it makes of them.

use crate::airflow::runtime::Version;
use crate::hooks::aws::config;
use crate::hooks::aws::modes;
use crate::hooks::aws::provider::AmazonBehaviour;
use crate::hooks::botocore::checks::{self, Client, Region, Signing};
use crate::hooks::mode::Mode;
use crate::hooks::outcome::{Caller, Dependency, Failure, Identity, Place, Reason, Source, Trace};
use crate::hooks::python::{Extras, hashable, is_str, text};
use crate::hooks::{Scene, extras};
use crate::model::{Connection, Value};

/// What `AwsConnectionWrapper` reads out of a connection.
pub(crate) struct Wrapper {
    pub(crate) conn_id: String,
    pub(crate) extras: Extras,
    keys: [Value<'static>; 3],
    keys_place: Place,
    pub(crate) region: Value<'static>,
    profile: Value<'static>,
    pub(crate) role: Option<Role>,
    config: Value<'static>,
    root: Place,
    behaviour: AmazonBehaviour,
    botocore: Version,
    /// The file of a deprecated extra, where no keys are given.
    keys_file: Option<Place>,
}

/// `role_arn` and how it is assumed.
pub(crate) struct Role {
    pub(crate) arn: Value<'static>,
    pub(crate) place: Place,
    pub(crate) method: String,
    pub(crate) kwargs: Value<'static>,
}

const CREDENTIALS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

impl Wrapper {
    pub(crate) fn place(&self, key: &str) -> Place {
        self.root.below("extra").below(key)
    }

    pub(crate) fn read(
        connection: &Connection,
        conn_id: &str,
        root: &Place,
        scene: &Scene<'_>,
    ) -> Result<Wrapper, Failure> {
        let extra_place = root.below("extra");
        let extras = extras(connection, scene.runtime)
            .map_err(|(e, reason)| Failure::new(e, reason, extra_place.clone()))?;
        let at = |key: &str| extra_place.below(key);
        let old = scene.packages.amazon.behaviour.deprecated_aws_extras;
        if let Some(key) = ["self", "cls"].into_iter().find(|k| extras.has(k)) {
            return Err(Failure::new("TypeError", Reason::ReservedExtra, at(key)));
        }
        let session = extras.get("session_kwargs").clone();
        if session.truthy() && session.as_dict().is_none() {
            return Err(Failure::new(
                "AttributeError",
                Reason::NotAnObject("session_kwargs"),
                at("session_kwargs"),
            ));
        }
        let in_session = |key: &str| {
            session.as_dict().and_then(|d| d.get(key)).map_or(Value::Null, |n| n.value.clone())
        };
        let mut keys = CREDENTIALS.map(|k| extras.get(k).clone());
        let mut keys_place = at(if keys[0].is_null() { CREDENTIALS[1] } else { CREDENTIALS[0] });
        if connection.login.truthy() && connection.password.expose().truthy() {
            (keys[0], keys[1]) = (connection.login.clone(), connection.password.expose().clone());
            keys_place = root.below("login");
        } else if !(keys[0].truthy() && keys[1].truthy())
            && in_session(CREDENTIALS[0]).truthy()
            && in_session(CREDENTIALS[1]).truthy()
        {
            (keys[0], keys[1]) = (in_session(CREDENTIALS[0]), in_session(CREDENTIALS[1]));
            keys_place = at("session_kwargs");
        }
        if !keys[2].truthy() && in_session(CREDENTIALS[2]).truthy() {
            keys[2] = in_session(CREDENTIALS[2]);
        }
        let deprecated = |key: &str| {
            if old && !extras.has(key) { in_session(key) } else { extras.get(key).clone() }
        };
        let keys_given = keys[0].truthy() && keys[1].truthy();
        let keys_file =
            (old && !keys_given && extras.truthy("s3_config_file")).then(|| at("s3_config_file"));
        let config = extras.get("config_kwargs").clone();
        if config.truthy() {
            // `Config(**config)`; since `unsigned` is known, it is asked for that first.
            let failed = config::config(&config, scene.packages, &at("config_kwargs"));
            let unpacked = |f: Failure| {
                if f.exception == "AttributeError" {
                    Failure { exception: "TypeError", ..f }
                } else {
                    f
                }
            };
            let asked = scene.packages.amazon.behaviour.unsigned || config.as_dict().is_some();
            failed.map_err(|f| if asked { f } else { unpacked(f) })?;
        }
        let role = Wrapper::role(&extras, &extra_place, old)?;
        Ok(Wrapper {
            conn_id: conn_id.to_string(),
            region: deprecated("region_name"),
            profile: deprecated("profile_name"),
            keys,
            keys_place,
            role,
            config,
            root: root.clone(),
            behaviour: scene.packages.amazon.behaviour.clone(),
            botocore: scene.packages.botocore(),
            keys_file,
            extras,
        })
    }

    fn role(extras: &Extras, extra_place: &Place, old: bool) -> Result<Option<Role>, Failure> {
        let at = |key: &str| extra_place.below(key);
        let (mut arn, mut place) = (extras.get("role_arn").clone(), at("role_arn"));
        if !arn.truthy() && old && extras.truthy("aws_account_id") && extras.truthy("aws_iam_role")
        {
            let part = |key| text(extras.get(key)).unwrap_or_default().to_string();
            arn = Value::text(format!(
                "arn:aws:iam::{}:role/{}",
                part("aws_account_id"),
                part("aws_iam_role")
            ));
            place = at("aws_iam_role");
        }
        if !arn.truthy() {
            return Ok(None);
        }
        let method = extras.get("assume_role_method");
        let method =
            if extras.has("assume_role_method") { text(method) } else { Some("assume_role") };
        let known = ["assume_role", "assume_role_with_saml", "assume_role_with_web_identity"];
        let Some(method) = method.filter(|m| known.contains(m)) else {
            return Err(Failure::new(
                "NotImplementedError",
                Reason::AssumeRoleMethod,
                at("assume_role_method"),
            ));
        };
        let mut kwargs = extras.get("assume_role_kwargs").clone();
        if !kwargs.truthy() {
            kwargs = Value::Dict(Box::default());
        }
        if let (true, Value::Dict(dict)) = (old && extras.truthy("external_id"), &mut kwargs)
            && dict.get("ExternalId").is_none()
        {
            crate::hooks::python::put(dict, "ExternalId", extras.get("external_id").clone());
        }
        Ok(Some(Role { arn, place, method: method.to_string(), kwargs }))
    }

    pub(crate) fn mode(&self) -> &'static Mode {
        match self.role.as_ref().map(|r| r.method.as_str()) {
            Some("assume_role_with_web_identity") => &modes::WEB_IDENTITY,
            Some("assume_role_with_saml") => &modes::SAML,
            Some(_) => &modes::ASSUME_ROLE,
            None if self.keys[0].truthy() && self.keys[1].truthy() => &modes::KEYS,
            None if !self.profile.is_null() => &modes::PROFILE,
            None => &modes::AMBIENT,
        }
    }

    /// `boto3.session.Session(**session_kwargs)`, as far as signing goes.
    pub(crate) fn basic_signing(&self, trace: &mut Trace) -> Result<Signing, Failure> {
        if !hashable(&self.profile) {
            return Err(Failure::new("TypeError", Reason::ProfileType, self.place("profile_name")));
        }
        let mut signing = signing(Caller::Hook, &self.keys, &self.keys_place);
        if !self.profile.is_null() {
            // The profile must exist even where keys win over it.
            if signing.identity.source == Source::Ambient {
                signing.identity.source = Source::Profile(self.place("profile_name"));
                signing.needs.clear();
            }
            trace.need(Dependency::Profile(Caller::Hook, self.place("profile_name")));
        }
        if let Some(file) = &self.keys_file {
            trace.need(Dependency::File(file.clone()));
        }
        let version = self.option("signature_version").unwrap_or(&Value::Null);
        if self.behaviour.unsigned && text(version) == Some("unsigned") {
            signing = Signing {
                identity: Identity { source: Source::Unsigned, ..signing.identity },
                needs: Vec::new(),
                broken: None,
            };
        } else if let Some(exception) = config::signature(version, self.botocore) {
            let place = self.place("config_kwargs").below("signature_version");
            signing.broken =
                Some(Failure::new(exception, Reason::ConfigValue("signature_version"), place));
        }
        Ok(signing)
    }

    fn option(&self, name: &str) -> Option<&Value<'static>> {
        self.config.as_dict().and_then(|d| d.get(name)).map(|n| &n.value)
    }

    /// The endpoint of a service: `service_config` wins, and assuming a role never uses the general
    /// one.
    fn endpoint(&self, service: &str, assuming: bool) -> Result<bool, Failure> {
        let here = self.place("service_config");
        let wrong =
            |name| Err(Failure::new("AttributeError", Reason::NotAnObject(name), here.clone()));
        let key = if self.behaviour.deprecated_aws_extras && self.extras.truthy("host") {
            "host"
        } else {
            "endpoint_url"
        };
        let general = (self.extras.get(key), self.place(key));
        let general = if assuming { (&Value::Null, general.1) } else { general };
        if !self.behaviour.service_endpoints || !self.extras.has("service_config") {
            return checks::endpoint(general.0, &general.1);
        }
        let Value::Dict(services) = self.extras.get("service_config") else {
            return wrong("service_config");
        };
        let Some(own) = services.get(service) else {
            return checks::endpoint(general.0, &general.1);
        };
        let Value::Dict(own) = &own.value else { return wrong("service_config") };
        match own.get("endpoint_url") {
            Some(url) => checks::endpoint(&url.value, &here.below(service).below("endpoint_url")),
            None => checks::endpoint(general.0, &general.1),
        }
    }

    pub(crate) fn client(
        &self,
        service: &'static str,
        signing: Signing,
        assuming: bool,
        trace: &mut Trace,
    ) -> Result<Client, Failure> {
        let configured = self.option("region_name").filter(|v| !v.is_null());
        let (value, place) = match configured {
            Some(value) => (value, self.place("config_kwargs").below("region_name")),
            None => (&self.region, self.place("region_name")),
        };
        let optional = service == "sts";
        let endpoint = self.endpoint(service, assuming).inspect_err(|failure| {
            // A missing region is found out first.
            if failure.reason == Reason::EndpointUrl && value.is_null() && !optional {
                trace.need(Dependency::Region(Caller::Hook));
            }
        })?;
        let region = Region { value, place, optional, endpoint, caller: Caller::Hook };
        let (region, unreachable) = checks::region(&region, trace)?;
        if let Some(name) =
            self.config.as_dict().and_then(config::endpoint_option).filter(|_| service != "rds")
        {
            let place = self.place("config_kwargs").below(name);
            return Err(Failure::new("EndpointResolutionError", Reason::ConfigValue(name), place));
        }
        // The client of the service alone gets it; refused by the boto3 that was recorded with this
        // provider.
        let bundle =
            self.extras.text("verify").filter(|_| !assuming && self.behaviour.refuses_empty_bundle);
        if bundle.is_some_and(|path| path.trim().is_empty()) {
            return Err(Failure::new(
                "InvalidConfigError",
                Reason::ConfigValue("verify"),
                self.place("verify"),
            ));
        }
        let validates = self.option("parameter_validation").is_none_or(Value::truthy);
        Ok(Client { service, region, unreachable, signing, validates })
    }
}

/// What boto3 signs with when it is given these keys, half ones too.
pub(crate) fn signing(caller: Caller, keys: &[Value<'static>; 3], place: &Place) -> Signing {
    let identity = |source| Identity { caller, source, role: None };
    if !keys.iter().any(Value::truthy) {
        return Signing {
            identity: identity(Source::Ambient),
            needs: vec![Dependency::Credentials(caller)],
            broken: None,
        };
    }
    // A token alone is what is wrong, not the keys that are not there.
    let alone = !keys[0].truthy() && !keys[1].truthy();
    let around = place.pointer.rsplit_once('/').filter(|_| alone).map(|(around, _)| around);
    let place = &match around {
        Some(around) => {
            let pointer = format!("{around}/aws_session_token");
            Place { conn_id: place.conn_id.clone(), pointer }
        }
        None => place.clone(),
    };
    let broken = |exception| Some(Failure::new(exception, Reason::KeysUnusable, place.clone()));
    let broken = match keys {
        [key, ..] if !is_str(key) => broken("TypeError"),
        [_, _, token] if token.truthy() && !is_str(token) => broken("AttributeError"),
        _ => None,
    };
    let half = !(keys[0].truthy() && keys[1].truthy());
    let needs = if half { vec![Dependency::KeyPair(caller, place.clone())] } else { Vec::new() };
    Signing { identity: identity(Source::Keys(place.clone())), needs, broken }
}
