//! The calls of the AWS API that a plan may have, with exactly the arguments that hook or driver
//! give.

use aws_sdk_redshift::types::Cluster as RedshiftCluster;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::date_time::Format;

use super::arguments::Arguments;
use super::clients::{Channel, client};
use super::http::Failed;
use crate::boto3::Keys;
use crate::model::{Secret, Value};

/// How long to wait before a statement is asked after again.
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(300);

/// What AWS answered.
pub(super) enum Answer {
    /// Who calls.
    Identity { account: String, arn: String },
    /// The keys of a role.
    Role { keys: Keys, arn: Option<String>, expires: Option<String> },
    /// A cluster or workgroup.
    Cluster(Cluster),
    /// A temporary user.
    Temporary { user: String, password: Secret, expires: Option<u64>, until: Option<String> },
    /// A token of Identity Center.
    Token { token: Secret, until: Option<String> },
    /// The content of an authentication profile.
    Profile(String),
    /// Something else; the plan asks for nothing that is in it.
    Done,
}

/// A cluster or workgroup.
pub(super) struct Cluster {
    pub(super) status: String,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) public: Option<bool>,
    /// The ARN of a workgroup, for policies.
    pub(super) arn: Option<String>,
}

/// Why there is no answer that helps.
pub(super) enum Refusal {
    /// It did not reach AWS.
    NotSent(Failed),
    /// AWS said no.
    Refused { status: u16, code: String, message: String },
    /// Something else than AWS answered, with this HTTP status.
    NotAws(u16),
    /// The SDK could not make the request.
    Broken,
}

impl Refusal {
    /// The code that AWS gave.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Refusal::Refused { code, .. } => Some(code),
            Refusal::NotSent(_) | Refusal::NotAws(_) | Refusal::Broken => None,
        }
    }
}

