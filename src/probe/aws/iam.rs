//! The smallest IAM policies that permit a call, with the ARNs of what was asked for.

use serde_json::{Value as Json, json};

use crate::check::public_text;
use crate::model::Value;
use crate::probe::Journal;

/// What a policy is made of.
pub(super) struct Scene<'a> {
    /// The region of the call.
    pub(super) region: &'a str,
    /// The account of whoever called, if that is known.
    pub(super) account: Option<&'a str>,
    /// The ARN of the workgroup, if that is known.
    pub(super) workgroup: Option<&'a str>,
    /// What AWS says, which may name the resource.
    pub(super) message: &'a str,
}

/// The partition of a region (botocore's partitions.json).
pub(super) fn partition(region: &str) -> &'static str {
    let known = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    known
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

/// The ARN behind `on resource:` in a message of AWS.
pub(super) fn resource(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("on resource: ")?;
    Some(rest.split_whitespace().next()?.trim_end_matches(['.', ','])).filter(|arn| is_arn(arn))
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/:*".contains(c);
    let is_account = |part: &str| {
        part.is_empty() || (part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    parts.len() == 6 && parts[0] == "arn" && is_account(parts[4]) && text.chars().all(fits)
}

/// An ARN in the words of a server may stand in a policy that is shown: it looks like one, and
/// holds no secret that is known.
pub(super) fn is_shown(arn: &str, journal: &Journal<'_>) -> bool {
    is_arn(arn) && journal.quote(arn) == arn
}

/// The policy that permits a call, or `None` for calls that need none.
pub(super) fn policy(
    service: &str,
    operation: &str,
    arguments: &[(String, Value<'static>)],
    scene: &Scene<'_>,
) -> Option<Json> {
    let named = |name: &str| {
        let value = arguments.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.as_str());
        value.filter(|v| public_text(v) && !v.is_empty()).map(String::from)
    };
    let of_message = |part: usize| {
        resource(scene.message).and_then(|arn| arn.split(':').nth(part)).filter(|p| !p.is_empty())
    };
    let account = of_message(4).or(scene.account).unwrap_or("ACCOUNT");
    let (region, partition) = (scene.region, partition(scene.region));
    let redshift = |kind: &str, name: &str| {
        format!("arn:{partition}:redshift:{region}:{account}:{kind}:{name}")
    };
    let cluster = || named("ClusterIdentifier").unwrap_or_else(|| "CLUSTER".to_string());
    let of_cluster = |kind: &str, argument: &str, otherwise: &str| {
        redshift(
            kind,
            &format!("{}/{}", cluster(), named(argument).unwrap_or_else(|| otherwise.to_string())),
        )
    };
    let workgroup = || {
        let known = scene.workgroup.or_else(|| resource(scene.message)).map(String::from);
        known.unwrap_or_else(|| {
            format!("arn:{partition}:redshift-serverless:{region}:{account}:workgroup/*")
        })
    };
    let resources = match operation {
        "GetClusterCredentials" => {
            vec![of_cluster("dbuser", "DbUser", "USER"), of_cluster("dbname", "DbName", "*")]
        }
        "GetClusterCredentialsWithIAM" => vec![of_cluster("dbname", "DbName", "*")],
        "DescribeClusters" => vec![redshift("cluster", &cluster())],
        "GetIdentityCenterAuthToken" if service == "redshift" => vec![redshift("cluster", "*")],
        "GetCredentials" | "GetWorkgroup" | "GetIdentityCenterAuthToken" => vec![workgroup()],
        "AssumeRole" | "AssumeRoleWithWebIdentity" => {
            vec![
                named("RoleArn")
                    .or_else(|| arn(arguments))
                    .or_else(|| resource(scene.message).map(String::from))?,
            ]
        }
        "DescribeAuthenticationProfiles"
        | "DescribeCustomDomainAssociations"
        | "ExecuteStatement"
        | "DescribeStatement" => {
            vec!["*".to_string()]
        }
        _ => return None,
    };
    let resource = if let [one] = &resources[..] { json!(one) } else { json!(resources) };
    let action = |operation: &str| format!("{service}:{operation}");
    // A statement is handed in with one action and asked after with another.
    let actions = match operation {
        "ExecuteStatement" => json!([action("ExecuteStatement"), action("DescribeStatement")]),
        operation => json!(action(operation)),
    };
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    Some(json!({ "Version": "2012-10-17", "Statement": [statement] }))
}

/// The ARN of a role, if it looks like one.
fn arn(arguments: &[(String, Value<'static>)]) -> Option<String> {
    let arn = arguments.iter().find(|(n, _)| n == "RoleArn")?.1.as_str()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/:".contains(c);
    (arn.starts_with("arn:")
        && arn.contains(":role/")
        && arn.len() <= 2048
        && arn.chars().all(fits))
    .then(|| arn.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_name_the_real_things() {
        let arguments = |pairs: &[(&str, &str)]| -> Vec<(String, Value<'static>)> {
            pairs.iter().map(|(k, v)| (k.to_string(), Value::text(*v))).collect()
        };
        let provisioned =
            arguments(&[("DbUser", "etl"), ("DbName", "dev"), ("ClusterIdentifier", "sales")]);
        let serverless = arguments(&[("dbName", "dev"), ("workgroupName", "wg")]);
        let role = arguments(&[("RoleArn", "arn:aws:iam::123456789012:role/etl")]);
        let said = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: \
                    redshift:GetClusterCredentials on resource: \
                    arn:aws:redshift:eu-west-1:111122223333:dbuser:sales/etl because no \
                    identity-based policy allows it";
        for (service, operation, arguments, region, account, message, want) in [
            (
                "redshift",
                "GetClusterCredentials",
                &provisioned,
                "eu-west-1",
                Some("123456789012"),
                "",
                json!([
                    "arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl",
                    "arn:aws:redshift:eu-west-1:123456789012:dbname:sales/dev"
                ]),
            ),
            (
                "redshift",
                "GetClusterCredentials",
                &provisioned,
                "eu-west-1",
                None,
                said,
                json!([
                    "arn:aws:redshift:eu-west-1:111122223333:dbuser:sales/etl",
                    "arn:aws:redshift:eu-west-1:111122223333:dbname:sales/dev"
                ]),
            ),
            (
                "redshift",
                "GetClusterCredentialsWithIAM",
                &provisioned,
                "cn-north-1",
                None,
                "",
                json!("arn:aws-cn:redshift:cn-north-1:ACCOUNT:dbname:sales/dev"),
            ),
            (
                "redshift-serverless",
                "GetCredentials",
                &serverless,
                "us-gov-west-1",
                Some("123456789012"),
                "",
                json!("arn:aws-us-gov:redshift-serverless:us-gov-west-1:123456789012:workgroup/*"),
            ),
            (
                "sts",
                "AssumeRole",
                &role,
                "eu-west-1",
                None,
                "",
                json!("arn:aws:iam::123456789012:role/etl"),
            ),
        ] {
            let scene = Scene { region, account, workgroup: None, message };
            let policy = policy(service, operation, arguments, &scene).expect("a policy");
            assert_eq!(policy["Statement"][0]["Resource"], want);
            assert_eq!(policy["Statement"][0]["Action"], format!("{service}:{operation}"));
        }
        assert!(
            policy(
                "sts",
                "GetCallerIdentity",
                &[],
                &Scene { region: "x", account: None, workgroup: None, message: "" }
            )
            .is_none()
        );
    }
}
