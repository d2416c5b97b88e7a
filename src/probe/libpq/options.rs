//! The options that libpq gets: those of the driver's arguments, those of a connection string
//! beside them, and the environment's.

use std::collections::BTreeMap;

use crate::airflow::python::repr::str_of;
use crate::hooks::postgres::conninfo;
use crate::hooks::{Argument, Kwarg};
use crate::probe::Surroundings;

/// Options with the variable that libpq reads where an option is not given (libpq 18,
/// PQconninfoOptions).
static VARIABLES: &[(&str, &str)] = &[
    ("service", "PGSERVICE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("dbname", "PGDATABASE"),
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("client_encoding", "PGCLIENTENCODING"),
    ("options", "PGOPTIONS"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslcertmode", "PGSSLCERTMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("sslsni", "PGSSLSNI"),
    ("require_auth", "PGREQUIREAUTH"),
    ("min_protocol_version", "PGMINPROTOCOLVERSION"),
    ("max_protocol_version", "PGMAXPROTOCOLVERSION"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    ("gssencmode", "PGGSSENCMODE"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
];

/// Parameters of the session that libpq takes from the environment alone.
static SESSION: &[(&str, &str)] =
    &[("datestyle", "PGDATESTYLE"), ("timezone", "PGTZ"), ("geqo", "PGGEQO")];

/// Options by name. Values may be secrets.
#[derive(Clone, Default)]
pub(crate) struct Options {
    set: BTreeMap<String, String>,
    session: Vec<(&'static str, String)>,
    /// Options that the environment gave.
    ambient: Vec<&'static str>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.set.keys()).finish()
    }
}

impl Options {
    /// Of `psycopg2.connect(**arguments)` or `psycopg.connect(**arguments)`.
    pub(crate) fn of(arguments: &[Argument], surroundings: &Surroundings) -> Options {
        let mut options = Options::default();
        // An argument that is None is none.
        let given = |argument: &Argument| match &argument.value {
            Kwarg::Given(value) if !value.is_null() => Some((argument.name.clone(), str_of(value))),
            _ => None,
        };
        let (strings, pairs): (Vec<_>, Vec<_>) = arguments
            .iter()
            .filter_map(given)
            .partition(|(name, _)| matches!(name.as_str(), "dsn" | "conninfo"));
        let strings = strings.iter().filter_map(|(_, text)| conninfo::pairs(text)).flatten();
        for (name, value) in strings.chain(pairs) {
            match name.as_str() {
                // How `sslmode` was called once; only its first letter counts.
                "requiressl" => {
                    let mode = if value.starts_with('1') { "require" } else { "prefer" };
                    options.set.insert("sslmode".to_string(), mode.to_string());
                }
                "database" => drop(options.set.insert("dbname".to_string(), value)),
                _ => drop(options.set.insert(name, value)),
            }
        }
        // What AWS hands out is no option yet, and takes the place of the variables.
        let temporary = |name: &str| arguments.iter().any(|a| a.name == name && a.is_temporary());
        for (name, variable) in VARIABLES.iter().filter(|(name, _)| !temporary(name)) {
            if let (Some(value), false) =
                (surroundings.environment.get(*variable), options.set.contains_key(*name))
            {
                options.set.insert((*name).to_string(), value.clone());
                options.ambient.push(name);
            }
        }
        let session = SESSION.iter().filter_map(|(name, variable)| {
            Some((*name, surroundings.variable(variable)?.to_string()))
        });
        options.session = session.collect();
        options
    }

    /// An option that is set, which may be empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(String::as_str)
    }

    /// An option that is set and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The variable that an option came from.
    pub(crate) fn variable(&self, name: &str) -> Option<&'static str> {
        let ambient = self.ambient.contains(&name);
        VARIABLES
            .iter()
            .find(|(option, _)| ambient && *option == name)
            .map(|(_, variable)| *variable)
    }

    /// The parameters of the start-up packet, besides user and database.
    pub(crate) fn startup(&self) -> Vec<(&'static str, String)> {
        let of_option = |name: &'static str| self.text(name).map(|value| (name, value.to_string()));
        // `auto` is the encoding of the worker's terminal.
        let encoding = of_option("client_encoding").filter(|(_, value)| value != "auto");
        of_option("options")
            .into_iter()
            .chain(encoding)
            .chain(self.session.iter().cloned())
            .collect()
    }
}
