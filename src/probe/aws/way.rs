//! Where and how credentials are asked for.

use super::http::Http;
use super::raised;
use crate::boto3::{Cause, Raised, Session, Surroundings};
use crate::probe::{Journal, Outcome};

/// Where and how things are asked for.
pub(super) struct Way<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) around: Surroundings<'a>,
    pub(super) journal: &'a Journal<'a>,
    pub(super) http: &'a Http,
    /// The region of the client that the credentials are for: STS is asked there.
    pub(super) region: Option<&'a str>,
    /// Seconds since the epoch.
    pub(super) now: i64,
}

/// Keys of a role that are over when they come are none to boto3.
pub(super) fn lasting(end: Option<i64>, now: i64) -> Result<(), Outcome> {
    let over = Raised { exception: "RuntimeError", cause: Cause::KeysExpired };
    if end.is_some_and(|end| end <= now) { Err(raised::outcome(&over)) } else { Ok(()) }
}
