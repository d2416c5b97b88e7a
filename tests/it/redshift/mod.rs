//! The recorded runs of real hooks and drivers (fixtures/redshift) against ours: every case, every
//! provider version.
//!
//! Differences are allowed only if fixtures/redshift/known-differences.txt lists them with a
//! reason, and every line there must still describe one.

use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::python::json_dumps::dumps;
use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::hooks::{
    Argument, Call, Dependency, Driver, HostKind, Kwarg, Outcome, Packages, ParameterFault,
    Provider, Reason, Resolution, Scene, Source, Stage, read_host, resolve,
};
use airconn::model::{Connection, Value};

pub(crate) mod recorded_env;

use recorded_env::{
    Cause, Lab, Tally, at, cause, connection, has, labs, labs_of_runs, lines, needs, resolved,
    text, unseen,
};

/// Compares an outcome with the recorded one; the difference in words.
fn compare(
    case: &Value<'static>,
    recorded: &Value<'static>,
    ours: &Resolution,
) -> Result<(), String> {
    let describe = || {
        format!(
            "recorded {} {}, ours {:?}",
            text(recorded, "exception"),
            text(recorded, "message"),
            ours.outcome
        )
    };
    let stage = text(recorded, "stage");
    let fits = match (cause(recorded), &ours.outcome) {
        // What the stand-ins let pass, the network or the server refuses; an authentication profile
        // may hold what is missing.
        (_, outcome) if unseen(recorded) && past_the_text(outcome) => true,
        (Cause::None, Outcome::DependsOn(all)) if unseen(recorded) => needs("auth-profile", all),
        (Cause::None, Outcome::Works) => !unseen(recorded),
        (Cause::None, Outcome::DependsOn(all)) => all.iter().all(|need| met(case, stage, need)),
        (Cause::Text, Outcome::Fails { failure, .. }) => {
            failure.exception == text(recorded, "exception")
                && (failure.stage == Stage::Arguments || stage == "network")
        }
        (Cause::Missing(what), Outcome::DependsOn(all) | Outcome::Fails { needs: all, .. }) => {
            needs(what, all)
        }
        (Cause::Refused, Outcome::Works | Outcome::DependsOn(_)) => true,
        (Cause::Refused, outcome) => past_the_text(outcome),
        _ => false,
    };
    if fits { Ok(()) } else { Err(describe()) }
}

/// Does it fail at the network or the server?
fn past_the_text(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Fails { failure, .. } if failure.stage != Stage::Arguments)
}

/// What the surroundings of a successful run had. The AWS of a run that ended at the socket knows
/// every region.
fn met(case: &Value<'static>, stage: &str, need: &Dependency) -> bool {
    let env = |name| has(at(case, "env"), name);
    match need {
        Dependency::Region(_) => {
            env("AWS_DEFAULT_REGION")
                || env("AWS_PROFILE")
                || dumps(at(case, "aws")).is_ok_and(|a| a.contains("profile_name"))
        }
        Dependency::Credentials(_) => env("AWS_ACCESS_KEY_ID") || env("AWS_PROFILE"),
        Dependency::RegionExists(..) => stage == "socket",
        _ => true,
    }
}

fn kwargs_differ(recorded: &Value<'static>, ours: &Resolution) -> Option<String> {
    let Some(ours) = &ours.connect_kwargs else {
        return Some("ours do not reach the driver".to_string());
    };
    let recorded: Vec<(&str, &Value<'static>)> =
        recorded.as_dict().expect("an object").named().map(|(k, m)| (k, &m.node.value)).collect();
    let names: Vec<&str> = ours.iter().map(|a| a.name.as_str()).collect();
    let wanted: Vec<&str> = recorded.iter().map(|(k, _)| *k).collect();
    if names != wanted {
        return Some(format!("{names:?} instead of {wanted:?}"));
    }
    let same = |ours: &Kwarg, recorded: &Value<'static>| match (ours, recorded.as_str()) {
        (Kwarg::Given(value), _)
            if value == recorded && value.type_name() == recorded.type_name() =>
        {
            true
        }
        (Kwarg::TemporaryPassword, Some(text)) => {
            text.starts_with("<temporary password") || text.contains("Action=connect")
        }
        (Kwarg::TemporaryUser(Some(user)), Some(text)) => user == text,
        (Kwarg::TemporaryUser(None), Some(text)) => text.starts_with("IAM:"),
        _ => false,
    };
    let factory = |a: &Argument| a.name.ends_with("_factory");
    ours.iter()
        .zip(&recorded)
        .find(|(a, (_, v))| !factory(a) && !same(&a.value, v))
        .map(|(a, _)| format!("{} differs", a.name))
}

