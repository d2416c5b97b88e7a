//! What the answers of AWS tell about a connection.

use super::calls::{Answer, Cluster};
use super::iam::{self, Scene};
use super::profile::Profile;
use super::way::lasting;
use super::{Channel, Found, LogInWith, Outcome, Refusal, Session, Step, Walk, refusal};
use crate::boto3::{Keys, epoch};
use crate::check::public_text;
use crate::hooks::{Call, Caller, true_region};
use crate::model::Value;
use crate::probe::Endpoint;

/// States in which nobody can log in, with what helps (REDSHIFT.md 4.1: `ClusterStatus`,
/// `WorkgroupStatus`).
const CLOSED: &[(&str, &str)] = &[
    (
        "paused",
        "resume the cluster in the console or with `aws redshift resume-cluster`: this never does",
    ),
    ("pausing", "the cluster is being paused: resume it when that is done"),
    ("resuming", "the cluster is being resumed: try again in some minutes"),
    ("creating", "the cluster is being created: try again in some minutes"),
    ("rebooting", "the cluster is being rebooted: try again in some minutes"),
    ("renaming", "the cluster gets another name, and with it another endpoint"),
    ("deleting", "the cluster is being deleted"),
    ("final-snapshot", "the cluster is being deleted"),
    ("hardware-failure", "the cluster has failed: AWS replaces it"),
    ("incompatible-hsm", "the cluster cannot start: see its events in the console"),
    ("incompatible-network", "the cluster cannot start: see its events in the console"),
    ("incompatible-parameters", "the cluster cannot start: see its events in the console"),
    ("incompatible-restore", "the cluster cannot start: see its events in the console"),
];

/// The twelve digits of an account.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The key has characters that no key has, at its ends: the file's quotes belong to it.
fn is_quoted(keys: &Keys) -> bool {
    let quoted = |text: &str| text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']);
    quoted(&keys.access_key_id) || quoted(keys.secret())
}

