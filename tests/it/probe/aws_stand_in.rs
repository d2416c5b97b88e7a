//! A stand-in for the AWS API on loopback: answers the calls of a probe as AWS would, or breaks
//! where it is told, and writes down who asked what.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The secret of every temporary key, and the password and token that Redshift hands out.
pub(crate) const SECRET: &str = "Canary7/Spring#rain";

/// One call, as it came over the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    /// The key that signed; empty if nobody did.
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) token: bool,
    pub(crate) arguments: BTreeMap<String, String>,
}

/// What happens instead of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    /// An error of AWS: HTTP status, code, message.
    Error(u16, &'static str, &'static str),
    /// A page that is not AWS's, with this status.
    Page(u16),
    /// The connection is closed.
    Close,
    /// Nothing is said.
    Silence,
    /// A body without an end.
    Endless,
    /// A cluster or workgroup in this state.
    State(&'static str),
}

/// Which operation breaks how; `only` is the key whose calls break, empty for all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) operation: &'static str,
    pub(crate) only: &'static str,
    pub(crate) what: Break,
}

/// The server, which lives as long as the process.
pub(crate) struct Aws {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Aws {
    /// Serves on a free port of loopback. `endpoint` is the port of the cluster that it names.
    pub(crate) fn start(faults: Vec<Fault>, endpoint: u16) -> Aws {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, faults) = (asked.clone(), Arc::new(faults));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, faults) = (log.clone(), faults.clone());
                std::thread::spawn(move || drop(serve(stream, &log, &faults, endpoint)));
            }
        });
        Aws { port, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    faults: &[Fault],
    endpoint: u16,
) -> std::io::Result<()> {
    let (head, body) = match receive(&mut stream) {
        // What is not text is TLS: servers of plain HTTP say this.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
        received => received?,
    };
    let asked = read(&head, &body);
    log.lock().expect("not poisoned").push(asked.clone());
    let fits =
        |f: &&Fault| f.operation == asked.operation && (f.only.is_empty() || f.only == asked.key);
    let json =
        head.to_lowercase().contains("x-amz-target:") || asked.operation == "GetRoleCredentials";
    // No custom domain is registered here: what asks by one is refused, and asks again by the
    // cluster's identifier.
    let unknown =
        Break::Error(404, "CustomDomainAssociationNotFoundFault", "no such custom domain");
    let by_domain = asked.arguments.contains_key("CustomDomainName").then_some(unknown);
    let (status, body) = match faults.iter().find(fits).map(|f| f.what).or(by_domain) {
        None => answer(&asked, "available", endpoint),
        Some(Break::State(state)) => answer(&asked, state, endpoint),
        Some(Break::Error(status, code, message)) if json => {
            (status, format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
        }
        Some(Break::Error(status, code, message)) => {
            let error = format!(
                "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            );
            (status, format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"))
        }
        Some(Break::Page(status)) => {
            (status, "<!doctype html><html><body>Welcome</body></html>".to_string())
        }
        Some(Break::Close) => return Ok(()),
        Some(Break::Silence) => {
            // Until the client goes away.
            while stream.read(&mut [0; 64])? > 0 {}
            return Ok(());
        }
        Some(Break::Endless) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>")?;
            loop {
                stream.write_all(&[b' '; 4096])?;
            }
        }
    };
    let kind = if json { "application/x-amz-json-1.1" } else { "text/xml" };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Head and body of a request.
pub(crate) fn receive(stream: &mut impl Read) -> std::io::Result<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = header(&head, "content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn read(head: &str, body: &str) -> Asked {
    let mut asked =
        Asked { token: header(head, "x-amz-security-token").is_some(), ..Asked::default() };
    if let Some(scope) = header(head, "authorization")
        .and_then(|a| a.split_once("Credential="))
        .map(|(_, rest)| rest)
    {
        let mut parts = scope.split('/');
        asked.key = parts.next().unwrap_or_default().to_string();
        asked.region = parts.nth(1).unwrap_or_default().to_string();
    }
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = |text: &str| {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (decoded(k), decoded(v)))
            .collect()
    };
    if let Some((path, query)) = head.split(' ').nth(1).and_then(|target| target.split_once('?'))
        && path.ends_with("/federation/credentials")
    {
        asked.operation = "GetRoleCredentials".to_string();
        asked.arguments = pairs(query);
        asked.arguments.extend(
            header(head, "x-amz-sso_bearer_token")
                .map(|token| ("token".to_string(), token.to_string())),
        );
        return asked;
    }
    match header(head, "x-amz-target") {
        Some(target) => {
            asked.operation = target.rsplit('.').next().unwrap_or_default().to_string();
            if let Ok(serde_json::Value::Object(map)) = serde_json::from_str(body) {
                asked.arguments = map
                    .iter()
                    .map(|(k, v)| {
                        (k.clone(), v.as_str().map_or_else(|| v.to_string(), String::from))
                    })
                    .collect();
            }
        }
        None => {
            asked.arguments = pairs(body);
            asked.operation = asked.arguments.remove("Action").unwrap_or_default();
            asked.arguments.remove("Version");
        }
    }
    asked
}

/// What AWS would say. The field names are those of botocore's models.
fn answer(asked: &Asked, state: &str, port: u16) -> (u16, String) {
    let end = "2099-01-01T00:00:00Z";
    let given = |name: &str| asked.arguments.get(name).cloned().unwrap_or_default();
    let operation = asked.operation.as_str();
    let keys = || {
        let keys = format!(
            "<AccessKeyId>ASIATEMPORARY0000000</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>"
        );
        let keys = format!(
            "<Credentials>{keys}<SessionToken>{SECRET}</SessionToken><Expiration>{end}</Expiration></Credentials>"
        );
        let arn =
            format!("arn:aws:sts::123456789012:assumed-role/etl/{}", given("RoleSessionName"));
        format!(
            "{keys}<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>"
        )
    };
    let temporary = |user: &str| {
        format!(
            "<DbUser>{user}</DbUser><DbPassword>{SECRET}</DbPassword><Expiration>{end}</Expiration>"
        )
    };
    let result = match operation {
        "GetCallerIdentity" => {
            "<UserId>AIDA</UserId><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/airflow</Arn>".to_string()
        }
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => keys(),
        "DescribeClusters" => {
            let name = given("ClusterIdentifier");
            let endpoint = format!("<Endpoint><Address>localhost</Address><Port>{port}</Port></Endpoint>");
            let facts = format!("<ClusterIdentifier>{name}</ClusterIdentifier><ClusterStatus>{state}</ClusterStatus>");
            format!("<Clusters><Cluster>{facts}{endpoint}<PubliclyAccessible>true</PubliclyAccessible></Cluster></Clusters>")
        }
        "GetClusterCredentials" => temporary(&format!("IAM:{}", given("DbUser"))),
        "GetClusterCredentialsWithIAM" => temporary("IAM:airflow"),
        "DescribeCustomDomainAssociations" => "<Associations/>".to_string(),
        "DescribeAuthenticationProfiles" => {
            // The content is the name, where that is JSON.
            let name = given("AuthenticationProfileName");
            let content = if name.starts_with('{') { name.replace('"', "&quot;") } else { "{}".to_string() };
            let content = format!("<AuthenticationProfileContent>{content}</AuthenticationProfileContent>");
            format!("<AuthenticationProfiles><member>{content}</member></AuthenticationProfiles>")
        }
        "GetIdentityCenterAuthToken" if !asked.arguments.contains_key("workgroupNames") => {
            format!("<Token>{SECRET}</Token><ExpirationTime>{end}</ExpirationTime>")
        }
        "GetIdentityCenterAuthToken" => return (200, format!(r#"{{"token":"{SECRET}","expirationTime":"{end}"}}"#)),
        "GetRoleCredentials" => {
            let keys = format!(r#""accessKeyId":"ASIATEMPORARY0000000","secretAccessKey":"{SECRET}","sessionToken":"{SECRET}""#);
            return (200, format!(r#"{{"roleCredentials":{{{keys},"expiration":4102444800000}}}}"#));
        }
        "GetCredentials" => {
            return (200, format!(r#"{{"dbUser":"IAM:airflow","dbPassword":"{SECRET}","expiration":4070908800}}"#));
        }
        "GetWorkgroup" => {
            let arn = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/0b2f";
            let endpoint = format!(r#"{{"address":"localhost","port":{port}}}"#);
            let state = state.to_uppercase();
            return (
                200,
                format!(r#"{{"workgroup":{{"status":"{state}","workgroupArn":"{arn}","endpoint":{endpoint},"publiclyAccessible":true}}}}"#),
            );
        }
        "ExecuteStatement" => return (200, r#"{"Id":"d9b6c0c9-0747-4bf4-b142-e8883122f766"}"#.to_string()),
        "DescribeStatement" => {
            let state = if state == "available" { "FINISHED" } else { state };
            return (
                200,
                format!(r#"{{"Id":"d9b6c0c9","Status":"{state}","Error":"user \"nobody\" does not exist","CreatedAt":1,"UpdatedAt":1}}"#),
            );
        }
        _ => return (400, "<ErrorResponse><Error><Code>InvalidAction</Code><Message>?</Message></Error></ErrorResponse>".to_string()),
    };
    (
        200,
        format!(
            "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
        ),
    )
}
