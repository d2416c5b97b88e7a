//! The environments of the recordings, and how a recorded case is read and resolved.
#![expect(unreachable_pub, reason = "a module of a test")]

use std::io::Read;

use airconn::airflow::python::json_dumps::dumps;
use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::airflow::{Raw, parse};
use airconn::model::{Connection, Dict, Node, Value};
use airconn::redshift::{Driver, Libpq, Postgres, Provider, Resolution, Scene, resolve, resolve_aws, resolve_postgres};
use airconn::source::{Span, Text};

pub fn lines(name: &str) -> Vec<Value<'static>> {
    let path = format!("{}/fixtures/redshift/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).expect("the corpus is part of the repository");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    text.lines().map(|line| loads(line).expect("recorded JSON").value.into_owned()).collect()
}

pub fn at<'v>(value: &'v Value<'static>, key: &str) -> &'v Value<'static> {
    static NULL: Value<'static> = Value::Null;
    value.as_dict().and_then(|d| d.get(key)).map_or(&NULL, |n| &n.value)
}

pub fn has(value: &Value<'static>, key: &str) -> bool {
    value.as_dict().is_some_and(|d| d.get(key).is_some())
}

pub fn text<'v>(value: &'v Value<'static>, key: &str) -> &'v str {
    at(value, key).as_str().unwrap_or_default()
}

/// An environment of the recording.
pub struct Lab {
    pub label: &'static str,
    pub runtime: Runtime,
    pub provider: Provider,
    pub postgres: Postgres,
    pub driver: Driver,
}

pub fn labs() -> Vec<Lab> {
    let lab = |label, airflow: (u16, u16, u16), amazon: (u16, u16, u16), postgres: (u16, u16, u16), libpq, driver: (u16, u16, u16)| {
        let side = if airflow.0 >= 3 { Side::Worker } else { Side::Server };
        let version = |v: (u16, u16, u16)| Version(v.0, v.1, v.2);
        Lab {
            label,
            runtime: Runtime::new(version(airflow), side),
            provider: Provider::new(version(amazon)),
            postgres: Postgres::new(version(postgres), libpq),
            driver: Driver::new(version(driver)),
        }
    };
    use Libpq::{Psycopg2, Psycopg3};
    vec![
        lab("amazon 9.39.0", (3, 3, 2), (9, 39, 0), (7, 1, 1), Psycopg3, (2, 2, 0)),
        lab("amazon 9.39.0 (airflow 2.11.2)", (2, 11, 2), (9, 39, 0), (7, 1, 1), Psycopg2, (2, 2, 0)),
        lab("amazon 9.17.0", (2, 11, 0), (9, 17, 0), (6, 5, 1), Psycopg2, (2, 1, 10)),
        lab("amazon 8.29.0", (2, 10, 2), (8, 29, 0), (5, 13, 1), Psycopg2, (2, 1, 3)),
        lab("amazon 8.1.0", (2, 6, 2), (8, 1, 0), (5, 5, 0), Psycopg2, (2, 0, 912)),
        lab("amazon 7.4.1", (2, 6, 2), (7, 4, 1), (5, 5, 0), Psycopg2, (2, 0, 912)),
    ]
}

/// A recorded connection: a URI, or fields with an extra that is an object or text.
pub fn connection(recorded: &Value<'static>, runtime: &Runtime) -> Connection {
    let raw = match recorded {
        Value::Str(_) => {
            return parse(&Raw::Uri(Text::untraced(recorded.as_str().expect("a URI"))), runtime).expect("a URI that Airflow reads");
        }
        Value::Dict(fields) => {
            let mut dict = Dict::default();
            for (name, member) in fields.named() {
                let value = match (name, &member.node.value) {
                    ("extra", Value::Dict(_)) => Value::text(dumps(&member.node.value).expect("JSON")),
                    (_, value) => value.clone(),
                };
                dict.insert(Value::text(name), Span::default(), Node::bare(value));
            }
            Value::Dict(dict.into())
        }
        _ => panic!("no connection"),
    };
    parse(&Raw::Fields(Node::bare(raw)), runtime).expect("fields that Airflow takes")
}

pub fn resolved(case: &Value<'static>, lab: &Lab) -> Resolution {
    let named = |id: &str| match id {
        "aws_default" if has(case, "aws") => Some(connection(at(case, "aws"), &lab.runtime)),
        other => Some(at(at(case, "more"), other)).filter(|c| !c.is_null()).map(|c| connection(c, &lab.runtime)),
    };
    let hook_kwargs = at(case, "hook_kwargs");
    let aws_conn_id = if has(hook_kwargs, "aws_conn_id") { at(hook_kwargs, "aws_conn_id").as_str() } else { Some("aws_default") };
    let scene =
        Scene { set: &named, aws_conn_id, runtime: &lab.runtime, provider: &lab.provider, postgres: &lab.postgres, driver: &lab.driver };
    match text(case, "hook") {
        "redshift" => resolve(&connection(at(case, "conn"), &lab.runtime), &scene),
        "postgres" => resolve_postgres(&connection(at(case, "conn"), &lab.runtime), &scene),
        hook => {
            let service = if hook == "data" { "redshift-data" } else { "redshift" };
            resolve_aws(&named("aws_default").unwrap_or_default(), "aws_default", service, &scene)
        }
    }
}

/// Why a recorded run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It did not.
    None,
    /// The text alone.
    Text,
    /// No region, credentials, profile, package.
    Surroundings,
    /// The network, AWS or the cluster.
    Server,
}

pub fn cause(outcome: &Value<'static>) -> Cause {
    if matches!(at(outcome, "ok"), Value::Bool(true)) {
        return Cause::None;
    }
    let message = text(outcome, "message");
    match text(outcome, "exception") {
        "NoRegionError" | "NoCredentialsError" | "ProfileNotFound" | "ModuleNotFoundError" => Cause::Surroundings,
        "InterfaceError"
            if ["The config profile", "Unable to locate credentials", "You must specify a region"].iter().any(|m| message.contains(m)) =>
        {
            Cause::Surroundings
        }
        "EndpointConnectionError"
        | "ResponseParserError"
        | "ClientError"
        | "ClusterNotFoundFault"
        | "AccessDeniedException"
        | "ResourceNotFoundException"
        | "OperationalError" => Cause::Server,
        "InterfaceError" | "ProgrammingError" if message.starts_with("{'S'") => Cause::Server,
        "InterfaceError" if message.starts_with("('communication error'") || message == "Server refuses SSL" => Cause::Server,
        "InterfaceError" if message == "Failed to get SAML assertion" || message.starts_with("HTTPSConnectionPool") => Cause::Server,
        _ => Cause::Text,
    }
}
