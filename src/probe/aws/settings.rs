//! What the connections say about an identity: the arguments of its boto3 session, and where and
//! how its clients call.

use std::collections::BTreeMap;

use super::federation::Saml;
use super::proxy::Proxies;
use super::trust::Trust;
use crate::airflow::python::json_loads::loads;
use crate::boto3;
use crate::hooks::{AWS_DEFAULT, Aws, Caller, Identity, Place, Source, is_aws, of_type};
use crate::model::{Connection, Dict, Secret, Value};
use crate::probe::{Subject, Surroundings};

/// An identity's session and clients.
pub(super) struct Settings {
    /// The arguments of `boto3.session.Session`.
    pub(super) session: boto3::Arguments,
    /// The region of clients whose call names none.
    pub(super) region: Option<String>,
    /// `endpoint_url` of the connection, for all services.
    endpoint: Option<String>,
    /// `service_config.<service>.endpoint_url`; `None` within is a null, which switches the general
    /// one off.
    services: BTreeMap<String, Option<String>>,
    /// `verify`, where it is given.
    pub(super) verify: Option<Trust>,
    /// `proxies` of `config_kwargs`.
    pub(super) proxies: Option<Proxies>,
    /// `use_fips_endpoint` of `config_kwargs`.
    pub(super) fips: Option<bool>,
    /// `use_dualstack_endpoint` of `config_kwargs`.
    pub(super) dual_stack: Option<bool>,
    /// `assume_role_with_web_identity_token_file`.
    pub(super) token_file: Option<String>,
    /// `assume_role_with_web_identity_federation_audience`, where the federation is `google`.
    pub(super) google: Option<Value<'static>>,
    /// The block `assume_role_with_saml`.
    pub(super) saml: Option<Saml>,
}

/// The extra of a connection; what is not an object is empty.
pub(super) fn extra_of(connection: &Connection) -> Dict<'static> {
    let extra = connection.extra.expose();
    let value = match extra.as_str() {
        Some(text) => loads(text).ok().map(|node| node.value.into_owned()),
        None => Some(extra.clone()),
    };
    match value {
        Some(Value::Dict(dict)) => *dict,
        _ => Dict::default(),
    }
}

fn text(dict: &Dict<'static>, key: &str) -> Option<String> {
    dict.value(key).as_str().map(String::from)
}

/// The text of a value that is true for Python.
fn truthy(value: &Value<'static>) -> Option<String> {
    Some(value).filter(|v| v.truthy()).and_then(|v| v.as_str()).map(String::from)
}

impl Settings {
    /// Those of an identity. `temporary` is the password that the hook got: the driver takes it for
    /// a secret key where it has an id alone.
    pub(super) fn of(
        identity: &Identity,
        subject: &Subject,
        temporary: Option<&Secret>,
    ) -> Settings {
        match identity.caller {
            Caller::Hook => match aws_connection(identity, subject) {
                Some(connection) => Settings::of_hook(identity, connection),
                None => Settings::empty(),
            },
            Caller::Driver => Settings::of_driver(identity, &subject.connection, temporary),
        }
    }

    fn empty() -> Settings {
        Settings {
            session: boto3::Arguments::default(),
            region: None,
            endpoint: None,
            services: BTreeMap::new(),
            verify: None,
            proxies: None,
            fips: None,
            dual_stack: None,
            token_file: None,
            google: None,
            saml: None,
        }
    }

