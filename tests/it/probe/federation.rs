//! Roles that are assumed with what an identity provider hands out: SAML assertions and Google's
//! tokens, got from stand-ins on loopback.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use serde_json::{Value, json};

use crate::probe::aws::{ROLE, Scene};
use crate::probe::aws_stand_in::{Aws, Break, Fault, receive};
use crate::probe::certificates::{Authority, Valid};
use crate::probe::channel::{proxy, secured};

const PRINCIPAL: &str = "arn:aws:iam::123456789012:saml-provider/example";

/// The assertion, and what stands in the middle of Google's tokens. Both are searched for in every
/// output.
const ASSERTION: &str = "Canary7PHNhbWw+";

/// An identity provider: what it answers to each path, and what it was asked.
struct Provider {
    port: u16,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

/// Paths without a query, statuses, further head lines, bodies.
type Answers = Vec<(String, u16, String, String)>;

impl Provider {
    fn start(answers: Answers) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let log = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is none of its business.
                let _ = serve(stream, &answers, &log);
            }
        });
        Provider { port, asked }
    }

    fn page(body: impl Into<String>) -> Provider {
        Provider::start(one("/sso", 200, "", body))
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Answers,
    log: &Mutex<Vec<(String, String)>>,
) -> std::io::Result<()> {
    let (head, body) = receive(&mut stream)?;
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_string();
    log.lock().expect("not poisoned").push((head, body));
    let found = answers.iter().find(|(known, ..)| path.split('?').next() == Some(known));
    let (status, more, body) = found
        .map_or((404, "", ""), |(_, status, more, body)| (*status, more.as_str(), body.as_str()));
    write!(
        stream,
        "HTTP/1.1 {status} X\r\n{more}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// One answer.
fn one(path: &str, status: u16, more: &str, body: impl Into<String>) -> Answers {
    vec![(path.to_string(), status, more.to_string(), body.into())]
}

fn form() -> String {
    format!(
        "<HTML><BODY><FORM><INPUT NAME='SAMLResponse' VALUE='{ASSERTION}'/></FORM></BODY></HTML>"
    )
}

/// A connection whose AWS connection assumes its role by SAML.
fn saml(provider: &Provider, more: Value) -> Scene {
    let mut block = json!({"principal_arn": PRINCIPAL, "idp_auth_method": "http_spegno_auth", "idp_url": format!("{}/sso", provider.url()),
        "saml_response_xpath": "////INPUT[@NAME='SAMLResponse']/@VALUE", "log_idp_response": true});
    for (name, value) in more.as_object().expect("an object") {
        block[name] = value.clone();
    }
    let extra = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_saml", "assume_role_with_saml": block,
        "assume_role_kwargs": {"DurationSeconds": 900}});
    Scene::hook().with("aws_default", "extra", extra).with("aws_default", "login", Value::Null)
}

fn google(audience: Value) -> Scene {
    let extra = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity",
        "assume_role_with_web_identity_federation": "google", "assume_role_with_web_identity_federation_audience": audience});
    Scene::hook().with("aws_default", "extra", extra).with("aws_default", "login", Value::Null)
}

/// A token with an end of its time, as Google hands it out.
fn identity_token() -> String {
    let part =
        |json: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    format!(
        "{}.{}.Canary7Canary7",
        part(json!({"alg": "RS256"})),
        part(json!({"exp": 4_070_908_800_i64}))
    )
}

fn account(provider: &Provider) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probe/service_account.json");
    std::fs::read_to_string(path).expect("the key").replace("{idp}", &provider.url())
}

