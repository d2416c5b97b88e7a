//! What becomes of a connection in its hook, and what around it decides that.

use super::mode::Mode;
use super::outcome::{Call, Failure, Identity, Outcome, Place, Reason, Reference, Trace};
use super::packages::Packages;
use super::python::Extras;
use crate::airflow::extra::{decoded, extra_dejson};
use crate::airflow::runtime::Runtime;
use crate::hooks::postgres::provider::Postgres;
use crate::hooks::types::fault::Fault;
use crate::model::{Connection, Value};

/// The AWS connection that hooks use if they are told nothing else.
pub const AWS_DEFAULT: &str = "aws_default";

/// Finds a connection of the set by its id.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<Connection>;

/// Everything around a connection that decides what happens to it.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The other connections. `None` from it means: not in the set.
    pub set: Lookup<'a>,
    /// The AWS connection that the hook is told to use, or [`AWS_DEFAULT`]; `None` is boto3's
    /// default chain.
    pub aws_conn_id: Option<&'a str>,
    /// The Airflow that reads.
    pub runtime: &'a Runtime,
    /// The packages around it.
    pub packages: &'a Packages,
}

impl<'a> Scene<'a> {
    /// A connection among others, read by an Airflow with these packages.
    pub fn new(
        set: Lookup<'a>,
        aws_conn_id: Option<&'a str>,
        runtime: &'a Runtime,
        packages: &'a Packages,
    ) -> Scene<'a> {
        Scene { set, aws_conn_id, runtime, packages }
    }

    /// The Postgres provider beside this Airflow.
    pub(crate) fn postgres(&self) -> Postgres {
        self.packages.postgres.under(self.runtime)
    }
}

/// An argument of the driver.
#[derive(Clone, PartialEq)]
pub enum Kwarg {
    /// As the connection has it.
    Given(Value<'static>),
    /// The user that comes with temporary credentials: `IAM:` and the login, or unknown for
    /// serverless.
    TemporaryUser(Option<String>),
    /// The password that comes with temporary credentials.
    TemporaryPassword,
}

impl Kwarg {
    /// The value as the driver's checks see it; a temporary value is some text.
    pub(crate) fn value(&self) -> Value<'static> {
        match self {
            Kwarg::Given(value) => value.clone(),
            Kwarg::TemporaryUser(user) => {
                Value::text(user.clone().unwrap_or_else(|| "IAM:".to_string()))
            }
            Kwarg::TemporaryPassword => Value::text("temporary"),
        }
    }
}

impl std::fmt::Debug for Kwarg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kwarg::Given(_) => "***",
            Kwarg::TemporaryUser(_) => "<temporary user>",
            Kwarg::TemporaryPassword => "<temporary password>",
        })
    }
}

/// An argument, and where its value stands.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Kwarg,
    /// The field or extra that it comes from.
    pub place: Place,
}

impl Argument {
    /// It comes with temporary credentials; an extra of its name takes their place.
    pub fn is_temporary(&self) -> bool {
        matches!(self.value, Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword)
    }
}

/// Who logs in to the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogIn {
    /// The user and password of the connection.
    User,
    /// A temporary database user, obtained by this identity.
    Temporary(Identity),
    /// The bearer of a token.
    Token,
}

/// What becomes of a connection.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The way it authenticates.
    pub mode: &'static Mode,
    /// What reaches the driver, in order; `None` where the hook fails before.
    pub connect_kwargs: Option<Vec<Argument>>,
    /// AWS calls, in order, as far as the text decides them.
    pub calls: Vec<Call>,
    /// Who logs in, if the text gets that far.
    pub log_in: Option<LogIn>,
    /// The result.
    pub outcome: Outcome,
    /// What is wrong with the AWS connection that it asked for.
    pub reference: Option<Reference>,
    /// The fields and extras that the hook reads, where its type is data.
    pub reads: Option<Vec<Argument>>,
    /// What the data of its type says against it.
    pub(crate) faults: Vec<Fault>,
    /// What the mode needs is there, and every extra is of its kind: a schema that is made from the
    /// same data has nothing to say.
    pub(crate) is_whole: bool,
}

impl Resolution {
    /// Of a hook that hands arguments to a driver, after its last step.
    pub(crate) fn of(
        mode: &'static Mode,
        connect_kwargs: Option<Vec<Argument>>,
        result: Result<LogIn, Failure>,
        trace: Trace,
    ) -> Resolution {
        let log_in = result.as_ref().ok().cloned();
        let outcome = trace.outcome(result.map(|_| ()));
        let Trace { calls, reference, .. } = trace;
        Resolution {
            mode,
            connect_kwargs,
            calls,
            log_in,
            outcome,
            reference,
            reads: None,
            faults: Vec::new(),
            is_whole: false,
        }
    }
}

/// `extra_dejson` as an object. An extra that is written as an object, where no Airflow reads the
/// file, is one.
pub(crate) fn extras(
    connection: &Connection,
    runtime: &Runtime,
) -> Result<Extras, (&'static str, Reason)> {
    let read = decoded(&connection.extra);
    if !matches!(connection.extra.expose(), Value::Dict(_)) {
        let value = extra_dejson(connection, &runtime.behaviour)
            .map_err(|exception| (exception, Reason::ExtraUnreadable))?;
        if value.as_dict().is_none() {
            return Err(("AttributeError", Reason::ExtraNotObject));
        }
    }
    Ok(Extras::new(read.cloned()))
}
