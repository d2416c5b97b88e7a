//! The identity token of Google that AssumeRoleWithWebIdentity takes: the default credentials of
//! google.auth, looked for and used as `get_default_id_token_credentials` of the Google provider
//! does it. Each request is made once.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aws_smithy_types::base64;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value as Json, json};
use zeroize::{Zeroize, Zeroizing};

use super::super::http::{Failed, Http, wiped};
use super::super::proxy::Proxies;
use super::requests;
use crate::airflow::python::repr::str_of;
use crate::model::{Secret, Value};
use crate::probe::{Journal, Outcome, Surroundings};
use crate::{bounds, files};

/// `google.oauth2.service_account._GOOGLE_OAUTH2_TOKEN_ENDPOINT`.
const ENDPOINT: &str = "https://oauth2.googleapis.com/token";

/// `google.auth.compute_engine._metadata`: how long the metadata server is waited for.
const METADATA: Duration = Duration::from_secs(3);

/// What is secret in a credentials file.
const SECRETS: &[&str] = &["private_key", "refresh_token", "client_secret"];

/// Who asks, and for whom.
struct Way<'a> {
    audience: Option<String>,
    surroundings: &'a Surroundings,
    journal: &'a Journal<'a>,
    now: i64,
}

/// The token. `audience` is `assume_role_with_web_identity_federation_audience`.
pub(in super::super) async fn token(
    audience: &Value<'static>,
    surroundings: &Surroundings,
    journal: &Journal<'_>,
    now: i64,
) -> Result<Secret, Outcome> {
    let audience = (!audience.is_null()).then(|| str_of(audience));
    let way = Way { audience, surroundings, journal, now };
    if let Some(path) = surroundings.environment.get("GOOGLE_APPLICATION_CREDENTIALS") {
        return way.of_file(path, "the file of GOOGLE_APPLICATION_CREDENTIALS").await;
    }
    let folder = surroundings.environment.get("CLOUDSDK_CONFIG").map(Into::into);
    let folder =
        folder.or_else(|| Some(surroundings.home.as_ref()?.join(".config").join("gcloud")));
    let usual = folder
        .map(|f| f.join("application_default_credentials.json"))
        .filter(|path| path.is_file());
    match usual {
        Some(path) => {
            way.of_file(
                &path.to_string_lossy(),
                "the file of `gcloud auth application-default login`",
            )
            .await
        }
        None => way.of_machine().await,
    }
}

fn unusable(message: String) -> Outcome {
    Outcome::failed("google-credentials", message).code("DefaultCredentialsError").hint(
        "GOOGLE_APPLICATION_CREDENTIALS names the key of a service account, as Google hands \
         it out (JSON)",
    )
}

/// A text of a credentials file; it must be there.
fn field<'j>(file: &'j Json, name: &str, what: &str) -> Result<&'j str, Outcome> {
    file[name].as_str().ok_or_else(|| unusable(format!("{what} lacks `{name}`")))
}

