//! The plan of a probe: the exact steps for one connection, and the identity behind each. Pure: no
//! I/O, no clock.

use super::words;
use super::{Half, Offline, StepKind, Surroundings, Target};
use crate::check::Names;
use crate::check::Providers;
use crate::check::rules::of_failure;
use crate::guard::Mistake;
use crate::hooks::{
    Call, Caller, Client, Dependency, Identity, Kwarg, LogIn, Outcome, Probe, Resolution, Source,
};
use crate::model::Secret;
use crate::privacy::{planned_value, public_host, public_login, public_name};

/// What it means when a step does not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Necessity {
    /// The log-in fails without it.
    Needed,
    /// Optional: it only tells more, and the probe goes on without it.
    Informative,
    /// Made only where the step before it is refused, which then is no failure.
    IfRefused,
}

impl Necessity {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Necessity::Needed => "needed",
            Necessity::Informative => "informative",
            Necessity::IfRefused => "if-refused",
        }
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The kind.
    pub kind: StepKind,
    /// What it means when it does not succeed.
    pub necessity: Necessity,
    /// Whose AWS credentials are used.
    pub identity: Option<Identity>,
    /// The AWS call, with exactly the arguments of the hook or driver.
    pub call: Option<Call>,
    /// The user or token that logs in comes from this step.
    pub logs_in: bool,
    /// What is done, in words that may be shown.
    pub what: String,
}

/// The steps for one connection.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name of the log-in mode.
    pub mode: &'static str,
    /// The steps in order; the first one is the offline check.
    pub steps: Vec<Step>,
    /// What the offline check finds.
    pub offline: Offline,
    /// Where the wire steps go; `None` where there are none.
    pub target: Option<Target>,
    /// Who logs in.
    pub log_in: Option<LogIn>,
    /// Worth knowing before anything happens.
    pub notes: Vec<String>,
}

impl Plan {
    /// The plan for a connection of this hook's type whose resolution is `resolution`.
    /// `aws_identity` is who calls in the name of an AWS connection.
    pub fn new(
        probe: Probe,
        resolution: &Resolution,
        aws_identity: Option<Identity>,
        providers: &Providers,
        surroundings: &Surroundings,
    ) -> Plan {
        let mut plan = Plan {
            mode: resolution.mode.name,
            steps: vec![Step::new(StepKind::Offline, "what the text of the connection decides")],
            offline: Offline::Ready,
            target: None,
            log_in: resolution.log_in.clone(),
            notes: Vec::new(),
        };
        if let Outcome::Fails { failure, .. } = &resolution.outcome {
            let said = of_failure(failure, Names::PLAIN);
            plan.offline = Offline::Fails {
                rule: said.rule.id,
                exception: failure.exception,
                message: said.message,
                help: said.help,
            };
            return plan;
        }
        if let Outcome::DependsOn(needs) = &resolution.outcome {
            let packages = needs
                .iter()
                .filter_map(|n| if let Dependency::Package(name) = n { Some(*name) } else { None });
            plan.notes.extend(packages.map(|name| {
                format!("the worker needs the Python package {name}, which is not looked for here")
            }));
        }
        if probe == Probe::Calls {
            let identity = aws_identity.unwrap_or(Identity {
                caller: Caller::Hook,
                source: Source::Ambient,
                role: None,
            });
            plan.credentials(&Identity { role: None, ..identity });
            // Nothing else proves it.
            plan.steps.iter_mut().for_each(|step| step.necessity = Necessity::Needed);
        }
        for call in &resolution.calls {
            plan.call(call, &resolution.calls);
            if let Some(next) = behind_profile(call, resolution) {
                plan.call(&next, &resolution.calls);
            }
        }
        plan.mark_log_in();
        if plan
            .steps
            .iter()
            .filter(|s| s.kind == StepKind::Temporary && s.necessity == Necessity::Needed)
            .count()
            > 1
        {
            plan.notes.push(
                "hook and driver both ask for credentials; the driver's are the ones that log in"
                    .to_string(),
            );
        }
        let (Some(arguments), Some(log_in)) = (&resolution.connect_kwargs, &resolution.log_in)
        else {
            return plan;
        };
        let packages = &providers.packages;
        let target = match probe {
            Probe::Calls => return plan,
            Probe::Session(Client::RedshiftConnector) => {
                Target::of_driver(arguments, log_in, &packages.driver)
                    .map_err(|reason| Offline::Beyond(reason.into()))
            }
            Probe::Session(Client::Libpq) => {
                Target::of_libpq(arguments, log_in, packages.postgres.libpq, surroundings)
            }
        };
        match target {
            Ok(target) => plan.wire(target),
            Err(offline) => plan.offline = offline,
        }
        plan
    }

