//! HTTP as Python's `requests` makes it: proxies and certificates of the environment, redirects
//! with their cookies.

use std::collections::BTreeMap;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{COOKIE, LOCATION, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::super::http::{Failed, Http};
use super::super::proxy::{OfRequests, Proxies};
use super::super::trust::{self, Trust};
use crate::probe::Surroundings;
use crate::probe::x509::Matcher;

/// `requests.models.DEFAULT_REDIRECT_LIMIT`.
const REDIRECTS: usize = crate::bounds::REDIRECTS.value;

/// What `requests` quotes in a URL that is not quoted yet (`requests.utils.requote_uri`).
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What a query or form value quotes (`urllib.parse.quote_plus`), where a blank becomes a plus.
const VALUE: &AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

pub(super) const BROKEN: Failed =
    Failed { cause: "request-broken", message: "the request cannot be written" };

const NO_URL: Failed = Failed { cause: "endpoint-invalid", message: "its address is not a URL" };

/// A session of `requests`; `verify` and `proxies` are the arguments of that name.
pub(super) fn session(
    surroundings: &Surroundings,
    verify: Option<Trust>,
    proxies: BTreeMap<String, String>,
) -> Result<Http, Failed> {
    let bundle = || {
        surroundings
            .variable("REQUESTS_CA_BUNDLE")
            .or_else(|| surroundings.variable("CURL_CA_BUNDLE"))
    };
    let trust = verify
        .unwrap_or_else(|| bundle().map_or(Trust::BuiltIn, |path| Trust::File(path.to_string())));
    let proxies = Proxies::of_requests(OfRequests::new(&surroundings.environment, proxies));
    Ok(Http { proxies, tls: trust::config(&trust, Matcher::Requests)? })
}

/// A URL as `requests` sends it, with a query behind its own.
pub(super) fn url(text: &str, query: &[(String, String)]) -> Result<Uri, Failed> {
    let text = text.split('#').next().unwrap_or_default().trim_start();
    let mut text = utf8_percent_encode(text, UNSAFE).to_string();
    if !query.is_empty() {
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str(&form(query));
    }
    let url: Uri = text.parse().map_err(|_| NO_URL)?;
    if matches!(url.scheme_str(), Some("http" | "https")) && url.authority().is_some() {
        Ok(url)
    } else {
        Err(NO_URL)
    }
}

/// Pairs as a form or query has them.
pub(super) fn form(pairs: &[(String, String)]) -> String {
    let quoted = |text: &str| utf8_percent_encode(text, VALUE).to_string().replace("%20", "+");
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", quoted(name), quoted(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A GET that follows redirects, if it may.
pub(super) async fn get(
    http: &Http,
    mut url: Uri,
    headers: &[(String, String)],
    cookies: &[(String, String)],
    follows: bool,
) -> Result<Response<Bytes>, Failed> {
    // Those that are given go everywhere, those that a host sets to that host alone.
    let mut jar: Vec<(Option<String>, String)> =
        cookies.iter().map(|(name, value)| (None, format!("{name}={value}"))).collect();
    for _ in 0..=REDIRECTS {
        let host = url.host().map(String::from);
        let mut request =
            Request::builder().method(Method::GET).uri(url.clone()).header("accept", "*/*");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let own: Vec<&str> = jar
            .iter()
            .filter(|(of, _)| of.is_none() || *of == host)
            .map(|(_, cookie)| cookie.as_str())
            .collect();
        if !own.is_empty() {
            request = request.header(COOKIE, own.join("; "));
        }
        let answer = http.send(request.body(Full::default()).map_err(|_| BROKEN)?).await?;
        let to = answer.headers().get(LOCATION).and_then(|l| l.to_str().ok());
        let Some(to) = to.filter(|_| follows && is_redirect(answer.status())) else {
            return Ok(answer);
        };
        for set in answer.headers().get_all(SET_COOKIE).iter().filter_map(|c| c.to_str().ok()) {
            jar.push((host.clone(), set.split(';').next().unwrap_or_default().to_string()));
        }
        url = self::url(&joined(&url, to), &[])?;
    }
    Err(Failed {
        cause: "too-many-redirects",
        message: "it sends from page to page without an end",
    })
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// `urljoin`, as far as servers make use of it.
fn joined(from: &Uri, to: &str) -> String {
    let scheme = from.scheme_str().unwrap_or("https");
    let root = format!("{scheme}://{}", from.authority().map(|a| a.as_str()).unwrap_or_default());
    match to {
        _ if to.contains("://") => to.to_string(),
        _ if to.starts_with("//") => format!("{scheme}:{to}"),
        _ if to.starts_with('/') => format!("{root}{to}"),
        _ => {
            let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{root}{folder}/{to}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{form, joined, url};

    #[test]
    fn addresses_are_those_of_requests() {
        let query = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>()
        };
        for (text, pairs, want) in [
            (
                "https://idp.example.com/sso?a=b#top",
                &[][..],
                Some("https://idp.example.com/sso?a=b"),
            ),
            (
                "http://idp.example.com/a b",
                &[("x", "1 2")],
                Some("http://idp.example.com/a%20b?x=1+2"),
            ),
            (
                "http://idp.example.com/?a=1",
                &[("x", "ü&")],
                Some("http://idp.example.com/?a=1&x=%C3%BC%26"),
            ),
            ("idp.example.com/sso", &[], None),
            ("ftp://idp.example.com/", &[], None),
            ("https://", &[], None),
        ] {
            assert_eq!(
                url(text, &query(pairs)).ok().map(|u| u.to_string()).as_deref(),
                want,
                "{text}"
            );
        }
        assert_eq!(
            form(&query(&[("grant_type", "urn:x:y"), ("a", "b+/=")])),
            "grant_type=urn%3Ax%3Ay&a=b%2B%2F%3D"
        );
        let from = "https://a.example.com/x/y?z".parse().expect("a URL");
        for (to, want) in [
            ("/wia", "https://a.example.com/wia"),
            ("next?b", "https://a.example.com/x/next?b"),
            ("//b.example.com/", "https://b.example.com/"),
            ("http://c.example.com/", "http://c.example.com/"),
        ] {
            assert_eq!(joined(&from, to), want);
        }
    }
}
