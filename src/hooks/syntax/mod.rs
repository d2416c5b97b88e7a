//! The syntax of AWS identifiers: clusters, workgroups, users, ARNs, regions, hosts, ports
//! (REDSHIFT.md 4.1, from botocore's models).

mod region;

use std::collections::HashSet;
use std::sync::LazyLock;

pub use region::{REGIONS, SUFFIXES, is_known_region, is_region, is_region_label, partition};

/// A cluster identifier: 1 to 63 lower-case letters, digits and single hyphens, a letter first, no
/// hyphen last.
pub fn is_cluster(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.ends_with('-')
        && !name.contains("--")
}

/// A serverless workgroup: 3 to 64 lower-case letters, digits and hyphens.
pub fn is_workgroup(name: &str) -> bool {
    (3..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Words that Redshift keeps for itself: "Reserved words" of its documentation, as
/// sqlalchemy-redshift 0.8.14 has them.
static RESERVED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../catalog/reserved_words.txt").split_ascii_whitespace().collect()
});

/// A user or database of GetClusterCredentials: 1 to 64 letters, digits and `_+.@-`, a letter
/// first, neither PUBLIC nor a reserved word.
pub fn is_db_user(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+.@-".contains(c))
        && !name.eq_ignore_ascii_case("public")
        && !RESERVED.contains(&*name.to_ascii_lowercase())
}

/// A database group: 1 to 64 lower-case letters, digits and `_+.@-`.
pub fn is_db_group(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+.@-".contains(c))
        && name != "public"
}

/// The ARN of an IAM role.
pub fn is_role_arn(arn: &str) -> bool {
    let Some((head, role)) = arn.split_once(":role/") else { return false };
    let (path, name) = role.rsplit_once('/').map_or(("", role), |(path, name)| (path, name));
    // Two slashes with nothing between them begin no path.
    if role.contains('/') && path.is_empty() {
        return false;
    }
    let [_, partition, service, region, account] = head.split(':').collect::<Vec<_>>()[..] else {
        return false;
    };
    (20..=2048).contains(&arn.len())
        && head.starts_with("arn:")
        && REGIONS.iter().any(|(p, _)| *p == partition)
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.chars().all(|c| c.is_ascii_digit())
        && path.len() <= 510
        && path.chars().all(|c| c.is_ascii_graphic())
        && (1..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

/// A role session name: 2 to 64 of `[\w+=,.@-]`.
pub fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

/// An external id: 2 to 1224 of `[\w+=,.@:\/-]`.
pub fn is_external_id(id: &str) -> bool {
    (2..=1224).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c))
}

/// A custom domain name.
pub fn is_custom_domain(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    (1..=253).contains(&name.len())
        && labels.len() > 1
        && labels.iter().all(|l| label(l))
        && labels[labels.len() - 1].len() > 1
}

/// A port that Redshift can listen on (1150 to 65535; newer node types and serverless 5431-5455 and
/// 8191-8215 only).
pub fn is_port(port: i64) -> bool {
    (1150..=65535).contains(&port)
}

/// What kind of name a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// `<cluster>.<hash>.<region>.redshift.<suffix>`.
    Provisioned,
    /// `<workgroup>.<account>.<region>.redshift-serverless.<suffix>`, or without the workgroup.
    Serverless,
    /// An IP address.
    Address,
    /// Another name: a custom domain, a load balancer, a VPC endpoint.
    Name,
    /// More than a name, or none: a port, a path, a scheme, blanks, a placeholder, an empty label.
    Invalid,
    /// `""`.
    Empty,
}