#[test]
fn an_assertion_assumes_the_role() {
    let provider = Provider::page(form());
    let aws = Aws::start(Vec::new(), 5439);
    let walked =
        saml(&provider, json!({"idp_request_kwargs": {"params": {"loginToRp": "urn:amazon:webservices"}, "headers": {"X-A": "b"}}}))
            .walk_with(&aws, &["--timeout", "15"]);
    let role = "ASIATEMPORARY0000000";
    assert_eq!(
        walked.calls(),
        [
            "AssumeRoleWithSAML".to_string(),
            format!("DescribeClusters {role}"),
            format!("GetClusterCredentials {role}")
        ],
        "{}",
        walked.report
    );
    let call = &walked.asked[0];
    let given = |name: &str| call.arguments.get(name).map(String::as_str);
    assert_eq!(
        (given("RoleArn"), given("PrincipalArn"), given("SAMLAssertion")),
        (Some(ROLE), Some(PRINCIPAL), Some(ASSERTION))
    );
    assert_eq!((given("DurationSeconds"), call.key.as_str()), (Some("900"), ""));
    let asked = provider.asked();
    assert_eq!(asked.len(), 1, "one attempt: {asked:?}");
    assert!(
        asked[0].0.starts_with("GET /sso?loginToRp=urn%3Aamazon%3Awebservices HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert!(asked[0].0.to_lowercase().contains("x-a: b\r\n"), "{asked:?}");
    assert_eq!(walked.step("aws-credentials")["cause"], "not-needed");
}

#[test]
fn redirects_carry_their_cookies() {
    let answers = [
        one("/sso", 302, "Location: /wia?x=1\r\nSet-Cookie: s=1; Path=/\r\n", ""),
        one("/wia", 200, "", form()),
        one("/loop", 302, "Location: /loop\r\n", ""),
    ]
    .concat();
    let provider = Provider::start(answers);
    let aws = Aws::start(Vec::new(), 5439);
    let walked = saml(&provider, json!({})).walk_with(&aws, &["--timeout", "15"]);
    assert_eq!(walked.step("aws-role")["status"], "ok", "{}", walked.report);
    assert!(
        provider.asked()[1].0.to_lowercase().contains("cookie: s=1\r\n"),
        "{:?}",
        provider.asked()
    );
    let walked = saml(&provider, json!({"idp_url": format!("{}/loop", provider.url())}))
        .walk_with(&aws, &["--timeout", "15"]);
    assert_eq!(walked.failure(), ("aws-role", "idp-unreachable"));
}

#[test]
fn kerberos_is_unproven_and_an_answer_that_is_there_proves_the_rest() {
    let provider =
        Provider::start(one("/sso", 401, "WWW-Authenticate: Negotiate\r\n", String::new()));
    let aws = Aws::start(Vec::new(), 5439);
    let scene = saml(&provider, json!({}));
    let walked = scene.walk_with(&aws, &["--timeout", "15"]);
    let step = walked.step("aws-role");
    assert_eq!(
        (&walked.report["verdict"], &step["status"], &step["cause"]),
        (&json!("unproven"), &json!("skipped"), &json!("kerberos-needed"))
    );
    assert!(step["hints"].to_string().contains("--saml-response"), "{step}");
    let answer = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(answer.path(), form()).expect("a file");
    let walked = scene
        .walk_with(&aws, &["--timeout", "15", "--saml-response", &answer.path().to_string_lossy()]);
    assert_eq!(walked.step("aws-role")["status"], "ok", "{}", walked.report);
    assert_eq!(provider.asked().len(), 1, "it is not asked");
}

#[test]
fn an_answer_comes_through_a_pipe_or_is_trouble() {
    let provider = Provider::start(one("/sso", 401, "WWW-Authenticate: Negotiate\r\n", ""));
    let file = tempfile::NamedTempFile::with_suffix(".jsonl").expect("a file");
    let extra = json!({"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_saml", "assume_role_with_saml":
        {"principal_arn": PRINCIPAL, "idp_auth_method": "http_spegno_auth", "idp_url": provider.url(), "saml_response_xpath": "//INPUT/@VALUE"}});
    let connection = json!({"conn_type": "aws", "extra": extra});
    std::fs::write(
        file.path(),
        json!({"conn_id": "a", "json": connection.to_string()}).to_string(),
    )
    .expect("a file");
    let aws = Aws::start(Vec::new(), 5439);
    let ask = |path: &str, stdin: &str| {
        let mut command = crate::common::airconn();
        command.args([
            "probe",
            "--format",
            "json",
            "--from",
            "jsonl",
            "--saml-response",
            "-",
            path,
        ]);
        command.env("AWS_ENDPOINT_URL", aws.url()).env("AWS_EC2_METADATA_DISABLED", "true");
        crate::common::feed(command, stdin.as_bytes())
    };
    let ran = ask(&file.path().to_string_lossy(), &form());
    assert_eq!((ran.code, provider.asked().len()), (0, 0), "{ran:?}");
    let both = ask("-", &form());
    assert!(both.code == 2 && both.err.contains("standard input is either"), "{both:?}");
}

/// What the provider says, what the block says besides, and the cause.
type Case = (&'static str, Provider, Value, &'static str);

#[test]
fn faults_of_saml() {
    let status = |status| Provider::start(one("/sso", status, "", "Canary7".to_string()));
    let nowhere = Provider { port: 1, asked: Arc::default() };
    let cases: Vec<Case> = vec![
        ("refused", nowhere, json!({}), "idp-unreachable"),
        ("no URL", Provider::page(""), json!({"idp_url": "idp.example.com/sso"}), "idp-invalid"),
        ("forbidden", status(403), json!({}), "idp-refused"),
        ("a log-in other than Kerberos", status(401), json!({}), "idp-refused"),
        ("broken", status(500), json!({}), "idp-refused"),
        (
            "HTML that is not XML",
            Provider::page("<html><body><input name=user>"),
            json!({}),
            "saml-unreadable",
        ),
        ("nothing at all", Provider::page(""), json!({}), "saml-unreadable"),
        (
            "a form for people",
            Provider::page("<HTML><INPUT NAME='user'/></HTML>"),
            json!({}),
            "saml-missing",
        ),
        (
            "two of them",
            Provider::page(form()),
            json!({"saml_response_xpath": "//@NAME | //@VALUE"}),
            "saml-ambiguous",
        ),
        (
            "an element",
            Provider::page(form()),
            json!({"saml_response_xpath": "//FORM"}),
            "saml-no-text",
        ),
        (
            "a prefix",
            Provider::page(form()),
            json!({"saml_response_xpath": "//saml:Response"}),
            "xpath-invalid",
        ),
        (
            "an unknown argument",
            Provider::page(form()),
            json!({"idp_request_kwargs": {"tls": true}}),
            "argument-invalid",
        ),
        (
            "must prove itself",
            Provider::page(form()),
            json!({"mutual_authentication": "REQUIRED"}),
            "idp-not-genuine",
        ),
        (
            "no such roots",
            Provider::page(form()),
            json!({"idp_request_kwargs": {"verify": "/nowhere/ca.pem"}}),
            "idp-unreachable",
        ),
    ];
    for (name, provider, more, cause) in cases {
        let walked = saml(&provider, more)
            .walk_in_all_forms(&Aws::start(Vec::new(), 5439), &["--timeout", "15"]);
        assert_eq!(walked.failure(), ("aws-role", cause), "{name}: {}", walked.report);
        assert_eq!(walked.calls(), Vec::<String>::new(), "{name}");
    }
    let of_aws: Vec<(&str, Break, &str)> = vec![
        (
            "denied",
            Break::Error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML"),
            "denied",
        ),
        (
            "not the signer",
            Break::Error(400, "InvalidIdentityToken", "Response signature invalid"),
            "token-refused",
        ),
        (
            "old",
            Break::Error(
                400,
                "ExpiredTokenException",
                "Token must be redeemed within 5 minutes of issuance",
            ),
            "token-expired",
        ),
    ];
    for (name, what, cause) in of_aws {
        let aws = Aws::start(vec![Fault { operation: "AssumeRoleWithSAML", only: "", what }], 5439);
        let walked =
            saml(&Provider::page(form()), json!({})).walk_in_all_forms(&aws, &["--timeout", "15"]);
        assert_eq!(walked.failure(), ("aws-role", cause), "{name}: {}", walked.report);
        assert!(
            walked.step("aws-role")["policy"].is_null(),
            "no policy of an identity permits it: {}",
            walked.report
        );
    }
}

#[test]
fn a_service_account_of_google_assumes_the_role() {
    let provider =
        Provider::start(one("/token", 200, "", json!({"id_token": identity_token()}).to_string()));
    let aws = Aws::start(Vec::new(), 5439);
    let scene = google(json!("sts.amazonaws.com"))
        .file("key.json", account(&provider))
        .env("GOOGLE_APPLICATION_CREDENTIALS", "{home}/key.json");
    let walked = scene.walk_with(&aws, &["--timeout", "15"]);
    assert_eq!(walked.step("aws-role")["status"], "ok", "{}", walked.report);
    let call = &walked.asked[0];
    assert_eq!((call.operation.as_str(), call.key.as_str()), ("AssumeRoleWithWebIdentity", ""));
    assert_eq!(call.arguments["WebIdentityToken"], identity_token());
    let asked = provider.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(signed(&asked[0].1)["header"]["kid"], "1234567890abcdef");
}

/// Whom a user's token is exchanged by is not in the file: it is Google, whose name the certificate
/// of the stand-in has.
#[test]
fn a_user_of_google_assumes_the_role() {
    let provider =
        Provider::start(one("/token", 200, "", json!({"id_token": identity_token()}).to_string()));
    let authority = Authority::new("an authority of the company");
    let (port, tunnels) =
        proxy(secured(authority.server(&["oauth2.googleapis.com"], Valid::Now), provider.port));
    let user = json!({"type": "authorized_user", "client_id": "made-up.apps.googleusercontent.com", "client_secret": "Canary7/client",
        "refresh_token": "Canary7/refresh", "token_uri": "http://127.0.0.1:1/"});
    let aws = Aws::start(Vec::new(), 5439);
    let scene = google(json!("sts.amazonaws.com"))
        .file(".config/gcloud/application_default_credentials.json", user.to_string())
        .file("ca.pem", authority.pem())
        .env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"))
        .env("REQUESTS_CA_BUNDLE", "{home}/ca.pem");
    let walked = scene.walk_in_all_forms(&aws, &["--timeout", "15"]);
    assert_eq!(walked.step("aws-role")["status"], "ok", "{}", walked.report);
    let call = &walked.asked[0];
    assert_eq!((call.operation.as_str(), call.key.as_str()), ("AssumeRoleWithWebIdentity", ""));
    assert_eq!(
        (call.arguments["WebIdentityToken"].clone(), call.arguments["RoleArn"].as_str()),
        (identity_token(), ROLE)
    );
    // What AWS handed out for the token makes the other calls.
    assert!(
        walked.asked[1..].iter().all(|a| a.key == "ASIATEMPORARY0000000") && walked.asked.len() > 1,
        "{:?}",
        walked.asked
    );
    let asked = provider.asked();
    assert!(asked[0].0.starts_with("POST /token HTTP/1.1\r\n"), "{asked:?}");
    let form = "grant_type=refresh_token&client_id=made-up.apps.googleusercontent.com&client_secret=Canary7%2Fclient\
        &refresh_token=Canary7%2Frefresh&scope=openid+email";
    assert_eq!(asked[0].1, form);
    let tunnels = tunnels.lock().expect("not poisoned").clone();
    assert!(
        tunnels.iter().all(|head| head.starts_with("CONNECT oauth2.googleapis.com:443 ")),
        "{tunnels:?}"
    );
}

/// A network in NO_PROXY counts for the identity provider, and for AWS, which botocore asks, it
/// does not.
#[test]
fn networks_need_no_proxy() {
    let provider = Provider::page(form());
    let aws = Aws::start(Vec::new(), 5439);
    let through = |except: &str| {
        let proxied = Aws::start(Vec::new(), 5439);
        let scene = saml(&provider, json!({}))
            .env("HTTP_PROXY", format!("http://127.0.0.1:{}", proxied.port))
            .env("NO_PROXY", except);
        let walked = scene.walk_with(&aws, &["--timeout", "15"]);
        (
            walked.step("aws-role")["status"] == "ok",
            provider.asked().len(),
            proxied.asked().len() > 1,
        )
    };
    assert_eq!(through("127.0.0.0/8"), (true, 1, true));
    assert_eq!(
        through("10.0.0.0/8"),
        (false, 1, false),
        "the proxy knows no such provider, and AWS is not asked"
    );
}

/// `fixtures/probe/federation.jsonl`: what the real hook asked, of whom, and whether it came to
/// keys (`tools/recorders/record_federation.py`).
#[test]
fn agrees_with_the_hook() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probe");
    let account: Value = serde_json::from_str(
        &std::fs::read_to_string(root.join("service_account.json")).expect("the key"),
    )
    .expect("JSON");
    let key = account["private_key"].to_string();
    let cases = std::fs::read_to_string(root.join("federation.jsonl")).expect("the fixture");
    let mut unproven = 0;
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let name = case["name"].as_str().expect("a name");
        let answers = case["answers"].as_object().expect("answers").iter().map(|(path, answer)| {
            let headers = answer[1].as_object().expect("headers").iter();
            let more: String = headers
                .map(|(name, value)| format!("{name}: {}\r\n", value.as_str().expect("a text")))
                .collect();
            (
                path.clone(),
                u16::try_from(answer[0].as_u64().expect("a status")).expect("a status"),
                more,
                answer[2].as_str().expect("a body").to_string(),
            )
        });
        let provider = Provider::start(answers.collect());
        let fill = |text: &str| {
            text.replace("{idp}", &provider.url())
                .replace("{host}", &format!("127.0.0.1:{}", provider.port))
                .replace("{key}", &key[1..key.len() - 1])
        };
        let extra: Value = serde_json::from_str(&fill(&case["extra"].to_string())).expect("JSON");
        let mut scene = Scene::hook().with("aws_default", "extra", extra).with(
            "aws_default",
            "login",
            Value::Null,
        );
        for (path, text) in case["files"].as_object().expect("files") {
            scene = scene.file(path, fill(text.as_str().expect("a text")));
        }
        for (variable, text) in case["env"].as_object().expect("variables") {
            scene = scene.env(variable, fill(text.as_str().expect("a text")));
        }
        let aws = Aws::start(Vec::new(), 5439);
        let walked = scene.walk_with(&aws, &["--timeout", "20"]);
        let role = walked.step("aws-role");
        if role["status"] == "skipped" {
            assert_eq!(role["cause"], "kerberos-needed", "{name}: {role}");
            unproven += 1;
            continue;
        }
        assert_eq!(role["status"] == "ok", case["outcome"]["ok"] == true, "{name}: {role}");
        // An audience that Python wrote as None is one, too.
        let asked: Vec<String> = provider
            .asked()
            .iter()
            .map(|(head, _)| head.split(" HTTP/").next().unwrap_or_default().to_string())
            .collect();
        let theirs: Vec<&str> = case["asked"]
            .as_array()
            .expect("requests")
            .iter()
            .map(|a| a["line"].as_str().expect("a line"))
            .collect();
        assert_eq!(asked, theirs, "{name}");
        let cookies = |text: &str| {
            text.lines().find_map(|l| l.to_lowercase().strip_prefix("cookie: ").map(String::from))
        };
        let ours: Vec<Option<String>> =
            provider.asked().iter().map(|(head, _)| cookies(head)).collect();
        let theirs: Vec<Option<String>> = case["asked"]
            .as_array()
            .expect("requests")
            .iter()
            .map(|a| a["cookie"].as_str().map(String::from))
            .collect();
        assert_eq!(ours, theirs, "{name}");
        let signed = provider
            .asked()
            .iter()
            .find_map(|(_, body)| body.contains("assertion=").then(|| signed(body)));
        assert_eq!(signed.as_ref(), case["signed"].get(0), "{name}");
        let mut ours: Vec<Value> = Vec::new();
        for call in walked.asked.iter().filter(|a| a.operation.starts_with("AssumeRole")) {
            let mut given = json!(call.arguments);
            given.as_object_mut().expect("an object").remove("RoleSessionName");
            given["operation"] = json!(call.operation);
            given["signed"] = json!(!call.key.is_empty());
            ours.push(given);
        }
        assert_eq!(json!(ours), case["sts"], "{name}");
    }
    assert_eq!(unproven, 2, "Kerberos alone is unproven");
}

