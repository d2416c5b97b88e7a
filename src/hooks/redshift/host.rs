//! What `redshift_connector` reads out of a host, by its own regular expressions and with their
//! faults.

/// A host as the driver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// Looks like a provisioned cluster's endpoint.
    Provisioned {
        /// The first group: the cluster identifier, with any further labels before the last two.
        cluster: String,
        /// The last group of the pattern: one character of the suffix where something follows
        /// `amazonaws.com`.
        region: String,
    },
    /// Looks like a serverless workgroup's endpoint.
    Serverless {
        /// The workgroup, if the host has a label for it.
        workgroup: Option<String>,
        /// The account; missing where something follows `amazonaws.com`.
        account: Option<String>,
        /// The last group of the pattern.
        region: String,
    },
    /// Anything else: a custom domain, an address, a load balancer, nothing.
    Other,
}

/// Reads a host as redshift_connector 2.0.912 to 2.2.0 do (`redshift_property.py`).
pub fn read(host: &str) -> HostKind {
    if let Some(groups) = fullmatch(host, "redshift", 3) {
        return HostKind::Provisioned { cluster: groups[0].clone(), region: last(&groups) };
    }
    let with_workgroup = fullmatch(host, "redshift-serverless", 3);
    match with_workgroup.clone().or_else(|| fullmatch(host, "redshift-serverless", 2)) {
        Some(groups) => HostKind::Serverless {
            workgroup: with_workgroup.map(|g| g[0].clone()),
            // group(lastindex - 1): `(-dev)?` takes part in the count only where it matched.
            account: before_last(&groups),
            region: last(&groups),
        },
        None => HostKind::Other,
    }
}

/// A real region in the host, whatever the partition: what the driver should have read.
pub fn true_region(host: &str) -> Option<&str> {
    let labels: Vec<&str> = host.split('.').collect();
    let service = labels.iter().position(|l| {
        l.eq_ignore_ascii_case("redshift") || l.eq_ignore_ascii_case("redshift-serverless")
    })?;
    let region = labels.get(service.checked_sub(1)?)?;
    crate::hooks::syntax::is_region(region).then_some(region)
}

/// `re.fullmatch` of `(.+)\.(.+)\.(.+).NAME(-dev)?\.amazonaws\.com(.)*`, or with one group less:
/// the groups, unmatched ones empty.
///
/// `.` before NAME is any character. Every group is greedy, so the last possible NAME, then the
/// last possible dots are taken.
fn fullmatch(host: &str, name: &str, count: usize) -> Option<Vec<String>> {
    if host.contains('\n') {
        return None;
    }
    let chars: Vec<char> = host.chars().collect();
    let tail = |at: usize| -> Option<(bool, usize)> {
        let at = skip(&chars, at, name)?;
        let (dev, at) = skip(&chars, at, "-dev").map_or((false, at), |next| (true, next));
        Some((dev, chars.len() - skip(&chars, at, ".amazonaws.com")?))
    };
    // `end` is the character before NAME: the end of the last of the first groups.
    let (end, (dev, suffix)) =
        (1..chars.len()).rev().find_map(|end| tail(end + 1).map(|t| (end, t)))?;
    let mut groups = Vec::new();
    let mut stop = end;
    for _ in 1..count {
        let dot = (1..stop.checked_sub(1)?).rev().find(|&i| chars[i] == '.')?;
        groups.push(chars[dot + 1..stop].iter().collect::<String>());
        stop = dot;
    }
    groups.push(chars[..stop].iter().collect());
    groups.reverse();
    groups.push(if dev { "-dev".to_string() } else { String::new() });
    groups.push(if suffix > 0 { chars[chars.len() - 1].to_string() } else { String::new() });
    Some(groups)
}

/// The position behind `text`, if it stands at `at`.
fn skip(chars: &[char], at: usize, text: &str) -> Option<usize> {
    let next = at + text.len();
    (chars.len() >= next && text.chars().zip(&chars[at..]).all(|(a, b)| a == *b)).then_some(next)
}

/// `match.group(match.lastindex)`.
fn last(groups: &[String]) -> String {
    groups.iter().rev().find(|g| !g.is_empty()).cloned().unwrap_or_default()
}

/// `match.group(match.lastindex - 1)`.
fn before_last(groups: &[String]) -> Option<String> {
    let last = groups.iter().rposition(|g| !g.is_empty())?;
    groups.get(last.checked_sub(1)?).filter(|g| !g.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_cut_where_the_driver_cuts_them() {
        let provisioned = |cluster: &str, region: &str| HostKind::Provisioned {
            cluster: cluster.into(),
            region: region.into(),
        };
        let serverless =
            |workgroup: Option<&str>, account: Option<&str>, region: &str| HostKind::Serverless {
                workgroup: workgroup.map(Into::into),
                account: account.map(Into::into),
                region: region.into(),
            };
        let account = Some("123456789012");
        for (host, want) in [
            (
                "my-cluster.abc123.us-east-1.redshift.amazonaws.com",
                provisioned("my-cluster", "us-east-1"),
            ),
            (
                "my-cluster.abc123.us-gov-west-1.redshift.amazonaws.com",
                provisioned("my-cluster", "us-gov-west-1"),
            ),
            (
                "my-cluster.abc123.cn-north-1.redshift.amazonaws.com.cn",
                provisioned("my-cluster", "n"),
            ),
            (
                "my-cluster.abc123.us-east-1.redshift-dev.amazonaws.com",
                provisioned("my-cluster", "-dev"),
            ),
            ("a.b.abc123.us-east-1.redshift.amazonaws.com:5439/dev", provisioned("a.b", "v")),
            ("abc123.us-east-1.redshift.amazonaws.com", HostKind::Other),
            (
                "MY-CLUSTER.abc123.us-east-1.redshift.amazonaws.com",
                provisioned("MY-CLUSTER", "us-east-1"),
            ),
            ("my-cluster.abc123.us-east-1.REDSHIFT.AMAZONAWS.COM", HostKind::Other),
            (
                "wg.123456789012.us-east-1.redshift-serverless.amazonaws.com",
                serverless(Some("wg"), account, "us-east-1"),
            ),
            (
                "123456789012.us-east-1.redshift-serverless.amazonaws.com",
                serverless(None, account, "us-east-1"),
            ),
            (
                "wg.123456789012.cn-north-1.redshift-serverless.amazonaws.com.cn",
                serverless(Some("wg"), None, "n"),
            ),
            ("redshift.example.com", HostKind::Other),
            ("127.0.0.1", HostKind::Other),
            ("", HostKind::Other),
        ] {
            assert_eq!(read(host), want, "{host}");
        }
    }

    #[test]
    fn the_true_region_stands_before_the_service() {
        for (host, want) in [
            ("my-cluster.abc123.cn-north-1.redshift.amazonaws.com.cn", Some("cn-north-1")),
            ("wg.123456789012.us-east-1.redshift-serverless.amazonaws.com", Some("us-east-1")),
            ("my-cluster.abc123.eusc-de-east-1.redshift.amazonaws.eu", Some("eusc-de-east-1")),
            ("redshift.example.com", None),
            ("10.0.0.1", None),
        ] {
            assert_eq!(true_region(host), want, "{host}");
        }
    }
}
