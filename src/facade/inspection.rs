//! What Airflow holds of a connection, and what its hook makes of it.

use std::cell::Cell;
use std::fmt;

use super::Error;
use super::connections::{Connections, Entry, text};
use super::lists::{AuthMode, Rule};
use crate::check::Providers;
use crate::check::rules::of_failure;
use crate::format::ById;
use crate::hooks::{self, Kwarg, Outcome, Resolution, Scene};
use crate::model::FIELDS;
use crate::privacy::{MASK, Names, argument_name, masked_field, public_argument};

/// What Airflow holds of a connection, and what its hook makes of it with the provider
/// packages of that Airflow's day. Nothing in it is secret: what may be is `***`.
#[derive(Clone, Debug)]
pub struct Inspection {
    conn_id: Option<String>,
    fields: Vec<(&'static str, String)>,
    hook: Option<HookView>,
}

#[derive(Clone, Debug)]
struct HookView {
    mode: AuthMode,
    arguments: Vec<(String, String)>,
    verdict: Verdict,
    failure: Option<Rule>,
}

/// How a log-in ends, as far as the text of the connections tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing in the text speaks against it.
    Works,
    /// It depends on something outside: credentials, a region, a file.
    Depends,
    /// The hook or its driver raises.
    Fails,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Works => "works",
            Verdict::Depends => "depends",
            Verdict::Fails => "fails",
        })
    }
}

impl Inspection {
    /// The id, if it may be shown.
    pub fn conn_id(&self) -> Option<&str> {
        self.conn_id.as_deref()
    }

    /// The fields that are not null, each with its value or a mask.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// How the hook logs in. `None`, as all that follows, for a type that is not known in detail,
    /// and where a piece of a password may stand in another field.
    pub fn mode(&self) -> Option<AuthMode> {
        self.hook.as_ref().map(|hook| hook.mode)
    }

    /// The arguments that reach the driver, each with its value or a mask.
    pub fn arguments(&self) -> impl Iterator<Item = (&str, &str)> {
        let arguments = self.hook.iter().flat_map(|hook| &hook.arguments);
        arguments.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How the log-in ends.
    pub fn verdict(&self) -> Option<Verdict> {
        self.hook.as_ref().map(|hook| hook.verdict)
    }

    /// The rule that says why it fails, if it does.
    pub fn failure(&self) -> Option<Rule> {
        self.hook.as_ref().and_then(|hook| hook.failure)
    }
}

impl HookView {
    fn of(resolution: &Resolution) -> HookView {
        let given = resolution.connect_kwargs.as_deref().unwrap_or_default();
        let password = given.iter().find(|argument| argument.name == "password");
        let password = password.and_then(|argument| match &argument.value {
            Kwarg::Given(value) => value.as_str(),
            Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword => None,
        });
        let arguments = given.iter().map(|argument| {
            let value = match &argument.value {
                Kwarg::Given(value) => public_argument(&argument.name, value, password)
                    .unwrap_or_else(|| MASK.to_string()),
                Kwarg::TemporaryUser(_) => "<temporary user>".to_string(),
                Kwarg::TemporaryPassword => "<temporary password>".to_string(),
            };
            (argument_name(&argument.name).to_string(), value)
        });
        let (verdict, failure) = match &resolution.outcome {
            Outcome::Works => (Verdict::Works, None),
            Outcome::DependsOn(_) => (Verdict::Depends, None),
            Outcome::Fails { failure, .. } => {
                (Verdict::Fails, Some(Rule::of_finding(of_failure(failure, Names::PLAIN).rule.id)))
            }
        };
        HookView {
            mode: AuthMode(resolution.mode),
            arguments: arguments.collect(),
            verdict,
            failure,
        }
    }
}

impl Connections {
    /// What becomes of each of them, in the order of the text; the error of one that Airflow does
    /// not read.
    ///
    /// ```
    /// use airconn::{Airflow, Verdict, parse_str};
    ///
    /// let text = "AIRFLOW_CONN_DWH=redshift://etl:pa%40ss@dwh.example.com:5439/dev\n";
    /// let connections = parse_str(".env", text, &Airflow::newest())?;
    /// let seen = connections.inspect().next().expect("there is one")?;
    /// assert_eq!(seen.mode().map(|mode| mode.name()), Some("db-credentials"));
    /// assert!(seen.arguments().any(|argument| argument == ("password", "***")));
    /// assert_eq!(seen.verdict(), Some(Verdict::Works));
    /// # Ok::<(), airconn::Error>(())
    /// ```
    pub fn inspect(&self) -> impl Iterator<Item = Result<Inspection, Error>> {
        let entries = || self.entries.iter().enumerate();
        let set = ById::of(entries().map(|(n, e)| (e.conn_id.as_deref(), e.seen.scope, n)));
        entries().map(move |(_, entry)| self.inspect_one(entry, &set))
    }

    fn inspect_one(&self, entry: &Entry, set: &ById<&str, usize>) -> Result<Inspection, Error> {
        let connection = &entry.connection.as_ref().map_err(Error::clone)?.0;
        let fields = FIELDS.iter().filter_map(|name| {
            let value =
                masked_field(name, connection.field(name)?, connection, entry.seen.doubtful);
            Some((*name, text(&value)?.into_owned()))
        });
        let doubtful = Cell::new(entry.seen.doubtful);
        let lookup = |id: &str| {
            let other = &self.entries[set.get(id, entry.seen.scope)?];
            doubtful.set(doubtful.get() || other.seen.doubtful);
            other.connection.as_ref().ok().map(|connection| connection.0.clone())
        };
        let providers = Providers::of_their_day().beside(&entry.seen.reader);
        let aws_conn_id = providers.aws_conn_id.as_deref();
        let scene = Scene::new(&lookup, aws_conn_id, &entry.seen.reader, &providers.packages);
        let hook = hooks::of_type(connection.type_str()).filter(|_| !doubtful.get());
        let found = hook.map(|hook| (hook.resolve)(connection, entry.conn_id.as_deref(), &scene));
        Ok(Inspection {
            conn_id: entry.seen.shown_id.clone(),
            fields: fields.collect(),
            hook: found.filter(|_| !doubtful.get()).as_ref().map(HookView::of),
        })
    }
}
