//! The AWS half: credentials as boto3 finds them, the calls of the plan, and what the log-in needs
//! from them.
//!
//! # The seam
//!
//! [`run`] is called once for a connection, if its plan has a step of [`Half::Aws`]. For each of
//! them, in the order of the plan, it calls [`Journal::begin`] and [`Journal::end`] with the step's
//! position. It respects [`StepInfo::seconds`](crate::probe::StepInfo) and ends a step that takes
//! longer as `Outcome::failed("timed-out", …)`; the engine ends everything when the connection's
//! own time is over, by dropping the future.
//!
//! - A step that is [`Necessity::Needed`] and does not succeed ends as failed, and `run` returns
//!   `None`; the engine ends the rest as skipped.
//! - An informative one that is denied ends as `Outcome::not_permitted`; whatever else happens to
//!   it, the probe goes on, unless what it tells makes the log-in impossible: keys that AWS does
//!   not know, a cluster that is not there or paused.
//! - One that is `IfRefused` is ended as `Outcome::skipped("not-needed", …)` where the call before
//!   it succeeded; where that was refused, that one is ended as `not_permitted`.
//! - What cannot be made here (a browser, an identity provider) ends as `Outcome::skipped` with any
//!   other cause: the connection is unproven.
//! - The call of a step is in `step.call`, with exactly the arguments of the hook or driver.
//!   `AutoCreate` is sent as false, whatever stands there.
//! - The call whose step has `logs_in` gives [`Answers::log_in`]; where the target has no host, the
//!   cluster's endpoint is needed, too.
//!
//! # How
//!
//! Calls are made by the AWS SDK for Rust, each once, with one configuration of aws-config for all
//! services (`clients`); its `AssumeRoleProvider` assumes the roles of profiles (`fetch`).
//! Everything before a call is Airflow's: [`crate::boto3`] finds credentials, region and endpoint,
//! `settings` reads what the connections say, `http` takes botocore's proxies and certificates. The
//! SDK's own chain of credentials and its HTTP client would look elsewhere (see there).

mod answers;
mod arguments;
mod calls;
mod clients;
mod federation;
mod fetch;
mod given;
mod http;
mod iam;
mod process;
mod profile;
mod proxy;
mod raised;
mod refusal;
mod settings;
mod sso;
mod trust;
mod way;
mod xpath;

pub(super) use process::timed_out as program_timed_out;

use std::path::Path;
use std::time::{Duration, SystemTime};

use calls::Refusal;
use clients::Channel;
use profile::Profile;

use super::{
    Answers, Half, Journal, LogInWith, Necessity, Options, Outcome, Status, Step, StepKind,
    Subject, Surroundings,
};
use crate::boto3::{self, Cause, File, Keys, Raised, Session};
use crate::hooks::{Call, Caller, Identity, Source, is_aws};
use crate::model::{Secret, Value};
use crate::{bounds, files};

/// Keys that were found, and the role that a profile assumed on the way.
struct Found {
    keys: Keys,
    role: Option<String>,
}

/// Makes the AWS steps of the plan. `None`: a step that is needed did not succeed.
pub async fn run(
    subject: &Subject,
    surroundings: &Surroundings,
    options: &Options,
    journal: &Journal<'_>,
) -> Option<Answers> {
    let home =
        surroundings.home.as_ref().map(|h| h.to_string_lossy().into_owned()).unwrap_or_default();
    let mut walk = Walk {
        subject,
        surroundings,
        options,
        journal,
        home,
        keys: Vec::new(),
        assumed: None,
        account: None,
        workgroup: None,
        hook_password: None,
        profile: None,
        answers: Answers::default(),
    };
    let steps: Vec<(usize, &Step)> = subject.plan.half(Half::Aws).collect();
    let mut refused = false;
    for (place, (index, step)) in steps.iter().enumerate() {
        if step.necessity == Necessity::IfRefused && !refused {
            journal.end(
                *index,
                Outcome::skipped("not-needed", "not needed: the call before was answered"),
            );
            continue;
        }
        journal.begin(*index);
        let info = step.kind.info();
        let within = Duration::from_secs(info.seconds);
        let ended = match tokio::time::timeout(within, walk.step(step)).await {
            Ok(ended) => ended,
            Err(_) if journal.is_waiting_for_program() => process::timed_out(),
            Err(_) => {
                Outcome::failed("timed-out", format!("no answer within {} seconds", info.seconds))
            }
        };
        // A look at the cluster may stand between a call and the one that is made if it is refused.
        let next =
            steps[place + 1..].iter().map(|(_, next)| next).find(|next| next.kind == step.kind);
        let falls_back = step.necessity == Necessity::Needed
            && next.is_some_and(|next| next.necessity == Necessity::IfRefused);
        if step.necessity != Necessity::Informative {
            refused = ended.status == Status::Failed && falls_back;
        }
        let (ended, goes_on) = walk.weigh(step, ended, falls_back);
        journal.end(*index, ended);
        if !goes_on {
            return None;
        }
    }
    Some(walk.answers)
}

