//! Whether something that worked works otherwise after a repair that is called safe.

use airconn::airflow::runtime::Runtime;
use airconn::hooks::{
    AWS_DEFAULT, Argument, Call, Dependency, Failure, Identity, Kwarg, LogIn, Outcome, Reason,
    Resolution, Scene, Source, Stage, resolve, resolve_aws, resolve_postgres,
};
use airconn::model::Connection;

use super::Input;
use super::differences::{Read, Reading, differing};

/// Safe repairs that make a difference to what works, and why they may.
static WHY: &[(&str, &[&str], &str)] = &[
    (
        "AC106",
        &["/extra"],
        "an extra that is an empty text, null or missing is no extra to any hook",
    ),
    (
        "AC109",
        &[""],
        "nothing works with a connection whose type is empty and whose schema is the rest of a URI",
    ),
    ("AC110", &[""], "the same, and JSON"),
    ("AC802", &[""], "the same, and base64"),
    ("AC112", &["/host", "/conn_type"], "no name of a host or type has a blank at its end"),
    (
        "AC201",
        &["/login", "/password", "/host", "/port", "/schema", "/extra"],
        "what Airflow drops behind a cut password is not meant",
    ),
    (
        "AC210",
        &["/conn_type"],
        "no hook has a type with a `+`; one that is named by its class does not ask for it",
    ),
    (
        "AC213",
        &["/host", "/port", "/schema"],
        "no host can be looked up that holds a port, a scheme or a database",
    ),
    ("AC303", &["/conn_type"], "no hook has a type in other letters, or a label for a type"),
    ("AC304", &["/conn_type"], "no hook has a type with a `-`"),
    ("AC307", &["/port"], "the same digits"),
    ("AC415", &["/host", "/port", "/schema"], "each request raises: the scheme is a path"),
    (
        "AC803",
        &["/login", "/password", "/host", "/schema", "/description", "/conn_type"],
        "the letters that are written",
    ),
    (
        "AC401",
        &["/extra"],
        "an extra that is a text has no member that a hook could read: AttributeError",
    ),
    ("AC507", &["/extra/ssl"], "the TLS comes on that the connection asks for"),
    (
        "AC508",
        &["/extra/sslmode"],
        "the check of the name comes on that the connection asks for; other words are ignored",
    ),
    (
        "AC517",
        &["/extra/db_groups"],
        "letters of a name are asked for as groups, and no cluster has them",
    ),
];

/// What works otherwise.
pub(crate) fn works_otherwise(
    rule: &str,
    before: &Reading,
    after: &Reading,
    input: &Input<'_>,
) -> Option<String> {
    let aimed = |runtime: &Runtime| input.aim.iter().any(|aim| aim.name() == runtime.name());
    for ((runtime, old), (_, new)) in
        before.0.iter().zip(&after.0).filter(|((runtime, _), _)| aimed(runtime))
    {
        for (i, read) in old.iter().enumerate() {
            let Some(now) =
                new.iter().find(|n| n.scope == read.scope && n.id == read.id).or(new.get(i))
            else {
                continue;
            };
            let (Some(was), Some(is)) = (&read.connection, &now.connection) else { continue };
            let why = || WHY.iter().find(|(id, ..)| *id == rule);
            let excused = |at: &String| {
                why().is_some_and(|(_, places, _)| {
                    places.iter().any(|p| at == p || at.starts_with(&format!("{p}/")))
                })
            };
            let different: Vec<String> =
                differing(was, is).into_iter().filter(|at| !excused(at)).collect();
            if different.is_empty() {
                continue;
            }
            let modelled = ["redshift", "postgres", "aws"].contains(&was.type_str())
                && was.type_str() == is.type_str();
            if !modelled {
                // What hooks of other types make of extras is recorded: `recorded.rs` holds these
                // repairs against that.
                if different.iter().any(|at| !at.starts_with("/extra/")) {
                    return Some(format!("{} reads another {different:?}", runtime.name()));
                }
                continue;
            }
            let (was, is) =
                (effect(was, read, old, runtime, input), effect(is, now, new, runtime, input));
            // A proxy may let in who has no password.
            let open =
                |f: &Failure| f.stage == Stage::Server && f.reason == Reason::PasswordMissing;
            let works = !matches!(&was.outcome, Outcome::Fails { failure, .. } if !open(failure));
            if works && summary(&was) != summary(&is) {
                return Some(format!(
                    "{} works otherwise: {:?}\n  {:?}",
                    runtime.name(),
                    summary(&was),
                    summary(&is)
                ));
            }
        }
    }
    None
}

