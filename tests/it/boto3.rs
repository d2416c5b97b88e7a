//! What real boto3 found in recorded surroundings (fixtures/probe/boto3_credentials.jsonl, made by
//! tools/recorders/record_boto3_credentials.py), against ours.

use crate::common;

use std::collections::BTreeMap;

use airconn::boto3::{
    Arguments, Cause, Credentials, Endpoint, File, Handed, Life, Raised, Session, Sso,
    Surroundings, check_expiration, epoch, process_output, session_length,
};
use airconn::model::{Secret, Value};
use serde_json::{Map, json};

type Json = serde_json::Value;

const HOME: &str = "/home/airflow";

/// When all this happens, in seconds since the epoch, and ten minutes later.
const NOW: i64 = 1_800_000_000;
const SOON: &str = "2027-01-15T08:10:00Z";

/// The names of the token files, which `aws sso login` makes with SHA-1.
fn sha1(text: &str) -> String {
    let known = [
        ("https://example.awsapps.com/start", "e8be5486177c5b5392bd9aa76563515b29358e6e"),
        ("corp", "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
    ];
    known
        .iter()
        .find(|(name, _)| *name == text)
        .map_or_else(String::new, |(_, digest)| digest.to_string())
}

/// A recorded case.
struct Case {
    environment: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    arguments: Arguments,
    /// What operations answer, where they do not simply succeed.
    answers: Json,
    /// When the keys end that somebody hands out: a text, `missing`, or nothing.
    expires: Json,
}

impl Case {
    fn new(case: &Json) -> Case {
        let texts = |value: &Json| -> BTreeMap<String, String> {
            let map = value.as_object().expect("an object");
            map.iter()
                .map(|(k, v)| {
                    (
                        k.replacen('~', HOME, 1),
                        v.as_str().expect("text").replace("{home}", HOME).replace("{soon}", SOON),
                    )
                })
                .collect()
        };
        let given = |name: &str| case["session"][name].as_str().map(String::from);
        let secret = |name: &str| given(name).map(|text| Secret::new(Value::text(text)));
        let mut environment = texts(&case["env"]);
        environment.insert("HOME".to_string(), HOME.to_string());
        Case {
            answers: case["answers"].clone(),
            expires: case["expires"].as_str().map_or_else(
                || case["expires"].clone(),
                |text| json!(text.replace("{soon}", SOON)),
            ),
            environment,
            files: texts(&case["files"]),
            arguments: Arguments {
                profile_name: given("profile_name"),
                region_name: given("region_name"),
                access_key_id: given("aws_access_key_id"),
                secret_access_key: secret("aws_secret_access_key"),
                session_token: secret("aws_session_token"),
            },
        }
    }

    /// What the script of a `credential_process` prints, without running it.
    fn process(&self, command: &[String]) -> Result<(Option<i32>, &str), Raised> {
        let missing = Raised { exception: "FileNotFoundError", cause: Cause::ProcessMissing };
        let script = command.iter().find_map(|word| self.files.get(word)).ok_or(missing)?;
        let (text, code) = script
            .split_once("<<'EOF'\n")
            .and_then(|(_, t)| t.split_once("\nEOF\nexit "))
            .expect("the script of a case");
        Ok((code.trim().parse().ok(), text))
    }
}

/// One run of a case: the calls that are made on the way.
struct Run<'a> {
    case: &'a Case,
    around: Surroundings<'a>,
    endpoint: Option<Endpoint>,
    calls: Vec<Json>,
    /// The token in the cache is another one.
    renewed: bool,
}

