//! Which connections of the input are probed, and the plan for each.

use std::cell::LazyCell;

use super::super::Trouble;
use super::super::asked::Known;
use super::super::input::Input;
use super::super::inspect::inspect;
use super::super::inspection::{self, Inspected, Set};
use super::super::resolution::{self, Others};
use crate::airflow::Fault;
use crate::airflow::runtime::Runtime;
use crate::check::Providers;
use crate::check::rules::{of_doubt, of_fault};
use crate::guard::{guarded, seam};
use crate::hooks::{self, HOOKS, Hook, Probe};
use crate::hooks::{AWS_DEFAULT, Scene, resolve_aws_statement};
use crate::model::Value;
use crate::privacy::Doubt;
use crate::probe::{Plan, Siblings, Subject, Surroundings};
use crate::source::Text;

/// The arguments of a statement through the Data API.
type Statement<'s> = Option<&'s [(String, Value<'static>)]>;

/// The input, and the position in it unless that is refused as a whole.
pub(super) type Origin = (usize, Option<usize>);

/// What the input has for a probe.
pub(super) struct Subjects {
    /// The connections, in the order of the input.
    pub(super) subjects: Vec<Subject>,
    /// Where each of them stands.
    pub(super) origins: Vec<Origin>,
    /// How many are of other types.
    pub(super) others: usize,
}

/// Reads the connections as `runtime` does. An id that is asked for and not there ends the run, and
/// so does input without any connection to probe.
pub(super) fn read(
    inputs: &[Input],
    ids: &[String],
    runtime: &Runtime,
    providers: &Providers,
    statement: Statement<'_>,
    surroundings: &Surroundings,
) -> Result<Subjects, Trouble> {
    let mut found = Subjects { subjects: Vec::new(), origins: Vec::new(), others: 0 };
    let mut known = Known::default();
    let mut has_aws = false;
    for (number, input) in inputs.iter().enumerate() {
        let text = Text::untraced(&input.source.text()[input.skip..]);
        let read = inspect(input, &text, runtime);
        let set = inspection::set(&read);
        has_aws |= providers.aws_conn_id.as_ref().is_none_or(|id| {
            read.iter().any(|s| s.conn_id.as_ref() == Some(id) && s.result.is_ok())
        });
        // Built only once there is a connection for which somebody may look there.
        let siblings = LazyCell::new(|| {
            let of = |seen: &Inspected| {
                (seen.conn_id.clone(), seen.scope, seen.result.as_ref().ok().cloned())
            };
            Siblings::of(read.iter().map(of))
        });
        for (position, seen) in read.iter().enumerate() {
            let wanted = ids.is_empty() || seen.conn_id.as_ref().is_some_and(|id| ids.contains(id));
            if !ids.is_empty() {
                known.add(seen.conn_id.as_deref(), seen.shown_id.as_deref());
            }
            let planned = || {
                seam(
                    "planning",
                    seen.result.as_ref().ok().and_then(|c| c.host.as_str()).unwrap_or_default(),
                );
                plan(seen, &set, providers, statement, surroundings)
            };
            match guarded(planned).unwrap_or_else(|| Some(Plan::broken())) {
                _ if !wanted => {}
                None => found.others += 1,
                Some(plan) => {
                    let connection = seen.result.as_ref().cloned().unwrap_or_default();
                    let whole = input.format.whole && seen.result.is_err();
                    found.origins.push((number, Some(position).filter(|_| !whole)));
                    let (conn_id, aws_conn_id) =
                        (seen.shown_id.clone(), providers.aws_conn_id.clone());
                    let siblings = siblings.in_scope(seen.scope);
                    found.subjects.push(Subject {
                        conn_id,
                        connection,
                        siblings,
                        aws_conn_id,
                        plan,
                    });
                }
            }
        }
    }
    known.require(ids)?;
    // Hooks are told of the usual one by nobody, and do without it.
    if !has_aws && providers.aws_conn_id.as_deref() != Some(AWS_DEFAULT) {
        let message = "the input has no connection with the id of --aws-conn-id; Airflow would do \
                       without one, as with --aws-conn-id=";
        return Err(Trouble::new(message));
    }
    if found.subjects.is_empty() {
        let fits = |probe: Probe| statement.is_none() || probe == Probe::Calls;
        let types: Vec<&str> = HOOKS
            .iter()
            .filter(|hook| hook.probe.is_some_and(fits))
            .map(|hook| hook.conn_type)
            .collect();
        let types = types.join(", ");
        return Err(Trouble::new(format!(
            "nothing to probe: the input has no connection of type {types}"
        )));
    }
    Ok(found)
}

/// The plan for a connection; `None` where its type cannot be probed.
fn plan(
    seen: &Inspected,
    set: &Set<'_>,
    providers: &Providers,
    statement: Statement<'_>,
    surroundings: &Surroundings,
) -> Option<Plan> {
    let connection = match &seen.result {
        Ok(connection) => connection,
        Err(raised) if raised.fault == Fault::Own => return Some(Plan::broken()),
        Err(raised) => {
            let rule = of_fault(raised.fault).id;
            return Some(Plan::refused(rule, raised.exception(), raised.message.clone()));
        }
    };
    // The Data API takes the AWS connection alone.
    let hook = hooks::of_type(connection.type_str())?;
    let probe = hook.probe?;
    if statement.is_some() && probe != Probe::Calls {
        return None;
    }
    if let Some(doubt) = seen.doubt {
        return Some(doubtful(doubt, hook));
    }
    let Some(mut resolution) = resolution::of(seen, set, providers, false) else {
        return Some(Plan::doubtful(OTHER));
    };
    let others = Others::new(set, seen.scope);
    let lookup = |id: &str| others.get(id);
    let scene = Scene::new(&lookup, None, &seen.reader, &providers.packages);
    let conn_id = seen.conn_id.as_deref();
    let caller = hook.identity().and_then(|identity| identity(connection, conn_id, &scene));
    if let Some(statement) = statement {
        resolution = resolve_aws_statement(
            connection,
            conn_id.unwrap_or(AWS_DEFAULT),
            "redshift-data",
            ("ExecuteStatement", statement.to_vec()),
            &scene,
        );
    }
    if others.is_doubtful() {
        return Some(Plan::doubtful(OTHER));
    }
    Some(Plan::new(probe, &resolution, caller, providers, surroundings))
}

/// Why nothing is tried with the connection of somebody else.
const OTHER: &str = "the AWS connection that it uses may hold a piece of a password where \
                     something else is read; `airconn check` says where";

/// The plan for a connection of which nothing is looked up or sent.
fn doubtful(doubt: Doubt, hook: &Hook) -> Plan {
    let rule = of_doubt(doubt).id;
    match doubt {
        Doubt::NoScheme => Plan::refused(rule, "ValueError", doubt.message().to_string()),
        Doubt::CutForCertain => Plan::misread(rule, hook.misread, doubt.message()),
        Doubt::Cut | Doubt::CutByLine | Doubt::Host | Doubt::Token => {
            Plan::doubtful(doubt.message())
        }
    }
}

/// How a connection is called in reports: by its id if that may be shown, else by its position.
pub(super) fn title(subject: &Subject, index: usize) -> String {
    subject.conn_id.clone().unwrap_or_else(|| format!("connection {}", index + 1))
}
