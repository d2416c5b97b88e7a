//! From where boto3 finds credentials to the keys themselves: programs, containers, instances,
//! roles of profiles; Identity Center is in `sso`.
//!
//! Roles are assumed by the provider of aws-config, which is given all that it needs. The rest are
//! a few GET requests, with the time limits, proxies and refusals of botocore: the other providers
//! of aws-config read the environment of the process, which cannot be kept from them (containers,
//! web identities, programs), or know no IMDSv1 (instances).

use std::time::{Duration, UNIX_EPOCH};

use aws_config::sts::{AssumeRoleProvider, AssumeRoleProviderBuilder};
use aws_sdk_sts::config::ProvideCredentials;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request};

use super::calls::{self, Answer};
use super::clients::Channel;
use super::http::Http;
use super::proxy::Proxies;
use super::way::{Way, lasting};
use super::{Found, raised};
use super::{process, sso};
use crate::boto3::{
    Cause, Credentials, File, Handed, Keys, Raised, Surroundings, check_expiration, epoch,
    session_length,
};
use crate::model::{Secret, Value};
use crate::probe::Outcome;

/// How long botocore waits for an instance, in seconds (`metadata_service_timeout`).
const INSTANCE: Duration = Duration::from_secs(1);

/// How long it waits for a container's credentials.
const CONTAINER: Duration = Duration::from_secs(2);

/// The keys, or why there are none.
pub(super) async fn keys(credentials: &Credentials, way: &Way<'_>) -> Result<Found, Outcome> {
    // Roles stand on top of each other: the lowest is assumed first.
    let mut roles = Vec::new();
    let mut source = credentials;
    while let Credentials::Role { source: below, mfa_serial, .. } = source {
        if mfa_serial.is_some() {
            return Err(Outcome::failed(
                "mfa-needed",
                "the role of the profile wants a code of a second factor, and boto3 asks for it at \
                 a terminal",
            )
            .hint(
                "remove `mfa_serial` from the profile, and from the trust policy of the role: \
                 nobody sits at a worker",
            ));
        }
        roles.push(source);
        source = below;
    }
    let mut found = first(source, way).await?;
    for role in roles.into_iter().rev() {
        found = of_role(role, found.keys, way).await?;
    }
    fits(&found.keys)?;
    Ok(found)
}

/// The keys below every role.
async fn first(credentials: &Credentials, way: &Way<'_>) -> Result<Found, Outcome> {
    match credentials {
        Credentials::Keys { method, keys } => {
            if let Some(end) = way.session.environment_expires().filter(|_| *method == "env") {
                let checked = check_expiration(&Value::text(end.to_string()), Handed::Out, way.now);
                checked.map_err(|raised| match raised.cause {
                    Cause::KeysExpired => {
                        raised::outcome(&Raised { cause: Cause::Expired, ..raised })
                    }
                    _ => raised::outcome(&raised),
                })?;
            }
            Ok(Found { keys: keys.clone(), role: None })
        }
        Credentials::Process { command } => process::keys(command, way).await.map(Found::plain),
        Credentials::Container { url, authorization } => {
            container(url, authorization.as_ref(), way).await.map(Found::plain)
        }
        Credentials::Instance { endpoint, v2_only } => {
            instance(endpoint, *v2_only, way).await.map(Found::plain)
        }
        Credentials::Sso(sso) => sso::keys(sso, way).await.map(Found::plain),
        Credentials::WebIdentity { token_file, arn, session_name } => {
            let token = token(token_file, &way.around)?;
            let name = session(session_name.as_deref(), way.now);
            let arguments =
                [("RoleArn", arn.clone()), ("RoleSessionName", name), ("WebIdentityToken", token)];
            web_identity(
                arguments.map(|(name, text)| (name.to_string(), Value::text(text))).into(),
                way,
            )
            .await
        }
        Credentials::Role { .. } => Err(Outcome::skipped("beyond", "this cannot be made here")),
    }
}