impl Run<'_> {
    fn temporary(&self) -> (String, bool) {
        (format!("ASIATEMPORARY{:07}", self.calls.len()), true)
    }

    fn call(&mut self, operation: &str, key: Option<&(String, bool)>, params: Map<String, Json>) {
        let endpoint = self.endpoint.as_ref().expect("an endpoint");
        let suffix =
            if endpoint.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let region = &endpoint.region;
        let host = match (&endpoint.url, endpoint.fips, endpoint.dual_stack) {
            (Some(url), ..) => url.split('/').nth(2).expect("a host").to_string(),
            (None, true, _) => format!("sts-fips.{region}.{suffix}"),
            (None, _, true) => format!("sts.{region}.api.aws"),
            _ => format!("sts.{region}.{suffix}"),
        };
        self.calls.push(json!({
            "operation": operation, "key": key.map(|k| &k.0), "token": key.is_some_and(|k| k.1), "region": key.map(|_| region), "host": host,
            "params": params,
        }));
    }

    /// Are the keys that somebody handed out good? `missing` is what boto3 raises where nothing is
    /// said about it.
    fn expiration(&self, handed: Handed, missing: &'static str) -> Result<(), Raised> {
        match self.case.expires.as_str() {
            None => Ok(()),
            Some("missing") => Err(Raised { exception: missing, cause: Cause::ExpirationMissing }),
            Some(text) => check_expiration(&Value::text(text.to_string()), handed, NOW),
        }
    }

    /// The same for the keys of a role, whose end the SDK reads: what is not a time is not an
    /// answer of STS.
    fn of_role(&self) -> Result<(), Raised> {
        self.expiration(Handed::Out, "KeyError").map_err(|raised| match raised.exception {
            "ParserError" => Raised { exception: "ValueError", ..raised },
            _ => raised,
        })
    }

    /// The key that signs, after all that has to be asked for it.
    fn fetch(&mut self, credentials: &Credentials) -> Result<(String, bool), Raised> {
        let session =
            |name: &Option<String>| json!(name.as_deref().unwrap_or("botocore-session-*"));
        match credentials {
            Credentials::Keys { keys, .. } => {
                return Ok((keys.access_key_id.clone(), keys.token().is_some()));
            }
            Credentials::Process { command } => {
                let (code, text) = self.case.process(command)?;
                let keys = process_output(code, text.as_bytes(), NOW)?;
                return Ok((keys.access_key_id.clone(), keys.token().is_some()));
            }
            Credentials::Container { url, .. } => {
                self.calls.push(json!({ "operation": "container", "host": url.split('/').nth(2) }));
                // What ends within a quarter of an hour is asked for again at once.
                if self.case.expires.as_str().and_then(epoch).is_some_and(|end| end < NOW + 900) {
                    self.calls.push(self.calls[self.calls.len() - 1].clone());
                }
                self.expiration(Handed::Out, "KeyError")?;
            }
            Credentials::Instance { .. } => {
                self.calls.push(json!({ "operation": "instance" }));
                let checked = self.expiration(Handed::ByInstance, "NoCredentialsError");
                if checked.as_ref().is_err_and(|raised| raised.cause == Cause::ExpirationMissing) {
                    // boto3 looks for a region in between, and then once more.
                    self.calls.push(json!({ "operation": "instance" }));
                }
                checked?;
            }
            Credentials::Role { source, arn, session_name, external_id, duration, .. } => {
                let key = self.fetch(source)?;
                let mut params = Map::new();
                params.insert("RoleArn".to_string(), json!(arn));
                params.insert("RoleSessionName".to_string(), session(session_name));
                params.extend(external_id.iter().map(|id| ("ExternalId".to_string(), json!(id))));
                params.extend(
                    session_length(*duration)?
                        .iter()
                        .map(|d| ("DurationSeconds".to_string(), json!(d.to_string()))),
                );
                self.call("AssumeRole", Some(&key), params);
                self.of_role()?;
            }
            Credentials::WebIdentity { token_file, arn, session_name } => {
                if !self.case.files.contains_key(token_file) {
                    return Err(Raised {
                        exception: "FileNotFoundError",
                        cause: Cause::FileMissing(token_file.clone()),
                    });
                }
                let params = [
                    ("RoleArn".to_string(), json!(arn)),
                    ("RoleSessionName".to_string(), session(session_name)),
                ];
                self.call("AssumeRoleWithWebIdentity", None, params.into_iter().collect());
                self.of_role()?;
            }
            Credentials::Sso(sso) => self.single_sign_on(sso)?,
        }
        Ok(self.temporary())
    }

    /// The portal of Identity Center, behind whoever renews the log-in.
    fn single_sign_on(&mut self, sso: &Sso) -> Result<(), Raised> {
        let token = sso.token(&self.around, sha1)?;
        let life = sso.life(&token, NOW);
        if life == Life::Over {
            return Err(sso.expired());
        }
        let session = Session::new(self.case.arguments.clone(), self.around)?;
        let endpoint = session.endpoint("sso", Some(&sso.region), None)?;
        let suffix =
            if sso.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let host = match (&endpoint.url, endpoint.fips, endpoint.dual_stack) {
            (Some(url), ..) => url.split('/').nth(2).expect("a host").to_string(),
            (None, true, _) => format!("portal.sso-fips.{}.{suffix}", sso.region),
            (None, _, true) => format!("portal.sso.{}.api.aws", sso.region),
            _ => format!("portal.sso.{}.{suffix}", sso.region),
        };
        let answer = |operation: &str| {
            self.case.answers.get(operation).cloned().unwrap_or_else(|| json!([200, ""]))
        };
        let call = |operation: &str, host: &str, params: Json| json!({ "operation": operation, "key": null, "token": false, "region": null, "host": host, "params": params });
        let unreachable = Raised { exception: "EndpointConnectionError", cause: Cause::Nothing };
        let mut bearer = token.access_token.expose().as_str().expect("text").to_string();
        if matches!(life, Life::EndsSoon | Life::Renewed) {
            let params = json!({ "grantType": "refresh_token", "clientId": "made-up-client", "clientSecret": "made-up-secret", "refreshToken": "made-up-refresh" });
            self.calls.push(call("CreateToken", &format!("oidc.{}.{suffix}", sso.region), params));
            match answer("CreateToken")[0].as_u64() {
                None => return Err(unreachable),
                Some(200) => (bearer, self.renewed) = ("renewed-token".to_string(), true),
                Some(_) if life == Life::Renewed => return Err(sso.expired()),
                Some(_) => {}
            }
        }
        let params =
            json!({ "role_name": sso.role_name, "account_id": sso.account_id, "token": bearer });
        self.calls.push(call("GetRoleCredentials", &host, params));
        match answer("GetRoleCredentials")[0].as_u64() {
            Some(401) => Err(sso.unknown()),
            // botocore has a class for one of these codes.
            Some(403) => Err(Raised { exception: "ClientError", ..unreachable }),
            Some(404) => Err(Raised { exception: "ResourceNotFoundException", ..unreachable }),
            // In milliseconds.
            _ if self.case.expires.as_i64().is_some_and(|end| end / 1000 <= NOW) => {
                Err(Raised { exception: "RuntimeError", cause: Cause::KeysExpired })
            }
            _ => Ok(()),
        }
    }

    /// `Session(...)`, then `client("sts").get_caller_identity()`.
    fn answer(&mut self) -> Json {
        let mut result = json!({ "exception": null, "method": null, "region": null });
        if let Err(raised) = self.walk(&mut result) {
            result["exception"] = json!(raised.exception);
        }
        result["calls"] = json!(self.calls);
        if self.renewed {
            result["renewed"] = json!(true);
        }
        result
    }

    fn walk(&mut self, result: &mut Json) -> Result<(), Raised> {
        let session = Session::new(self.case.arguments.clone(), self.around)?;
        result["region"] = json!(session.region());
        let credentials = session.credentials();
        // `get_credentials` runs programs; everything else waits for the first call.
        if let Ok(Some(Credentials::Process { command })) = &credentials {
            let (code, text) = self.case.process(command)?;
            match process_output(code, text.as_bytes(), NOW) {
                // Times are compared where keys are used.
                Err(Raised {
                    cause: Cause::KeysExpired | Cause::ExpirationWithoutZone, ..
                })
                | Ok(_) => {}
                Err(raised) => return Err(raised),
            }
        }
        // These are asked at once for keys, and the end of what they hand out is read.
        if let Ok(Some(Credentials::Container { .. } | Credentials::Instance { .. })) = &credentials
            && let Err(raised) = self.expiration(Handed::ByInstance, "KeyError")
        {
            let credentials = credentials?.expect("what was matched");
            let _ = self.fetch(&credentials);
            let exception =
                if self.calls[0]["operation"] == "instance" && raised.exception == "KeyError" {
                    "NoCredentialsError"
                } else {
                    raised.exception
                };
            return Err(Raised { exception, ..raised });
        }
        if let Ok(Some(Credentials::Role { source, .. })) = &credentials
            && let Credentials::Process { command } = &**source
        {
            self.case.process(command)?;
        }
        // boto3 takes half a pair and stumbles over it when it signs.
        if credentials.as_ref().is_err_and(|r| r.cause == Cause::KeysUnusable) {
            result["method"] = json!("explicit");
        }
        let credentials = credentials?;
        result["method"] = json!(credentials.as_ref().map(Credentials::method));
        self.endpoint = Some(session.endpoint("sts", None, None)?);
        let credentials =
            credentials.ok_or(Raised { exception: "NoCredentialsError", cause: Cause::Nothing })?;
        if let Some(end) = session.environment_expires().filter(|_| credentials.method() == "env") {
            check_expiration(&Value::text(end.replace("{soon}", SOON)), Handed::Out, NOW)?;
        }
        let key = self.fetch(&credentials)?;
        self.call("GetCallerIdentity", Some(&key), Map::new());
        Ok(())
    }
}

#[test]
fn recorded_surroundings() {
    let (mut compared, mut failures) = (0, Vec::new());
    for line in common::fixture_text("probe/boto3_credentials.jsonl").lines() {
        let recorded: Json = serde_json::from_str(line).expect("a recorded case");
        let case = Case::new(&recorded);
        let read = |path: &str| {
            case.files
                .get(path)
                .map_or(File::Missing, |text| File::Content(text.as_bytes().to_vec()))
        };
        let around = Surroundings { environment: &case.environment, home: HOME, read: &read };
        let ours =
            Run { case: &case, around, endpoint: None, calls: Vec::new(), renewed: false }.answer();
        compared += 1;
        if ours != recorded["result"] {
            failures.push(format!(
                "{}:\n   recorded {}\n   ours     {ours}",
                recorded["id"], recorded["result"]
            ));
        }
    }
    assert_eq!(compared, 238);
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
}