/// Makes a call.
pub(super) async fn call(
    service: &str,
    operation: &str,
    arguments: &[(String, Value<'static>)],
    to: &Channel,
) -> Result<Answer, Refusal> {
    let arguments = Arguments(arguments);
    match service {
        "sts" => sts(operation, &arguments, to).await,
        "redshift" => redshift(operation, &arguments, to).await,
        "redshift-serverless" => serverless(operation, &arguments, to).await,
        "redshift-data" => statement(&arguments, to).await,
        _ => Err(Refusal::Broken),
    }
}

async fn sts(operation: &str, a: &Arguments<'_>, to: &Channel) -> Result<Answer, Refusal> {
    use aws_sdk_sts::types::{PolicyDescriptorType, ProvidedContext, Tag};
    let client = client!(aws_sdk_sts, to);
    let policies = || {
        a.objects("PolicyArns", |get| {
            Some(PolicyDescriptorType::builder().set_arn(get("arn")).build())
        })
    };
    // Secrets are moved out of answers, not copied: what is left of them would not be wiped.
    let role = |keys: Option<aws_sdk_sts::types::Credentials>,
                user: Option<&aws_sdk_sts::types::AssumedRoleUser>| match keys {
        Some(keys) => Ok(Answer::Role {
            expires: time(Some(&keys.expiration)).1,
            keys: Keys {
                access_key_id: keys.access_key_id,
                secret_access_key: Secret::text(keys.secret_access_key),
                session_token: Some(Secret::text(keys.session_token)),
            },
            arn: user.map(|u| u.arn().to_string()),
        }),
        None => Err(Refusal::NotAws(200)),
    };
    match operation {
        "GetCallerIdentity" => {
            let answer = client.get_caller_identity().send().await.map_err(refusal)?;
            match (answer.account(), answer.arn()) {
                (Some(account), Some(arn)) => {
                    Ok(Answer::Identity { account: account.to_string(), arn: arn.to_string() })
                }
                _ => Err(Refusal::NotAws(200)),
            }
        }
        "AssumeRole" => {
            let tags = a.objects("Tags", |get| {
                Tag::builder().set_key(get("Key")).set_value(get("Value")).build().ok()
            });
            let contexts = a.objects("ProvidedContexts", |get| {
                Some(
                    ProvidedContext::builder()
                        .set_provider_arn(get("ProviderArn"))
                        .set_context_assertion(get("ContextAssertion"))
                        .build(),
                )
            });
            let request = client
                .assume_role()
                .set_role_arn(a.text("RoleArn"))
                .set_role_session_name(a.text("RoleSessionName"))
                .set_policy_arns(policies())
                .set_policy(a.text("Policy"))
                .set_duration_seconds(a.int("DurationSeconds"))
                .set_tags(tags)
                .set_transitive_tag_keys(a.texts("TransitiveTagKeys"))
                .set_external_id(a.text("ExternalId"))
                .set_serial_number(a.text("SerialNumber"))
                .set_token_code(a.text("TokenCode"))
                .set_source_identity(a.text("SourceIdentity"))
                .set_provided_contexts(contexts);
            let mut answer = request.send().await.map_err(refusal)?;
            role(answer.credentials.take(), answer.assumed_role_user())
        }
        "AssumeRoleWithWebIdentity" => {
            let request = client
                .assume_role_with_web_identity()
                .set_role_arn(a.text("RoleArn"))
                .set_role_session_name(a.text("RoleSessionName"))
                .set_web_identity_token(a.text("WebIdentityToken"))
                .set_provider_id(a.text("ProviderId"))
                .set_policy_arns(policies())
                .set_policy(a.text("Policy"))
                .set_duration_seconds(a.int("DurationSeconds"));
            let mut answer = request.send().await.map_err(refusal)?;
            role(answer.credentials.take(), answer.assumed_role_user())
        }
        "AssumeRoleWithSAML" => {
            let request = client
                .assume_role_with_saml()
                .set_role_arn(a.text("RoleArn"))
                .set_principal_arn(a.text("PrincipalArn"))
                .set_saml_assertion(a.text("SAMLAssertion"))
                .set_policy_arns(policies())
                .set_policy(a.text("Policy"))
                .set_duration_seconds(a.int("DurationSeconds"));
            let mut answer = request.send().await.map_err(refusal)?;
            role(answer.credentials.take(), answer.assumed_role_user())
        }
        _ => Err(Refusal::Broken),
    }
}

async fn redshift(operation: &str, a: &Arguments<'_>, to: &Channel) -> Result<Answer, Refusal> {
    let client = client!(aws_sdk_redshift, to);
    match operation {
        "DescribeClusters" => {
            let answer = client
                .describe_clusters()
                .set_cluster_identifier(a.text("ClusterIdentifier"))
                .send()
                .await
                .map_err(refusal)?;
            answer
                .clusters()
                .first()
                .map(|c| Answer::Cluster(cluster(c)))
                .ok_or(Refusal::NotAws(200))
        }
        "DescribeCustomDomainAssociations" => {
            let request = client
                .describe_custom_domain_associations()
                .set_custom_domain_name(a.text("CustomDomainName"));
            request.send().await.map_err(refusal).map(|_| Answer::Done)
        }
        "DescribeAuthenticationProfiles" => {
            let request = client.describe_authentication_profiles();
            let request =
                request.set_authentication_profile_name(a.text("AuthenticationProfileName"));
            let answer = request.send().await.map_err(refusal)?;
            let content = answer
                .authentication_profiles()
                .first()
                .and_then(|profile| profile.authentication_profile_content());
            content.map(|content| Answer::Profile(content.to_string())).ok_or(Refusal::NotAws(200))
        }
        "GetClusterCredentials" => {
            let request = client
                .get_cluster_credentials()
                .set_db_user(a.text("DbUser"))
                .set_db_name(a.text("DbName"))
                .set_cluster_identifier(a.text("ClusterIdentifier"))
                .set_custom_domain_name(a.text("CustomDomainName"))
                .set_db_groups(a.texts("DbGroups"))
                .set_duration_seconds(a.int("DurationSeconds"))
                // True would create a user at log-in.
                .auto_create(false);
            let mut answer = request.send().await.map_err(refusal)?;
            temporary(answer.db_user.take(), answer.db_password.take(), answer.expiration())
        }
        "GetClusterCredentialsWithIAM" => {
            let request = client
                .get_cluster_credentials_with_iam()
                .set_db_name(a.text("DbName"))
                .set_cluster_identifier(a.text("ClusterIdentifier"))
                .set_custom_domain_name(a.text("CustomDomainName"))
                .set_duration_seconds(a.int("DurationSeconds"));
            let mut answer = request.send().await.map_err(refusal)?;
            temporary(answer.db_user.take(), answer.db_password.take(), answer.expiration())
        }
        "GetIdentityCenterAuthToken" => {
            let mut answer = client
                .get_identity_center_auth_token()
                .set_cluster_ids(a.texts("ClusterIds"))
                .send()
                .await
                .map_err(refusal)?;
            token(answer.token.take(), answer.expiration_time())
        }
        _ => Err(Refusal::Broken),
    }
}

async fn serverless(operation: &str, a: &Arguments<'_>, to: &Channel) -> Result<Answer, Refusal> {
    let client = client!(aws_sdk_redshiftserverless, to);
    match operation {
        "GetWorkgroup" => {
            let answer = client
                .get_workgroup()
                .set_workgroup_name(a.text("workgroupName"))
                .send()
                .await
                .map_err(refusal)?;
            let group = answer.workgroup().ok_or(Refusal::NotAws(200))?;
            let endpoint = group.endpoint();
            Ok(Answer::Cluster(Cluster {
                status: group.status().map(|s| s.as_str().to_string()).unwrap_or_default(),
                host: endpoint.and_then(|e| e.address()).map(String::from),
                port: endpoint.and_then(|e| e.port()).and_then(|p| u16::try_from(p).ok()),
                public: group.publicly_accessible(),
                arn: group.workgroup_arn().map(String::from),
            }))
        }
        "GetCredentials" => {
            let request = client
                .get_credentials()
                .set_db_name(a.text("dbName"))
                .set_workgroup_name(a.text("workgroupName"))
                .set_custom_domain_name(a.text("customDomainName"))
                .set_duration_seconds(a.int("durationSeconds"));
            let mut answer = request.send().await.map_err(refusal)?;
            temporary(answer.db_user.take(), answer.db_password.take(), answer.expiration())
        }
        "GetIdentityCenterAuthToken" => {
            let request = client
                .get_identity_center_auth_token()
                .set_workgroup_names(a.texts("workgroupNames"));
            let mut answer = request.send().await.map_err(refusal)?;
            token(answer.token.take(), answer.expiration_time())
        }
        _ => Err(Refusal::Broken),
    }
}

/// `RedshiftDataHook.execute_query`: hands a statement in, and asks until it has ended.
async fn statement(a: &Arguments<'_>, to: &Channel) -> Result<Answer, Refusal> {
    use aws_sdk_redshiftdata::types::StatusString as S;
    let client = client!(aws_sdk_redshiftdata, to);
    let request = client
        .execute_statement()
        .set_cluster_identifier(a.text("ClusterIdentifier"))
        .set_database(a.text("Database"))
        .set_db_user(a.text("DbUser"))
        .set_secret_arn(a.text("SecretArn"))
        .set_workgroup_name(a.text("WorkgroupName"))
        .set_sql(a.text("Sql"))
        .with_event(false);
    let answer = request.send().await.map_err(refusal)?;
    loop {
        let state = client
            .describe_statement()
            .set_id(answer.id().map(String::from))
            .send()
            .await
            .map_err(refusal)?;
        match state.status() {
            Some(S::Finished) => return Ok(Answer::Done),
            Some(status @ (S::Failed | S::Aborted)) => {
                let message = state.error().unwrap_or_default().to_string();
                return Err(Refusal::Refused {
                    status: 200,
                    code: status.as_str().to_string(),
                    message,
                });
            }
            _ => tokio::time::sleep(BETWEEN).await,
        }
    }
}

fn cluster(cluster: &RedshiftCluster) -> Cluster {
    let endpoint = cluster.endpoint();
    Cluster {
        status: cluster.cluster_status().unwrap_or_default().to_string(),
        host: endpoint.and_then(|e| e.address()).map(String::from),
        port: endpoint.and_then(|e| e.port()).and_then(|p| u16::try_from(p).ok()),
        public: cluster.publicly_accessible(),
        arn: None,
    }
}

fn temporary(
    user: Option<String>,
    password: Option<String>,
    end: Option<&aws_smithy_types::DateTime>,
) -> Result<Answer, Refusal> {
    let (Some(user), Some(password)) = (user, password) else { return Err(Refusal::NotAws(200)) };
    let (expires, until) = time(end);
    Ok(Answer::Temporary { user, password: Secret::text(password), expires, until })
}

fn token(
    token: Option<String>,
    end: Option<&aws_smithy_types::DateTime>,
) -> Result<Answer, Refusal> {
    let token = token.ok_or(Refusal::NotAws(200))?;
    Ok(Answer::Token { token: Secret::text(token), until: time(end).1 })
}

/// The layer of an error, and what AWS says.
pub(super) fn refusal<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> Refusal {
    layer(&error)
}

/// The same of a provider of aws-config, which packs the error of its call.
pub(super) fn refusal_of_provider(error: &dyn std::error::Error) -> Refusal {
    match error
        .source()
        .and_then(|source| source.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>())
    {
        Some(error) => layer(error),
        // STS has answered, and there are no credentials in what it says.
        None => Refusal::NotAws(200),
    }
}

fn layer<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Refusal {
    match error {
        SdkError::DispatchFailure(dispatch) => {
            let source = dispatch.as_connector_error().and_then(std::error::Error::source);
            match source.and_then(|s| s.downcast_ref::<Failed>()) {
                Some(failed) => Refusal::NotSent(failed.clone()),
                None => Refusal::Broken,
            }
        }
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            match service.err().code() {
                Some(code) => Refusal::Refused {
                    status,
                    code: code.to_string(),
                    message: service.err().message().unwrap_or_default().to_string(),
                },
                None => Refusal::NotAws(status),
            }
        }
        SdkError::ResponseError(response) => Refusal::NotAws(response.raw().status().as_u16()),
        _ => Refusal::Broken,
    }
}

/// A point in time as seconds since the epoch, and for people.
pub(super) fn time(at: Option<&aws_smithy_types::DateTime>) -> (Option<u64>, Option<String>) {
    let seconds = at.and_then(|t| u64::try_from(t.secs()).ok());
    (seconds, at.and_then(|t| t.fmt(Format::DateTime).ok()))
}
