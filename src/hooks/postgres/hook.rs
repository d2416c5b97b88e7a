//! `PostgresHook.get_conn()`, for clusters that are reached through libpq.

use crate::hooks::aws::hook as aws;
use crate::hooks::botocore::checks::{Shape, parameter};
use crate::hooks::mode::Mode;
use crate::hooks::outcome::{Dependency, Failure, Identity, Place, Reason, Trace};
use crate::hooks::postgres::connect::connect;
use crate::hooks::postgres::modes;
use crate::hooks::postgres::options::consumed;
use crate::hooks::postgres::provider::{Libpq, Postgres};
use crate::hooks::python::{Extras, is_str, number, text};
use crate::hooks::{AWS_DEFAULT, Argument, Kwarg, LogIn, Resolution, Scene, extras};
use crate::model::{Connection, Value};

/// What becomes of a connection in `PostgresHook.get_conn()`; its type may be `postgres` or
/// `redshift`.
pub fn resolve(connection: &Connection, scene: &Scene<'_>) -> Resolution {
    let postgres = scene.postgres();
    let mut trace = Trace::default();
    let extras = match extras(connection, scene.runtime) {
        Ok(extras) => extras,
        Err((exception, reason)) => {
            let failure = Failure::new(exception, reason, Place::here("/extra"));
            return Resolution::of(&modes::PASSWORD, None, Err(failure), trace);
        }
    };
    let mode = modes::of(&extras, &postgres);
    let mut arguments = None;
    let result =
        arguments_of(connection, &extras, mode, scene, &mut trace).and_then(|(found, identity)| {
            let mut found = found;
            found.extend(cursor(&extras, &postgres)?);
            let found = arguments.insert(found);
            connect(found, mode, &postgres, &mut trace)?;
            Ok(identity
                .filter(|_| found.iter().any(Argument::is_temporary))
                .map_or(LogIn::User, LogIn::Temporary))
        });
    Resolution::of(mode, arguments, result, trace)
}

fn arguments_of(
    connection: &Connection,
    extras: &Extras,
    mode: &'static Mode,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Vec<Argument>, Option<Identity>), Failure> {
    let given = |value: &Value<'static>| Kwarg::Given(value.clone());
    let mut user = given(&connection.login);
    let mut password = given(connection.password.expose());
    let mut port = given(&connection.port);
    let mut identity = None;
    if mode != &modes::PASSWORD {
        let redshift = [&modes::REDSHIFT, &modes::SERVERLESS].contains(&mode);
        let default = if redshift { 5439 } else { 5432 };
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
    for (name, value) in extras.iter().filter(|(name, _)| !consumed(name, &scene.postgres())) {
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
    mode: &'static Mode,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Kwarg, Option<Identity>), Failure> {
    if mode == &modes::AZURE {
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
    match () {
        () if mode == &modes::REDSHIFT => {
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
        () if mode == &modes::SERVERLESS => {
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
        () => {
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
    let optional = scene.postgres().behaviour.host_optional;
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
