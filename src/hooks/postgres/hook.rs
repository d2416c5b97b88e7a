//! `PostgresHook.get_conn()`, for clusters that are reached through libpq.

use crate::airflow::python::repr::str_of;
use crate::hooks::aws::hook as aws;
use crate::hooks::botocore::checks::{Shape, parameter};
use crate::hooks::mode::{self, Mode};
use crate::hooks::outcome::{Dependency, Failure, Identity, Outcome, Place, Reason, Stage, Trace};
use crate::hooks::postgres::conninfo;
use crate::hooks::postgres::libpq;
use crate::hooks::python::{Extras, is_str, number, text};
use crate::hooks::redshift::remarks;
use crate::hooks::version::{Libpq, Postgres};
use crate::hooks::{AWS_DEFAULT, Argument, Kwarg, LogIn, Resolution, Scene, extras, syntax};
use crate::model::{Connection, Value};

/// What becomes of a connection in `PostgresHook.get_conn()`; its type may be `postgres` or
/// `redshift`.
pub fn resolve(connection: &Connection, scene: &Scene<'_>) -> Resolution {
    let postgres = scene.postgres.under(scene.runtime);
    let scene = &Scene { postgres: &postgres, ..*scene };
    let mut trace = Trace::default();
    let extras = match extras(connection, scene.runtime) {
        Ok(extras) => extras,
        Err((exception, reason)) => {
            let outcome =
                trace.outcome(Err(Failure::new(exception, reason, Place::here("/extra"))));
            let mode = Mode::PostgresPassword;
            return Resolution {
                mode,
                connect_kwargs: None,
                calls: Vec::new(),
                log_in: None,
                outcome,
                notes: Vec::new(),
            };
        }
    };
    let mode = mode::of_postgres(&extras, scene.postgres);
    let mut arguments = None;
    let result =
        arguments_of(connection, &extras, mode, scene, &mut trace).and_then(|(found, identity)| {
            let mut found = found;
            found.extend(cursor(&extras, scene.postgres)?);
            let found = arguments.insert(found);
            judge(found, mode, scene.postgres, &mut trace)?;
            Ok(identity
                .filter(|_| found.iter().any(Argument::is_temporary))
                .map_or(LogIn::User, LogIn::Temporary))
        });
    let log_in = result.as_ref().ok().cloned();
    let outcome: Outcome = trace.outcome(result.map(|_| ()));
    remarks::of_postgres(&extras, mode, scene, &mut trace);
    Resolution {
        mode,
        connect_kwargs: arguments,
        calls: trace.calls,
        log_in,
        outcome,
        notes: trace.notes,
    }
}

/// Extras that the hook keeps to itself.
fn consumed(name: &str, postgres: &Postgres) -> bool {
    let behaviour = &postgres.behaviour;
    match name {
        "iam" | "redshift" | "cursor" | "cluster-identifier" | "aws_conn_id" => true,
        "redshift-serverless" | "workgroup-name" => behaviour.serverless,
        "sqlalchemy_scheme" | "sqlalchemy_query" => behaviour.sqlalchemy_extras,
        "azure_conn_id" => behaviour.azure,
        _ => false,
    }
}

fn arguments_of(
    connection: &Connection,
    extras: &Extras,
    mode: Mode,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Vec<Argument>, Option<Identity>), Failure> {
    let given = |value: &Value<'static>| Kwarg::Given(value.clone());
    let mut user = given(&connection.login);
    let mut password = given(connection.password.expose());
    let mut port = given(&connection.port);
    let mut identity = None;
    let default_port = match mode {
        Mode::PostgresPassword => None,
        Mode::PostgresRedshift | Mode::PostgresServerless => Some(5439),
        _ => Some(5432),
    };
    if let Some(default) = default_port {
        let token = iam_token(connection, extras, mode, scene, trace)?;
        user = token.0;
        identity = token.1;
        password = Kwarg::TemporaryPassword;
        port = Kwarg::Given(if connection.port.truthy() {
            connection.port.clone()
        } else {
            Value::Int(default)
        });
    }
    let fields = [
        ("host", given(&connection.host), "/host"),
        ("user", user, "/login"),
        ("password", password, "/password"),
        ("dbname", given(&connection.schema), "/schema"),
        ("port", port, "/port"),
    ];
    let argument = |(name, value, pointer): (&str, Kwarg, &str)| Argument {
        name: name.to_string(),
        value,
        place: Place::here(pointer),
    };
    let mut arguments: Vec<Argument> = fields.into_iter().map(argument).collect();
    for (name, value) in extras.iter().filter(|(name, _)| !consumed(name, scene.postgres)) {
        let (value, place) = (given(value), Place::extra(name));
        match arguments.iter_mut().find(|a| a.name == name) {
            Some(argument) => (argument.value, argument.place) = (value, place),
            None => arguments.push(Argument { name: name.to_string(), value, place }),
        }
    }
    Ok((arguments, identity))
}

