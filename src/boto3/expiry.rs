//! When keys that somebody handed out end, as boto3 reads it (`RefreshableCredentials`): by
//! dateutil, and against a clock with a zone.

use super::time::moment;
use super::{Cause, Raised};
use crate::model::Value;

/// What says it, which decides where boto3 reads it, and what it raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// A `credential_process`, a container's server, or the variable `AWS_CREDENTIAL_EXPIRATION`.
    Out,
    /// The metadata service of an instance: what is over is taken for some minutes more, as the
    /// service may be in trouble.
    ByInstance,
}

/// Are keys that end then good now, in seconds since the epoch?
///
/// # Errors
///
/// They are over, or boto3 cannot read the time.
pub fn check_expiration(expiration: &Value<'_>, handed: Handed, now: i64) -> Result<(), Raised> {
    // dateutil takes texts alone.
    let Some(text) = expiration.as_str() else {
        return Err(Raised::new("TypeError", Cause::ExpirationUnreadable));
    };
    match moment(text) {
        // A time without a zone cannot be compared with one that has one.
        Some((_, false)) => Err(Raised::new("TypeError", Cause::ExpirationWithoutZone)),
        Some((end, true)) if end <= now && handed == Handed::Out => {
            Err(Raised::new("RuntimeError", Cause::KeysExpired))
        }
        Some((_, true)) => Ok(()),
        None if is_day(text) => Err(Raised::new("TypeError", Cause::ExpirationWithoutZone)),
        // What looks like no other form of a time either.
        None if !text.bytes().any(|b| b.is_ascii_digit()) || is_iso(text) => {
            Err(Raised::new("ParserError", Cause::ExpirationUnreadable))
        }
        None => Err(Raised::new("", Cause::ExpirationUnclear)),
    }
}

/// `2099-01-01`: a time without a zone.
fn is_day(text: &str) -> bool {
    text.len() == 10 && moment(&format!("{text}T00:00:00Z")).is_some()
}

/// In the form of ISO 8601, so that what cannot be read has numbers that no time has.
fn is_iso(text: &str) -> bool {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00", "0000-00-00"].contains(&form.as_str())
}
