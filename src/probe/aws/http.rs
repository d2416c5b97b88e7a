//! HTTP for the AWS SDK: one connection for each request, through the proxy and with the roots that
//! botocore would take, and errors that name their layer.
//!
//! Bodies are wiped; what hyper, TLS and the SDK hold for themselves on the way is theirs.
//!
//! The client that comes with the SDK honours neither `AWS_CA_BUNDLE` nor `verify`, chooses proxies
//! by other rules than Python, and tells the layers apart only by their texts. So hyper runs on a
//! stream of ours.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::proxy::Proxies;
use crate::probe::Outcome;
use crate::probe::wire::verifier::Judged;
use crate::probe::x509::Verdict;

/// The longest time to look up a name and connect, as long as the SDK's own.
const CONNECT: Duration = Duration::from_millis(3_100);

/// The most that an answer may have, in bytes: DescribeClusters of one cluster has some thousand.
const MOST: usize = crate::bounds::AWS_ANSWER.value;

/// The most that the answer of a proxy to CONNECT may have, in bytes.
const MOST_OF_PROXY: usize = crate::bounds::PROXY_ANSWER.value;

/// What went wrong before there was an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// The cause of an [`Outcome`].
    pub(super) cause: &'static str,
    /// In words, without anything from outside.
    pub(super) message: &'static str,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Failed {}

const fn failed(cause: &'static str, message: &'static str) -> Failed {
    Failed { cause, message }
}

/// Causes of what may succeed with OpenSSL: nothing is proven then.
const UNPROVEN: &[&str] = &["certificate-version-1", "certificate-unproven", "tls-unproven"];

impl Failed {
    /// The end of a step.
    pub(super) fn outcome(&self) -> Outcome {
        if UNPROVEN.contains(&self.cause) {
            return Outcome::skipped(self.cause, self.message);
        }
        self.hints(Outcome::failed(self.cause, self.message))
    }

    /// Likely causes.
    fn hints(&self, outcome: Outcome) -> Outcome {
        match self.cause {
            "endpoint-not-found" => outcome
                .hint("the name of the region is wrong, or the region has no such service")
                .hint(
                    "this machine resolves no public names: a VPC endpoint with private DNS, or \
                     a proxy (HTTPS_PROXY) is needed",
                ),
            "endpoint-timeout" => outcome
                .hint(
                    "nothing leads out of this network: a NAT gateway, a VPC endpoint or a proxy \
                     (HTTPS_PROXY) is needed",
                )
                .hint("a firewall or security group drops what goes to AWS"),
            "endpoint-refused" => outcome.hint(
                "`endpoint_url` or AWS_ENDPOINT_URL names a place \
                 where nothing listens",
            ),
            "endpoint-certificate" => outcome
                .hint(
                    "a proxy that looks into TLS: its authority must be in the file of \
                     AWS_CA_BUNDLE or of `verify`",
                )
                .hint("`endpoint_url` names a host that the certificate is not for"),
            "proxy-unreachable" => outcome
                .hint("the proxy of HTTPS_PROXY or HTTP_PROXY is down, or its address is wrong")
                .hint("set NO_PROXY for what needs no proxy"),
            "proxy-refused" => outcome.hint(
                "the proxy wants a log-in, or does not let this host \
                 through",
            ),
            _ => outcome,
        }
    }
}

/// A client.
#[derive(Clone)]
pub(super) struct Http {
    pub(super) proxies: Proxies,
    pub(super) tls: Arc<ClientConfig>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http")
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let http = self.clone();
        HttpConnectorFuture::new(async move {
            let broken =
                |message| ConnectorError::user(Box::new(failed("request-broken", message)));
            let request =
                request.try_into_http1x().map_err(|_| broken("the request cannot be written"))?;
            let (parts, body) = request.into_parts();
            let body = body.bytes().map(wiped).ok_or_else(|| broken("the body is a stream"))?;
            let answer = http.send(Request::from_parts(parts, Full::new(body))).await;
            let answer = answer.map_err(|failed| ConnectorError::other(Box::new(failed), None))?;
            HttpResponse::try_from(answer.map(SdkBody::from))
                .map_err(|e| ConnectorError::other(Box::new(e), None))
        })
    }
}

impl Http {
    /// Sends a request and reads the whole answer.
    pub(super) async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Failed> {
        const NO_URL: Failed = failed("endpoint-invalid", "the endpoint is not a URL");
        let uri = request.uri().clone();
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(NO_URL);
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let secure = scheme == "https";
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let proxy = match self.proxies.of(scheme, host, authority.as_str()) {
            Some(Ok(proxy)) => Some(proxy),
            Some(Err(_)) => {
                return Err(failed(
                    "proxy-unusable",
                    "the proxy that is configured is not an `http://` proxy",
                ));
            }
            None => None,
        };
        let named = header::HeaderValue::from_str(
            authority.as_str().rsplit('@').next().unwrap_or_default(),
        )
        .map_err(|_| NO_URL)?;
        request.headers_mut().entry(header::HOST).or_insert(named);
        let mut stream = match &proxy {
            Some(proxy) => connect(&proxy.host, proxy.port)
                .await
                .map_err(|_| failed("proxy-unreachable", "the proxy cannot be reached"))?,
            None => connect(host, port).await?,
        };
        let log_in = proxy
            .as_ref()
            .and_then(|p| p.log_in.as_ref())
            .map(|l| format!("Basic {}", base64::encode(l)));
        if !secure {
            if proxy.is_some() {
                // A proxy is told the whole address.
                if let Some(value) = log_in.and_then(|l| header::HeaderValue::from_str(&l).ok()) {
                    request.headers_mut().insert(header::PROXY_AUTHORIZATION, value);
                }
            } else {
                *request.uri_mut() = origin(&uri)?;
            }
            return exchange(stream, request).await;
        }
        if proxy.is_some() {
            tunnel(&mut stream, &format!("{}:{port}", authority.host()), log_in.as_deref()).await?;
        }
        *request.uri_mut() = origin(&uri)?;
        let name = ServerName::try_from(host.to_string()).map_err(|_| NO_URL)?;
        let stream = TlsConnector::from(self.tls.clone())
            .connect(name, stream)
            .await
            .map_err(|error| refused(&error))?;
        exchange(stream, request).await
    }
}

