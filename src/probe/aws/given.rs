//! What a call is given: the keys that sign it, its arguments, a region, and HTTP as botocore's
//! clients have it.

use super::http::Http;
use super::settings::Settings;
use super::trust::{self, Trust};
use super::{Outcome, Session, Walk, basic, federation, fetch, now, refusal};
use crate::boto3::Keys;
use crate::hooks::{Call, Caller, Identity, Source};
use crate::model::Value;
use crate::probe::x509::Matcher;

impl Walk<'_> {
    /// The keys that sign a call.
    pub(super) fn signing(&self, call: &Call) -> Result<Option<Keys>, Outcome> {
        let unsigned =
            call.operation == "AssumeRoleWithSAML" || call.identity.source == Source::Unsigned;
        if unsigned && call.identity.role.is_none() {
            return Ok(None);
        }
        let known = self
            .keys
            .iter()
            .find(|(identity, _)| *identity == basic(&call.identity))
            .map(|(_, keys)| keys);
        let keys = match (&call.identity.role, &self.assumed) {
            (Some(_), assumed) => assumed.as_ref(),
            // After a web identity there are no other keys.
            (None, assumed) => known.or(assumed.as_ref()),
        };
        keys.map(fetch::fits).transpose()?;
        keys.cloned().map(Some).ok_or_else(|| {
            Outcome::failed("no-credentials", "there are no credentials to sign this call with")
        })
    }

    /// The arguments of a call, with what hook and driver take from files and identity providers.
    pub(super) async fn arguments(
        &self,
        call: &Call,
        settings: &Settings,
    ) -> Result<Vec<(String, Value<'static>)>, Outcome> {
        let mut arguments = call.arguments.clone();
        let has = |name: &str| call.arguments.iter().any(|(n, _)| n == name);
        if call.operation == "AssumeRoleWithSAML"
            && let Some(saml) = &settings.saml
        {
            arguments.push(("PrincipalArn".to_string(), saml.principal().clone()));
            let assertion =
                federation::assertion(saml, self.options.saml_response.as_ref(), self.surroundings)
                    .await?;
            self.journal.hide(assertion.expose_text());
            arguments.push((
                "SAMLAssertion".to_string(),
                Value::text(assertion.expose_text().to_string()),
            ));
        }
        if call.operation == "AssumeRoleWithWebIdentity"
            && let Some(audience) = &settings.google
        {
            let token =
                federation::google_token(audience, self.surroundings, self.journal, now()).await?;
            self.journal.hide(token.expose_text());
            arguments.push((
                "WebIdentityToken".to_string(),
                Value::text(token.expose_text().to_string()),
            ));
        } else if call.operation == "AssumeRoleWithWebIdentity" && !has("WebIdentityToken") {
            let path = settings.token_file.clone().or_else(|| {
                self.surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE").map(String::from)
            });
            let Some(path) = path else {
                return Err(Outcome::failed("file-missing", "no token file is named").hint(
                    "set `assume_role_with_web_identity_token_file` in the extra, or \
                     AWS_WEB_IDENTITY_TOKEN_FILE",
                ));
            };
            let token = fetch::token(&path, &self.around())?;
            self.journal.hide(&token);
            arguments.push(("WebIdentityToken".to_string(), Value::text(token)));
        }
        if call.operation == "GetClusterCredentials"
            && call.identity.caller == Caller::Driver
            && let Some(profile) = &self.profile
        {
            profile.merge(&mut arguments)?;
        }
        if call.operation == "AssumeRoleWithWebIdentity" && !has("RoleSessionName") {
            arguments.push((
                "RoleSessionName".to_string(),
                Value::text(format!("botocore-session-{}", now())),
            ));
        }
        Ok(arguments)
    }

    pub(super) fn settings(&self, identity: &Identity) -> Settings {
        Settings::of(identity, self.subject, self.hook_password.as_ref())
    }

    /// HTTP as the client of a service has it; `verify` of the connection holds for that alone, not
    /// for STS.
    pub(super) fn http(
        &self,
        settings: &Settings,
        session: &Session<'_>,
        plain: bool,
    ) -> Result<Http, Outcome> {
        let bundle =
            || session.ca_bundle().map_or(Trust::BuiltIn, |path| Trust::File(path.to_string()));
        let trust = settings.verify.clone().filter(|_| !plain).unwrap_or_else(bundle);
        let tls =
            trust::config(&trust, Matcher::Urllib3).map_err(|failed| refusal::not_sent(&failed))?;
        Ok(Http { proxies: settings.proxies(self.surroundings), tls })
    }

    /// The region of an identity's clients, as far as the text has one.
    pub(super) fn region(&self, identity: &Identity, settings: &Settings) -> Option<String> {
        let calls = self.subject.plan.steps.iter().filter_map(|s| s.call.as_ref());
        let of_calls = || {
            calls
                .filter(|c| c.identity.caller == identity.caller && c.service != "sts")
                .find_map(|c| c.region.clone())
        };
        settings.region.clone().or_else(|| settings.session.region_name.clone()).or_else(of_calls)
    }

    /// Does a call of this identity need a region that its text does not have? A role is assumed
    /// without.
    pub(super) fn needs_region(&self, identity: &Identity) -> bool {
        let calls = self.subject.plan.steps.iter().filter_map(|s| s.call.as_ref());
        let mut own = calls.filter(|c| c.identity == *identity);
        own.any(|c| c.region.is_none() && c.service != "sts")
    }

    /// Does a web identity token or an assertion assume the role of the AWS connection? Then its
    /// other credentials are not looked for.
    pub(super) fn assumes_by_token(&self) -> bool {
        let mut calls = self.subject.plan.steps.iter().filter_map(|s| s.call.as_ref());
        calls.any(|call| {
            matches!(call.operation, "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML")
        })
    }
}
