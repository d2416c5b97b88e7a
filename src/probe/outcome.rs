//! What a step ends in, and what a probed connection ends in.

use super::{Necessity, Offline, Plan, Stopped};
use crate::model::Secret;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It succeeded.
    Ok,
    /// It failed, and the log-in with it.
    Failed,
    /// It was not made; the message says why.
    Skipped,
    /// An informative call was refused, which the log-in does not need.
    NotPermitted,
}

impl Status {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::NotPermitted => "not-permitted",
        }
    }
}

/// Something that a step learnt: a name in lower case with hyphens, and a text that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Such as `addresses` or `certificate-subject`.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

/// The end of a step. Every text is either our own words or went through [`super::Journal::quote`].
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How.
    pub status: Status,
    /// A short stable word for what happened, such as `connection-refused`: what tests and programs
    /// look at.
    pub cause: &'static str,
    /// The code of AWS, or the SQLSTATE.
    pub code: Option<Box<str>>,
    /// What happened, in one sentence.
    pub message: String,
    /// Likely causes, the likeliest first: what to look at or change.
    pub hints: Vec<String>,
    /// What it learnt.
    pub facts: Vec<Fact>,
    /// The smallest IAM policy that permits what was denied, as JSON.
    pub policy: Option<Box<serde_json::Value>>,
}

impl Outcome {
    fn new(status: Status, cause: &'static str, message: impl Into<String>) -> Outcome {
        Outcome {
            status,
            cause,
            code: None,
            message: message.into(),
            hints: Vec::new(),
            facts: Vec::new(),
            policy: None,
        }
    }

    /// It succeeded.
    pub fn ok(message: impl Into<String>) -> Outcome {
        Outcome::new(Status::Ok, "ok", message)
    }

    /// It failed.
    pub fn failed(cause: &'static str, message: impl Into<String>) -> Outcome {
        Outcome::new(Status::Failed, cause, message)
    }

    /// It was not made.
    pub fn skipped(cause: &'static str, message: impl Into<String>) -> Outcome {
        Outcome::new(Status::Skipped, cause, message)
    }

    /// It was refused, and is not needed.
    pub fn not_permitted(cause: &'static str, message: impl Into<String>) -> Outcome {
        Outcome::new(Status::NotPermitted, cause, message)
    }

    /// With the code of AWS or the SQLSTATE.
    pub fn code(mut self, code: impl Into<String>) -> Outcome {
        self.code = Some(code.into().into_boxed_str());
        self
    }

    /// With a further likely cause.
    pub fn hint(mut self, hint: impl Into<String>) -> Outcome {
        self.hints.push(hint.into());
        self
    }

    /// With a fact.
    pub fn fact(mut self, name: &'static str, text: impl Into<String>) -> Outcome {
        self.facts.push(Fact { name, text: text.into() });
        self
    }

    /// With the policy that permits it.
    pub fn policy(mut self, policy: serde_json::Value) -> Outcome {
        self.policy = Some(Box::new(policy));
        self
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every step that is needed succeeded.
    Passed,
    /// A step failed.
    Failed,
    /// No step failed, but one that is needed could not be made.
    Unproven,
}

impl Verdict {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Unproven => "unproven",
        }
    }
}

/// The end of a step with its time.
#[derive(Clone, Debug)]
pub struct Ended {
    /// When it began, in microseconds from the start of the connection's probe.
    pub began: u64,
    /// How long it took, in microseconds.
    pub took: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// A connection after its probe.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The plan.
    pub plan: Plan,
    /// The end of each step of the plan, in its order.
    pub ends: Vec<Ended>,
}

impl Probed {
    /// How it ended.
    pub fn verdict(&self) -> Verdict {
        if self.failure().is_some() {
            return Verdict::Failed;
        }
        let open = self.plan.steps.iter().zip(&self.ends).any(|(step, end)| {
            end.outcome.status == Status::Skipped
                && step.necessity == Necessity::Needed
                && end.outcome.cause != "not-needed"
        });
        let beyond = matches!(self.plan.offline, Offline::Beyond(_));
        if open || beyond { Verdict::Unproven } else { Verdict::Passed }
    }

    /// The step that failed: its position and its end.
    pub fn failure(&self) -> Option<(usize, &Ended)> {
        self.ends.iter().enumerate().find(|(_, end)| end.outcome.status == Status::Failed)
    }
}

/// A run over many connections.
#[derive(Clone, Debug)]
pub struct Run {
    /// The connections in the order in which they were given.
    pub probed: Vec<Probed>,
    /// Why it ended before its time.
    pub stopped: Stopped,
}

/// Host and port of a cluster, as AWS tells them.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// What the log-in is made with.
#[derive(Clone, Debug)]
pub enum LogInWith {
    /// A temporary user and password.
    Temporary {
        /// The user, such as `IAM:etl`.
        user: String,
        /// The password.
        password: Secret,
        /// Seconds since the epoch at which it ends, if AWS says so.
        expires: Option<u64>,
    },
    /// A token of Identity Center.
    Token(Secret),
}

/// What the AWS half brings for the wire half.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// What to log in with; `None` where the connection has its own user and password, or the plan
    /// has no wire steps.
    pub log_in: Option<LogInWith>,
    /// Where the cluster is, if AWS was asked.
    pub endpoint: Option<Endpoint>,
}
