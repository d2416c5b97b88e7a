//! The live probe: tests a connection step by step, and says at which step it stops and why.
//!
//! 1. [`Plan::new`] makes the list of [`Step`]s from a connection and its
//!    [`Resolution`](crate::hooks::Resolution): pure, no I/O. `probe --dry-run` prints it.
//! 2. [`run`] walks it. The feature `probe` decides which twin stands behind it: `enabled/` or
//!    `disabled.rs`; callers see no `cfg`.
//!
//! The walk has two halves, and neither knows the insides of the other:
//!
//! - `aws` makes the steps of [`Half::Aws`]: it gets the [`Subject`], the [`Surroundings`] and the
//!   [`Journal`], tells the journal about each step that it begins and ends, and returns what the
//!   log-in needs ([`Answers`]: temporary user and password, or a token; the endpoint where the
//!   connection has none). It returns `None` where a step that is needed failed or could not be
//!   made: the journal knows which.
//! - `wire` makes the steps of [`Half::Wire`]: name, TCP, TLS, log-in, query.
//!
//! Rules for both: one attempt each; nothing is written, created or resumed (`AutoCreate` is always
//! false); text that came from outside is shown only through [`Journal::quote`]; secrets are
//! [`Secret`](crate::model::Secret) and announced with [`Journal::hide`] before anything is said.

#[cfg(feature = "probe")]
pub mod aws;
#[cfg(not(feature = "probe"))]
#[path = "disabled.rs"]
mod engine;
#[cfg(feature = "probe")]
#[path = "enabled/mod.rs"]
mod engine;
mod journal;
mod libpq;
mod offline;
mod outcome;
mod plan;
mod policy;
mod steps;
mod subject;
mod surroundings;
mod target;
#[cfg(feature = "probe")]
mod wire;
pub mod words;
#[cfg(feature = "probe")]
mod x509;

pub use engine::run;
pub use journal::{Journal, Observer};
pub use offline::Offline;
pub use outcome::{
    Answers, Ended, Endpoint, Fact, LogInWith, Outcome, Probed, Run, Status, Verdict,
};
pub use plan::{Necessity, Plan, Step};
pub use policy::{TlsDemand, TlsPolicy, TlsVerify};
pub use steps::{Half, PROBE_STEPS, StepInfo, StepKind, by_name as step_by_name};
pub use subject::{Options, Roots, Siblings, Stopped, Subject};
pub use surroundings::Surroundings;
pub use target::Target;