    /// The plan for a connection that this Airflow refuses to read.
    pub fn refused(rule: &'static str, exception: &'static str, message: String) -> Plan {
        Plan {
            mode: "unreadable",
            steps: vec![Step::new(StepKind::Offline, "what the text of the connection decides")],
            offline: Offline::Fails {
                rule,
                exception,
                message: format!("Airflow refuses it ({exception}): {message}"),
                help: None,
            },
            target: None,
            log_in: None,
            notes: Vec::new(),
        }
    }

    /// The plan for a connection at which airconn itself fails.
    pub fn broken() -> Plan {
        Plan {
            mode: "unknown",
            offline: Offline::Beyond(Mistake::Proving.message().into()),
            ..Plan::refused("", "", String::new())
        }
    }

    /// The plan for a connection that this Airflow reads for certain as something else than was
    /// written.
    pub fn misread(rule: &'static str, exception: &'static str, message: &str) -> Plan {
        let help = Some(
            "`airconn check` shows the place and a repair; nothing is looked up or sent"
                .to_string(),
        );
        let offline = Offline::Fails { rule, exception, message: message.to_string(), help };
        Plan { mode: "misread", offline, ..Plan::refused(rule, exception, String::new()) }
    }

    /// The plan for a connection whose parts cannot be taken for what they are read as: nothing of
    /// it is looked up or sent.
    pub fn doubtful(reason: &'static str) -> Plan {
        Plan {
            mode: "doubtful",
            offline: Offline::Beyond(reason.into()),
            ..Plan::refused("", "", String::new())
        }
    }

    /// Credentials and whose they are, once for each identity.
    fn credentials(&mut self, identity: &Identity) {
        if identity.source == Source::Unsigned
            || self.steps.iter().any(|s| s.identity.as_ref() == Some(identity))
        {
            return;
        }
        let found = Step {
            identity: Some(identity.clone()),
            ..Step::new(StepKind::Credentials, "find AWS credentials and a region")
        };
        self.steps.push(found);
        if identity.source == Source::Plugin {
            return;
        }
        // The log-in does not need it: a network may let Redshift's endpoints through and not STS.
        let call = Call {
            service: "sts",
            operation: "GetCallerIdentity",
            arguments: Vec::new(),
            region: None,
            identity: identity.clone(),
            fallback: false,
        };
        self.steps.push(Step {
            necessity: Necessity::Informative,
            ..Step::calling(StepKind::Identity, call)
        });
    }

    fn call(&mut self, call: &Call, all: &[Call]) {
        self.credentials(&Identity { role: None, ..call.identity.clone() });
        let kind = kind(call.operation);
        if kind == StepKind::Temporary {
            self.look_up(call, all);
        }
        let necessity = match (kind, call.fallback) {
            (_, true) => Necessity::IfRefused,
            (StepKind::Cluster, _) if call.operation == "DescribeCustomDomainAssociations" => {
                Necessity::Informative
            }
            _ => Necessity::Needed,
        };
        self.steps.push(Step { necessity, ..Step::calling(kind, call.clone()) });
    }

    /// A look at the cluster or workgroup that credentials are asked for, unless that is made
    /// already or will be.
    fn look_up(&mut self, call: &Call, all: &[Call]) {
        let (operation, from, name) = match call.service {
            "redshift-serverless" => ("GetWorkgroup", "workgroupName", "workgroupName"),
            _ => ("DescribeClusters", "ClusterIdentifier", "ClusterIdentifier"),
        };
        let Some((_, value)) = call.arguments.iter().find(|(n, _)| n == from) else { return };
        let same = |c: &Call| c.operation == operation && c.identity == call.identity;
        if self.steps.iter().filter_map(|s| s.call.as_ref()).any(same) || all.iter().any(same) {
            return;
        }
        let arguments = vec![(name.to_string(), value.clone())];
        let look = Call { operation, arguments, fallback: false, ..call.clone() };
        self.steps.push(Step {
            necessity: Necessity::Informative,
            ..Step::calling(StepKind::Cluster, look)
        });
    }

