//! Which proxy a request takes, as botocore decides it: Python's `getproxies` and `proxy_bypass`,
//! or `proxies` of `config_kwargs`. Requests of Python's `requests` have their own way of it.

mod of_requests;

use std::collections::BTreeMap;

pub(super) use of_requests::OfRequests;

/// Proxies by the scheme of the request.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Proxies {
    by_scheme: BTreeMap<String, String>,
    /// `no_proxy`; `config_kwargs` has none.
    except: Option<String>,
    /// Stands in the place of both.
    requests: Option<OfRequests>,
}

/// Host and port of a proxy, and its log-in.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// `user:password`, decoded.
    pub(super) log_in: Option<String>,
}

/// The text is no proxy that can be spoken to: a scheme other than `http`, or a port that is none.
pub(super) struct Unusable;

impl Proxies {
    pub(super) fn of_environment(environment: &BTreeMap<String, String>) -> Proxies {
        let (by_scheme, except) = of_environment(environment);
        Proxies { by_scheme, except, requests: None }
    }

    /// `proxies` of `config_kwargs`: the environment does not count.
    pub(super) fn given(by_scheme: BTreeMap<String, String>) -> Proxies {
        Proxies { by_scheme, ..Proxies::default() }
    }

    /// As `requests` takes them.
    pub(super) fn of_requests(requests: OfRequests) -> Proxies {
        Proxies { requests: Some(requests), ..Proxies::default() }
    }

    /// The proxy for a URL of this scheme, host and `host:port`.
    pub(super) fn of(
        &self,
        scheme: &str,
        host: &str,
        authority: &str,
    ) -> Option<Result<Proxy, Unusable>> {
        if let Some(requests) = &self.requests {
            let port = authority
                .strip_prefix(host)
                .and_then(|rest| rest.strip_prefix(':'))
                .and_then(|port| port.parse().ok());
            return requests.choose(scheme, host, port).map(|text| parse(&text));
        }
        if self.except.as_deref().is_some_and(|except| bypasses(except, host, authority)) {
            return None;
        }
        self.by_scheme.get(scheme).filter(|p| !p.is_empty()).map(|text| parse(text))
    }
}

/// `urllib.request.getproxies_environment`: any case, but lower case wins; an empty value in lower
/// case removes. `no_proxy` is apart.
pub(super) fn of_environment(
    environment: &BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Option<String>) {
    let mut found = BTreeMap::new();
    let named = || {
        environment.iter().filter_map(|(name, value)| {
            Some((name, name.to_lowercase().strip_suffix("_proxy")?.to_string(), value))
        })
    };
    for (_, scheme, value) in named().filter(|(.., value)| !value.is_empty()) {
        found.insert(scheme, value.clone());
    }
    if environment.contains_key("REQUEST_METHOD") {
        found.remove("http");
    }
    for (_, scheme, value) in named().filter(|(name, ..)| name.ends_with("_proxy")) {
        if value.is_empty() {
            found.remove(&scheme)
        } else {
            found.insert(scheme, value.clone())
        };
    }
    let except = found.remove("no");
    (found, except)
}

/// `proxy_bypass_environment`.
pub(super) fn bypasses(except: &str, host: &str, authority: &str) -> bool {
    let (host, authority) = (host.to_lowercase(), authority.to_lowercase());
    let matches = |name: &str| {
        let name = name.trim().trim_start_matches('.').to_lowercase();
        let ends = |whole: &str| {
            whole == name || whole.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.'))
        };
        !name.is_empty() && (ends(&host) || ends(&authority))
    };
    except == "*" || except.split(',').any(matches)
}

fn parse(text: &str) -> Result<Proxy, Unusable> {
    let rest = match text.split_once("://") {
        Some(("http", rest)) => rest,
        Some(_) => return Err(Unusable),
        None => text.strip_prefix("//").unwrap_or(text),
    };
    let netloc = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (log_in, address) = match netloc.rsplit_once('@') {
        Some((log_in, address)) => (Some(log_in), address),
        None => (None, netloc),
    };
    let (host, port) = match address.strip_prefix('[').and_then(|a| a.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
    };
    let port = port.filter(|p| !p.is_empty()).map_or(Ok(80), str::parse).map_err(|_| Unusable)?;
    if host.is_empty() {
        return Err(Unusable);
    }
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Ok(Proxy {
        host: host.to_string(),
        port,
        log_in: log_in.filter(|l| l.contains(':')).map(decoded),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    #[test]
    fn proxies_are_those_of_python() {
        let proxy = |host: &str, port, log_in: Option<&str>| {
            Some(Proxy { host: host.to_string(), port, log_in: log_in.map(String::from) })
        };
        for (pairs, host, want) in [
            (&[("HTTPS_PROXY", "http://p:3128")][..], "sts.amazonaws.com", proxy("p", 3128, None)),
            (&[("https_proxy", "p:3128")], "sts.amazonaws.com", proxy("p", 3128, None)),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "http://b:2")],
                "x",
                proxy("b", 2, None),
            ),
            (&[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "")], "x", None),
            (&[("HTTP_PROXY", "http://a:1")], "x", None),
            (&[("HTTPS_PROXY", "http://u%40:p@a")], "x", proxy("a", 80, Some("u@:p"))),
            (&[("HTTPS_PROXY", "http://[::1]:9/")], "x", proxy("::1", 9, None)),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", "amazonaws.com")],
                "sts.amazonaws.com",
                None,
            ),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", " .AMAZONAWS.com , x")],
                "sts.amazonaws.com",
                None,
            ),
            (&[("HTTPS_PROXY", "http://a:1"), ("no_proxy", "*")], "x", None),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("no_proxy", "zon.com")],
                "amazon.com",
                proxy("a", 1, None),
            ),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("no_proxy", "127.0.0.0/8")],
                "127.0.0.1",
                proxy("a", 1, None),
            ),
        ] {
            let found = Proxies::of_environment(&environment(pairs)).of("https", host, host);
            assert_eq!(found.and_then(Result::ok), want, "{pairs:?}");
        }
        for text in ["https://p:1", "socks5://p:1", "http://p:x", "http://"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