/// What is known on the way through the plan.
struct Walk<'a> {
    subject: &'a Subject,
    surroundings: &'a Surroundings,
    options: &'a Options,
    journal: &'a Journal<'a>,
    home: String,
    /// Keys by identity, before any role of an AWS connection.
    keys: Vec<(Identity, Keys)>,
    /// Keys of the role of the AWS connection.
    assumed: Option<Keys>,
    account: Option<String>,
    workgroup: Option<String>,
    hook_password: Option<Secret>,
    /// The authentication profile of the driver.
    profile: Option<Profile>,
    answers: Answers,
}

/// A file, read as the user who runs this may.
fn read(path: &str) -> File {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => files::read(Path::new(path), bounds::AWS_FILE.value)
            .map_or(File::Unreadable, File::Content),
        _ => File::Missing,
    }
}

/// Seconds since the epoch.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_secs()).ok())
        .unwrap_or_default()
}

/// Wipes the tokens and assertions among the arguments of a call.
fn wipe(arguments: &mut Vec<(String, Value<'static>)>) {
    for (name, value) in arguments.drain(..) {
        if matches!(name.as_str(), "WebIdentityToken" | "SAMLAssertion") {
            drop(Secret::new(value));
        }
    }
}

/// What proves who calls is not a key.
fn token_alone() -> Outcome {
    Outcome::skipped(
        "not-needed",
        "not needed: what the identity provider hands out assumes the role",
    )
}

/// Whose credentials an identity has before it assumes the role of its connection.
fn basic(identity: &Identity) -> Identity {
    Identity { role: None, ..identity.clone() }
}

impl Walk<'_> {
    fn around(&self) -> boto3::Surroundings<'_> {
        boto3::Surroundings {
            environment: &self.surroundings.environment,
            home: &self.home,
            read: &read,
        }
    }

    /// Does a step end the probe? What is only informative does not, unless it tells that the
    /// log-in is impossible.
    fn weigh(&self, step: &Step, mut ended: Outcome, falls_back: bool) -> (Outcome, bool) {
        const HOPELESS: &[&str] = &[
            "cluster-not-found",
            "wrong-region",
            "workgroup-not-found",
            "cluster-paused",
            "cluster-unavailable",
            "quoted-key",
        ];
        match ended.status {
            Status::Ok | Status::NotPermitted => return (ended, true),
            Status::Skipped => {
                let goes_on = ended.cause == "not-needed";
                return (ended, goes_on);
            }
            Status::Failed => {}
        }
        if falls_back {
            ended.status = Status::NotPermitted;
            return (ended, true);
        }
        // Of an `aws` connection nothing else is asked.
        let needed =
            step.necessity != Necessity::Informative || is_aws(self.subject.connection.type_str());
        if needed
            || HOPELESS.contains(&ended.cause)
            || refusal::BAD_CREDENTIALS.contains(&ended.cause)
        {
            return (ended, false);
        }
        ended.status = if ended.cause == "denied" { Status::NotPermitted } else { Status::Skipped };
        (ended, true)
    }

    async fn step(&mut self, step: &Step) -> Outcome {
        let outcome = match (&step.kind, &step.identity, &step.call) {
            (StepKind::Credentials, Some(identity), _) => self.find(identity).await,
            (_, _, Some(call)) => self.call(step, call).await,
            _ => Err(Outcome::skipped("beyond", "this cannot be made here")),
        };
        outcome.unwrap_or_else(|failed| failed)
    }

    /// Credentials of an identity, and a region.
    async fn find(&mut self, identity: &Identity) -> Result<Outcome, Outcome> {
        if identity.source == Source::Plugin {
            return Err(Outcome::skipped(
                "identity-provider",
                "an identity provider must be asked, which this does not do",
            ));
        }
        if identity.caller == Caller::Hook && self.assumes_by_token() {
            return Err(token_alone());
        }
        let settings = self.settings(identity);
        let region = self.region(identity, &settings);
        let (outcome, found) = {
            let session = Session::new(settings.session.clone(), self.around())
                .map_err(|r| raised::outcome(&r))?;
            let region = region.as_deref().or_else(|| session.region()).map(String::from);
            if region.is_none() && self.needs_region(identity) {
                return Err(self.hint_of_region(raised::outcome(&Raised {
                    exception: "NoRegionError",
                    cause: Cause::NoRegion,
                })));
            }
            let nothing = || Raised { exception: "NoCredentialsError", cause: Cause::Nothing };
            let credentials = session
                .credentials()
                .and_then(|c| c.ok_or_else(nothing))
                .map_err(|r| raised::outcome(&r))?;
            let http = self.http(&settings, &session, false)?;
            let way = way::Way {
                session: &session,
                around: self.around(),
                journal: self.journal,
                http: &http,
                region: region.as_deref(),
                now: now(),
            };
            let found = fetch::keys(&credentials, &way).await?;
            (self.found(credentials.method(), &session, region.as_deref(), &found), found)
        };
        self.hide(&found.keys);
        self.keys.push((basic(identity), found.keys));
        Ok(outcome)
    }

    /// Makes the call of a step.
    async fn call(&mut self, step: &Step, call: &Call) -> Result<Outcome, Outcome> {
        let settings = self.settings(&call.identity);
        if step.kind == StepKind::Identity
            && call.identity.caller == Caller::Hook
            && self.assumes_by_token()
            && self.assumed.is_none()
        {
            return Err(token_alone());
        }
        let assuming = step.kind == StepKind::Role;
        let (channel, arguments) = {
            let mut arguments = settings.session.clone();
            if call.identity.role.is_some() {
                // The session of a role is a new one, which knows the profile no more.
                let old = Session::new(arguments.clone(), self.around())
                    .map_err(|r| raised::outcome(&r))?;
                arguments = boto3::Arguments {
                    region_name: old.region().map(String::from),
                    ..boto3::Arguments::default()
                };
            }
            let session =
                Session::new(arguments, self.around()).map_err(|r| raised::outcome(&r))?;
            let given = call.region.clone().or_else(|| self.region(&call.identity, &settings));
            let url = settings.url(call.service, assuming).map(String::from);
            let mut endpoint = session
                .endpoint(call.service, given.as_deref(), url.as_deref())
                .map_err(|r| self.hint_of_region(raised::outcome(&r)))?;
            endpoint.fips = settings.fips.unwrap_or(endpoint.fips);
            endpoint.dual_stack = settings.dual_stack.unwrap_or(endpoint.dual_stack);
            let http =
                self.http(&settings, &session, step.kind == StepKind::Identity || assuming)?;
            let channel = Channel { http, endpoint, keys: self.signing(call)? };
            (channel, self.arguments(call, &settings).await?)
        };
        let mut arguments = arguments;
        let ended = match calls::call(call.service, call.operation, &arguments, &channel).await {
            Ok(answer) => self.answered(step, call, answer, &channel),
            Err(refusal) => Err(self.refused(call, &arguments, &refusal, &channel)),
        };
        wipe(&mut arguments);
        ended
    }

    fn hide(&self, keys: &Keys) {
        self.journal.hide(keys.secret());
        if let Some(token) = keys.token() {
            self.journal.hide(token);
        }
    }
}
