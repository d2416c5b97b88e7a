//! Every way to log in that needs no browser and no outside identity provider, end to end: the
//! stand-in AWS hands out what the stand-in cluster accepts.

use std::collections::BTreeSet;

use airconn::hooks::HOOKS;
use serde_json::{Value, json};

use crate::probe::aws::{ROLE, Scene, ini};
use crate::probe::aws_stand_in::Aws;
use crate::probe::stand_in::{Ask, StandIn};
use crate::probe::walks::{Lab, PASSWORD};

/// A way to log in: its name, the connections, how the cluster asks, and the user that it knows.
struct Way {
    name: &'static str,
    scene: Scene,
    ask: Ask,
    user: &'static str,
}

fn way(name: &'static str, scene: Scene, user: &'static str) -> Way {
    Way { name, scene, ask: Ask::Md5, user }
}

fn extra(scene: Scene, extra: Value) -> Scene {
    scene.with("warehouse", "extra", extra)
}

fn ways() -> Vec<Way> {
    let both = || json!({"iam": true, "cluster_identifier": "sales", "db_user": "etl", "region": "eu-west-1"});
    let more = |pairs: &[(&str, Value)]| {
        let mut extra = both();
        pairs.iter().for_each(|(key, value)| extra[*key] = value.clone());
        extra
    };
    let hook = || extra(Scene::hook(), json!({"iam": "true", "cluster_identifier": "sales"}));
    let aws = |value: Value| {
        hook().with("aws_default", "login", Value::Null).with("aws_default", "extra", value)
    };
    let ambient = |scene: Scene| {
        let scene = scene
            .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
            .env("AWS_SECRET_ACCESS_KEY", "Canary7");
        scene.env("AWS_DEFAULT_REGION", "eu-west-1")
    };
    let keys =
        [("aws_access_key_id", "AKIAPROFILE000000000"), ("aws_secret_access_key", "Canary7")];
    let profile = |scene: Scene| scene.file(".aws/credentials", ini("etl", &keys));
    let role_profile = format!(
        "{}{}",
        ini(
            "profile etl",
            &[("role_arn", ROLE), ("source_profile", "base"), ("region", "eu-west-1")]
        ),
        ini("profile base", &keys)
    );
    let web = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity",
        "assume_role_with_web_identity_federation": "file", "assume_role_with_web_identity_token_file": "{home}/token"});
    let serverless = |iam: Value| json!({"iam": iam, "is_serverless": true, "serverless_work_group": "reports", "region": "eu-west-1"});
    let center = |pairs: Value| {
        let mut extra = json!({"credentials_provider": "IdpTokenAuthPlugin", "cluster_identifier": "sales", "region": "eu-west-1"});
        pairs.as_object().into_iter().flatten().for_each(|(key, value)| extra[key] = value.clone());
        extra
    };
    let center = |pairs: Value| Way {
        ask: Ask::Token,
        ..way("Identity Center", extra(Scene::hook(), center(pairs)), "")
    };
    let postgres = |value: Value| {
        extra(Scene::hook(), value).with("warehouse", "conn_type", json!("postgres"))
    };
    let mut ways = vec![
        way("hook, keys", hook(), "IAM:etl"),
        way(
            "hook, profile",
            profile(aws(json!({"profile_name": "etl", "region_name": "eu-west-1"}))),
            "IAM:etl",
        ),
        way(
            "hook, role of a profile",
            aws(json!({"profile_name": "etl"})).file(".aws/config", role_profile.clone()),
            "IAM:etl",
        ),
        way(
            "hook, role",
            Scene::role(json!({"ExternalId": "e-1"})).with(
                "warehouse",
                "extra",
                json!({"iam": "true", "cluster_identifier": "sales"}),
            ),
            "IAM:etl",
        ),
        way("hook, web identity", aws(web).file("token", "Canary7.jwt"), "IAM:etl"),
        way("hook, whatever is there", ambient(hook().without_aws_default()), "IAM:etl"),
        way(
            "both, profile",
            profile(extra(Scene::hook(), more(&[("profile", json!("etl"))]))),
            "IAM:etl",
        ),
        way(
            "both, role of a profile",
            extra(Scene::hook(), more(&[("profile", json!("etl"))]))
                .file(".aws/config", role_profile),
            "IAM:etl",
        ),
        way(
            "both, own keys",
            extra(
                Scene::hook(),
                more(&[
                    ("access_key_id", json!("AKIADRIVER0000000000")),
                    ("secret_access_key", json!("Canary7")),
                ]),
            ),
            "IAM:etl",
        ),
        way("both, whatever is there", ambient(extra(Scene::hook(), both())), "IAM:etl"),
        way(
            "both, no host",
            ambient(extra(Scene::hook(), both()).with("warehouse", "host", Value::Null).with(
                "warehouse",
                "port",
                Value::Null,
            )),
            "IAM:etl",
        ),
        way(
            "group federation",
            ambient(extra(Scene::hook(), more(&[("group_federation", json!(true))]))),
            "IAM:airflow",
        ),
        way("serverless, hook", extra(Scene::hook(), serverless(json!("true"))), "IAM:airflow"),
        way(
            "serverless, both",
            ambient(extra(Scene::hook(), serverless(json!(true)))),
            "IAM:airflow",
        ),
        way(
            "PostgresHook",
            postgres(json!({"iam": true, "redshift": true, "cluster-identifier": "sales"})),
            "IAM:etl",
        ),
        way(
            "PostgresHook, serverless",
            postgres(
                json!({"iam": true, "redshift-serverless": true, "workgroup-name": "reports"}),
            ),
            "IAM:airflow",
        ),
        center(
            json!({"access_key_id": "ASIADRIVER0000000000", "secret_access_key": "Canary7", "session_token": "Canary7"}),
        ),
        center(json!({"token": crate::probe::aws_stand_in::SECRET, "token_type": "ACCESS_TOKEN"})),
    ];
    let password = |conn_type: &str| {
        let own = Scene::hook().with("warehouse", "password", json!(PASSWORD)).with(
            "warehouse",
            "conn_type",
            json!(conn_type),
        );
        way("password", extra(own, json!({})), "etl")
    };
    ways.extend(["redshift", "postgres"].map(password));
    // An extra takes the place of what the hook obtained.
    for (conn_type, own) in
        [("redshift", json!({"iam": "true"})), ("postgres", json!({"iam": true, "redshift": true}))]
    {
        let with = |more: Value| {
            let mut whole = own.clone();
            more.as_object()
                .into_iter()
                .flatten()
                .for_each(|(key, value)| whole[key] = value.clone());
            extra(hook(), whole).with("warehouse", "conn_type", json!(conn_type))
        };
        ways.push(way("the user of the extra", with(json!({"user": "reports"})), "reports"));
        ways.push(way(
            "user and password of the extra",
            with(json!({"user": "reports", "password": PASSWORD})),
            "reports",
        ));
    }
    let jwt = json!({"credentials_provider": "BasicJwtCredentialsProvider", "web_identity_token": PASSWORD});
    ways.push(Way {
        ask: Ask::Token,
        ..way("a token of one's own", extra(Scene::hook(), jwt), "")
    });
    // What the profile says, the stand-in reads out of its name.
    let profile = |content: &str, more: Value| {
        let keys = json!({"iam": true, "region": "eu-west-1", "access_key_id": "AKIADRIVER0000000000", "secret_access_key": "Canary7"});
        let mut whole = keys.as_object().cloned().unwrap_or_default();
        whole.extend(more.as_object().cloned().unwrap_or_default());
        whole.insert("auth_profile".to_string(), json!(content));
        extra(Scene::hook(), Value::Object(whole))
    };
    let named = r#"{"db_user": "reports", "cluster_identifier": "sales"}"#;
    ways.push(way(
        "authentication profile",
        profile("etl", json!({"cluster_identifier": "sales", "db_user": "etl"})),
        "IAM:etl",
    ));
    ways.push(way(
        "authentication profile that says all",
        profile(named, json!({})),
        "IAM:reports",
    ));
    ways.push(way(
        "authentication profile that wins",
        profile(named, json!({"cluster_identifier": "x", "db_user": "etl"})),
        "IAM:reports",
    ));
    let alone = center(json!({}));
    ways.push(Way { scene: ambient(alone.scene), ..alone });
    ways
}

