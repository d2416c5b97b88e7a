//! The AWS half: credentials as boto3 finds them, the calls of the plan, and what the log-in needs from them.
//!
//! # The seam
//!
//! [`run`] is called once for a connection, if its plan has a step of [`Half::Aws`]. For each of them, in the order of the plan, it calls
//! [`Journal::begin`] and [`Journal::end`] with the step's position. It respects [`StepInfo::seconds`](crate::probe::StepInfo) and ends a step
//! that takes longer as `Outcome::failed("timed-out", …)`; the engine ends everything when the connection's own time is over, by dropping the
//! future.
//!
//! - A step that is [`Necessity::Needed`](crate::probe::Necessity) and does not succeed ends as failed, and `run` returns `None`; the engine
//!   ends the rest as skipped.
//! - An informative one that is refused ends as `Outcome::not_permitted`; whatever else happens to it, the road goes on.
//! - One that is `IfRefused` is ended as `Outcome::skipped("not-needed", …)` where the call before it succeeded; where that was refused, that
//!   one is ended as `not_permitted`.
//! - What cannot be made here (a browser, an identity provider) ends as `Outcome::skipped` with any other cause: the connection is unproven.
//! - The call of a step is in `step.call`, with exactly the arguments of the hook or driver. `AutoCreate` is sent as false, whatever stands there.
//! - The call whose step has `logs_in` gives [`Answers::log_in`]; where the target has no host, the cluster's endpoint is needed, too.
//!
//! `subject.set` has the connections that the places of an identity point to (`None` in a place is the connection itself).

use super::{Answers, Half, Journal, Options, Outcome, Subject, Surroundings};

/// Makes the AWS steps of the plan. `None`: a step that is needed did not succeed.
pub async fn run(subject: &Subject, _surroundings: &Surroundings, _options: &Options, journal: &Journal<'_>) -> Option<Answers> {
    for (step, _) in subject.plan.half(Half::Aws) {
        journal.end(step, Outcome::skipped("not-built", "this airconn makes no AWS calls"));
    }
    None
}
