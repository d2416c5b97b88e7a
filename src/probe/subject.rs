//! One connection to be probed, and how the run is bounded.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Plan;
use crate::format::ById;
use crate::model::{Connection, Secret};

/// A connection as one Airflow reads it, the connections around it, and the plan.
#[derive(Clone)]
pub struct Subject {
    /// Its id, if it has one that may be shown.
    pub conn_id: Option<String>,
    /// The connection.
    pub connection: Connection,
    /// The connections of its input: the AWS connection behind this one is among them, if there is
    /// one. [`crate::hooks::Place`]s of the plan's identities point into them.
    pub siblings: Siblings,
    /// The id of the AWS connection that the hook is told to use; `None` is none.
    pub aws_conn_id: Option<String>,
    /// The plan.
    pub plan: Plan,
}

/// The connections of an input as one of its services or containers has them: one table for all of
/// these.
#[derive(Clone, Default)]
pub struct Siblings {
    table: Arc<Table>,
    scope: u32,
}

/// The connections of an input; `None` where Airflow reads none.
struct Table {
    connections: Vec<Option<Connection>>,
    by_id: ById<String, usize>,
}

impl Default for Table {
    fn default() -> Table {
        Table { connections: Vec::new(), by_id: ById::of([]) }
    }
}

impl Siblings {
    /// From the ids, scopes (see [`crate::format::Entry::scope`]) and connections of an input.
    pub fn of(
        all: impl IntoIterator<Item = (Option<String>, u32, Option<Connection>)>,
    ) -> Siblings {
        let mut connections = Vec::new();
        let by_id =
            ById::of(all.into_iter().enumerate().map(|(number, (id, scope, connection))| {
                connections.push(connection);
                (id, scope, number)
            }));
        Siblings { table: Arc::new(Table { connections, by_id }), scope: 0 }
    }

    /// The same connections as another scope has them.
    pub fn in_scope(&self, scope: u32) -> Siblings {
        Siblings { table: Arc::clone(&self.table), scope }
    }

    /// The connection that has this id in the scope.
    pub fn get(&self, id: &str) -> Option<&Connection> {
        self.table.connections.get(self.table.by_id.get(id, self.scope)?)?.as_ref()
    }
}

/// What holds for the whole run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The longest time for one connection.
    pub timeout: Duration,
    /// The longest time for the run.
    pub deadline: Duration,
    /// How many connections are probed at once.
    pub jobs: usize,
    /// Root certificates to trust instead of the built-in ones: a PEM file, or those of the system.
    pub roots: Roots,
    /// Answer a server that asks for the password in cleartext though nobody knows who it is.
    pub allow_cleartext: bool,
    /// An answer of the SAML identity provider that is there already, instead of asking it.
    pub saml_response: Option<Secret>,
}

/// Where root certificates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// Mozilla's, built in.
    BuiltIn,
    /// Those of the system.
    System,
    /// A PEM file.
    File(PathBuf),
}

/// Why a run ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It did not.
    No,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// It was told to end (SIGTERM), or the terminal went away (SIGHUP).
    Terminated,
    /// The deadline of the run came.
    Deadline,
}
