//! The environments of the recordings, and how a recorded case is read and resolved.
#![allow(unreachable_pub, dead_code, reason = "a module of several tests")]

use std::collections::BTreeMap;
use std::io::Read;

use airconn::airflow::python::json_dumps::dumps;
use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::airflow::{Raw, parse};
use airconn::hooks::{
    Dependency, Driver, Libpq, Packages, Postgres, Provider, Resolution, Scene, resolve,
    resolve_aws, resolve_postgres,
};
use airconn::model::{Connection, Dict, Node, Value};
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
    pub packages: Packages,
}

pub fn labs() -> Vec<Lab> {
    let lab = |label,
               airflow: (u16, u16, u16),
               amazon: (u16, u16, u16),
               postgres: (u16, u16, u16),
               libpq,
               driver: (u16, u16, u16)| {
        let side = if airflow.0 >= 3 { Side::Worker } else { Side::Server };
        let version = |v: (u16, u16, u16)| Version(v.0, v.1, v.2);
        let mut packages = Packages::default();
        packages.amazon = Provider::new(version(amazon));
        packages.postgres = Postgres::new(version(postgres), libpq);
        packages.driver = Driver::new(version(driver));
        packages.botocore = Some(packages.amazon.usual_botocore());
        Lab { label, runtime: Runtime::new(version(airflow), side), packages }
    };
    use Libpq::{Psycopg2, Psycopg3};
    vec![
        lab("amazon 9.39.0", (3, 3, 2), (9, 39, 0), (7, 1, 1), Psycopg3, (2, 2, 0)),
        lab(
            "amazon 9.39.0 (airflow 2.11.2)",
            (2, 11, 2),
            (9, 39, 0),
            (7, 1, 1),
            Psycopg2,
            (2, 2, 0),
        ),
        lab("amazon 9.30.0", (3, 3, 2), (9, 30, 0), (7, 1, 1), Psycopg3, (2, 2, 0)),
        lab("amazon 9.17.0", (2, 11, 0), (9, 17, 0), (6, 5, 1), Psycopg2, (2, 1, 10)),
        lab("amazon 8.29.0", (2, 10, 2), (8, 29, 0), (5, 13, 1), Psycopg2, (2, 1, 3)),
        lab("amazon 8.1.0", (2, 6, 2), (8, 1, 0), (5, 5, 0), Psycopg2, (2, 0, 912)),
        lab("amazon 7.4.1", (2, 6, 2), (7, 4, 1), (5, 5, 0), Psycopg2, (2, 0, 912)),
    ]
}

/// The environments that the recorded runs of `runs` were made in. Versions that came later are in
/// `people` alone: its runs need no cluster.
pub fn labs_of_runs() -> Vec<Lab> {
    let recorded = lines("runs");
    labs().into_iter().filter(|lab| has(at(&recorded[0], "outcome"), lab.label)).collect()
}

/// A recorded connection: a URI, or fields with an extra that is an object or text.
pub fn connection(recorded: &Value<'static>, runtime: &Runtime) -> Connection {
    if let Some(uri) = recorded.as_str() {
        return parse(&Raw::Uri(Text::untraced(uri)), runtime).expect("a URI that Airflow reads");
    }
    // The hooks got it as a variable: JSON that `from_json` reads.
    let text = dumps(recorded).expect("JSON");
    parse(&Raw::Json(Text::untraced(&text)), runtime).expect("JSON that Airflow reads")
}

pub fn resolved(case: &Value<'static>, lab: &Lab) -> Resolution {
    let named = |id: &str| match id {
        "aws_default" if has(case, "aws") => Some(connection(at(case, "aws"), &lab.runtime)),
        other => Some(at(at(case, "more"), other))
            .filter(|c| !c.is_null())
            .map(|c| connection(c, &lab.runtime)),
    };
    let hook_kwargs = at(case, "hook_kwargs");
    let aws_conn_id = if has(hook_kwargs, "aws_conn_id") {
        at(hook_kwargs, "aws_conn_id").as_str()
    } else {
        Some("aws_default")
    };
    let scene = Scene::new(&named, aws_conn_id, &lab.runtime, &lab.packages);
    match text(case, "hook") {
        "redshift" => resolve(&connection(at(case, "conn"), &lab.runtime), &scene),
        "postgres" => resolve_postgres(&connection(at(case, "conn"), &lab.runtime), &scene),
        hook => {
            let service = if hook == "data" { "redshift-data" } else { "redshift" };
            resolve_aws(&named("aws_default").unwrap_or_default(), "aws_default", service, &scene)
        }
    }
}

/// Why a recorded run ended as it did: what tools/recorders/redshift_causes.py wrote into the corpora, from
/// the run itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It logged in, or came as far as its oracle goes: to the socket.
    None,
    /// The text alone.
    Text,
    /// Something of the machine, of the account or of the identity provider, by the name it has in
    /// the corpora.
    Missing(&'static str),
    /// AWS, the network or the cluster refused.
    Refused,
}

