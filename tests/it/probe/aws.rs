//! Walks of the AWS half against a stand-in: whose keys make which call, every fault with its step
//! and cause, in bounded time and without a secret.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{airconn, feed};
use crate::probe::aws_stand_in::{Asked, Aws, Break, Fault, SECRET};

pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/etl";

/// Connections, environment and files of a walk.
#[derive(Clone)]
pub(crate) struct Scene {
    connections: Vec<(&'static str, Value)>,
    environment: Vec<(String, String)>,
    /// Paths are below the home directory.
    files: Vec<(String, String)>,
}

/// What came out.
pub(crate) struct Walked {
    pub(crate) report: Value,
    pub(crate) asked: Vec<Asked>,
}

impl Walked {
    pub(crate) fn step(&self, name: &str) -> &Value {
        let steps = self.report["steps"].as_array().expect("steps");
        steps
            .iter()
            .find(|s| s["name"] == name)
            .unwrap_or_else(|| panic!("no step {name}: {}", self.report))
    }

    pub(crate) fn failure(&self) -> (&str, &str) {
        let text = |name: &str| self.report["failed"][name].as_str().unwrap_or("none");
        (text("name"), text("cause"))
    }

    /// `operation key`, for each call.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.asked.iter().map(|a| format!("{} {}", a.operation, a.key).trim().to_string()).collect()
    }
}