fn effect(
    connection: &Connection,
    read: &Read,
    set: &[Read],
    runtime: &Runtime,
    input: &Input<'_>,
) -> Resolution {
    let lookup = |id: &str| {
        let found = set.iter().find(|r| r.scope == read.scope && r.id.as_deref() == Some(id));
        found.and_then(|r| r.connection.clone())
    };
    let providers = input.providers;
    let scene = Scene::new(&lookup, providers.aws_conn_id.as_deref(), runtime, &providers.packages);
    match connection.type_str() {
        "redshift" => resolve(connection, &scene),
        "postgres" => resolve_postgres(connection, &scene),
        _ => resolve_aws(connection, read.id.as_deref().unwrap_or(AWS_DEFAULT), "redshift", &scene),
    }
}

/// What the driver and AWS get to see; where a value stands in the connection is nothing to them.
fn summary(resolution: &Resolution) -> Vec<String> {
    let mut all = vec![resolution.mode.name.to_string()];
    let identity = |id: &Identity| {
        let source = match &id.source {
            Source::Keys(_) => "keys",
            Source::Profile(_) => "profile",
            Source::Ambient => "surroundings",
            Source::Plugin => "plugin",
            Source::Unsigned => "unsigned",
        };
        format!("{:?} with {source}, role {}", id.caller, id.role.is_some())
    };
    all.extend(resolution.calls.iter().map(|call: &Call| {
        let arguments: Vec<String> = call
            .arguments
            .iter()
            .map(|(name, value)| format!("{name}={}", differences_text(value)))
            .collect();
        format!(
            "{}:{}({arguments:?}) in {:?} by {}",
            call.service,
            call.operation,
            call.region,
            identity(&call.identity)
        )
    }));
    let argument = |a: &Argument| match &a.value {
        // The driver asks for the truth of these, and takes any number for a port.
        Kwarg::Given(value) if TRUTHS.contains(&a.name.as_str()) => {
            format!("{}={}", a.name, value.truthy())
        }
        Kwarg::Given(value) if a.name == "port" => {
            format!("port={}", differences_text(value).trim_matches('"'))
        }
        Kwarg::Given(value) => format!("{}={}", a.name, differences_text(value)),
        temporary => format!("{}={temporary:?}", a.name),
    };
    // The driver knows two values of `sslmode`, and takes its default for all others.
    let ignored = |a: &&Argument| {
        let known = matches!(&a.value, Kwarg::Given(value) if matches!(value.as_str(), Some("verify-ca" | "verify-full")));
        !(a.name == "sslmode" && resolution.mode.name != "postgres" && !known)
    };
    let mut arguments: Vec<String> =
        resolution.connect_kwargs.iter().flatten().filter(ignored).map(argument).collect();
    arguments.sort();
    all.extend(arguments);
    all.push(match &resolution.log_in {
        Some(LogIn::Temporary(id)) => identity(id),
        other => format!("{other:?}"),
    });
    let needs = match &resolution.outcome {
        Outcome::DependsOn(needs) => {
            needs.iter().map(|need: &Dependency| format!("{need:?}")).collect()
        }
        Outcome::Works => Vec::new(),
        Outcome::Fails { .. } => vec!["fails".to_string()],
    };
    all.extend(
        needs.into_iter().map(|need| need.split(['(', '{']).next().unwrap_or_default().to_string()),
    );
    all
}

const TRUTHS: &[&str] = &[
    "is_serverless",
    "group_federation",
    "force_lowercase",
    "tcp_keepalive",
    "iam_disable_cache",
    "auto_create",
];

fn differences_text(value: &airconn::model::Value<'_>) -> String {
    airconn::airflow::python::json_dumps::dumps(value)
        .unwrap_or_else(|_| value.type_name().to_string())
}