/// Recorded calls as (operation, arguments).
fn recorded_calls(case: &Value<'static>) -> Vec<(String, BTreeSet<String>)> {
    let Value::List(calls) = at(case, "aws_calls") else { return Vec::new() };
    let mut out: Vec<(String, BTreeSet<String>)> = Vec::new();
    for call in calls {
        let mut arguments = BTreeSet::new();
        for (name, member) in at(&call.value, "params").as_dict().expect("an object").named() {
            let value = dumps(&member.node.value).expect("JSON").trim_matches('"').to_string();
            let name = name.split('.').next().unwrap_or(name);
            let list = matches!(name, "DbGroups" | "ClusterIds");
            if name != "WebIdentityToken" && !(list && value.is_empty()) {
                arguments.insert(format!("{name}={}", value.trim_matches(|c| "[]\"".contains(c))));
            }
        }
        out.push((text(&call.value, "action").to_string(), arguments));
    }
    out
}

fn our_calls(calls: &[Call]) -> Vec<(String, BTreeSet<String>)> {
    let mut out = Vec::new();
    for call in calls {
        let mut arguments = BTreeSet::new();
        for (name, value) in &call.arguments {
            match value {
                Value::List(items) => arguments.extend(
                    items.iter().map(|i| format!("{name}={}", i.value.as_str().unwrap_or("?"))),
                ),
                other => {
                    arguments.insert(format!(
                        "{name}={}",
                        dumps(other).expect("JSON").trim_matches('"')
                    ));
                }
            }
        }
        out.push((call.operation.to_string(), arguments));
    }
    out
}

/// Holds a corpus against ours, but for the known differences; how often each cause was compared.
fn hold(corpus: &str, labs: &[Lab]) -> String {
    let known = include_str!("../../../fixtures/redshift/known-differences.txt");
    let mut known: BTreeMap<&str, bool> = known
        .lines()
        .filter_map(|line| line.split('#').next())
        .filter_map(|line| line.trim().split_once(' '))
        .filter(|(of, _)| *of == corpus)
        .map(|(_, id)| (id, false))
        .collect();
    let (mut compared, mut failures) = (Tally::default(), Vec::new());
    for case in lines(corpus) {
        let id = text(&case, "id").to_string();
        for lab in labs {
            let (mut recorded, mut kwargs) = (at(&case, "outcome"), at(&case, "connect_kwargs"));
            if has(recorded, lab.label) {
                recorded = at(recorded, lab.label);
                // Of `runs` the arguments are recorded with the newest versions only.
                kwargs = match corpus {
                    "runs" if lab.label == "amazon 9.39.0" => kwargs,
                    _ => at(kwargs, lab.label),
                };
            }
            assert!(has(recorded, "ok"), "{id}: nothing recorded for {}", lab.label);
            let ours = resolved(&case, lab);
            let mut differences = Vec::new();
            differences.extend(compare(&case, recorded, &ours).err());
            for kwargs in [kwargs, at(&case, "psycopg_kwargs")] {
                if !kwargs.is_null() && (corpus != "runs" || lab.label == "amazon 9.39.0") {
                    differences.extend(kwargs_differ(kwargs, &ours));
                }
            }
            compared.add(recorded);
            if differences.is_empty() {
                continue;
            }
            if let Some(seen) = known.get_mut(id.as_str()) {
                *seen = true;
                continue;
            }
            let case =
                ["conn", "aws", "env"].map(|k| dumps(at(&case, k)).unwrap_or_default()).join(" ");
            failures.push(format!("{id} {}: {}\n      {case}", lab.label, differences.join("; ")));
        }
    }
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
    let stale: Vec<_> = known.iter().filter(|(_, seen)| !**seen).map(|(id, _)| id).collect();
    assert!(stale.is_empty(), "no longer differences: {stale:?}");
    compared.lines()
}

/// Every run counts, whatever we say about it: a corpus that loses some, or moves some to a cause
/// that asks for less, changes a number here.
#[test]
fn recorded_runs() {
    assert_eq!(
        hold("runs", &labs_of_runs()),
        "\
72 aws
25 credentials
7 identity-provider
96 network
665 none
12 profile
91 region
108 server
382 text
"
    );
}

/// Connections made by tools/generators/redshift_cases.py, labelled on Airflow 3.3.2 with the newest recorded
/// versions.
#[test]
fn generated_runs() {
    assert_eq!(
        hold("generated", &labs()[..1]),
        "\
10 address
11 auth-profile
2 browser
81 credentials
1 credentials but for region
53 identity-provider
3 identity-provider but for region
5 network
907 none
3 none but for keepalive
25 none but for password
1 none but for port
1 none but for region
14 none but for user
2 none but for user, keepalive
1 none but for user, password
9 profile
122 region
1004 text
4 text but for region
"
    );
}

/// Connections made by tools/generators/redshift_cases_options.py, labelled in every environment.
#[test]
fn option_runs() {
    assert_eq!(
        hold("options", &labs()),
        "\
40 credentials
290 network
1182 none
28 none but for port
16 region
1314 text
"
    );
}