/// A role of a profile, assumed with the keys of what is below it.
async fn of_role(role: &Credentials, keys: Keys, way: &Way<'_>) -> Result<Found, Outcome> {
    let Credentials::Role { arn, session_name, external_id, duration, .. } = role else {
        return Ok(Found::plain(keys));
    };
    fits(&keys)?;
    let length = session_length(*duration).map_err(|r| raised::outcome(&r))?;
    let mut role =
        AssumeRoleProvider::builder(arn).session_name(session(session_name.as_deref(), way.now));
    if let Some(id) = external_id {
        role = role.external_id(id);
    }
    if let Some(seconds) = length {
        // The provider cuts off what is beyond 31 bits; AWS refuses all that is longer than twelve
        // hours.
        role =
            role.session_length(Duration::from_secs(seconds.min(i32::MAX.unsigned_abs().into())));
    }
    let given: Vec<_> =
        external_id.iter().map(|id| ("ExternalId".to_string(), Value::text(id.clone()))).collect();
    let keys = assume(role, &given, keys, way).await?;
    Ok(Found { keys, role: Some(arn.clone()) })
}

/// Whether a request can carry the id of a key: it stands in a header as it is.
pub(super) fn fits(keys: &Keys) -> Result<(), Outcome> {
    let id = &keys.access_key_id;
    if id.chars().any(char::is_control) {
        return Err(Outcome::failed(
            "key-with-control-character",
            "the id of the AWS access key holds a line break or another control character",
        )
        .code("InvalidHeader")
        .hint(
            "a key that was read from a file, or encoded with `echo key | base64`, ends with a \
             line break: use `echo -n`",
        )
        .hint("`airconn check` shows it in the connection (AC112)"));
    }
    if !id.is_ascii() {
        let message = "the id of the AWS access key holds a character that the id of no key has";
        return Err(Outcome::failed("key-not-ascii", message)
            .hint("it was copied together with something else"));
    }
    Ok(())
}

/// botocore makes a name up where there is none.
fn session(name: Option<&str>, now: i64) -> String {
    name.map_or_else(|| format!("botocore-session-{now}"), String::from)
}

/// The token of a web identity.
pub(super) fn token(path: &str, around: &Surroundings<'_>) -> Result<String, Outcome> {
    match (around.read)(path) {
        // One allocation, which the call wipes.
        File::Content(bytes) => Ok(String::from_utf8(bytes)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())),
        File::Missing | File::Unreadable => {
            let missing = Raised {
                exception: "FileNotFoundError",
                cause: Cause::FileMissing(path.to_string()),
            };
            Err(raised::outcome(&missing))
        }
    }
}