impl Scene {
    /// An IAM connection of which the hook alone makes the call, and the AWS connection behind it,
    /// with keys.
    pub(crate) fn hook() -> Scene {
        let extra = json!({"iam": "true"});
        let redshift = json!({"conn_type": "redshift", "host": "sales.abc.eu-west-1.redshift.amazonaws.com", "login": "etl", "schema": "dev", "extra": extra});
        Scene {
            connections: vec![("warehouse", redshift), ("aws_default", Scene::keys())],
            environment: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Hook and driver both call.
    pub(crate) fn both() -> Scene {
        let extra = json!({"iam": true, "cluster_identifier": "sales", "db_user": "etl", "region": "eu-west-1", "profile": "etl"});
        let files = vec![(
            ".aws/credentials".to_string(),
            ini(
                "etl",
                &[
                    ("aws_access_key_id", "AKIAPROFILE000000000"),
                    ("aws_secret_access_key", "Canary7"),
                ],
            ),
        )];
        let scene = Scene::hook().with("warehouse", "extra", extra);
        Scene { files, ..scene }
    }

    pub(crate) fn serverless() -> Scene {
        let extra =
            json!({"iam": "true", "is_serverless": true, "serverless_work_group": "reports"});
        let host = "reports.123456789012.eu-west-1.redshift-serverless.amazonaws.com";
        Scene::hook().with("warehouse", "extra", extra).with("warehouse", "host", json!(host))
    }

    fn keys() -> Value {
        json!({"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "Canary7/secret", "extra": {"region_name": "eu-west-1"}})
    }

    /// An AWS connection alone.
    pub(crate) fn aws(extra: Value) -> Scene {
        let connection = json!({"conn_type": "aws", "extra": extra});
        Scene {
            connections: vec![("warehouse", connection)],
            environment: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, id: &str, field: &str, value: Value) -> Scene {
        for (_, connection) in self.connections.iter_mut().filter(|(other, _)| *other == id) {
            connection[field] = value.clone();
        }
        self
    }

    pub(crate) fn role(kwargs: Value) -> Scene {
        Scene::hook().with(
            "aws_default",
            "extra",
            json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_kwargs": kwargs}),
        )
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Scene {
        self.environment.push((name.to_string(), value.into()));
        self
    }

    pub(crate) fn file(mut self, path: &str, text: impl Into<String>) -> Scene {
        self.files.push((path.to_string(), text.into()));
        self
    }

    /// With another connection.
    fn and(mut self, id: &'static str, connection: Value) -> Scene {
        self.connections.push((id, connection));
        self
    }

    pub(crate) fn without_aws_default(mut self) -> Scene {
        self.connections.retain(|(id, _)| *id != "aws_default");
        self
    }

    /// Probes `warehouse` with an AWS that breaks like this.
    fn walk(&self, faults: Vec<Fault>, arguments: &[&str]) -> Walked {
        let aws = Aws::start(faults, 5439);
        self.walk_in_all_forms(&aws, arguments)
    }

    /// The report for programs alone.
    pub(crate) fn walk_with(&self, aws: &Aws, arguments: &[&str]) -> Walked {
        self.ask(aws, arguments, false)
    }

    /// The report for people and the plans, too: none shows a secret. Whoever is asked is asked
    /// twice.
    pub(crate) fn walk_in_all_forms(&self, aws: &Aws, arguments: &[&str]) -> Walked {
        self.ask(aws, arguments, true)
    }

    /// What is in the home directory, by path.
    fn files_in(&self, home: &Path) -> BTreeMap<PathBuf, String> {
        self.files
            .iter()
            .map(|(path, text)| (home.join(path), text.replace("{home}", &home.to_string_lossy())))
            .collect()
    }

    fn ask(&self, aws: &Aws, arguments: &[&str], in_all_forms: bool) -> Walked {
        let home = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in self.files_in(home.path()) {
            std::fs::create_dir_all(path.parent().expect("below the home directory"))
                .expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let lines: Vec<String> = self
            .connections
            .iter()
            .map(|(id, c)| json!({"conn_id": id, "json": c.to_string()}).to_string())
            .collect();
        let input = lines.join("\n").replace("{home}", &home.path().to_string_lossy());
        let command = || -> Command {
            let mut command = airconn();
            command.args(["probe", "--from", "jsonl", "--conn-id", "warehouse"]).args(arguments);
            command
                .env("HOME", home.path())
                .env("AWS_EC2_METADATA_DISABLED", "true")
                .env("AWS_ENDPOINT_URL", aws.url());
            for name in
                ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"]
            {
                command.env_remove(name);
            }
            for (name, value) in &self.environment {
                command.env(
                    name,
                    value
                        .replace("{home}", &home.path().to_string_lossy())
                        .replace("{port}", &aws.port.to_string()),
                );
            }
            command
        };
        let start = Instant::now();
        let mut machine = command();
        machine.args(["--format", "json", "-"]);
        let ran = feed(machine, input.as_bytes());
        assert!(start.elapsed() < Duration::from_secs(30), "{:?} {ran:?}", start.elapsed());
        crate::probe::leaks::check(&ran);
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
        crate::probe::schema::check(&report);
        let asked = aws.asked();
        assert!(
            asked.iter().all(|a| a.arguments.get("AutoCreate").is_none_or(|v| v == "false")),
            "{asked:?}"
        );
        if in_all_forms {
            let human = crate::probe::leaks::check_other_outputs(command, &input);
            assert_eq!(human.code, ran.code, "{human:?} {ran:?}");
        }
        assert_eq!(self.files_in(home.path()), files_below(home.path()), "something is written");
        Walked { report: report["connections"][0].clone(), asked }
    }
}

/// All files below a folder, by path.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path),
            false => [(path.clone(), std::fs::read_to_string(&path).expect("text"))].into(),
        })
        .collect()
}

pub(crate) fn ini(section: &str, settings: &[(&str, &str)]) -> String {
    let lines: String = settings.iter().map(|(k, v)| format!("{k} = {v}\n")).collect();
    format!("[{section}]\n{lines}")
}

fn error(
    operation: &'static str,
    status: u16,
    code: &'static str,
    message: &'static str,
) -> Vec<Fault> {
    vec![Fault { operation, only: "", what: Break::Error(status, code, message) }]
}

fn breaks(operation: &'static str, what: Break) -> Vec<Fault> {
    vec![Fault { operation, only: "", what }]
}

const DENIED: &str = "User: arn:aws:iam::123456789012:user/airflow is not authorized to perform: redshift:GetClusterCredentials on resource: \
                      arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl because no identity-based policy allows it";

#[test]
fn whose_keys_make_which_call() {
    let own = "AKIAIOSFODNN7EXAMPLE";
    let role = "ASIATEMPORARY0000000";
    let token_file = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity",
        "assume_role_with_web_identity_federation": "file", "assume_role_with_web_identity_token_file": "{home}/token"});
    let profile = format!(
        "{}\n{}",
        ini(
            "profile base",
            &[("aws_access_key_id", "AKIABASE000000000000"), ("aws_secret_access_key", "Canary7")]
        ),
        ini(
            "profile etl",
            &[
                ("role_arn", ROLE),
                ("source_profile", "base"),
                ("external_id", "e-1"),
                ("region", "eu-west-1")
            ]
        )
    );
    for (name, scene, calls) in [
        ("hook", Scene::hook(), vec![format!("GetCallerIdentity {own}"), format!("DescribeClusters {own}"), format!("GetClusterCredentials {own}")]),
        (
            "hook and driver",
            Scene::both(),
            vec![
                format!("GetCallerIdentity {own}"),
                format!("DescribeClusters {own}"),
                format!("GetClusterCredentials {own}"),
                "GetCallerIdentity AKIAPROFILE000000000".to_string(),
                "DescribeClusters AKIAPROFILE000000000".to_string(),
                "GetClusterCredentials AKIAPROFILE000000000".to_string(),
            ],
        ),
        ("serverless", Scene::serverless(), vec![format!("GetCallerIdentity {own}"), format!("GetWorkgroup {own}"), format!("GetCredentials {own}")]),
        (
            "role",
            Scene::role(json!({"ExternalId": "e-1", "DurationSeconds": 900})).env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:{port}"),
            vec![format!("GetCallerIdentity {own}"), format!("AssumeRole {own}"), format!("DescribeClusters {role}"), format!("GetClusterCredentials {role}")],
        ),
        (
            "web identity",
            Scene::hook().with("aws_default", "extra", token_file).with("aws_default", "login", Value::Null).file("token", "Canary7.jwt"),
            vec![
                "AssumeRoleWithWebIdentity".to_string(),
                format!("GetCallerIdentity {role}"),
                format!("DescribeClusters {role}"),
                format!("GetClusterCredentials {role}"),
            ],
        ),
        (
            "role of a profile",
            Scene::hook()
                .with("aws_default", "extra", json!({"profile_name": "etl"}))
                .with("aws_default", "login", Value::Null)
                .file(".aws/config", profile),
            vec![
                "AssumeRole AKIABASE000000000000".to_string(),
                format!("GetCallerIdentity {role}"),
                format!("DescribeClusters {role}"),
                format!("GetClusterCredentials {role}"),
            ],
        ),
        (
            "ambient",
            Scene::hook()
                .without_aws_default()
                .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
                .env("AWS_SECRET_ACCESS_KEY", "Canary7")
                .env("AWS_DEFAULT_REGION", "eu-west-1"),
            vec![
                "GetCallerIdentity AKIAENVIRONMENT00001".to_string(),
                "DescribeClusters AKIAENVIRONMENT00001".to_string(),
                "GetClusterCredentials AKIAENVIRONMENT00001".to_string(),
            ],
        ),
        (
            "group federation",
            Scene::both().with(
                "warehouse",
                "extra",
                json!({"iam": true, "group_federation": true, "cluster_identifier": "sales", "region": "eu-west-1", "access_key_id": "AKIADRIVER0000000000", "secret_access_key": "Canary7", "auto_create": true}),
            ),
            vec![
                format!("GetCallerIdentity {own}"),
                format!("DescribeClusters {own}"),
                format!("GetClusterCredentials {own}"),
                "GetCallerIdentity AKIADRIVER0000000000".to_string(),
                "DescribeClusters AKIADRIVER0000000000".to_string(),
                "GetClusterCredentialsWithIAM AKIADRIVER0000000000".to_string(),
            ],
        ),
        ("an AWS connection", Scene { connections: vec![("warehouse", Scene::keys())], ..Scene::hook() }, vec![format!("GetCallerIdentity {own}")]),
    ] {
        let walked = scene.walk(Vec::new(), &["--timeout", "15"]);
        assert_eq!(walked.calls(), calls, "{name}: {}", walked.report);
        assert!(walked.asked.iter().filter(|a| !a.key.is_empty()).all(|a| a.region == "eu-west-1"), "{name}: {:?}", walked.asked);
        assert!(walked.asked.iter().all(|a| a.token == a.key.starts_with("ASIA")), "{name}: {:?}", walked.asked);
        // What comes after them has no cluster to talk to here.
        let failed = walked.failure();
        assert!(["none", "dns", "tcp", "tls", "ssl-request"].contains(&failed.0), "{name}: {failed:?}");
    }
}

#[test]
fn the_hook_takes_the_aws_connection_that_it_is_told() {
    let (own, other, role, ambient) = (
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAOTHER00000000000",
        "ASIATEMPORARY0000000",
        "AKIAENVIRONMENT00001",
    );
    let of_role = json!({"conn_type": "aws", "login": other, "password": "Canary7", "extra": {"region_name": "eu-west-1", "role_arn": ROLE}});
    let scene = Scene::hook()
        .and("other", of_role)
        .and("regional", json!({"conn_type": "aws", "extra": {"region_name": "us-west-2"}}))
        .env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:{port}")
        .env("AWS_ACCESS_KEY_ID", ambient)
        .env("AWS_SECRET_ACCESS_KEY", "Canary7")
        .env("AWS_DEFAULT_REGION", "eu-west-1");
    for (argument, found, assumes, calls, region) in [
        ("--aws-conn-id=aws_default", own, None, own, "eu-west-1"),
        ("--aws-conn-id=other", other, Some("airflow_other"), role, "eu-west-1"),
        ("--aws-conn-id=regional", ambient, None, ambient, "us-west-2"),
        ("--aws-conn-id=", ambient, None, ambient, "eu-west-1"),
    ] {
        let walked = scene.walk(Vec::new(), &["--timeout", "15", argument]);
        let role = assumes.map(|_| format!("AssumeRole {found}"));
        let asked = [format!("DescribeClusters {calls}"), format!("GetClusterCredentials {calls}")];
        let want: Vec<String> =
            [format!("GetCallerIdentity {found}")].into_iter().chain(role).chain(asked).collect();
        assert_eq!(walked.calls(), want, "{argument}: {}", walked.report);
        assert!(walked.asked.iter().all(|a| a.region == region), "{argument}: {:?}", walked.asked);
        let session = walked
            .asked
            .iter()
            .find_map(|a| a.arguments.get("RoleSessionName"))
            .map(String::as_str);
        assert_eq!(session, assumes);
    }
}

#[test]
fn arguments_are_those_of_the_hook() {
    let walked = Scene::hook().walk(Vec::new(), &[]);
    let given = |operation: &str| {
        let found = walked
            .asked
            .iter()
            .find(|a| a.operation == operation)
            .unwrap_or_else(|| panic!("{operation} was not called"));
        found.arguments.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>()
    };
    assert_eq!(
        given("GetClusterCredentials"),
        ["AutoCreate=false", "ClusterIdentifier=sales", "DbName=dev", "DbUser=etl"]
    );
    let walked =
        Scene::role(json!({"ExternalId": "e-1", "DurationSeconds": 900, "Tags": [{"Key": "team", "Value": "data"}]})).walk(Vec::new(), &[]);
    let role =
        walked.asked.iter().find(|a| a.operation == "AssumeRole").expect("the role is assumed");
    let given = |name: &str| role.arguments.get(name).map(String::as_str);
    assert_eq!(given("RoleSessionName"), Some("airflow_aws_default"));
    assert_eq!(
        (given("ExternalId"), given("DurationSeconds"), given("Tags.member.1.Key")),
        (Some("e-1"), Some("900"), Some("team"))
    );
    let walked = Scene::serverless().walk(Vec::new(), &[]);
    let call = walked
        .asked
        .iter()
        .find(|a| a.operation == "GetCredentials")
        .expect("credentials are asked for");
    assert_eq!(
        call.arguments.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
        ["dbName=dev", "durationSeconds=3600", "workgroupName=reports"]
    );
}

/// A fault: what it is, the connections, what AWS does, and the step and cause that are named.
type Case = (&'static str, Scene, Vec<Fault>, &'static str, &'static str);

fn faults_before_a_call() -> Vec<Case> {
    let step = "aws-credentials";
    let profile = |text: String| {
        let extra = json!({"profile_name": "etl", "region_name": "eu-west-1"});
        Scene::hook()
            .with("aws_default", "login", Value::Null)
            .with("aws_default", "extra", extra)
            .file(".aws/config", text)
    };
    let ambient = Scene::hook().without_aws_default();
    let keys = |scene: Scene| {
        scene
            .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
            .env("AWS_SECRET_ACCESS_KEY", "Canary7")
    };
    let quoted = "[default]\naws_access_key_id = \"AKIAQUOTED0000000000\"\naws_secret_access_key = \"Canary7\"\n";
    let unknown = |operation| {
        error(
            operation,
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    };
    vec![
        (
            "no credentials at all",
            ambient.clone().env("AWS_DEFAULT_REGION", "eu-west-1"),
            vec![],
            step,
            "no-credentials",
        ),
        (
            "AWS_REGION alone",
            keys(ambient.clone()).env("AWS_REGION", "eu-west-1"),
            vec![],
            step,
            "no-region",
        ),
        (
            "half a pair",
            ambient
                .clone()
                .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
                .env("AWS_DEFAULT_REGION", "x-1"),
            vec![],
            step,
            "partial-credentials",
        ),
        (
            "profile missing",
            profile(ini("profile other", &[("region", "x-1")])),
            vec![],
            step,
            "profile-missing",
        ),
        (
            "AWS_PROFILE missing, keys given",
            Scene::hook().env("AWS_PROFILE", "gone"),
            vec![],
            step,
            "profile-missing",
        ),
        (
            "file refused",
            profile("[profile etl\nregion = x-1\n".to_string()),
            vec![],
            step,
            "file-refused",
        ),
        (
            "circle of roles",
            profile(ini("profile etl", &[("role_arn", ROLE), ("source_profile", "etl")])),
            vec![],
            step,
            "source-profile",
        ),
        (
            "not logged in",
            profile(ini(
                "profile etl",
                &[
                    ("sso_account_id", "1"),
                    ("sso_role_name", "r"),
                    ("sso_region", "x-1"),
                    ("sso_start_url", "u"),
                ],
            )),
            vec![],
            step,
            "sso-log-in",
        ),
        (
            "program fails",
            profile(ini("profile etl", &[("credential_process", "false")])),
            vec![],
            step,
            "process-failed",
        ),
        (
            "program is not there",
            profile(ini("profile etl", &[("credential_process", "{home}/nope")])),
            vec![],
            step,
            "process-failed",
        ),
        (
            "second factor",
            profile(ini(
                "profile etl",
                &[("role_arn", ROLE), ("credential_source", "Environment"), ("mfa_serial", "m")],
            ))
            .env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
            .env("AWS_SECRET_ACCESS_KEY", "Canary7"),
            vec![],
            step,
            "mfa-needed",
        ),
        (
            "environment is over",
            keys(ambient.clone())
                .env("AWS_DEFAULT_REGION", "x-1")
                .env("AWS_CREDENTIAL_EXPIRATION", "2001-01-01T00:00:00Z"),
            vec![],
            step,
            "expired-credentials",
        ),
        (
            "container refused",
            ambient
                .clone()
                .env("AWS_DEFAULT_REGION", "x-1")
                .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/x"),
            vec![],
            step,
            "container-refused",
        ),
        (
            "container silent",
            ambient
                .clone()
                .env("AWS_DEFAULT_REGION", "x-1")
                .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/x"),
            vec![],
            step,
            "container-silent",
        ),
        (
            "CA bundle missing",
            Scene::hook().env("AWS_CA_BUNDLE", "{home}/nope.pem"),
            vec![],
            step,
            "ca-bundle",
        ),
        (
            "role of a profile denied",
            profile(format!(
                "{}{}",
                ini("profile etl", &[("role_arn", ROLE), ("source_profile", "base")]),
                ini(
                    "profile base",
                    &[
                        ("aws_access_key_id", "AKIABASE000000000000"),
                        ("aws_secret_access_key", "Canary7")
                    ]
                )
            )),
            error("AssumeRole", 403, "AccessDenied", "no"),
            step,
            "denied",
        ),
        (
            "quoted key",
            ambient.clone().file(".aws/credentials", quoted).env("AWS_DEFAULT_REGION", "eu-west-1"),
            unknown("GetCallerIdentity"),
            "aws-identity",
            "quoted-key",
        ),
        ("unknown key", Scene::hook(), unknown("GetCallerIdentity"), "aws-identity", "unknown-key"),
        (
            "wrong secret",
            Scene::hook(),
            error(
                "GetCallerIdentity",
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match",
            ),
            "aws-identity",
            "wrong-secret-key",
        ),
        (
            "clock skew",
            Scene::hook(),
            error(
                "GetCallerIdentity",
                403,
                "SignatureDoesNotMatch",
                "Signature expired: 20261124T100000Z is now earlier than 20261124T101000Z",
            ),
            "aws-identity",
            "clock-skew",
        ),
        (
            "expired keys",
            Scene::hook(),
            error(
                "GetCallerIdentity",
                403,
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
            "aws-identity",
            "expired-credentials",
        ),
    ]
}

fn faults_of_calls() -> Vec<Case> {
    let (cluster, temporary) = ("cluster", "temporary-credentials");
    let call = "GetClusterCredentials";
    let web = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity", "assume_role_with_web_identity_federation": "file"});
    let web = || {
        Scene::hook().with("aws_default", "login", Value::Null).with(
            "aws_default",
            "extra",
            web.clone(),
        )
    };
    let named = |scene: Scene| scene.env("AWS_WEB_IDENTITY_TOKEN_FILE", "{home}/token");
    let denied = || {
        error(
            "AssumeRole",
            403,
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/airflow is not authorized to perform: sts:AssumeRole",
        )
    };
    let elsewhere = Scene::hook().with("aws_default", "extra", json!({"region_name": "us-east-1"}));
    let no_host = || error("DescribeClusters", 404, "ClusterNotFound", "Cluster sales not found.");
    let down = |scene: Scene, name| scene.env(name, "http://127.0.0.1:1");
    vec![
        ("assuming the role is denied", Scene::role(json!({})), denied(), "aws-role", "denied"),
        (
            "wrong external id",
            Scene::role(json!({"ExternalId": "wrong"})),
            denied(),
            "aws-role",
            "denied",
        ),
        (
            "bad duration",
            Scene::role(json!({"DurationSeconds": 43200})),
            error(
                "AssumeRole",
                400,
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ),
            "aws-role",
            "bad-duration",
        ),
        (
            "region disabled",
            Scene::role(json!({})),
            error(
                "AssumeRole",
                403,
                "RegionDisabledException",
                "STS is not activated in this region",
            ),
            "aws-role",
            "region-disabled",
        ),
        (
            "web identity token over",
            named(web()).file("token", "Canary7"),
            error("AssumeRoleWithWebIdentity", 400, "ExpiredTokenException", "Token expired"),
            "aws-role",
            "token-expired",
        ),
        (
            "web identity token refused",
            named(web()).file("token", "Canary7"),
            error(
                "AssumeRoleWithWebIdentity",
                400,
                "InvalidIdentityToken",
                "No OpenIDConnect provider found",
            ),
            "aws-role",
            "token-refused",
        ),
        ("web identity token missing", named(web()), vec![], "aws-role", "file-missing"),
        ("web identity without a file", web(), vec![], "aws-role", "file-missing"),
        (
            "paused",
            Scene::hook(),
            breaks("DescribeClusters", Break::State("paused")),
            cluster,
            "cluster-paused",
        ),
        (
            "deleting",
            Scene::hook(),
            breaks("DescribeClusters", Break::State("deleting")),
            cluster,
            "cluster-unavailable",
        ),
        (
            "workgroup is being made",
            Scene::serverless(),
            breaks("GetWorkgroup", Break::State("creating")),
            cluster,
            "cluster-unavailable",
        ),
        ("cluster not found", Scene::hook(), no_host(), cluster, "cluster-not-found"),
        ("wrong region", elsewhere, no_host(), cluster, "wrong-region"),
        (
            "workgroup not found",
            Scene::serverless(),
            error("GetWorkgroup", 400, "ResourceNotFoundException", "Workgroup not found"),
            cluster,
            "workgroup-not-found",
        ),
        ("denied", Scene::hook(), error(call, 403, "AccessDenied", DENIED), temporary, "denied"),
        (
            "denied without a look at the cluster",
            Scene::hook(),
            [
                error(call, 403, "AccessDenied", DENIED),
                error("DescribeClusters", 403, "AccessDenied", "no"),
            ]
            .concat(),
            temporary,
            "denied",
        ),
        (
            "serverless denied",
            Scene::serverless(),
            error("GetCredentials", 400, "AccessDeniedException", "no"),
            temporary,
            "denied",
        ),
        (
            "the driver is denied",
            Scene::both(),
            vec![Fault {
                operation: call,
                only: "AKIAPROFILE000000000",
                what: Break::Error(403, "AccessDenied", DENIED),
            }],
            temporary,
            "denied",
        ),
        (
            "an error with the secret in base64",
            Scene::hook(),
            error(call, 400, "Oops", "got Q2FuYXJ5Ny9zZWNyZXQ="),
            temporary,
            "refused",
        ),
        (
            "an error with a piece of a token",
            Scene::role(json!({})),
            error(call, 400, "Oops", "token ry7/Spring#"),
            temporary,
            "refused",
        ),
        (
            "an error with the secret in a URL",
            Scene::hook(),
            error(call, 400, "Oops", "Canary7%2Fsecret"),
            temporary,
            "refused",
        ),
        (
            "throttled",
            Scene::hook(),
            error(call, 400, "Throttling", "Rate exceeded"),
            temporary,
            "throttled",
        ),
        (
            "AWS fails",
            Scene::hook(),
            error(call, 500, "InternalFailure", "oops"),
            temporary,
            "aws-error",
        ),
        (
            "AWS fails without a word",
            Scene::hook(),
            breaks(call, Break::Page(502)),
            temporary,
            "aws-error",
        ),
        (
            "somebody else answers",
            Scene::hook(),
            breaks(call, Break::Page(404)),
            temporary,
            "not-aws",
        ),
        ("a page of 200", Scene::hook(), breaks(call, Break::Page(200)), temporary, "not-aws"),
        (
            "unsupported",
            Scene::hook(),
            error(call, 400, "UnsupportedOperation", "no"),
            temporary,
            "unsupported",
        ),
        ("closed", Scene::hook(), breaks(call, Break::Close), temporary, "endpoint-closed"),
        ("endless", Scene::hook(), breaks(call, Break::Endless), temporary, "endpoint-closed"),
        (
            "endpoint refuses",
            Scene::hook().env("AWS_ENDPOINT_URL_REDSHIFT", "http://127.0.0.1:1"),
            vec![],
            temporary,
            "endpoint-refused",
        ),
        (
            "endpoint does not resolve",
            Scene::hook().env("AWS_ENDPOINT_URL_REDSHIFT", "http://redshift.invalid"),
            vec![],
            temporary,
            "endpoint-not-found",
        ),
        (
            "endpoint is not a URL",
            Scene::hook().env("AWS_ENDPOINT_URL_REDSHIFT", "redshift"),
            vec![],
            temporary,
            "endpoint-invalid",
        ),
        (
            "endpoint speaks no TLS",
            Scene::hook().env("AWS_ENDPOINT_URL_REDSHIFT", "https://127.0.0.1:{port}"),
            vec![],
            temporary,
            "endpoint-not-tls",
        ),
        ("proxy down", down(Scene::hook(), "HTTP_PROXY"), vec![], temporary, "proxy-unreachable"),
        (
            "proxy is none",
            Scene::hook().env("http_proxy", "socks5://127.0.0.1:1"),
            vec![],
            temporary,
            "proxy-unusable",
        ),
    ]
}

#[test]
fn faults_are_named_by_step_and_cause() {
    let cases = [faults_before_a_call(), faults_of_calls()].concat();
    assert!(cases.len() >= 45);
    let results: Vec<(String, bool)> = std::thread::scope(|scope| {
        let threads: Vec<_> = cases
            .iter()
            .map(|(name, scene, faults, step, cause)| {
                scope.spawn(move || {
                    let walked = scene.walk(faults.clone(), &["--timeout", "20"]);
                    let found = walked.failure();
                    (
                        format!(
                            "{name}: {found:?} instead of {:?}: {}",
                            (step, cause),
                            walked.report
                        ),
                        found == (*step, *cause),
                    )
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("no panic")).collect()
    });
    let wrong: Vec<_> =
        results.iter().filter(|(_, fits)| !fits).map(|(text, _)| text.as_str()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), results.len(), wrong.join("\n\n"));
}

#[test]
fn silence_is_bounded() {
    let start = Instant::now();
    let walked =
        Scene::hook().walk(breaks("GetClusterCredentials", Break::Silence), &["--timeout", "3"]);
    assert_eq!(walked.failure(), ("temporary-credentials", "timed-out"), "{}", walked.report);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_is_denied_comes_with_its_policy() {
    let walked =
        Scene::hook().walk(error("GetClusterCredentials", 403, "AccessDenied", DENIED), &[]);
    let step = walked.step("temporary-credentials");
    assert_eq!(step["code"], "AccessDenied");
    let statement = &step["policy"]["Statement"][0];
    assert_eq!(statement["Action"], "redshift:GetClusterCredentials");
    let arn = |what: &str| format!("arn:aws:redshift:eu-west-1:123456789012:{what}");
    assert_eq!(statement["Resource"], json!([arn("dbuser:sales/etl"), arn("dbname:sales/dev")]));
    // A look at the cluster is nice to have.
    let walked = Scene::hook().walk(error("DescribeClusters", 403, "AccessDenied", "no"), &[]);
    let look = walked.step("cluster");
    assert_eq!(
        (&look["status"], &look["policy"]["Statement"][0]["Resource"]),
        (&json!("not-permitted"), &json!(arn("cluster:sales")))
    );
    assert_eq!(walked.step("temporary-credentials")["status"], "ok");
    // The workgroup's own ARN, once it is known.
    let walked =
        Scene::serverless().walk(error("GetCredentials", 400, "AccessDeniedException", "no"), &[]);
    let resource = &walked.step("temporary-credentials")["policy"]["Statement"][0]["Resource"];
    assert_eq!(resource, "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/0b2f");
    let walked = Scene::role(json!({"ExternalId": "wrong"}))
        .walk(error("AssumeRole", 403, "AccessDenied", "no"), &[]);
    let step = walked.step("aws-role");
    assert_eq!(step["policy"]["Statement"][0]["Resource"], ROLE);
    assert!(step["hints"][0].as_str().is_some_and(|h| h.contains("ExternalId")), "{step}");
}

/// Each action that may be denied, whether the log-in needs it, and what its policy allows.
#[test]
fn every_action_that_is_denied_is_named() {
    let both = |pairs: Value| {
        let mut extra = json!({"iam": true, "cluster_identifier": "sales", "db_user": "etl", "region": "eu-west-1",
            "access_key_id": "AKIADRIVER0000000000", "secret_access_key": "Canary7"});
        pairs.as_object().into_iter().flatten().for_each(|(key, value)| extra[key] = value.clone());
        Scene::both().with("warehouse", "extra", extra)
    };
    let center = json!({"credentials_provider": "IdpTokenAuthPlugin", "cluster_identifier": "sales", "region": "eu-west-1",
        "access_key_id": "ASIADRIVER0000000000", "secret_access_key": "Canary7", "session_token": "Canary7"});
    let needed = "failed";
    let more = "not-permitted";
    let via = &[
        "--via",
        "data-api",
        "--database",
        "dev",
        "--cluster-identifier",
        "sales",
        "--db-user",
        "etl",
    ][..];
    let aws = Scene { connections: vec![("warehouse", Scene::keys())], ..Scene::hook() };
    let cases: Vec<(&str, Scene, &[&str], &str, &str)> = vec![
        ("GetCallerIdentity", Scene::hook(), &[], "aws-identity", more),
        ("AssumeRole", Scene::role(json!({})), &[], "aws-role", needed),
        ("DescribeClusters", Scene::hook(), &[], "cluster", more),
        ("GetWorkgroup", Scene::serverless(), &[], "cluster", more),
        ("GetClusterCredentials", Scene::hook(), &[], "temporary-credentials", needed),
        (
            "GetClusterCredentialsWithIAM",
            both(json!({"group_federation": true})),
            &[],
            "temporary-credentials",
            needed,
        ),
        ("GetCredentials", Scene::serverless(), &[], "temporary-credentials", needed),
        (
            "GetIdentityCenterAuthToken",
            Scene::hook().with("warehouse", "extra", center),
            &[],
            "temporary-credentials",
            needed,
        ),
        ("ExecuteStatement", aws.clone(), via, "data-api", needed),
        ("DescribeStatement", aws, via, "data-api", needed),
    ];
    for (operation, scene, arguments, step, status) in cases {
        let walked = scene.walk(error(operation, 403, "AccessDeniedException", "no"), arguments);
        let steps = walked.report["steps"].as_array().expect("steps");
        let found = steps.iter().find(|s| s["name"] == step && s["cause"] == "denied");
        let found = found.unwrap_or_else(|| panic!("{operation}: {}", walked.report));
        assert_eq!(found["status"], status, "{operation}: {found}");
        let policy = found["policy"].to_string();
        // Whoever is asked who they are needs no policy to be told.
        assert_eq!(
            policy.contains(&format!(":{operation}\"")),
            operation != "GetCallerIdentity",
            "{operation}: {policy}"
        );
    }
}

#[test]
fn an_aws_connection_ends_at_its_identity() {
    let walked =
        Scene::aws(json!({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "Canary7", "region_name": "eu-west-1"}))
            .walk(Vec::new(), &[]);
    assert_eq!(walked.report["verdict"], "passed", "{}", walked.report);
    assert_eq!(walked.step("aws-identity")["facts"]["account"], "123456789012");
    let walked =
        Scene::aws(json!({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "Canary7", "region_name": "eu-west-1"}))
            .walk(error("GetCallerIdentity", 500, "InternalFailure", "oops"), &[]);
    assert_eq!(walked.failure(), ("aws-identity", "aws-error"));
}

#[test]
fn the_data_api_takes_the_aws_connection_and_the_arguments_of_the_operator() {
    let via = ["--via", "data-api", "--database", "dev"];
    let keys = json!({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "Canary7", "region_name": "eu-west-1"});
    let arguments = [&via[..], &["--cluster-identifier", "sales", "--db-user", "etl"]].concat();
    let walked = Scene::aws(keys.clone()).walk(Vec::new(), &arguments);
    assert_eq!(walked.report["verdict"], "passed", "{}", walked.report);
    assert_eq!(walked.step("data-api")["status"], "ok");
    let call = walked
        .asked
        .iter()
        .find(|a| a.operation == "ExecuteStatement")
        .expect("a statement is handed in");
    let given: Vec<_> = call
        .arguments
        .iter()
        .filter(|(k, _)| *k != "ClientToken")
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(
        given,
        [
            "ClusterIdentifier=sales",
            "Database=dev",
            "DbUser=etl",
            "Sql=select 1",
            "WithEvent=false"
        ]
    );
    // The role of the connection hands it in.
    let role = json!({"region_name": "eu-west-1", "role_arn": ROLE, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "Canary7"});
    let arguments = [&via[..], &["--workgroup-name", "reports"]].concat();
    let walked = Scene::aws(role).walk(Vec::new(), &arguments);
    assert_eq!(walked.calls()[2], "ExecuteStatement ASIATEMPORARY0000000", "{}", walked.report);
    for (faults, cause) in [
        (error("ExecuteStatement", 400, "AccessDeniedException", "no"), "denied"),
        (breaks("DescribeStatement", Break::State("FAILED")), "statement-failed"),
        (error("ExecuteStatement", 400, "ResourceNotFoundException", "no"), "workgroup-not-found"),
    ] {
        let walked = Scene::aws(keys.clone()).walk(faults, &arguments);
        assert_eq!(walked.failure(), ("data-api", cause), "{}", walked.report);
    }
}

#[test]
fn proxies_and_endpoints_are_taken_as_airflow_takes_them() {
    // The proxy gets the whole address; a name that it shall not be asked for goes straight.
    let proxy = Aws::start(Vec::new(), 5439);
    let through = |scene: Scene| {
        scene
            .env("HTTP_PROXY", format!("http://me:Canary7@127.0.0.1:{}", proxy.port))
            .walk_with(&Aws::start(Vec::new(), 5439), &[])
    };
    let walked = through(Scene::hook().env("AWS_ENDPOINT_URL", "http://aws.example.com:4566"));
    assert_eq!((walked.asked.len(), proxy.asked().len()), (0, 3), "{}", walked.report);
    let walked = through(Scene::hook().env("NO_PROXY", "127.0.0.1"));
    assert_eq!((walked.asked.len(), proxy.asked().len()), (3, 3), "{}", walked.report);
    // An endpoint of the connection wins over the environment, and one of its services over both;
    // assuming a role takes the last only.
    let other = Aws::start(Vec::new(), 5439);
    let extra = json!({"region_name": "eu-west-1", "endpoint_url": other.url()});
    let walked = Scene::hook()
        .with("aws_default", "extra", extra)
        .walk_with(&Aws::start(Vec::new(), 5439), &[]);
    assert_eq!((walked.asked.len(), other.asked().len()), (0, 3), "{}", walked.report);
    let extra = json!({"region_name": "eu-west-1", "service_config": {"redshift": {"endpoint_url": other.url()}}});
    let walked = Scene::hook()
        .with("aws_default", "extra", extra)
        .walk_with(&Aws::start(Vec::new(), 5439), &[]);
    assert_eq!(walked.calls(), ["GetCallerIdentity AKIAIOSFODNN7EXAMPLE"], "{}", walked.report);
    let extra = json!({"region_name": "eu-west-1", "role_arn": ROLE, "endpoint_url": other.url()});
    let walked = Scene::hook()
        .with("aws_default", "extra", extra)
        .walk_with(&Aws::start(Vec::new(), 5439), &[]);
    assert_eq!(walked.calls(), ["AssumeRole AKIAIOSFODNN7EXAMPLE"], "{}", walked.report);
}

#[test]
fn secrets_of_aws_are_never_shown() {
    assert_eq!(SECRET, crate::probe::walks::PASSWORD);
    // An error that repeats what it was told.
    let walked = Scene::hook()
        .walk(error("GetClusterCredentials", 400, "Odd", "your secret is Canary7/secret"), &[]);
    assert_eq!(walked.failure(), ("temporary-credentials", "refused"), "{}", walked.report);
}
