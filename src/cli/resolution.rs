//! How `inspect` shows what becomes of a Redshift, AWS or Postgres connection: the mode, the AWS
//! calls and who makes them, what reaches the driver, the result.

use std::cell::Cell;
use std::fmt::Write;

use super::inspection::{Inspected, Set};
use crate::airflow::python::repr::str_of;
use crate::check::Providers;
use crate::check::rules::of_failure;
use crate::hooks;
use crate::hooks::{Argument, Dependency, Kwarg, LogIn, Outcome, Resolution, Scene};
use crate::model::{Connection, Value};
use crate::privacy::{MASK, Names, argument_name, masked_value, public_argument, public_value};
use crate::probe::words;
use crate::source::clean;

/// What becomes of a connection, if it is of a type that is known so well. Where pieces of a
/// password may stand in any field, only `reveal` has it.
pub(super) fn of(
    seen: &Inspected,
    set: &Set<'_>,
    providers: &Providers,
    reveal: bool,
) -> Option<Resolution> {
    let connection = seen.result.as_ref().ok()?;
    if !reveal && seen.doubt.is_some() {
        return None;
    }
    let others = Others::new(set, seen.scope);
    let lookup = |id: &str| others.get(id);
    let aws_conn_id = providers.aws_conn_id.as_deref();
    let scene = Scene::new(&lookup, aws_conn_id, &seen.reader, &providers.packages);
    let hook = hooks::of_type(connection.type_str());
    let found = hook.map(|hook| (hook.resolve)(connection, seen.conn_id.as_deref(), &scene));
    found.filter(|_| reveal || !others.is_doubtful())
}

/// The other connections of a service or container, as hooks ask for them.
pub(super) struct Others<'s> {
    set: &'s Set<'s>,
    scope: u32,
    doubtful: Cell<bool>,
}

impl<'s> Others<'s> {
    pub(super) fn new(set: &'s Set<'s>, scope: u32) -> Others<'s> {
        Others { set, scope, doubtful: Cell::new(false) }
    }

    pub(super) fn get(&self, id: &str) -> Option<Connection> {
        let found = self.set.get(id, self.scope)?;
        self.doubtful.set(self.doubtful.get() || found.doubt.is_some());
        found.result.as_ref().ok().cloned()
    }

    /// One that was asked for has parts that may be pieces of a password.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful.get()
    }
}

/// The lines below the table of a connection.
pub(super) fn lines(resolution: &Resolution, reveal: bool) -> String {
    let mut out = String::new();
    let mut line = |label: &str, text: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {label:<12}  {text}");
    };
    line("mode", resolution.mode.name.to_string());
    for call in &resolution.calls {
        let fallback = if call.fallback { ", if the call before is refused" } else { "" };
        let call_text = words::call(call, |name, value| shown(name, value, reveal));
        line("AWS call", format!("{call_text} as {}{fallback}", words::identity(&call.identity)));
    }
    if let Some(arguments) = &resolution.connect_kwargs {
        let password = password_in(arguments);
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| {
                let name = if reveal {
                    clean(&argument.name)
                } else {
                    argument_name(&argument.name).into()
                };
                let value = match &argument.value {
                    Kwarg::Given(value) if reveal => shown(&argument.name, value, true),
                    Kwarg::Given(value) => public_argument(&argument.name, value, password)
                        .unwrap_or_else(|| MASK.to_string()),
                    Kwarg::TemporaryUser(_) => "<temporary user>".to_string(),
                    Kwarg::TemporaryPassword => "<temporary password>".to_string(),
                };
                format!("{name}={value}")
            })
            .collect();
        line("driver gets", arguments.join(", "));
    }
    if let Some(read) = &resolution.reads {
        let password = password_in(read);
        let read: Vec<_> =
            read.iter().map(|argument| read_by_hook(argument, password, reveal)).collect();
        line("hook reads", if read.is_empty() { "nothing".to_string() } else { read.join(", ") });
    }
    match &resolution.log_in {
        Some(LogIn::User) => line("logs in", "the user of the connection".to_string()),
        Some(LogIn::Temporary(who)) => {
            line("logs in", format!("a temporary user, obtained as {}", words::identity(who)))
        }
        Some(LogIn::Token) => line("logs in", "the bearer of a token".to_string()),
        None => {}
    }
    let result = match &resolution.outcome {
        Outcome::Works => "nothing in the text speaks against it".to_string(),
        Outcome::DependsOn(needs) => format!("depends on {}", needs_in_words(needs)),
        Outcome::Fails { failure, .. } => format!(
            "fails with {} [{}]; `airconn check` says why",
            failure.exception,
            of_failure(failure, Names::PLAIN).rule.id
        ),
    };
    line("result", result);
    out
}

/// A field or extra that the hook reads.
fn read_by_hook(argument: &Argument, password: Option<&str>, reveal: bool) -> String {
    let name = argument_name(&argument.name);
    let value = match &argument.value {
        Kwarg::Given(value) if reveal => shown(&argument.name, value, true),
        Kwarg::Given(value) => {
            public_argument(&argument.name, value, password).unwrap_or_else(|| MASK.to_string())
        }
        Kwarg::TemporaryUser(_) | Kwarg::TemporaryPassword => MASK.to_string(),
    };
    format!("{name}={value}")
}

/// What it depends on, as a list of nouns.
pub(super) fn needs_in_words(needs: &[Dependency]) -> String {
    let words = needs.iter().map(|need| match need {
        Dependency::Region(_) | Dependency::RegionExists(..) => "a region",
        Dependency::Credentials(_) | Dependency::KeyPair(..) => "AWS credentials",
        Dependency::Profile(..) => "a profile",
        Dependency::AuthProfile(_) => "a Redshift authentication profile",
        Dependency::HostLookup(_) => "looking up the host",
        Dependency::CustomDomain(_) => "a custom domain",
        Dependency::IdentityProvider(_) => "an identity provider",
        Dependency::Browser(_) => "a browser",
        Dependency::File(_) => "a file",
        Dependency::Package(package) => package,
        Dependency::Import(_) => "a module",
        Dependency::DatabaseOfUser => "a database named like the user",
        Dependency::LocalAddress(_) | Dependency::ServiceName(_) => "this machine",
    });
    let mut words: Vec<&str> = words.collect();
    words.dedup();
    words.join(", ")
}

fn shown(name: &str, value: &Value<'_>, reveal: bool) -> String {
    if reveal { clean(&str_of(value)) } else { masked_value(name, value) }
}

/// The password among the arguments of a driver.
pub(super) fn password_in(arguments: &[Argument]) -> Option<&str> {
    let given = arguments.iter().find(|argument| argument.name == "password")?;
    if let Kwarg::Given(value) = &given.value { value.as_str() } else { None }
}

/// The same as a value.
pub(super) fn shown_value(name: &str, value: &Value<'_>, reveal: bool) -> Value<'static> {
    if reveal || public_value(name, value).is_some() {
        value.clone().into_owned()
    } else {
        Value::text(MASK)
    }
}