/// Connections made by tools/generators/redshift_cases_people.py, labelled in every environment.
#[test]
fn people_runs() {
    assert_eq!(
        hold("people", &labs()),
        "\
2 aws
120 browser
798 credentials
478 file
169 identity-provider
7 identity-provider but for region
458 network
4049 none
432 none but for password
35 none but for port
7 none but for region
59 none but for user
4 none but for user, password
6 package
139 profile
7 profile but for region
1691 region
4119 text
20 text but for region
"
    );
}

#[test]
fn recorded_aws_calls() {
    let labs = labs();
    let (mut compared, mut failures) = (0, Vec::new());
    for case in lines("runs") {
        let hook = text(&case, "hook");
        let recorded = at(at(&case, "outcome"), "amazon 9.39.0");
        if !matches!(hook, "redshift" | "postgres")
            || cause(recorded) != Cause::None
            || has(recorded, "attempts")
        {
            continue;
        }
        let ours = resolved(&case, &labs[0]);
        let mut calls = recorded_calls(&case);
        // A role of a profile is assumed by boto3; the text does not show it.
        if !ours.calls.iter().any(|c| c.identity.role.is_some()) {
            calls.retain(|(operation, _)| operation != "AssumeRole");
        }
        // A fallback is made only where the call before it failed: for an empty custom domain.
        let full = our_calls(&ours.calls);
        let without: Vec<Call> = ours.calls.iter().filter(|c| !c.fallback).cloned().collect();
        compared += 1;
        // What follows an authentication profile is up to its content.
        let profile = matches!(&ours.outcome, Outcome::DependsOn(needs) if needs.iter().any(|n| matches!(n, Dependency::AuthProfile(_))));
        if calls != full && calls != our_calls(&without) && !(profile && calls.starts_with(&full)) {
            failures.push(format!("{}: recorded {calls:?}\n   ours {full:?}", text(&case, "id")));
        }
    }
    assert!(compared > 100, "the recorded corpus is complete");
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn recorded_identities() {
    let labs = labs();
    for case in lines("runs") {
        let Value::List(calls) = at(&case, "aws_calls") else { continue };
        if !matches!(text(&case, "hook"), "redshift" | "postgres")
            || cause(at(at(&case, "outcome"), "amazon 9.39.0")) != Cause::None
        {
            continue;
        }
        let ours = resolved(&case, &labs[0]);
        let recorded = calls.iter().map(|c| &c.value).filter(|c| {
            text(c, "action") != "AssumeRole"
                || ours.calls.iter().any(|c| c.identity.role.is_some())
        });
        for (ours, recorded) in ours.calls.iter().filter(|c| !c.fallback).zip(recorded) {
            let key = text(recorded, "access_key").trim_matches('"');
            let fits = match (&ours.identity.source, &ours.identity.role) {
                (_, Some(_)) => key.starts_with("ASIA"),
                (Source::Keys(_), None) => {
                    ["AKIAAIRFLOWDEFAULT00", "AKIAEXTRA", "AKIAOTHER", "AKIAWRONGTYPE"]
                        .iter()
                        .any(|k| key.starts_with(k))
                }
                (Source::Profile(_), None) => key.contains("PROFILE") || key.starts_with("ASIA"),
                (Source::Ambient, None) => {
                    key.starts_with("AKIAAMBIENT") || key.contains("PROFILE")
                }
                _ => false,
            };
            assert!(fits, "{}: {ours:?}, recorded {key}", text(&case, "id"));
        }
    }
}

#[test]
fn recorded_driver_checks() {
    // Provider 7.4.1 hands everything to the driver, so its outcome is the driver's.
    let mut packages = Packages::default();
    packages.amazon = Provider::new(Version(7, 4, 1));
    let runtime = Runtime::newest(Side::Worker);
    let (mut compared, mut failures) = (0, Vec::new());
    for case in lines("driver_checks") {
        packages.driver =
            Driver::new(Version::of_release(text(&case, "version")).expect("a version"));
        let name = text(&case, "case");
        let hostless = name == "empty" || name == "iam only" || name.contains("no host");
        let host = if hostless {
            Value::Null
        } else {
            Value::text("my-cluster.abc123.us-east-1.redshift.amazonaws.com")
        };
        let connection = Connection {
            conn_type: Value::text("redshift"),
            host,
            extra: airconn::model::Secret::new(Value::text(
                dumps(at(&case, "kwargs")).expect("JSON"),
            )),
            ..Connection::default()
        };
        let scene = Scene::new(&|_| None, None, &runtime, &packages);
        let ours = resolve(&connection, &scene);
        let result = text(&case, "result");
        let fits = match (result.strip_prefix("-> AWS API "), &ours.outcome) {
            // That recording answered for AWS and checked no parameters; its workgroup has two
            // letters, boto3 wants three.
            (Some(_), Outcome::Fails { failure, .. }) => match &failure.reason {
                Reason::Parameter { parameter, fault, .. } => {
                    parameter == "workgroupName" && *fault == ParameterFault::TooSmall
                }
                reason => *reason == Reason::GroupFederationServerless,
            },
            (Some(api), _) => {
                ours.calls.iter().any(|c| c.operation.eq_ignore_ascii_case(&api.replace('_', "")))
            }
            (None, Outcome::Fails { failure, .. }) if result.starts_with("-> TCP") => {
                failure.stage != Stage::Arguments
            }
            (None, _) if result.starts_with("-> TCP") => true,
            // The stand-in of this recording raised ValueError itself.
            (None, Outcome::Fails { failure, .. })
                if result == "ValueError: empty CustomDomainName" =>
            {
                failure.exception == "ParamValidationError"
            }
            (None, Outcome::Fails { failure, .. }) => {
                result.starts_with(&format!("{}:", failure.exception))
            }
            _ => false,
        };
        compared += 1;
        if !fits {
            failures.push(format!(
                "{} {name}: recorded {result}, ours {:?} {:?}",
                text(&case, "version"),
                ours.outcome,
                ours.calls
            ));
        }
    }
    assert_eq!(compared, 660);
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn recorded_host_parsing() {
    for case in lines("driver_hosts") {
        let host = text(&case, "host");
        let ours = read_host(host);
        let flag = |key| matches!(at(&case, key), Value::Bool(true));
        assert_eq!(
            matches!(ours, HostKind::Provisioned { .. }),
            flag("is_provisioned_host"),
            "{host}"
        );
        assert_eq!(
            matches!(ours, HostKind::Serverless { .. }),
            flag("is_serverless_host"),
            "{host}"
        );
        let optional = |key| at(&case, key).as_str().map(String::from);
        match ours {
            HostKind::Provisioned { cluster, region } => {
                assert_eq!(
                    (Some(cluster), Some(region)),
                    (optional("cluster_identifier"), optional("region")),
                    "{host}"
                );
            }
            HostKind::Serverless { workgroup, account, region } => {
                assert_eq!(
                    (workgroup, account, Some(region)),
                    (optional("workgroup"), optional("acct"), optional("region")),
                    "{host}"
                );
            }
            HostKind::Other => assert!(flag("is_cname"), "{host}"),
        }
    }
}

/// What must be said about recorded cases, by rule and main place; and about ordinary ones nothing.
#[test]
fn debug_shows_no_secret() {
    let recorded = loads(r#"{"conn_type":"redshift","host":"h.example.com","login":"canary-login","password":"canary-password","schema":"canary-db",
        "extra":{"iam":true,"cluster_identifier":"canary-cluster","db_user":"canary-user","access_key_id":"canary-key","secret_access_key":"canary-secret","bogus":"canary-extra"}}"#)
    .expect("JSON");
    let ours = {
        let lab = &labs()[0];
        let connection = connection(&recorded.value.into_owned(), &lab.runtime);
        let scene = Scene::new(&|_| None, Some("aws_default"), &lab.runtime, &lab.packages);
        resolve(&connection, &scene)
    };
    assert!(!format!("{ours:?}").contains("canary"), "{ours:?}");
}

/// Cases that fresh seeds of tools/compare/redshift_harness.py brought up, each run on the real hook (amazon
/// 9.39.0).
#[test]
fn cases_of_the_harness() {
    let lab = &labs()[0];
    for (extra, exception) in [
        // Seed 606: a module alone is no plugin.
        (r#"{"credentials_provider": "yes"}"#, Some("InterfaceError")),
        // Seed 608: for keys the type of the token is not what is written.
        (
            r#"{"credentials_provider": "IdpTokenAuthPlugin", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s", "session_token": "t", "token_type": 5}"#,
            None,
        ),
        (
            r#"{"credentials_provider": "IdpTokenAuthPlugin", "token": "t", "token_type": 5}"#,
            Some("InterfaceError"),
        ),
    ] {
        let text = format!(
            r#"{{"conn_type": "redshift", "host": "c.abc123.us-east-1.redshift.amazonaws.com", "login": "etl", "password": "Tide4low", "schema": "dev", "port": 5439, "extra": {extra}}}"#
        );
        let connection = connection(&loads(&text).expect("JSON").value.into_owned(), &lab.runtime);
        let scene = Scene::new(&|_| None, Some("aws_default"), &lab.runtime, &lab.packages);
        let failed = match resolve(&connection, &scene).outcome {
            Outcome::Fails { failure, .. } => Some(failure.exception),
            _ => None,
        };
        assert_eq!(failed, exception, "{extra}");
    }
}
