//! What resolving a connection ends in: works, fails for a reason, or depends on something outside
//! its text.

pub use crate::hooks::place::Place;
pub use crate::hooks::reason::{ParameterFault, Reason};
use crate::model::Value;

/// How far the connection got when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// An argument was refused before anything left the machine: the text alone decides, and the
    /// type of the exception is certain.
    Arguments,
    /// The network refuses for certain (no such host or region can exist); the exception may differ
    /// with proxies and endpoints.
    Network,
    /// The server refuses for certain (no user, no password); the exception is the server's.
    Server,
}

/// A certain failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The type of the exception, without its module.
    pub exception: &'static str,
    /// Why.
    pub reason: Reason,
    /// What it is about; the first is the main one.
    pub places: Vec<Place>,
    /// Where it fails.
    pub stage: Stage,
}

impl Failure {
    /// A refused argument.
    pub fn new(exception: &'static str, reason: Reason, place: Place) -> Failure {
        Failure { exception, reason, places: vec![place], stage: Stage::Arguments }
    }

    /// A failure of the network or the server.
    pub fn at(stage: Stage, exception: &'static str, reason: Reason, place: Place) -> Failure {
        Failure { exception, reason, places: vec![place], stage }
    }

    /// With a further place.
    pub fn and(mut self, place: Place) -> Failure {
        self.places.push(place);
        self
    }
}

/// Whose AWS call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// The Airflow hook, through the AWS connection.
    Hook,
    /// `redshift_connector`, with credentials of its own.
    Driver,
}

/// Something outside the text that decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dependency {
    /// No region is given: `AWS_DEFAULT_REGION` or the profile must supply it.
    Region(Caller),
    /// A region of the right form that is not among the known ones.
    RegionExists(Caller, Place),
    /// No credentials are given: the surroundings (environment, instance, container) must have
    /// some.
    Credentials(Caller),
    /// A profile of the shared configuration files.
    Profile(Caller, Place),
    /// Half a key pair was given.
    KeyPair(Caller, Place),
    /// What a Redshift authentication profile holds.
    AuthProfile(Place),
    /// The region is found by looking up the host.
    HostLookup(Place),
    /// The host must be registered as a custom domain of a cluster.
    CustomDomain(Place),
    /// An identity provider must be reached and agree.
    IdentityProvider(Place),
    /// Somebody must log in with a browser on the machine of the worker.
    Browser(Place),
    /// A file, with a place if it is named.
    File(Place),
    /// A Python package that is not part of the provider.
    Package(&'static str),
    /// A module named in `credentials_provider` is imported.
    Import(Place),
    /// No database is given: the server looks for one that is named like the user.
    DatabaseOfUser,
    /// A socket path or a source address of this machine.
    LocalAddress(Place),
    /// A service name instead of a port number.
    ServiceName(Place),
}

/// What is wrong with the AWS connection that a hook asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// It is not in the set. The place is the connection itself.
    Missing(Place),
    /// It is of another type, which stands at this place.
    OtherType(Place),
}

/// The result in one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As far as the text decides, the log-in happens.
    Works,
    /// It depends on these.
    DependsOn(Vec<Dependency>),
    /// It fails, whatever the surroundings: if one of `needs` is not met, already there.
    Fails {
        /// The failure that the text decides.
        failure: Failure,
        /// What was needed on the way there.
        needs: Vec<Dependency>,
    },
}

/// Where the AWS credentials of a call come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Keys, at this place.
    Keys(Place),
    /// A profile of the shared configuration files.
    Profile(Place),
    /// boto3's default chain.
    Ambient,
    /// Credentials that an identity provider plugin obtained.
    Plugin,
    /// None: the call is not signed.
    Unsigned,
}

/// Who makes an AWS call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Hook or driver.
    pub caller: Caller,
    /// The first credentials.
    pub source: Source,
    /// The role that was assumed with them: the place of `role_arn`.
    pub role: Option<Place>,
}

/// A call of the AWS API.
#[derive(Clone)]
pub struct Call {
    /// boto3's service name: `sts`, `redshift`, `redshift-serverless`, …
    pub service: &'static str,
    /// Such as `GetClusterCredentials`.
    pub operation: &'static str,
    /// The arguments in order.
    pub arguments: Vec<(String, Value<'static>)>,
    /// The region, if the text has one.
    pub region: Option<String>,
    /// Who calls.
    pub identity: Identity,
    /// Made only where the call before it is refused.
    pub fallback: bool,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.arguments.iter().map(|(name, _)| name.as_str()).collect();
        write!(
            f,
            "{}:{}({}) by {:?}",
            self.service,
            self.operation,
            names.join(", "),
            self.identity
        )
    }
}

/// Collects what happens on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// AWS calls in order.
    pub(crate) calls: Vec<Call>,
    /// What was needed.
    pub(crate) needs: Vec<Dependency>,
    /// What is wrong with the AWS connection that was asked for.
    pub(crate) reference: Option<Reference>,
}

impl Trace {
    /// Notes a need once.
    pub(crate) fn need(&mut self, dependency: Dependency) {
        if !self.needs.contains(&dependency) {
            self.needs.push(dependency);
        }
    }

    /// The outcome after the last step.
    pub(crate) fn outcome(&self, result: Result<(), Failure>) -> Outcome {
        match result {
            Err(failure) => Outcome::Fails { failure, needs: self.needs.clone() },
            Ok(()) if self.needs.is_empty() => Outcome::Works,
            Ok(()) => Outcome::DependsOn(self.needs.clone()),
        }
    }
}