/// `get_iam_token`: the user, and whose it is.
fn iam_token(
    connection: &Connection,
    extras: &Extras,
    mode: Mode,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Kwarg, Option<Identity>), Failure> {
    if mode == Mode::PostgresAzure {
        trace.need(Dependency::Package("apache-airflow-providers-microsoft-azure"));
        return Ok((Kwarg::Given(connection.login.clone()), None));
    }
    let named = if extras.has("aws_conn_id") {
        extras.get("aws_conn_id").clone()
    } else {
        Value::text(AWS_DEFAULT)
    };
    let aws_conn_id = text(&named);
    let database =
        parameter("DbName", connection.schema.clone(), Shape::Text(0), Place::here("/schema"));
    match mode {
        Mode::PostgresRedshift => {
            let (cluster, place) = first_label(connection, extras, "cluster-identifier", scene)?;
            let client = aws::client(aws_conn_id, "redshift", scene, trace)?;
            let identity = client.signing.identity.clone();
            let parameters = vec![
                parameter(
                    "DbUser",
                    connection.login.clone(),
                    Shape::Text(0),
                    Place::here("/login"),
                ),
                database,
                parameter("ClusterIdentifier", cluster, Shape::Text(0), place),
                parameter("AutoCreate", Value::Bool(false), Shape::Boolean, Place::here("/extra")),
            ];
            client.call("GetClusterCredentials", parameters, trace)?;
            Ok((
                Kwarg::TemporaryUser(text(&connection.login).map(|l| format!("IAM:{l}"))),
                Some(identity),
            ))
        }
        Mode::PostgresServerless => {
            let (workgroup, place) = first_label(connection, extras, "workgroup-name", scene)?;
            let client = aws::client(aws_conn_id, "redshift-serverless", scene, trace)?;
            let identity = client.signing.identity.clone();
            let database = parameter(
                "dbName",
                connection.schema.clone(),
                Shape::Text(0),
                Place::here("/schema"),
            );
            client.call(
                "GetCredentials",
                vec![database, parameter("workgroupName", workgroup, Shape::Text(3), place)],
                trace,
            )?;
            Ok((Kwarg::TemporaryUser(None), Some(identity)))
        }
        _ => {
            // A token of RDS is signed here, without a call.
            let client = aws::client(aws_conn_id, "rds", scene, trace)?;
            if number(&connection.port).is_some_and(|port| !(0.0..=65535.0).contains(&port)) {
                return Err(Failure::new("ValueError", Reason::Port, Place::here("/port")));
            }
            let mut signed = Trace::default();
            // Signing a URL has an error of its own where the version is not known.
            let presigning = |f: Failure| match f.reason {
                Reason::ConfigValue("signature_version") => {
                    Failure { exception: "UnsupportedSignatureVersionError", ..f }
                }
                _ => f,
            };
            client.call("GenerateDbAuthToken", Vec::new(), &mut signed).map_err(presigning)?;
            signed.needs.into_iter().for_each(|need| trace.need(need));
            Ok((Kwarg::Given(connection.login.clone()), Some(client.signing.identity)))
        }
    }
}

/// The cluster or workgroup: the extra, else the first label of the host.
fn first_label(
    connection: &Connection,
    extras: &Extras,
    key: &str,
    scene: &Scene<'_>,
) -> Result<(Value<'static>, Place), Failure> {
    let host = Place::here("/host");
    let optional = scene.postgres.behaviour.host_optional;
    let given = if optional { !extras.get(key).is_null() } else { extras.has(key) };
    if optional && given {
        return Ok((extras.get(key).clone(), Place::extra(key)));
    }
    if optional && !connection.host.truthy() {
        return Err(
            Failure::new("ValueError", Reason::ClusterOrHostMissing, host).and(Place::extra(key))
        );
    }
    if !is_str(&connection.host) {
        return Err(Failure::new("AttributeError", Reason::HostMissing, host));
    }
    let label = text(&connection.host).and_then(|h| h.split('.').next()).unwrap_or_default();
    Ok(if given {
        (extras.get(key).clone(), Place::extra(key))
    } else {
        (Value::text(label), host)
    })
}

/// The argument that makes the cursors; its value here is their name.
fn cursor(extras: &Extras, postgres: &Postgres) -> Result<Option<Argument>, Failure> {
    let cursor = extras.get("cursor");
    if !cursor.truthy() {
        return Ok(None);
    }
    let place = Place::extra("cursor");
    let Some(name) = text(cursor) else {
        return Err(Failure::new("AttributeError", Reason::Cursor, place));
    };
    match (name.to_lowercase().as_str(), postgres.libpq) {
        ("dictcursor" | "namedtuplecursor", _) | ("realdictcursor", Libpq::Psycopg2) => {
            let name =
                if postgres.libpq == Libpq::Psycopg3 { "row_factory" } else { "cursor_factory" };
            Ok(Some(Argument {
                name: name.to_string(),
                value: Kwarg::Given(Value::text(text(cursor).unwrap_or_default())),
                place,
            }))
        }
        _ => Err(Failure::new("ValueError", Reason::Cursor, place)),
    }
}

/// Options of libpq 18, and aliases of psycopg2 and psycopg.
static OPTIONS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
    "requiressl",
];