#[test]
fn every_way_to_log_in_with_aws_succeeds() {
    let lab = Lab::new();
    let ca = lab.ca.to_str().expect("UTF-8").to_string();
    let mut played: BTreeSet<String> = BTreeSet::new();
    for way in ways() {
        let cluster = StandIn { user: way.user, ..lab.cluster(way.ask, None) }.start();
        let aws = Aws::start(Vec::new(), cluster);
        let here = way.scene.clone().with("warehouse", "port", json!(cluster));
        let scene = if way.name == "both, no host" {
            way.scene
        } else {
            here.with("warehouse", "host", json!("localhost"))
        };
        // The region of a stand-in's host cannot be read from it.
        let walked = scene.walk_in_all_forms(&aws, &["--ca", &ca, "--timeout", "20"]);
        assert_eq!(walked.report["verdict"], "passed", "{}: {}", way.name, walked.report);
        let query = &walked.step("query")["facts"];
        assert_eq!(query["database"], "dev", "{}: {query}", way.name);
        played.insert(mode(&walked.report));
    }
    for scene in aws_connections() {
        let walked = scene.walk_in_all_forms(&Aws::start(Vec::new(), 5439), &["--timeout", "20"]);
        assert_eq!(walked.report["verdict"], "passed", "{}", walked.report);
        played.insert(mode(&walked.report));
    }
    let probed = HOOKS.iter().filter(|hook| hook.probe.is_some());
    let all: BTreeSet<String> = probed
        .flat_map(|hook| (hook.modes)())
        .map(|mode| format!("{}/{}", mode.conn_type, mode.name))
        .collect();
    let elsewhere: BTreeSet<String> =
        ELSEWHERE.iter().map(|(mode, _)| (*mode).to_string()).collect();
    assert_eq!(&played | &elsewhere, all, "every mode is played, or it stands why not");
    assert!(played.is_disjoint(&elsewhere), "{played:?}");
}