/// The kind of a host, by the real rules of AWS rather than by the driver's.
pub fn host(host: &str) -> Host {
    if host.is_empty() {
        return Host::Empty;
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Host::Address;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let labels: Vec<&str> = name.split('.').collect();
    let valid = |l: &&str| {
        !l.is_empty()
            && l.len() <= 63
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    if !labels.iter().all(valid) {
        return Host::Invalid;
    }
    let lower = name.to_ascii_lowercase();
    let before = SUFFIXES
        .iter()
        .filter_map(|s| lower.strip_suffix(s)?.strip_suffix('.'))
        .min_by_key(|l| l.len());
    let before: Vec<&str> = before.map(|b| b.split('.').collect()).unwrap_or_default();
    match before.as_slice() {
        [_, _, region, "redshift"] if is_region(region) => Host::Provisioned,
        [.., region, "redshift-serverless"]
            if is_region(region) && (3..=4).contains(&before.len()) =>
        {
            Host::Serverless
        }
        _ => Host::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn table(check: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for name in good {
            assert!(check(name), "{name:?} is good");
        }
        for name in bad {
            assert!(!check(name), "{name:?} is bad");
        }
    }

    #[test]
    fn identifiers() {
        let long = |n: usize| "a".repeat(n);
        table(
            is_cluster,
            &["c", "my-cluster", "redshift-cluster-1", &long(63)],
            &["", "1c", "C", "c-", "a--b", "a_b", "a.b", &long(64)],
        );
        // The API is case sensitive, and refuses what a form gladly takes.
        table(
            is_cluster,
            &["a1", "a-1-b", "my-cluster2"],
            &[
                " my-cluster",
                "my-cluster ",
                "My-Cluster",
                "<your-cluster>",
                "-a",
                "my-cluster.abc123",
                "é",
            ],
        );
        table(is_workgroup, &["a-b", "0-0", "---"], &["default wg", "DEFAULT", "wg.1", "<wg>"]);
        table(
            is_db_user,
            &["etl_user", "jane@example.com", "A1", "users", "tag1"],
            &["_etl", "-etl", "IAM:etl", "etl user", "\"etl\"", "Public", "é"],
        );
        table(is_db_group, &["bi-readers", "a+b@c", &long(64)], &["-etl", "ETL", "a:b", &long(65)]);
        table(
            is_workgroup,
            &["default-wg", "123", "abc", &long(64)],
            &["", "wg", "Wg1", "w_g", &long(65)],
        );
        table(
            is_db_user,
            &["awsuser", "a.b+c@d-e_f", "A", &long(64)],
            &[
                "",
                "1a",
                "a:b",
                "a/b",
                "PUBLIC",
                "public",
                "a b",
                &long(65),
                "user",
                "System",
                "WITHOUT",
            ],
        );
        table(is_db_group, &["etl", "bi_2", "a.b"], &["", "Etl", "1etl", "a b", "public"]);
    }

    #[test]
    fn arns() {
        table(
            is_role_arn,
            &[
                "arn:aws:iam::123456789012:role/airflow-role",
                "arn:aws-cn:iam::123456789012:role/airflow",
                "arn:aws-us-gov:iam::123456789012:role/team/path/airflow",
                "arn:aws-eusc:iam::123456789012:role/a",
                "arn:aws-iso:iam::123456789012:role/airflow",
                "arn:aws-iso-b:iam::123456789012:role/airflow",
                "arn:aws-iso-e:iam::123456789012:role/airflow",
                "arn:aws-iso-f:iam::123456789012:role/airflow",
                "arn:aws:iam::123456789012:role/aws-service-role/redshift.amazonaws.com/AWSServiceRole",
                "arn:aws:iam::123456789012:role/a+b=c,d.e@f-g_h",
                &format!("arn:aws:iam::123456789012:role/{}", "a".repeat(64)),
            ],
            &[
                "",
                "airflow-role",
                "arn:aws:iam::12345678901:role/airflow-role",
                "arn:aws:iam::123456789012:user/airflow",
                "arn:aws:sts::123456789012:assumed-role/airflow/x",
                "arn:aws:iam:us-east-1:123456789012:role/airflow",
                "arn:amazon:iam::123456789012:role/airflow",
                "arn:aws:iam::123456789012:role/",
                "arn:aws:iam::123456789012:role/air flow",
                "arn:aws:iam::123456789012:role/airflow ",
                "<your-role-arn>",
                "\"arn:aws:iam::123456789012:role/airflow-role\"",
                " arn:aws:iam::123456789012:role/airflow-role",
                "arn:aws:iam::123456789012:instance-profile/airflow",
                "arn:aws:iam::1234-5678-9012:role/airflow-role",
                "arn:aws:iam:::role/airflow-role",
                "arn:aws:redshift:us-east-1:123456789012:cluster:my-cluster",
                "arn:aws:iam::123456789012:role/team/",
                "arn:aws:iam::123456789012:role//airflow",
                &format!("arn:aws:iam::123456789012:role/{}", "a".repeat(65)),
            ],
        );
        table(is_session_name, &["airflow_aws_default", "a=b,c.d@e-f"], &["", "a", "a b", "a/b"]);
        table(is_external_id, &["ext-1", "a:b/c"], &["", "x", "a b", "a#b"]);
    }

    #[test]
    fn hosts() {
        for (name, want) in [
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com", Host::Provisioned),
            ("MY-CLUSTER.cg034hpkmmjt.us-east-1.redshift.amazonaws.com", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.cn-north-1.redshift.amazonaws.com.cn", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.us-gov-west-1.redshift.amazonaws.com", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.eusc-de-east-1.redshift.amazonaws.eu", Host::Provisioned),
            (
                "default-wg.123456789012.us-east-1.redshift-serverless.amazonaws.com",
                Host::Serverless,
            ),
            (
                "default-wg.123456789012.cn-north-1.redshift-serverless.amazonaws.com.cn",
                Host::Serverless,
            ),
            ("123456789012.us-east-1.redshift-serverless.amazonaws.com", Host::Serverless),
            ("my-cluster.cg034hpkmmjt.us-iso-east-1.redshift.c2s.ic.gov", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.us-isob-east-1.redshift.sc2s.sgov.gov", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.eu-isoe-west-1.redshift.cloud.adc-e.uk", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.us-isof-south-1.redshift.csp.hci.ic.gov", Host::Provisioned),
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com.", Host::Provisioned),
            (
                "default-wg.123456789012.us-gov-west-1.redshift-serverless.amazonaws.com",
                Host::Serverless,
            ),
            (
                "default-wg.123456789012.eusc-de-east-1.redshift-serverless.amazonaws.eu",
                Host::Serverless,
            ),
            ("my-cluster.us-east-1.redshift.amazonaws.com", Host::Name),
            ("vpce-0a1b2c3d.redshift.us-east-1.vpce.amazonaws.com", Host::Name),
            ("my_proxy.example.com", Host::Name),
            ("192.0.2.10", Host::Address),
            (
                "https://us-east-1.console.aws.amazon.com/redshiftv2/home?region=us-east-1",
                Host::Invalid,
            ),
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com:5439", Host::Invalid),
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com/dev", Host::Invalid),
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com ", Host::Invalid),
            ("etl@my-cluster.example.com", Host::Invalid),
            ("[2001:db8::1]", Host::Invalid),
            ("redshift.example.com", Host::Name),
            ("nlb-1a2b3c.elb.us-east-1.amazonaws.com", Host::Name),
            ("localhost", Host::Name),
            ("10.0.0.7", Host::Address),
            ("::1", Host::Address),
            ("", Host::Empty),
            ("my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com:5439/dev", Host::Invalid),
            ("jdbc:redshift://my-cluster", Host::Invalid),
            ("<your-host>", Host::Invalid),
            (" host", Host::Invalid),
            ("a..b", Host::Invalid),
        ] {
            assert_eq!(host(name), want, "{name}");
        }
        table(
            is_custom_domain,
            &["redshift.example.com", "a.io"],
            &["", "localhost", "a_b.com", "-a.com", "a..com", "a.c"],
        );
        assert!(is_port(5439) && is_port(8192) && !is_port(0) && !is_port(70000) && !is_port(443));
    }
}