/// Arguments of `connect` itself.
fn own(name: &str, libpq: Libpq) -> bool {
    match libpq {
        Libpq::Psycopg3 => matches!(
            name,
            "conninfo"
                | "autocommit"
                | "prepare_threshold"
                | "context"
                | "row_factory"
                | "cursor_factory"
        ),
        Libpq::Psycopg2 => matches!(
            name,
            "dsn" | "connection_factory" | "cursor_factory" | "async" | "async_" | "database"
        ),
    }
}

/// The options of libpq.
pub(crate) fn options() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().copied()
}

/// Is it an option of libpq?
pub(crate) fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
}

/// Is it an option that this library accepts?
pub(crate) fn takes(name: &str, postgres: &Postgres) -> bool {
    consumed(name, postgres) || OPTIONS.contains(&name) || own(name, postgres.libpq)
}

/// What libpq refuses before or while it connects.
fn judge(
    arguments: &[Argument],
    mode: Mode,
    postgres: &Postgres,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let is_none = |a: &Argument| a.value.value().is_null();
    if let (Libpq::Psycopg2, Some(second)) =
        (postgres.libpq, arguments.iter().find(|a| a.name == "database"))
    {
        // The hook gives `dbname` in any case, and make_dsn takes one of the two.
        let reason = Reason::UnknownOption("database".into());
        return Err(
            Failure::new("TypeError", reason, second.place.clone()).and(Place::here("/schema"))
        );
    }
    // A whole connection string is read ahead of all that it stands beside.
    let (string, exception) = match postgres.libpq {
        Libpq::Psycopg2 => ("dsn", "TypeError"),
        Libpq::Psycopg3 => ("conninfo", "AttributeError"),
    };
    let mut string_options = conninfo::Pairs::new();
    let string_argument = arguments
        .iter()
        .find(|a| a.name == string && !(is_none(a) && postgres.libpq == Libpq::Psycopg2));
    if let Some(argument) = string_argument {
        let value = argument.value.value();
        let refused = |exception| {
            Failure::new(exception, Reason::OptionValue(string.into()), argument.place.clone())
        };
        if !is_str(&value) {
            return Err(refused(exception));
        }
        string_options = conninfo::read(text(&value).unwrap_or_default())
            .map_err(|_| refused("ProgrammingError"))?;
    }
    for argument in arguments.iter().filter(|a| !is_none(a)) {
        let name = argument.name.as_str();
        if name == "cls" && postgres.libpq == Libpq::Psycopg3 {
            return Err(Failure::new(
                "TypeError",
                Reason::UnknownOption(name.into()),
                argument.place.clone(),
            ));
        }
        if !OPTIONS.contains(&name) && !own(name, postgres.libpq) {
            return Err(Failure::new(
                "ProgrammingError",
                Reason::UnknownOption(name.into()),
                argument.place.clone(),
            ));
        }
    }
    let find = |name: &str| arguments.iter().find(|a| a.name == name && !is_none(a));
    let refused = |exception, argument: &Argument| {
        Err(Failure::new(
            exception,
            Reason::OptionValue(argument.name.clone()),
            argument.place.clone(),
        ))
    };
    if let (Libpq::Psycopg3, Some(timeout)) = (postgres.libpq, find("connect_timeout")) {
        let value = timeout.value.value();
        let plain = str_of(&value);
        if plain.trim().parse::<f64>().is_err() {
            return refused("ProgrammingError", timeout);
        }
    }
    let given = |name: &str| {
        // psycopg keeps the time itself, and takes fractions.
        let kept = name == "connect_timeout" && postgres.libpq == Libpq::Psycopg3;
        let of_string =
            || string_options.iter().rfind(|(key, _)| key == name).map(|(_, value)| value.clone());
        let value =
            || find(name).map(|argument| str_of(&argument.value.value())).or_else(of_string);
        if kept { None } else { value() }
    };
    if let Some(argument) = libpq::refused(&given).and_then(|name| find(name).or(string_argument)) {
        return refused("OperationalError", argument);
    }
    let host = find("host").map(|a| (a.value.value(), a.place.clone()));
    let named = find("hostaddr").is_some()
        || find("service").is_some()
        || find("conninfo").is_some()
        || find("dsn").is_some();
    let network =
        |reason, place| Err(Failure::at(Stage::Network, "OperationalError", reason, place));
    match host {
        Some((value, place)) if value.truthy() => {
            let host = str_of(&value);
            if host.starts_with('/') || host.starts_with('@') {
                trace.need(Dependency::LocalAddress(place));
            } else if host.split(',').any(|h| syntax::host(h) == syntax::Host::Invalid) && !named {
                return network(Reason::HostSyntax, place);
            }
        }
        _ if named => trace.need(Dependency::LocalAddress(Place::here("/host"))),
        // Without a host libpq takes a local socket, where no Redshift listens.
        _ if mode != Mode::PostgresPassword => {
            return network(Reason::HostEmpty, Place::here("/host"));
        }
        _ => trace.need(Dependency::LocalAddress(Place::here("/host"))),
    }
    Ok(())
}