impl Walk<'_> {
    /// Credentials that were found.
    pub(super) fn found(
        &self,
        method: &'static str,
        session: &Session<'_>,
        region: Option<&str>,
        found: &Found,
    ) -> Outcome {
        let from = match method {
            "explicit" => "in the connection".to_string(),
            "env" => "in the environment".to_string(),
            "shared-credentials-file" => {
                format!("in the credentials file, profile {}", self.shown(session.profile_name()))
            }
            "config-file" => {
                format!("in the config file, profile {}", self.shown(session.profile_name()))
            }
            "assume-role" => format!("as a role, profile {}", self.shown(session.profile_name())),
            "assume-role-with-web-identity" => "as a role, by a web identity token".to_string(),
            "custom-process" => {
                format!("from a program, profile {}", self.shown(session.profile_name()))
            }
            "sso" => {
                format!("from Identity Center, profile {}", self.shown(session.profile_name()))
            }
            "container-role" => "from the container's credentials server".to_string(),
            "iam-role" => "from the metadata service of the instance".to_string(),
            _ => "in a file of an old tool".to_string(),
        };
        let kind = match found.keys.access_key_id.get(..4) {
            Some("AKIA") => "long-lived",
            Some("ASIA") => "temporary",
            _ => "unknown",
        };
        let mut outcome =
            Outcome::ok(format!("found {from}")).fact("source", method).fact("key", kind);
        if let Some(region) = region.filter(|r| public_text(r)) {
            outcome = outcome.fact("region", region);
        }
        if let Some(role) = &found.role {
            outcome = outcome.fact("role", self.journal.quote(role));
        }
        if kind == "temporary" && found.keys.token().is_none() {
            outcome =
                outcome.hint("temporary keys (ASIA…) need a session token, and there is none");
        }
        if is_quoted(&found.keys) {
            outcome.cause = "quoted-key";
            outcome = outcome.hint(
                "the key has quotes, which belong to it: remove them where it \
                 is written; INI files need none",
            );
        }
        self.hint_of_region(outcome)
    }

    fn shown(&self, name: &str) -> String {
        if public_text(name) { format!("`{name}`") } else { "of that name".to_string() }
    }

    /// boto3 passes over a variable that other SDKs read.
    pub(super) fn hint_of_region(&self, outcome: Outcome) -> Outcome {
        let set = |name: &str| self.surroundings.variable(name);
        match (set("AWS_REGION"), set("AWS_DEFAULT_REGION")) {
            (Some(region), other) if other != Some(region) => outcome.hint(
                "AWS_REGION is set, and boto3 does not read it: Airflow goes by \
                 AWS_DEFAULT_REGION, the profile and the connection",
            ),
            _ => outcome,
        }
    }

    /// An answer.
    pub(super) fn answered(
        &mut self,
        step: &Step,
        call: &Call,
        answer: Answer,
        channel: &Channel,
    ) -> Result<Outcome, Outcome> {
        let until = |outcome: Outcome, at: Option<String>| match at {
            Some(at) => outcome.fact("expires", at),
            None => outcome,
        };
        match answer {
            Answer::Identity { account, arn } => {
                let arn = self.journal.quote(&arn);
                let outcome = Outcome::ok(format!("AWS knows it as {arn}"))
                    .fact("account", self.journal.quote(&account))
                    .fact("arn", arn);
                self.account = Some(account).filter(|account| is_account(account));
                Ok(outcome)
            }
            Answer::Role { keys, arn, expires } => {
                self.hide(&keys);
                lasting(expires.as_deref().and_then(epoch), super::now())?;
                self.assumed = Some(keys);
                // The account of the role is the one that Redshift's ARNs are built in.
                let account = arn
                    .as_deref()
                    .and_then(|arn| arn.split(':').nth(4))
                    .filter(|account| is_account(account));
                self.account = account.map(String::from).or(self.account.take());
                let arn = arn.map(|a| self.journal.quote(&a));
                let outcome = Outcome::ok("the role is assumed");
                Ok(until(arn.into_iter().fold(outcome, |o, arn| o.fact("arn", arn)), expires))
            }
            Answer::Cluster(cluster) => self.cluster(call, cluster),
            Answer::Temporary { user, password, expires, until: at } => {
                self.journal.hide(password.expose_text());
                let outcome = Outcome::ok(format!(
                    "AWS hands out a password for {}",
                    self.journal.quote(&user)
                ))
                .fact("user", self.journal.quote(&user));
                if call.identity.caller == Caller::Hook {
                    self.hook_password = Some(password.clone());
                }
                if step.logs_in {
                    self.answers.log_in = Some(LogInWith::Temporary { user, password, expires });
                }
                Ok(until(outcome, at))
            }
            Answer::Token { token, until: at } => {
                self.journal.hide(token.expose_text());
                if step.logs_in {
                    self.answers.log_in = Some(LogInWith::Token(token));
                }
                Ok(until(Outcome::ok("AWS hands out a token"), at))
            }
            Answer::Profile(content) => {
                self.profile = Some(Profile::read(&content, self.subject.plan.target.as_ref())?);
                Ok(Outcome::ok("the authentication profile is there"))
            }
            Answer::Done if call.service == "redshift-data" => Ok(Outcome::ok("the statement ran")),
            Answer::Done => {
                Ok(Outcome::ok("AWS answers").fact("region", channel.endpoint.region.clone()))
            }
        }
    }

    /// A cluster or workgroup: its state, and whether the connection goes to it.
    fn cluster(&mut self, call: &Call, cluster: Cluster) -> Result<Outcome, Outcome> {
        let what = if call.service == "redshift" { "cluster" } else { "workgroup" };
        let status = self.journal.quote(&cluster.status.to_lowercase());
        let facts = |mut outcome: Outcome| {
            outcome = outcome.fact("status", status.clone());
            if let (Some(host), Some(port)) = (&cluster.host, cluster.port) {
                outcome = outcome.fact("endpoint", self.journal.quote(&format!("{host}:{port}")));
            }
            cluster.public.iter().fold(outcome, |o, public| {
                o.fact("publicly-accessible", if *public { "yes" } else { "no" })
            })
        };
        if let Some((state, help)) = CLOSED.iter().find(|(state, _)| *state == status) {
            let cause = if *state == "paused" { "cluster-paused" } else { "cluster-unavailable" };
            return Err(facts(
                Outcome::failed(cause, format!("the {what} is {state}: nobody can log in"))
                    .hint(*help),
            ));
        }
        let mut outcome = facts(Outcome::ok(format!("the {what} is {status}")));
        if let Some(target) = &self.subject.plan.target
            && let (Some(given), Some(host), Some(port)) =
                (&target.host, &cluster.host, cluster.port)
            && (!given.eq_ignore_ascii_case(host) || target.port != port)
        {
            outcome.cause = "endpoint-differs";
            outcome = outcome.hint(format!(
                "the connection goes elsewhere than to the endpoint of \
                 this {what}, as through a tunnel, load balancer or \
                 custom domain: see the facts"
            ));
        }
        if cluster.public == Some(false) {
            outcome = outcome.hint(format!(
                "the {what} is not publicly accessible: it is reached from inside of its VPC only"
            ));
        }
        if let (Some(host), Some(port)) = (cluster.host, cluster.port) {
            self.answers.endpoint = Some(Endpoint { host, port });
        }
        // It may end in the policy of a report.
        self.workgroup =
            cluster.arn.filter(|arn| iam::is_shown(arn, self.journal)).or(self.workgroup.take());
        Ok(outcome)
    }

    /// A call that was refused or did not get through.
    pub(super) fn refused(
        &self,
        call: &Call,
        arguments: &[(String, Value<'static>)],
        why: &Refusal,
        channel: &Channel,
    ) -> Outcome {
        let scene = Scene {
            region: &channel.endpoint.region,
            account: self.account.as_deref(),
            workgroup: self.workgroup.as_deref(),
            message: "",
        };
        let mut outcome =
            refusal::outcome(why, call.service, call.operation, arguments, &scene, self.journal);
        if refusal::BAD_CREDENTIALS.contains(&outcome.cause)
            && channel.keys.as_ref().is_some_and(is_quoted)
        {
            outcome.cause = "quoted-key";
            outcome.hints.insert(
                0,
                "the key has quotes, which belong to it: remove them where it is \
                 written; INI files need none"
                    .to_string(),
            );
        }
        let host = self.subject.plan.target.as_ref().and_then(|t| t.host.as_deref());
        if matches!(outcome.cause, "cluster-not-found" | "workgroup-not-found")
            && let Some(region) = host
                .and_then(true_region)
                .filter(|r| *r != channel.endpoint.region && public_text(r))
        {
            outcome.cause = "wrong-region";
            let asked = &channel.endpoint.region;
            let place = if call.identity.caller == Caller::Hook {
                "`region_name` of the AWS connection"
            } else {
                "`region` of the extra"
            };
            outcome.hints.insert(
                0,
                format!("the host is in {region}, and {asked} was asked: set {place} to {region}"),
            );
        }
        if outcome.cause == "refused" && why.code() == Some("InvalidParameterException") {
            outcome.cause = "invalid-request";
        }
        outcome
    }
}
