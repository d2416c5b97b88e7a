//! IAM Identity Center: the settings of a profile, and the token that `aws sso login` left.

use super::ini::Section;
use super::session::{Session, text};
use super::shell::expand_user;
use super::{Cause, File, Raised, Surroundings, epoch};
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
    /// The log-in cannot be loaded: what does that looks for its settings in `[sso-session …]`
    /// alone, and only when keys are needed.
    unusable: Option<Cause>,
}

/// The token of a log-in.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub access_token: Secret,
    /// When it ends, as it is written.
    pub expires_at: String,
    /// When the registration ends with which it is renewed, as it is written; `None` where
    /// something is missing that renewing needs.
    pub registration_expires_at: Option<String>,
}

/// What becomes of the token of a log-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is taken as it is.
    Lasts,
    /// boto3 renews it before it ends. It takes the old one where that is refused, and raises where
    /// nobody can be asked.
    EndsSoon,
    /// It is over; boto3 asks for another one, and writes that into the cache.
    Renewed,
    /// It is over.
    Over,
}

/// How long before its end a log-in is renewed, in seconds (`SSOTokenProvider._REFRESH_WINDOW`).
const WINDOW: i64 = 15 * 60;

/// What `CreateToken` needs from the cache, besides the end of the registration.
const RENEWAL: [&str; 3] = ["refreshToken", "clientId", "clientSecret"];

const REQUIRED: [&str; 4] = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"];

impl Session<'_> {
    /// `SSOProvider._load_sso_config`.
    pub(super) fn sso(&self, profile: &Section) -> Result<Option<Sso>, Raised> {
        if REQUIRED[..2].iter().all(|key| !profile.contains_key(*key)) {
            return Ok(None);
        }
        let mut settings = profile.clone();
        let name = text(profile, "sso_session");
        let mut unusable = None;
        if let Some(name) = name {
            let Some(session) = self.config.sso_sessions.get(name) else {
                return Err(Raised::config(Cause::SsoSessionMissing));
            };
            let lacks: Vec<&'static str> =
                REQUIRED[2..].iter().copied().filter(|key| text(session, key).is_none()).collect();
            unusable = (!lacks.is_empty()).then_some(Cause::SsoIncomplete(lacks));
            for (key, value) in session {
                if settings.insert(key.clone(), value.clone()).is_some_and(|other| other != *value)
                {
                    return Err(Raised::config(Cause::SsoContradiction));
                }
            }
        }
        let missing: Vec<&'static str> =
            REQUIRED.into_iter().filter(|key| text(&settings, key).is_none()).collect();
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
            unusable,
        }))
    }
}

impl Sso {
    /// The token in the cache of `aws sso login`. `sha1` makes the name of its file, in hexadecimal
    /// digits.
    ///
    /// # Errors
    ///
    /// There is none, or the `[sso-session …]` does not say whose it is.
    pub fn token(
        &self,
        around: &Surroundings<'_>,
        sha1: impl Fn(&str) -> String,
    ) -> Result<Token, Raised> {
        if let Some(cause) = &self.unusable {
            return Err(Raised::config(cause.clone()));
        }
        let name = sha1(self.session.as_deref().unwrap_or(&self.start_url));
        let path = expand_user(&format!("~/.aws/sso/cache/{name}.json"), around);
        let missing = || Raised::new("SSOTokenLoadError", Cause::SsoTokenMissing);
        let File::Content(bytes) = (around.read)(&path) else { return Err(missing()) };
        let content = String::from_utf8_lossy(&bytes);
        let node = loads(&content).map_err(|_| missing())?;
        let get = |key| {
            node.value
                .as_dict()
                .and_then(|d| d.get(key))
                .and_then(|n| n.value.as_str().map(String::from))
        };
        let renewable = RENEWAL
            .iter()
            .all(|key| node.value.as_dict().is_some_and(|dict| dict.get(key).is_some()));
        match (get("accessToken"), get("expiresAt")) {
            (Some(token), Some(expires_at)) => Ok(Token {
                access_token: Secret::text(&*token),
                expires_at,
                registration_expires_at: get("registrationExpiresAt").filter(|_| renewable),
            }),
            _ => Err(missing()),
        }
    }

    /// What becomes of a token at a point in time, in seconds since the epoch.
    pub fn life(&self, token: &Token, now: i64) -> Life {
        let left = |end: &str| epoch(end).map_or(0, |end| end - now);
        let registered = token.registration_expires_at.as_deref().is_some_and(|end| left(end) > 0);
        let renewed = self.session.is_some() && registered;
        match left(&token.expires_at) {
            ..=0 if renewed => Life::Renewed,
            ..=0 => Life::Over,
            1..WINDOW if renewed => Life::EndsSoon,
            _ => Life::Lasts,
        }
    }

    /// What boto3 raises where the portal does not know the token.
    pub fn unknown(&self) -> Raised {
        Raised::new("UnauthorizedSSOTokenError", Cause::SsoTokenExpired)
    }

    /// What boto3 raises where the log-in is over.
    pub fn expired(&self) -> Raised {
        // A named log-in is renewed first, which needs a refresh token.
        let exception = if self.session.is_some() {
            "TokenRetrievalError"
        } else {
            "UnauthorizedSSOTokenError"
        };
        Raised::new(exception, Cause::SsoTokenExpired)
    }
}