/// A role of a profile, assumed with keys by the provider of aws-config; `given` is what the
/// policies of the role may ask for.
async fn assume(
    role: AssumeRoleProviderBuilder,
    given: &[(String, Value<'static>)],
    keys: Keys,
    way: &Way<'_>,
) -> Result<Keys, Outcome> {
    let channel = sts(Some(keys), way)?;
    // Without a configuration it would load one from the surroundings of the process.
    let found = role.configure(&channel.config()).build().await.provide_credentials().await;
    let found = found.map_err(|error| {
        super::refusal::of_role(
            &calls::refusal_of_provider(&error),
            given,
            "the role of the profile",
        )
    })?;
    let end = found
        .expiry()
        .and_then(|end| end.duration_since(UNIX_EPOCH).ok())
        .and_then(|end| i64::try_from(end.as_secs()).ok());
    lasting(end, way.now)?;
    Ok(Keys {
        access_key_id: found.access_key_id().to_string(),
        secret_access_key: Secret::text(found.secret_access_key()),
        session_token: found.session_token().map(Secret::text),
    })
}

/// STS, as the clients are that botocore makes for itself.
fn sts(keys: Option<Keys>, way: &Way<'_>) -> Result<Channel, Outcome> {
    let endpoint =
        way.session.endpoint("sts", way.region, None).map_err(|r| raised::outcome(&r))?;
    Ok(Channel { http: way.http.clone(), endpoint, keys })
}

/// The role of a web identity. Not by the provider of aws-config, which finds its endpoint in the
/// surroundings of the process.
async fn web_identity(
    mut arguments: Vec<(String, Value<'static>)>,
    way: &Way<'_>,
) -> Result<Found, Outcome> {
    let channel = sts(None, way)?;
    let found = match calls::call("sts", "AssumeRoleWithWebIdentity", &arguments, &channel).await {
        Ok(Answer::Role { keys, arn, expires }) => {
            lasting(expires.as_deref().and_then(epoch), way.now).map(|()| Found { keys, role: arn })
        }
        Ok(_) => Err(Outcome::failed("refused", "STS answers without credentials")),
        Err(refusal) => {
            Err(super::refusal::of_role(&refusal, &arguments, "the role of the profile"))
        }
    };
    super::wipe(&mut arguments);
    found
}

/// A GET or PUT within a time; `None` for anything but an answer of 200.
async fn ask(
    http: &Http,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    within: Duration,
) -> Option<Bytes> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::default()).ok()?;
    let answer = tokio::time::timeout(within, http.send(request)).await.ok()?.ok()?;
    (answer.status() == 200).then(|| answer.into_body())
}

/// Keys in the JSON of a metadata service, and when they end: they are moved out of it, so that no
/// copy is left.
fn keys_in(json: &[u8]) -> Option<(Keys, Option<Value<'static>>)> {
    let mut json: serde_json::Value = serde_json::from_slice(json).ok()?;
    let end = json
        .get("Expiration")
        .map(|end| end.as_str().map_or(Value::Null, |text| Value::text(text.to_string())));
    let mut text = |name: &str| match json.get_mut(name).map(serde_json::Value::take) {
        Some(serde_json::Value::String(text)) => Some(text),
        _ => None,
    };
    let (id, [key, token]) = (
        text("AccessKeyId"),
        ["SecretAccessKey", "Token"].map(|name| text(name).map(Secret::text)),
    );
    Some((Keys { access_key_id: id?, secret_access_key: key?, session_token: Some(token?) }, end))
}

/// The credentials of an ECS task or EKS pod.
async fn container(
    url: &str,
    authorization: Option<&Secret>,
    way: &Way<'_>,
) -> Result<Keys, Outcome> {
    // botocore asks it without any proxy.
    let direct = Http { proxies: Proxies::default(), tls: way.http.tls.clone() };
    let mut headers = vec![("accept", "application/json")];
    headers.extend(
        authorization.and_then(|a| a.expose().as_str()).map(|token| ("authorization", token)),
    );
    let answer = ask(&direct, Method::GET, url, &headers, CONTAINER).await;
    let found = answer.and_then(|json| keys_in(&json)).ok_or_else(|| {
        Outcome::failed(
            "container-silent",
            "the credentials server of the container does not \
             answer with credentials",
        )
        .code("CredentialRetrievalError")
        .hint(
            "the task or pod has no role, or the variable AWS_CONTAINER_CREDENTIALS_… is \
             left from another machine",
        )
    });
    let (keys, end) = found?;
    let missing = || Raised { exception: "KeyError", cause: Cause::ExpirationMissing };
    let checked =
        end.ok_or_else(missing).and_then(|end| check_expiration(&end, Handed::Out, way.now));
    checked.map(|()| keys).map_err(|raised| raised::outcome(&raised))
}

/// The role of an EC2 instance: IMDSv2, else v1.
async fn instance(endpoint: &str, v2_only: bool, way: &Way<'_>) -> Result<Keys, Outcome> {
    let none =
        || raised::outcome(&Raised { exception: "NoCredentialsError", cause: Cause::Nothing });
    let ttl = [("x-aws-ec2-metadata-token-ttl-seconds", "21600")];
    let token =
        ask(way.http, Method::PUT, &format!("{endpoint}/latest/api/token"), &ttl, INSTANCE).await;
    let token = token.map(|t| String::from_utf8_lossy(&t).into_owned());
    if token.is_none() && v2_only {
        return Err(none());
    }
    let headers: Vec<(&str, &str)> =
        token.iter().map(|t| ("x-aws-ec2-metadata-token", t.as_str())).collect();
    let path = format!("{endpoint}/latest/meta-data/iam/security-credentials/");
    let role = ask(way.http, Method::GET, &path, &headers, INSTANCE).await.ok_or_else(none)?;
    let path = format!("{path}{}", String::from_utf8_lossy(&role).trim());
    let answer = ask(way.http, Method::GET, &path, &headers, INSTANCE).await.ok_or_else(none)?;
    // Without an end botocore takes it for an error of the service.
    let (keys, end) =
        keys_in(&answer).and_then(|(keys, end)| Some((keys, end?))).ok_or_else(none)?;
    check_expiration(&end, Handed::ByInstance, way.now)
        .map(|()| keys)
        .map_err(|raised| raised::outcome(&raised))
}

impl Found {
    fn plain(keys: Keys) -> Found {
        Found { keys, role: None }
    }
}