impl Way<'_> {
    async fn of_file(&self, path: &str, what: &str) -> Result<Secret, Outcome> {
        let text = files::read(Path::new(path), bounds::AWS_FILE.value)
            .map(Zeroizing::new)
            .map_err(|_| unusable(format!("{what} is not there, or may not be read")))?;
        let mut file: Json =
            serde_json::from_slice(&text).map_err(|_| unusable(format!("{what} is not JSON")))?;
        for name in SECRETS {
            file[*name].as_str().iter().for_each(|secret| self.journal.hide(secret));
        }
        let token = match file["type"].as_str() {
            Some("service_account") => self.of_account(&file, what).await,
            Some("authorized_user") => self.of_user(&file, what).await,
            _ => Err(unusable(format!(
                "{what} is neither that of a service account nor that of a user"
            ))
            .hint("other types, such as external_account, are none that the hook reads")),
        };
        for name in SECRETS {
            if let Some(Json::String(secret)) = file.get_mut(name) {
                secret.zeroize();
            }
        }
        token
    }

    /// A service account: a token of its own is signed, and exchanged for one of Google.
    async fn of_account(&self, file: &Json, what: &str) -> Result<Secret, Outcome> {
        let (email, address) =
            (field(file, "client_email", what)?, field(file, "token_uri", what)?);
        if file["universe_domain"].as_str().is_some_and(|domain| domain != "googleapis.com") {
            return Err(Outcome::skipped(
                "google-universe",
                "service accounts of another universe domain are not tried",
            ));
        }
        let mut header = json!({ "typ": "JWT", "alg": "RS256" });
        if let Some(id) = file["private_key_id"].as_str() {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iat": self.now, "exp": self.now + 3600, "iss": email, "aud": ENDPOINT,
            "target_audience": self.audience,
        });
        let assertion =
            signed(&header, &claims, field(file, "private_key", what)?).ok_or_else(|| {
                unusable(format!("`private_key` of {what} is not an RSA key in PEM form"))
            })?;
        self.journal.hide(&assertion);
        let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        self.exchange(address, &[("assertion", assertion.as_str()), grant]).await
    }

    /// A user that logged in with gcloud. The address of the file does not count.
    async fn of_user(&self, file: &Json, what: &str) -> Result<Secret, Outcome> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", field(file, "client_id", what)?),
            ("client_secret", field(file, "client_secret", what)?),
            ("refresh_token", field(file, "refresh_token", what)?),
            ("scope", "openid email"),
        ];
        self.exchange(ENDPOINT, &form).await
    }

    async fn exchange(&self, address: &str, form: &[(&str, &str)]) -> Result<Secret, Outcome> {
        let mut pairs: Vec<(String, String)> =
            form.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let body = Zeroizing::new(requests::form(&pairs));
        pairs.iter_mut().for_each(|(_, value)| value.zeroize());
        let asked = async {
            let http = requests::session(self.surroundings, None, BTreeMap::new())?;
            let request = Request::builder()
                .method(Method::POST)
                .uri(requests::url(address, &[])?)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Full::from(wiped(body.as_bytes())));
            http.send(request.map_err(|_| requests::BROKEN)?).await
        };
        let answer = asked.await.map_err(|failed| silent(&failed))?;
        let mut json: Json = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status() != 200 {
            let said = [&json["error"], &json["error_description"]]
                .map(|t| t.as_str().unwrap_or_default())
                .join(" ");
            let said = self.journal.quote(said.trim());
            let message = format!(
                "Google does not hand out a token (HTTP status {}): {said}",
                answer.status().as_u16()
            );
            return Err(Outcome::failed(
                "google-refused",
                message.trim_end_matches(": ").to_string(),
            )
            .code("RefreshError")
            .hint("the key was deleted, or the clock of this machine is wrong (invalid_grant)")
            .hint(
                "`assume_role_with_web_identity_federation_audience` is missing: a service \
                 account needs one",
            ));
        }
        match json.get_mut("id_token").map(Json::take) {
            Some(Json::String(token)) => checked(Zeroizing::new(token)),
            _ => Err(Outcome::failed(
                "google-refused",
                "Google's answer holds no identity token (RefreshError)",
            )
            .code("RefreshError")),
        }
    }

    /// The metadata server of Google's machines.
    async fn of_machine(&self) -> Result<Secret, Outcome> {
        let variable = |name: &str, otherwise: &str| {
            self.surroundings.variable(name).unwrap_or(otherwise).to_string()
        };
        let address = variable("GCE_METADATA_IP", "169.254.169.254");
        let host = variable(
            "GCE_METADATA_HOST",
            &variable("GCE_METADATA_ROOT", "metadata.google.internal"),
        );
        let http = requests::session(self.surroundings, None, BTreeMap::new())
            .map_err(|failed| silent(&failed))?;
        // It is looked for without a proxy.
        let direct = Http { proxies: Proxies::default(), tls: http.tls.clone() };
        let found = ask(&direct, &format!("http://{address}"), &[]).await;
        let is_google = |a: &Response<Bytes>| {
            a.status() == 200 && a.headers().get("metadata-flavor").is_some_and(|f| f == "Google")
        };
        if !found.is_some_and(|answer| is_google(&answer)) {
            let message = "there are no default credentials of Google: no file, and this is not a \
                           machine of Google's";
            return Err(unusable(message.to_string()));
        }
        let accounts =
            format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/");
        let silent =
            || unusable("the metadata server knows no service account of this machine".to_string());
        ask(&direct, &accounts, &[("recursive", "true")])
            .await
            .filter(|a| a.status() == 200)
            .ok_or_else(silent)?;
        // Python writes None for an audience that is missing.
        let audience = self.audience.as_deref().unwrap_or("None");
        let answer = ask(
            &http,
            &format!("{accounts}identity"),
            &[("audience", audience), ("format", "full")],
        )
        .await;
        let answer = answer.filter(|a| a.status() == 200).ok_or_else(|| {
            Outcome::failed(
                "google-refused",
                "the metadata server hands out no identity token (RefreshError)",
            )
            .code("RefreshError")
        })?;
        checked(Zeroizing::new(String::from_utf8_lossy(answer.body()).into_owned()))
    }
}

async fn ask(http: &Http, address: &str, query: &[(&str, &str)]) -> Option<Response<Bytes>> {
    let query: Vec<(String, String)> =
        query.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let request = Request::builder()
        .uri(requests::url(address, &query).ok()?)
        .header("metadata-flavor", "Google");
    tokio::time::timeout(METADATA, http.send(request.body(Full::default()).ok()?)).await.ok()?.ok()
}

fn silent(failed: &Failed) -> Outcome {
    Outcome::failed(
        "google-unreachable",
        format!(
            "Google cannot be asked for a \
             token: {}",
            failed.message
        ),
    )
    .code("TransportError")
    .hint(
        "nothing leads out of this network: oauth2.googleapis.com, or a proxy (HTTPS_PROXY), \
         is needed",
    )
}

/// google.auth reads the end of a token's time out of it: what is no token raises.
fn checked(token: Zeroizing<String>) -> Result<Secret, Outcome> {
    let claims = token
        .split('.')
        .nth(1)
        .and_then(decoded)
        .and_then(|json| serde_json::from_slice::<Json>(&json).ok());
    match claims {
        Some(claims) if claims["exp"].is_number() => Ok(Secret::text(token.as_str())),
        _ => Err(Outcome::failed(
            "google-refused",
            "what Google hands out is not an identity token (ValueError)",
        )),
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    let mut standard = part.replace('-', "+").replace('_', "/");
    standard.extend(std::iter::repeat_n('=', (4 - standard.len() % 4) % 4));
    base64::decode(standard).ok()
}

fn encoded(bytes: &[u8]) -> String {
    base64::encode(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_string()
}

/// A token signed with RS256.
fn signed(header: &Json, claims: &Json, pem: &str) -> Option<Zeroizing<String>> {
    let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok()?,
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok()?,
        _ => return None,
    };
    let said = format!(
        "{}.{}",
        encoded(header.to_string().as_bytes()),
        encoded(claims.to_string().as_bytes())
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), said.as_bytes(), &mut signature)
        .ok()?;
    Some(Zeroizing::new(format!("{said}.{}", encoded(&signature))))
}