    /// The last call for temporary credentials logs in, and with it what it may fall back to.
    fn mark_log_in(&mut self) {
        if !matches!(self.log_in, Some(LogIn::Temporary(_) | LogIn::Token)) {
            return;
        }
        // A token of the connection logs in even where the hook has got a temporary password
        // before.
        let token = self.log_in == Some(LogIn::Token);
        let gives = |s: &Step| {
            !token || s.call.as_ref().is_some_and(|c| c.operation == "GetIdentityCenterAuthToken")
        };
        for step in
            self.steps.iter_mut().rev().filter(|s| s.kind == StepKind::Temporary && gives(s))
        {
            step.logs_in = true;
            if step.necessity != Necessity::IfRefused {
                break;
            }
        }
    }

    fn wire(&mut self, target: Target) {
        let host = match &target.host {
            Some(host) if public_host(host) => host.clone(),
            Some(_) => "the host".to_string(),
            None if target.libpq.is_some() => "the address of `hostaddr`".to_string(),
            None => "the host that AWS names".to_string(),
        };
        let user = target
            .user
            .as_deref()
            .filter(|user| public_login(user, target.secret.as_ref().map(Secret::expose_text)));
        let database = target.database.as_deref().filter(|database| public_name(database));
        self.steps.push(Step::new(StepKind::Dns, format!("look up {host}")));
        self.steps.push(Step::new(StepKind::Tcp, format!("connect to port {}", target.port)));
        if target.asks_for_tls() {
            self.steps.push(Step::new(StepKind::SslRequest, "ask for TLS"));
            self.steps.push(Step::new(StepKind::Tls, target.tls.words()));
        } else {
            self.notes.push(format!(
                "{}: the log-in goes over the wire in plaintext",
                target.tls.words()
            ));
        }
        let who = match self.log_in {
            Some(LogIn::Temporary(_)) if target.user.is_none() => {
                "log in with the temporary user".to_string()
            }
            Some(LogIn::Token) => "log in with the token".to_string(),
            _ => format!("log in as {}", user.unwrap_or("the user")),
        };
        self.steps.push(Step::new(StepKind::Authentication, format!("{who}, one attempt")));
        let otherwise =
            if target.database.is_some() { "the database" } else { "the database of the user" };
        let database = database.unwrap_or(otherwise);
        self.steps.push(Step::new(StepKind::Database, format!("open {database}")));
        self.steps
            .push(Step::new(StepKind::Query, "select current_user, current_database(), version()"));
        self.target = Some(target);
    }

    /// The steps of one half, with their positions in [`Plan::steps`].
    pub fn half(&self, half: Half) -> impl Iterator<Item = (usize, &Step)> {
        self.steps.iter().enumerate().filter(move |(_, step)| step.kind.info().half == half)
    }
}

impl Step {
    fn new(kind: StepKind, what: impl Into<String>) -> Step {
        Step {
            kind,
            necessity: Necessity::Needed,
            identity: None,
            call: None,
            logs_in: false,
            what: what.into(),
        }
    }

    fn calling(kind: StepKind, call: Call) -> Step {
        let what = words::call(&call, planned_value);
        Step { identity: Some(call.identity.clone()), call: Some(call), ..Step::new(kind, what) }
    }
}

/// The driver's call for credentials behind an authentication profile, which may name what the
/// connection leaves open.
fn behind_profile(call: &Call, resolution: &Resolution) -> Option<Call> {
    let asks = |other: &Call| {
        other.identity.caller == Caller::Driver && other.operation.starts_with("Get")
    };
    if call.operation != "DescribeAuthenticationProfiles" || resolution.calls.iter().any(asks) {
        return None;
    }
    let given = |name: &str| match &resolution
        .connect_kwargs
        .iter()
        .flatten()
        .find(|a| a.name == name)?
        .value
    {
        Kwarg::Given(value) if value.truthy() => Some(value.clone()),
        _ => None,
    };
    let known = [
        ("DbUser", "db_user"),
        ("DbName", "database"),
        ("ClusterIdentifier", "cluster_identifier"),
    ];
    let arguments =
        known.into_iter().filter_map(|(argument, name)| Some((argument.to_string(), given(name)?)));
    Some(Call {
        operation: "GetClusterCredentials",
        arguments: arguments.collect(),
        ..call.clone()
    })
}

/// The kind of step that an operation is.
fn kind(operation: &str) -> StepKind {
    match operation {
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => StepKind::Role,
        "GetCallerIdentity" => StepKind::Identity,
        "DescribeClusters" | "GetWorkgroup" | "DescribeCustomDomainAssociations" => {
            StepKind::Cluster
        }
        "ExecuteStatement" | "DescribeStatement" | "GetStatementResult" => StepKind::DataApi,
        _ => StepKind::Temporary,
    }
}