/// What a service account signed, but for the times.
fn signed(body: &str) -> Value {
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let form: std::collections::BTreeMap<String, String> = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (decoded(k), decoded(v)))
        .collect();
    let part = |index: usize| -> Value {
        let part = form["assertion"].split('.').nth(index).expect("a part");
        serde_json::from_slice(
            &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64"),
        )
        .expect("JSON")
    };
    let mut claims = part(1);
    let claims = claims.as_object_mut().expect("an object");
    let times = (
        claims.remove("iat").and_then(|t| t.as_i64()),
        claims.remove("exp").and_then(|t| t.as_i64()),
    );
    assert!(matches!(times, (Some(from), Some(to)) if to == from + 3600), "{times:?}");
    json!({ "grant_type": form["grant_type"], "header": part(0), "claims": claims })
}

#[test]
fn faults_of_google() {
    let token = |status, body: &str| Provider::start(one("/token", status, "", body.to_string()));
    let refused = r#"{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}"#;
    let named = |scene: Scene| scene.env("GOOGLE_APPLICATION_CREDENTIALS", "{home}/key.json");
    let of = |provider: Provider| named(google(json!("aud"))).file("key.json", account(&provider));
    let file = |text: &str| named(google(json!("aud"))).file("key.json", text);
    let nowhere = Provider { port: 1, asked: Arc::default() };
    let cases: Vec<(&str, Scene, &str)> = vec![
        ("refused", of(token(400, refused)), "google-refused"),
        ("no token in the answer", of(token(200, "{}")), "google-refused"),
        (
            "something else than a token",
            of(token(200, r#"{"id_token": "Canary7"}"#)),
            "google-refused",
        ),
        ("not reached", of(nowhere), "google-unreachable"),
        ("the file is missing", named(google(json!("aud"))), "google-credentials"),
        ("the file is not JSON", file("Canary7"), "google-credentials"),
        ("another type", file(r#"{"type": "external_account"}"#), "google-credentials"),
        (
            "half a key",
            file(r#"{"type": "service_account", "client_email": "a", "token_uri": "b"}"#),
            "google-credentials",
        ),
        (
            "no key",
            file(
                r#"{"type": "service_account", "client_email": "a", "token_uri": "b", "private_key": "Canary7"}"#,
            ),
            "google-credentials",
        ),
        (
            "half a user",
            file(r#"{"type": "authorized_user", "client_id": "a", "client_secret": "Canary7"}"#),
            "google-credentials",
        ),
        (
            "nothing at all",
            google(json!("aud")).env("GCE_METADATA_IP", "127.0.0.1:1"),
            "google-credentials",
        ),
    ];
    for (name, scene, cause) in cases {
        let walked = scene.walk_in_all_forms(&Aws::start(Vec::new(), 5439), &["--timeout", "15"]);
        assert_eq!(walked.failure(), ("aws-role", cause), "{name}: {}", walked.report);
        assert_eq!(walked.calls(), Vec::<String>::new(), "{name}");
    }
}