/// Modes that are not played here, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("redshift/saml", "a plugin of the driver asks an outside identity provider: unproven"),
    ("postgres/rds-iam", "no Redshift: the password is a token of RDS"),
    ("postgres/azure-iam", "no Redshift, and Entra ID is an outside identity provider"),
    (
        "aws/saml",
        "an outside identity provider, with a stand-in for one in tests/it/probe/federation.rs",
    ),
];

fn mode(report: &Value) -> String {
    let text = |name: &str| {
        report[name].as_str().unwrap_or_else(|| panic!("no {name}: {report}")).to_string()
    };
    format!("{}/{}", text("conn_type"), text("mode"))
}

/// Connections to AWS alone.
fn aws_connections() -> Vec<Scene> {
    let keys =
        [("aws_access_key_id", "AKIAPROFILE000000000"), ("aws_secret_access_key", "Canary7")];
    let token = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity",
        "assume_role_with_web_identity_federation": "file", "assume_role_with_web_identity_token_file": "{home}/token"});
    let own = json!({"region_name": "eu-west-1", "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "Canary7"});
    let mut role = own.clone();
    role["role_arn"] = json!(ROLE);
    let ambient = Scene::aws(json!({"region_name": "eu-west-1"}))
        .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001");
    vec![
        Scene::aws(own),
        Scene::aws(role),
        Scene::aws(json!({"profile_name": "etl", "region_name": "eu-west-1"}))
            .file(".aws/credentials", ini("etl", &keys)),
        Scene::aws(token).file("token", "Canary7.jwt"),
        ambient.env("AWS_SECRET_ACCESS_KEY", "Canary7"),
    ]
}
