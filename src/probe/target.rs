//! Where the wire half goes: host, port, database, user, TLS and the start-up parameters, as the
//! driver would use them.

use super::libpq::{Libpq, Options, unimitated};
use super::{Offline, Surroundings, TlsDemand, TlsPolicy};
use crate::airflow::python::repr::str_of;
use crate::check::Names;
use crate::check::rules::of_reason;
use crate::hooks::postgres::libpq::{self, integer};
use crate::hooks::{Argument, Caller, Driver, Kwarg, LogIn, Reason};
use crate::model::{Secret, Value};

/// Where the session is opened. Host, database and user may hold anything that the connection
/// holds: they are shown only if they look public.
#[derive(Clone)]
pub struct Target {
    /// The host; `None` where only AWS knows it.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
    /// The database; `None` leaves it to the server, which takes the user's name.
    pub database: Option<String>,
    /// The user, unless AWS names it.
    pub user: Option<String>,
    /// The password or token of the connection, unless AWS hands it out.
    pub secret: Option<Secret>,
    /// AWS names the user or hands out the password.
    pub temporary: bool,
    /// The local address to connect from.
    pub source: Option<String>,
    /// TLS.
    pub tls: TlsPolicy,
    /// Further start-up parameters: those of the driver, and of token log-ins.
    pub startup: Vec<(&'static str, String)>,
    /// The log-in is by token.
    pub token: bool,
    /// How libpq connects; `None` where it is not libpq that does.
    pub(crate) libpq: Option<Libpq>,
}

/// libpq refuses the value of an option.
fn refused(option: &'static str, variable: Option<&'static str>) -> Offline {
    let whose = variable.map(|name| format!(", which comes from {name}")).unwrap_or_default();
    Offline::Fails {
        rule: of_reason(&Reason::OptionValue(option.to_string()), Names::PLAIN).rule.id,
        exception: "OperationalError",
        message: format!("the PostgreSQL driver refuses the value of `{option}`{whose}"),
        help: Some("correct the value".to_string()),
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// Arguments of a driver by name.
struct Given<'a>(&'a [Argument]);

impl Given<'_> {
    fn value(&self, name: &str) -> Option<&Value<'static>> {
        self.0.iter().find(|a| a.name == name).and_then(|a| match &a.value {
            Kwarg::Given(value) => Some(value),
            Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword => None,
        })
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value(name).filter(|v| v.truthy()).map(str_of)
    }

    /// The user or password of a log-in that may be temporary: an extra of the name takes the place
    /// of what the hook obtained, while the driver replaces both by what it obtains itself.
    fn of_log_in(&self, name: &str, log_in: &LogIn) -> Option<String> {
        let LogIn::Temporary(identity) = log_in else { return self.text(name) };
        let given = self.value(name).filter(|_| identity.caller == Caller::Hook);
        given.map(|value| if value.truthy() { str_of(value) } else { String::new() })
    }
}

