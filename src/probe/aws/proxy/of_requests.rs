//! Which proxy Python's `requests` takes, where it departs from `urllib`: networks in `NO_PROXY`,
//! the argument `proxies`, proxies for all schemes or for one host. As requests 2.34.2 does it.

use std::collections::BTreeMap;

use super::{bypasses, of_environment};

/// The environment's proxies, and those that are given.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::probe::aws) struct OfRequests {
    environment: BTreeMap<String, String>,
    given: BTreeMap<String, String>,
}

impl OfRequests {
    pub(in crate::probe::aws) fn new(
        environment: &BTreeMap<String, String>,
        given: BTreeMap<String, String>,
    ) -> OfRequests {
        OfRequests { environment: environment.clone(), given }
    }

    /// The proxy for a URL of this scheme, host and port. `merge_environment_settings` and
    /// `select_proxy`.
    pub(super) fn choose(&self, scheme: &str, host: &str, port: Option<u16>) -> Option<String> {
        // Python takes the brackets off an address, and its letters are small.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_lowercase();
        let mut known = self.given.clone();
        let (usual, except) = of_environment(&self.environment);
        if !self.is_excepted(&host, port, except.as_deref()) {
            for (scheme, proxy) in usual {
                known.entry(scheme).or_insert(proxy);
            }
        }
        let names = [
            format!("{scheme}://{host}"),
            scheme.to_string(),
            format!("all://{host}"),
            "all".to_string(),
        ];
        names.iter().find_map(|name| known.remove(name)).filter(|proxy| !proxy.is_empty())
    }

    /// `should_bypass_proxies`.
    fn is_excepted(&self, host: &str, port: Option<u16>, usual: Option<&str>) -> bool {
        let variable = |name: &str| {
            self.environment.get(name).map(String::as_str).filter(|text| !text.is_empty())
        };
        let given = self.given.get("no_proxy").map(String::as_str);
        let listed = given
            .or_else(|| variable("no_proxy").or_else(|| variable("NO_PROXY")))
            .unwrap_or_default()
            .replace(' ', "");
        let mut names = listed.split(',').filter(|name| !name.is_empty());
        let by_list = match inet_aton(host) {
            Some(address) => names.any(|name| match network(name) {
                Some((of, mask)) => address & mask == of & mask,
                None => host == name,
            }),
            None => {
                let with_port = port.map_or(host.to_string(), |port| format!("{host}:{port}"));
                names.any(|name| {
                    let name = name.trim_start_matches('.');
                    let below = format!(".{name}");
                    host == name
                        || with_port == name
                        || host.ends_with(&below)
                        || with_port.ends_with(&below)
                })
            }
        };
        // For this look, what is given stands in the place of the variable.
        by_list || given.or(usual).is_some_and(|except| bypasses(except, host, host))
    }
}

/// `is_valid_cidr`: an address and how many bits of it count.
fn network(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.split_once('/')?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=32).contains(bits))?;
    Some((inet_aton(address)?, u32::MAX << (32 - bits)))
}

/// `inet_aton(3)`: one to four numbers, decimal, octal or hexadecimal, of which the last fills what
/// is left.
fn inet_aton(text: &str) -> Option<u32> {
    let number = |text: &str| {
        let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => (digits, 16),
            None if text.len() > 1 && text.starts_with('0') => (text, 8),
            None => (text, 10),
        };
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
    };
    let numbers: Vec<u64> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3
        || first.iter().any(|part| *part > 255)
        || *last >= 1 << (8 * (4 - first.len()))
    {
        return None;
    }
    let above = first.iter().enumerate().map(|(i, part)| part << (24 - 8 * i)).sum::<u64>();
    u32::try_from(above + last).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Uri;
    use serde_json::Value as Json;

    /// `fixtures/probe/requests_proxies.jsonl`: what the real one took
    /// (`tools/recorders/record_proxies.py`).
    #[test]
    fn proxies_are_those_of_requests() {
        let recorded = include_str!("../../../../fixtures/probe/requests_proxies.jsonl");
        let (mut through, mut straight) = (0, 0);
        for line in recorded.lines() {
            let case: Json = serde_json::from_str(line).expect("JSON");
            let map = |name: &str| -> BTreeMap<String, String> {
                serde_json::from_value(case[name].clone()).expect("texts")
            };
            let url: Uri = case["url"].as_str().and_then(|url| url.parse().ok()).expect("a URL");
            let ours = OfRequests::new(&map("env"), map("proxies")).choose(
                url.scheme_str().expect("a scheme"),
                url.host().expect("a host"),
                url.port_u16(),
            );
            assert_eq!(ours.as_deref(), case["proxy"].as_str(), "{line}");
            *if ours.is_some() { &mut through } else { &mut straight } += 1;
        }
        assert!(through > 200 && straight > 50, "{through} through a proxy, {straight} past it");
    }

    #[test]
    fn addresses_are_those_of_the_c_library() {
        for (text, want) in [
            ("10.1.2.3", Some(0x0a01_0203)),
            ("10.257", Some(0x0a00_0101)),
            ("0x0a.010.1", Some(0x0a08_0001)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("1.2.3.256", None),
            ("256.1", None),
            ("1.2.3.4.5", None),
            ("09", None),
            ("", None),
            ("1..2", None),
            ("+1", None),
            ("a.example.com", None),
        ] {
            assert_eq!(inet_aton(text), want, "{text}");
        }
    }
}
