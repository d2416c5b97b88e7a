//! IAM Identity Center: the settings of a profile, and the token that `aws sso login` left.

use super::ini::Section;
use super::session::{Session, text};
use super::shell::expand_user;
use super::{Cause, File, Raised, Surroundings, locked};
use crate::airflow::python::json_loads::loads;
use crate::model::Secret;

/// What a profile says about Identity Center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sso {
    /// `sso_start_url`.
    pub start_url: String,
    /// `sso_region`: where the portal is.
    pub region: String,
    /// `sso_account_id`.
    pub account_id: String,
    /// `sso_role_name`.
    pub role_name: String,
    /// `sso_session`: the log-in has a name, and boto3 can renew it.
    pub session: Option<String>,
}

/// The token of a log-in.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub access_token: Secret,
    /// When it ends, as it is written.
    pub expires_at: String,
}

const REQUIRED: [&str; 4] = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"];

impl Session<'_> {
    /// `SSOProvider._load_sso_config`.
    pub(super) fn sso(&self, profile: &Section) -> Result<Option<Sso>, Raised> {
        if REQUIRED[..2].iter().all(|key| !profile.contains_key(*key)) {
            return Ok(None);
        }
        let mut settings = profile.clone();
        let name = text(profile, "sso_session");
        if let Some(name) = name {
            let Some(session) = self.config.sso_sessions.get(name) else { return Err(Raised::config(Cause::SsoSessionMissing)) };
            for (key, value) in session {
                if settings.insert(key.clone(), value.clone()).is_some_and(|other| other != *value) {
                    return Err(Raised::config(Cause::SsoContradiction));
                }
            }
        }
        let missing: Vec<&'static str> = REQUIRED.into_iter().filter(|key| text(&settings, key).is_none()).collect();
        if !missing.is_empty() {
            return Err(Raised::config(Cause::SsoIncomplete(missing)));
        }
        let setting = |key| text(&settings, key).unwrap_or_default().to_string();
        Ok(Some(Sso {
            start_url: setting("sso_start_url"),
            region: setting("sso_region"),
            account_id: setting("sso_account_id"),
            role_name: setting("sso_role_name"),
            session: name.map(String::from),
        }))
    }
}

impl Sso {
    /// The token in the cache of `aws sso login`. `sha1` makes the name of its file, in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn token(&self, around: &Surroundings<'_>, sha1: impl Fn(&str) -> String) -> Result<Token, Raised> {
        let name = sha1(self.session.as_deref().unwrap_or(&self.start_url));
        let path = expand_user(&format!("~/.aws/sso/cache/{name}.json"), around);
        let missing = || Raised::new("SSOTokenLoadError", Cause::SsoTokenMissing);
        let File::Content(bytes) = (around.read)(&path) else { return Err(missing()) };
        let content = String::from_utf8_lossy(&bytes);
        let node = loads(&content).map_err(|_| missing())?;
        let get = |key| node.value.as_dict().and_then(|d| d.get(key)).and_then(|n| n.value.as_str().map(String::from));
        match (get("accessToken"), get("expiresAt")) {
            (Some(token), Some(expires_at)) => Ok(Token { access_token: locked(&token), expires_at }),
            _ => Err(missing()),
        }
    }

    /// What boto3 raises where the log-in is over.
    pub fn expired(&self) -> Raised {
        // A named log-in is renewed first, which needs a refresh token.
        let exception = if self.session.is_some() { "TokenRetrievalError" } else { "UnauthorizedSSOTokenError" };
        Raised::new(exception, Cause::SsoTokenExpired)
    }
}