/// What a run can miss, with the dependencies that say so.
type Missing = (&'static str, fn(&Dependency) -> bool);

const MISSING: &[Missing] = {
    use Dependency as D;
    &[
        ("region", |d| matches!(d, D::Region(_) | D::HostLookup(_))),
        ("credentials", |d| matches!(d, D::Credentials(_) | D::KeyPair(..))),
        ("profile", |d| matches!(d, D::Profile(..))),
        ("file", |d| matches!(d, D::File(_))),
        ("package", |d| matches!(d, D::Package(_) | D::Import(_))),
        ("address", |d| matches!(d, D::LocalAddress(_))),
        ("auth-profile", |d| matches!(d, D::AuthProfile(_))),
        ("browser", |d| matches!(d, D::Browser(_))),
        ("identity-provider", |d| matches!(d, D::IdentityProvider(_) | D::Browser(_))),
    ]
};

pub fn cause(outcome: &Value<'static>) -> Cause {
    match text(outcome, "cause") {
        "none" => Cause::None,
        "text" => Cause::Text,
        "aws" | "network" | "server" => Cause::Refused,
        name => {
            let known = MISSING.iter().find(|(missing, _)| *missing == name);
            Cause::Missing(known.unwrap_or_else(|| panic!("`{name}` is not a cause")).0)
        }
    }
}

/// Did a run that missed this depend on it, by what is needed?
pub fn needs(missing: &str, needs: &[Dependency]) -> bool {
    let (_, says) = MISSING.iter().find(|(name, _)| *name == missing).expect("a known cause");
    needs.iter().any(says)
}

/// Did the stand-ins of this run let pass what a cluster would refuse?
pub fn unseen(outcome: &Value<'static>) -> bool {
    has(outcome, "unseen")
}

/// How often each cause was compared, where it leaves the verdict open.
#[derive(Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    pub fn add(&mut self, outcome: &Value<'static>) {
        let name = match at(outcome, "unseen") {
            Value::List(unseen) => format!(
                "{} but for {}",
                text(outcome, "cause"),
                unseen.iter().filter_map(|name| name.value.as_str()).collect::<Vec<_>>().join(", ")
            ),
            _ => text(outcome, "cause").to_string(),
        };
        *self.0.entry(name).or_default() += 1;
    }

    /// A line for each cause.
    pub fn lines(&self) -> String {
        self.0.iter().map(|(name, count)| format!("{count} {name}\n")).collect()
    }
}

/// The forms in which a set of connections is given to `check`.
pub const FORMS: [&str; 3] = ["fields", "value", "export-json"];

/// The connection under test and those beside it, by id.
pub fn connections(case: &Value<'static>) -> Vec<(String, Value<'static>)> {
    let mut all = Vec::new();
    if has(case, "conn") {
        all.push(("subject".to_string(), at(case, "conn").clone()));
    }
    if has(case, "aws") {
        all.push(("aws_default".to_string(), at(case, "aws").clone()));
    }
    if let Some(more) = at(case, "more").as_dict() {
        all.extend(more.named().map(|(id, member)| (id.to_string(), member.node.value.clone())));
    }
    // `check` knows one id for the AWS connection of RedshiftSQLHook; a hook that is told another
    // one sees that one.
    let kwargs = at(case, "hook_kwargs");
    if has(kwargs, "aws_conn_id") {
        all.retain(|(id, _)| id != "aws_default");
        let told = at(kwargs, "aws_conn_id").as_str();
        all.iter_mut()
            .filter(|(id, _)| Some(id.as_str()) == told)
            .for_each(|(id, _)| *id = "aws_default".to_string());
    }
    all
}

fn object(pairs: Vec<(&str, Value<'static>)>) -> Value<'static> {
    let mut dict = Dict::default();
    for (name, value) in pairs {
        dict.insert(Value::text(name), Span::default(), Node::bare(value));
    }
    Value::dict(dict)
}

/// A connection with the extra as text, as an export has it.
fn flat(connection: &Value<'static>) -> Value<'static> {
    let Some(fields) = connection.as_dict() else { return connection.clone() };
    let flat = |value: &Value<'static>| match value {
        Value::Dict(_) => Value::text(dumps(value).expect("JSON")),
        other => other.clone(),
    };
    object(
        fields
            .named()
            .map(|(name, m)| {
                (name, if name == "extra" { flat(&m.node.value) } else { m.node.value.clone() })
            })
            .collect(),
    )
}

/// A set of connections as a file of this form, and the name of its format. `None` where the form
/// reads them otherwise than a hook.
pub fn file(set: &[(String, Value<'static>)], form: &str) -> Option<(String, &'static str)> {
    fn line(pairs: Vec<(&str, Value<'static>)>) -> String {
        dumps(&object(pairs)).expect("JSON")
    }
    let id = |id: &str| ("conn_id", Value::text(id));
    let is_uri = |connection: &Value<'static>| connection.as_str().is_some();
    Some(match form {
        "fields" => {
            let fields = |name: &str, connection: &Value<'static>| {
                let Value::Dict(dict) = connection else {
                    return line(vec![id(name), ("uri", connection.clone())]);
                };
                let fields = dict.named().map(|(name, member)| (name, member.node.value.clone()));
                line(std::iter::once(id(name)).chain(fields).collect())
            };
            (
                set.iter()
                    .map(|(name, connection)| fields(name, connection))
                    .collect::<Vec<_>>()
                    .join("\n"),
                "jsonl",
            )
        }
        "value" => {
            let value = |connection: &Value<'static>| match connection.as_dict() {
                Some(_) => Value::text(dumps(connection).expect("JSON")),
                None => connection.clone(),
            };
            let lines = set
                .iter()
                .map(|(name, connection)| line(vec![id(name), ("value", value(connection))]));
            (lines.collect::<Vec<_>>().join("\n"), "jsonl")
        }
        // The file is read by the server, which types the query of a URI, and refuses an extra that
        // is not an object.
        _ => {
            let plain = |c: &Value<'static>| {
                !is_uri(c) && (at(c, "extra").is_null() || at(c, "extra").as_dict().is_some())
            };
            if !set.iter().all(|(_, connection)| plain(connection)) {
                return None;
            }
            let all =
                set.iter().map(|(name, connection)| (name.as_str(), flat(connection))).collect();
            (dumps(&object(all)).expect("JSON"), "export-json")
        }
    })
}