    /// `AwsConnectionWrapper`.
    fn of_hook(identity: &Identity, connection: &Connection) -> Settings {
        let extra = extra_of(connection);
        let dict = |key: &str| extra.value(key).as_dict().cloned().unwrap_or_default();
        let (session, config) = (dict("session_kwargs"), dict("config_kwargs"));
        let secret = |value: &Value<'static>| truthy(value).map(Secret::text);
        let mut found = Settings::empty();
        // The resolver says where the keys stand; half a pair of session_kwargs does not count.
        let keys = match &identity.source {
            Source::Keys(Place { pointer, .. }) if pointer.ends_with("/login") => {
                (truthy(&connection.login), secret(connection.password.expose()))
            }
            Source::Keys(Place { pointer, .. }) if pointer.ends_with("/session_kwargs") => (
                truthy(session.value("aws_access_key_id")),
                secret(session.value("aws_secret_access_key")),
            ),
            Source::Keys(_) => (
                truthy(extra.value("aws_access_key_id")),
                secret(extra.value("aws_secret_access_key")),
            ),
            _ => (None, None),
        };
        (found.session.access_key_id, found.session.secret_access_key) = keys;
        let token = secret(extra.value("aws_session_token"))
            .or_else(|| secret(session.value("aws_session_token")));
        found.session.session_token = token.filter(|_| matches!(identity.source, Source::Keys(_)));
        // Old providers read the profile from session_kwargs, too.
        let of_session = || {
            text(&session, "profile_name").filter(|_| matches!(identity.source, Source::Profile(_)))
        };
        found.session.profile_name = text(&extra, "profile_name").or_else(of_session);
        found.session.region_name = text(&extra, "region_name");
        found.region = text(&config, "region_name");
        found.endpoint = text(&extra, "endpoint_url");
        for (service, member) in dict("service_config").named() {
            if let Some(own) = member.node.value.as_dict()
                && let Some(url) = own.get("endpoint_url")
            {
                found.services.insert(service.to_string(), url.value.as_str().map(String::from));
            }
        }
        found.verify = match extra.value("verify") {
            Value::Null => None,
            Value::Bool(false) => Some(Trust::Anything),
            Value::Str(path) => path.as_str().map(|p| Trust::File(p.to_string())),
            _ => Some(Trust::BuiltIn),
        };
        found.proxies = config.value("proxies").as_dict().map(|proxies| {
            Proxies::given(
                proxies
                    .named()
                    .filter_map(|(scheme, m)| {
                        Some((scheme.to_string(), m.node.value.as_str()?.to_string()))
                    })
                    .collect(),
            )
        });
        let flag = |key: &str| Some(config.value(key)).filter(|v| !v.is_null()).map(Value::truthy);
        found.fips = flag("use_fips_endpoint");
        found.dual_stack = flag("use_dualstack_endpoint");
        found.token_file = truthy(extra.value("assume_role_with_web_identity_token_file"));
        let google =
            text(&extra, "assume_role_with_web_identity_federation").as_deref() == Some("google");
        found.google = google
            .then(|| extra.value("assume_role_with_web_identity_federation_audience").clone());
        found.saml = Some(Saml::of(&extra));
        found
    }

    /// `redshift_connector`: its own arguments, which are the extra of the connection.
    fn of_driver(
        identity: &Identity,
        connection: &Connection,
        temporary: Option<&Secret>,
    ) -> Settings {
        let extra = extra_of(connection);
        let mut found = Settings::empty();
        if let Source::Profile(_) = identity.source {
            found.session.profile_name = text(&extra, "profile");
        }
        if let Source::Keys(_) = identity.source {
            let secret = |key: &str| truthy(extra.value(key)).map(Secret::text);
            let password = || match temporary {
                Some(password) => Some(password.clone()),
                None => truthy(connection.password.expose()).map(Secret::text),
            };
            found.session.access_key_id = truthy(extra.value("access_key_id"));
            found.session.secret_access_key = secret("secret_access_key").or_else(password);
            found.session.session_token = secret("session_token");
        }
        found.region = text(&extra, "region").filter(|r| !r.is_empty());
        found.endpoint = text(&extra, "endpoint_url");
        found
    }

    /// `get_service_endpoint_url`: an own one of the service wins; the client that assumes a role
    /// never takes the general one.
    pub(super) fn url(&self, service: &str, assuming: bool) -> Option<&str> {
        let general = self.endpoint.as_deref().filter(|_| !assuming);
        self.services.get(service).map_or(general, Option::as_deref)
    }

    /// The proxies: those of the connection, else those of the environment.
    pub(super) fn proxies(&self, surroundings: &Surroundings) -> Proxies {
        self.proxies.clone().unwrap_or_else(|| Proxies::of_environment(&surroundings.environment))
    }
}

/// The id of the AWS connection behind the hook.
fn aws_conn_id(identity: &Identity, subject: &Subject) -> Option<String> {
    let place = match &identity.source {
        Source::Keys(place) | Source::Profile(place) => Some(place),
        Source::Ambient | Source::Plugin | Source::Unsigned => None,
    };
    if let Some(id) = place.or(identity.role.as_ref()).and_then(|p| p.conn_id.clone()) {
        return Some(id);
    }
    let extra = extra_of(&subject.connection);
    match of_type(subject.connection.type_str()).map(|hook| &hook.aws) {
        Some(Aws::OfExtra(key)) if extra.get(key).is_some() => text(&extra, key),
        Some(Aws::OfExtra(_)) => Some(AWS_DEFAULT.to_string()),
        _ => subject.aws_conn_id.clone(),
    }
}

/// The AWS connection behind the hook, if the set has it.
fn aws_connection<'s>(identity: &Identity, subject: &'s Subject) -> Option<&'s Connection> {
    if is_aws(subject.connection.type_str()) {
        return Some(&subject.connection);
    }
    subject.siblings.get(&aws_conn_id(identity, subject)?)
}
