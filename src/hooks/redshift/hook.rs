//! `RedshiftSQLHook.get_conn()`: from the connection to the driver's arguments.

use crate::hooks::aws::hook as aws;
use crate::hooks::botocore::checks::{Shape, parameter};
use crate::hooks::outcome::{Failure, Identity, Place, Reason, Trace};
use crate::hooks::python::{Extras, is_str, text};
use crate::hooks::redshift::{driver, modes};
use crate::hooks::{Argument, Kwarg, LogIn, Resolution, Scene, extras};
use crate::model::{Connection, Value};

/// What the hook obtained: a user, and whose it is.
struct Token {
    user: Option<String>,
    identity: Identity,
}

/// What becomes of a connection.
pub fn resolve(connection: &Connection, scene: &Scene<'_>) -> Resolution {
    let mut trace = Trace::default();
    let extras = match extras(connection, scene.runtime) {
        Ok(extras) => extras,
        Err((exception, reason)) => {
            // Before 8.1.0 nothing asked the extra for a key: it was unpacked at once.
            let unpacked =
                reason == Reason::ExtraNotObject && !scene.packages.amazon.behaviour.hook_iam;
            let exception = if unpacked { "TypeError" } else { exception };
            let failure = Failure::new(exception, reason, Place::here("/extra"));
            return Resolution::of(&modes::DB_CREDENTIALS, None, Err(failure), trace);
        }
    };
    let role = scene
        .aws_conn_id
        .and_then(|id| (scene.set)(id).map(|c| aws::assumes_role(&c, id, scene)))
        .unwrap_or(false);
    let mode = modes::of(&extras, &scene.packages.amazon, role);
    let mut arguments = None;
    let result = arguments_of(connection, &extras, scene, &mut trace).and_then(|(found, token)| {
        let found = arguments.insert(found);
        let log_in = driver::connect(found, &scene.packages.driver, &mut trace)?;
        Ok(match (log_in, token) {
            (LogIn::User, Some(identity)) if found.iter().any(Argument::is_temporary) => {
                LogIn::Temporary(identity)
            }
            (log_in, _) => log_in,
        })
    });
    Resolution::of(mode, arguments, result, trace)
}

/// `{**_get_conn_params(), **extra}`, and who got the temporary user.
fn arguments_of(
    connection: &Connection,
    extras: &Extras,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Vec<Argument>, Option<Identity>), Failure> {
    let behaviour = &scene.packages.amazon.behaviour;
    let field = |value: &Value<'static>| Kwarg::Given(value.clone());
    let mut user = field(&connection.login);
    let mut password = field(connection.password.expose());
    let mut port = field(&connection.port);
    let mut identity = None;
    if behaviour.hook_iam && extras.truthy("iam") {
        let token = iam_token(connection, extras, scene, trace)?;
        user = Kwarg::TemporaryUser(token.user);
        password = Kwarg::TemporaryPassword;
        port = Kwarg::Given(if connection.port.truthy() {
            connection.port.clone()
        } else {
            Value::Int(5439)
        });
        identity = Some(token.identity);
    }
    let host = ("host", field(&connection.host), "/host");
    let port = ("port", port, "/port");
    let (third, fourth) = if behaviour.overwrites_connection || !behaviour.hook_iam {
        (host, port)
    } else {
        (port, host)
    };
    let fields = [
        ("user", user, "/login"),
        ("password", password, "/password"),
        third,
        fourth,
        ("database", field(&connection.schema), "/schema"),
    ];
    let mut arguments: Vec<Argument> = fields
        .into_iter()
        .filter(|(_, value, _)| value.value().truthy())
        .map(|(name, value, pointer)| Argument {
            name: name.to_string(),
            value,
            place: Place::here(pointer),
        })
        .collect();
    let from_fields = arguments.len();
    for (name, value) in extras.iter() {
        let value = Kwarg::Given(value.clone());
        let place = Place::extra(name);
        match arguments[..from_fields].iter_mut().find(|a| a.name == name) {
            // A key that is already there keeps its position; extras differ from each other.
            Some(argument) => (argument.value, argument.place) = (value, place),
            None => arguments.push(Argument { name: name.to_string(), value, place }),
        }
    }
    Ok((arguments, identity))
}

/// `get_iam_token`.
fn iam_token(
    connection: &Connection,
    extras: &Extras,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<Token, Failure> {
    let behaviour = &scene.packages.amazon.behaviour;
    if behaviour.serverless && extras.truthy("is_serverless") {
        let workgroup = extras.get("serverless_work_group");
        if !workgroup.truthy() {
            let place = Place::extra("serverless_work_group");
            return Err(Failure::new("AirflowException", Reason::WorkgroupMissing, place)
                .and(Place::extra("is_serverless")));
        }
        let duration = "serverless_token_duration_seconds";
        let seconds =
            if extras.has(duration) { extras.get(duration).clone() } else { Value::Int(3600) };
        let client = aws::client(scene.aws_conn_id, "redshift-serverless", scene, trace)?;
        let identity = client.signing.identity.clone();
        let parameters = vec![
            parameter("dbName", connection.schema.clone(), Shape::Text(0), Place::here("/schema")),
            parameter(
                "workgroupName",
                workgroup.clone(),
                Shape::Text(3),
                Place::extra("serverless_work_group"),
            ),
            parameter("durationSeconds", seconds, Shape::Integer(i64::MIN), Place::extra(duration)),
        ];
        client.call("GetCredentials", parameters, trace)?;
        return Ok(Token { user: None, identity });
    }
    let (cluster, place) = cluster(connection, extras, scene)?;
    let client = aws::client(scene.aws_conn_id, "redshift", scene, trace)?;
    let identity = client.signing.identity.clone();
    let parameters = vec![
        parameter("DbUser", connection.login.clone(), Shape::Text(0), Place::here("/login")),
        parameter("DbName", connection.schema.clone(), Shape::Text(0), Place::here("/schema")),
        parameter("ClusterIdentifier", cluster, Shape::Text(0), place),
        parameter("AutoCreate", Value::Bool(false), Shape::Boolean, Place::here("/extra")),
    ];
    client.call("GetClusterCredentials", parameters, trace)?;
    Ok(Token { user: text(&connection.login).map(|login| format!("IAM:{login}")), identity })
}

/// The cluster that the hook asks for: the extra, else the first label of the host.
fn cluster(
    connection: &Connection,
    extras: &Extras,
    scene: &Scene<'_>,
) -> Result<(Value<'static>, Place), Failure> {
    let given = extras.get("cluster_identifier");
    let host = Place::here("/host");
    let label = || match &connection.host {
        value if is_str(value) => {
            Ok(Value::text(text(value).and_then(|h| h.split('.').next()).unwrap_or_default()))
        }
        _ => Err(Failure::new("AttributeError", Reason::HostMissing, host.clone())),
    };
    if !scene.packages.amazon.behaviour.host_optional {
        // The default of `.get` was evaluated in any case.
        let label = label()?;
        return Ok(if extras.has("cluster_identifier") {
            (given.clone(), Place::extra("cluster_identifier"))
        } else {
            (label, host)
        });
    }
    if given.truthy() {
        return Ok((given.clone(), Place::extra("cluster_identifier")));
    }
    if connection.host.truthy() {
        return Ok((label()?, host));
    }
    let place = Place::extra("cluster_identifier");
    Err(Failure::new("AirflowException", Reason::ClusterOrHostMissing, place).and(host))
}
