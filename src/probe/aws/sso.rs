//! Keys of IAM Identity Center, for the token that `aws sso login` left.

use sha1::{Digest, Sha1};

use super::calls::{Refusal, refusal};
use super::clients::{Channel, client};
use super::way::{Way, lasting};
use super::{raised, refusal};
use crate::boto3::{Keys, Life, Sso};
use crate::model::Secret;
use crate::probe::Outcome;

/// `sso:GetRoleCredentials`.
pub(super) async fn keys(sso: &Sso, way: &Way<'_>) -> Result<Keys, Outcome> {
    let sha1 = |text: &str| {
        Sha1::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let token = sso.token(&way.around, sha1).map_err(|r| raised::outcome(&r))?;
    match sso.life(&token, way.now) {
        // boto3 would renew the second one now. Both its outcomes lead here, with the new token or
        // with this one; what is not seen is that boto3 raises where sso-oidc cannot be reached.
        Life::Lasts | Life::EndsSoon => {}
        Life::Renewed => return Err(renewal()),
        Life::Over => return Err(raised::outcome(&sso.expired())),
    }
    let endpoint =
        way.session.endpoint("sso", Some(&sso.region), None).map_err(|r| raised::outcome(&r))?;
    let channel = Channel { http: way.http.clone(), endpoint, keys: None };
    let request = client!(aws_sdk_sso, &channel)
        .get_role_credentials()
        .role_name(&sso.role_name)
        .account_id(&sso.account_id);
    let request = request.set_access_token(token.access_token.expose().as_str().map(String::from));
    let answer = request.send().await.map_err(|error| outcome(sso, &refusal(error)))?;
    let found = answer.role_credentials;
    let found = found.and_then(|found| {
        Some((
            found.access_key_id?,
            found.secret_access_key?,
            found.session_token?,
            found.expiration,
        ))
    });
    let (access_key_id, key, token, end) = found
        .ok_or_else(|| Outcome::failed("refused", "Identity Center answers without credentials"))?;
    // In milliseconds.
    lasting(Some(end / 1000), way.now)?;
    let [secret_access_key, token] = [key, token].map(Secret::text);
    Ok(Keys { access_key_id, secret_access_key, session_token: Some(token) })
}

/// The answer to a refresh token may be the next one, and the log-in is lost where nobody writes
/// that down: the probe does not spend it.
fn renewal() -> Outcome {
    Outcome::skipped(
        "sso-renewal",
        "the log-in of `aws sso login` is over: boto3 would renew it and write the new one into \
         ~/.aws/sso/cache, and this does neither",
    )
    .hint(
        "run any `aws` command with this profile, which renews it, or `aws sso login`; then \
         probe again",
    )
}

/// What the portal says.
fn outcome(sso: &Sso, refusal: &Refusal) -> Outcome {
    let failed = |cause, message: &str, code: &str| Outcome::failed(cause, message).code(code);
    const WHERE: &str = "`sso_account_id` or `sso_role_name` of the profile is wrong, or the \
                         permission set is not assigned";
    match refusal.code() {
        Some("UnauthorizedException") => raised::outcome(&sso.unknown()),
        Some(code @ "ForbiddenException") => failed(
            "denied",
            "Identity Center does not give this role of this account to whoever is logged in",
            code,
        )
        .hint(WHERE),
        // Elsewhere it is a workgroup that is not found.
        Some(code @ "ResourceNotFoundException") => {
            failed("refused", "Identity Center knows no such account or role", code).hint(WHERE)
        }
        Some(code @ "InvalidRequestException") => {
            failed("invalid-request", "Identity Center refuses the account or the role", code)
                .hint(WHERE)
        }
        _ => refusal::meaning(refusal),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

    /// The hosts are those of boto3 in fixtures/probe/boto3_credentials.jsonl.
    #[tokio::test]
    async fn the_portal_is_where_boto3_asks_it() {
        for (region, fips, dual_stack, host) in [
            ("us-east-1", false, false, "portal.sso.us-east-1.amazonaws.com"),
            ("cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn"),
            ("us-east-1", true, false, "portal.sso-fips.us-east-1.amazonaws.com"),
            ("us-east-1", false, true, "portal.sso.us-east-1.api.aws"),
        ] {
            let params = Params::builder()
                .region(region)
                .use_fips(fips)
                .use_dual_stack(dual_stack)
                .build()
                .expect("parameters");
            let endpoint =
                DefaultResolver::new().resolve_endpoint(&params).await.expect("an endpoint");
            assert_eq!(endpoint.url(), format!("https://{host}"));
        }
    }
}