/// Path and query alone.
fn origin(uri: &Uri) -> Result<Uri, Failed> {
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    path.parse().map_err(|_| failed("endpoint-invalid", "the endpoint is not a URL"))
}

/// Tries the addresses of a host in turn.
async fn connect(host: &str, port: u16) -> Result<TcpStream, Failed> {
    let connecting = async {
        let found = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> = found
            .map_err(|_| failed("endpoint-not-found", "the name of the endpoint does not resolve"))?
            .collect();
        let mut last = failed("endpoint-not-found", "the name of the endpoint has no address");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                    last = failed("endpoint-refused", "the endpoint refuses the connection");
                }
                Err(_) => last = failed("endpoint-unreachable", "the endpoint cannot be reached"),
            }
        }
        Err(last)
    };
    match tokio::time::timeout(CONNECT, connecting).await {
        Ok(result) => result,
        Err(_) => Err(failed("endpoint-timeout", "the endpoint does not answer")),
    }
}

/// Asks a proxy for a way through.
async fn tunnel(stream: &mut TcpStream, to: &str, log_in: Option<&str>) -> Result<(), Failed> {
    const SILENT: Failed = failed(
        "proxy-refused",
        "the proxy closes the connection or answers something that is not HTTP",
    );
    let log_in = log_in.map(|l| format!("Proxy-Authorization: {l}\r\n")).unwrap_or_default();
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{log_in}\r\n");
    let talk = async {
        stream.write_all(request.as_bytes()).await.map_err(|_| SILENT)?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() > MOST_OF_PROXY {
                return Err(SILENT);
            }
            answer.push(stream.read_u8().await.map_err(|_| SILENT)?);
        }
        let status = answer.strip_prefix(b"HTTP/1.").and_then(|a| a.get(2..5)).ok_or(SILENT)?;
        if status.starts_with(b"2") {
            Ok(())
        } else {
            Err(failed("proxy-refused", "the proxy refuses the way to the endpoint"))
        }
    };
    match tokio::time::timeout(CONNECT, talk).await {
        Ok(result) => result,
        Err(_) => Err(failed("proxy-unreachable", "the proxy does not answer")),
    }
}

/// Bytes that are wiped when nobody has them any more: passwords, keys and tokens are among them.
pub(super) fn wiped(bytes: &[u8]) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes.to_vec()))
}

fn refused(error: &std::io::Error) -> Failed {
    use rustls::AlertDescription as A;
    let error = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
    match error.and_then(Judged::of) {
        Some(Verdict::Refused(fault)) => return failed("endpoint-certificate", fault.words()),
        Some(Verdict::Unproven(doubt)) => return failed(doubt.cause(), doubt.words()),
        Some(Verdict::Trusted) | None => {}
    }
    match error {
        Some(rustls::Error::InvalidCertificate(_)) => failed(
            "endpoint-certificate",
            "the endpoint cannot prove that the key of its certificate is its own",
        ),
        Some(
            rustls::Error::AlertReceived(A::HandshakeFailure | A::InsufficientSecurity)
            | rustls::Error::PeerIncompatible(
                rustls::PeerIncompatible::NoCipherSuitesInCommon
                | rustls::PeerIncompatible::NoKxGroupsInCommon,
            ),
        ) => failed(
            "tls-unproven",
            "the endpoint takes none of the kinds of encryption that this probe speaks; OpenSSL \
             speaks more, and so boto3 may get through",
        ),
        Some(rustls::Error::InvalidMessage(_)) => {
            failed("endpoint-not-tls", "the endpoint speaks no TLS")
        }
        Some(_) => failed("endpoint-tls", "the TLS handshake with the endpoint fails"),
        None => {
            failed("endpoint-closed", "the endpoint closes the connection during the TLS handshake")
        }
    }
}

/// One request and its answer.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failed>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    const CLOSED: Failed = failed(
        "endpoint-closed",
        "the endpoint closes the connection, or answers something that is not HTTP",
    );
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| CLOSED)?;
    // It ends with the exchange: nothing is kept open.
    let connection = tokio::spawn(connection);
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(|_| CLOSED)?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MOST).collect().await;
        let body = body.map_err(|_| {
            failed("endpoint-closed", "the endpoint breaks its answer off, or it is too long")
        })?;
        Ok(Response::from_parts(parts, wiped(&body.to_bytes())))
    };
    let answer = exchange.await;
    connection.abort();
    answer
}