impl Target {
    /// Of `redshift_connector.connect(**arguments)`; `Err` says in words why the probe cannot go
    /// there.
    pub(super) fn of_driver(
        arguments: &[Argument],
        log_in: &LogIn,
        driver: &Driver,
    ) -> Result<Target, &'static str> {
        let given = Given(arguments);
        if given.text("unix_sock").is_some() {
            return Err("the connection names a socket of the worker's machine (`unix_sock`)");
        }
        let port = port(given.value("port"), 5439)?;
        let token = *log_in == LogIn::Token;
        // PostgreSQL refuses that there is such a parameter, whatever its value. 0 is what the
        // driver calls BASE_SERVER: from 1 on Redshift describes columns with more than
        // PostgreSQL's protocol has.
        let mut startup = vec![("client_protocol_version", "0".to_string())];
        let mut secret = given.of_log_in("password", log_in).map(Secret::text);
        if token {
            let plugin = given.text("credentials_provider").unwrap_or_default();
            let (idp, name) = match plugin.rsplit('.').next().unwrap_or_default() {
                "BasicJwtCredentialsProvider" => ("AzureAD", "web_identity_token"),
                "BrowserAzureOAuth2CredentialsProvider" => ("AzureAD", ""),
                _ => ("AwsIdc", "token"),
            };
            secret = given.text(name).map(Secret::text);
            startup.push(("idp_type", idp.to_string()));
            startup.push(("plugin_name", plugin.clone()));
            startup.extend(given.text("provider_name").map(|value| ("provider_name", value)));
            if idp == "AwsIdc" {
                let keys = ["access_key_id", "secret_access_key", "session_token"]
                    .iter()
                    .all(|name| given.text(name).is_some());
                let kind = match () {
                    () if plugin.ends_with("BrowserIdcAuthPlugin") => {
                        Some("ACCESS_TOKEN".to_string())
                    }
                    // Without a token the plugin gets one with these keys, or with whatever boto3
                    // finds.
                    () if keys || given.text("token").is_none() => {
                        Some("SUBJECT_TOKEN".to_string())
                    }
                    () => given.text("token_type"),
                };
                startup.extend(kind.map(|value| ("token_type", value)));
                for name in ["identity_namespace", "idc_client_display_name"] {
                    startup.extend(given.text(name).map(|value| (name, value)));
                }
            }
        }
        Ok(Target {
            host: given.text("host"),
            port,
            database: given.text("database"),
            user: given.of_log_in("user", log_in),
            secret,
            temporary: matches!(log_in, LogIn::Temporary(_)),
            source: given.text("source_address"),
            tls: TlsPolicy::of_driver(given.value("ssl"), given.value("sslmode"), driver),
            startup,
            token,
            libpq: None,
        })
    }

    /// Of `psycopg.connect(**arguments)`; `Err` says why the probe does not go there.
    pub(super) fn of_libpq(
        arguments: &[Argument],
        log_in: &LogIn,
        driver: libpq::Driver,
        surroundings: &Surroundings,
    ) -> Result<Target, Offline> {
        let options = Options::of(arguments, surroundings);
        // psycopg keeps the time itself, and takes fractions.
        let kept = |name: &str| driver == libpq::Driver::Psycopg3 && name == "connect_timeout";
        let given = |name: &str| options.get(name).filter(|_| !kept(name)).map(str::to_string);
        if let Some(option) = libpq::refused(&given) {
            return Err(refused(option, options.variable(option)));
        }
        if let Some(why) = unimitated(&options) {
            return Err(Offline::Beyond(why.into()));
        }
        let text = |name: &str| options.text(name).map(str::to_string);
        let beyond = |why: &'static str| Err(Offline::Beyond(why.into()));
        let several = |name: &str| options.text(name).is_some_and(|value| value.contains(','));
        match options.text("host").or(options.text("hostaddr")) {
            None => return beyond("without a host libpq takes a socket of the worker's machine"),
            Some(_) if several("host") || several("hostaddr") => {
                return beyond(
                    "the connection names several hosts (`host`), of which libpq takes the first \
                     that answers",
                );
            }
            Some(host) if host.starts_with(['/', '@']) && options.text("hostaddr").is_none() => {
                return beyond("the host is a socket of the worker's machine");
            }
            Some(_) => {}
        }
        let given = Given(arguments);
        let user =
            given.of_log_in("user", log_in).or_else(|| options.get("user").map(str::to_string));
        let temporary = matches!(log_in, LogIn::Temporary(_));
        if user.as_ref().is_none_or(String::is_empty) && !temporary {
            return beyond("without a login libpq takes the name of the worker's system user");
        }
        let number =
            |value: &str| u16::try_from(integer(value).unwrap_or_default()).unwrap_or_default();
        Ok(Target {
            host: text("host"),
            port: options.text("port").map_or(5432, number),
            database: text("dbname"),
            user,
            secret: given
                .of_log_in("password", log_in)
                .or_else(|| text("password"))
                .map(Secret::text),
            temporary,
            source: None,
            tls: TlsPolicy::of_libpq(text),
            startup: options.startup(),
            token: false,
            libpq: Some(Libpq::of(&options)),
        })
    }

    /// Is TLS asked for? libpq's `allow` begins without.
    pub fn asks_for_tls(&self) -> bool {
        !matches!(self.tls.demand, TlsDemand::Off | TlsDemand::Allow)
    }
}

/// The port: a number, or text of one (`?port=5439`).
fn port(value: Option<&Value<'static>>, default: u16) -> Result<u16, &'static str> {
    match value.filter(|v| v.truthy()) {
        None => Ok(default),
        Some(value) => str_of(value)
            .trim()
            .parse()
            .map_err(|_| "the port is not a number that a port can have"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_numbers_or_their_text() {
        for (value, want) in [
            (None, Some(5439)),
            (Some(Value::Null), Some(5439)),
            (Some(Value::Int(5440)), Some(5440)),
            (Some(Value::text("5441")), Some(5441)),
            (Some(Value::text("https")), None),
            (Some(Value::Int(70000)), None),
        ] {
            assert_eq!(port(value.as_ref(), 5439).ok(), want);
        }
    }
}
